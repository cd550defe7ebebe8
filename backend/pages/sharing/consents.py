"""同意: what a person agreed to, in the words of the form it was said in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from backend.answers.eras import shown_date
from backend.cases import pinned
from backend.cases.visible import Sight
from backend.pages import wording
from backend.pages.acting import Acting
from backend.pages.cases.offers import Offer, Offers
from backend.pages.seeing import Chip, Seen
from backend.people.models import Organisation, Person
from backend.sharing.consents import seeing
from backend.sharing.consents.models import Consent
from backend.sharing.consents.seeing import SeenConsent, State

# The form a row's codes take their words from; a withdrawal was said in another one.
CONSENT_FORM = "consent"
CONSENT = "consent"  # the class of actions that handle consent
_KINDS: dict[State, str] = {"given": "done", "partial": "done", "pending": "theirs", "not_begun": "theirs"}


@dataclass(frozen=True)
class Line:
    """One thing about a consent: its name and its words."""

    label: str
    words: str


@dataclass(frozen=True)
class Told:
    """One answer as a page shows it; `lines` is empty where the member only sees that there is one."""

    case: UUID
    number: str
    seq: int
    chip: Chip
    when: str
    holds: bool
    lines: tuple[Line, ...]


def of_person(person: Person, acting: Acting) -> list[Told]:
    """Every answer of a person the member may see, newest first."""
    return _told(seeing.of_person(person.id, Sight(acting.facts, acting.now), acting.today), acting)


def of_case(seen: Seen) -> list[Told]:
    """The answers given in one case."""
    return _told(seeing.of_case(seen.case, seen.categories, seen.acting.today), seen.acting)


def offers_of(seen: Seen, found: Offers) -> list[Offer]:
    """Those of the offered actions that ask for, record or take back a consent."""
    names = {action.name for action in seen.pin.workflow.leaving(seen.here) if action.cls == CONSENT}
    every = (found.next, *found.also, *found.anytime)
    return [offer for offer in every if offer is not None and offer.name in names]


def _told(found: Sequence[SeenConsent], acting: Acting) -> list[Told]:
    names = _organisations(one.row for one in found if one.open)
    return [_one(one, names, acting) for one in found]


def _organisations(rows: Iterable[Consent]) -> dict[str, str]:
    """The names of the organisations that consents name, in one query; none when they name none."""
    named = {code for row in rows for code in (*row.recipients, *row.excluded)}
    if not named:
        return {}
    form = pinned.form(pinned.newest("form", CONSENT_FORM))
    codes = named - {
        choice.code for name in ("recipients", "excluded_recipients") for choice in form.by_name[name].choices
    }
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _one(one: SeenConsent, names: dict[str, str], acting: Acting) -> Told:
    row = one.row
    return Told(
        case=row.case_id,
        number=row.case.number,
        seq=row.corrected_seq or row.seq,
        chip=Chip(_KINDS.get(one.state, "stopped"), _STATES[one.state]()),
        when=wording.moment(row.said_at, acting.lang),
        holds=one.state in ("given", "partial"),
        lines=tuple(_lines(one, names, acting.lang)) if one.open else (),
    )


def _lines(one: SeenConsent, names: dict[str, str], lang: str) -> Iterable[Line]:
    row, say = one.row, _Words(one.row, names, lang)
    everything = _("Everything") if row.said in ("refused", "withdrawn") else ""
    yield Line(_("For what"), say.codes("purposes", row.purposes) or everything)
    yield Line(_("To whom"), say.codes("recipients", row.recipients))
    yield Line(_("Not to"), say.codes("excluded_recipients", row.excluded) if one.shows_excluded else "")
    yield Line(_("What"), say.codes("categories", row.categories))
    yield Line(_("How far"), say.layer())
    yield Line(
        _("How"), say.codes("method", [row.method]) + (_(" (with a witness)") if row.witnessed else "")
    )
    yield Line(
        _("Answered by"), say.codes("by", [row.by]) + ("" if row.own else _(" (no proof of authority)"))
    )
    yield Line(_("Asked by"), wording.member(row.asked_by))
    yield Line(_("From"), shown_date(row.valid_from, lang))
    yield Line(_("Until"), shown_date(row.valid_until, lang) if row.valid_until else "")
    yield Line(_("Wording shown"), say.wording())
    yield Line(_("Ended"), say.ended())


class _Words:
    """Codes of one row in the words of the form they were chosen in."""

    def __init__(self, row: Consent, names: dict[str, str], lang: str) -> None:
        self.row, self.names, self.lang = row, names, lang
        self.said_in = pinned.form(row.wording)
        digest = row.wording if self.said_in.name == CONSENT_FORM else pinned.newest("form", CONSENT_FORM)
        self.form = pinned.form(digest)

    def codes(self, question: str, codes: Sequence[str]) -> str:
        return wording.listed(self._code(question, code) for code in codes)

    def _code(self, question: str, code: str) -> str:
        if code in self.names:
            return self.names[code]
        asked = (_OTHERWISE.get(question, question), question)
        fields = [form.by_name.get(name) for form in (self.said_in, self.form) for name in asked]
        found = next((field.choice(code) for field in fields if field and field.choice(code)), None)
        return found.label.of(self.lang) if found else code

    def layer(self) -> str:
        """The farthest layer; a form that did not ask reaches them all, which needs no saying."""
        asked = "layer" in self.form.by_name and 0 < len(self.row.layers) < len(_LAYERS)
        return self._code("layer", _LAYERS[len(self.row.layers) - 1]) if asked else ""

    def wording(self) -> str:
        title = self.said_in.title.of(self.lang)
        language = self._code("shown_in", self.row.language)
        return f"{title} ({language}, {self.row.wording[:8]})"

    def ended(self) -> str:
        if self.row.ended_at is None:
            return ""
        return f"{wording.moment(self.row.ended_at, self.lang)} {_ENDED[self.row.ended_how]()}"


_LAYERS = ("emergency_only", "up_to_commissioner", "up_to_volunteer", "life_support")
# What the form `withdraw` calls the same thing.
_OTHERWISE = {"purposes": "withdrawn_purposes", "method": "withdrawal_method", "by": "withdrawn_by"}
_STATES = {
    "given": lambda: _("Consent holds"),
    "partial": lambda: _("Consent in part holds"),
    "refused": lambda: _("Refused"),
    "pending": lambda: _("Wants to think"),
    "withdrawn": lambda: _("Withdrawal of consent"),
    "expired": lambda: _("Run out"),
    "ended": lambda: _("No longer holds"),
    "not_begun": lambda: _("Not begun yet"),
}
_ENDED = {
    "withdrawn": lambda: _("taken back"),
    "refused": lambda: _("refused later"),
    "replaced": lambda: _("a newer answer took its place"),
}
