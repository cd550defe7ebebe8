"""Actions every case has, whatever its workflow: assign, note, attach, identify, follow, correct, erase,
extend, hold, resume, and opening it in an emergency.

None of them moves the state. A correction is a new step that points at the one it corrects, never an edit.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import access
from backend.access import MemberFacts
from backend.cases import reading
from backend.cases.chain import Content
from backend.cases.errors import AnswersWrong, NotPossible
from backend.cases.models import Blob, Case, Timer
from backend.cases.moves import Move, checked, contents_of, settled, situation
from backend.cases.pinned import Pinned
from backend.cases.planning import PlannedEffect
from backend.definitions.canonical import canonical
from backend.people.models import Person
from backend.workflow import deadlines, rules
from backend.workflow.deadlines import TimerKind, TimerSpec
from backend.workflow.model import Text, Workflow
from backend.workflow.registry import sets
from backend.workflow.vocabulary import GENERIC_ACTIONS

MOST_BYTES = 1_000_000
NOT_HELD = Text("保留中ではありません。", "The case is not on hold.")
NOT_MOVED = Text(
    "この方の区域は、ケースの区域と同じか、出せません。",
    "The area of the person is that of the case, or is not told.",
)
NO_DEADLINE = Text("延ばす期限がありません。", "There is no deadline to extend.")
# Both supervisors and privacy officers are told at once, and the review is a case of its own.
_AFTER_GLASS = (("glass", "opened"), ("start_case", "glass_review"))
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Doing:
    """Everything a generic action looks at."""

    pin: Pinned
    case: Case
    member: MemberFacts
    answers: Mapping[str, Any]
    now: datetime


def _nothing(_case: Case) -> Text | None:
    """No case lacks anything for it."""
    return None


@dataclass(frozen=True)
class Generic:
    """An action the engine itself gives to every open case.

    `lacks` says what stands in its way in the case as it is; the door refuses with it, and pages tell it.
    `gives`: it gives the case to somebody.
    """

    name: str
    title: Text
    form: str | None
    make: Callable[[Doing], Move]
    when_held: bool = True
    prove_again: bool = False
    gives: bool = False
    lacks: Callable[[Case], Text | None] = _nothing

    @property
    def cls(self) -> str:
        return GENERIC_ACTIONS[self.name]


def _stay(doing: Doing, name: str, **values: Any) -> Move:
    return Move(name, doing.case.state, doing.case.state, **values)


def _formed(doing: Doing, name: str, form_name: str, **values: Any) -> Move:
    form, digest = doing.pin.form(form_name)
    checked(form, doing.answers)
    contents = [*values.pop("contents", ()), *contents_of(form, doing.answers)]
    return _stay(doing, name, form=form_name, form_hash=digest, contents=tuple(contents), **values)


def _assign(doing: Doing) -> Move:
    made = _formed(doing, "assign", "assign")
    return replace(made, changes={"assignee_id": doing.answers["assigned_to"]})


def _pass_on(doing: Doing) -> Move:
    """The same question as assigning, in whatever state it is: another has it, and is told."""
    made = _formed(doing, "pass_on", "assign")
    told = (PlannedEffect("notice", "assignee", {"to": ""}),)
    return replace(made, changes={"assignee_id": doing.answers["assigned_to"]}, effects=told)


def _note(doing: Doing) -> Move:
    return _formed(doing, "note", "note")


def _attach(doing: Doing) -> Move:
    """A file as base64 in `content`; its type is what its first bytes say, not what its name says."""
    wanted = {"title", "content", "category"}
    if not {"title", "content"} <= set(doing.answers) <= wanted:
        raise NotPossible(_("An attachment needs a title and the file; nothing else."))
    try:
        data = base64.b64decode(str(doing.answers["content"]), validate=True)
    except (binascii.Error, ValueError):
        raise NotPossible(_("The file could not be read. Choose it again.")) from None
    media = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if media is None or len(data) > MOST_BYTES:
        raise NotPossible(_("Attach a PDF, PNG or JPEG file of at most 1 MB."))
    category = str(doing.answers.get("category", "consultation"))
    if category not in access.current().categories:
        raise NotPossible(_("Choose one of the data categories for the file."))
    about = canonical({"title": str(doing.answers["title"])[:120], "media_type": media})
    contents = (Content("attachment/about", category, about), Content("attachment", category, data))
    return _stay(doing, "attach", contents=contents)


def _identify(doing: Doing) -> Move:
    """`{person, body}`: whose case it is, where it began without that, and in a note how that is known."""
    given = dict(doing.answers)
    chosen = str(given.pop("person", ""))
    if doing.case.person_id is not None or not asks_who(doing.pin.workflow):
        raise NotPossible(_("It is known already whose case this is, or it is nobody's."))
    facts = {**doing.case.facts, "subject_known": True}
    known = Content("facts", "consultation", canonical(facts))
    made = _formed(replace(doing, answers=given), "identify", "note", contents=[known])
    person = _person(chosen)
    today = access.day(timezone.localdate(doing.now))
    own = person is not None and person.controller == doing.case.controller
    if (
        person is None
        or not own
        or not access.decide(doing.member, "view", person.facts(), today=today).allowed
    ):
        raise NotPossible(_("The member, organisation or person chosen does not exist."))
    changes = {
        "person_id": person.pk,
        "facts": facts,
        **({"area_id": person.area_id} if person.area_id else {}),
    }
    return replace(made, changes=changes)


def asks_who(workflow: Workflow) -> bool:
    """Whether cases of a workflow are about somebody who may be unknown when they begin."""
    return any("subject_is_identified" in action.guards for action in workflow.actions.values())


def _person(chosen: str) -> Person | None:
    try:
        return Person.objects.filter(pk=UUID(chosen), merged_into=None).first()
    except ValueError:
        return None


def moved_away(case: Case) -> bool:
    """Whether the person lives in another area by now than the one whose people see the case.

    Never of somebody under protection: the area of the case would tell where they went.
    """
    person = case.person
    if person is None or person.protected or case.protected:
        return False
    return bool(person.area_id) and person.area_id != case.area_id


def _not_moved(case: Case) -> Text | None:
    return None if moved_away(case) else NOT_MOVED


def _follow(doing: Doing) -> Move:
    """Who sees the case by its area are those of the new address from now on."""
    made = _formed(doing, "follow", "note")
    return replace(made, changes={"area_id": doing.case.person.area_id})  # type: ignore[union-attr]


def _correct(doing: Doing) -> Move:
    """`{step, answers}`: the whole form again, as it should have been, under the version it was asked in."""
    seq, answers = doing.answers.get("step"), doing.answers.get("answers")
    if not isinstance(seq, int) or not isinstance(answers, dict):
        raise NotPossible(_("Say which step to correct, and give its answers as they should be."))
    step = doing.case.steps.filter(seq=seq).exclude(form="").first()
    if step is None or step.corrects is not None:
        raise NotPossible(
            _("There is no such step with answers. Correct the original step, not a correction.")
        )
    form = reading.form_of(step)
    checked(form, answers)
    changes = _relearned(doing, step.action, seq, answers)
    contents = contents_of(form, answers)
    if "facts" in changes:
        contents.append(Content("facts", "consultation", canonical(changes["facts"])))
    return _stay(
        doing,
        "correct",
        form=step.form,
        form_hash=step.form_hash,
        contents=tuple(contents),
        corrects=seq,
        changes=changes,
    )


def _relearned(doing: Doing, action: str, seq: int, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the corrected action teaches, unless the same action was done again later."""
    name = action.partition(".")[2]
    again = doing.case.steps.filter(action=action, seq__gt=seq).exists()
    if again or not name or name not in {found.name for found in doing.pin.workflow.every_action()}:
        return {}
    looked_at = situation(doing.case, doing.member, answers, doing.now)
    return settled(doing.case, rules.learned(doing.pin.workflow.action(name), looked_at))


