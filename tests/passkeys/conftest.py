"""Browsers at the address passkeys are made for, and signing in and adding passkeys in them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backend.demo.cast import password
from backend.demo.loading import open_accounts
from tests.passkeys.authenticator import Authenticator


class Terminal(Client):
    """A browser somebody sits at."""

    def __init__(self, **options: Any) -> None:
        super().__init__(HTTP_HOST="localhost", **options)

    def by_password(self, name: str = "caseworker") -> Any:
        return self.post("/signin/", {"username": name, "password": password(name)})

    def by_passkey(self, key: Authenticator, **bent: Any) -> Any:
        key.counter += 1
        asked = self.post("/signin/passkey/begin/").json()
        return self.post("/signin/passkey/", {"_credential": key.get(asked, **bent)})

    def prove(self, name: str = "caseworker") -> Any:
        return self.post("/keys/prove/", {"_password": password(name)})

    def prove_by(self, key: Authenticator) -> Any:
        key.counter += 1
        asked = self.post("/keys/begin/prove/").json()
        return self.post("/keys/prove/", {"_credential": key.get(asked)})

    def add(self, key: Authenticator, name: str = "窓口のPC", **bent: Any) -> Any:
        asked = self.post("/keys/begin/add/").json()
        return self.post("/keys/add/", {"name": name, "_credential": key.create(asked, **bent)})


@pytest.fixture
def terminal(cast: None) -> Callable[..., Terminal]:
    """Browsers, and accounts for the cast."""
    open_accounts()
    return Terminal


@pytest.fixture
def key(terminal: Callable[..., Terminal]) -> Authenticator:
    """The caseworker's, added just now."""
    found, desk = Authenticator(), terminal()
    desk.by_password()
    desk.prove()
    assert desk.add(found).status_code == 302
    return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock of the office."""
    return lambda at: monkeypatch.setattr(timezone, "now", lambda: at)
