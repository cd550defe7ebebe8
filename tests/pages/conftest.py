"""The office in a browser: each of the cast signed in, and the posts they send."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from backend.people.models import User
from tests.cases.conftest import answers, detected, do, report, triaged

__all__ = ["answers", "detected", "do", "report", "triaged"]


@pytest.fixture(autouse=True)
def draft_key(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Drafts are closed by a key of the test's own."""
    settings.DRAFT_KEY = str(tmp_path_factory.mktemp("draft") / "key")


@pytest.fixture
def browser(cast: None) -> Callable[..., Client]:
    """A signed-in browser of one of the cast."""

    def open_as(username: str, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(User.objects.get(username=username))
        return client

    return open_as


def post_of(given: dict[str, Any], revision: int | None = None, key: str = "") -> dict[str, Any]:
    """Answers as a browser posts them, with the hidden fields of a page."""
    data: dict[str, Any] = {"_key": key or uuid4().hex}
    if revision is not None:
        data["_revision"] = revision
    for name, value in given.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                data |= {f"{name}-{number}-{column}": _typed(cell) for column, cell in row.items()}
        else:
            data[name] = _typed(value)
    return data


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
