"""Seals: the whole history under one signature a night, so that what was re-written afterwards is found."""
