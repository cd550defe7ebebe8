"""What somebody proposes to disclose, and everything about the recipient that rules ask for.

Read in a fixed number of queries, whatever the number of categories. Nothing is decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.people.acting import can_act
from backend.people.models import Member, Organisation

REQUEST = "disclosure_request"  # the form that makes a proposal
# Recipients that are people outside every organisation; they are told on paper, on a screen or in words.
PRIVATE = frozenset({"family", "representative", "data_subject"})


@dataclass(frozen=True)
class Recipient:
    """To whom. `organisation` is None for a private person; `member` is set where one person is meant."""

    kind: str
    name: str
    organisation: Organisation | None = None
    member: Member | None = None

    @property
    def code(self) -> str:
        return self.organisation.code if self.organisation else ""

    @property
    def party(self) -> Member | str:
        """Who takes part in a meeting: the member, or the code of an organisation of which somebody does."""
        return self.member or self.code

    @property
    def role(self) -> str:
        """The role of a member, the type of an organisation, or what a private person is."""
        if self.member is not None:
            return self.member.role
        return self.organisation.type if self.organisation else self.kind

    def active(self, today: date) -> bool:
        return self.member is None or can_act(self.member, today)


@dataclass(frozen=True)
class Proposal:
    """One request as codes. `left_out` are the ids of single values; `until` the last day it can be read;
    `session` the meeting in which it is told.
    """

    source: Case
    recipient: Recipient
    purpose: str
    basis: str
    categories: tuple[str, ...]
    left_out: frozenset[str]
    until: date | None
    means: str = ""
    necessity: bool = False
    minimised: bool = False
    recurring: bool = False
    obtainable: str = "yes"
    request_number: bool = False
    session: UUID | None = None

    def only(self, categories: Any) -> "Proposal":
        """The same for some of its categories, in their order."""
        return replace(self, categories=tuple(name for name in self.categories if name in set(categories)))


def source_of(ident: Any) -> Case:
    """The case something is to be disclosed from. Raises `NotPossible`."""
    try:
        found = Case.objects.select_related("person__area").filter(pk=UUID(str(ident))).first()
    except ValueError:
        found = None
    if found is None or found.person is None:
        raise NotPossible(_("Choose a case in which it is known who the person is."))
    return found


def proposal_of(answers: Mapping[str, Any], source: Case) -> Proposal:
    """What the form `disclosure_request` says; also of answers that are not complete yet.

    Raises `NotPossible` for a recipient that does not exist.
    """
    until = answers.get("until")
    return Proposal(
        source=source,
        recipient=recipient_of(answers),
        purpose=str(answers.get("purpose", "")),
        basis=str(answers.get("basis", "")),
        categories=tuple(
            dict.fromkeys(name for name in _listed(answers, "categories") if isinstance(name, str))
        ),
        left_out=frozenset(
            str(row.get("item")) for row in _listed(answers, "left_out") if isinstance(row, dict)
        ),
        until=_day(until),
        means=str(answers.get("means", "")),
        necessity=bool(str(answers.get("reason", "")).strip()),
        minimised=answers.get("minimised") is True,
        recurring=answers.get("recurring") is True,
        obtainable=str(answers.get("obtainable", "yes")),
        request_number=bool(answers.get("request_no")),
        session=_uuid(answers.get("session")),
    )


def _listed(answers: Mapping[str, Any], name: str) -> list[Any]:
    """An answer that should be a list; whatever else it is counts as none."""
    value = answers.get(name)
    return value if isinstance(value, list) else []


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def recipient_of(answers: Mapping[str, Any]) -> Recipient:
    """Whom the answers name. Raises `NotPossible`."""
    kind = str(answers.get("to_kind", ""))
    if kind == "organisation":
        body = Organisation.objects.filter(code=str(answers.get("to_org", ""))).first()
        if body is None:
            raise NotPossible(_("Choose the organisation that is to receive it."))
        return Recipient(kind, body.name, body)
    if kind == "member":
        return _member(answers.get("to_member"))
    if kind not in PRIVATE:
        raise NotPossible(_("Choose to whom it is to be disclosed."))
    return Recipient(kind, str(answers.get("to_name") or _("The person concerned")))


def _member(ident: Any) -> Recipient:
    try:
        rows = Member.objects.select_related("organisation", "user", "area")
        found = rows.filter(pk=UUID(str(ident))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotPossible(_("Choose the member who is to receive it."))
    return Recipient("member", found.name, found.organisation, found)
