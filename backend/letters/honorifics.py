"""宛名: how an addressee is written, and with which honorific.

Person 様, organisation 御中, several persons 各位; an office-holder has the post before the name; a household
that receives for somebody is 「○○様方」. 様 and 御中 never stand together, and none is doubled.
"""

from collections.abc import Mapping
from typing import Any, Literal

Honorific = Literal["sama", "onchu", "kakui"]

WORDS: dict[Honorific, str] = {"sama": "様", "onchu": "御中", "kakui": "各位"}
_ENDINGS = ("様方", "様", "御中", "各位")  # not 殿, さん, 先生: family and given names end so
_WIDE_SPACE = "　"


def with_honorific(name: str, honorific: Honorific) -> str:
    """The name followed by its honorific, set apart by a full-width space; one already there is replaced."""
    return f"{bare(name)}{_WIDE_SPACE}{WORDS[honorific]}"


def bare(name: str) -> str:
    """The name without an honorific that somebody typed into it; nothing else of the name is changed."""
    stripped = name.strip()
    for ending in _ENDINGS:
        if stripped.endswith(ending) and len(stripped) > len(ending):
            return stripped.removesuffix(ending).rstrip()
    return stripped


def name_lines(addressee: Mapping[str, Any]) -> list[str]:
    """The lines that name an addressee, the last one with the honorific.

    Keys, all text and all optional but one of the first two: `organisation`, `name`, `post` (of the name),
    `care_of` (the household that receives for the person), `several` (true: a group, 各位).
    """
    organisation, name = addressee.get("organisation", ""), addressee.get("name", "")
    if not name:
        if not organisation:
            raise ValueError("an addressee needs a name or an organisation")
        return [with_honorific(organisation, "kakui" if addressee.get("several") else "onchu")]
    lines = [bare(organisation)] if organisation else []
    if addressee.get("care_of"):
        lines.append(f"{bare(addressee['care_of'])}様方")
    named = f"{addressee['post']}{_WIDE_SPACE}{name}" if addressee.get("post") else name
    return [*lines, with_honorific(named, "kakui" if addressee.get("several") else "sama")]
