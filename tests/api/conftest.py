"""The API as the cast use it: each holds a token and nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Blob, Case, Effect, Key, Notice, Step, Timer
from backend.people import tokens
from backend.people.models import Person, User
from tests.cases.conftest import answers, detected, do, report

__all__ = ["answers", "detected", "do", "report"]

EVERYBODY = (
    "caseworker", "supervisor", "csw", "commissioner", "volunteer", "receiver", "privacy", "outsider",
)  # fmt: skip


@dataclass
class Hand:
    """A client that holds one person's token."""

    token: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        sent = self._headers(headers)
        if key != "":
            sent["Idempotency-Key"] = key or uuid4().hex
        media = sent.pop("Content-Type", "application/json")
        return self.client.post(path, data, content_type=media, headers=sent)

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-").title(): value for name, value in given.items()}
        return {"Authorization": f"Token {self.token}", **named} if self.token else named


@pytest.fixture
def hand(cast: None) -> Callable[[str], Hand]:
    """The client of one of the cast, by username; "" holds no token."""
    made: dict[str, Hand] = {"": Hand("")}

    def of(username: str) -> Hand:
        if username not in made:
            _token, text = tokens.make(User.objects.get(username=username), days=1, now=timezone.now())
            made[username] = Hand(text)
        return made[username]

    return of


@pytest.fixture
def hana(cast: None) -> Person:
    """髙田 ハナ, who lives alone in 中浜一丁目."""
    return Person.objects.create(
        controller="city",
        name="髙田 ハナ",
        kana="たかだ はな",
        birth_date=date(1938, 5, 2),
        area_id="D01-1",
        address="海鳴市中浜一丁目5番1号",
    )


@pytest.fixture
def hanas_case(hana: Person, report: Callable[..., Done]) -> Done:
    """A case about her, just detected."""
    return report(person=hana.id, area="D01-1")


def counts() -> dict[str, int]:
    """How many rows there are of everything a request could write."""
    return {model.__name__: model.objects.count() for model in (Case, Step, Blob, Timer, Effect, Key, Notice)}


def problem(response: Any) -> dict[str, Any]:
    """The problem document of a response, which must be one."""
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:tsunagu:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    return body
