"""`tsunagu reindex`: write the search keys of every person anew, after the table of variants changed."""

from typing import Any

from backend.config.command import OfficeCommand
from backend.people.models import Person


class Command(OfficeCommand):
    help = "Write the search keys of every person anew (needed after backend/people/variants.txt changed)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{Person.objects.reindex()} persons indexed.")
