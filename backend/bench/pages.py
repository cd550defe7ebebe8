"""The pages people open all day: how long the server takes, how many queries, how much comes over the line.

Pages and the floor (`/healthz`, which asks for nothing) are asked in turns in one process over one
connection, as one worker would; what the network and the browser take comes on top of it.
"""

import gzip
import re
import statistics
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases import pinned
from backend.cases.models import Case
from backend.catalogue import loading
from backend.config import resident
from backend.figures import counting
from backend.people.models import User

FLOOR = "/healthz"
QUICK = 60  # ms
_LINKED = re.compile(rf'(?:href|src)="{re.escape(settings.STATIC_URL)}([^"?]+\.(?:css|js))"')


@dataclass(frozen=True)
class Page:
    """A page, who opens it, and its budget: kB of HTML, kB of CSS and JavaScript, queries, p95 in ms.

    `p95` holds with very many cases; with as many as a city of the size of the demo's, `QUICK` does.
    """

    name: str
    address: str
    who: str
    html: int
    code: int
    queries: int
    p95: int


PAGES = (
    Page("sign-in", "/signin/", "", 8, 45, 4, 40),
    Page("my work", "/", "caseworker", 20, 70, 8, 100),
    Page("my work, team", "/?view=team", "supervisor", 20, 70, 8, 100),
    Page("board", "/board/", "supervisor", 40, 70, 10, 100),
    Page("list behind a figure", "/board/cases/?due=late", "supervisor", 20, 70, 10, 100),
    Page("search", "/persons/", "caseworker", 15, 70, 5, 60),
    Page("approvals", "/approvals/", "supervisor", 30, 70, 14, 100),
    Page("notices", "/notices/", "caseworker", 20, 70, 8, 100),
    Page("runs", "/runs/", "supervisor", 30, 70, 14, 100),
)


@dataclass(frozen=True)
class Figures:
    """What one page took: ms, the ratio to the floor, queries, compressed kB; and the budget of its p95."""

    page: Page
    budget: int
    p50: float
    p95: float
    ratio: float
    queries: int
    html: float
    code: float

    @property
    def over(self) -> list[str]:
        """What is beyond the budget."""
        found = {
            "html": self.html > self.page.html,
            "css+js": self.code > self.page.code,
            "queries": self.queries > self.page.queries,
            "p95": self.p95 > self.budget,
        }
        return [name for name, beyond in found.items() if beyond]


def without_limit() -> None:
    """Let a statement take as long as it must: those that make the cases are no page."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def ready() -> None:
    """Let the cases that were written in one statement be cases of the published referral, and count them."""
    loading.publish(loading.use())
    rows = Case.objects.filter(is_open=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET definition = %s, workflow = 'referral',"
            " state = 'referral.' || split_part(state, '.', 2) WHERE is_open",
            [pinned.newest("workflow", "referral")],
        )
    if rows.exists():
        counting.standing(timezone.now())
        counting.ways(timezone.now())


def measure(rounds: int, *, quick: bool = False) -> tuple[float, list[Figures]]:
    """The floor's median in ms, and every page; `rounds` turns after two that warm up.

    `quick` tells that there are few cases.

    Raises ValueError for a page that does not open.
    """
    resident.keep()
    clients = {page.who: client_of(page.who) for page in PAGES}
    times: dict[str, list[float]] = {page.name: [] for page in PAGES}
    floor: list[float] = []
    for number in range(-2, rounds):
        for page in PAGES:
            took = _opened(clients[page.who], page.address)
            base = _opened(clients[""], FLOOR)
            if number >= 0:
                times[page.name].append(took)
                floor.append(base)
    least = statistics.median(floor)
    return least, [_figures(page, clients[page.who], times[page.name], least, quick) for page in PAGES]


def client_of(who: str) -> Client:
    """A browser at which somebody is signed in, or ("") nobody."""
    host = next((name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))), "localhost")
    client = Client(SERVER_NAME=host)
    if who:
        client.force_login(User.objects.get(username=who))
    return client


def once(client: Client, address: str) -> tuple[Any, float]:
    """One answer and the milliseconds it took."""
    began = time.perf_counter()
    answer = client.get(address)
    return answer, (time.perf_counter() - began) * 1000


def _opened(client: Client, address: str) -> float:
    """Milliseconds of one answer. Raises ValueError when it is none."""
    answer, took = once(client, address)
    if answer.status_code != 200:
        raise ValueError(f"{address} answered {answer.status_code}; look at it in a browser")
    return took


def _figures(page: Page, client: Client, times: list[float], floor: float, quick: bool) -> Figures:
    with CaptureQueriesContext(connection) as asked:
        answer: Any = client.get(page.address)
    times = sorted(times)
    middle = statistics.median(times)
    return Figures(
        page,
        min(QUICK, page.p95) if quick else page.p95,
        middle,
        times[min(len(times) - 1, len(times) * 95 // 100)],
        middle / floor,
        len(asked),
        _kilobytes(answer.content),
        sum(_kilobytes(_static(name)) for name in sorted(set(_LINKED.findall(answer.content.decode())))),
    )


def _static(name: str) -> bytes:
    """A file of ours by the name a page gives it, with or without the hash of its content."""
    plain = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name)
    path = finders.find(plain)
    if not isinstance(path, str):
        raise ValueError(f"{plain} is linked and not there")
    with open(path, "rb") as file:
        return file.read()


def _kilobytes(data: bytes) -> float:
    return len(gzip.compress(data, 6)) / 1024
