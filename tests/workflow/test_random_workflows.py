"""Random well-formed workflows: compiled, no walk leaves the graph."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.cases.models import Case
from backend.definitions.canonical import canonical
from backend.workflow.checks import check
from backend.workflow.draw import mermaid, places, svg
from backend.workflow.layout import HEIGHT, WIDTH, drawn_edges, layout
from backend.workflow.machine import NotPossible, compile_workflow
from backend.workflow.model import Workflow
from tests.workflow.specimens import WORDS, action, state, workflow

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LENGTHS = st.sampled_from(["30 minutes", "48 hours", "7 days", "2 business days", "1 month"])
OPEN_KINDS = st.sampled_from(["ours", "theirs"])


@st.composite
def open_states(draw, kind):
    """An open state with owner, deadlines and a ladder."""
    more = {"due": {"within": draw(LENGTHS)}, "title": {"ja": f"状態{draw(NAMES)}", "en": "State"}}
    if draw(st.booleans()):
        more["due_by"] = {"A": {"within": draw(LENGTHS)}, "child": {"within": "48 hours", "since": "opened"}}
    if draw(st.booleans()):
        more["remind"] = ["at due", {"at": "1 business day after", "to": "assignee"}]
    return state(kind, **more)


@st.composite
def workflows(draw):
    """A start, open states in a row that leads to an end, and any actions between them."""
    count = draw(st.integers(1, 6))
    names = draw(st.lists(NAMES, min_size=count + 2, max_size=count + 2, unique=True))
    row, end = names[:-1], names[-1]
    states = {row[0]: draw(open_states("new"))}
    states |= {name: draw(open_states(draw(OPEN_KINDS))) for name in row[1:]}
    states[end] = state(draw(st.sampled_from(["done", "stopped"])))
    steps = zip(row, [*row[1:], end], strict=True)
    actions = {f"go_{index}": action([here], there) for index, (here, there) in enumerate(steps)}
    for index in range(draw(st.integers(0, 6))):
        sources = draw(st.lists(st.sampled_from(row), min_size=1, max_size=len(row), unique=True))
        target = draw(st.none() | st.sampled_from([*row, end]))
        guard = {"guard": ["assignee_is_set"]} if draw(st.booleans()) else {}
        actions[f"more_{index}"] = action(sources, target, **guard)
    if draw(st.booleans()):
        actions["again"] = action([end], draw(st.sampled_from(row)), cls="reopen")
    return workflow(states, actions, name=draw(NAMES), start=row[0])


@given(workflows())
def test_a_well_formed_workflow_has_no_findings_but_equal_titles(some):
    found = [str(finding) for finding in check(some) if "have the same title" not in str(finding)]

    assert found == []


@given(workflows())
def test_a_workflow_comes_back_from_the_store_as_it_was(some):
    stored = canonical(some.to_content())
    back = Workflow.from_content(json.loads(stored))

    assert back == some
    assert back.hash == some.hash
    assert list(back.states) == list(some.states)
    assert list(back.actions) == list(some.actions)


@settings(max_examples=60)
@given(workflows(), st.data())
def test_no_walk_leaves_the_graph_and_every_step_is_an_edge(some, data):
    machine = compile_workflow(some, Case)
    case = Case(state=machine.start())
    edges = set(some.edges())

    for _ in range(12):
        here = machine.state(case)
        assert machine.available(case) == tuple(found.name for found in some.leaving(here))
        name = data.draw(st.sampled_from(list(some.actions)))
        if name in machine.available(case):
            machine.apply(case, name)
            assert (here, name, machine.state(case)) in edges
        else:
            _refused(machine, case, name)


def _refused(machine, case, name):
    before = case.state
    try:
        machine.apply(case, name)
    except NotPossible:
        assert case.state == before
    else:
        raise AssertionError(f"{name} was possible in {before}")


@given(workflows())
def test_two_different_workflows_have_different_names_and_the_same_one_the_same(some):
    other = Workflow.from_content({**some.to_content(), "title": {**WORDS, "en": "another"}})

    assert other.hash != some.hash


@given(workflows())
def test_a_drawing_is_whole_numbers_without_boxes_on_each_other(some):
    drawing = layout(list(some.states), drawn_edges(some), some.start.state)
    corners = sorted(drawing.boxes.values())

    assert set(drawing.boxes) == set(some.states)
    assert set(drawing.lines) | set(drawing.back) == set(drawn_edges(some))
    assert all(0 <= x <= drawing.width - WIDTH and 0 <= y <= drawing.height - HEIGHT for x, y in corners)
    assert not any(
        abs(x1 - x2) < WIDTH and abs(y1 - y2) < HEIGHT
        for index, (x1, y1) in enumerate(corners)
        for x2, y2 in corners[index + 1 :]
    )


@given(workflows(), st.data())
def test_a_drawing_is_the_same_every_time_and_agrees_with_its_words(some, data):
    current = data.draw(st.sampled_from(list(some.states)))
    picture = svg(some, "ja", current=current)
    words = places(some, "ja", current=current)

    assert picture == svg(some, "ja", current=current)
    assert [f'data-state="{place.state}"' in picture for place in words] == [True] * len(some.states)
    assert [place.state for place in words if place.mark == "current"] == [current]
    assert "stateDiagram-v2" in mermaid(some, "en")
