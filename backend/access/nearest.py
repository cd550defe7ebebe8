"""The nearest change that would make a provision possible: first one change, then two together.

Only what somebody can bring about is tried: ask for consent, choose another basis or recipient, write the
reason, call the meeting. Never what would have to be true by itself (a danger, a disaster, a suspicion).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

from backend.access.book import PolicyBook
from backend.access.facts import ALWAYS, MemberFacts
from backend.access.provision import ProvisionFacts
from backend.access.reading import DISCLOSE, FALLBACK, Policy, Reason

if TYPE_CHECKING:
    from backend.access.ruling import Ruling

Asked = tuple[MemberFacts, ProvisionFacts]
COUNCIL = "council"  # who may use a basis that is a meeting


class Ask(Protocol):
    """`ruling.rule_all`."""

    def __call__(
        self, pairs: Sequence[Asked], days: Sequence[int], *, book: PolicyBook, explained: bool = True
    ) -> "list[Ruling]": ...


@dataclass(frozen=True)
class Change:
    """One thing somebody can bring about: its code, what to do in both languages, what it changes."""

    code: str
    ja: str
    en: str
    facts: dict[str, Any] = field(default_factory=dict, compare=False)


Together = tuple[Change, ...]


@dataclass(frozen=True)
class Nearest:
    """What would make it possible: the changes, what would then be ruled, and the provision as it would
    be.
    """

    changes: tuple[Change, ...]
    outcome: str
    approver: str
    reason: Reason
    provision: ProvisionFacts

    @property
    def ja(self) -> str:
        return "、さらに".join(change.ja for change in self.changes)

    @property
    def en(self) -> str:
        return "; and ".join(change.en for change in self.changes)


def settled(provision: ProvisionFacts, book: PolicyBook) -> ProvisionFacts:
    """The provision with the class of its category, and what the city's settings say where it is silent."""
    said = {"commissioner_employer": "commissioner_employer", "disaster_mode": "disaster_ordinance_mode"}
    found: dict[str, Any] = {
        name: str(book.settings[setting])
        for name, setting in said.items()
        if not getattr(provision, name) and setting in book.settings
    }
    category = book.categories.get(provision.category)
    cls = category.cls if category else "CX"
    if provision.cls != cls:
        found["cls"] = cls
    return replace(provision, **found) if found else provision


def find(
    book: PolicyBook, member: MemberFacts, provision: ProvisionFacts, *, today: int, ask: Ask
) -> Nearest | None:
    """The nearest change after which it may leave, now or when approved; else one that refers it."""
    before = ask([(member, provision)], [today], book=book)[0]
    single: list[Together] = [(change,) for change in changes(book, provision)]
    double = [
        (one, two)
        for one, two in combinations([together[0] for together in single], 2)
        if not _contradict(one, two)
    ]
    stops = [
        policy for policy in map(book.policy, before.rules) if not policy.permits and policy.file != FALLBACK
    ]
    referred = None
    for some in (*_in_turn(single, 12), *_in_turn(double, 100)):
        tried = [together for together in some if _touch(together, stops)]
        asked = [(member, _after(provision, together)) for together in tried]
        rulings = ask(asked, [today] * len(asked), book=book, explained=False)
        for together, (_, after), ruling in zip(tried, asked, rulings, strict=True):
            if ruling.outcome.rank >= before.outcome.rank:
                continue
            found = Nearest(together, ruling.outcome, ruling.approver, ruling.reasons[0], after)
            if ruling.outcome != "refer":
                return found
            referred = referred or found
    return referred


def _in_turn(several: Sequence[Together], size: int) -> Iterator[Sequence[Together]]:
    """A few at a time: one of the first mostly helps already."""
    return (several[at : at + size] for at in range(0, len(several), size))


def _touch(together: Sequence[Change], stops: Sequence[Policy]) -> bool:
    """Whether the changes set something each of the stops reads; otherwise it stops as before."""
    names = {name for change in together for name in change.facts}
    return all(names & stop.reads for stop in stops)


def _after(provision: ProvisionFacts, together: Sequence[Change]) -> ProvisionFacts:
    facts = {name: value for change in together for name, value in change.facts.items()}
    return replace(provision, **facts)


def _contradict(one: Change, two: Change) -> bool:
    """Whether two changes set the same thing differently."""
    return any(two.facts.get(name, value) != value for name, value in one.facts.items())


def changes(book: PolicyBook, provision: ProvisionFacts) -> list[Change]:
    """What could be changed about a provision, the easiest first; nothing that is already so.

    Whoever said no is asked again last.
    """
    ask_again = provision.consent in {"refused", "withdrawn"} or bool(provision.consent_excluded)
    found = [*_in_the_office(provision), *_with_the_recipient(provision), *_in_the_meeting(provision)]
    found += _arranged(provision)
    found += [] if ask_again else [_consent(provision)]
    found += [*_by_meeting(book), *_by_basis(book), *_by_arrangement()]
    found += [_consent(provision)] if ask_again else []
    return [change for change in found if _after(provision, [change]) != provision]


def _in_the_office(provision: ProvisionFacts) -> Iterator[Change]:
    yield Change("write_reason", "必要な理由を書く", "write down why it is needed", {"necessity": True})
    yield Change(
        "minimise", "必要な項目だけに絞る", "choose only the fields that are needed", {"minimised": True}
    )
    yield Change(
        "give_once",
        "くり返しではなく、今回1回だけにする",
        "provide it once instead of regularly",
        {"recurring": False},
    )
    yield Change(
        "check_identity", "本人確認の書類を見る", "check the identity papers", {"identity_checked": True}
    )
    yield Change(
        "take_request",
        "本人からの開示の請求として受け付ける",
        "take it as the person's own request for disclosure",
        {"requested_by_subject": True, "identity_checked": True},
    )
    yield Change(
        "record_request",
        "文書での依頼を受け、文書番号を記録する",
        "ask for a written request and record its number",
        {"request_number": True},
    )


