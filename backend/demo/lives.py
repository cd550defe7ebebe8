"""The lives cases of the demo city may have: step after step, until the state they are in today."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from backend.demo import answers
from backend.demo.acts import JST, Act, Script, moment
from backend.demo.scenes import Casting, Scene
from backend.workflow import calendar

NOW = moment(date(2026, 11, 24), "10:00")  # the first moment the city can be told at
LAST = moment(date(2027, 3, 19), "10:00")  # and the last: then terms and trainings of its people run out
WORKFLOW = "referral"
NEAR = "D01-1"  # where the commissioner and the volunteer of the cast watch


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a life: the action, whose it is, what is written, the state after it ("" = unchanged).

    `wait` is how many hours pass before it, from and to.
    """

    action: str
    whose: str
    write: answers.Builder
    state: str
    wait: tuple[float, float]


STEPS = {
    "report": Step("report", "reporter", answers.detection_report, "detected", (0, 0)),
    "triage": Step("triage", "handler", answers.triage, "triaged", (0.5, 5)),
    "emergency": Step("respond_to_emergency", "handler", answers.triage, "emergency", (0.1, 0.2)),
    "ask": Step("request_consent", "handler", answers.consent_request, "consent_requested", (1, 20)),
    "visit": Step("announce_own_visit", "handler", answers.visit_appointment, "", (1, 8)),
    "given": Step("record_consent", "handler", answers.consent_given, "consented", (24, 140)),
    "partly": Step(
        "record_partial_consent", "handler", answers.consent_partial, "partly_consented", (24, 140)
    ),
    "refused": Step("record_refusal", "handler", answers.consent_refused, "declined", (24, 140)),
    "basis": Step(
        "confirm_statutory_basis", "supervisor", answers.statutory_basis, "basis_confirmed", (4, 30)
    ),
    "assign": Step("assign", "handler", answers.assign, "assigned", (1, 18)),
    "refer": Step("refer", "handler", answers.referral_sheet, "referred", (2, 26)),
    "notify": Step("refer_at_once", "handler", answers.referral_sheet, "referred", (0.5, 3)),
    "question": Step("return_with_question", "officer", answers.return_reply, "returned", (12, 44)),
    "answer": Step("answer_question", "handler", answers.note, "referred", (2, 20)),
    "accept": Step("accept", "officer", answers.accept_reply, "accepted", (5, 46)),
    "reject": Step("reject", "officer", answers.reject_reply, "rejected", (12, 46)),
    "contact": Step("record_first_contact", "officer", answers.first_contact, "contacted", (26, 120)),
    "support": Step("begin_support", "officer", answers.intake, "supporting", (48, 220)),
    "plan": Step("report_plan", "officer", answers.plan, "", (26, 140)),
    "progress": Step("report_progress", "officer", answers.progress_note, "", (140, 380)),
    "review": Step("report_review", "officer", answers.evaluation, "supporting", (1300, 1700)),
    "over": Step("report_end", "officer", answers.last_evaluation, "support_ended", (1300, 1700)),
    "own": Step("begin_own_support", "handler", answers.first_contact, "own_support", (4, 50)),
    "own_plan": Step("make_plan", "handler", answers.plan, "", (26, 140)),
    "own_progress": Step("record_progress", "handler", answers.progress_note, "", (140, 380)),
    "watch": Step("watch_over", "handler", answers.note, "watching", (4, 40)),
    "entrust": Step("entrust_watch", "handler", answers.watch_plan, "", (0.2, 4)),
    "look_in": Step("record_watch", "watcher", answers.visit, "watching", (150, 320)),
    "propose": Step("propose_transfer", "handler", answers.transfer, "transfer_proposed", (4, 60)),
    "take_over": Step("accept_transfer", "officer", answers.accept_reply, "transferred", (5, 44)),
    "close": Step("close", "supervisor", answers.closure, "closed", (60, 260)),
    "dismiss": Step("dismiss", "supervisor", answers.no_action, "no_action", (1, 6)),
    "end": Step("end_without_action", "supervisor", answers.no_action, "no_action", (20, 60)),
    "withdraw": Step("withdraw", "handler", answers.withdraw, "withdrawn", (24, 100)),
    "error": Step("enter_in_error", "handler", answers.entered_in_error, "entered_in_error", (0.2, 3)),
    "hold": Step("hold", "handler", answers.hold, "", (4, 30)),
    "reopen": Step("reopen", "supervisor", answers.reopen, "triaged", (400, 1200)),
}
_GIVEN = "report triage ask given assign"
_TAKEN = f"{_GIVEN} refer accept contact support plan"
_OWN = f"{_GIVEN} own own_plan own_progress"
_ABUSE = "report triage notify"

