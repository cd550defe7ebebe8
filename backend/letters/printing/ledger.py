"""発送簿, the dispatch ledger: each letter of the print files, where it went, its price, what became of it.

It names addressees, so each line is decided on its own: what somebody may not handle has no name in theirs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from backend.answers.eras import era_date
from backend.cases.tables import Table
from backend.letters import house, issue
from backend.letters.models import IssuedLetter, LetterEvent
from backend.letters.postal import zip_shown
from backend.letters.printing.models import PrintFile

HEAD = (
    "文書番号", "日付", "件名", "宛先", "郵便番号", "料金区分", "料金（円）", "枚数", "印刷ファイル", "順番",
    "投函日", "投函者", "差戻日", "回答日",
)  # fmt: skip
WITHHELD = "（扱える人だけが見られます）"


@dataclass(frozen=True)
class Happened:
    """The day, and by whom, of what can happen to a letter once."""

    day: str = ""
    by: str = ""


def letters_of(files: Iterable[PrintFile]) -> list[IssuedLetter]:
    """The letters of print files in order, with all that a line of the ledger needs."""
    rows = IssuedLetter.objects.filter(printed__file__in=list(files)).defer("inputs").select_related(
        "case", "envelope", "printed__file"
    )  # fmt: skip
    return list(rows.order_by("printed__file__business_date", "printed__file__nth", "printed__place"))


def table(letters: Iterable[IssuedLetter], may: Callable[[IssuedLetter], bool]) -> Table:
    """The ledger as lines of text, its head first."""
    rows = list(letters)
    events = _events(rows)
    known = {file.pk: file.sheets_known for file in {row.printed.file for row in rows}}
    return [
        HEAD,
        *(
            _line(row, events.get(row.id, {}), seen=may(row), counted=known[row.printed.file_id])
            for row in rows
        ),
    ]


def _events(rows: list[IssuedLetter]) -> dict[object, dict[str, Happened]]:
    kinds = (LetterEvent.Kind.POSTED, LetterEvent.Kind.RETURNED, LetterEvent.Kind.ANSWERED)
    found: dict[object, dict[str, Happened]] = {}
    events = LetterEvent.objects.filter(letter__in=[row.id for row in rows], kind__in=kinds)
    for event in events.select_related("by"):
        day = _day(timezone.localdate(event.at))
        by = event.by.name if event.by else ""
        found.setdefault(event.letter_id, {})[event.kind] = Happened(day, by)
    return found


def _line(row: IssuedLetter, events: dict[str, Happened], *, seen: bool, counted: bool) -> tuple[str, ...]:
    file, envelope, nothing = row.printed.file, row.envelope, Happened()
    posted = events.get(LetterEvent.Kind.POSTED, nothing)
    return (
        row.shown_number,
        _day(row.dated_on),
        issue.pinned(row.definition, row.definition_hash).title_ja,
        envelope.names if seen else WITHHELD,
        zip_shown(envelope.zip) if seen else "",
        file.postage,
        str(file.yen or ""),
        str(house.current().postage.sheets(row.printed.pages)) if counted else "",
        file.name,
        str(row.printed.place),
        posted.day,
        posted.by,
        events.get(LetterEvent.Kind.RETURNED, nothing).day,
        events.get(LetterEvent.Kind.ANSWERED, nothing).day,
    )


def _day(day: date) -> str:
    return era_date(day, "ja")
