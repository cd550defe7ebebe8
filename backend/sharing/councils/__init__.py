"""Statutory councils (支援会議 and its kin) as a boundary of access, and the emergency window."""
