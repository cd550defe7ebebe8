"""Moments, deadlines, waiting times and names in words, as a desk reads them (17:15, 11月24日（火）).

Functions without `lang` use the language of the page being drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from backend.answers.eras import shown_date
from backend.answers.text import joined
from backend.people.models import Member, Organisation
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.proposals import Recipient

_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
SOON = timedelta(days=1)
NEAR = timedelta(days=183)  # a date without its year is taken for the nearest of that name


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline for a reader: `kind` is late, soon, later, held or none; `words` always says it too."""

    kind: str
    words: str


def language() -> str:
    """The language of the page being drawn."""
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def listed(parts: Iterable[str]) -> str:
    """Several things in one line."""
    return joined(parts, language())


def noted(name: str, *notes: str) -> str:
    """A name with what tells it from others: 佐藤（福祉課・担当）, 佐藤 (Welfare Section, Caseworker)."""
    if language() == "ja":
        return f"{name}（{'・'.join(notes)}）"
    return f"{name} ({', '.join(notes)})"


def quoted(words: str) -> str:
    """Words of the page or of somebody, as they are: 「区域」, “Area”."""
    return f"「{words}」" if language() == "ja" else f"“{words}”"


def body(of: Organisation) -> str:
    """An organisation as it is called here. Names of people and places are never translated."""
    return of.called(language())


def member(of: Member, *notes: str) -> str:
    """Somebody with their organisation, and what else is to be said of them."""
    return noted(of.name, body(of.organisation), *notes)


def recipient(of: Recipient | Package) -> str:
    """To whom something goes or went: an office as it is called here, everybody else by their name."""
    if isinstance(of, Package):
        return body(of.recipient) if of.recipient and not of.recipient_member_id else of.recipient_name
    return body(of.organisation) if of.organisation and not of.member else of.name


def day(value: date, lang: str) -> str:
    """A date with its weekday; with its year only where another could be meant."""
    weekday = _WEEKDAYS[lang][value.weekday()]
    far = abs(value - timezone.localdate()) > NEAR
    if lang == "en":
        return f"{weekday} {value.day} {value:%b}{f' {value.year}' if far else ''}"
    return f"{shown_date(value, lang) if far else f'{value.month}月{value.day}日'}（{weekday}）"


def moment(value: datetime, lang: str) -> str:
    """A date and a time of the day in Japan."""
    local = timezone.localtime(value)
    return f"{day(local.date(), lang)} {local:%H:%M}"


def moment_with_year(value: datetime, lang: str) -> str:
    """A date with its year and a time of the day, for what is kept for years."""
    local = timezone.localtime(value)
    return f"{shown_date(local.date(), lang)} {local:%H:%M}"


def until(end: datetime, lang: str) -> str:
    """By when something ends: the day before, where it ends at midnight."""
    local = timezone.localtime(end)
    if (local.hour, local.minute) == (0, 0):
        return day(local.date() - timedelta(days=1), lang)
    return moment(end, lang)


def due(at: datetime | None, held: bool, now: datetime, lang: str) -> Due:
    """By when, and how far off that is."""
    if held:
        return Due("held", _("On hold: the clock stands still"))
    if at is None:
        return Due("none", _("No deadline"))
    local, today = timezone.localtime(at), timezone.localdate(now)
    if at < now:
        days = (today - local.date()).days
        late = ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days} if days else _("Late")
        return Due("late", _("%(late)s: %(day)s") % {"late": late, "day": day(local.date(), lang)})
    if local.date() == today:
        end_of_day = (local.hour, local.minute) == (23, 59)
        return Due("soon", _("Today") if end_of_day else _("Today %(time)s") % {"time": f"{local:%H:%M}"})
    return Due("soon" if at - now <= SOON else "later", day(local.date(), lang))


def waited(since: datetime, now: datetime) -> str:
    """How long something has been waiting: minutes, hours, days."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = minutes // (24 * 60)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def age(born: date, today: date) -> int:
    """Full years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def looked(how: str) -> str:
    """By which way a record was looked at."""
    return _HOW[how]() if how in _HOW else how


_HOW = {
    "page": lambda: _("Page"),
    "api": lambda: _("API"),
    "phone": lambda: _("Phone"),
    "household": lambda: _("Household"),
    "compare": lambda: _("Compared with another record"),
    "pdf": lambda: _("Letter"),
    "window": lambda: _("Letter in its window"),
    "print": lambda: _("Print file"),
    "reprint": lambda: _("Letter printed again"),
    "preview": lambda: _("Letter not written yet"),
    "file": lambda: _("File"),
    "form": lambda: _("Form to fill in by pen"),
    "paper": lambda: _("Meeting paper"),
    "audit": lambda: _("Looked at who looked"),
    "address": lambda: _("Protected address"),
    "guard": lambda: _("Who may know the address"),
}
