"""A member's copy of a meeting paper as a PDF: numbered, named, marked to be collected."""

from django.utils import timezone

from backend import access
from backend.letters import house, issue, render
from backend.letters.frame import Issuing, compose
from backend.people.models import Organisation
from backend.sharing.councils import papers
from backend.sharing.councils.bases import BASES
from backend.sharing.councils.models import Copy

LETTER = "council_paper"


def pdf(copy: Copy) -> bytes:
    """The copy, printed. Raises `NotRenderable`, `MissingGlyph` as letters do."""
    letter, known = issue.pinned(LETTER), house.current()
    paper, holder = copy.paper, copy.holder
    session = paper.item.session
    sender = _sender(known, session.case.controller)
    frame = compose(
        letter,
        known,
        Issuing(number=session.case.number, dated_on=timezone.localdate(copy.shared_at), sender={}),
        organisation=sender,
        addressee={"organisation": holder.organisation.name, "name": holder.member.name},
    )
    lines = [
        {"label": label, "value": words}
        for _, part in papers.lines_of(paper, list(access.current().categories))
        for label, words in part
    ]
    inputs = {
        "meeting": session.title,
        "basis": BASES[session.basis].cite,
        "held_on": session.held_on.isoformat(),
        "paper": paper.title,
        "symbol": paper.item.symbol,
        "copy_number": f"第{copy.number}号",
        "reader": f"{holder.organisation.name}　{holder.member.name}",
        "lines": lines,
    }
    return render.render(letter, {"frame": frame, "inputs": inputs}).pdf


def _sender(known: house.House, controller: str) -> str:
    """Whose paper it is: the first of the controller's organisations that send letters, else of all."""
    listed = list(known.senders)
    own = set(
        Organisation.objects.filter(controller=controller, code__in=listed).values_list("code", flat=True)
    )
    return next((code for code in listed if code in own), listed[0])
