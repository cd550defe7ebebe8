"""The demo city and its story through the real door."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from backend.cases.models import Case, Effect, Key, Notice
from backend.demo import lives, sharing, story, telling, timeline
from backend.demo.acts import Act, Script
from backend.demo.city import SEED, build
from backend.demo.loading import load
from backend.demo.playing import ActRefused, Stage, in_order
from backend.demo.scenes import Casting
from backend.letters.models import IssuedLetter
from tests.conftest import shared

pytestmark = pytest.mark.xdist_group("demo")  # one city for all of it
CITY = build()


def scripts_at(now: datetime) -> dict[str, Script]:
    return {script.key: script for script in lives.scripts(Casting(CITY, date(2026, 1, 5)), SEED, now)}


SCRIPTS = scripts_at(lives.NOW)


def one_of_each_life(scripts: Mapping[str, Script]) -> list[Script]:
    """The first case of every way of every life."""
    found, number = [], 0
    for count, ways, _ in lives.LIVES:
        found += [scripts[f"case/{number + turn:03d}"] for turn in range(min(count, len(ways)))]
        number += count
    return found


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The city, for every test of this module."""
    with shared(django_db_blocker):
        load(CITY)
        yield


@pytest.fixture
def city(loaded: None, db: None) -> None:
    """Whatever a test does to it is taken back."""


def play(*scripts: Script, mornings: tuple = ()) -> timeline.Result:
    """Play scripts to the end with their effects."""
    return timeline.play(scripts, mornings, today=lives.NOW, tell=lambda done, everything: None)


@pytest.fixture
def played(city: None) -> Callable[..., timeline.Result]:
    return play


@pytest.mark.parametrize("now", [lives.NOW, lives.LAST], ids=str)
def test_every_life_comes_through_the_door(city: None, now: datetime) -> None:
    stage, scripts = Stage(), one_of_each_life(scripts_at(now))

    for script, number in in_order(scripts):
        stage.play(script, number)

    wanted = sorted(f"{script.workflow}.{script.acts[-1].state}" for script in scripts)
    assert sorted(Case.objects.values_list("state", flat=True)) == wanted


def test_playing_again_changes_nothing(played: Callable[..., timeline.Result]) -> None:
    script = SCRIPTS["case/030"]
    played(script)
    before = list(Case.objects.values()), Notice.objects.count()

    again = played(script)

    assert (again.acts, again.repeated) == (0, len(script.acts))
    assert (list(Case.objects.values()), Notice.objects.count()) == before


def test_an_interrupted_case_goes_on_where_it_was(city: None, played: Callable[..., timeline.Result]) -> None:
    script = SCRIPTS["case/030"]
    Stage().play(script, 0)

    result = played(script)

    assert (result.acts, result.repeated) == (len(script.acts) - 1, 1)
    assert Case.objects.get().state == f"referral.{script.acts[-1].state}"


def test_what_an_interrupted_demo_held_is_done(city: None, played: Callable[..., timeline.Result]) -> None:
    Stage().play(SCRIPTS["case/030"], 0)
    lost = Now() - timedelta(seconds=1)
    Effect.objects.update(state="claimed", token=uuid4(), lease_until=lost)

    played()

    assert set(Effect.objects.values_list("state", flat=True)) == {"done"}


def test_an_act_that_is_not_allowed_is_named(city: None) -> None:
    script = SCRIPTS["case/030"]
    wrong = dataclasses.replace(script.acts[1], who="outsider")
    stage = Stage()
    stage.play(script, 0)

    with pytest.raises(ActRefused, match=r"case/030, act 1 \(triage by outsider"):
        stage.play(dataclasses.replace(script, acts=(script.acts[0], wrong)), 1)


def test_an_act_that_leads_elsewhere_is_named(city: None) -> None:
    script = SCRIPTS["case/030"]
    wrong = dataclasses.replace(script.acts[0], state="closed")

    with pytest.raises(ActRefused, match=r"the case is referral\.detected, not closed"):
        Stage().play(dataclasses.replace(script, acts=(wrong,)), 0)


def test_a_notice_is_as_old_as_its_step(played: Callable[..., timeline.Result]) -> None:
    script = SCRIPTS["case/030"]

    played(script)

    assert set(Notice.objects.values_list("created_at", flat=True)) <= {act.at for act in script.acts}


