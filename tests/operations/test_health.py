import json

import pytest
from django.db import OperationalError

from backend.config import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def definitions_are_fine(monkeypatch):
    """Reading every definition takes seconds; its own tests do that."""
    monkeypatch.setitem(health.CHECKS, "definitions", lambda: "")


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, json.loads(answer.content)


def test_the_process_says_that_it_lives(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_a_prepared_office_is_ready(client):
    status, body = ready(client)

    assert (status, body["missing"]) == (200, [])
    assert set(body["checks"]) == {"database", "migrations", "definitions", "erasures", "queue", "fonts"}


@pytest.mark.parametrize("name", ["database", "migrations", "definitions", "erasures", "queue", "fonts"])
def test_whatever_is_missing_is_named_and_the_office_is_not_ready(client, monkeypatch, name):
    monkeypatch.setitem(health.CHECKS, name, lambda: "It is missing; bring it.")

    status, body = ready(client)

    assert (status, body["missing"], body["checks"][name]) == (503, [name], "It is missing; bring it.")


def test_a_database_that_does_not_answer_is_named_without_its_address(monkeypatch):
    def refuse():
        raise OperationalError("connection to 10.1.2.3 refused for user secret")

    monkeypatch.setattr(health.connection, "cursor", refuse)

    assert health.database() == "PostgreSQL does not answer; check DATABASE_URL and that the server runs."


def test_tables_of_another_version_are_named(monkeypatch):
    health._migrated.cache_clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["a migration"])

    assert "run `tsunagu prepare`" in health.migrations()
    health._migrated.cache_clear()


def test_missing_fonts_come_with_the_command_that_brings_them(monkeypatch):
    from backend.letters import fonts

    lacking = fonts.FontHealth({}, ("IPAex Mincho",))
    monkeypatch.setattr(fonts, "fonts", lambda: lacking)

    assert health.fonts() == f"Fonts for letters are missing: IPAex Mincho; type `{fonts.INSTALL}`."


def test_a_broker_that_is_down_is_named(settings):
    from backend.config import celery

    settings.BROKER_URL = "amqp://office@127.0.0.1:1//"
    celery.configure()

    assert "The broker does not answer" in health.queue()

    settings.BROKER_URL = ""
    celery.configure()


def test_asking_by_another_method_is_refused(client):
    assert client.post("/readyz").status_code == 405
