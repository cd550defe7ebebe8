"""The one door: every change of a case goes through `start` or `perform`, and each is one transaction.

0 claim the key      a repeated key returns the first result
1 lock the case      key first, then the case: the lock order everywhere
2 decide             anything but a clean Allow is a refusal that says what would make it possible
3 possible?          what the action consults, the state machine and the guards
4 answers right?     the form, in the version the case began with
5 write              state, step (hash-chained), contents, timers, effects, decision: one statement;
                     then what projections make of the step
6 commit
7 wake               workers are told; if that fails their sweep finds the effects all the same
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.access import CaseFacts, Decision, MemberFacts, recorded
from backend.answers.problems import Problem
from backend.cases import chain, pinned, statements
from backend.cases.chain import Content
from backend.cases.errors import (
    AnswersWrong,
    Conflict,
    DoorError,
    KeyMissing,
    KeyReused,
    NotFound,
    NotPossible,
    Refused,
)
from backend.cases.generic import GENERIC, WHEN_HELD, Doing, generic_move
from backend.cases.kill import kill_point
from backend.cases.models import Case
from backend.cases.moves import Move, move
from backend.cases.pinned import Pinned
from backend.cases.planning import columns, timer_entry
from backend.cases.projecting import Written, project
from backend.cases.reading import case_facts
from backend.cases.wake import effects_ready
from backend.definitions.canonical import NotCanonical, canonical, encoded
from backend.people.rows import MEMBER_COLUMN_COUNT, member_facts_from_row
from backend.workflow import deadlines


@dataclass(frozen=True)
class Done:
    """What the door wrote, or had written before for the same key (`repeated`)."""

    case: UUID
    seq: int
    action: str
    source: str
    target: str
    rules: tuple[str, ...]
    number: str = ""
    effects: tuple[int, ...] = ()
    repeated: bool = False

    @property
    def revision(self) -> int:
        return self.seq


# psycopg gives these columns as text on Django's connection.
_READ: dict[str, Callable[[Any], Any]] = {"facts": json.loads, "watchers": json.loads}


@dataclass(frozen=True)
class _Request:
    case: UUID
    action: str
    actor: UUID
    answers: Mapping[str, Any]
    revision: int | None
    key: str
    now: datetime

    def digest(self) -> bytes:
        """What a repeated key is compared by."""
        same = {"action": self.action, "answers": dict(self.answers), "revision": self.revision}
        return _digest({**same, "case": str(self.case)})

    @cached_property
    def today(self) -> int:
        """The date in Japan as policies compare it."""
        return today(self.now)


def _digest(same: Mapping[str, Any]) -> bytes:
    """The hash of a request. Raises `AnswersWrong` for what cannot be written down (NUL, half characters)."""
    try:
        return hashlib.sha256(canonical(dict(same))).digest()
    except NotCanonical:
        ja = "使えない文字か値が入っています。消して、もう一度ためしてください。"
        en = "There is a character or value that cannot be kept. Take it out and try again."
        raise AnswersWrong([Problem((), "not_kept", ja, en)]) from None


def today(moment: datetime) -> int:
    """The date in Japan as policies compare it: YYYYMMDD."""
    return access.day(timezone.localdate(moment))


def perform(
    case_id: UUID,
    action: str,
    *,
    actor: UUID,
    answers: Mapping[str, Any] | None = None,
    revision: int | None = None,
    key: str,
    at: datetime | None = None,
) -> Done:
    """Do `action` on a case as the member `actor`.

    `revision` is the one the actor saw; with it a change in between is a conflict. `key` makes a repetition
    harmless. Raises the errors of `backend.cases.errors`; then nothing was written.
    """
    request = _Request(case_id, action, actor, answers or {}, revision, _usable(key), at or timezone.now())
    kill_point("P1")
    with _refusals_kept():
        try:
            with transaction.atomic():
                loaded = _load(request)
                if loaded is None:
                    return _repeated(request, request.digest())
                key_id, member, case = loaded
                return _perform(request, key_id, member, case)
        except psycopg.errors.LockNotAvailable:
            raise Conflict from None


def _perform(request: _Request, key_id: int, member: MemberFacts, case: Case) -> Done:
    pin = pinned.pinned(case.definition)
    cls, qualified = _class_of(pin, case, request.action)
    facts = case_facts(case, request.now)
    decision = access.decide(member, qualified, facts, today=request.today) if cls else None
    if decision is None or not decision.allowed:
        _refuse(request, member, facts, decision, qualified)
    if request.revision is not None and request.revision != case.revision:
        raise Conflict(case.revision)
    made = _with_references(_make(pin, case, member, request), request.now)
    assert decision is not None  # noqa: S101 - _refuse raised otherwise
    inputs = _kept(member, facts, request.today)
    seq, values = _values(pin, case, made, decision, request, inputs)
    kill_point("P3")
    moved, effects = statements.first(statements.WRITE_STEP, {**values, "key_id": key_id})
    if moved != 1:
        raise Conflict(case.revision)
    project(Written(case, seq, made, member, request.answers, request.now))
    kill_point("P4")
    _wake(effects)
    return Done(
        case.id,
        seq,
        made.action,
        made.source,
        made.target,
        tuple(values["rule_ids"]),
        case.number,
        tuple(effects),
    )


def _class_of(pin: Pinned, case: Case, name: str) -> tuple[str, str]:
    """The action class and the name policies know; an action the workflow has here wins over a generic
    one.
    """
    here = case.state.partition(".")[2]
    found = pin.workflow.actions.get(name)
    if found is not None and (here in found.from_ or name not in GENERIC):
        return found.cls, pin.workflow.qualified(name)
    if name in GENERIC:
        return GENERIC[name].cls, GENERIC[name].cls
    return "", ""


def _refuse(
    request: _Request, member: MemberFacts, facts: CaseFacts, decision: Decision | None, action: str
) -> None:
    """Raise what the member may know of the refusal; that it was refused is kept in any case."""
    error: DoorError = NotFound()
    if access.decide(member, "view", facts, today=request.today).allowed:
        unknown = _("There is no such action in this workflow.")
        error = NotPossible(unknown) if decision is None else Refused(decision)
    if decision is not None:
        inputs = _kept(member, facts, request.today)
        error.afterwards = partial(_keep_refusal, request, action, inputs, decision)
    raise error


def _kept(member: MemberFacts, facts: CaseFacts, day: int) -> str:
    return encoded(recorded.kept(member, facts, day)).decode()


def _keep_refusal(request: _Request, action: str, inputs: str, decision: Decision) -> None:
    values = {"case": request.case, "actor": request.actor, "now": request.now, "action": action}
    rules = json.dumps(list(decision.rules))
    values |= {"inputs": inputs, "rules": rules, "policies": decision.policies}
    connection.ensure_connection()
    statements.first(statements.WRITE_REFUSAL, values)


@contextmanager
def _refusals_kept() -> Iterator[None]:
    """Keep what was refused, once the transaction that found it so is undone."""
    try:
        yield
    except DoorError as error:
        if error.afterwards is not None:
            error.afterwards()
        raise


def _make(pin: Pinned, case: Case, member: MemberFacts, request: _Request) -> Move:
    name = request.action
    if case.held_at is not None and name not in WHEN_HELD:
        raise NotPossible(_("The case is on hold. Resume it first."))
    here = case.state.partition(".")[2]
    found = pin.workflow.actions.get(name)
    if found is not None and here in found.from_:
        made = move(pin, found, case, member, request.answers, request.now)
        pin.machine.apply(case, name)
        if case.state != made.target:
            raise NotPossible(_("This cannot be done now."))
        return made
    if name in GENERIC:
        return generic_move(GENERIC[name], Doing(pin, case, member, request.answers, request.now))
    raise NotPossible(_("This cannot be done in the state the case is in."))


def start(
    workflow: str,
    *,
    actor: UUID,
    answers: Mapping[str, Any] | None = None,
    key: str,
    person: UUID | None = None,
    area: str | None = None,
    controller: str | None = None,
    at: datetime | None = None,
) -> Done:
    """Begin a case of the newest published version of `workflow`. Raises as `perform`.

    `controller` is given for a case that follows from another; else the actor says whose it becomes.
    """
    given = answers or {}
    request = _Request(uuid4(), workflow, actor, given, None, _usable(key), at or timezone.now())
    same = {"start": workflow, "answers": dict(given), "person": str(person or ""), "area": area or ""}
    digest = _digest(same)
    with _refusals_kept(), transaction.atomic():
        loaded = _load_start(request, digest, person, area or _text(given, "area"))
        if loaded is None:
            return _repeated(request, digest)
        pin, member, case = loaded
        case.controller = controller or case.controller
        action = pin.workflow.start.as_action()
        name = pin.workflow.qualified(action.name)
        facts = case_facts(case, request.now)
        decision = access.decide(member, name, facts, today=request.today)
        inputs = _kept(member, facts, request.today)
        if not decision.allowed:
            refused = Refused(decision)
            refused.afterwards = partial(_keep_refusal, request, name, inputs, decision)
            raise refused
        made = replace(move(pin, action, case, member, given, request.now), source="")
        made = _with_references(made, request.now)
        seq, values = _values(pin, case, made, decision, request, inputs)
        year = deadlines.fiscal_year(timezone.localdate(request.now))
        values |= {
            "workflow": workflow,
            "definition": pin.hash,
            "reporter": actor,
            "fiscal_year": year,
            "prefix": _prefix(case.controller, year),
        }
        number, effects = statements.first(statements.WRITE_START, values)
        project(Written(case, seq, made, member, given, request.now))
        kill_point("P4")
        _wake(effects)
    rules = tuple(values["rule_ids"])
    return Done(case.id, seq, made.action, "", made.target, rules, number, tuple(effects))


def _prefix(controller: str, fiscal_year: int) -> str:
    era = fiscal_year - 2018
    return f"R{era}-" if controller == "city" else f"{controller.upper()[:8]}-R{era}-"


def _usable(key: str) -> str:
    if 8 <= len(key) <= 120 and key.isascii() and key.isprintable() and " " not in key:
        return key
    raise KeyMissing


def _text(answers: Mapping[str, Any], name: str) -> str | None:
    value = answers.get(name)
    return value if isinstance(value, str) else None


def _load(request: _Request) -> tuple[int, MemberFacts, Case] | None:
    """Claim, lock, read. None when the key is taken. Raises `NotFound`."""
    row = statements.first(
        statements.load_case(),
        {
            "actor": request.actor,
            "key": request.key,
            "digest": request.digest(),
            "case": request.case,
            "now": request.now,
        },
    )
    if row[0] is None:
        return None
    member, rest = row[1 : 1 + MEMBER_COLUMN_COUNT], row[1 + MEMBER_COLUMN_COUNT :]
    if member[0] is None or rest[0] is None:
        raise NotFound
    kill_point("P2")
    return row[0], member_facts_from_row(member), _case_from_row(rest)


def _case_from_row(row: Sequence[Any]) -> Case:
    """The case as an instance of the machine of its version."""
    columns = statements.case_columns()
    named = zip(columns, row, strict=True)
    values = [_READ[name](value) if name in _READ else value for name, value in named]
    model = cast(type[Case], pinned.pinned(values[columns.index("definition")]).machine.model)
    return model.from_db("default", columns, values)


def _load_start(
    request: _Request, digest: bytes, person: UUID | None, area: str | None
) -> tuple[Pinned, MemberFacts, Case] | None:
    values = {"actor": request.actor, "key": request.key, "digest": digest, "case": request.case}
    row = statements.first(
        statements.load_start(),
        {**values, "now": request.now, "area": area or "", "person": person, "workflow": request.action},
    )
    if row[0] is None:
        return None
    who, rest = row[1 : 1 + MEMBER_COLUMN_COUNT], row[1 + MEMBER_COLUMN_COUNT :]
    if who[0] is None or (person is not None and rest[2] is None):
        raise NotFound
    member = member_facts_from_row(who)
    newest, found, person_id, person_area, household, protected = rest
    if newest is None:
        raise NotFound
    pin = pinned.pinned(newest)
    state = pin.workflow.states[pin.workflow.start.state]
    case = Case(
        id=request.case,
        workflow=pin.workflow.name,
        definition=pin.hash,
        state=pin.machine.start(),
        kind=state.kind,
        owner_role=state.owner,
        controller=controller_for(member),
        revision=0,
        head=chain.genesis(settings.INSTALLATION, request.case),
        area_id=found or person_area or member.area or settings.ROOT_AREA,
        person_id=person_id,
        household_id=household,
        protected=bool(protected),
        reporter_id=request.actor,
        facts={},
        watchers=[],
        opened_at=request.now,
        entered_at=request.now,
    )
    return pin, member, case


def controller_for(member: MemberFacts) -> str:
    """Whose case it becomes: the staff's own controller's; what others report goes to the intake."""
    return member.controller if member.role in settings.STAFF_ROLES else str(settings.INTAKE_CONTROLLER)


def _with_references(made: Move, now: datetime) -> Move:
    """The move, once what its answers refer to was found in force; a person brings their protection along.

    Raises `NotPossible`.
    """
    wanted = made.refers_to()
    if not wanted:
        return made
    try:
        row = statements.first(statements.REFERENCES, {**dict.fromkeys(statements.REFERRED), **wanted})
    except psycopg.errors.DataError:
        raise NotPossible(_("The member, organisation or person chosen does not exist.")) from None
    found = dict(zip(statements.REFERRED, row, strict=False))
    until, household, protected = row[len(statements.REFERRED) :]
    if any(found[name] is None for name in wanted):
        raise NotPossible(_("The member, organisation or person chosen does not exist."))
    if until is not None and until < timezone.localdate(now):
        raise NotPossible(_("The term of the member chosen is over. Choose somebody else."))
    if "person_id" not in wanted:
        return made
    return replace(made, changes={**made.changes, "protected": protected, "household_id": household})


def _values(
    pin: Pinned, case: Case, made: Move, decision: Decision, request: _Request, inputs: str
) -> tuple[int, dict[str, Any]]:
    """Everything the writing statement needs, the chained body included."""
    seq = case.revision + 1
    rules = [reason.id for reason in decision.reasons]
    salt = secrets.token_bytes(32)
    contents = (*made.contents, *_subject(case, made, first=seq == 1))
    body = chain.Body(
        chain=case.id,
        seq=seq,
        at=request.now,
        actor=request.actor,
        action=made.action,
        source=made.source,
        target=made.target,
        rules=rules,
        versions={"workflow": pin.hash, "form": made.form_hash, "policies": decision.policies},
        effects=[effect.entry() for effect in made.effects],
        timers=[timer_entry(timer) for timer in made.timers],
        contents=contents,
        corrects=made.corrects,
        erases=made.erases,
        inputs=chain.commitment(salt, chain.DECISION, inputs.encode()),
    ).pack()
    prev = bytes(case.head)
    head = chain.step_hash(prev, body)
    after = {name: made.changes.get(name, getattr(case, name)) for name in statements.MOVABLE}
    after |= {"state": made.target, "revision": seq, "head": head}
    after["facts"], after["watchers"] = json.dumps(after["facts"]), json.dumps(after["watchers"])
    return seq, {
        **after,
        **columns(made.timers, made.effects),
        "id": case.id,
        "seq": seq,
        "action": made.action,
        "source": made.source,
        "target": made.target,
        "actor": request.actor,
        "now": request.now,
        "form": made.form,
        "form_hash": made.form_hash,
        "corrects": made.corrects,
        "rules": json.dumps(rules),
        "rule_ids": rules,
        "inputs": inputs,
        "salt": salt,
        "policies": decision.policies,
        "body": body,
        "prev": prev,
        "hash": head,
        "replan": made.replan,
        "kinds": [content.kind for content in contents],
        "categories": [content.category for content in contents],
        "contents": [content.content for content in contents],
        "salts": [content.salt for content in contents],
    }


def _subject(case: Case, made: Move, *, first: bool) -> list[Content]:
    """What a step commits to when it says whose record the case is."""
    before = None if first else case.person_id
    person = made.changes.get("person_id", case.person_id)
    if str(person or "") == str(before or ""):
        return []
    return [Content(chain.SUBJECT, "identity", canonical({"person": str(person or "")}))]


def _repeated(request: _Request, digest: bytes) -> Done:
    """The result recorded under a key that was used before. Raises `KeyReused`, `NotFound`."""
    row = statements.first(statements.REPEATED, {"actor": request.actor, "key": request.key})
    if row is None:
        raise Conflict
    recorded, case_id, seq, action, source, target, rules = row
    if not secrets.compare_digest(bytes(recorded), digest):
        raise KeyReused
    ids = tuple(json.loads(rules) if isinstance(rules, str) else rules)
    return Done(case_id, seq, action, source, target, ids, repeated=True)


def _wake(effects: list[int]) -> None:
    if effects:
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=effects))
