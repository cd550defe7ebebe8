"""The rows of consents, written with the step that answers one of their forms, in its transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.cases.models import Step
from backend.cases.projecting import Written, projects
from backend.people.models import Person
from backend.sharing.consents import scope, withdrawing
from backend.sharing.consents.models import Consent
from backend.sharing.consents.standing import Ending, Statement, endings

GIVE, TAKE_BACK = "consent", "withdraw"
SHOWN_IN = "ja"  # what older versions of the form, which did not ask, were shown in


@projects(GIVE, TAKE_BACK)
def write_consent(written: Written) -> None:
    """Keep what was said in a step, or what it should have been, and settle what holds beside it.

    The person is locked, so that two cases of one person never settle past each other.
    """
    person = written.move.changes.get("person_id", written.case.person_id)
    if person is not None:
        Person.objects.select_for_update(no_key=True).get(pk=person)
    kept = _keep(written, person)
    ended = _settle(person, written.case.controller, written.case.id, written.now)
    if kept is not None and ended:
        withdrawing.announce(withdrawing.Ended(person, kept, tuple(ended), written))


def _keep(written: Written, person: UUID | None) -> Consent | None:
    """The row of the step, new or corrected; None where the step says nothing about consent (any more)."""
    corrects, answers = written.move.corrects, written.answers
    seq = written.seq
    said_at, asked_by = written.now, UUID(written.member.id)
    if corrects is not None:
        seq, answers = corrects, answers["answers"]
        step = Step.objects.only("recorded_at", "actor_id").get(case=written.case.id, seq=corrects)
        said_at, asked_by = step.recorded_at, step.actor_id
    values = _said(written.move.form, answers, said_at)
    same = Consent.objects.filter(case_id=written.case.id, seq=seq)
    if values is None:
        _forget(same.first() if corrects is not None else None)
        return None
    values |= {"wording": written.move.form_hash, "corrected_seq": corrects and written.seq}
    if corrects is not None and same.update(**values):
        return same.get()
    return Consent.objects.create(
        case_id=written.case.id,
        seq=seq,
        person_id=person,
        controller=written.case.controller,
        said_at=said_at,
        asked_by_id=asked_by,
        **values,
    )


def _forget(mistaken: Consent | None) -> None:
    """A withdrawal that was recorded by mistake ended nothing."""
    if mistaken is not None:
        Consent.objects.filter(ended_by=mistaken).update(ended_by=None, ended_at=None, ended_how="")
        mistaken.delete()


def _said(form: str, answers: Mapping[str, Any], said_at: datetime) -> dict[str, Any] | None:
    """The columns that follow from the answers; None for a matter dropped without touching consent."""
    recorded = timezone.localdate(said_at)
    if form == TAKE_BACK:
        if answers.get("consent_withdrawn") is not True:
            return None
        return _columns(
            scope.withdrawal_of(answers),
            method=answers.get("withdrawal_method", ""),
            by=answers["withdrawn_by"],
            own=answers["withdrawn_by"] in ("self", "representative"),
            valid_from=date.fromisoformat(answers["withdrawn_on"]),
        )
    return _columns(
        scope.scope_of(answers),
        method=answers["method"],
        witnessed=bool(answers.get("witness")),
        by=answers["by"],
        proof=answers.get("proof", ""),
        own=scope.is_own(answers),
        language=answers.get("shown_in", SHOWN_IN),
        valid_from=scope.begins(answers, recorded),
    )


def _columns(found: scope.Scope, **values: Any) -> dict[str, Any]:
    reach = {name: list(getattr(found, name)) for name in _REACH}
    said = {"said": found.said, "valid_until": found.valid_until}
    return {"language": SHOWN_IN, "witnessed": False, "proof": "", **values, **reach, **said}


_REACH = ("purposes", "recipients", "excluded", "categories", "layers")


def _settle(person: UUID | None, controller: str, case: UUID, now: datetime) -> list[Consent]:
    """Mark what holds and what ended; returns the consents that ended just now.

    Of somebody not identified only what was said in the same case belongs together.
    """
    rows = Consent.objects.filter(controller=controller)
    rows = rows.filter(person=person) if person is not None else rows.filter(person=None, case=case)
    said = {row.id: row for row in rows.order_by("said_at", "seq")}
    found = endings(Statement(row.id, row.case_id, row.said, row.purposes) for row in said.values())
    changed = [row for row in said.values() if _marked(row, found.get(row.id), now)]
    Consent.objects.bulk_update(changed, ["ended_at", "ended_how", "ended_by"])
    return [row for row in changed if row.ended_at is not None]


def _marked(row: Consent, ending: Ending | None, now: datetime) -> bool:
    """Set how a row ended, or that it did not; returns whether that is news."""
    if ending is None:
        news = row.ended_at is not None
        row.ended_at, row.ended_how, row.ended_by_id = None, "", None
        return news
    news = row.ended_at is None
    row.ended_at, row.ended_how, row.ended_by_id = row.ended_at or now, ending.how, ending.by  # type: ignore[assignment]
    return news
