"""The bytes of a numbered letter: printed from its inputs, kept once with their hash; then the inputs go."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from backend.cases.kill import kill_point
from backend.letters import engine, render, tokens
from backend.letters.definition import Letter
from backend.letters.glyphs import MissingGlyph
from backend.letters.life import record
from backend.letters.models import Envelope, FrozenPdf, IssuedLetter, LetterEvent, LetterState, ReplySlip
from backend.letters.postal import zip_digits

Fence = Callable[[], None]


def stored_of(row: IssuedLetter) -> dict[str, Any]:
    """What a letter is printed from, until it is printed."""
    found: dict[str, Any] = json.loads(bytes(row.inputs or b"{}"))
    return found


def freeze(letter: Letter, row: IssuedLetter, fence: Fence) -> None:
    """Print a numbered letter and keep its bytes, once; what cannot be printed is void with the reason."""
    stored = stored_of(row)
    token = tokens.new() if letter.tear_off else None
    try:
        rendered = render.render(letter, stored, token)
    except (MissingGlyph, engine.NotRenderable) as error:
        _void_unprintable(row, error, fence)
        return
    kill_point("P13")
    with transaction.atomic():
        fence()
        fresh = IssuedLetter.objects.select_for_update().get(id=row.id)
        if fresh.inputs is None or fresh.state != LetterState.ISSUED:
            return  # somebody printed or voided it first: theirs stays, mine is thrown away
        FrozenPdf.objects.create(letter=fresh, pdf=rendered.pdf, sha256=rendered.sha256, pages=rendered.pages)
        Envelope.objects.create(letter=fresh, paper=rendered.paper, **_envelope(stored["frame"]))
        if token is not None:
            expires = date.fromisoformat(stored["frame"]["expires_on"])
            ReplySlip.objects.create(letter=fresh, token_hash=token.hash, expires_on=expires)
        fresh.inputs = None
        fresh.save(update_fields=["inputs"])


def _envelope(frame: dict[str, Any]) -> dict[str, Any]:
    """What the post and the dispatch ledger need once the inputs are forgotten."""
    code = frame["to"]["zip"]
    return {
        "zip": zip_digits(code) if code else "",
        "names": "　".join(frame["to"]["names"]),
        "window": frame["window"] is not None,
    }


def _void_unprintable(row: IssuedLetter, error: Exception, fence: Fence) -> None:
    with transaction.atomic():
        fence()
        fresh = IssuedLetter.objects.select_for_update().get(id=row.id)
        if fresh.inputs is None or fresh.state != LetterState.ISSUED:
            return
        fresh.state, fresh.inputs = LetterState.VOID, None
        fresh.save(update_fields=["state", "inputs"])
        record(fresh, LetterEvent.Kind.VOIDED, reason=_reason(error))


def _reason(error: Exception) -> str:
    """Why it could not be printed, without a word of the letter."""
    if isinstance(error, MissingGlyph):
        return f"{error.code} in {error.where} cannot be printed"
    return (
        "it does not fit its pages"
        if isinstance(error, render.DoesNotFit)
        else "it loads something from outside"
    )
