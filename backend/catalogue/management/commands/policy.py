"""`tsunagu policy mutate`: what guards the policies, and what a change of them would do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.access import decisions
from backend.access.scoring import Scoring, Survivor
from backend.catalogue import loading


class Command(BaseCommand):
    help = "Measure how well the decision tables guard the policies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        mutate = verbs.add_parser("mutate", help="change every policy in every small way; a row must notice")
        mutate.add_argument("--jobs", type=int, default=0, help="processes (0: one for each core)")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, verb)(**options)

    def mutate(self, *, jobs: int, **options: Any) -> None:
        """Print the survivors, and on the last line the score."""
        book = loading.use().book
        scoring = Scoring(book, decisions.benches())
        try:
            score = scoring.score(jobs=jobs, progress=self._progress)
        except ValueError as error:
            raise CommandError(f"{error}\nMend these rows first, or the policies.", returncode=1) from error
        for survivor in score.survivors:
            self._tell(survivor)
        self.stdout.write(
            f"{score.total} mutants of {len(book.every)} policies, {len(scoring.cases)} rows, "
            f"{len(score.survivors)} survive"
        )
        self.stdout.write(str(score))

    def _tell(self, survivor: Survivor) -> None:
        found = survivor.mutant
        self.stdout.write(f"{found.origin.path}:{found.origin.line}: {found.origin.id}: {found.change}")
        if survivor.situation:
            self.stdout.write(f"    a row would notice: {survivor.situation}")
        elif survivor.held_by:
            self.stdout.write(f"    held as well by {', '.join(sorted(survivor.held_by))}")
        else:
            self.stdout.write("    no situation tried reaches it: think of a row, or take the condition out")

    def _progress(self, done: int, total: int, noticed: int) -> None:
        """One line that counts on a terminal; nothing where the output is kept."""
        if self.stderr.isatty():
            self.stderr.write(
                f"\r{done} of {total} rows, {noticed} mutants noticed", ending="" if done < total else "\n"
            )
