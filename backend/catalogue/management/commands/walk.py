"""`tsunagu walk WORKFLOW`: run its example lives through the real door; nothing stays in the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backend.catalogue import loading, walking
from backend.config.command import OfficeCommand
from backend.definitions.findings import errors
from backend.workflow.walks import check_names


class Command(OfficeCommand):
    help = "Run the example lives (walks.yaml) of a workflow; exit 1 when one comes out otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workflow")
        parser.add_argument("--only", help="the name of one walk")

    def handle(self, *args: Any, workflow: str, only: str | None, **options: Any) -> None:
        catalogue = loading.use()
        try:
            walks, findings = walking.read_walks(workflow)
        except LookupError as error:
            raise CommandError(str(error)) from error
        findings += check_names(catalogue.workflows[workflow], walks) if walks else []
        for finding in findings:
            self.stdout.write(str(finding))
        if walks is None or errors(findings):
            raise CommandError("Mend the walks first.", returncode=1)
        chosen = [walk for walk in walks.walks.values() if only in (None, walk.name)]
        if not chosen:
            raise CommandError(f"There is no walk {only!r}; there are: {', '.join(walks.walks)}.")
        try:
            wrong = sum(self._run(catalogue, workflow, walk) for walk in chosen)
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(chosen)} walks, {wrong} steps not as written")
        if wrong:
            raise CommandError("Mend the walks, the workflow or the policies.", returncode=1)

    def _run(self, catalogue: loading.Catalogue, workflow: str, walk: Any) -> int:
        self.stdout.write(f"{walk.name}: {walk.title.ja} / {walk.title.en}")
        wrong = 0
        for walked in walking.walk(catalogue, workflow, walk):
            step = walked.step
            mark = "×" if walked.wrong else ("－" if step.refused else "○")
            outcome = walked.wrong or step.becomes or f"refused ({step.refused})"
            self.stdout.write(f"  {mark} {step.at:%m-%d %H:%M} {step.who} {step.action} → {outcome}")
            wrong += bool(walked.wrong)
        return wrong
