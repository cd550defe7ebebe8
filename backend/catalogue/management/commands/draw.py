"""`tsunagu draw WORKFLOW`: the workflow as Mermaid or as an SVG that stands by itself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from backend.catalogue import loading
from backend.config.command import OfficeCommand
from backend.workflow import draw


class Command(OfficeCommand):
    help = "Draw a workflow as Mermaid (default) or SVG, to the terminal or a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workflow")
        parser.add_argument("--svg", action="store_true", help="SVG with its own style instead of Mermaid")
        parser.add_argument("--language", choices=["ja", "en"], default="ja")
        parser.add_argument("--to", type=Path, help="write to this file")

    def handle(
        self, *args: Any, workflow: str, svg: bool, language: str, to: Path | None, **options: Any
    ) -> None:
        workflows = loading.read().workflows
        if workflow not in workflows:
            raise CommandError(f"There is no workflow {workflow!r}; there are: {', '.join(workflows)}.")
        found = workflows[workflow]
        drawn = draw.svg(found, language, standalone=True) if svg else draw.mermaid(found, language)
        if to is None:
            self.stdout.write(drawn)
            return
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_text(drawn, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}. Name a file of yours.") from error
        self.stdout.write(f"{to}")
