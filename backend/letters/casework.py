"""What a letter of a step is made from, gathered from the case, its answers and the people concerned."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from backend.answers.display import display, value_text
from backend.answers.form import Form
from backend.cases import pinned, reading
from backend.cases.models import Case, Effect, Step
from backend.letters import adding, house
from backend.letters.context import Item, LetterContext, Office, Officer, Reference, Resident
from backend.letters.house import HouseError
from backend.letters.models import IssuedLetter, LetterState
from backend.people.models import Member, Organisation

# What the reporter is told, by the state the step reached: fixed phrases, nothing else.
_PHRASES = {"done": "finished", "stopped": "finished", "new": "received"}
_ALWAYS_SHARED = frozenset({"public"})


Amendment = Callable[[Effect, LetterContext], LetterContext]
_AMENDMENTS: dict[str, Amendment] = {}


def amends(letter: str) -> Callable[[Amendment], Amendment]:
    """Register a function (of a package above) that gives one letter what only that package knows."""

    def register(amendment: Amendment) -> Amendment:
        _AMENDMENTS[letter] = amendment
        return amendment

    return register


def letter_context(effect: Effect) -> LetterContext:
    """The context of the letter `effect` asks for: answers as of its step, names and addresses of today."""
    context = _context(effect)
    amendment = _AMENDMENTS.get(effect.target)
    return amendment(effect, context) if amendment else context


def of_the_case_alone(letter: str) -> bool:
    """Whether a letter is made from its case and nothing that another part of the office adds."""
    return letter not in _AMENDMENTS and not adding.adds_to(letter)


def context_as_seen(effect: Effect, form: str, sees: frozenset[str]) -> LetterContext:
    """The context of a letter nobody asked for yet, from the data categories somebody sees and no others.

    `form` is the one whose answers it prints.
    """
    return _context(effect, form, sees)


def _context(effect: Effect, form: str | None = None, sees: frozenset[str] | None = None) -> LetterContext:
    case = (
        Case.objects.select_related("person", "receiver", "assignee__organisation")
        .filter(pk=effect.case_id)
        .get()
    )
    step = case.steps.select_related("actor__organisation").get(seq=effect.seq)
    told = {answered.form: answered for answered in reading.answers_of(case, until=effect.seq)}
    now = told if case.revision == effect.seq else {one.form: one for one in reading.answers_of(case)}
    report = now["detection_report"].merged(sees) if "detection_report" in now else {}
    answers, words, shared = _answers(told.get(step.form if form is None else form), sees)
    officer = case.assignee or step.actor
    receiver = _receiver(case, effect)
    return LetterContext(
        sender=_sender(case, step),
        officer=_officer(officer),
        dated_on=_day(effect.payload.get("dated_on")) or timezone.localdate(step.recorded_at),
        case_number=case.number,
        resident=_resident(case, report, sees),
        reporter=_reporter(report),
        receiver=_office(receiver) if receiver else None,
        receiver_officer=_named(answers.get("to_person")),
        debtor=_debtor(case, report, sees),
        state=step.to_state.partition(".")[2],
        phrase=_PHRASES.get(case.kind, "being_handled"),
        due_on=timezone.localdate(case.due_at) if case.due_at else None,
        reported_on=_day(report.get("reported_at")) or timezone.localdate(case.opened_at),
        about=_about(effect),
        shared=shared,
        told=adding.told(effect.target, case) if sees is None else (),
        answers=answers,
        words=words,
    )


def _about(effect: Effect) -> Reference | None:
    """The last letter of the case to the same addressee before this one: what a reminder reminds of."""
    to = str(effect.payload.get("to", ""))
    before = IssuedLetter.objects.filter(
        case_id=effect.case_id,
        addressee_kind={"person": "resident", "receiver": "receiver"}.get(to, "debtor"),
        seq__lte=effect.seq,
        state__in=(LetterState.ISSUED, LetterState.POSTED),
    )
    last = before.order_by("-seq", "-ordinal").first()
    return Reference(last.shown_number, last.dated_on) if last else None


def _receiver(case: Case, effect: Effect) -> Organisation | None:
    """The agency a letter is about: the one named with the effect, else the one the case is with."""
    named = effect.payload.get("receiver")
    return Organisation.objects.filter(code=named).first() if named else case.receiver


def addressee_id(case: Case, to: str, receiver: str = "") -> str:
    """The opaque id of who receives a letter, "" where the office knows no more than an answer.

    `receiver` is the agency named with the effect, which the case may have left in the same step.
    """
    if to == "receiver":
        return receiver or case.receiver_id or ""
    return str(case.person_id or "") if to == "person" else ""


def _answers(
    found: reading.Answered | None, sees: frozenset[str] | None
) -> tuple[dict[str, Any], dict[str, list[str]], Sequence[Item]]:
    """The answers of the step, the same in words, and the items of them that were decided to be shared."""
    if found is None:
        return {}, {}, ()
    form, answers = pinned.form(found.form_hash), found.merged(sees)
    decided = _ALWAYS_SHARED | set(answers.get("shared_items", ()))
    categories = decided if sees is None else decided & sees
    shared = [
        Item(shown.name, shown.label, shown.value_text)
        for shown in display(form, answers, "ja", categories)
        if not shown.withheld
    ]
    return answers, _words(form, answers), shared


def _words(form: Form, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each answer in the words of its form, one for each entry of a list."""
    found = {}
    for name, value in answers.items():
        field = form.by_name.get(name)
        if field is not None and not field.columns:
            entries = [[one] for one in value] if isinstance(value, list) else [value]
            found[name] = [value_text(field, entry, "ja") for entry in entries]
    return found


