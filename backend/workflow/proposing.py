"""What proposals for an office and applications for a grant teach the case (委嘱, 助成)."""

from calendar import monthrange
from datetime import date
from typing import Any

from backend.workflow.guards import today
from backend.workflow.registry import guard, in_transaction
from backend.workflow.situation import Situation

LONGEST_TERM = 3  # years: 民生委員法10条; no office of the city or the council is given for longer


@in_transaction("set_proposer", sets=("requesters",))
def set_proposer(situation: Situation) -> dict[str, Any]:
    """Who proposed or examined it (accounts): they do not approve it (起案者と決裁者の分離)."""
    proposers = {*situation.facts.get("requesters", ()), situation.member.get("account", "")}
    return {"requesters": sorted(proposers - {""})}


# --- an office ---------------------------------------------------------------------------------------------


@in_transaction("set_office", reads=("kind",), sets=("office",))
def set_office(situation: Situation) -> dict[str, Any]:
    """Which kind of office somebody is proposed for."""
    return {"office": situation.answer("kind")}


@in_transaction("set_term", reads=("ends_on",), sets=("term_ends_on",))
def set_term(situation: Situation) -> dict[str, Any]:
    """The last day of a term of office."""
    return {"term_ends_on": situation.answer("ends_on")}


@guard(
    "term_is_in_order",
    ja="任期の終わりが始まりより前か、3年を超えています。日付を確かめてください。",
    en="The term ends before it begins, or is longer than three years. Look at the dates.",
    reads=("begins_on", "ends_on"),
)
def term_is_in_order(situation: Situation) -> bool:
    first, last_day = (situation.answer(name) for name in ("begins_on", "ends_on"))
    if not first or not last_day:
        return False
    begins, ends = date.fromisoformat(first), date.fromisoformat(last_day)
    year = begins.year + LONGEST_TERM
    last = monthrange(year, begins.month)[1]
    return begins <= ends < begins.replace(year=year, day=min(begins.day, last))


@guard(
    "term_is_over",
    ja="任期はまだ終わっていません。途中でやめるときは「辞任届を受け付ける」を使ってください。",
    en="The term is not over. For who leaves before that, use “Record a resignation”.",
)
def term_is_over(situation: Situation) -> bool:
    ends: str = situation.facts.get("term_ends_on") or ""
    return bool(ends) and date.fromisoformat(ends) <= today(situation.now)


# --- a grant -----------------------------------------------------------------------------------------------


@in_transaction("set_applicant", reads=("applicant",), sets=("applicant",))
def set_applicant(situation: Situation) -> dict[str, Any]:
    """The organisation that applies (its code). It is not the case's receiver: nothing opens to it."""
    return {"applicant": situation.answer("applicant")}


@guard(
    "applicant_is_recorded",
    ja="申請した団体が記録されていません。決定は、申請した団体だけに知らせます。",
    en="It is not recorded which organisation applied. The decision goes to the applicant alone.",
    decides_sharing=True,
    cite="行政手続法・助成の要綱（申請者への決定の通知）",
)
def applicant_is_recorded(situation: Situation) -> bool:
    return bool(situation.facts.get("applicant"))


@in_transaction("address_applicant", sets=("receiver",), discloses=True)
def address_applicant(situation: Situation) -> dict[str, Any]:
    """Whoever applied is written to, and nobody else."""
    return {"receiver": situation.facts.get("applicant", "")}


@guard(
    "appeal_fits_controller",
    ja="社協の助成は処分ではないので、教示はつけません。教示を「いいえ」にしてください。",
    en="A grant of the council is no disposition, so that there is no notice of appeal. Answer “no”.",
    reads=("appealable",),
)
def appeal_fits_controller(situation: Situation) -> bool:
    """教示 stands only on a 処分 (行政不服審査法82条), and only an authority makes one."""
    return not (situation.answer("appealable") is True and situation.case.get("controller") == "csw")


@in_transaction("set_report_day", reads=("report_by",), sets=("report_by",))
def set_report_day(situation: Situation) -> dict[str, Any]:
    """The day by which the report on what was done with a grant must be in."""
    return {"report_by": situation.answer("report_by")}
