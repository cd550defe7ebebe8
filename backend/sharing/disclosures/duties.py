"""Obligations of a ruling in words (policies/obligations.yaml), for whoever asks, approves or receives."""

from collections.abc import Iterable

from backend import access
from backend.cases.reading import latest
from backend.sharing.disclosures.models import Package

_DECISION = "disclosure_decision"


def of_package(package: Package, lang: str) -> list[str]:
    """What the recipient of a package has to mind: the condition of its approval first, in one line."""
    condition = " ".join(str(latest(package.case, _DECISION).get("conditions", "")).split())
    return [*filter(None, [condition]), *_of_recipient(package.obligations, lang)]


def _of_recipient(codes: Iterable[str], lang: str) -> list[str]:
    """What every recipient promises, and what was ruled; a code that has lost its words is told as it is."""
    known = access.current().obligations
    always = [one.code for one in known.values() if one.always]
    ours = {one.code for one in known.values() if one.who == "office"}
    return of_ruling((code for code in (*always, *codes) if code not in ours), lang)


def of_ruling(codes: Iterable[str], lang: str) -> list[str]:
    """Everything a ruling obliges to, each once, for the office."""
    known = access.current().obligations
    return [known[code].words[lang] if code in known else code for code in dict.fromkeys(codes)]