def _with_the_recipient(provision: ProvisionFacts) -> Iterator[Change]:
    yield Change(
        "take_pledge",
        "相手に誓約書を出してもらう",
        "have the recipient sign the confidentiality pledge",
        {"recipient_pledged": True},
    )
    yield Change(
        "train",
        "相手に個人情報の研修を受けてもらう",
        "have the recipient take the privacy training",
        {"recipient_trained": True},
    )
    if provision.recipient_role in {"welfare_commissioner", "chief_child_commissioner", "welfare_volunteer"}:
        yield Change(
            "recipient_of_area",
            "その地区を担当している人を相手に選ぶ",
            "choose whoever is in office for that area",
            {"area_match": True, "recipient_active": True},
        )
    yield Change(
        "name_recipient",
        "係長が、保護のための名簿に相手を加える",
        "have the supervisor name the recipient among those who may know",
        {"named": True},
    )


def _consent(provision: ProvisionFacts) -> Change:
    """Ask the person anew, for just this."""

    def with_(found: tuple[str, ...], *more: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*found, *(it for it in more if it))))

    recipient = provision.recipient or provision.recipient_type or provision.recipient_role
    wanted = {provision.recipient, provision.recipient_type, provision.recipient_role}
    return Change(
        "get_consent",
        "この目的・相手・項目について本人の同意を得る",
        "obtain the person's consent for this purpose, recipient and category",
        {
            "consent": "given",
            "consent_own": True,
            "consent_method": provision.consent_method or "written",
            "consent_purposes": with_(provision.consent_purposes, provision.purpose),
            "consent_recipients": with_(provision.consent_recipients, recipient),
            "consent_excluded": tuple(it for it in provision.consent_excluded if it not in wanted),
            "consent_categories": with_(provision.consent_categories, provision.category),
            "consent_until": max(provision.consent_until, ALWAYS),
        },
    )


def _in_the_meeting(provision: ProvisionFacts) -> Iterator[Change]:
    """What is still missing where a meeting is planned or under way."""
    if provision.session_basis:
        yield Change(
            "open_meeting",
            "会議を開いてその場で共有する",
            "share it while the meeting is open",
            {"session": "open"},
        )
        yield Change(
            "list_member",
            "相手を会議の構成員に加え、守秘の確認を取る",
            "make the recipient a member who signed secrecy",
            {"session_listed": True},
        )
        yield Change(
            "put_on_agenda", "この方を議題に載せる", "put this person on the agenda", {"session_agenda": True}
        )


def _by_meeting(book: PolicyBook) -> Iterator[Change]:
    for code, basis in book.bases.items():
        if basis.who == (COUNCIL,):
            yield Change(
                f"meeting:{code}",
                f"{basis.title['ja']}を開き、その場で共有する",
                f"share it in an open session ({basis.title['en']})",
                {"session": "open", "session_basis": code, "session_listed": True, "session_agenda": True},
            )


@lru_cache(maxsize=8)
def _spoken_of(book: PolicyBook) -> frozenset[str]:
    """The bases some permit about a provision asks for; choosing another changes nothing."""
    text = "".join(it.json_text for it in book.policies if it.permits and it.actions == frozenset({DISCLOSE}))
    return frozenset(code for code in book.bases if f'"{code}"' in text)


def _by_basis(book: PolicyBook) -> Iterator[Change]:
    for code in sorted(_spoken_of(book), key=list(book.bases).index):
        basis = book.bases[code]
        if basis.who != (COUNCIL,):
            yield Change(
                f"basis:{code}",
                f"根拠を「{basis.title['ja']}」にする（{basis.needs['ja']}）",
                f"use the basis “{basis.title['en']}” ({basis.needs['en']})",
                {"basis": code},
            )


_REGISTER = Change(
    "register_purpose",
    "利用目的を登録（変更）する",
    "register the purpose of use",
    {"purpose_registered": True},
)
_ENTRUST = Change(
    "entrust",
    "この項目を含む委託契約を結ぶ",
    "conclude an entrustment contract that covers this category",
    {"relation": "entrusted", "contract_active": True, "contract_covers": True},
)
_ANNOUNCE = Change(
    "announce_joint_use",
    "共同利用の項目・利用者・目的を公表し直す",
    "announce the items, users and purpose of the joint use anew",
    {"joint_use_valid": True},
)
_DEIDENTIFY = Change(
    "deidentify",
    "だれのことか分からない形（統計）にする",
    "make it statistics in which nobody can be recognised",
    {"deidentified": True, "purpose": "statistics_deidentified"},
)


def _arranged(provision: ProvisionFacts) -> Iterator[Change]:
    """What a standing arrangement lacks, where the provision rests on one."""
    if provision.recurring or provision.relation == "same_controller":
        yield _REGISTER
    if provision.relation == "entrusted":
        yield _ENTRUST
    if provision.relation == "joint_use":
        yield _ANNOUNCE
    if provision.purpose == "statistics_deidentified":
        yield _DEIDENTIFY


def _by_arrangement() -> Iterator[Change]:
    yield from (_REGISTER, _ENTRUST, _DEIDENTIFY)