class TestTheStory:
    """From the newspaper shop's call to closure."""

    @pytest.fixture(scope="class")
    @classmethod
    def once(cls, loaded: None, django_db_blocker: Any) -> Iterator[Case]:
        with shared(django_db_blocker):
            result = play(story.script(), mornings=story.mornings())
            assert set(result.effects) == {timeline.Outcome.DONE}
            yield telling.case_of(story.script())

    @pytest.fixture
    def told(self, once: Case, db: None) -> Case:
        return once

    def test_it_is_carried_by_the_cast_from_detection_to_closure(self, told: Case) -> None:
        steps = list(told.steps.order_by("seq").values_list("actor__user__username", "to_state"))

        wanted = [(act.who, f"referral.{act.state}") for act in story.script().acts]
        assert steps == wanted
        assert steps[0][1] == "referral.detected"
        assert steps[-1] == ("supervisor", "referral.closed")
        rules = dict(told.steps.values_list("seq", "rules"))
        assert all(rules.values())
        assert rules[1] == ["report-anyone"]
        assert rules[5] == ["commissioner-own-area"]
        assert rules[9] == ["receiver-respond"]
        assert rules[len(rules)] == ["supervisor-close"]

    def test_its_letters_are_printed_and_numbered(self, told: Case, tmp_path: Path) -> None:
        files = telling.write_letters(told, tmp_path)

        names = ["acknowledgement", "consent_request", "referral_sheet", "visit_notice"]
        assert [file.name for file in files] == [f"{n:02d}-{name}.pdf" for n, name in enumerate(names, 1)]
        assert all(file.read_bytes().startswith(b"%PDF-") for file in files)
        assert [letter.number for letter in IssuedLetter.objects.order_by("number")] == [1, 2, 3, 4]

    def test_the_missed_deadline_causes_a_reminder_to_those_concerned(self, told: Case) -> None:
        reminders = Notice.objects.filter(case=told, key__startswith="timer/")

        assert "caseworker" in reminders.values_list("member__user__username", flat=True)
        assert set(reminders.values_list("created_at", flat=True)) == {story.mornings()[0]}
        assert not Notice.objects.filter(case=told, member__user__username="outsider").exists()

    def test_it_is_told_one_line_a_step_in_both_languages(self, told: Case) -> None:
        words = {
            "ja": ("佐藤 直子", "新聞販売店から電話", "気づき受付 → 緊急度決定", "staff-handle", "海福第"),
            "en": ("Welfare Section", "newspaper shop telephones", "Detected → Triaged", "staff-handle"),
        }
        for lang, wanted in words.items():
            lines = [line.shown(lang) for line in telling.lines(story.script(), lang)]

            assert len(lines) == told.revision + 1  # and the reminder
            assert all("\n" not in line for line in lines)
            assert all(word in " ".join(lines) for word in wanted)


def test_the_command_tells_the_story_and_shows_who_can_sign_in(
    city: None, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.VAR = tmp_path
    monkeypatch.setattr("backend.demo.management.commands.demo.prepare_database", lambda **_: None)
    said = StringIO()

    call_command("demo", "--no-serve", "--story-only", stdout=said)

    text = said.getvalue()
    assert "髙田" not in text.partition("気づきから終結まで")[0]
    assert all(username in text for username in ("caseworker", "supervisor", "outsider"))
    assert len(list((tmp_path / "demo" / "letters").glob("*.pdf"))) == 4
    assert "19 / 19" in capsys.readouterr().out


def test_the_keys_of_the_demo_are_fixed(city: None) -> None:
    script = Script("case/x", "referral", (SCRIPTS["case/030"].acts[0],), area="D01-1")

    Stage().play(script, 0)

    assert list(Key.objects.values_list("key", flat=True)) == ["demo/case/x/00"]


def test_an_effect_of_the_future_does_not_wait(played: Callable[..., timeline.Result]) -> None:
    first = SCRIPTS["case/030"].acts[0]
    later: Act = dataclasses.replace(first, at=timezone.now() + timedelta(days=30))

    result = played(Script("case/later", "referral", (later,), area="D01-1"))

    assert result.effects[timeline.Outcome.DONE] == Effect.objects.count() > 0


def test_requests_to_share_wait_for_whoever_decides_and_lie_with_the_receiver(
    played: Callable[..., timeline.Result],
) -> None:
    requests = sharing.wanted()["requests"]
    played(*(SCRIPTS[wanted["about"]] for wanted in requests))
    sharing.ask_all(lives.NOW)
    sharing.ask_all(lives.NOW)

    states = Case.objects.filter(workflow="disclosure").values_list("state", flat=True)
    assert sorted(states) == sorted(f"disclosure.{wanted['state']}" for wanted in requests)
