"""On what basis a meeting is held (DOMAIN R12–R29), by the codes of policies/bases.yaml.

What its papers may hold is the policies' business.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.workflow.model import Text


@dataclass(frozen=True, slots=True)
class Basis:
    """A kind of meeting. `consent`: every person on its agenda must have agreed to it."""

    title: Text
    cite: str
    consent: bool = False


BASES: Mapping[str, Basis] = {
    "swa_106_6": Basis(Text("支援会議", "Support conference"), "社会福祉法106条の6"),
    "nasa_9": Basis(
        Text("支援会議（生活困窮）", "Support conference (self-reliance)"), "生活困窮者自立支援法9条"
    ),
    "cwa_25_2": Basis(
        Text("要保護児童対策地域協議会", "Council for children in need of protection"),
        "児童福祉法25条の2",
    ),
    "lia_15_18": Basis(
        Text("孤独・孤立対策地域協議会", "Council against loneliness and isolation"),
        "孤独・孤立対策推進法15条",
    ),
    "csa_11_4": Basis(Text("消費者安全確保地域協議会", "Consumer safety council"), "消費者安全法11条の4"),
    "ltci_115_48": Basis(Text("地域ケア会議", "Community care conference"), "介護保険法115条の48"),
    "tssa_89_3": Basis(
        Text("障害者自立支援協議会", "Council for persons with disabilities"),
        "障害者総合支援法89条の3",
    ),
    "multilayered": Basis(
        Text("重層的支援会議", "Multilayered support conference"),
        "本人の同意（個人情報保護法69条2項1号・27条1項）",
        consent=True,
    ),
}


def claimed(basis: str) -> str:
    """The basis that somebody claims who tells something in a meeting held on `basis`."""
    known = BASES.get(basis)
    return "consent" if known is not None and known.consent else basis
