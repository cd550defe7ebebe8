"""What every command of `tsunagu` is made of."""

from django.core.management.base import BaseCommand


class OfficeCommand(BaseCommand):
    """A command that leaves Django's system checks to `tsunagu check` and the tests.

    They look at the program, which is the same for every process of a version, and load every page and the
    whole API for it: a quarter of what a worker needs to start.
    """

    requires_system_checks = ()
