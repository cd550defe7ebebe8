"""`tsunagu bench door`: speed as a ratio to a floor measured in the same run."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from backend.config.scratch import scratch_database
from backend.demo import city, loading


def rounds(text: str) -> int:
    """A number of rounds as typed. Raises ArgumentTypeError saying what is wanted."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number of rounds; want 1 or more")


class Command(BaseCommand):
    help = "Measure the door against the same rows written by hand and against django-fsm with the ORM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["door"])
        parser.add_argument("--rounds", type=rounds, default=40, help="turns of five stories each (40)")
        parser.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *args: Any, what: str, rounds: int, json: bool, **options: Any) -> None:
        from backend.bench import door  # noqa: PLC0415 - after the command line was understood

        result: dict[str, Any] = {"bench": what}
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
        self.stdout.write(_json(result) if json else _table(result))


def _json(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False)


def _table(result: dict[str, Any]) -> str:
    lines = [f"{'clients':<10}{'contender':<20}{'steps/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'of floor':>10}"]
    for label in ("1_client", "4_clients"):
        for name, found in result[label].items():
            lines.append(
                f"{label[0]:<10}{name:<20}{found['steps_per_second']:>9}{found['p50_ms']:>9}"
                f"{found['p99_ms']:>9}{found['ratio_to_floor']:>10}"
            )
    return "\n".join(lines)
