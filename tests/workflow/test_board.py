"""The way from a notice to help: a state that stands in no list would be lost between two bars."""

from dataclasses import replace

from backend.catalogue import loading
from backend.workflow import board


def told(way):
    return [finding.message for finding in board.unfitting(way, loading.use().workflows)]


def test_the_shipped_way_counts_every_state_of_its_workflow_once():
    assert told(board.way()) == []


def test_a_state_left_out_is_named():
    assert told(replace(board.way(), left_out=())) == ["the state 'entered_in_error' stands in no list"]


def test_a_state_twice_or_of_nowhere_is_named():
    way = replace(board.way(), left_out=("entered_in_error", "closed", "lost"))

    assert told(way) == ["the state 'lost' does not exist", "the state 'closed' stands in two lists"]


def test_a_workflow_that_is_not_there_is_named():
    assert told(replace(board.way(), workflow="lost")) == ["there is no workflow 'lost'"]


def test_a_file_that_is_wrong_says_where(tmp_path):
    file = tmp_path / "board.yaml"
    file.write_text("workflow: referral\nstages: []\nendings: []\n", encoding="utf-8")
    way, findings = board.load([file])

    assert way is None
    assert findings[0].line == 2