def _erase(doing: Doing) -> Move:
    """`{erasure, asked_by, contents}`: names contents of earlier steps, `[[step, ordinal], …]`, to be erased.

    What was asked for, and that somebody else approves it, is for whoever carries it out with the step
    (`backend.disposal.contents`); here is made sure that it is there.
    """
    given = doing.answers
    asked_by, wanted = given.get("asked_by"), given.get("contents")
    there = set(Blob.objects.filter(case=doing.case).values_list("seq", "ordinal"))
    if set(given) != {"erasure", "asked_by", "contents"} or not isinstance(wanted, list) or not wanted:
        raise NotPossible(_("Ask for the erasure first; somebody else approves it."))
    places = [tuple(place) if isinstance(place, list) else () for place in wanted]
    if not set(places) <= there:
        raise NotPossible(_("What is to be erased is not there any more."))
    contents = reading.committed(doing.case, places)
    return _stay(doing, "erase", erases={"asked_by": str(asked_by), "contents": contents})


def _no_deadline(case: Case) -> Text | None:
    return NO_DEADLINE if case.due_at is None else None


def _extend(doing: Doing) -> Move:
    """A later deadline with its reason; what hangs on it moves too. A legal limit does not move."""
    made = _formed(doing, "extend", "extend")
    case, state = doing.case, doing.pin.workflow.states[doing.case.state.partition(".")[2]]
    facts = {**case.facts, "urgency": case.urgency}
    due = deadlines.due(state, facts, entered=case.entered_at, opened=case.opened_at)
    until = deadlines.extended(date.fromisoformat(str(doing.answers["until"])))
    if due is None or case.due_at is None or until <= case.due_at:
        raise NotPossible(_("The new deadline must be later than the present one."))
    if due.legal is not None and until > due.legal:
        raise NotPossible(_("It has a legal limit that cannot be extended."))
    timers = deadlines.timers(state, replace(due, at=until), entered=doing.now)
    return replace(made, changes={"due_at": until}, timers=tuple(timers), replan=True)


