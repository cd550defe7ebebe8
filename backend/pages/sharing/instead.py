"""代わりに申し込む: an action that shares was refused; why, and the request that one press sends instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backend.access import explain
from backend.cases.errors import DoorError, NotPossible, Refused
from backend.pages import wording
from backend.pages.cases.offers import SHARES, Offer
from backend.pages.seeing import Seen
from backend.pages.sharing.knowing import may_disclose
from backend.sharing.disclosures import instead
from backend.sharing.disclosures.instead import Instead
from backend.sharing.disclosures.proposals import proposal_of
from backend.sharing.disclosures.words import basis_words, category_words, purpose_words


@dataclass(frozen=True)
class Refusal:
    """Why an action that shares was refused: in sentences, with the articles, and what its rule advises."""

    because: tuple[str, ...]
    cites: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True)
class Prepared:
    """The request as a page shows it (`parts`) and as one press sends it (`fields`).

    `whole` tells that the press sends it; otherwise it opens the page of the request with what is known.
    """

    refusal: Refusal
    way: str
    cites: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    button: str
    whole: bool


def of_offer(seen: Seen, offer: Offer) -> Prepared | None:
    """What can be requested instead of an action that is not offered; None where that is no way on."""
    if not (offer.shares and may_disclose(seen)):
        return None
    return _prepared(seen, {}, Refusal((offer.because,), offer.cites, offer.help))


def of_error(seen: Seen, action: str, typed: Mapping[str, Any], error: DoorError) -> Prepared | None:
    """What can be requested instead of what the door refused; None where that is no way on."""
    found = seen.pin.workflow.actions.get(action)
    if found is None or found.cls not in SHARES or not may_disclose(seen):
        return None
    if isinstance(error, Refused):
        told = explain(error.decision, seen.acting.lang)
        return _prepared(seen, typed, Refusal(told.because, told.cites, told.help))
    missing = [one for one in error.unmet if one.sharing] if isinstance(error, NotPossible) else []
    if not missing:
        return None
    cites = tuple(dict.fromkeys(one.cite for one in missing if one.cite))
    return _prepared(seen, typed, Refusal((str(error),), cites))


def _prepared(seen: Seen, typed: Mapping[str, Any], refusal: Refusal) -> Prepared:
    acting = seen.acting
    found = instead.instead(seen.case, typed, acting.facts, acting.today, acting.lang)
    row = found.decisive
    return Prepared(
        refusal=refusal,
        way=_way(found, refusal),
        cites=row.cites if row and found.verdict != "deny" else (),
        parts=tuple(_parts(seen, found)),
        fields=tuple(_fields(found)),
        button=_BUTTONS[found.verdict](),
        whole=found.verdict not in ("", "nothing", "deny"),
    )


def _way(found: Instead, refusal: Refusal) -> str:
    """What would make it possible, in one line."""
    row = found.decisive
    if row is None:
        return refusal.help or _("Request a disclosure: the table then says at once what may leave.")
    if found.verdict == "deny":
        words = (row.nearest or row.help).rstrip("。.")
        return _("To tell “%(category)s”: %(words)s.") % {"category": row.title, "words": words}
    then = _VERDICTS[found.verdict]()
    if found.changed is None:
        return then
    return _("%(changes)s. Then: %(then)s") % {"changes": found.changed.nearest, "then": then}


def _parts(seen: Seen, found: Instead) -> Iterator[tuple[str, str]]:
    """The request in words, as far as it is known."""
    answers, lang = found.answers, seen.acting.lang
    if "to_org" in answers and found.matrix is not None:
        yield _("To whom"), wording.recipient(proposal_of(answers, seen.case).recipient)
    yield _("What for"), purpose_words(answers["purpose"], lang)
    yield _("Legal basis"), basis_words(answers["basis"], lang)
    if "categories" in answers:
        yield _("What"), wording.listed(category_words(name, lang) for name in answers["categories"])
    if "reason" in answers:
        yield _("Why it is needed"), answers["reason"]
    if answers.get("minimised") is True:
        yield _("You declare"), _("Only what is needed was chosen")
    yield _("Until"), wording.day(date.fromisoformat(answers["until"]), lang)


def _fields(found: Instead) -> Iterator[tuple[str, str]]:
    """The request as the page of a disclosure posts it."""
    answers = found.answers
    if "to_org" in answers:
        yield "to", f"{answers['to_kind']}:{answers['to_org']}"
    for name in ("purpose", "basis", "reason", "means", "until"):
        if name in answers:
            yield name, str(answers[name])
    yield from (("categories", name) for name in answers.get("categories", ()))
    yield from ((name, "true") for name in ("minimised", "recurring") if answers.get(name) is True)
    if found.verdict == "deny":
        yield "_preview", "1"


_VERDICTS = {
    "approval": lambda: _("As a disclosure it can leave when the supervisor approves."),
    "refer": lambda: _("As a disclosure it can leave when the privacy officer approves."),
    "review_later": lambda: _("As a disclosure it can leave now; it is reviewed on the next business day."),
    "allow": lambda: _("As a disclosure it can leave now."),
}
_BUTTONS = {
    "": lambda: _("Request a disclosure; fill in what is missing"),
    "nothing": lambda: _("Request a disclosure; fill in what is missing"),
    "deny": lambda: _("Open the request, filled in"),
    "approval": lambda: _("Send this request to the supervisor"),
    "refer": lambda: _("Send this request to the privacy officer"),
    "review_later": lambda: _("Hand over now (always reviewed later)"),
    "allow": lambda: _("Hand over now"),
}
