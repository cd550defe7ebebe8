"""The certificate (廃棄記録) as paper to file: numbers, rules and who decided, nothing of any person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backend.answers.eras import era_date, era_year
from backend.cases import pinned
from backend.definitions.store import NotPublished
from backend.disposal.models import Certificate, DisposalItem
from backend.disposal.words import why_kept
from backend.letters import render
from backend.people.models import Member
from backend.workflow.deadlines import fiscal_year

_STYLE = """
@page {
    size: 210mm 297mm; margin: 22mm 20mm; font-family: "Letter Gothic";
    @bottom-center { content: counter(page) " / " counter(pages) }
}
body { font-family: "Letter Gothic", "Letter Names"; font-size: 10.5pt; line-height: 1.6 }
h1 { font-size: 16pt; font-weight: normal; text-align: center; margin: 8mm 0 }
h2 { font-size: 12pt; font-weight: normal; margin: 7mm 0 2mm }
.number, .day { margin: 0; text-align: right }
table { width: 100%; border-collapse: collapse }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 0.5pt solid #000; padding: 1.2mm 2mm; text-align: left; vertical-align: top }
th { font-weight: normal }
.people th { width: 32mm }
.counts th { width: 38mm }
.list { font-size: 9.5pt }
.mark { margin-top: 7mm }
.note { font-size: 9pt }
"""
_SHOWN = 16  # characters of the digest


@dataclass(frozen=True)
class Line:
    """A case of the list, as it may be told for ever."""

    number: str
    title: str
    year: str
    until: str
    cite: str
    why: str


def record(made: Certificate) -> bytes:
    """The certificate as a PDF, in Japanese."""
    row = made.list
    with translation.override("ja"):
        lines = list(lines_of(row.items.filter(kind="case").order_by("number", "id")))
        office = row.approved_by or row.made_by
        values = {
            "made": made,
            "day": _day(timezone.localdate(made.at)),
            "listed_on": _day(timezone.localdate(row.made_at)),
            "approved_on": _day(timezone.localdate(row.approved_at)),
            "office": office.organisation.name if office else "",
            "maker": who(row.made_by, row.made_account),
            "approver": who(row.approved_by, row.approved_account),
            "lines": [line for line in lines if not line.why],
            "kept": [line for line in lines if line.why],
            "mark": bytes(made.digest).hex()[:_SHOWN],
        }
        return render.sheet(render_to_string("disposal/record.html", values), _STYLE)


def who(member: Member | None, account: str) -> str:
    """Who decided, with their office; by the account where a restored backup does not know the member."""
    if member is not None:
        return f"{member.organisation.name}　{member.name}"
    return _("account %(account)s, not in this backup") % {"account": account}


def lines_of(
    items: Iterable[DisposalItem], lang: str = "ja", shown: Callable[[date, str], str] = era_date
) -> Iterator[Line]:
    """The cases of a list in words, days as `shown` writes them."""
    for one in items:
        kept = one.outcome == DisposalItem.Outcome.KEPT
        yield Line(
            number=one.number,
            title=title_of(one.workflow, lang),
            year=year_of(one.closed_on, lang) if one.closed_on else "",
            until=shown(one.ends_on, lang) if one.ends_on else "",
            cite=one.cite,
            why=why_kept(one.why_kept) if kept else "",
        )


def year_of(day: date, lang: str) -> str:
    """The fiscal year of a day: 令和2年度."""
    year = fiscal_year(day)
    return f"{era_year(date(year, 4, 1))}度" if lang == "ja" else f"fiscal year {year}"


def title_of(workflow: str, lang: str) -> str:
    """What a kind of matter is called; its code where it is not known any more."""
    try:
        return pinned.pinned(pinned.newest("workflow", workflow)).workflow.title.in_language(lang)
    except (NotPublished, LookupError):
        return workflow


def _day(value: date) -> str:
    return era_date(value, "ja")