def _sender(case: Case, step: Step) -> Office:
    """The organisation that issues the letter: of who is in charge or acted, else the controller's first.

    Only those the office's senders.yaml knows can issue one. Raises `HouseError` where there is none.
    """
    listed = list(house.current().senders)
    theirs = [member.organisation_id for member in (case.assignee, step.actor) if member is not None]
    offices = Organisation.objects.filter(controller=case.controller, code__in=listed)
    known = {office.code: office for office in offices}
    code = next((code for code in (*theirs, *listed) if code in known), None)
    if code is None:
        raise HouseError(f"Nobody of {case.controller} sends letters: add one to house/senders.yaml.")
    return _office(known[code])


def _office(organisation: Organisation) -> Office:
    return Office(
        code=organisation.code,
        name=organisation.name,
        zip=organisation.zip,
        address=organisation.address,
        phone=organisation.phone,
        email=organisation.email,
    )


def _officer(member: Member) -> Officer:
    return Officer(name=member.name, kana=member.kana, post=member.post, phone=member.phone)


def _named(name: object) -> Officer | None:
    return Officer(name=name) if isinstance(name, str) and name else None


def _resident(case: Case, report: Mapping[str, Any], sees: frozenset[str] | None) -> Resident | None:
    """The person of the case; while nobody was identified, whom the report described."""
    person = case.person
    if person is None:
        name = report.get("subject_name", "")
        return (
            Resident(
                name=name,
                kana=report.get("subject_kana", ""),
                zip=report.get("subject_zip", ""),
                address=report.get("subject_addr", ""),
                protected=case.protected,
            )
            if name
            else None
        )
    if sees is not None and "identity" not in sees:
        return None
    reached = not person.protected and (sees is None or "contact" in sees)
    return Resident(
        name=person.name,
        kana=person.kana,
        zip=person.zip if reached else "",
        address=person.address if reached else "",
        phone=person.phone if reached else "",
        birth_date=person.birth_date,
        protected=person.protected,
        large_type=person.large_type,
        ruby=person.ruby,
    )


def _reporter(report: Mapping[str, Any]) -> Resident | None:
    name = report.get("reporter_name", "")
    if not name:
        return None
    return Resident(
        name=name,
        zip=report.get("reporter_zip", ""),
        address=report.get("reporter_addr", ""),
        phone=report.get("reporter_phone", ""),
    )


def _debtor(case: Case, report: Mapping[str, Any], sees: frozenset[str] | None) -> Resident | None:
    """Who owes an answer: the agency while it is the agency's turn (then nobody here), else the person."""
    if case.receiver_id is not None and case.owner_role == "agency_staff":
        return None
    return _resident(case, report, sees)


def _day(moment: object) -> date | None:
    return date.fromisoformat(moment[:10]) if isinstance(moment, str) and len(moment) >= 10 else None
