"""From a context to what a letter is printed from: first all but number and date, then the frame."""

from datetime import date
from typing import Any

from backend.letters import house, ruby
from backend.letters.context import LetterContext, Office, Resident
from backend.letters.definition import Letter
from backend.letters.frame import Issuing, compose
from backend.letters.inputs import gather

ELDER = 65  # 高齢者: 老人福祉法5条の4, 介護保険法9条1号


def asked_of(letter: Letter, context: LetterContext) -> dict[str, Any]:
    """Everything the letter is made from but number and date. Raises `LetterInputError`."""
    values = gather(letter, context)
    addressee = values.pop("addressee")
    return {
        "organisation": context.sender.code,
        "sender": _sender(context.sender, context.officer.name),
        "addressee": addressee,
        **_look(letter, context),
        "reply_by": values.get("reply_by") if letter.tear_off else None,
        "inputs": values,
    }


def _look(letter: Letter, context: LetterContext) -> dict[str, Any]:
    """How it is set: as the letter is declared, and as the person it goes to wants to read."""
    person = context.person(letter.addressee)
    wished = person is not None and person.large_type
    mode = ruby.most(letter.ruby, person.ruby if person is not None else "")
    named = (context.resident, context.officer, context.receiver_officer) if mode else ()
    return {
        "large": wished or (letter.large and _of_age(person, context.dated_on)),
        "ruby": mode,
        "readings": {one.name: one.kana for one in named if one is not None and one.kana},
    }


def _of_age(person: Resident | None, day: date) -> bool:
    """Whether somebody is 65 or older on a day; not where nobody knows."""
    born = person.birth_date if person is not None else None
    return (
        born is not None and day.year - born.year - ((day.month, day.day) < (born.month, born.day)) >= ELDER
    )


def _sender(office: Office, officer: str) -> dict[str, str]:
    named = {key: getattr(office, key) for key in ("name", "zip", "address", "phone", "email")}
    return {**named, "officer": officer}


def composed(letter: Letter, asked: dict[str, Any], number: str, dated_on: date) -> dict[str, Any]:
    """What is printed, `{"frame": …, "inputs": …}`, under this number and date. Raises `HouseError`."""
    reply_by = date.fromisoformat(asked["reply_by"]) if asked["reply_by"] else None
    issuing = Issuing(
        number,
        dated_on,
        asked["sender"],
        reply_by,
        large=asked.get("large", False),
        ruby=asked.get("ruby", ""),
        readings=asked.get("readings", {}),
    )
    organisation, addressee = asked["organisation"], asked["addressee"]
    frame = compose(letter, house.current(), issuing, organisation=organisation, addressee=addressee)
    return {"frame": frame, "inputs": asked["inputs"]}
