"""Passkeys at the door and among what is one's own, and showing once more that it is oneself."""
