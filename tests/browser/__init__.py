"""The office in a real browser: one Chromium and one small city for all tests of this folder."""
