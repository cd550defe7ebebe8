"""`tsunagu doubles`: look through all persons for records that may be of one person."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from backend.people import duplicates


class Command(BaseCommand):
    help = "Put records side by side that may be of one person. A person decides; nothing is merged."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{duplicates.sweep(timezone.now())} new pairs to be decided.")
