"""Proof that no letter was lost or changed: numbers without gaps, bytes as frozen, states as told.

Registered with `tsunagu verify`. The bytes are hashed again by the database, letter by letter, inside the
snapshot of the whole proof.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from backend.cases import verifying
from backend.letters import numbering
from backend.letters.models import IssuedLetter

_SHOWN = """
    letter.controller || ': ' || letter.symbol || '第' || letter.number || '号'
    || CASE WHEN letter.branch > 1 THEN 'の' || letter.branch ELSE '' END
    || ' of fiscal year ' || letter.fiscal_year
"""
_CHECKS = {
    "the bytes are not the ones that were frozen": """
        SELECT {shown} FROM letters_issuedletter AS letter JOIN letters_frozenpdf AS frozen
            ON frozen.letter_id = letter.id
        WHERE encode(sha256(frozen.pdf), 'hex') <> frozen.sha256 ORDER BY 1
    """,
    "the bytes are gone": """
        SELECT {shown} FROM letters_issuedletter AS letter
        WHERE letter.state IN ('issued', 'posted', 'returned') AND letter.inputs IS NULL
            AND NOT EXISTS (SELECT FROM letters_frozenpdf AS frozen WHERE frozen.letter_id = letter.id)
        ORDER BY 1
    """,
    "the number was never given out": """
        SELECT {shown} FROM letters_issuedletter AS letter LEFT JOIN letters_lettercounter AS counter
            ON counter.controller = letter.controller AND counter.symbol = letter.symbol
            AND counter.fiscal_year = letter.fiscal_year
        WHERE letter.number > coalesce(counter.last, 0) ORDER BY 1
    """,
    "the state is not the one its last event tells": """
        SELECT coalesce({shown}, letter.id::text)
        FROM letters_issuedletter AS letter
        LEFT JOIN LATERAL (
            SELECT event.kind FROM letters_letterevent AS event
            WHERE event.letter_id = letter.id
                AND event.kind NOT IN (
                    'tried', 'printed', 'reprinted', 'withheld', 'released', 'checked', 'answered'
                )
            ORDER BY event.nth DESC LIMIT 1
        ) AS told ON true
        WHERE told.kind IS DISTINCT FROM CASE letter.state WHEN 'void' THEN 'voided' ELSE letter.state END
        ORDER BY 1
    """,
}


@verifying.also
def letters() -> verifying.Proof:
    """Every letter, and every number that should have one."""
    return verifying.Proof("letters", IssuedLetter.objects.count(), tuple(_broken()))


def _broken() -> Iterator[str]:
    yield from (f"letter {gap}" for gap in numbering.gaps())
    for what, statement in _CHECKS.items():
        for (shown,) in _rows(statement.format(shown=_SHOWN)):
            yield f"letter {shown}: {what}"


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
