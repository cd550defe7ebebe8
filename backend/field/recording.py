"""Recording a visit through the one door, and the words for whoever recorded it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.models import Case
from backend.field import rounds
from backend.field.rounds import ALARM, RECORD, Visited
from backend.people.models import Member

KEY = "field/{}"  # the random key of the record makes a second sending harmless


@dataclass(frozen=True)
class Recorded:
    """What the door wrote; `beside` are the visits of others on the same day, all of them kept."""

    done: Done
    beside: tuple[tuple[str, Visited], ...] = ()

    @property
    def both_kept(self) -> str:
        """Said when somebody else was there on the same day; empty when nobody was."""
        if not self.beside:
            return ""
        name, visit = self.beside[0]
        when = f"{timezone.localtime(visit.at):%H:%M}"
        return _("%(name)s was there today at %(when)s too. Both records are kept.") % {
            "name": name,
            "when": when,
        }


def record(case_id: UUID, member: UUID, answers: Mapping[str, Any], key: UUID, now: datetime) -> Recorded:
    """Record a visit as the member. Raises what the door raises; sent twice it is recorded once."""
    action = ALARM if answers.get("result") == "alarm" else RECORD
    done = actions.perform(case_id, action, actor=member, answers=dict(answers), key=KEY.format(key), at=now)
    return Recorded(done, _beside(case_id, member, now))


def _beside(case_id: UUID, member: UUID, now: datetime) -> tuple[tuple[str, Visited], ...]:
    today = timezone.localdate(now)
    case = Case.objects.get(pk=case_id)
    others = [visit for visit in rounds.visits_of(case, now) if visit.day == today and visit.by != member]
    names = dict(Member.objects.filter(id__in={visit.by for visit in others}).values_list("id", "name"))
    return tuple((names[visit.by], visit) for visit in others)
