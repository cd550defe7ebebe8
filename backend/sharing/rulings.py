"""What was ruled about one data category, and keeping it: every ruling stands in the log of decisions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from backend import access
from backend.access import Outcome, ProvisionFacts, Ruling, recorded
from backend.cases.consulting import Asked
from backend.cases.decisionlog import DecisionLog

DISCLOSE, KIND = "disclose", "provision"


@dataclass(frozen=True)
class Ruled:
    """The ruling of one category, with the facts it was made from (those of the consent that helped most)."""

    category: str
    ruling: Ruling
    facts: ProvisionFacts

    @property
    def denied(self) -> bool:
        return self.ruling.outcome is Outcome.DENY


def best(one: Ruled, other: Ruled | None) -> Ruled:
    """The better of two rulings on the same category; the first where they are alike."""
    if other is None or one.ruling.outcome.rank <= other.ruling.outcome.rank:
        return one
    return other


def keep(asked: Asked, ruled: Iterable[Ruled]) -> None:
    """Write every ruling to the log of decisions, with what it was made from: codes, ids and dates."""
    case, on = asked.case, access.day(timezone.localdate(asked.now))
    DecisionLog.objects.bulk_create(
        DecisionLog(
            at=asked.now,
            member=UUID(asked.member.id),
            action=DISCLOSE,
            kind=KIND,
            case=case.id,
            seq=case.revision + 1,
            inputs=json.loads(json.dumps(recorded.kept(asked.member, one.facts, on))),
            outcome=str(one.ruling.outcome),
            rules=list(one.ruling.rules),
            policies=one.ruling.policies,
        )
        for one in ruled
    )
