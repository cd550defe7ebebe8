"""`tsunagu token <username>`: make, list and end the API tokens of a user."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from backend.config.command import OfficeCommand
from backend.people import tokens
from backend.people.models import User

ALL = "all"


def days(text: str) -> int:
    """A number of days as typed. Raises ArgumentTypeError saying what is wanted."""
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= tokens.MOST_DAYS:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number of days from 1 to {tokens.MOST_DAYS}")


def which(text: str) -> str:
    """The number of a token as `--list` shows it, or `all`. Raises ArgumentTypeError for anything else."""
    if text == ALL or (text.isascii() and text.isdecimal() and len(text) < 19):
        return text
    raise ArgumentTypeError(f"{text!r} is no number of a token; --list shows them")


class Command(OfficeCommand):
    help = (
        "Make a token of a user and print it, this once: send it as `Authorization: Token …`. "
        "It opens nothing once the user's terms are over or the account is closed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--days", type=days, default=tokens.DAYS, help=f"how long it is good (default {tokens.DAYS})"
        )
        instead.add_argument("--list", action="store_true", help="show the user's tokens instead")
        instead.add_argument(
            "--revoke",
            nargs="?",
            const=ALL,
            type=which,
            metavar="NUMBER",
            help="end the token of that number instead; without a number, every token of the user",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        name, now = options["username"], timezone.now()
        user = User.objects.filter(username=name).first() if "\0" not in name else None
        if user is None:
            raise CommandError(f"There is no user named {name!r}. Check the spelling.")
        if options["list"]:
            self._list(user, now)
        elif options["revoke"]:
            self._revoke(user, options["revoke"], now)
        elif not user.is_active:
            raise CommandError(f"The account of {name!r} is closed; a token would open nothing.")
        else:
            self._make(user, options["days"], now)

    def _make(self, user: User, number: int, now: datetime) -> None:
        """The token alone on the standard output, for scripts; the words beside it."""
        token, text = tokens.make(user, days=number, now=now)
        self.stdout.write(text)
        self.stderr.write(
            f"Token {token.pk} of {user.username}, good until {_minute(token.ends_at)}. "
            "It is shown this once; only its hash is kept.",
            str,  # no mistake: not in red
        )

    def _list(self, user: User, now: datetime) -> None:
        found = tokens.of(user)
        for token in found:
            until = "ended" if token.ends_at <= now else "until"
            used = f"last used {token.used_on}" if token.used_on else "never used"
            self.stdout.write(
                f"{token.pk:>5}  made {_minute(token.made_at)}  {until} {_minute(token.ends_at)}  {used}"
            )
        if not found:
            self.stdout.write(f"{user.username} has no token.")

    def _revoke(self, user: User, wanted: str, now: datetime) -> None:
        ended = tokens.end(user, now, None if wanted == ALL else int(wanted))
        if not ended and wanted != ALL:
            raise CommandError(
                f"{user.username} has no token {wanted} that is still good; --list shows them."
            )
        self.stdout.write(f"Ended: {ended} of {user.username}.")


def _minute(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
