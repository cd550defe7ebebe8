"""Statements kept as SQL: making one through the ORM costs more than asking it.

A statement is kept under everything it is made from (of a member's rights, their standpoint). The moment of
asking is not among that: a statement is made for `NOW`, whose place the moment takes each time it is asked.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

NOW = datetime(9000, 1, 1, tzinfo=UTC)
MOST = 1024  # statements of one kind in a process


class Statement(NamedTuple):
    """SQL that answers with one row, and its parameters."""

    sql: str
    values: tuple[Any, ...]

    def ask(self, now: datetime) -> Sequence[Any]:
        """The row."""
        values = [now if value == NOW else value for value in self.values]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            row: Sequence[Any] = cursor.fetchone()
        return row
