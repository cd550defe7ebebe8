"""`tsunagu decide FILE`: run a decision table, so that an office can write its own."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend import access
from backend.access import decisions
from backend.catalogue import loading
from backend.definitions.findings import DefinitionError

MARKS = {"allow": "○", "review_later": "◎", "approval": "△", "refer": "▽", "deny": "－"}


class Command(BaseCommand):
    help = "Decide every row of decision tables and print each outcome with its reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, help="tables such as policies/staff.decisions.yaml"
        )
        parser.add_argument("--language", choices=["ja", "en"], default="ja")

    def handle(self, *args: Any, files: list[Path], language: str, **options: Any) -> None:
        book, rows, wrong = loading.use().book, 0, 0
        for file in files:
            if not file.is_file():
                raise CommandError(
                    f"{file} is not a file; name a table such as policies/staff.decisions.yaml."
                )
            try:
                results = decisions.run(book, file)
            except DefinitionError as error:
                raise CommandError(str(error)) from error
            for result in results:
                rows, wrong = rows + 1, wrong + bool(result.problem)
                self._tell(result, language)
        self.stdout.write(f"{rows} rows, {wrong} not as expected")
        if wrong:
            raise CommandError("Mend the rows marked ×, or the policies.", returncode=1)

    def _tell(self, result: decisions.RowResult, language: str) -> None:
        mark = "×" if result.problem else MARKS[result.found]
        self.stdout.write(f"{mark} {result.row.situation}")
        for sentence in access.sentences(result.decision, language):
            self.stdout.write(f"    {sentence}")
        if result.problem:
            self.stdout.write(f"    {result.problem}")
