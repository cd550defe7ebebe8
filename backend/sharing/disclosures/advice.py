"""The matrix for people: for each category what was ruled, why, what it obliges to, and the way on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend import access
from backend.access import MemberFacts, Nearest, Outcome, explain
from backend.cases.models import Case
from backend.sharing.disclosures import duties, items
from backend.sharing.disclosures.items import Content, Item
from backend.sharing.disclosures.proposals import Proposal
from backend.sharing.disclosures.provisions import matrix_for
from backend.sharing.disclosures.words import category_words
from backend.sharing.rulings import Ruled

# What a press can change of a request; everything else somebody has to bring about first.
APPLIES: Mapping[str, Mapping[str, Any]] = {
    "minimise": {"minimised": True},
    "give_once": {"recurring": False},
}
MOST_NEAREST = 2  # for how many categories the nearest change is worked out: each asks the engine many times


@dataclass(frozen=True)
class Row:
    """One category of the matrix."""

    category: str
    title: str
    items: tuple[Item, ...]
    outcome: str
    because: tuple[str, ...]
    cites: tuple[str, ...]
    help: str
    duties: tuple[str, ...]
    rules: tuple[str, ...]
    approver: str
    chosen: bool
    nearest: str = ""
    applies: Mapping[str, Any] | None = None
    codes: str = ""
    asks_consent: bool = False


@dataclass(frozen=True)
class Matrix:
    """Every category that holds something, and what becomes of the request as it stands."""

    rows: tuple[Row, ...]
    number: str

    @property
    def chosen(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.chosen)

    @property
    def verdict(self) -> str:
        """nothing, deny, refer, approval, review_later or allow: the strictest of what was chosen."""
        found = [Outcome(row.outcome) for row in self.chosen]
        if not found:
            return "nothing"
        order = list(Outcome)
        return str(max(found, key=order.index))

    @property
    def leaving_now(self) -> int:
        return sum(row.outcome in (Outcome.ALLOW, Outcome.REVIEW) for row in self.rows)

    @property
    def without(self) -> tuple[Row, ...]:
        """The chosen categories without which the rest could leave at once; empty where there is no rest."""
        stopping = tuple(row for row in self.chosen if row.outcome not in (Outcome.ALLOW, Outcome.REVIEW))
        return stopping if stopping and len(stopping) < len(self.chosen) else ()


def held(source: Case) -> Content:
    """Everything the case holds, of all categories."""
    return items.content(source, tuple(access.current().categories))


def matrix(member: MemberFacts, proposal: Proposal, today: date, lang: str, *, number: str = "") -> Matrix:
    """The matrix of a proposal, in one language. Nothing is written."""
    content = held(proposal.source)
    names = tuple(dict.fromkeys((*content.categories, *proposal.categories)))
    ruled = matrix_for(member, proposal, today, names)
    left = MOST_NEAREST
    rows = []
    for name in names:
        one = ruled[name]
        nearest = None
        if one.denied and name in proposal.categories and left:
            nearest, left = one.ruling.nearest, left - 1
        rows.append(_row(one, content, name in proposal.categories, nearest, lang))
    return Matrix(tuple(rows), number)


def _row(one: Ruled, content: Content, chosen: bool, nearest: Nearest | None, lang: str) -> Row:
    told = explain(one.ruling, lang)
    changes = nearest.changes if nearest else ()
    return Row(
        category=one.category,
        title=category_words(one.category, lang),
        items=content.of(one.category),
        outcome=str(one.ruling.outcome),
        because=told.because,
        cites=told.cites,
        help=told.help,
        duties=tuple(duties.of_ruling(one.ruling.obligations, lang)),
        rules=told.rules,
        approver=one.ruling.approver,
        chosen=chosen,
        nearest=(nearest.en if lang == "en" else nearest.ja) if nearest else "",
        applies=applicable([change.code for change in changes]),
        codes=",".join(change.code for change in changes),
        asks_consent=any(change.code == "get_consent" for change in changes),
    )


def applicable(codes: Collection[str]) -> dict[str, Any] | None:
    """The answers that carry out these changes; None where one of them is not for a press to make."""
    found: dict[str, Any] = {}
    for code in codes:
        if code.startswith("basis:"):
            found["basis"] = code.removeprefix("basis:")
        elif code in APPLIES:
            found |= APPLIES[code]
        else:
            return None
    return found or None
