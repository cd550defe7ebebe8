"""Letters that are issued and wait for the printer, written straight into the tables."""

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

import pikepdf

from backend.letters.models import Envelope, FrozenPdf, IssuedLetter, LetterCounter, LetterEvent
from backend.people.models import Member
from tests.operations import office

DAY = date(2026, 11, 24)
A4 = (595.28, 841.89)
_numbers = count(1)


@cache
def pdf(pages: int = 1) -> bytes:
    """So many empty A4 pages."""
    whole, out = pikepdf.new(), BytesIO()
    for _page in range(pages):
        whole.add_blank_page(page_size=A4)
    whole.save(out, deterministic_id=True)
    return out.getvalue()


def run_member(controller: str = "city") -> Member:
    """The automated run of a controller."""
    return Member.objects.filter(role="system", controller=controller).first() or office.member(
        "system", email="", controller=controller
    )


def waiting(
    how_many: int = 1,
    *,
    zips: Sequence[str] = ("0000101",),
    pages: int = 1,
    alike: bool = True,
    **values: Any,
) -> list[IssuedLetter]:
    """Printed nowhere, of one case; the postal codes are taken in turn. `alike`: all have the same bytes."""
    run_member()
    case = values.pop("case", None) or office.case()
    envelope = {"names": "髙田 ハナ 様", "paper": "A4", "window": True, **values.pop("envelope", {})}
    content = values.pop("content", None) or pdf(pages)
    given = {
        "seq": 1,
        "definition": "visit_notice",
        "definition_hash": "",
        "controller": "city",
        "organisation": "city-welfare",
        "symbol": "海福",
        "fiscal_year": 2026,
        "dated_on": DAY,
        "addressee_kind": "resident",
        "state": "issued",
        "inputs_salt": b"s" * 32,
        "inputs_digest": "0" * 64,
        **values,
    }
    numbers = [next(_numbers) for _letter in range(how_many)]
    letters = IssuedLetter.objects.bulk_create(
        IssuedLetter(id=uuid4(), case=case, number=n, ordinal=n % 32000, **given) for n in numbers
    )
    FrozenPdf.objects.bulk_create(
        _frozen(one, content if alike else b"%s%%%d\n" % (content, one.number), pages) for one in letters
    )
    Envelope.objects.bulk_create(
        Envelope(letter=one, zip=zips[n % len(zips)], **envelope) for n, one in enumerate(letters)
    )
    LetterEvent.objects.bulk_create(LetterEvent(letter=one, nth=1, kind="issued") for one in letters)
    LetterCounter.objects.update_or_create(
        controller=given["controller"], symbol=given["symbol"], fiscal_year=2026,
        defaults={"last": numbers[-1], "last_dated_on": DAY},
    )  # fmt: skip
    return letters


def _frozen(letter: IssuedLetter, content: bytes, pages: int) -> FrozenPdf:
    return FrozenPdf(letter=letter, pdf=content, sha256=hashlib.sha256(content).hexdigest(), pages=pages)
