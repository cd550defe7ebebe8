"""The matrix for people: for each category what was ruled, why, what it obliges to, and the way on.

The nearest change asks the engine many times over, so it is worked out for the rows somebody opens only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend import access
from backend.access import MemberFacts, Outcome, explain
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


@dataclass(frozen=True)
class Row:
    """One category of the matrix. `opened` tells that the nearest change was worked out, if there is one."""

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
    opened: bool = False
    nearest: str = ""
    applies: Mapping[str, Any] | None = None
    codes: str = ""
    asks_consent: bool = False


@dataclass(frozen=True)
class Matrix:
    """Every category that was asked about, and what becomes of the request as it stands."""

    rows: tuple[Row, ...]

    def row(self, category: str) -> Row | None:
        return next((row for row in self.rows if row.category == category), None)

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


def matrix(
    member: MemberFacts,
    proposal: Proposal,
    today: date,
    lang: str,
    *,
    content: Content | None = None,
    opened: Collection[str] = (),
) -> Matrix:
    """The matrix of a proposal, in one language; with the nearest change in the opened rows. Nothing is
    written. There is a row for what was proposed and for each category of `content`: by default everything
    the source holds.
    """
    if content is None:
        content = held(proposal.source)
    names = tuple(dict.fromkeys((*content.categories, *proposal.categories)))
    ruled = matrix_for(member, proposal, today, names)
    return Matrix(
        tuple(
            _row(ruled[name], content, name in proposal.categories, lang, opened=name in opened)
            for name in names
        )
    )


def _row(one: Ruled, content: Content, chosen: bool, lang: str, *, opened: bool) -> Row:
    told = explain(one.ruling, lang)
    nearest = one.ruling.nearest if opened and one.denied else None
    codes = [change.code for change in nearest.changes] if nearest else []
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
        opened=opened,
        nearest=(nearest.en if lang == "en" else nearest.ja) if nearest else "",
        applies=applicable(codes),
        codes=",".join(codes),
        asks_consent="get_consent" in codes,
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