# How many cases end how, and the hours since the last step (from, to): 300 in all, in every state.
LIVES: tuple[tuple[int, tuple[str, ...], tuple[float, float]], ...] = (
    (14, ("report",), (0, 30)),
    (12, ("report triage",), (2, 80)),
    (2, ("report emergency",), (0, 0.3)),
    (22, ("report triage ask", "report triage ask visit"), (4, 400)),
    (6, ("report triage ask given",), (1, 40)),
    (5, ("report triage ask partly",), (1, 40)),
    (6, ("report triage ask refused",), (2, 70)),
    (4, ("report triage ask refused basis",), (1, 40)),
    (12, (_GIVEN, "report triage ask partly assign", "report triage assign"), (2, 80)),
    (6, (f"{_GIVEN} hold",), (20, 200)),
    (12, (f"{_GIVEN} refer", "report triage ask partly assign refer"), (2, 90)),
    (4, (_ABUSE,), (2, 20)),
    (6, (f"{_GIVEN} refer question",), (1, 30)),
    (5, (f"{_GIVEN} refer reject",), (1, 30)),
    (12, (f"{_GIVEN} refer accept", f"{_GIVEN} refer question answer accept", f"{_ABUSE} accept"), (4, 140)),
    (10, (f"{_GIVEN} refer accept contact", f"{_ABUSE} accept contact"), (10, 260)),
    (
        31,
        (_TAKEN, f"{_TAKEN} progress", f"{_TAKEN} progress progress", f"{_TAKEN} progress review"),
        (10, 1500),
    ),
    (3, (f"{_TAKEN} progress over",), (4, 60)),
    (16, (_OWN, f"{_GIVEN} visit own own_plan"), (10, 1500)),
    (
        26,
        (
            "report triage watch entrust look_in",
            "report triage watch entrust",
            f"{_GIVEN} watch entrust look_in look_in",
        ),
        (10, 640),
    ),
    (4, (f"{_GIVEN} propose",), (2, 60)),
    (6, (f"{_GIVEN} propose take_over",), (100, 3000)),
    (48, (f"{_TAKEN} progress close", f"{_TAKEN} progress review close", f"{_OWN} close"), (80, 2600)),
    (14, ("report dismiss", "report triage end"), (20, 4000)),
    (6, ("report triage ask withdraw",), (100, 4000)),
    (4, ("report error",), (100, 4000)),
    (4, (f"{_OWN} close reopen",), (2, 60)),
)

# Closed in fiscal year 2020, so that their retention is over: the privacy officer has something to list.
LONG_AGO = (6, ("report dismiss", "report triage end", "report triage assign own close"), (50_500, 54_000))


def now_at(clock: datetime) -> datetime:
    """The moment the lives lead up to when the clock on the wall says `clock`: the last full office hour.

    So whoever makes the demo city finds an office in the middle of its work, not one that stood still.
    """
    at = min(max(clock.astimezone(JST), NOW), LAST).replace(minute=0, second=0, microsecond=0)
    office = calendar.office()
    if not office.is_business_day(at.date()) or at.hour < 9:
        return datetime.combine(office.before(at.date(), 1), time(17), JST)
    return min(at, at.replace(hour=17))


