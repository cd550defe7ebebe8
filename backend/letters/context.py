"""What a letter may be told: plain data, filled by whoever asks for the letter.

The effect handler of `backend.cases` fills a `LetterContext` from the case, its answers, the organisations
and the members; nothing here reads a database. A letter's YAML says with `from:` which of it each input
takes:

    person_name: {type: text, title: {ja: 氏名, en: Name}, from: resident.name}

`answers.<property>` is a value as answered, `words.<property>` the same in the words of its form (a list).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation. `code` is what senders.yaml knows it by."""

    code: str
    name: str
    zip: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """A member in words: who is in charge, or who receives."""

    name: str
    kana: str = ""
    post: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody outside the office. `protected`: under address protection (DV等支援措置).

    A protected person's zip and address stay empty unless two people released them for this letter.
    `large_type` and `ruby` are how they want to read what is written to them.
    """

    name: str
    kana: str = ""
    zip: str = ""
    address: str = ""
    phone: str = ""
    organisation: str = ""
    post: str = ""
    care_of: str = ""
    birth_date: date | None = None
    protected: bool = False
    large_type: bool = False
    ruby: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier letter: its number as printed and its date."""

    number: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class Shared:
    """What is printed around the values of a package: what for, on which basis, until when, which duties.

    `serial` is the number of the copy, `mark` what stands behind every page.
    """

    purpose: str
    basis: str
    expires_on: date
    serial: str
    mark: str
    duties: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its answer in words; `name` is the question's name in its form."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Everything a letter of a step can be made from.

    `sender` issues the letter, `officer` is in charge; `resident` is the person of the case, `reporter`
    who told the office, `receiver` the agency and `receiver_officer` somebody there; `debtor` owes what
    the case waits for in its `state` (without the workflow's name), due on `due_on`; `about` is the
    letter that asked for it; `package` what is disclosed by it. `phrase` is an option of
    acknowledgement.yaml. `shared` holds the items decided to be shared with an agency; nothing else of
    the case goes there but what its letter names. `told` are lines another part of the office adds to
    this letter (`backend.letters.adding`).
    """

    sender: Office
    officer: Officer
    dated_on: date
    case_number: str = ""
    resident: Resident | None = None
    reporter: Resident | None = None
    receiver: Office | None = None
    receiver_officer: Officer | None = None
    debtor: Resident | None = None
    state: str = ""
    phrase: str = "received"
    due_on: date | None = None
    reported_on: date | None = None
    about: Reference | None = None
    package: Shared | None = None
    shared: Sequence[Item] = ()
    told: Sequence[Item] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def person(self, addressee: str) -> Resident | None:
        """The person a letter to this kind of addressee goes to; None where it goes to an office."""
        persons = {"resident": self.resident, "reporter": self.reporter, "debtor": self.debtor}
        return persons.get(addressee)


def _paths() -> frozenset[str]:
    parts: dict[str, type[Any]] = {
        "sender": Office,
        "receiver": Office,
        "officer": Officer,
        "receiver_officer": Officer,
        "resident": Resident,
        "reporter": Resident,
        "debtor": Resident,
        "package": Shared,
    }
    inside = {f"{name}.{one.name}" for name, part in parts.items() for one in fields(part)}
    own = {one.name for one in fields(LetterContext)} - {*parts, "answers", "words"}
    return frozenset(inside | own)


PATHS = _paths()
