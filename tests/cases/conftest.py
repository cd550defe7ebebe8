"""Cases of the referral in the hands of the cast."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.actions import Done
from backend.catalogue import loading
from backend.demo.cast import member_id


def answers(form: str, **changed: Any) -> dict[str, Any]:
    """The form's first accepted example with some answers changed."""
    return {**loading.use().forms[form].sample(), **changed}


@pytest.fixture
def report(cast: None) -> Callable[..., Done]:
    """Begin a referral as the caseworker; anything may be changed."""

    def begin(**changed: Any) -> Done:
        given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
        return actions.start("referral", **{**given, **changed})

    return begin


@pytest.fixture
def detected(report: Callable[..., Done]) -> Done:
    return report()


@pytest.fixture
def triaged(detected: Done) -> Done:
    return do(detected, "triage", answers("triage", urgency="C"))


def do(
    before: Done, action: str, given: dict[str, Any] | None = None, *, by: str = "caseworker", **more: Any
) -> Done:
    """The next action on a case, by one of the cast."""
    values: dict[str, Any] = {"revision": before.revision, "key": uuid4().hex, **more}
    return actions.perform(before.case, action, actor=member_id(by), answers=given, **values)
