"""A refusal is a route: what would make it possible.

A hard stop carries its own answer. Where no policy permits, the nearest permission is found by asking again
with one thing changed: were the case assigned to you, referred to your organisation, were you the supervisor.
The first change that is allowed names the policy, and the policy says in plain words what it takes.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from backend.access.book import PolicyBook
from backend.access.facts import ALWAYS, CaseFacts, LetterFacts, MemberFacts, Resource
from backend.access.reading import Policy, Reason

Allows = Callable[[MemberFacts, Resource], tuple[str, ...]]


FAILED = Reason(
    "",
    "いま判定できないため、安全のため止めています。少し待ってもう一度試し、続くときは管理者に知らせてください。",
    "It cannot be decided now and is stopped to be safe. Try again; if it goes on, tell the administrator.",
)
_UNKNOWN = Reason(
    "", "この操作はできません。係長に相談してください。", "This is not possible. Ask the supervisor."
)


def of_policy(policy: Policy) -> Reason:
    """What a policy says would make it possible."""
    words = policy.annotations
    return Reason(policy.id, words["help_ja"], words["help_en"], words["cite"])


def of_class(book: PolicyBook, action: str) -> Reason:
    """Whom to turn to when no policy comes near to permitting an action."""
    spoken = book.classes.get(book.class_of(action))
    return Reason("", spoken.help["ja"], spoken.help["en"]) if spoken else _UNKNOWN


def find(
    book: PolicyBook,
    action: str,
    member: MemberFacts,
    resource: Resource,
    *,
    stopped_by: tuple[Reason, ...],
    allows: Allows,
) -> Reason:
    """What would make a refused action possible."""
    if stopped_by:
        return of_policy(book.policy(stopped_by[0].id))
    for other_member, other in _nearby(member, resource):
        permits = allows(other_member, other)
        if permits:
            return of_policy(book.policy(min(permits, key=book.order.__getitem__)))
    return of_class(book, action)


def _nearby(member: MemberFacts, resource: Resource) -> Iterator[tuple[MemberFacts, Resource]]:
    """The same question with one thing changed, nearest first."""
    if isinstance(resource, CaseFacts):
        yield from ((member, case) for case in _nearby_cases(member, resource))
    controller = resource.case.controller if isinstance(resource, LetterFacts) else resource.controller
    receiver = (
        resource.case.receiver if isinstance(resource, LetterFacts) else getattr(resource, "receiver", "")
    )
    yield from ((other, resource) for other in _stand_ins(controller, receiver))
    if isinstance(resource, CaseFacts):
        for other in _stand_ins(controller, receiver):
            yield other, replace(resource, assignee=other.id)


def _nearby_cases(member: MemberFacts, case: CaseFacts) -> Iterator[CaseFacts]:
    yield replace(case, assignee=member.id)
    yield replace(case, open=True)
    yield replace(case, consent="given")
    yield replace(case, watchers=(*case.watchers, member.id))
    yield replace(case, watchers=(*case.watchers, member.id), consent="given")
    yield replace(case, receiver=member.organisation)
    yield replace(case, receiver=member.organisation, consent="given")
    if case.urgency:
        yield replace(case, urgency="C")


def _stand_ins(controller: str, receiver: str) -> Iterator[MemberFacts]:
    """Somebody else who might: staff of the receiver, of the controller, the privacy officer."""

    def somebody(role: str, organisation: str, kind: str = "") -> MemberFacts:
        return MemberFacts(
            id="somebody-else",
            role=role,
            organisation=organisation,
            organisation_type=kind,
            controller=controller if role != "agency_staff" else organisation,
            area=None,
            valid_from=0,
            valid_until=ALWAYS,
            pledge=True,
            trained_until=ALWAYS,
            active=True,
            account="somebody-else",
        )

    if receiver:
        yield somebody("agency_staff", receiver, "comprehensive_support_center")
    for role in ("caseworker", "supervisor", "privacy_officer"):
        yield somebody(role, "somewhere")
    if not receiver:
        yield somebody("agency_staff", "somewhere")