def _legal_limit(doing: Doing) -> datetime | None:
    """The limit the law sets for the present state; it does not stop."""
    case, state = doing.case, doing.pin.workflow.states[doing.case.state.partition(".")[2]]
    facts = {**case.facts, "urgency": case.urgency}
    due = deadlines.due(state, facts, entered=case.entered_at, opened=case.opened_at)
    return due.legal if due else None


def _hold(doing: Doing) -> Move:
    return replace(_formed(doing, "hold", "hold"), changes={"held_at": doing.now})


def _not_held(case: Case) -> Text | None:
    return NOT_HELD if case.held_at is None else None


def _resume(doing: Doing) -> Move:
    """The clock goes on: what was ahead is put off by as long as the case was held."""
    put_off = partial(deadlines.after_hold, held=cast(datetime, doing.case.held_at), resumed=doing.now)
    timers = [
        TimerSpec(cast(TimerKind, timer.kind), timer.stage, put_off(timer.at), timer.to, timer.letter)
        for timer in Timer.objects.filter(case=doing.case, done_at=None).order_by("at", "id")
    ]
    due = doing.case.due_at and put_off(doing.case.due_at)
    legal = _legal_limit(doing)
    if due and legal:
        due = min(due, legal)
        timers = [replace(timer, at=due) if timer.kind == "due" else timer for timer in timers]
    changes = {"held_at": None, "due_at": due}
    return _stay(doing, "resume", changes=changes, timers=tuple(timers), replan=True)


def glass_minutes() -> int:
    """How long a case opened in an emergency stays open: the city's setting."""
    return int(access.current().settings["break_glass_minutes"])


def _break_glass(doing: Doing) -> Move:
    """Open the case to the member for some minutes; who must know is told, and a review begins."""
    made = _formed(doing, "break_glass", "break_glass")
    still = [window for window in doing.case.facts.get("glass") or () if reading.ends(window) > doing.now]
    until = doing.now + timedelta(minutes=glass_minutes())
    window = {"member": doing.member.id, "until": until.isoformat()}
    facts = {**doing.case.facts, "glass": [*still, window]}
    effects = tuple(PlannedEffect(kind, target, {"to": ""}) for kind, target in _AFTER_GLASS)
    return replace(made, changes={"facts": facts}, effects=effects)


GENERIC: Mapping[str, Generic] = {
    found.name: found
    for found in (
        Generic("assign", Text("担当を決める", "Assign"), "assign", _assign, gives=True),
        Generic("pass_on", Text("受け持ちを移す", "Pass on"), "assign", _pass_on, gives=True),
        Generic("note", Text("記録を書く", "Write a note"), "note", _note),
        Generic("attach", Text("書類を付ける", "Attach a file"), None, _attach),
        Generic("identify", Text("だれのことかを決める", "Say who it is"), None, _identify),
        Generic(
            "follow",
            Text("区域を転居先に合わせる", "Follow the person's move"),
            "note",
            _follow,
            lacks=_not_moved,
        ),
        Generic("correct", Text("訂正する", "Correct"), None, _correct),
        Generic("erase", Text("内容を消去する", "Erase contents"), None, _erase),
        Generic(
            "extend",
            Text("期限を延ばす", "Extend the deadline"),
            "extend",
            _extend,
            when_held=False,
            lacks=_no_deadline,
        ),
        Generic("hold", Text("保留にする", "Put on hold"), "hold", _hold, when_held=False),
        Generic("resume", Text("再開する（保留を解く）", "Resume"), None, _resume, lacks=_not_held),
        Generic(
            "break_glass",
            Text("緊急で開く", "Open in an emergency"),
            "break_glass",
            _break_glass,
            prove_again=True,
        ),
    )
}

# What has a page of its own: with a whole caseload (of one case the same is `assign`), by two people, or with
# a search for the person.
ELSEWHERE = frozenset({"pass_on", "erase", "identify"})
# What can still be done with a case that is closed.
WHEN_CLOSED = frozenset({"note", "attach", "correct", "erase", "break_glass"})
# While a case is held the clock stands still and only these move it on.
WHEN_HELD = frozenset(name for name, found in GENERIC.items() if found.when_held)


def proves_again(action: str, workflow: Workflow) -> bool:
    """Whether an action of a case of this workflow wants whoever does it to show again that it is they."""
    found = (workflow.actions.get(action), GENERIC.get(action))
    return any(one is not None and one.prove_again for one in found)


def gives(action: str, workflow: Workflow) -> bool:
    """Whether an action of a case of this workflow gives the case to somebody."""
    own, ours = workflow.actions.get(action), GENERIC.get(action)
    return (own is not None and "assignee" in sets(own.do)) or (ours is not None and ours.gives)


def generic_move(found: Generic, doing: Doing) -> Move:
    """What a generic action does. Raises `NotPossible` or `AnswersWrong`."""
    if not doing.case.is_open and found.name not in WHEN_CLOSED:
        raise NotPossible(_("The case is closed. Reopen it first."))
    lacking = found.lacks(doing.case)
    if lacking is not None:
        raise NotPossible(lacking.in_language(get_language() or "ja"))
    if found.form is None and found.name == "resume" and doing.answers:
        raise AnswersWrong([])
    return found.make(doing)
