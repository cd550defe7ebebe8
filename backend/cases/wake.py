"""Telling workers that effects wait. A hint only: whoever misses it finds them by the sweep."""

from django.dispatch import Signal

# Sent after commit with `effects`, a list of ids. Receivers must not wait longer than 200 ms.
effects_ready = Signal()
