"""A decision or a ruling in sentences: why, why not, what would make it possible; Japanese or English."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy, override

from backend.access.deciding import Decision
from backend.access.reading import Reason
from backend.access.ruling import Outcome, Ruling

_VERDICTS = {
    (Outcome.ALLOW, ""): gettext_lazy("Possible."),
    (Outcome.REVIEW, ""): gettext_lazy("Possible now; it is reviewed later."),
    (Outcome.APPROVAL, "supervisor"): gettext_lazy("Possible when the supervisor approves."),
    (Outcome.APPROVAL, "privacy_officer"): gettext_lazy("Possible when the privacy officer approves."),
    (Outcome.REFER, ""): gettext_lazy("The privacy officer decides."),
    (Outcome.DENY, ""): gettext_lazy("Not possible now."),
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision for a page or the API.

    `because` holds the reasons, `cites` their articles, `help` what would make it possible ("" for a
    permission), `rules` the policy ids.
    """

    allowed: bool
    because: tuple[str, ...]
    cites: tuple[str, ...]
    help: str
    rules: tuple[str, ...]


def explain(decision: Decision | Ruling, lang: str = "ja") -> Explained:
    """The decision in one language ("ja" or "en")."""
    helped = decision.help
    return Explained(
        allowed=decision.allowed,
        because=tuple(_in(reason, lang) for reason in decision.reasons) or _unspoken(decision, lang),
        cites=tuple(dict.fromkeys(reason.cite for reason in decision.reasons if reason.cite)),
        help=_in(helped, lang) if helped else "",
        rules=decision.rules,
    )


def sentences(decision: Decision | Ruling, lang: str = "ja") -> list[str]:
    """The decision as lines of text: the verdict, each reason with its article, the way on."""
    with override(lang):
        return list(_lines(decision, lang))


def way_on(ruling: Ruling, lang: str = "ja") -> list[str]:
    """The nearest change that would make a refused provision possible, as lines; none where nothing helps."""
    near = ruling.nearest
    if near is None:
        return []
    with override(lang):
        changes = near.en if lang.startswith("en") else near.ja
        verdict = str(_VERDICTS[Outcome(near.outcome), _approver(near.outcome, near.approver)])
        return [
            gettext("The nearest way: %(changes)s.") % {"changes": changes},
            gettext("Then: %(verdict)s %(reason)s (%(cite)s)")
            % {"verdict": verdict, "reason": _in(near.reason, lang), "cite": near.reason.cite},
        ]


def _lines(decision: Decision | Ruling, lang: str) -> Iterator[str]:
    yield _verdict(decision)
    for reason in decision.reasons:
        yield gettext("%(reason)s (%(cite)s)") % {"reason": _in(reason, lang), "cite": reason.cite}
    if not decision.reasons:
        yield from _unspoken(decision, lang)
    if decision.help:
        yield gettext("What to do: %(help)s") % {"help": _in(decision.help, lang)}


def _verdict(decision: Decision | Ruling) -> str:
    if isinstance(decision, Ruling):
        return str(_VERDICTS[decision.outcome, _approver(decision.outcome, decision.approver)])
    return gettext("Possible.") if decision.allowed else gettext("Not possible now.")


def _approver(outcome: str, approver: str) -> str:
    return approver if outcome == Outcome.APPROVAL else ""


def _unspoken(decision: Decision | Ruling, lang: str) -> tuple[str, ...]:
    """What to say when no policy spoke: the engine could not answer, or nobody permits it."""
    with override(lang):
        if decision.errors:
            return (gettext("The decision could not be made, so it was refused to be safe."),)
        return () if decision.allowed else (gettext("Your role and assignment do not permit this."),)


def _in(reason: Reason, lang: str) -> str:
    return reason.en if lang.startswith("en") else reason.ja
