"""Reading a case back: who it is for policies, its answers as they stand now, its timeline."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.access import CaseFacts
from backend.answers.form import Form
from backend.cases import pinned
from backend.cases.models import Blob, Case, Step


def case_facts(case: Case, now: datetime | None = None) -> CaseFacts:
    """The case as policies see it at a moment (the present by default)."""
    facts = case.facts
    return CaseFacts(
        id=str(case.id),
        workflow=case.workflow,
        state=case.state,
        kind=case.kind,
        controller=case.controller,
        area=case.area_id,
        owner_role=case.owner_role,
        assignee=str(case.assignee_id or ""),
        receiver=case.receiver_id or "",
        reporter=str(case.reporter_id or ""),
        urgency=case.urgency,
        abuse=str(facts.get("abuse", "none")),
        consent=str(facts.get("consent", "unknown")),
        consent_until=int((facts.get("consent_until") or "9999-12-31").replace("-", "")),
        consent_categories=tuple(facts.get("consent_categories") or ()),
        legal_basis=str(facts.get("legal_basis", "")),
        basis_recipient=str(facts.get("basis_recipient") or ""),
        basis_categories=tuple(facts.get("basis_categories") or ()),
        protected=case.protected,
        open=case.is_open,
        watchers=tuple(case.watchers),
        requesters=tuple(facts.get("requesters") or ()),
        glass=_glass(facts.get("glass"), now),
        signed=tuple(facts.get("signed") or ()),
    )


def _glass(windows: Any, now: datetime | None) -> tuple[str, ...]:
    """The members whose emergency window is open; one whose end cannot be read is closed."""
    if not windows:
        return ()
    moment = now or timezone.now()
    return tuple(str(window["member"]) for window in windows if ends(window) > moment)


def ends(window: Mapping[str, Any]) -> datetime:
    """When an emergency window closes; one whose end cannot be read has closed."""
    ends = parse_datetime(str(window.get("until", "")))
    return ends if ends is not None and ends.tzinfo is not None else datetime.min.replace(tzinfo=UTC)


def form_of(step: Step) -> Form:
    """The form a step was answered in, in the version it was answered in."""
    return pinned.form(step.form_hash)


@dataclass(frozen=True)
class Answered:
    """The answers of one step as they stand now, split by data category."""

    seq: int
    action: str
    form: str
    form_hash: str
    recorded_at: datetime
    actor: UUID
    corrected_by: int | None
    parts: dict[str, dict[str, Any]]

    def merged(self, categories: Iterable[str] | None = None) -> dict[str, Any]:
        """The answers of the given categories (all of them without any)."""
        wanted = set(self.parts) if categories is None else set(categories)
        answers: dict[str, Any] = {}
        for category, part in self.parts.items():
            if category in wanted:
                answers |= part
        return answers


def answers_of(case: Case, *, until: int | None = None) -> list[Answered]:
    """Every answered step in order, corrections applied; `until` gives them as they stood at that step."""
    steps = list(case.steps.exclude(form="").order_by("seq"))
    blobs = case.blobs.filter(kind__startswith="answers/")
    if until is not None:
        steps = [step for step in steps if step.seq <= until]
        blobs = blobs.filter(seq__lte=until)
    parts: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for blob in blobs:
        parts[blob.seq][blob.category] = json.loads(bytes(blob.content))
    corrections = {step.corrects: step.seq for step in steps if step.corrects is not None}
    return [
        Answered(
            step.seq,
            step.action,
            step.form,
            step.form_hash,
            step.recorded_at,
            step.actor_id,
            corrections.get(step.seq),
            parts[corrections.get(step.seq, step.seq)],
        )
        for step in steps
        if step.corrects is None
    ]


def latest(case: Case, form: str, *, until: int | None = None) -> dict[str, Any]:
    """The newest answers given in a form, merged; empty when it was never answered."""
    found = [answered for answered in answers_of(case, until=until) if answered.form == form]
    return found[-1].merged() if found else {}


def attachment(case: Case, seq: int) -> tuple[dict[str, Any], bytes, str] | None:
    """What is known of the file attached by a step, its bytes and its data category."""
    blobs = {
        blob.kind: blob for blob in Blob.objects.filter(case=case, seq=seq, kind__startswith="attachment")
    }
    if set(blobs) != {"attachment", "attachment/about"}:
        return None
    about: dict[str, Any] = json.loads(bytes(blobs["attachment/about"].content))
    return about, bytes(blobs["attachment"].content), blobs["attachment"].category


def committed(case: Case, places: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Contents, by their step and ordinal there, with what the step committed to; in that order."""
    wanted = sorted(places)
    steps = Step.objects.filter(case=case, seq__in={seq for seq, _ordinal in wanted})
    commits = {step.seq: step.commits for step in steps}
    found = ((seq, ordinal, commits[seq][ordinal]) for seq, ordinal in wanted)
    return [
        {"seq": seq, "ordinal": ordinal, "category": made["category"], "mac": made["mac"]}
        for seq, ordinal, made in found
    ]
