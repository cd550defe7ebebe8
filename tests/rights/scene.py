"""One case in each situation that matters to rights, each about another person, with a file and a letter;
the section's figures are counted, so that its board has content."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.utils import timezone

from backend import access
from backend.access import MemberFacts
from backend.cases import actions
from backend.cases.models import Case, Effect, Notice
from backend.cases.pinned import newest
from backend.demo.cast import CAST, member_id
from backend.figures import counting
from backend.letters.models import FrozenPdf, IssuedLetter
from backend.people.models import Member, Person, User
from tests.cases.conftest import answers
from tests.letters.printing.post import pdf as blank

EVERYBODY = tuple(player.username for player in CAST)
NOBODY = "nobody"
PASSWORD = "kamome-yuzu-minato"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
_AGREED = {"consent": "given", "consent_until": "2028-03-31", "consent_categories": ["identity", "contact"]}


@dataclass(frozen=True)
class Kind:
    """A situation in words, and what is changed of a case of the city that was just detected."""

    words: str
    person: str
    changed: Mapping[str, Any]
    letter: str = "acknowledgement"


KINDS = {
    "ours": Kind("of the city, assigned to its caseworker", "髙田 ハナ", {"assignee_id": "caseworker"}),
    "watched": Kind(
        "of the city, watched with consent by the commissioner and the volunteer of the area",
        "渡邉 キヨ",
        {"watchers": ["commissioner", "volunteer"], "facts": _AGREED},
    ),
    "referred": Kind(
        "of the city, referred to the center with consent",
        "齋藤 ツル",
        {
            "receiver_id": "center-nakahama",
            "kind": "theirs",
            "state": "referral.referred",
            "facts": _AGREED,
        },
        letter="referral_sheet",
    ),
    "theirs": Kind(
        "of the council of social welfare", "邊見 トメ", {"controller": "csw", "assignee_id": "csw"}
    ),
    "protected": Kind(
        "of the city, the person under protection, assigned to its caseworker",
        "﨑山 ミツ",
        {"protected": True, "assignee_id": "caseworker"},
    ),
}


@dataclass(frozen=True)
class Situation:
    """A case with what belongs to it. `secrets` must reach nobody who may not see it."""

    name: str
    case: Case
    person: Person
    letter: IssuedLetter
    stuck: Effect

    @property
    def ids(self) -> dict[str, Any]:
        """What stands for these things in addresses."""
        return {
            "case": self.case.id,
            "person": self.person.id,
            "letter": self.letter.id,
            "effect": self.stuck.id,
        }

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.person.name, self.person.address, self.case.number)


@dataclass(frozen=True)
class Scene:
    """Every situation, and the cast as policies see them today."""

    situations: Mapping[str, Situation]
    members: Mapping[str, MemberFacts]
    today: int


def build() -> Scene:
    """Write the scene: cases through the door, then put into their situations."""
    situations = {name: _situation(name, kind) for name, kind in KINDS.items()}
    rows = Member.objects.select_related("organisation", "user")
    members = {name: rows.get(pk=member_id(name)).facts() for name in EVERYBODY}
    for user in User.objects.filter(username__in=EVERYBODY):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    for found in situations.values():
        Notice.objects.bulk_create(_notices(found.case))
    counting.standing(timezone.now())
    counting.ways(timezone.now())
    return Scene(situations, members, access.day(timezone.localdate()))


def _notices(case: Case) -> Iterator[Notice]:
    for name in EVERYBODY:
        yield Notice(
            member_id=member_id(name),
            case=case,
            kind="reminder",
            key=uuid4().hex,
            created_at=timezone.now(),
        )


def _situation(name: str, kind: Kind) -> Situation:
    number = list(KINDS).index(name) + 1
    person = Person.objects.create(
        controller="city",
        name=kind.person,
        birth_date=date(1938, 5, number),
        area_id="D01-1",
        address=f"海鳴市中浜一丁目{number}番{number}号",
    )
    done = actions.start(
        "referral",
        actor=member_id("caseworker"),
        answers=answers("detection_report"),
        key=uuid4().hex,
        person=person.id,
        area="D01-1",
    )
    actions.perform(
        done.case,
        "attach",
        actor=member_id("caseworker"),
        answers={"title": "写真", "content": PNG},
        revision=done.revision,
        key=uuid4().hex,
    )
    Case.objects.filter(pk=done.case).update(**_values(kind.changed))
    case = Case.objects.get(pk=done.case)
    person.controller, person.protected = case.controller, case.protected
    person.save(update_fields=["controller", "protected"])
    stuck = Effect.objects.create(
        case=case, seq=1, kind="notice", target="stuck", state=Effect.State.DEAD, not_before=timezone.now()
    )
    return Situation(name, case, person, _letter(case, kind, number), stuck)


def _values(changed: Mapping[str, Any]) -> dict[str, Any]:
    """The columns; whoever reported it may see it for that alone, so nobody here did."""
    values: dict[str, Any] = {**changed, "reporter_id": None}
    if "watchers" in values:
        values["watchers"] = [str(member_id(name)) for name in values["watchers"]]
    if "assignee_id" in values:
        values["assignee_id"] = member_id(values["assignee_id"])
    return values


# An empty page of A4 as a PDF; the person's name follows as a comment.
def _letter(case: Case, kind: Kind, number: int) -> IssuedLetter:
    letter = IssuedLetter.objects.create(
        case=case,
        seq=2,
        definition=kind.letter,
        definition_hash=newest("letter", kind.letter),
        controller=case.controller,
        organisation="city-welfare",
        symbol="海福",
        fiscal_year=2026,
        number=9000 + number,  # beyond what the door gives out in the same office
        dated_on=date(2026, 11, 24),
        addressee_kind="member",
        state="issued",
        inputs_salt=b"s" * 32,
        inputs_digest="0" * 64,
    )
    pdf = blank() + f"%{kind.person}\n".encode()
    FrozenPdf.objects.create(letter=letter, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), pages=1)
    return letter
