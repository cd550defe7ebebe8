"""文書番号: a series per controller, symbol and fiscal year; no gap, no number twice.

A number is taken inside the transaction that inserts its letter, last before commit, from a counter row. A
database sequence would leave a gap at every rollback (125 of them after six kills, where the counter row
left none).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max

from backend.letters.models import IssuedLetter, LetterCounter
from backend.workflow.deadlines import fiscal_year


class BackDated(ValueError):  # noqa: N818 - reads as what it says
    """The date lies before the last date of the series; a supervisor must allow it (`allowed_by`)."""


@dataclass(frozen=True, slots=True)
class Series:
    """One run of numbers, from 1 to its last without a gap."""

    controller: str
    symbol: str
    fiscal_year: int

    @classmethod
    def of(cls, controller: str, symbol: str, dated_on: date) -> "Series":
        """The series a letter of this date belongs to; a fiscal year begins on 1 April."""
        return cls(controller, symbol, fiscal_year(dated_on))


_TAKE = """
    INSERT INTO letters_lettercounter AS counter (controller, symbol, fiscal_year, last, last_dated_on)
    VALUES (%(controller)s, %(symbol)s, %(fiscal_year)s, %(count)s, %(dated_on)s)
    ON CONFLICT (controller, symbol, fiscal_year) DO UPDATE
        SET last = counter.last + EXCLUDED.last,
            last_dated_on = GREATEST(counter.last_dated_on, EXCLUDED.last_dated_on)
    RETURNING last, last_dated_on
"""


def take(series: Series, dated_on: date, *, count: int = 1, allow_back_dating: bool = False) -> range:
    """The next `count` numbers. The counter stays locked until the transaction ends: call it last.

    Raises `BackDated` for a date before the last of the series, RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is taken in the transaction that inserts its letter.")
    if count < 1:
        raise ValueError(f"At least one number must be taken, not {count}.")
    values: dict[str, Any] = {
        "controller": series.controller,
        "symbol": series.symbol,
        "fiscal_year": series.fiscal_year,
        "count": count,
        "dated_on": dated_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        last, last_dated_on = cursor.fetchone()
    if last_dated_on > dated_on and not allow_back_dating:
        raise BackDated(
            f"{series.symbol} has a letter of {last_dated_on.isoformat()} already; a letter of "
            f"{dated_on.isoformat()} needs a supervisor's leave."
        )
    return range(last - count + 1, last + 1)


def next_branch(letter: IssuedLetter) -> int:
    """The next branch number of a letter's number (「第123号の2」). Call it in the inserting transaction."""
    root = IssuedLetter.objects.select_for_update().get(
        controller=letter.controller,
        symbol=letter.symbol,
        fiscal_year=letter.fiscal_year,
        number=letter.number,
        branch=1,
    )
    same = IssuedLetter.objects.filter(
        controller=root.controller, symbol=root.symbol, fiscal_year=root.fiscal_year, number=root.number
    )
    highest = same.aggregate(highest=Max("branch"))["highest"]
    return int(highest) + 1


@dataclass(frozen=True, slots=True)
class Gap:
    """A number that was given out and has no letter, or a letter beyond the counter."""

    series: Series
    number: int

    def __str__(self) -> str:
        one = self.series
        return (
            f"{one.controller}: {one.symbol}第{self.number}号 of fiscal year {one.fiscal_year} has no letter"
        )


_GAPS = """
    SELECT counter.controller, counter.symbol, counter.fiscal_year, wanted.number
    FROM letters_lettercounter AS counter
    CROSS JOIN LATERAL generate_series(1, counter.last) AS wanted(number)
    LEFT JOIN letters_issuedletter AS letter
        ON letter.controller = counter.controller AND letter.symbol = counter.symbol
        AND letter.fiscal_year = counter.fiscal_year AND letter.number = wanted.number AND letter.branch = 1
    WHERE letter.id IS NULL
        AND NOT EXISTS (
            SELECT FROM letters_disposedletter AS gone
            WHERE gone.controller = counter.controller AND gone.symbol = counter.symbol
                AND gone.fiscal_year = counter.fiscal_year AND gone.number = wanted.number
                AND gone.branch = 1)
    ORDER BY 1, 2, 3, 4
"""


def gaps() -> Iterator[Gap]:
    """Every number of every series without a letter, and without a certificate that it was destroyed.

    An office in order has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GAPS)
        for controller, symbol, year, number in cursor.fetchall():
            yield Gap(Series(controller, symbol, year), number)


def last(series: Series) -> int:
    """The last number of a series; 0 before the first."""
    counter = LetterCounter.objects.filter(
        controller=series.controller, symbol=series.symbol, fiscal_year=series.fiscal_year
    ).first()
    return counter.last if counter else 0
