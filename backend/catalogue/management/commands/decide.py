"""`tsunagu decide FILE`: run a decision table, so that an office can write its own.

`tsunagu decide --explain`: one situation, which rule decides it, and the nearest change that would make it
possible.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from backend import access
from backend.access import Ruling, decisions
from backend.access.book import PolicyBook
from backend.access.decisions import Bench, RowResult
from backend.catalogue import loading
from backend.config.command import OfficeCommand
from backend.definitions.findings import DefinitionError
from backend.definitions.source import parse_yaml

MARKS = {"allow": "○", "review_later": "◎", "approval": "△", "refer": "▽", "deny": "－"}


class Command(OfficeCommand):
    help = "Decide every row of decision tables, or explain one situation; each outcome with its reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="tables such as policies/staff.decisions.yaml"
        )
        parser.add_argument("--language", choices=["ja", "en"], default="ja")
        parser.add_argument(
            "--explain",
            action="store_true",
            help="one situation, given by --who, --to and --set or as YAML on standard input",
        )
        parser.add_argument("--who", help="a member of policies/cast.yaml")
        parser.add_argument("--does", help="an action; not needed for a provision")
        parser.add_argument("--to", help="a case, person, letter or provision of policies/cast.yaml")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="what is different: to.purpose=watch_over",
        )

    def handle(self, *args: Any, files: list[Path], language: str, explain: bool, **options: Any) -> None:
        if explain == bool(files):
            raise CommandError("Name tables to run, or use --explain for one situation; not both.")
        try:
            if explain:
                self._explain(_situation(options), language)
            else:
                self._run(files, language)
        except DefinitionError as error:
            raise CommandError(str(error)) from error

    def _run(self, files: list[Path], language: str) -> None:
        book, rows, wrong = loading.use().book, 0, 0
        for file in files:
            if not file.is_file():
                raise CommandError(
                    f"{file} is not a file; name a table such as policies/staff.decisions.yaml."
                )
            for result in decisions.run(book, file):
                rows, wrong = rows + 1, wrong + bool(result.problem)
                self._tell(result, language)
        self.stdout.write(f"{rows} rows, {wrong} not as expected")
        if wrong:
            raise CommandError("Mend the rows marked ×, or the policies.", returncode=1)

    def _tell(self, result: RowResult, language: str) -> None:
        mark = "×" if result.problem else MARKS[result.found]
        self.stdout.write(f"{mark} {result.row.situation}")
        for sentence in access.sentences(result.decision, language):
            self.stdout.write(f"    {sentence}")
        if result.problem:
            self.stdout.write(f"    {result.problem}")

    def _explain(self, asked: Bench, language: str) -> None:
        book = loading.use().book
        (result,) = asked.answers(book)
        if result.decision.errors:
            raise CommandError("; ".join(result.decision.errors), returncode=1)
        self.stdout.write(f"{MARKS[result.found]} {result.found}")
        lines = access.sentences(result.decision, language)
        if isinstance(result.decision, Ruling):
            lines += access.way_on(result.decision, language)
        for line in [*lines, *_rules(book, result)]:
            self.stdout.write(f"    {line}")


def _situation(options: dict[str, Any]) -> Bench:
    """The situation of the flags, or of standard input without any."""
    if not (options["who"] or options["to"]):
        return decisions.situation(parse_yaml(sys.stdin.buffer.read(), "standard input"))
    lines = [f"{name}: {options[name]}" for name in ("who", "does", "to") if options[name]]
    changes: dict[str, list[str]] = {}
    for change in options["set"]:
        name, equals, value = change.partition("=")
        side, _, attribute = name.rpartition(".")
        if not equals:
            raise CommandError(f"--set {change} has no value; write it like --set to.purpose=watch_over.")
        changes.setdefault(side or ("to" if attribute not in {"category", "today"} else ""), []).append(
            f"{attribute}: {value}"
        )
    inside = [
        f"{side}: {{{', '.join(given)}}}" if side else ", ".join(given) for side, given in changes.items()
    ]
    lines += [f"with: {{{', '.join(inside)}}}"] if inside else []
    return decisions.situation(parse_yaml("\n".join(lines).encode(), "the command line"))


def _rules(book: PolicyBook, result: RowResult) -> list[str]:
    """The deciding policies by name, with the rule each stands for and the file to read."""
    found = [book.policy(name) for name in result.decision.rules]
    return [
        "  ".join(filter(None, (policy.id, policy.annotations.get("rule"), f"{policy.path}:{policy.line}")))
        for policy in found
    ]
