"""What the workflow `council` names: looking up people and cases, its guards, and the facts of a meeting.

The facts hold ids only: `members` (also the watchers of the case), `signed`, `agenda` and the basis.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from backend import access
from backend.access import CaseFacts
from backend.cases.consulting import Asked, consults
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.people.acting import current
from backend.people.models import Member
from backend.sharing import rulings
from backend.sharing.councils import papers, projecting, ruling  # noqa: F401 - registers the projections
from backend.sharing.councils.bases import BASES
from backend.sharing.councils.models import AgendaItem
from backend.sharing.councils.saying import (
    EMPTY,
    NO_CASE,
    NO_ITEM,
    NOBODY,
    NOT_A_COPY,
    NOT_ALLOWED,
    NOT_YOURS,
    said,
)
from backend.workflow.registry import guard, in_transaction
from backend.workflow.situation import Situation

# What has no place on an agenda: meetings, their tasks, reviews.
_NOT_FOR_A_MEETING = ("council", "follow_up", "glass_review", "appointment", "grant")
LEAST_MEMBERS = 2
MOST_CASES = 26  # each has a letter

Facts = dict[str, Any]


def _known(situation: Situation, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (situation.known or {}).get(name, {})
    return found


# --- looking up --------------------------------------------------------------------------------------------


@consults("council_people", reads=("chair", "members"))
def council_people(asked: Asked) -> Mapping[str, Any]:
    """The chair and the members of a plan, all in office."""
    given = [asked.answers["chair"], *(row["member"] for row in asked.answers["members"])]
    return {"members": _in_office(given, asked)}


@consults("council_person", reads=("member",))
def council_person(asked: Asked) -> Mapping[str, Any]:
    """One member, in office."""
    return {"members": _in_office([asked.answers["member"]], asked)}


def _in_office(ids: Iterable[str], asked: Asked) -> list[str]:
    wanted = list(dict.fromkeys(str(UUID(one)) for one in ids))
    rows = Member.objects.filter(current(timezone.localdate(asked.now)), id__in=wanted)
    if set(wanted) - {str(one) for one in rows.values_list("id", flat=True)}:
        raise said(NOBODY)
    return wanted


@consults("council_case", reads=("number",))
def council_case(asked: Asked) -> Mapping[str, Any]:
    """The case of a number, if whoever brings it may see it; and whether the person agreed to it."""
    number = unicodedata.normalize("NFKC", asked.answers["number"]).strip().upper()
    case = Case.objects.exclude(workflow__in=_NOT_FOR_A_MEETING).filter(number=number).first()
    if case is None:
        raise said(NO_CASE)
    facts = case_facts(case, asked.now)
    if not access.decide(asked.member, "view", facts, today=_day(asked)).allowed:
        raise said(NO_CASE)
    return {"case": str(case.id), "consented": ruling.consented(case, timezone.localdate(asked.now))}


def _day(asked: Asked) -> int:
    return access.day(timezone.localdate(asked.now))


@consults("council_paper", reads=("symbol", "paper_items"))
def council_paper(asked: Asked) -> Mapping[str, Any]:
    """That the items chosen may stand in a paper: seen by who makes it, and within the basis.

    Every ruling is kept, those of a refusal too.
    """
    symbol = unicodedata.normalize("NFKC", asked.answers["symbol"]).strip().upper()
    rows = AgendaItem.objects.select_related("case__person", "session")
    item = rows.filter(session=asked.case.id, symbol=symbol).first()
    if item is None:
        raise said(NO_ITEM)
    wanted = frozenset(asked.answers["paper_items"])
    seen = access.categories(asked.member, _facts(item, asked), _day(asked))
    if not seen:
        raise said(NOT_YOURS)
    ruled = ruling.ruled(item, wanted & seen, asked.member, timezone.localdate(asked.now))
    refused = wanted - ruling.standing(ruled)
    if refused:
        error = said(NOT_ALLOWED, _titles(refused))
        error.afterwards = partial(rulings.keep, asked, ruled)
        raise error
    if not papers.gathered(item.case, wanted):
        raise said(EMPTY)
    rulings.keep(asked, ruled)
    return {"item": item.pk}


def _facts(item: AgendaItem, asked: Asked) -> CaseFacts:
    return case_facts(item.case, asked.now)


def _titles(categories: Iterable[str]) -> str:
    known = access.current().categories
    return "、".join(known[name].title["ja"] for name in sorted(categories))


@consults("council_copies", reads=("missing",))
def council_copies(asked: Asked) -> Mapping[str, Any]:
    """That the copies said to be missing are ones that were handed out."""
    missing = {row["number"] for row in asked.answers.get("missing", ())}
    unknown = missing - papers.numbers_out(asked.case.id)
    if unknown:
        raise said(NOT_A_COPY, ", ".join(map(str, sorted(unknown))))
    return {"missing": sorted(missing)}


# --- guards ------------------------------------------------------------------------------------------------


@guard(
    "member_is_not_listed",
    ja="その人は、もう名簿に載っています。",
    en="That member is listed already.",
    reads=("member",),
)
def member_is_not_listed(situation: Situation) -> bool:
    return situation.answer("member") not in situation.facts.get("members", ())


@guard(
    "member_is_listed",
    ja="その人は名簿に載っていません。先に「構成員を加える」をしてください。",
    en="That member is not listed. Add the member first.",
    reads=("member",),
)
def member_is_listed(situation: Situation) -> bool:
    return situation.answer("member") in situation.facts.get("members", ())


@guard(
    "member_is_not_the_chair",
    ja="会長は名簿から外せません。先に計画を訂正して会長を替えてください。",
    en="The chair cannot be taken off the list. Correct the plan and name another chair first.",
    reads=("member",),
)
def member_is_not_the_chair(situation: Situation) -> bool:
    return bool(situation.answer("member") != situation.facts.get("chair"))


@guard(
    "case_is_new_on_the_agenda",
    ja="そのケースは、もう議題に載っています。",
    en="That case is on the agenda already.",
    knows=("council_case",),
)
def case_is_new_on_the_agenda(situation: Situation) -> bool:
    return _known(situation, "council_case").get("case") not in situation.facts.get("agenda", ())


@guard(
    "agenda_has_room",
    ja="議題は26件までです。会議を分けてください。",
    en="An agenda holds at most 26 cases. Hold two meetings.",
)
def agenda_has_room(situation: Situation) -> bool:
    return len(situation.facts.get("agenda", ())) < MOST_CASES


@guard(
    "conference_is_consented",
    ja="重層的支援会議には、本人の同意が要ります。同意をもらうか、法律の会議で扱ってください。",
    en="A multilayered conference needs the person's consent. Ask for it, or use a statutory one.",
    decides_sharing=True,
    knows=("council_case",),
)
def conference_is_consented(situation: Situation) -> bool:
    basis = BASES.get(str(situation.facts.get("council_basis")))
    return (basis is not None and not basis.consent) or _known(situation, "council_case").get(
        "consented"
    ) is True


@guard(
    "meeting_is_prepared",
    ja="議題か構成員が足りません。議題を1件以上、構成員を2人以上にしてください。",
    en="The agenda or the members are not complete: at least one case and two members are needed.",
)
def meeting_is_prepared(situation: Situation) -> bool:
    members = situation.facts.get("members", ())
    return bool(situation.facts.get("agenda")) and len(members) >= LEAST_MEMBERS


@guard(
    "chair_has_signed",
    ja="会長を含む2人以上の守秘の確認がまだです。守秘を確認してから開いてください。",
    en="Secrecy must be signed by the chair and at least one more member before the meeting opens.",
)
def chair_has_signed(situation: Situation) -> bool:
    signed = situation.facts.get("signed", ())
    return situation.facts.get("chair") in signed and len(signed) >= LEAST_MEMBERS


@guard(
    "secrecy_is_unsigned",
    ja="守秘は、もう確認しています。",
    en="You have signed secrecy already.",
)
def secrecy_is_unsigned(situation: Situation) -> bool:
    return situation.member.get("id") not in situation.facts.get("signed", ())


@guard(
    "papers_are_collected",
    ja="資料の回収がまだ記録されていません。先に「資料を回収する」をしてください。",
    en="The papers are not recorded as collected yet. Record that first.",
)
def papers_are_collected(situation: Situation) -> bool:
    return situation.facts.get("papers_collected") is True


@guard(
    "minutes_are_written",
    ja="議事録がまだです。先に「議事録を書く」をしてください。",
    en="The minutes are not written yet. Write them first.",
)
def minutes_are_written(situation: Situation) -> bool:
    return situation.facts.get("minutes_written") is True


# --- facts -------------------------------------------------------------------------------------------------


@in_transaction(
    "set_council",
    reads=("chair", "members", "basis", "held_on"),
    sets=("assignee", "watchers", "members", "signed", "agenda", "chair", "council_basis", "held_on"),
    knows=("council_people",),
)
def set_council(situation: Situation) -> Facts:
    """The meeting as planned. Corrected later, it keeps who has signed and what is on the agenda."""
    rows = situation.answer("members", ())
    given = [situation.answer("chair"), *(row["member"] for row in rows)]
    members = list(dict.fromkeys([*situation.facts.get("members", ()), *given]))
    return {
        "assignee": situation.case.get("assignee") or situation.member.get("id", ""),
        "watchers": members,
        "members": members,
        "signed": list(situation.facts.get("signed", ())),
        "agenda": list(situation.facts.get("agenda", ())),
        "chair": situation.answer("chair"),
        "council_basis": situation.facts.get("council_basis") or situation.answer("basis"),
        "held_on": situation.answer("held_on"),
    }


@in_transaction("list_member", reads=("member",), sets=("watchers", "members"), knows=("council_person",))
def list_member(situation: Situation) -> Facts:
    """One more on the list."""
    members = list(dict.fromkeys([*situation.facts.get("members", ()), situation.answer("member")]))
    return {"watchers": members, "members": members}


@in_transaction("unlist_member", reads=("member",), sets=("watchers", "members", "signed"))
def unlist_member(situation: Situation) -> Facts:
    """One off the list, and their signature with it."""
    gone = situation.answer("member")
    members = [one for one in situation.facts.get("members", ()) if one != gone]
    signed = [one for one in situation.facts.get("signed", ()) if one != gone]
    return {"watchers": members, "members": members, "signed": signed}


@in_transaction("set_agenda_case", sets=("agenda",), knows=("council_case",))
def set_agenda_case(situation: Situation) -> Facts:
    """One more case on the agenda."""
    case = _known(situation, "council_case").get("case")
    agenda = situation.facts.get("agenda", ())
    return {"agenda": list(dict.fromkeys([*agenda, case or "unknown"]))}


@in_transaction("sign_secrecy", sets=("signed",))
def sign_secrecy(situation: Situation) -> Facts:
    """Whoever acts has signed."""
    return {"signed": sorted({*situation.facts.get("signed", ()), situation.member.get("id", "somebody")})}


@in_transaction("sign_secrecy_on_paper", reads=("member",), sets=("signed",))
def sign_secrecy_on_paper(situation: Situation) -> Facts:
    """A member has signed on paper."""
    return {"signed": sorted({*situation.facts.get("signed", ()), situation.answer("member")})}


@in_transaction("set_collected", sets=("papers_collected",))
def set_collected(situation: Situation) -> Facts:
    """The papers are back, or it is known which are missing."""
    return {"papers_collected": True}


@in_transaction("set_minutes", sets=("minutes_written",))
def set_minutes(situation: Situation) -> Facts:
    """The minutes are written."""
    return {"minutes_written": True}
