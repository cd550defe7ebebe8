"""`tsunagu demo`: 海鳴市 with its cases, one referral from detection to closure, then the office itself."""

import sys
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from backend.cases.effects import Outcome
from backend.cases.errors import KeyReused
from backend.config.command import OfficeCommand
from backend.config.management.commands.web import port, require_port
from backend.config.prepare import prepare_database
from backend.demo import lives, loading, morning, sharing, story, telling, timeline
from backend.demo.cast import CAST, password
from backend.demo.city import SEED, City, build
from backend.demo.playing import ActRefused
from backend.demo.progress import Progress
from backend.demo.scenes import Casting
from backend.runs import board

HIRED = date(2026, 1, 5)  # whoever takes part in a case is in office from here on


class Command(OfficeCommand):
    help = "Load the demo city, play its cases, tell one referral from detection to closure, then serve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the story")
        parser.add_argument("--story-only", action="store_true", help="leave out the other 300 cases")
        parser.add_argument("--port", type=port, default=8000, help="port to serve on afterwards")
        parser.add_argument("--language", choices=["ja", "en"], default="ja", help="language of the story")

    def handle(
        self,
        *_args: Any,
        no_serve: bool,
        story_only: bool,
        language: str,
        port: int,
        verbosity: int,
        **_options: Any,
    ) -> None:
        if not no_serve:  # better now than after all the loading
            require_port("127.0.0.1", port, "make demo PORT=" if settings.DEMO else "--port")
        with override(language):
            self._say(_("Preparing the database."))
            prepare_database(verbosity=max(0, verbosity - 1))
            city = build()
            self._load(city)
            self._play(city, story_only)
            board.run(timezone.localdate())
            self._tell(language)
            self._show_cast()
        if not no_serve:
            call_command("up", port=port)

    def _load(self, city: City) -> None:
        begun = timezone.now()
        loading.load(city)
        loading.open_accounts()
        self._say(
            _("Uminari City: %(districts)d districts, %(organisations)d organisations, %(persons)d persons.")
            % {
                "districts": sum(row["kind"] == "district" for row in city.areas),
                "organisations": len(city.organisations),
                "persons": len(city.residents.persons),
            }
            + _took(begun)
        )

    def _play(self, city: City, story_only: bool) -> None:
        begun = timezone.now()
        now = _now_of_the_city(begun)
        others = [] if story_only else lives.scripts(Casting(city, HIRED), SEED, now)
        mornings = {*story.mornings(), *(() if story_only else lives.mornings(now))}
        tell = Progress(_("Cases and letters"), sys.stdout)
        try:
            result = timeline.play([*others, story.script()], mornings, today=now, tell=tell)
            if others:
                sharing.ask_all(now)
                timeline.settle(result)
                morning.prepare(now)
                timeline.settle(result)
        except ActRefused as error:
            if isinstance(error.__cause__, KeyReused):
                raise CommandError(
                    _("Another version of the program built this demo city. Anew: make clean demo")
                ) from error
            raise CommandError(str(error)) from error
        self._say(
            _("%(new)d steps done, %(old)d found done before; %(effects)d letters and notices.")
            % {"new": result.acts, "old": result.repeated, "effects": result.effects[Outcome.DONE]}
            + _took(begun)
        )
        failed = result.effects.total() - result.effects[Outcome.DONE]
        if failed:
            self.stderr.write(
                _("%(failed)d letters or notices failed; see the runs page.") % {"failed": failed}
            )

    def _tell(self, language: str) -> None:
        told = story.script()
        case = telling.case_of(told)
        self._say("", _("One referral from detection to closure: %(number)s") % {"number": case.number}, "")
        for line in telling.lines(told, language):
            self._say(line.shown(language))
        self._say("", _("Its letters:"))
        for path in telling.write_letters(case, settings.VAR / "demo" / "letters"):
            self._say(f"  {path}")

    def _show_cast(self) -> None:
        self._say("", _("Sign in as:"))
        for player in CAST:
            self._say(
                f"  {player.username:<13} {password(player.username):<34} {player.name} ({player.role})"
            )

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.stdout.write(line)
        self.stdout.flush()


def _now_of_the_city(clock: datetime) -> datetime:
    """The moment the city was first played up to, so that it is found done when played again."""
    kept = settings.VAR / "demo" / "now"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(lives.now_at(clock).isoformat(), encoding="ascii")
    return datetime.fromisoformat(kept.read_text(encoding="ascii"))


def _took(begun: datetime) -> str:
    return f"  {(timezone.now() - begun).total_seconds():.1f} s"
