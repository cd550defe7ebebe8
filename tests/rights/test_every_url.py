"""Every URL × every role of the cast, both ways: whoever may is answered, nobody else learns anything."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from backend.people import tokens
from backend.people.models import User
from tests.conftest import load_cast
from tests.rights import table
from tests.rights.routes import ROWS, Row, anyone, may, names
from tests.rights.scene import EVERYBODY, NOBODY, Scene, Situation, build

REFUSED = {401, 403, 404}


def addresses(patterns: Any = None, space: str = "") -> Iterator[str]:
    """The name of every address the resolver knows; its route where it has none."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else str(entry.pattern)


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    found = list(addresses())

    assert sorted(found) == sorted(ROWS), "add a row to tests/rights/routes.py for each new address"
    assert len(found) == len(set(found))


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """One for all: whatever a request writes is taken back after it, the rest at the end."""
    here = override_settings(WEBHOOK_ORIGINS=["https://hooks.example"])
    with django_db_blocker.unblock(), here, transaction.atomic():
        load_cast()
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ask(scene: Scene) -> Any:
    """One request as somebody; whatever it writes is taken back."""
    now = timezone.now()
    users = {name: User.objects.get(username=name) for name in EVERYBODY}
    keys = {name: tokens.make(user, days=1, now=now)[1] for name, user in users.items()}
    sessions = {name: _session(user) for name, user in users.items()}

    def asked(who: str, row: Row, here: Situation | None) -> Any:
        client, headers = Client(), dict[str, str]()
        ids = here.ids if here else {}
        address, body = row.address.format(**ids), row.body(who, here)
        api = address.startswith("/api/")
        if who != NOBODY and api:
            headers["Authorization"] = f"Token {keys[who]}"
        elif who != NOBODY:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
        if api and row.method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        sent = (
            {"data": json.dumps(body), "content_type": "application/json"}
            if api or row.json
            else {"data": body}
        )
        with transaction.atomic():
            given = sent if row.method == "POST" else {}
            answer = getattr(client, row.method.lower())(address, headers=headers, **given)
            transaction.set_rollback(True)
        return answer

    return asked


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("group", table.GROUPS)
@pytest.mark.parametrize("who", [*EVERYBODY, NOBODY])
def test_who_may_is_answered_and_nobody_else_learns_anything(
    scene: Scene, ask: Any, who: str, group: str
) -> None:
    wrong = []
    for row, here in table.cells(scene, group):
        answer = ask(who, row, here)
        wrong += [
            f"{row.method} {row.address} {here.name if here else ''}: {problem}"
            for problem in problems(scene, who, row, here, answer)
        ]

    assert "\n".join(wrong) == ""


def problems(scene: Scene, who: str, row: Row, here: Situation | None, answer: Any) -> Iterator[str]:
    allowed, text = row.may(scene, who, here), answer.content.decode(errors="replace")
    sent_away = row.may is not anyone and answer.headers.get("Location", "").startswith("/signin/")
    if allowed and (sent_away or not 200 <= answer.status_code < 400):
        yield f"{answer.status_code} though allowed"
    if not allowed and not (sent_away or answer.status_code in REFUSED):
        yield f"{answer.status_code} though not allowed"
    if here is not None:
        told = [secret for secret in here.secrets if secret in text]
        if told and not (allowed or may("view")(scene, who, here)):
            yield f"told {told}"
    if row.lists:
        yield from _listed(scene, who, row, text)


def _listed(scene: Scene, who: str, row: Row, text: str) -> Iterator[str]:
    """What differs between the things shown and the things the policies let the member list."""
    for found in scene.situations.values():
        if row.lists == "stuck":
            yield from _stuck(scene, who, found, text)
            continue
        kind = "case" if row.lists == "notice" else row.lists
        may_list = may("list", kind)(scene, who, found)
        shown = (str(found.person.id) if row.lists == "person" else found.case.number) in text
        if shown != may_list:
            yield f"{found.name} {'shown' if shown else 'not shown'} though list is {may_list}"
        if row.lists == "person" and found.person.name in text and not names(scene, who, found):
            yield f"{found.name} named though the name may not be seen"


def _stuck(scene: Scene, who: str, found: Situation, text: str) -> Iterator[str]:
    """A stuck effect is shown to whoever may decide about it, its case to whoever may list that besides."""
    mends, lists = may("mend")(scene, who, found), may("list")(scene, who, found)
    if (re.search(rf'(?:stuck-|"id": ?){found.stuck.id}\b', text) is not None) != mends:
        yield f"{found.name} {'not ' if mends else ''}shown though mend is {mends}"
    if (found.case.number in text) != (mends and lists):
        yield f"{found.name}: its number is shown or not, though list is {lists}"


def test_every_method_an_address_takes_has_a_row(scene: Scene, ask: Any) -> None:
    wrong = {}
    for name, rows in ROWS.items():
        here = next(iter(scene.situations.values())) if rows[0].about else None
        answer = ask("caseworker", replace(rows[0], method="OPTIONS", body=lambda who, here: {}), here)
        takes = {method.strip() for method in answer.get("Allow", "GET").split(",")} - {"HEAD", "OPTIONS"}
        if takes != {row.method for row in rows} and name != "api:missing":
            wrong[name] = takes

    assert wrong == {}


def test_the_table_in_the_documentation_is_current(scene: Scene) -> None:
    found = table.text(scene)
    path = Path(__file__).parents[2] / "docs/reference/access-table.md"
    if os.environ.get("WRITE_ACCESS_TABLE"):
        path.write_text(found, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == found, (
        "WRITE_ACCESS_TABLE=1 pytest tests/rights writes it anew"
    )


# Where a second factor is made or shown, and the way out.
FOR_THE_SECOND = {"pages:keys", "pages:keys_prove", "pages:keys_begin", "pages:keys_add", "pages:signout"}


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "csw", "receiver", "privacy"])
def test_without_the_second_factor_its_office_demands_a_session_opens_nothing(
    scene: Scene, settings: Any, who: str
) -> None:
    settings.SECOND_FACTOR = True
    here, user, wrong = scene.situations["ours"], User.objects.get(username=who), []
    rows = [(name, row) for name, rows in ROWS.items() for row in rows if name not in FOR_THE_SECOND]
    cookie = _session(user)
    for name, row in rows:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        body = row.body(who, here)
        sent = {"data": json.dumps(body), "content_type": "application/json"} if row.json else {"data": body}
        if row.address.startswith("/api/"):
            sent = {"data": json.dumps(body), "content_type": "application/json"}
        with transaction.atomic():
            given = sent if row.method == "POST" else {}
            answer = getattr(client, row.method.lower())(row.address.format(**here.ids), **given)
            transaction.set_rollback(True)
        text = answer.content.decode(errors="replace") if not answer.streaming else ""
        sent_away = answer.headers.get("Location") == "/keys/" or answer.status_code in REFUSED
        told = [secret for secret in here.secrets if secret in text]
        if told or not (sent_away or row.may is anyone):
            wrong.append(f"{name}: {row.method} {row.address} {answer.status_code} {told}")

    assert len(rows) > 200
    assert "\n".join(wrong) == ""
