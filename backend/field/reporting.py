"""気になる人を知らせる: a report by somebody without an account becomes a case of the intake.

The automated run of the intake brings it in, so that no name is needed, and gets every right it needs from
`report-anyone`. The receipt number answers with one of three fixed phrases and nothing else.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.cases import actions
from backend.cases.errors import NotFound
from backend.field.models import Place, Receipt
from backend.letters import tokens
from backend.letters.tokens import Token
from backend.people.acting import automated
from backend.people.models import Member, Role

WORKFLOW, FIRST_STATE = "referral", "detected"
RECEIPT_LENGTH, PLACE_LENGTH = 12, 8
ABUSE = ("none", "child", "elder", "disability", "dv")
_TOLD_BY = {
    Role.WELFARE_COMMISSIONER: "welfare_commissioner",
    Role.CHIEF_CHILD_COMMISSIONER: "welfare_commissioner",
    Role.WELFARE_VOLUNTEER: "welfare_volunteer",
    Role.NEIGHBORHOOD_HEAD: "neighborhood_head",
}
RECEIVED, BEING_HANDLED, FINISHED = "received", "being_handled", "finished"


def report(given: Mapping[str, Any], key: str, now: datetime, *, by: Member | None = None) -> Token | None:
    """Begin a case from what was told, by whom: the clerk who took the call, a member who noticed it in the
    street, or else the automated run.

    Returns the receipt number, or None when the same report was sent before. Raises what the door raises.
    """
    if by is not None:
        actor = by.id
    else:
        run = automated(str(settings.INTAKE_CONTROLLER), timezone.localdate(now))
        if run is None:
            raise NotFound
        actor = run.id
    answers = answers_of(given, now, by_phone=by is not None and not given.get("member"))
    if by is not None and given.get("member"):
        answers |= {
            "reporter_type": _TOLD_BY.get(Role(by.role), "other"),
            "anonymous": False,
            "reporter_name": by.name,
        }
    token = tokens.new(RECEIPT_LENGTH)
    with transaction.atomic():
        done = actions.start(
            WORKFLOW, actor=actor, answers=answers, key=f"report/{key}", area=given.get("area")
        )
        if done.repeated:
            return None
        Receipt.objects.create(token_hash=token.hash, case_id=done.case, made_at=now)
    return token


def answers_of(given: Mapping[str, Any], now: datetime, *, by_phone: bool) -> dict[str, Any]:
    """The answers of the report form. What nobody was asked is said to be unknown, never guessed."""
    moment = str(given.get("at") or timezone.localtime(now).isoformat(timespec="seconds"))
    danger = given.get("imminent") is True
    abuse = given.get("abuse") if given.get("abuse") in ABUSE else "none"
    answers: dict[str, Any] = {
        "channel": "phone" if by_phone else "web",
        "reported_at": moment,
        "reporter_type": "neighbor" if given.get("who") not in ("self", "family", "other") else given["who"],
        "may_disclose_reporter": False,
        "anonymous": not given.get("name"),
        "signs": list(given.get("signs") or ["other"]),
        "imminent": danger,
        "abuse_suspected": abuse,
        "consent_status": "unconfirmed",
        "feedback_wanted": bool(given.get("feedback")),
    }
    if danger:
        answers["called_119"] = False
    if abuse != "none":
        answers |= {"abuse_types": ["unknown"], "abuse_source": "guess"}
    texts = {"facts_seen": "facts", "reporter_name": "name", "reporter_phone": "phone"}
    for question, name in texts.items():
        if text := str(given.get(name) or "").strip():
            answers[question] = text
    if known := landmark(str(given.get("where") or ""), str(given.get("place") or "")):
        answers["landmark"] = known
    if given.get("area"):
        answers["area"] = given["area"]
    return answers


def landmark(where: str, place: str) -> str:
    """Where it is, as told, with where the sticker hangs through which it was told."""
    return f"{where}（{place}）" if where and place else where or place


def case_of(token: Token) -> UUID:
    """The case that began with a report."""
    return Receipt.objects.get(token_hash=token.hash).case_id


def standing(token: Token) -> str | None:
    """Which of the three phrases a receipt number answers with; None for a number nobody gave out."""
    found = Receipt.objects.select_related("case").filter(token_hash=token.hash).first()
    if found is None:
        return None
    if not found.case.is_open:
        return FINISHED
    return RECEIVED if found.case.state.partition(".")[2] == FIRST_STATE else BEING_HANDLED


def place_of(code: str) -> Place | None:
    """The place of a sticker that still holds."""
    return Place.objects.filter(code=code.upper(), ended_at=None).first()
