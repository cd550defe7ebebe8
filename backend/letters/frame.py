"""The frame of a letter: what the engine gives every template under `letter`.

Number, date, addressee, sender, greeting, window, barcode and slip. It is composed once, when the letter
gets its number, and stored with the letter's inputs, so that a later rendering needs nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from backend.letters import postal, tokens
from backend.letters.honorifics import name_lines
from backend.letters.house import House
from backend.letters.shape import DAY, TEXTS, of
from backend.letters.vector import qr
from backend.letters.words import Day, in_kanji

# The names a template may use after `letter.`.
FRAME = of(
    "name",
    "title",
    "number",
    "seal_omitted",
    "seal",
    "number_kanji",
    "greeting",
    "large",
    dated_on=DAY,
    to=of("zip", "barcode", "dense", "denser", names=TEXTS, address=TEXTS),
    sender=of("answers_to", "section", "officer", "phone", "email", "zip", "address", "name", issuer=TEXTS),
    window=of("left", "top", "width", "height", "bar_width", "bar_height"),
    slip=of("code", "qr", expires_on=DAY),
)


@dataclass(frozen=True, slots=True)
class Issuing:
    """What is decided when a letter is issued, beside its inputs."""

    number: str
    dated_on: date
    sender: Mapping[str, str]  # name, zip, address, phone, email, officer
    reply_by: date | None = None
    large: bool = False  # in large type where it fits
    ruby: str = ""  # readings over names, or over names and words, where they fit
    readings: Mapping[str, str] = field(default_factory=dict)  # names with their kana


# How an address is set in the window, largest first: the usual size, and two for long names and addresses.
SIZES = ("", "dense", "denser")


def compose(
    letter: Any, house: House, issuing: Issuing, *, organisation: str, addressee: Mapping[str, Any]
) -> dict[str, Any]:
    """The frame as plain data that can be stored. Raises `HouseError` for an unknown sender."""
    sender = house.sender(organisation)
    return {
        "name": letter.name,
        "title": letter.title_ja,
        "number": issuing.number,
        "dated_on": issuing.dated_on.isoformat(),
        "to": _to(letter, house, addressee),
        "sender": {
            "issuer": list(sender.signed(letter.name, issuing.dated_on).lines),
            "answers_to": sender.answers_to,
            "section": sender.section,
            **{key: issuing.sender.get(key, "") for key in ("name", "address", "phone", "email", "officer")},
            "zip": postal.zip_shown(code) if (code := issuing.sender.get("zip", "")) else "",
        },
        "seal_omitted": letter.seal == "omitted",
        "seal": letter.seal,
        "greeting": house.greeting(issuing.dated_on) if letter.season_greeting else "",
        "large": issuing.large,
        "ruby": issuing.ruby,
        "readings": dict(issuing.readings),
        "window": _window(house) if letter.window else None,
        "expires_on": _expiry(letter, issuing),
    }


def _to(letter: Any, house: House, addressee: Mapping[str, Any]) -> dict[str, Any]:
    code, address = addressee.get("zip", ""), addressee.get("address", "")
    barcode = postal.barcode(code, address, house.towns) if letter.window and code and address else ""
    return {
        "names": name_lines({**addressee, "several": letter.several}),
        "zip": postal.zip_shown(code) if code else "",
        "address": address_lines(address),
        "barcode": barcode,
    }


def address_lines(address: str) -> list[str]:
    """An address on one or two lines: broken where a building begins, at the first space."""
    head, space, rest = address.strip().replace("　", " ").partition(" ")
    return [part for part in (head, rest.strip()) if part] if space else [head] if head else []


def _window(house: House) -> dict[str, int]:
    """Where the address stands and how large its barcode is, in hundredths of a millimetre."""
    shown, size = house.window.always_shown, house.barcode_size
    return {
        "left": shown.left * 10,
        "top": shown.top * 10,
        "width": shown.width * 10,
        "height": shown.height * 10,
        "bar_width": postal.BARCODE_WIDTH * size // 10,
        "bar_height": postal.BARCODE_HEIGHT * size // 10,
    }


def _expiry(letter: Any, issuing: Issuing) -> str:
    if letter.valid_days is None:
        return ""
    reply_by = issuing.reply_by or issuing.dated_on
    return (reply_by + timedelta(days=letter.valid_days)).isoformat()


def reply_address(token: tokens.Token) -> str:
    """Where a telephone's camera leads. A browser sends nothing behind the `#`, so no log holds the token."""
    page = settings.SITE_URL.rstrip("/") + reverse("pages:reply")
    return f"{page}{tokens.BEFORE_CODE}{token.code}"


def shown(
    frame: Mapping[str, Any], token: tokens.Token | None, size: str = "", *, large: bool = False
) -> dict[str, Any]:
    """A stored frame as the template sees it.

    `token` is the slip's, fresh for each rendering; `size` how the address is set (one of `SIZES`); `large`
    whether the text is.
    """
    window = frame["window"]
    to = {**frame["to"], "dense": size != "", "denser": size == "denser"}
    to["barcode"] = postal.picture(to["barcode"]) if to["barcode"] else ""
    slip = None
    if token is not None:
        expires = Day(date.fromisoformat(frame["expires_on"]))
        slip = {"code": token.shown, "qr": qr(reply_address(token)), "expires_on": expires}
    return {
        **{key: frame[key] for key in ("name", "title", "number", "sender", "seal_omitted", "greeting")},
        "seal": frame.get("seal", ""),  # letters numbered before it was kept have none
        "large": large,
        "number_kanji": in_kanji(frame["number"]),
        "dated_on": Day(date.fromisoformat(frame["dated_on"])),
        "to": to,
        "window": {key: _millimetres(value) for key, value in window.items()} if window else None,
        "slip": slip,
    }


def _millimetres(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}mm"
