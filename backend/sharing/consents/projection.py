"""The rows of consents, written with the step that answers one of their forms, in its transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from backend.cases import statements
from backend.cases.models import Step
from backend.cases.projecting import Written, projects
from backend.people import merging
from backend.sharing.consents import scope, withdrawing
from backend.sharing.consents.models import Consent
from backend.sharing.consents.standing import Statement, endings

GIVE, TAKE_BACK = "consent", "withdraw"
SHOWN_IN = "ja"  # what older versions of the form, which did not ask, were shown in


# The rows are written past the ORM, as the door writes its own: a consent is given in one step of six.
_LOCK = "SELECT FROM people_person WHERE id = %(person_id)s FOR NO KEY UPDATE"
_COLUMNS = (
    "id", "case_id", "seq", "person_id", "controller", "said", "said_at", "asked_by_id",
    "method", "witnessed", "by", "proof", "own", "wording", "language",
    "purposes", "recipients", "excluded", "categories", "layers", "valid_from", "valid_until",
)  # fmt: skip
# The person is locked first, so that two of their cases never settle past each other.
_INSERT = (
    f"WITH locked AS ({_LOCK}) INSERT INTO consents_consent ({', '.join(_COLUMNS)}, ended_how)"  # noqa: S608
    f" SELECT {', '.join(f'%({name})s' for name in _COLUMNS)}, ''"
    " WHERE (SELECT count(*) FROM locked) >= 0"
)
_SAID = "SELECT id, case_id, said, purposes, ended_at FROM consents_consent WHERE controller = %(controller)s"
_SAID_BY_PERSON = f"{_SAID} AND person_id = %(person)s ORDER BY said_at, seq"
# Of somebody not identified only what was said in the same case belongs together.
_SAID_IN_CASE = f"{_SAID} AND person_id IS NULL AND case_id = %(case)s ORDER BY said_at, seq"


@projects(GIVE, TAKE_BACK)
def write_consent(written: Written) -> None:
    """Keep what was said in a step, or what it should have been, and settle what holds beside it."""
    person = written.move.changes.get("person_id", written.case.person_id)
    corrects = written.move.corrects
    seq = written.seq if corrects is None else corrects
    kept = _keep(written, person) if corrects is None else _correct(written, person, corrects)
    ended = _settle(person, written.case.controller, written.case.id, written.now)
    if kept and ended:
        by = Consent.objects.get(case=written.case.id, seq=seq)
        consents = Consent.objects.filter(pk__in=ended).order_by("said_at", "seq")
        withdrawing.announce(withdrawing.Ended(person, by, tuple(consents), written))


def _keep(written: Written, person: UUID | None) -> bool:
    """Write the row of the step; whether it says anything about consent."""
    values = _said(written.move.form, written.answers, written.now)
    if values is not None:
        statements.first(_INSERT, {**values, **_row(written, person, written.seq)})
    return values is not None


def _row(written: Written, person: UUID | None, seq: int) -> dict[str, Any]:
    """The columns that do not follow from the answers."""
    return {
        "id": uuid4(),
        "case_id": written.case.id,
        "seq": seq,
        "person_id": person,
        "controller": written.case.controller,
        "said_at": written.now,
        "asked_by_id": UUID(written.member.id),
        "wording": written.move.form_hash,
    }


def _correct(written: Written, person: UUID | None, seq: int) -> bool:
    """Set the row of step `seq` as it should have been; whether there is one now."""
    statements.first(_LOCK, {"person_id": person})
    step = Step.objects.only("recorded_at", "actor_id").get(case=written.case.id, seq=seq)
    values = _said(written.move.form, written.answers["answers"], step.recorded_at)
    same = Consent.objects.filter(case_id=written.case.id, seq=seq)
    if values is None:
        _forget(same.first())
        return False
    values |= {"wording": written.move.form_hash, "corrected_seq": written.seq}
    if not same.update(**values):
        who = {"said_at": step.recorded_at, "asked_by_id": step.actor_id}
        Consent.objects.create(**{**_row(written, person, seq), **values, **who})
    return True


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


@merging.settles
def settle_again(person: UUID, controller: str, now: datetime) -> None:
    """What a person said holds or ends anew when two records became one, or were parted."""
    _settle(person, controller, person, now)


def _settle(person: UUID | None, controller: str, case: UUID, now: datetime) -> list[UUID]:
    """Mark what holds and what ended; returns the ids of consents that ended just now."""
    values = {"controller": controller, "person": person, "case": case}
    rows = statements.rows(_SAID_IN_CASE if person is None else _SAID_BY_PERSON, values)
    found = endings(Statement(*row[:-1]) for row in rows)
    ended = {row[0] for row in rows if row[-1] is not None}
    for row in ended - found.keys():
        Consent.objects.filter(pk=row).update(ended_at=None, ended_how="", ended_by=None)
    news = [row for row in found if row not in ended]
    for row in news:
        ending = found[row]
        Consent.objects.filter(pk=row).update(ended_at=now, ended_how=ending.how, ended_by=ending.by)
    return news
