"""Definitions: where they lie, how they are read, what is wrong with them, and how they are pinned."""
