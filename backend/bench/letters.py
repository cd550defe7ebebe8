"""Letters against bare WeasyPrint: the same pages laid out and written by both, in turns, in one process.

The floor gets the finished HTML, one style sheet parsed once and one font configuration; what it does not do
is fill templates, look every character up in the fonts, prove that nothing runs out of its place, and refuse
addresses. Times are of the processor, so that what else the machine does falls on nobody; only the scaling
over processes is by the clock.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from queue import Empty
from typing import Any

import django

from backend.letters import definition, engine, house, proof, render, tokens
from backend.letters.definition import Letter
from backend.letters.tokens import Token

BATCH = ("acknowledgement", "consent_request", "visit_notice", "consent_renewal")  # in window envelopes
CHUNK = 8
WARM = 2  # rounds before the clock runs
Stored = dict[str, Any]
Job = tuple[Letter, Stored, Token | None]


@dataclass(frozen=True)
class Single:
    """One letter of a kind, warm: processor time in milliseconds, ours and bare WeasyPrint's in turns."""

    name: str
    pages: int
    ms: float
    bare: float


@dataclass(frozen=True)
class Ratio:
    """Milliseconds a letter, ours and bare; `ratio` is the median of the chunks' own ratios."""

    ours: float
    bare: float
    ratio: float


@dataclass(frozen=True)
class Batch:
    """A batch over some processes: letters a second by the clock, resident memory in MiB.

    `early` is the largest of any process after a tenth of its letters, `late` after all.
    """

    processes: int
    per_second: float
    early: float
    late: float


def jobs(names: Sequence[str]) -> Iterator[Job]:
    """The samples of letters, for ever; each with a slip's token of its own where it has a slip."""
    known, office = definition.current(), house.current()
    stored = {name: proof.sample(known[name], office) for name in names}
    for name in cycle(names):
        yield known[name], stored[name], tokens.new() if known[name].tear_off else None


def singles(rounds: int, *, warm: int = WARM) -> list[Single]:
    """Every kind of letter by itself, after `warm` rounds off the clock."""
    return [_single(name, rounds, warm) for name in definition.current()]


def _single(name: str, rounds: int, warm: int) -> Single:
    bare = Bare()
    times: tuple[list[float], list[float]] = ([], [])
    pages = 0
    for number, job in enumerate(islice(jobs([name]), warm + rounds)):
        page = render.page(*job), job[0].style
        began = time.process_time()
        pages = render.render(*job).pages
        between = time.process_time()
        bare.pdf(*page)
        if number >= warm:
            times[0].append(between - began)
            times[1].append(time.process_time() - between)
    ours, floor = (statistics.median(one) * 1000 for one in times)
    return Single(name, pages, ours, floor)


def ratio(count: int, *, warm: int = WARM) -> Ratio:
    """So many letters by our path and by bare WeasyPrint, in turns of a few, after `warm` off the clock."""
    bare, source = Bare(), jobs(BATCH)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-warm, max(1, count // CHUNK)):
        chunk = list(islice(source, CHUNK))
        pages = [(render.page(*job), job[0].style) for job in chunk]
        laps: list[Callable[[], None]] = [lambda c=chunk: _ours(c), lambda p=pages: bare.all(p)]  # type: ignore[misc]
        for place in (0, 1) if number % 2 else (1, 0):
            began = time.process_time()
            laps[place]()
            if number >= 0:
                times[place].append((time.process_time() - began) / CHUNK * 1000)
    ours, floor = times
    each = statistics.median(one / other for one, other in zip(ours, floor, strict=True))
    return Ratio(statistics.median(ours), statistics.median(floor), each)


def _ours(chunk: Sequence[Job]) -> None:
    for job in chunk:
        render.render(*job)


class Bare:
    """WeasyPrint as its documentation says to use it for many documents."""

    def __init__(self) -> None:
        import weasyprint  # noqa: PLC0415 - slow to load

        self.html, self.css = weasyprint.HTML, weasyprint.CSS
        self.fonts = engine.font_configuration()
        self.styles: dict[str, Any] = {}

    def all(self, pages: Sequence[tuple[str, str]]) -> None:
        for page, style in pages:
            self.pdf(page, style)

    def pdf(self, page: str, style: str) -> bytes:
        """One letter of finished HTML."""
        if style not in self.styles:
            self.styles[style] = self.css(string=style, font_config=self.fonts)
        document = self.html(string=page).render(font_config=self.fonts, stylesheets=[self.styles[style]])
        return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def batch(count: int, processes: int) -> Batch:
    """So many letters over that many fresh processes, each warm before the clock runs.

    Raises RuntimeError where one of them ends without its figures.
    """
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(processes), context.Queue()
    share = max(10, count // processes)
    workers = [context.Process(target=_work, args=(share, barrier, queue)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    results = [_answer(queue, workers) for _ in workers]
    for worker in workers:
        worker.join()
    seconds = max(result[0] for result in results)
    early, late = (max(result[n] for result in results) for n in (1, 2))
    return Batch(processes, share * processes / seconds, early, late)


def _answer(queue: Any, workers: Sequence[Any]) -> tuple[float, float, float]:
    """The figures of the process that is done next. The others wait for one that died, so they end too."""
    while True:
        try:
            found: tuple[float, float, float] = queue.get(timeout=1)
            return found
        except Empty:
            if not any(worker.exitcode for worker in workers):
                continue
            for worker in workers:
                worker.kill()
            raise RuntimeError("a process of the batch ended early; what it said stands above") from None


def _work(count: int, barrier: Any, queue: Any) -> None:
    django.setup()
    source = jobs(BATCH)
    _ours(list(islice(source, len(BATCH))))
    barrier.wait()
    began, early = time.perf_counter(), 0.0
    for number, job in enumerate(islice(source, count), start=1):
        render.render(*job)
        if number == max(1, count // 10):
            early = resident()
    queue.put((time.perf_counter() - began, early, resident()))


def resident() -> float:
    """The memory of this process in MiB, as the kernel counts it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
