"""`tsunagu bench WHAT`: speed as a ratio to a floor measured in the same run, or against a budget."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from backend.config.command import OfficeCommand
from backend.config.scratch import scratch_database
from backend.demo import city, loading
from backend.demo.cast import CAST
from backend.people.models import User

SLOWEST, MOST_ROUNDS = 15, 5  # pages told, and turns of each, of `every-page`
Result = dict[str, Any]


def several(text: str) -> int:
    """A number as typed. Raises ArgumentTypeError saying what is wanted."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number to measure with; want 1 or more")


class Command(OfficeCommand):
    help = (
        "Measure the door against the same rows written by hand and against django-fsm with the ORM, a "
        "decision against bare Cedar, a filtered list against the filter written by hand, a search for a "
        "person against a bare LIKE, the reminders of a day against bare SQL, letters against bare "
        "WeasyPrint, pages against their budgets, or every "
        "page of the demo city."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=sorted(_BENCHES))
        parser.add_argument("--rounds", type=several, default=40, help="turns of every contender (40)")
        parser.add_argument(
            "--cases", type=several, default=1_000_000, help="cases of `list`, `pages`, `reminders` (1000000)"
        )
        parser.add_argument(
            "--persons", type=several, default=1_000_000, help="persons of `search` (1000000)"
        )
        parser.add_argument("--count", type=several, default=200, help="letters of `letters` (200)")
        parser.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *args: Any, what: str, json: bool, **options: Any) -> None:
        result = {"bench": what, **_BENCHES[what](options)}
        self.stdout.write(_json(result) if json else _TABLES[what](result))


def _door(rounds: int) -> Result:
    """Five stories a turn, by one client and by four."""
    from backend.bench import door  # noqa: PLC0415 - after the command line was understood

    result: Result = {}
    with scratch_database("tsunagu_bench"):
        loading.load(city.build())
        for clients, label in ((1, "1_client"), (4, "4_clients")):
            figures = door.measure(clients, rounds)
            floor = figures[1].per_second
            result[f"ratio_to_floor_{label}"] = round(figures[0].per_second / floor, 3)
            result[f"ratio_to_orm_{label}"] = round(figures[0].per_second / figures[2].per_second, 2)
            result[label] = {
                found.name: {
                    "steps_per_second": round(found.per_second),
                    "p50_ms": round(found.p50, 3),
                    "p99_ms": round(found.p99, 3),
                    "ratio_to_floor": round(found.per_second / floor, 3),
                }
                for found in figures
            }
    return result


def _decision(rounds: int) -> Result:
    """Every question of the decision tables a turn."""
    from backend.bench import decision  # noqa: PLC0415
    from backend.catalogue.loading import use  # noqa: PLC0415

    figures = decision.measure(use().book, rounds)
    _, whole, sliced = figures
    return {
        "ratio_to_bare": round(whole.ratio, 2),
        "ratio_to_bare_of_those_asked": round(sliced.ratio, 2),
        "p50_us": {found.name: round(found.p50, 1) for found in figures},
        "p99_us": {found.name: round(found.p99, 1) for found in figures},
    }


def _list(rounds: int, cases: int) -> Result:
    """Two lists of each of the cast a turn."""
    from backend.bench import listing, many  # noqa: PLC0415

    with scratch_database("tsunagu_bench_list"):
        loading.load(city.build())
        many.make(cases)
        many.settle()
        try:
            figures = listing.measure(rounds)
        except ValueError as error:
            raise CommandError(str(error), returncode=1) from error
    return {
        "cases": cases,
        "worst_ratio": round(max(found.ratio for found in figures), 2),
        "lists": [
            {
                "who": found.who,
                "list": found.what,
                "rows": found.rows,
                "filter_ms": round(found.filter, 3),
                "by_hand_ms": round(found.by_hand, 3),
                "ratio": round(found.ratio, 2),
            }
            for found in figures
        ],
    }


def _search(rounds: int, persons: int) -> Result:
    """Everything that is typed, a caseworker's whole search a turn."""
    from backend.bench import finding  # noqa: PLC0415

    with scratch_database("tsunagu_bench_search"):
        loading.load(city.build())
        with finding.bulk():
            finding.make(persons)
        finding.settle()
        figures = finding.measure(rounds)
    return {
        "persons": persons,
        "worst_ms": round(max(found.search for found in figures), 2),
        "searches": [
            {
                "typed": found.what,
                "shown": found.found,
                "search_ms": round(found.search, 2),
                "like_ms": round(found.floor, 2),
                "ratio": round(found.ratio, 3),
            }
            for found in figures
        ],
    }


