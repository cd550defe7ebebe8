"""A decision in sentences: why it may be, why not, what would make it possible; Japanese or English."""

from dataclasses import dataclass

from django.utils.translation import gettext, override

from backend.access.deciding import Decision
from backend.access.reading import Reason


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


def explain(decision: Decision, lang: str = "ja") -> Explained:
    """The decision in one language ("ja" or "en")."""
    helped = decision.help
    return Explained(
        allowed=decision.allowed,
        because=tuple(_in(reason, lang) for reason in decision.reasons) or _unspoken(decision, lang),
        cites=tuple(dict.fromkeys(reason.cite for reason in decision.reasons if reason.cite)),
        help=_in(helped, lang) if helped else "",
        rules=decision.rules,
    )


def sentences(decision: Decision, lang: str = "ja") -> list[str]:
    """The decision as lines of text: the verdict, each reason with its article, the way on."""
    with override(lang):
        lines = [gettext("Possible.") if decision.allowed else gettext("Not possible now.")]
        for reason in decision.reasons:
            lines.append(
                gettext("%(reason)s (%(cite)s)") % {"reason": _in(reason, lang), "cite": reason.cite}
            )
        lines += [] if decision.reasons else _unspoken(decision, lang)
        if decision.help:
            lines.append(gettext("What to do: %(help)s") % {"help": _in(decision.help, lang)})
    return lines


def _unspoken(decision: Decision, lang: str) -> tuple[str, ...]:
    """What to say when no policy spoke: the engine could not answer, or nobody permits it."""
    with override(lang):
        if decision.errors:
            return (gettext("The decision could not be made, so it was refused to be safe."),)
        return () if decision.allowed else (gettext("Your role and assignment do not permit this."),)


def _in(reason: Reason, lang: str) -> str:
    return reason.en if lang.startswith("en") else reason.ja
