"""Rows that follow from the steps of a meeting, within the same transaction.

A correction changes nothing that was shared: only the plan's own words follow it.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from uuid import UUID

from backend.cases.models import Case
from backend.cases.projecting import Written, projects
from backend.people.models import Member
from backend.sharing.councils import papers
from backend.sharing.councils.models import AgendaItem, Copy, Paper, Session, SessionMember

CHAIR = "chair"
_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Projection = Callable[[Session, Written], None]


def _follows(form: str) -> Callable[[Projection], Projection]:
    """Register what follows from a form of a meeting that has begun; a correction leaves rows alone."""

    def register(function: Projection) -> Projection:
        @projects(form)
        def projected(written: Written) -> None:
            if written.move.corrects is None:
                function(Session.objects.get(case=written.case.id), written)

        return function

    return register


@projects("council_plan")
def planned(written: Written) -> None:
    """The meeting and the first list of its members; a correction changes when and where, not who."""
    given = written.answers["answers"] if written.move.corrects is not None else written.answers
    told = {
        "title": given["title"],
        "held_on": date.fromisoformat(given["held_on"]),
        "starts": given["starts"],
        "venue": given["venue"],
        "chair_id": UUID(given["chair"]),
    }
    if written.move.corrects is not None:
        Session.objects.filter(case=written.case.id).update(**told)
        return
    session = Session.objects.create(case_id=written.case.id, basis=given["basis"], **told)
    _list(session, given["chair"], CHAIR, written)
    for row in given["members"]:
        if row["member"] != given["chair"]:
            _list(session, row["member"], row["part"], written)


def _list(session: Session, member: str, part: str, written: Written) -> None:
    found = Member.objects.get(id=member)
    SessionMember.objects.get_or_create(
        session=session,
        member=found,
        defaults={"organisation_id": found.organisation_id, "part": part, "listed_at": written.now},
    )


@_follows("council_member")
def member_listed(session: Session, written: Written) -> None:
    """One more on the list."""
    _list(session, written.answers["member"], written.answers["part"], written)


@_follows("council_member_out")
def member_unlisted(session: Session, written: Written) -> None:
    """One off the list; nothing was shared with them yet."""
    session.members.filter(member_id=UUID(written.answers["member"])).delete()


@_follows("council_agenda")
def case_put_on_the_agenda(session: Session, written: Written) -> None:
    """The case last put on the agenda, under the next symbol."""
    case = Case.objects.get(id=written.facts["agenda"][-1])
    AgendaItem.objects.create(
        session=session,
        symbol=_SYMBOLS[session.agenda.count()],
        case=case,
        person=case.person,
        controller=case.controller,
        brought_by_id=UUID(written.member.id),
    )


@_follows("council_secrecy")
def secrecy_signed(session: Session, written: Written) -> None:
    """Whoever acted has signed; what is open is shared with them from now on."""
    _signed(session, written.member.id, written, on_paper=False)


@_follows("council_secrecy_paper")
def secrecy_signed_on_paper(session: Session, written: Written) -> None:
    """A member signed on paper."""
    _signed(session, written.answers["member"], written, on_paper=True)


def _signed(session: Session, member: str, written: Written, *, on_paper: bool) -> None:
    unsigned = session.members.filter(member_id=UUID(member), acknowledged_at=None)
    unsigned.update(acknowledged_at=written.now, on_paper=on_paper)
    if session.state == Session.State.OPEN:
        papers.share(session, written.now)


@_follows("council_paper")
def paper_made(session: Session, written: Written) -> None:
    """The paper as the case stands now, frozen; shared at once while the meeting is open."""
    symbol = unicodedata.normalize("NFKC", written.answers["symbol"]).strip().upper()
    item = session.agenda.select_related("case__person").get(symbol=symbol)
    paper = Paper(
        item=item, title=written.answers["title"], made_at=written.now, made_by_id=UUID(written.member.id)
    )
    papers.freeze(paper, papers.gathered(item.case, set(written.answers["paper_items"])))
    if session.state == Session.State.OPEN:
        papers.share(session, written.now)


@_follows("council_opening")
def opened(session: Session, written: Written) -> None:
    """The meeting is open: its papers are shared with those who signed."""
    session.state, session.opened_at = Session.State.OPEN, written.now
    session.save(update_fields=["state", "opened_at"])
    papers.share(session, written.now)


@_follows("council_closing")
def closed(session: Session, written: Written) -> None:
    """The meeting is closed: nothing can be read any more."""
    session.state, session.closed_at = Session.State.CLOSED, written.now
    session.items_shared = sorted(written.answers["items_shared"])
    session.save(update_fields=["state", "closed_at", "items_shared"])


@_follows("council_collection")
def collected(session: Session, written: Written) -> None:
    """Every printed copy is back but those said to be missing, with what became of them."""
    missing = {row["number"]: row["what"] for row in written.answers.get("missing", ())}
    out = Copy.objects.filter(paper__item__session=session, printed_at__isnull=False, collected_at=None)
    out.exclude(number__in=missing).update(collected_at=written.now, missing="")
    for number, what in missing.items():
        out.filter(number=number).update(missing=what)


@_follows("council_cancel")
def cancelled(session: Session, written: Written) -> None:
    """The meeting does not take place."""
    session.state = Session.State.CANCELLED
    session.save(update_fields=["state"])