def _search_table(result: Result) -> str:
    lines = [f"{'typed':<22}{'shown':>6}{'search ms':>11}{'LIKE ms':>9}{'ratio':>8}"]
    lines += [
        f"{it['typed']:<22}{it['shown']:>6}{it['search_ms']:>11}{it['like_ms']:>9}{it['ratio']:>8}"
        for it in result["searches"]
    ]
    return "\n".join([*lines, f"{result['persons']} persons, slowest {result['worst_ms']} ms"])


DUE = 20_000
DEMO_CITY = 300  # about as many cases as the demo city plays


def _reminders(rounds: int, cases: int) -> Result:
    """The same reminders among a tenth of the open cases, and among all of them."""
    from backend.bench import many, reminding  # noqa: PLC0415

    figures = []
    for number in (max(1, cases // 10), cases):
        with scratch_database("tsunagu_bench_reminders"):
            loading.load(city.build())
            many.make(number)
            reminding.wait()
            figures.append(reminding.measure(min(DUE, number // 2), rounds))
    few, most = figures
    return {
        "ratio_to_bare_sql": round(most.ratio, 2),
        "growth": round(most.run / most.due / (few.run / few.due), 2),
        "days": [
            {"open": it.open, "due": it.due, "run_s": round(it.run, 2), "by_hand_s": round(it.by_hand, 2),
             "ratio": round(it.ratio, 2)}
            for it in figures
        ],
    }  # fmt: skip


def _pages(rounds: int, cases: int) -> Result:
    """Every page of `bench.pages` a turn, with few cases and with very many."""
    from backend.bench import many, pages  # noqa: PLC0415

    found = {}
    for number in (min(DEMO_CITY, cases), cases):
        with scratch_database("tsunagu_bench_pages"):
            loading.load(city.build())
            pages.without_limit()
            many.make(number)
            pages.ready()
            many.settle()
            try:
                floor, figures = pages.measure(rounds, quick=number <= DEMO_CITY)
            except ValueError as error:
                raise CommandError(str(error), returncode=1) from error
        found[str(number)] = {
            "floor_ms": round(floor, 2),
            "pages": [
                {"page": it.page.name, "p50_ms": round(it.p50, 1), "p95_ms": round(it.p95, 1),
                 "ratio_to_floor": round(it.ratio, 1), "queries": it.queries, "html_kb": round(it.html, 1),
                 "code_kb": round(it.code, 1), "over": it.over}
                for it in figures
            ],
        }  # fmt: skip
    return {"cases": found}


def _every_page(rounds: int) -> Result:
    """Every page of the demo city as each of the cast."""
    from backend.bench import everypage, pages  # noqa: PLC0415

    if not settings.DEMO or not User.objects.filter(username=CAST[0].username).exists():
        raise CommandError(
            "There is no demo city to open the pages of; make it first: make demo SERVE=0\n"
            "then: TSUNAGU_DEMO=true tsunagu bench every-page",
            returncode=1,
        )
    floor, found = everypage.measure(min(rounds, MOST_ROUNDS))
    return {
        "floor_ms": round(floor, 2),
        "opened": len(found),
        "over": sum(page.median > pages.QUICK for page in found),
        "slowest": [
            {"who": page.who, "address": page.address, "first_ms": round(page.first, 1),
             "median_ms": round(page.median, 1), "ratio_to_floor": round(page.median / floor, 1)}
            for page in found[:SLOWEST]
        ],
    }  # fmt: skip


def _json(result: Result) -> str:
    return json.dumps(result, ensure_ascii=False)


def _door_table(result: Result) -> str:
    lines = [f"{'clients':<10}{'contender':<20}{'steps/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'of floor':>10}"]
    for label in ("1_client", "4_clients"):
        for name, found in result[label].items():
            lines.append(
                f"{label[0]:<10}{name:<20}{found['steps_per_second']:>9}{found['p50_ms']:>9}"
                f"{found['p99_ms']:>9}{found['ratio_to_floor']:>10}"
            )
    return "\n".join(lines)


def _decision_table(result: Result) -> str:
    lines = [f"{'contender':<26}{'p50 µs':>9}{'p99 µs':>9}"]
    lines += [f"{name:<26}{p50:>9}{result['p99_us'][name]:>9}" for name, p50 in result["p50_us"].items()]
    return "\n".join(
        [
            *lines,
            f"a decision with its entities takes {result['ratio_to_bare']} × bare Cedar on the same policies",
            f"({result['ratio_to_bare_of_those_asked']} × bare Cedar on only those a decision asks)",
        ]
    )


def _list_table(result: Result) -> str:
    lines = [f"{'who':<14}{'list':<8}{'rows':>5}{'filter ms':>11}{'by hand ms':>12}{'ratio':>7}"]
    lines += [
        f"{it['who']:<14}{it['list']:<8}{it['rows']:>5}{it['filter_ms']:>11}{it['by_hand_ms']:>12}"
        f"{it['ratio']:>7}"
        for it in result["lists"]
    ]
    return "\n".join([*lines, f"{result['cases']} cases, worst ratio {result['worst_ratio']}"])


def _reminders_table(result: Result) -> str:
    lines = [f"{'open cases':>11}{'due':>8}{'run s':>8}{'by hand s':>11}{'ratio':>7}"]
    lines += [
        f"{it['open']:>11}{it['due']:>8}{it['run_s']:>8}{it['by_hand_s']:>11}{it['ratio']:>7}"
        for it in result["days"]
    ]
    return "\n".join([*lines, f"ten times the open cases cost {result['growth']} × for each reminder"])


def _letters(count: int) -> Result:
    """Each kind by itself, then a batch of those in window envelopes."""
    from backend.bench import letters  # noqa: PLC0415

    ratio = letters.ratio(count)
    try:
        batches = [letters.batch(count, processes) for processes in (1, 2)]
    except RuntimeError as error:
        raise CommandError(str(error), returncode=1) from error
    return {
        "count": count,
        "ratio_to_bare": round(ratio.ratio, 3),
        "ms_a_letter": round(ratio.ours, 1),
        "bare_ms_a_letter": round(ratio.bare, 1),
        "processes": {
            str(found.processes): {
                "letters_per_second": round(found.per_second, 1),
                "mib_after_a_tenth": round(found.early),
                "mib_after_all": round(found.late),
            }
            for found in batches
        },
        "scaling": round(batches[1].per_second / batches[0].per_second, 2),
        "single_ms": {
            found.name: [round(found.ms, 1), round(found.bare, 1)] for found in letters.singles(rounds=12)
        },
    }


def _letters_table(result: Result) -> str:
    lines = [f"{'letter, warm':<24}{'CPU ms':>8}{'bare':>8}{'ratio':>7}"]
    lines += [
        f"{name:<24}{ms:>8}{bare:>8}{ms / bare:>7.2f}" for name, (ms, bare) in result["single_ms"].items()
    ]
    lines += [f"{'processes':<12}{'letters/s':>10}{'MiB, a tenth':>14}{'MiB, all':>10}"]
    lines += [
        f"{name:<12}{it['letters_per_second']:>10}{it['mib_after_a_tenth']:>14}{it['mib_after_all']:>10}"
        for name, it in result["processes"].items()
    ]
    return "\n".join(
        [
            *lines,
            f"{result['count']} letters in batch: {result['ms_a_letter']} ms each, "
            f"{result['ratio_to_bare']} × bare WeasyPrint ({result['bare_ms_a_letter']} ms); "
            f"two processes {result['scaling']} × one",
        ]
    )


def _pages_table(result: Result) -> str:
    head = f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'× floor':>9}{'queries':>9}{'html kB':>9}{'code kB':>9}"
    lines = []
    for cases, found in result["cases"].items():
        lines += [f"{cases} cases, floor {found['floor_ms']} ms", head]
        lines += [
            f"{it['page']:<22}{it['p50_ms']:>8}{it['p95_ms']:>8}{it['ratio_to_floor']:>9}{it['queries']:>9}"
            f"{it['html_kb']:>9}{it['code_kb']:>9}"
            + (f"  over: {', '.join(it['over'])}" if it["over"] else "")
            for it in found["pages"]
        ]
    return "\n".join(lines)


def _every_page_table(result: Result) -> str:
    head = f"{'median ms':>10}{'first ms':>10}{'× floor':>9}  page"
    lines = [
        f"{it['median_ms']:>10}{it['first_ms']:>10}{it['ratio_to_floor']:>9}  {it['who']} {it['address']}"
        for it in result["slowest"]
    ]
    told = f"{result['opened']} pages opened, floor {result['floor_ms']} ms, {result['over']} over the budget"
    return "\n".join([head, *lines, told])


_BENCHES: dict[str, Callable[[dict[str, Any]], Result]] = {
    "door": lambda options: _door(options["rounds"]),
    "decision": lambda options: _decision(options["rounds"]),
    "every-page": lambda options: _every_page(options["rounds"]),
    "list": lambda options: _list(options["rounds"], options["cases"]),
    "pages": lambda options: _pages(options["rounds"], options["cases"]),
    "reminders": lambda options: _reminders(options["rounds"], options["cases"]),
    "search": lambda options: _search(options["rounds"], options["persons"]),
    "letters": lambda options: _letters(options["count"]),
}
_TABLES = {
    "door": _door_table,
    "decision": _decision_table,
    "every-page": _every_page_table,
    "list": _list_table,
    "pages": _pages_table,
    "reminders": _reminders_table,
    "search": _search_table,
    "letters": _letters_table,
}
