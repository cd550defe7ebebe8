"""Walks: read, checked, rehearsed; and every shipped one comes out as written."""

from copy import deepcopy
from datetime import datetime

import pytest

from backend.answers.load import load as load_forms
from backend.definitions.source import find
from backend.definitions.yaml_text import parse_yaml
from backend.workflow import walks
from backend.workflow.calendar import YEAR_END, Calendar
from backend.workflow.guards import JST
from backend.workflow.reader import load
from tests.workflow.specimens import SMALL

SOURCES = {source.name: source for source in find("workflow")}
WORKFLOWS = load(SOURCES.values())[0]
FORMS = load_forms(find("form"))[0]
CALENDAR = Calendar(YEAR_END)


def sample(form, number):
    return deepcopy(FORMS[form].accepted[number - 1])


def written(steps):
    lines = "".join(f"      - {step}\n" for step in steps)
    text = f"workflow: specimen\nwalks:\n  life:\n    title: {{ja: 見本, en: Specimen}}\n    steps:\n{lines}"
    return text.encode()


def read(tmp_path, *steps):
    file = tmp_path / "walks.yaml"
    file.write_bytes(written(steps))
    return walks.load(file, "walks.yaml")


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_a_shipped_workflow_has_walks_and_they_come_out_as_written(name):
    found, findings = walks.load(walks.path_of(SOURCES[name]))

    assert findings == []
    assert walks.check_names(WORKFLOWS[name], found) == []
    assert walks.rehearse(WORKFLOWS[name], found, sample, CALENDAR) == []


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_the_answers_of_every_walk_fit_their_forms(name):
    found, _ = walks.load(walks.path_of(SOURCES[name]))
    wrong = [
        (walk.name, step.index, problem)
        for walk in found.walks.values()
        for step in walk.steps
        if step.refused != "answers" and (form := _form(WORKFLOWS[name], step.action))
        for problem in FORMS[form].check(step.full_answers(form, sample, _meant))
    ]

    assert wrong == []


def _meant(name):
    return "0" * 64 if name == "content" else UUID


UUID = "3f0c9a52-6c1e-4c55-9d0e-0d8a3a5b7c11"


def _form(workflow, action):
    return workflow.action(action).form if action in {a.name for a in workflow.every_action()} else None


REPORT = "{on: 2026-11-24 09:00, who: commissioner, does: report, becomes: received}"
HANDLE = (
    "{on: 2026-11-24 10:00, who: caseworker, does: handle, becomes: handled,"
    " due: 2026-11-25 23:59, sends: []}"
)


def test_a_walk_that_comes_out_has_no_findings(tmp_path):
    found, _ = read(tmp_path, REPORT, HANDLE)

    assert walks.rehearse(SMALL, found, sample, CALENDAR) == []


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (HANDLE.replace("becomes: handled", "becomes: closed"), "'handle' leads to 'handled', not 'closed'"),
        (HANDLE.replace("11-25 23", "11-26 23"), "'handled' is due 2026-11-25 23:59, not 2026-11-26 23:59"),
        (HANDLE.replace("[]", "[notice owner]"), "'handle' sends nothing"),
        (HANDLE.replace("does: handle", "does: wait"), "'wait' is refused by the state 'received'"),
        (
            "{on: 2026-11-24 10:00, who: caseworker, does: handle, refused: possible}",
            "'handle' is possible, but should be refused",
        ),
    ],
)
def test_a_walk_that_comes_out_otherwise_says_where_and_how(tmp_path, step, said):
    found, _ = read(tmp_path, REPORT, step)

    (finding,) = walks.rehearse(SMALL, found, sample, CALENDAR)
    assert str(finding) == f"walks.yaml:7: life: {said}; correct the walk or the workflow"


def test_a_refusal_for_another_reason_is_found(tmp_path):
    save = (
        "{on: 2026-11-24 11:00, who: caseworker, does: save, refused: possible, because: answer_is_imminent}"
    )
    steps = [
        REPORT,
        HANDLE,
        save,
        save.replace("because: answer_is_imminent", "because: subject_is_identified"),
    ]

    found, _ = read(tmp_path, *steps)

    (finding,) = walks.rehearse(SMALL, found, sample, CALENDAR)
    assert "'save' is refused by assignee_is_set, answer_is_imminent, not by 'subject_is" in finding.message


def test_unknown_names_and_actions_nobody_walks_are_found(tmp_path):
    step = HANDLE.replace("does: handle", "does: handel").replace("becomes: handled", "becomes: handeld")

    found, _ = read(tmp_path, REPORT, step)

    assert [str(finding).partition(": ")[2] for finding in walks.check_names(SMALL, found)] == [
        "the action 'handel' is not known; did you mean 'handle'?",
        "the state 'handeld' is not known; did you mean 'handled'?",
        "warning: no walk does handle, save, undo, wait; add a walk that does",
    ]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{on: 2026-11-24, who: caseworker, does: handle, becomes: handled}", "write date and time in Japan"),
        ("{on: 2026-11-31 10:00, who: caseworker, does: handle, becomes: handled}", "a date does not exist"),
        ("{on: 2026-11-24 10:00, who: caseworker, does: handle}", "say either what the case becomes or what"),
        (
            "{on: 2026-11-24 10:00, who: caseworker, does: handle, becomes: a, refused: policy}",
            "say either what",
        ),
        (
            "{on: 2026-11-24 10:00, who: caseworker, does: handle, becomes: a, answers: samples}",
            "'sample' for the",
        ),
    ],
)
def test_a_step_that_cannot_be_read_says_what_to_write(tmp_path, step, said):
    found, findings = read(tmp_path, REPORT, step)

    assert found is None
    assert said in "".join(map(str, findings))


def test_answers_are_the_example_with_changes_and_the_cast_by_id():
    step = walks.WalkStep(
        index=0,
        at=datetime(2026, 11, 24, tzinfo=JST),
        who="supervisor",
        action="assign",
        sample=1,
        answers={"assigned_to": "@caseworker"},
        without=("handover",),
    )

    answers = step.full_answers("assign", sample, {"caseworker": UUID}.__getitem__)

    assert answers == {"assigned_to": UUID, "reason": "area"}


def test_a_file_that_is_not_there_is_a_finding(tmp_path):
    found, findings = walks.load(tmp_path / "none.yaml")

    assert found is None
    assert "cannot be read" in findings[0].message


def test_a_walk_is_read_by_the_strict_reader():
    assert parse_yaml(written([REPORT]), "x").value["walks"]["life"]["steps"][0]["on"] == "2026-11-24 09:00"
