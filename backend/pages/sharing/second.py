"""What waits for a second person on other pages than that of the approvals, in words."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from backend.pages.acting import Acting


@dataclass(frozen=True)
class Elsewhere:
    """How many of a kind wait, and where they are decided."""

    page: str
    words: str


def waiting(acting: Acting) -> list[Elsewhere]:
    """What this member could be the second person for; kinds of which nothing waits are left out."""
    ends, named, disposals, merges, endings = (
        acting.waiting[name] for name in ("ends", "named", "disposals", "merges", "endings")
    )
    over = ngettext("%(n)d protection is said to be over", "%(n)d protections are said to be over", ends)
    confirm = ngettext(
        "%(n)d recipient of a protected address is to be confirmed",
        "%(n)d recipients of protected addresses are to be confirmed",
        named,
    )
    lists = ngettext("%(n)d disposal list", "%(n)d disposal lists", disposals)
    twins = ngettext("%(n)d merge of a protected record", "%(n)d merges of protected records", merges)
    keys = ngettext(
        "%(n)d request to end the passkeys of a member",
        "%(n)d requests to end the passkeys of members",
        endings,
    )
    told = (
        ("pages:protected", over, ends),
        ("pages:protected", confirm, named),
        ("pages:retention", lists, disposals),
        ("pages:doubles", twins, merges),
        ("pages:keys_members", keys, endings),
    )
    return [Elsewhere(page, words % {"n": count}) for page, words, count in told if count]
