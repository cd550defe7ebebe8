"""The example lives of meetings, tasks and reviews, through the real door."""

import pytest

from backend.catalogue import loading, walking

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("workflow", ["council", "follow_up", "glass_review"])
def test_every_walk_comes_out_as_written(cast: None, workflow: str) -> None:
    found, findings = walking.read_walks(workflow)
    assert findings == []
    assert found is not None

    wrong = [
        walked.wrong
        for one in found.walks.values()
        for walked in walking.walk(loading.use(), workflow, one)
        if walked.wrong
    ]

    assert wrong == []
