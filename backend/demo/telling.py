"""The story as it stands in the records: one line for each step, with what allowed it and what it caused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.answers.eras import era_date
from backend.answers.text import joined
from backend.cases.generic import GENERIC
from backend.cases.models import Case, Key, Notice, Step
from backend.cases.pinned import pinned
from backend.demo.acts import Script
from backend.letters import issue
from backend.letters.models import IssuedLetter
from backend.workflow.model import Text, Workflow
from backend.workflow.vocabulary import PHRASES

SHOWN_NAMES = 2


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, by whom, what, from where to where, what allowed it, what it caused."""

    at: datetime
    who: str
    said: str
    what: str
    moved: str
    caused: tuple[str, ...]

    def shown(self, lang: str) -> str:
        """The line as printed, at most as wide as its words."""
        at = timezone.localtime(self.at)
        parts = [
            f"{era_date(at.date(), lang)} {at:%H:%M}  {self.who}: {self.said}",
            f"[{self.what}{self.moved}]",
        ]
        return "  ".join([*parts, *self.caused])


def case_of(script: Script) -> Case:
    """The case a script was played on. Raises `Case.DoesNotExist` before its first act."""
    return Case.objects.get(pk__in=Key.objects.filter(key=script.key_of(0)).values("case"))


def lines(script: Script, lang: str) -> list[Line]:
    """The story's lines in order: its steps, and what the reminder runs told on the way."""
    case = case_of(script)
    workflow = pinned(case.definition).workflow
    steps = case.steps.select_related("actor__organisation").order_by("seq")
    told = [_step(case, step, script.acts[step.seq - 1].told, workflow, lang) for step in steps]
    return sorted([*told, *_reminders(case)], key=lambda line: line.at)


def _step(case: Case, step: Step, told: tuple[str, str], workflow: Workflow, lang: str) -> Line:
    action = step.action.partition(".")[2] or step.action
    title = GENERIC[action].title if "." not in step.action else workflow.action(action).title
    caused = [_("allowed by %(policies)s") % {"policies": ", ".join(step.rules)}]
    caused += _letters(case, step, lang)
    caused += _notices(case, f"step/{case.pk}/{step.seq}/")
    return Line(
        step.recorded_at,
        f"{step.actor.name} ({_office(step, lang)})",
        Text(*told).in_language(lang),
        title.in_language(lang),
        _moved(step, workflow, lang),
        tuple(caused),
    )


def _office(step: Step, lang: str) -> str:
    organisation = step.actor.organisation
    return organisation.called(lang)


def _moved(step: Step, workflow: Workflow, lang: str) -> str:
    source, target = (
        workflow.states[name.partition(".")[2]].title.in_language(lang) if name else ""
        for name in (step.from_state, step.to_state)
    )
    if source == target:
        return f": {target}"
    return f": {source} → {target}" if source else f" → {target}"


def _letters(case: Case, step: Step, lang: str) -> list[str]:
    found = []
    for letter in IssuedLetter.objects.filter(case=case, seq=step.seq).order_by("created_at"):
        definition = issue.pinned(letter.definition, letter.definition_hash)
        title = definition.title_ja if lang == "ja" else definition.title_en
        found.append(_("letter: %(title)s %(number)s") % {"title": title, "number": letter.shown_number})
    return found


def _notices(case: Case, prefix: str, **besides: Any) -> list[str]:
    """Who was told; the one who reported hears a fixed phrase."""
    notices = Notice.objects.filter(case=case, key__startswith=prefix, **besides)
    notices = notices.select_related("member").order_by("id")
    names = list(dict.fromkeys(notice.member.name for notice in notices if notice.kind not in PHRASES))
    told = [_("told: %(names)s") % {"names": _few(names)}] if names else []
    answers = {"received": _("received"), "being_handled": _("being handled"), "finished": _("finished")}
    phrases = [answers[notice.kind] for notice in notices if notice.kind in PHRASES]
    return told + [_("answer to the reporter: “%(phrase)s”") % {"phrase": phrase} for phrase in phrases]


def _few(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_NAMES
    shown = joined(names[:SHOWN_NAMES], get_language() or "ja")
    if more <= 0:
        return shown
    return _("%(names)s and %(more)d more") % {"names": shown, "more": more}


def _reminders(case: Case) -> list[Line]:
    """What the reminder runs told about the case, a line for each of them."""
    moments = Notice.objects.filter(case=case, key__startswith="timer/").values_list("created_at", flat=True)
    return [
        Line(
            at,
            _("automated run"),
            _("What was due has not been done; whoever has to act is told."),
            _("reminder"),
            "",
            tuple(_notices(case, "timer/", created_at=at)),
        )
        for at in sorted(set(moments))
    ]


def write_letters(case: Case, folder: Path) -> list[Path]:
    """Write the printed letters of a case into `folder`, numbered in their order; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    letters = IssuedLetter.objects.filter(case=case, frozen__isnull=False).select_related("frozen")
    for number, letter in enumerate(letters.order_by("seq", "ordinal"), 1):
        path = folder / f"{number:02d}-{letter.definition}.pdf"
        path.write_bytes(letter.pdf)
        written.append(path)
    return written
