"""What the sweep brings to an end: letters that died between number and bytes, and letters that were held."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.models import Effect, Notice
from backend.jobs import alive, sweep
from backend.letters import definition, issue, leftover, life, numbering
from backend.letters.models import IssuedLetter
from backend.people.models import Person
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture
from tests.letters.conftest import order, text_of
from tests.operations import office

LATER = leftover.PATIENCE + timedelta(seconds=1)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the time pass that lies between two tries."""
    passed = [0]

    def wait() -> None:
        passed[0] += 1
        now = timezone.now() + passed[0] * LATER
        monkeypatch.setattr(leftover.timezone, "now", lambda: now)

    return wait


@pytest.fixture
def unprinted(case_id, monkeypatch):
    """A letter whose process died between its number and its bytes."""

    def dies(*_args):
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(issue.render, "render", dies)
        with pytest.raises(MemoryError):
            issue.issue(order(case_id))
    return IssuedLetter.objects.get()


def kinds(letter):
    return list(letter.events.values_list("kind", flat=True))


def test_a_letter_that_died_before_its_bytes_is_printed(unprinted, later):
    later()

    assert leftover.finish_all() == {"issued": 1}
    assert unprinted.pdf.startswith(b"%PDF-")
    assert kinds(unprinted) == ["issued", "tried"]
    assert leftover.finish_all() == {}


def test_a_workers_sweep_prints_it(unprinted, later, monkeypatch):
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)  # it is the connection of this test
    later()

    sweep.Sweep(1, alive.Alive()).once()

    assert unprinted.pdf.startswith(b"%PDF-")


def test_a_letter_at_work_is_left_alone(unprinted, later):
    assert leftover.finish_all() == {}

    later()
    Effect.objects.create(
        case_id=unprinted.case_id,
        seq=1,
        kind="letter",
        target=unprinted.definition,
        not_before=timezone.now(),
    )

    assert leftover.finish_all() == {}


def test_a_letter_that_does_not_fit_is_void_and_keeps_its_number(unprinted, later, monkeypatch):
    def overflows(*_args):
        raise issue.render.DoesNotFit("too long")

    later()
    monkeypatch.setattr(issue.render, "render", overflows)

    assert leftover.finish_all() == {"void": 1}
    assert list(numbering.gaps()) == []


def test_a_letter_that_kills_whoever_prints_it_is_void_in_the_end(unprinted, later, monkeypatch):
    def dies(*_args):
        raise MemoryError

    monkeypatch.setattr(issue.render, "render", dies)
    for _try in range(leftover.MOST_TRIES + 1):
        later()
        leftover.finish_all()

    unprinted.refresh_from_db()
    assert (unprinted.state, kinds(unprinted)) == ("void", ["issued", "tried", "tried", "tried", "voided"])
    assert "3 tries" in unprinted.events.last().reason


def test_an_approved_draft_that_was_never_numbered_is_numbered(case_id, later, monkeypatch):
    letter = replace(definition.current()["visit_notice"], approval=True)
    monkeypatch.setattr(issue, "pinned", lambda *_args: letter)
    draft = issue.issue(order(case_id))
    life.approve(draft.id, by=office.member().id)

    later()

    assert leftover.finish_all() == {"issued": 1}
    assert kinds(draft) == ["drafted", "approved", "tried", "issued"]


# --- held for want of an address ---------------------------------------------------------------------------


@pytest.fixture
def asked(report: Callable[..., Done]) -> Done:  # noqa: F811
    """Consent was asked for by letter, of a person whose address nobody knows."""
    hana = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D01-1", address="")
    triaged = do(report(person=hana.id, area="D01-1"), "triage", answers("triage", urgency="C"))
    done = do(triaged, "request_consent", answers("consent_request"))
    effects.run_due()
    return done


def consent_request(of: Done) -> IssuedLetter:
    return IssuedLetter.objects.get(case=of.case, definition="consent_request")


def test_a_letter_without_an_address_is_held_and_who_is_in_charge_is_told_once(asked):
    held = consent_request(asked)
    Effect.objects.filter(kind="letter").update(state=Effect.State.READY)

    effects.run_due()

    told = Notice.objects.filter(case=asked.case, kind="letter_held")
    assert (held.state, held.held, held.shown_number) == ("held", "no_address", "")
    assert told.exists()
    assert set(told.values_list("stage", flat=True)) == {"consent_request"}
    assert told.count() == told.values("member").distinct().count()
    assert not Effect.objects.filter(kind="letter", state=Effect.State.DEAD).exists()


def test_a_held_letter_goes_out_when_the_person_has_an_address(asked, later):
    later()
    assert leftover.finish_all() == {}
    Person.objects.update(zip="000-0101", address="海鳴市中浜一丁目5番1号")

    later()

    assert leftover.finish_all() == {"issued": 1}
    assert "海鳴市中浜一丁目5番1号" in text_of(consent_request(asked).pdf)


def test_a_held_letter_is_looked_at_again_after_a_correction(report, later):  # noqa: F811
    nowhere = {"subject_zip": None, "subject_addr": None}
    told = {k: v for k, v in answers("detection_report", **nowhere).items() if v is not None}
    triaged = do(report(answers=told), "triage", answers("triage", urgency="C"))
    appointment = do(triaged, "request_consent", answers("consent_request"))
    effects.run_due()
    held = consent_request(appointment)
    assert held.state == "held"

    do(appointment, "correct", {"step": 1, "answers": answers("detection_report")})
    later()

    assert leftover.finish_all() == {"issued": 1}


def test_a_letter_that_cannot_be_printed_is_told_to_who_is_in_charge(report):  # noqa: F811
    unprintable = answers("detection_report", subject_name="髙田\ue000 ハナ")
    triaged = do(report(answers=unprintable), "triage", answers("triage", urgency="C"))

    asked = do(triaged, "request_consent", answers("consent_request"))
    effects.run_due()

    assert Notice.objects.filter(case=asked.case, kind="letter_stopped", stage="consent_request").exists()
