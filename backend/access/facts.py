"""What a decision is made from: plain facts about a member and a thing. No models, no queries.

Every attribute is present in every request (policies/schema.cedarschema says why); unknown text is "", a date
that was never set is 0 (from, trained) or 99991231 (until).
"""

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar

from backend.access.provision import ProvisionFacts

ALWAYS = 99991231
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}\Z")


def day(value: date | None, *, default: int = ALWAYS) -> int:
    """A date as policies compare it: YYYYMMDD."""
    return default if value is None else value.year * 10000 + value.month * 100 + value.day


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A person in a role at an organisation, in an area, between two dates (YYYYMMDD).

    `area` is None for staff of the whole city; a field member without an area has no area at all.
    `active` says that the account is open; `pledge` that the confidentiality pledge is signed. `account` is
    the person behind the member: whoever holds two offices has one account, and may not approve with one what
    they asked for with the other.
    """

    entity: ClassVar[str] = "Member"

    id: str
    role: str
    organisation: str
    organisation_type: str
    controller: str
    area: str | None
    valid_from: int
    valid_until: int
    pledge: bool
    trained_until: int
    active: bool
    account: str

    def problem(self) -> str:
        """Why nobody may be decided about with these facts, or "".

        An empty id or organisation would equal the empty assignee or receiver of a case.
        """
        for name in ("id", "account", "role", "organisation", "controller"):
            if not _ID.match(str(getattr(self, name))):
                return f"the member's {name} is empty or not a code"
        return ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as policies see it. `receiver` is an organisation code, people are member ids; "" for none.

    `consent_categories` are the data categories the person agreed to share, until `consent_until` (YYYYMMDD);
    `basis_categories` those a recorded `legal_basis` opens to `basis_recipient`. `requesters` are the
    accounts that asked for or edited the request the case carries; `glass` the members who opened it in an
    emergency and whose minutes are not over; `signed` those who signed the secrecy of the meeting the case is
    (no list asks for either).
    """

    entity: ClassVar[str] = "Case"

    id: str
    workflow: str
    state: str
    kind: str
    controller: str
    area: str
    owner_role: str
    assignee: str
    receiver: str
    reporter: str
    urgency: str
    abuse: str
    consent: str
    protected: bool
    open: bool
    watchers: tuple[str, ...] = ()
    legal_basis: str = ""
    consent_until: int = ALWAYS
    consent_categories: tuple[str, ...] = ()
    basis_recipient: str = ""
    basis_categories: tuple[str, ...] = ()
    requesters: tuple[str, ...] = ()
    glass: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A resident's record as policies see it."""

    entity: ClassVar[str] = "Person"

    id: str
    controller: str
    area: str
    protected: bool


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A letter as policies see it: its own definition name and status, and the facts of its case."""

    entity: ClassVar[str] = "Letter"

    id: str
    case: CaseFacts
    definition: str
    status: str


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """A package as policies see it: whose information it holds, and whom it is addressed to.

    `recipient` is an organisation code, "" for a private person; `member` a member id where it is for one
    member alone, else "". Whether it can still be read is no fact: that is asked at every look.
    """

    entity: ClassVar[str] = "Package"

    id: str
    controller: str
    recipient: str
    member: str


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """The register of a controller as policies see it: purposes of use, entrustments, joint uses."""

    entity: ClassVar[str] = "Register"

    id: str
    controller: str


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What other systems are told of a controller's cases by webhook, as policies see it."""

    entity: ClassVar[str] = "Channel"

    id: str
    controller: str


@dataclass(frozen=True, slots=True)
class DisposalFacts:
    """A disposal list as policies see it; `made_by` is the account of whoever made it, "" for none yet."""

    entity: ClassVar[str] = "Disposal"

    id: str
    controller: str
    made_by: str


Resource = CaseFacts | PersonFacts | LetterFacts | PackageFacts | RegisterFacts | ChannelFacts | DisposalFacts
Thing = Resource | ProvisionFacts
KINDS: dict[str, type[Resource]] = {
    "case": CaseFacts,
    "person": PersonFacts,
    "letter": LetterFacts,
    "package": PackageFacts,
    "register": RegisterFacts,
    "channel": ChannelFacts,
    "disposal": DisposalFacts,
}

_LETTER_FROM_CASE = (
    "controller", "area", "assignee", "receiver", "consent", "consent_until", "legal_basis",
    "basis_recipient", "protected", "open",
)  # fmt: skip
_SETS = ("watchers", "consent_categories", "basis_categories", "requesters", "glass", "signed")
_PLACED = (CaseFacts, PersonFacts)
_PLAIN = (MemberFacts, *_PLACED, PackageFacts, RegisterFacts, ChannelFacts, DisposalFacts)
_NAMES = {kind: tuple(f.name for f in fields(kind)) for kind in _PLAIN}


def area_of(thing: Thing) -> str:
    """The area of a thing: a letter lies where its case lies; what leaves and what is kept lie nowhere."""
    if isinstance(thing, LetterFacts):
        return thing.case.area
    return thing.area if isinstance(thing, _PLACED) else ""


def attributes(facts: MemberFacts | Thing) -> dict[str, Any]:
    """The Cedar attributes of facts, as plain values; areas are codes ("" for none)."""
    if isinstance(facts, ProvisionFacts):
        return facts.attributes()
    if isinstance(facts, LetterFacts):
        found = {name: getattr(facts.case, name) for name in _LETTER_FROM_CASE}
        return {
            **found,
            "definition": facts.definition,
            "status": facts.status,
            "case_state": facts.case.state,
        }
    found = {name: getattr(facts, name) for name in _NAMES[type(facts)]}
    if isinstance(facts, MemberFacts):
        found["area"] = facts.area or ""
    else:
        del found["id"]
    if isinstance(facts, CaseFacts):
        found |= {name: list(found[name]) for name in _SETS}
    return found


def entity(facts: MemberFacts | Thing) -> dict[str, Any]:
    """The Cedar entity (JSON form) of facts."""
    found = attributes(facts)
    if "area" in found:
        found["area"] = {"__entity": {"type": "Area", "id": found["area"]}}
    parents = []
    if isinstance(facts, MemberFacts) and facts.active:
        parents = [{"type": "Standing", "id": "active"}]
    return {"uid": {"type": facts.entity, "id": facts.id}, "attrs": found, "parents": parents}
