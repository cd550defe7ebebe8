"""Every page of the demo city somebody comes to by links, as each of the cast: how long the server takes.

`bench.pages` asks a few pages with very many cases; this asks all there are, a few of each kind, so that no
page is slow because nobody thought of it. What a page writes (a look, what was read) is taken back.
"""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from backend.bench.pages import FLOOR, client_of, once
from backend.config import resident
from backend.demo.cast import CAST

EVERYBODY = tuple(player.username for player in CAST)
EACH = 3  # addresses of one kind a reader opens: a case, a list, a form
_LINK = re.compile(r'href="([^"#]+)')


@dataclass(frozen=True)
class Opened:
    """A page somebody opened: the first time, and the median of the times after it, in ms."""

    who: str
    address: str
    first: float
    median: float


def measure(rounds: int, readers: Sequence[str] = EVERYBODY) -> tuple[float, list[Opened]]:
    """The floor's median in ms, and every page the readers come to, the slowest first."""
    resident.keep()
    nobody = client_of("")
    found = [page for who in readers for page in _opened(who, client_of(who), rounds)]
    floor = statistics.median(once(nobody, FLOOR)[1] for _ in range(rounds * 5))
    return floor, sorted(found, key=lambda page: -page.median)


def _opened(who: str, client: Client, rounds: int) -> Iterator[Opened]:
    """Page after page, by the links of those before."""
    waiting, known, kinds = ["/"], {"/"}, Counter[str]()
    for address in waiting:  # grows meanwhile
        kind = _kind(address)
        if not kind or kinds[kind] == EACH:
            continue
        answer, first = _asked(client, address)
        if answer is None:
            continue
        kinds[kind] += 1
        yield Opened(
            who, address, first, statistics.median(_asked(client, address)[1] for _ in range(rounds))
        )
        for link in _LINK.findall(answer):
            told = link.replace("&amp;", "&")
            further = address.partition("?")[0] + told if told.startswith("?") else told
            if further not in known:
                known.add(further)
                waiting.append(further)


def _kind(address: str) -> str:
    """The name of the page an address is one of; "" for what is none of ours."""
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""


def _asked(client: Client, address: str) -> tuple[str | None, float]:
    """The page, None where it is no page for this reader, and the time it took."""
    with transaction.atomic():
        answer, took = once(client, address)
        transaction.set_rollback(True)
    page = answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html")
    return (answer.content.decode() if page else None), took
