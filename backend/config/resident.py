"""What a process that serves pages keeps from its start to its end."""

import gc

from django.urls import get_resolver

from backend.catalogue import loading


def keep() -> None:
    """Load what every page needs, and take it out of the search for garbage.

    Policies are put to use and every page is imported before the first request, not while somebody waits for
    it. All of that stays for good; looking through it for garbage would halt every thread for a tenth of a
    second, again and again. Raises what `loading.use` raises for definitions with an error.
    """
    loading.use()
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