def mornings(now: datetime) -> tuple[datetime, ...]:
    """The last mornings before `now` at which the reminders went out."""
    office, day = calendar.office(), now.date()
    return tuple(
        datetime.combine(one, time(6), JST) for one in (office.before(day, 2), office.before(day, 1), day)
    )


def scripts(casting: Casting, seed: int, now: datetime = NOW) -> list[Script]:
    """The 300 cases of the city and a few of long ago as they stand at `now`, the oldest first."""
    found: list[Script] = []
    for count, ways, since in (*LIVES, LONG_AGO):
        until = NOW if since == LONG_AGO[-1] else now
        for turn in range(count):
            number = len(found)
            rng = Random(f"{seed}/case/{number}")  # noqa: S311 - fiction, not secrets
            found.append(_script(casting, rng, number, ways[turn % len(ways)].split(), since, until))
    return sorted(found, key=lambda script: (script.begins, script.key))


def _script(
    casting: Casting,
    rng: Random,
    number: int,
    names: Sequence[str],
    since: tuple[float, float],
    now: datetime,
) -> Script:
    steps = [STEPS[name] for name in names]
    near = NEAR if "entrust" in names and number % 2 else ""
    scene = casting.scene(number, rng, abuse="notify" in names, imminent="emergency" in names, near=near)
    if since == LONG_AGO[-1]:  # whoever watches in the field today was not appointed then
        scene.reporter, scene.reporter_type = scene.handler, "neighbor"
    if "entrust" in names:
        scene.categories = (*scene.categories, "watch_flag")
    scene.named = len(names) > 1 or number % 4 != 0
    acts: list[Act] = []
    state = ""
    for step, at in zip(steps, _moments(rng, steps, since, now), strict=True):
        state = step.state or state
        acts.append(Act(at, _whose(scene, step.whose), step.action, state, step.write(scene, at)))
    person = scene.person["id"] if scene.named else None
    return Script(f"case/{number:03d}", WORKFLOW, tuple(acts), person, scene.person["area_id"])


def _whose(scene: Scene, whose: str) -> str:
    chosen: dict[str, Callable[[], str]] = {
        "reporter": lambda: scene.reporter["username"],
        "handler": lambda: scene.handler["username"],
        "supervisor": lambda: scene.supervisor["username"],
        "officer": lambda: scene.officer["username"],
        "watcher": lambda: scene.watchers[0]["username"],
    }
    return chosen[whose]()


def _moments(rng: Random, steps: Sequence[Step], since: tuple[float, float], now: datetime) -> list[datetime]:
    """When each step happens: in office hours, the last one so many hours before `now`."""
    waits = [timedelta(hours=rng.uniform(*step.wait)) for step in steps]
    last = now - timedelta(hours=rng.uniform(*since))
    begins = last - sum(waits, timedelta())
    found = _in_office_hours(begins, waits)
    while found[-1] > max(last, now - timedelta(minutes=5)):
        begins -= max(found[-1] - last, timedelta(hours=1))
        found = _in_office_hours(begins, waits)
    return found


def _in_office_hours(begins: datetime, waits: Sequence[timedelta]) -> list[datetime]:
    found: list[datetime] = []
    at = begins
    for wait in waits:
        at = _office_hour(at + wait)
        found.append(at)
    return found


def _office_hour(at: datetime) -> datetime:
    """The moment itself, or the next one at which the office is open, to the minute."""
    day, clock = at.date(), at.time()
    if clock >= time(17, 15):
        day, clock = day + timedelta(days=1), time(8, 30 + at.minute // 3)
    if clock < time(8, 30):
        clock = time(8, 30 + at.minute // 3)
    opened = calendar.office().on_or_after(day)
    if opened != day:
        clock = time(9, at.minute)
    return datetime.combine(opened, clock, JST).replace(second=0, microsecond=0)
