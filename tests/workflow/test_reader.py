"""Reading workflow files: whatever is written gives findings, never an exception."""

import copy
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from backend.definitions.source import Source
from backend.definitions.yaml_text import Located, read_yaml
from backend.workflow.checks import check
from backend.workflow.reader import load, understand

FILE = Path(__file__).resolve().parents[2] / "workflows" / "referral" / "workflow.yaml"
REFERRAL = read_yaml(FILE).value
KEPT = ("detected", "triaged", "referred", "closed")
SOME = {
    **REFERRAL,
    "states": {name: REFERRAL["states"][name] for name in KEPT},
    "actions": {name: REFERRAL["actions"][name] for name in ("triage", "refer", "close", "withdraw")},
}
JUNK = st.sampled_from(
    [None, True, 7, "", "no", "<b>", [], {}, ["x", 1], {"ja": 1}, {"x": {}}, {"within": "soon"}, "a" * 200]
)


def paths(value, here=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from paths(item, (*here, key))


PATHS = list(paths(SOME))


def _part(value, step):
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and step in range(len(value)) else None


@st.composite
def spoilt(draw):
    """The referral with a few parts replaced, removed or given a companion nobody knows."""
    value = copy.deepcopy(SOME)
    for _ in range(draw(st.integers(1, 3))):
        *before, last = draw(st.sampled_from(PATHS))
        here = value
        for step in before:
            here = _part(here, step)
        if isinstance(here, dict):
            key = draw(st.sampled_from([str(last), "unknown", "due_by"]))
            here[key] = copy.deepcopy(draw(JUNK))
        elif isinstance(here, list) and here:
            here[0] = copy.deepcopy(draw(JUNK))
    return value


@given(spoilt())
def test_a_spoilt_workflow_gives_findings_and_never_an_exception(value):
    workflow, findings = understand(Located(value, {}, "x.yaml"))

    assert workflow is not None or findings
    if workflow is not None:
        check(workflow, forms={}, letters={}, permitted=[])


def test_the_names_of_folder_and_workflow_agree(tmp_path):
    folder = tmp_path / "referal"
    folder.mkdir()
    (folder / "workflow.yaml").write_bytes(FILE.read_bytes())

    _, findings = load([Source("workflow", "referal", folder / "workflow.yaml", tmp_path)])

    assert [finding.message for finding in findings] == [
        "the workflow is called 'referral' but its folder 'referal'"
    ]


def test_an_unknown_key_does_not_hide_what_else_is_wrong():
    value = copy.deepcopy(SOME)
    value["states"]["detected"]["due_by"] = {"E": "soon"}
    value["actions"]["triage"]["to"] = "triagd"

    workflow, findings = understand(Located(value, {}, "x.yaml"))

    assert "E" in findings[0].message
    assert any("'triagd' is not known" in finding.message for finding in check(workflow))


def test_open_and_final_stand_for_every_state_of_that_sort():
    workflow, _ = understand(Located(SOME, {}, "x.yaml"))

    assert workflow.actions["withdraw"].from_ == ("detected", "triaged", "referred")
