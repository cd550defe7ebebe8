"""On what basis a meeting is held, and which data categories its papers may hold (DOMAIN R12–R29)."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend import access
from backend.workflow.model import Text

# What never stands in a paper, whatever the meeting: who reported it, where a protected person is.
_NEVER = frozenset({"reporter_identity", "protected_address", "council_material", "my_number"})


@dataclass(frozen=True, slots=True)
class Basis:
    """A kind of meeting.

    `most` is the highest class its papers may hold; `children` says that child-protection records may be
    shared in it, `consent` that every person on the agenda must have agreed.
    """

    title: Text
    cite: str
    most: str = "C3"
    children: bool = False
    consent: bool = False


BASES: Mapping[str, Basis] = {
    "swa_106_6": Basis(Text("支援会議", "Support conference"), "社会福祉法106条の6"),
    "nasa_9": Basis(
        Text("支援会議（生活困窮）", "Support conference (self-reliance)"), "生活困窮者自立支援法9条"
    ),
    "cwa_25_2": Basis(
        Text("要保護児童対策地域協議会", "Council for children in need of protection"),
        "児童福祉法25条の2",
        children=True,
    ),
    "lpa_15": Basis(
        Text("孤独・孤立対策地域協議会", "Council against loneliness and isolation"),
        "孤独・孤立対策推進法15条",
        most="C2",
    ),
    "csa_11_4": Basis(Text("消費者安全確保地域協議会", "Consumer safety council"), "消費者安全法11条の4"),
    "ltci_115_48": Basis(Text("地域ケア会議", "Community care conference"), "介護保険法115条の48"),
    "dss_89_3": Basis(
        Text("障害者自立支援協議会", "Council for persons with disabilities"),
        "障害者総合支援法89条の3",
        most="C2",
    ),
    "multilayered": Basis(
        Text("重層的支援会議", "Multilayered support conference"),
        "本人の同意（個人情報保護法69条2項1号・27条1項）",
        consent=True,
    ),
}


def within(basis: str, categories: frozenset[str], consented: frozenset[str]) -> frozenset[str]:
    """Those of the categories a paper of such a meeting may hold; `consented`: what the person agreed to."""
    kind = BASES[basis]
    known = access.current().categories
    allowed = {name for name in categories - _NEVER if known[name].cls <= kind.most}
    if kind.children:
        allowed |= categories & {"child_protection_record"}
    return frozenset(allowed & consented if kind.consent else allowed)
