"""One case as one member sees it: nothing at all, or the categories the policies open to them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from backend import access
from backend.access import CaseFacts
from backend.cases import pinned, visible
from backend.cases.errors import NotFound
from backend.cases.models import Case
from backend.cases.pinned import Pinned
from backend.cases.reading import case_facts
from backend.pages import wording
from backend.pages.acting import Acting
from backend.runs.models import Moved
from backend.workflow.model import State

IMMINENT = "imminent"
FIELD_ROLES = frozenset(
    {
        "welfare_commissioner",
        "chief_child_commissioner",
        "welfare_volunteer",
        "neighborhood_head",
        "business_partner",
    }
)
CONTACT, PROTECTED_ADDRESS = "contact", "protected_address"


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in three ways at once: kind (colour), icon (shape) and words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A data category that is there and not shown: its title, and what would open it."""

    category: str
    title: str
    help: str


@dataclass(frozen=True)
class Seen:
    """A case this member may see, with what they see of it.

    `moved_by` is the row that says why its present deadline moved; None where it did not.
    """

    case: Case
    facts: CaseFacts
    acting: Acting
    moved_by: int | None = None

    @cached_property
    def categories(self) -> frozenset[str]:
        """The data categories this member sees of the case.

        Where the person is under protection, an address or telephone somebody wrote down is as secret as the
        protected one.
        """
        found = access.categories(self.acting.facts, self.facts, self.acting.day)
        if self.case.protected and PROTECTED_ADDRESS not in found:
            return found - {CONTACT}
        return found

    @cached_property
    def pin(self) -> Pinned:
        """The definitions the case began under."""
        return pinned.pinned(self.case.definition)

    @property
    def here(self) -> str:
        """The name of the state within the workflow."""
        return str(self.case.state).partition(".")[2]

    @property
    def state(self) -> State:
        return self.pin.workflow.states[self.here]

    @property
    def title(self) -> str:
        """The kind of matter, such as 'Referral'."""
        return self.pin.workflow.title.in_language(self.acting.lang)

    @cached_property
    def follows(self) -> bool:
        """Whether the course of the case is this member's business.

        A field member who reported, and neither helps nor watches, hears the citizen's words for where it
        stands and sees their own steps: that somebody consented or refused is not theirs to know.
        """
        mine = (str(self.case.assignee_id or ""), *self.case.watchers)
        return (
            self.acting.facts.role not in FIELD_ROLES
            or self.acting.facts.id in mine
            or "consultation" in self.categories
        )

    @property
    def chip(self) -> Chip:
        words = self.state.title if self.follows else self.state.citizen
        return Chip(self.turn, words.in_language(self.acting.lang))

    @property
    def turn(self) -> str:
        """The kind of the state as the reader sees it: what the office waits for is the receiver's turn."""
        kind = self.state.kind
        if self.case.receiver_id is None or self.case.receiver_id != self.acting.member.organisation_id:
            return kind
        return {"theirs": "ours", "ours": "theirs"}.get(kind, kind)

    @cached_property
    def due(self) -> wording.Due:
        """The deadline; a closed case has none, and it is not told to who merely reported."""
        if not self.case.is_open or not self.follows:
            return wording.Due("none", "")
        return wording.due(self.case.due_at, self.case.held_at is not None, self.acting.now, self.acting.lang)

    @property
    def entered(self) -> str:
        return wording.moment(self.case.entered_at, self.acting.lang)

    @property
    def waited(self) -> str:
        return wording.waited(self.case.entered_at, self.acting.now)

    @property
    def person(self) -> str:
        """Whom it is about, as far as this member may know."""
        if self.case.person is None:
            return _("Not yet identified (%(area)s)") % {"area": self.case.area.name}
        if "identity" not in self.categories:
            return _("Name withheld")
        return self.case.person.name

    @cached_property
    def opens_person(self) -> bool:
        """Whether the name leads to the person's record: who sees the case need not be let into that."""
        person = self.case.person
        if person is None or "identity" not in self.categories:
            return False
        return access.decide(self.acting.facts, "view", person.facts(), today=self.acting.day).allowed

    @property
    def emergency(self) -> bool:
        """Whether somebody's life is in danger as far as the case knows."""
        return self.case.is_open and self.case.facts.get(IMMINENT) is True

    def may(self, action: str) -> access.Decision:
        """Whether this member may do an action (a class or a qualified name) on the case."""
        return access.decide(self.acting.facts, action, self.facts, today=self.acting.day)

    def withheld(self, category: str) -> Withheld:
        """A category this member does not see, with the way to it."""
        known = access.current().categories.get(category)
        if category == CONTACT and self.case.protected:
            category = PROTECTED_ADDRESS
        lang = self.acting.lang
        decision = access.decide(
            self.acting.facts, "see", self.facts, today=self.acting.day, context={"category": category}
        )
        return Withheld(
            category, known.title[lang] if known else category, access.explain(decision, lang).help
        )


def see(case: Case, acting: Acting) -> Seen | None:
    """A case of a list as the member sees it, decided again for this one; None when they may not."""
    facts = case_facts(case, acting.now)
    if not access.decide(acting.facts, "list", facts, today=acting.day).allowed:
        return None
    return Seen(case, facts, acting)


def find(case_id: UUID, acting: Acting) -> Seen:
    """The case of that id. The same 404 for one that is not there and one the member may not see."""
    moved = Moved.objects.filter(case=OuterRef("pk"), after=OuterRef("due_at")).order_by("-at").values("pk")
    rows: QuerySet[Any] = Case.objects.select_related("person", "area", "assignee__organisation", "receiver")
    rows = rows.annotate(moved_by=Subquery(moved[:1]))
    try:
        case = visible.get_visible(rows, case_id, acting.facts, acting.now)
    except NotFound:
        raise Http404 from None
    return Seen(case, case_facts(case, acting.now), acting, case.moved_by)
