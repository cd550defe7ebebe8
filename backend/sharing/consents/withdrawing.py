"""What follows when a consent ends: in its step what is open stops, after it those who were told hear of it.

Other parts register here what they must do; nothing here knows packages or lists.

    @on_end   runs inside the step's transaction: stop what relies on the consent, recall what is out
    @holds    names the organisations that still hold something given to them about the person
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from backend.cases import actions, notices
from backend.cases.addressees import addressees
from backend.cases.effects import handler
from backend.cases.errors import DoorError
from backend.cases.models import Case, Effect
from backend.cases.projecting import Written
from backend.cases.wake import effects_ready
from backend.letters.models import IssuedLetter, LetterState
from backend.sharing.consents.models import Consent, EndedHow

ENDED, CARRY = "consent_ended", "consent_carry"
LETTER, FIRST_ORDINAL = "withdrawal_notice", 200  # ordinals of a step's own letters begin at 0
TAKE_BACK = "record_consent_withdrawal"
_TOLD = (EndedHow.WITHDRAWN, EndedHow.REFUSED)


@dataclass(frozen=True)
class Ended:
    """Consents of a person that ended in one step. `by` is what was said in it, `written` the step."""

    person: UUID | None
    by: Consent
    consents: tuple[Consent, ...]
    written: Written


Listener = Callable[[Ended], None]
Holders = Callable[[UUID, str], Iterable[str]]
_LISTENERS: list[Listener] = []
_HOLDERS: list[Holders] = []


def on_end(listener: Listener) -> Listener:
    """Register a function that runs inside the step that ended consents; what it raises undoes the step."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
    return listener


def holds(holders: Holders) -> Holders:
    """Register a function: of a person and a controller, the codes of organisations holding something."""
    if holders not in _HOLDERS:
        _HOLDERS.append(holders)
    return holders


def announce(ended: Ended) -> None:
    """Tell every listener, and write what must follow after commit."""
    for listener in _LISTENERS:
        listener(ended)
    told = [row for row in ended.consents if row.ended_how in _TOLD]
    if not told:
        return
    case, seq, now = ended.written.case, ended.written.seq, timezone.now()
    payload = {"by": str(ended.by.id)}
    given = {"case_id": case.id, "seq": seq, "controller": case.controller, "not_before": now}
    rows = [Effect(kind=ENDED, target="", payload=payload, **given)]
    others = sorted({row.case_id for row in told} - {case.id})
    rows += [Effect(kind=CARRY, target=str(other), payload=payload, **given) for other in others]
    _write(rows)


def _write(rows: list[Effect]) -> None:
    """Add effects of a step and have them done after commit."""
    Effect.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [(row.case_id, row.seq, row.kind) for row in rows]
    case_id, seq, _kind = keys[0]
    same = Effect.objects.filter(case_id=case_id, seq=seq, kind__in={key[2] for key in keys})
    ids = list(same.filter(state=Effect.State.READY).values_list("id", flat=True))
    transaction.on_commit(lambda: effects_ready.send(sender=None, effects=ids))


# --- those who were told ---------------------------------------------------------------------------------


@handler(ENDED)
def tell_recipients(effect: Effect) -> None:
    """A letter to every organisation that still holds something of the person, each once for the step."""
    by = Consent.objects.get(pk=effect.payload["by"])
    codes = holders(by)
    if codes:
        _write([_letter(effect, ordinal, code) for ordinal, code in enumerate(codes, FIRST_ORDINAL)])


def holders(by: Consent) -> list[str]:
    """Codes of the organisations outside the controller that were told something, in order."""
    if by.person_id is None:
        return sorted(_received(Case.objects.filter(pk=by.case_id)))
    found = _received(Case.objects.filter(person=by.person_id, controller=by.controller))
    for function in _HOLDERS:
        found |= set(function(by.person_id, by.controller))
    return sorted(found - {""})


def _received(cases: QuerySet[Case]) -> set[str]:
    """Who has a letter about the matter: the referral sheets went there."""
    sent = IssuedLetter.objects.filter(case__in=cases, addressee_kind="receiver")
    sent = sent.filter(state__in=(LetterState.ISSUED, LetterState.POSTED)).exclude(definition=LETTER)
    return set(sent.values_list("addressee", flat=True)) - {""}


def _letter(effect: Effect, ordinal: int, code: str) -> Effect:
    return Effect(
        case_id=effect.case_id,
        seq=effect.seq,
        controller=effect.controller,
        kind="letter",
        target=LETTER,
        ordinal=ordinal,
        payload={"to": "receiver", "receiver": code},
        not_before=timezone.now(),
    )


# --- the person's other cases ----------------------------------------------------------------------------


@handler(CARRY, mode="commits")
def carry(effect: Effect) -> None:
    """Take the consent back in another case that relied on it, as the one who recorded the withdrawal.

    Where that cannot be done (on hold, another state, an older form) whoever is in charge is told instead.
    """
    by = Consent.objects.select_related("asked_by").get(pk=effect.payload["by"])
    case = Case.objects.get(pk=effect.target)
    ended = Consent.objects.filter(case=case, ended_by=by).order_by("seq").last()
    answers = _take_back(by, case, ended) if ended is not None and case.is_open else None
    if answers is None:
        return
    try:
        actions.perform(
            case.id, TAKE_BACK, actor=by.asked_by_id, answers=answers, key=f"consent-carry-{effect.id}"
        )
    except DoorError:
        with transaction.atomic():
            today = timezone.localdate()
            told = {member.id: member for word in ("assignee", "supervisor")
                    for member in addressees(case, word, today)}  # fmt: skip
            prefix = f"{ENDED}/{effect.case_id}/{effect.seq}/{case.id}"
            notices.write(case, ENDED, "", prefix, told.values())


def _take_back(by: Consent, case: Case, ended: Consent) -> dict[str, object]:
    """The answers of `withdraw` for the other case: what was said here, about what holds there."""
    answers: dict[str, object] = {
        "withdrawn_on": by.valid_from.isoformat(),
        "withdrawn_by": _BY.get(by.by, by.by),
        "reason": "unknown",
        "consent_withdrawn": True,
        "withdrawal_method": by.method,
    }
    if by.purposes:
        answers["withdrawn_purposes"] = list(ended.purposes)
    return answers


_BY = {"legal_representative": "representative", "guardian": "representative", "parent": "representative"}
