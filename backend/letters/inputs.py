"""From a context to a letter's inputs: the addressee by kind, each input by the path its YAML names."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from backend.letters.context import LetterContext, Resident
from backend.letters.definition import Letter
from backend.letters.fields import Input, InputProblem, problems

JST = ZoneInfo("Asia/Tokyo")


class LetterInputError(ValueError):
    """The letter cannot be written from what is known; `problems` names every input and what to do."""

    def __init__(self, letter: str, found: list[InputProblem]) -> None:
        self.letter, self.problems = letter, tuple(found)
        super().__init__("\n".join(f"{letter}: {one}" for one in found))


def gather(letter: Letter, context: LetterContext) -> dict[str, Any]:
    """The letter's inputs as plain data, with `addressee` beside them.

    Pure: the same context gives the same inputs. Raises `LetterInputError` with everything that is missing.
    """
    values = {one.name: value for one in letter.inputs if (value := _value(one, context)) is not None}
    found = problems(letter.inputs, values)
    addressee = _addressee(letter, context)
    if not addressee.get("name") and not addressee.get("organisation"):
        found.append(InputProblem("addressee", f"the {letter.addressee} of this letter is not known", True))
    if found:
        raise LetterInputError(letter.name, found)
    return {**values, "addressee": addressee}


def _value(one: Input, context: LetterContext) -> Any:
    here: Any = context
    for part in one.source.split(".") if one.source else ():
        here = here.get(part) if isinstance(here, Mapping) else getattr(here, part, None)
        if here is None:
            return None
    return _plain(one, here) if one.source else None


def _plain(one: Input, value: Any) -> Any:
    """A context's value as the type's plain data; blank counts as absent."""
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(one, inner) for name, inner in asdict(value).items()}
    if isinstance(value, list | tuple):
        return _listed(one, value) or None
    if one.type in ("date", "time") and isinstance(value, str) and "T" in value:
        moment = datetime.fromisoformat(value).astimezone(JST)
        return moment.date().isoformat() if one.type == "date" else moment.strftime("%H:%M")
    return value if value != "" else None


def _listed(one: Input, value: Sequence[Any]) -> Any:
    if one.type == "rows":
        kept = [item for item in value if item.name not in one.without and item.value.strip()]
        return [{"label": item.label, "value": item.value} for item in kept]
    return "、".join(map(str, value)) if one.type == "text" else list(value)


def _addressee(letter: Letter, context: LetterContext) -> dict[str, str]:
    person = context.person(letter.addressee)
    if person is not None:
        return _person(person)
    return _receiver(context) if letter.addressee in ("receiver", "debtor") else {}


def _person(resident: Resident) -> dict[str, str]:
    named = {
        key: getattr(resident, key) for key in ("name", "organisation", "post", "care_of", "zip", "address")
    }
    return {key: value for key, value in named.items() if value}


def _receiver(context: LetterContext) -> dict[str, str]:
    if context.receiver is None:
        return {}
    office, officer = context.receiver, context.receiver_officer
    named = {"organisation": office.name, "zip": office.zip, "address": office.address}
    if officer:
        named |= {"name": officer.name, "post": officer.post}
    return {key: value for key, value in named.items() if value}
