"""What may not be in a real office, found by `tsunagu check --deploy`: each finding says what to set.

Django's own checks of the same things are silenced in the settings: they name settings nobody here can set.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connections

from backend.config.environment import Environment

EXAMPLE = "uminari"
_ASK = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole, EXISTS (
    SELECT FROM pg_class WHERE relname = 'cases_step' AND relnamespace = 'public'::regnamespace
    AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
) FROM pg_roles WHERE rolname = current_user
"""


@register(Tags.security, deploy=True)
def settings_of_an_office(**_named: Any) -> list[CheckMessage]:
    """Settings that are right for trying things out and wrong for real people."""
    return [*_secrets(), *_seal_key(), *_way_in(), *_sign_in(), *_mail(), *_webhooks()]


@register(Tags.security, deploy=True)
def database_of_an_office(**_named: Any) -> list[CheckMessage]:
    """The database asks who comes, and the application may not change the history."""
    if not Environment.of_this_process().text("DATABASE_URL"):
        return [_embedded("DATABASE_URL is not set, so the embedded PostgreSQL is used")]
    try:
        return list(_database())
    except psycopg.Error:
        return [
            Error(
                "The database does not answer, so what its role may do cannot be seen.",
                hint="Set DATABASE_URL to the address the office will use, and start the server.",
                id="tsunagu.E012",
            )
        ]


def _secrets() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error(
            "Error pages show the data of persons to whoever meets one.",
            hint="Set TSUNAGU_DEBUG to false, or take it out.",
            id="tsunagu.E001",
        )
    if settings.DEMO:
        yield Error(
            "This is the demo city.",
            hint="Set TSUNAGU_DEMO to false, or take it out, and use a fresh database.",
            id="tsunagu.E002",
        )
    if not Environment.of_this_process().text("TSUNAGU_SECRET_KEY"):
        yield Error(
            f"The secret key lies in {settings.VAR}, and every machine makes one of its own.",
            hint="Set TSUNAGU_SECRET_KEY to the same on every machine: openssl rand -hex 48",
            id="tsunagu.E003",
        )
    if settings.INSTALLATION == EXAMPLE:
        yield Error(
            f"The installation bears the name of the demo city, {EXAMPLE!r}; later it can never be changed.",
            hint="Set TSUNAGU_INSTALLATION to a name of your own before the first case.",
            id="tsunagu.E004",
        )


def _seal_key() -> Iterator[CheckMessage]:
    key = Path(settings.SEAL_KEY).resolve()
    if any((folder / "PG_VERSION").exists() for folder in key.parents):
        yield Error(
            f"The key of the seals lies in the database's folder ({key.parent}), and in its backups.",
            hint="Move it, set TSUNAGU_SEAL_KEY to the new place, and change it: tsunagu seal rotate",
            id="tsunagu.E014",
        )
    elif not Environment.of_this_process().text("TSUNAGU_SEAL_KEY"):
        yield Warning(
            f"The key of the seals lies in {settings.VAR}, where whatever copies that folder copies it too.",
            hint="Set TSUNAGU_SEAL_KEY to a file only the process of the runs can read.",
            id="tsunagu.W003",
        )
    if key.exists() and key.stat().st_mode & 0o077:
        yield Error(
            "Others than its owner can read the key of the seals.",
            hint=f"Type `chmod 600 {key}` (TSUNAGU_SEAL_KEY), then change the key: tsunagu seal rotate",
            id="tsunagu.E015",
        )


def _way_in() -> Iterator[CheckMessage]:
    site = urlsplit(settings.SITE_URL)
    if not settings.SECURE:
        yield Error(
            "Cookies of sessions travel without encryption.",
            hint="Put a proxy with TLS in front and set TSUNAGU_HTTPS to true.",
            id="tsunagu.E005",
        )
    if not settings.PROXIES:
        yield Error(
            "No proxy is announced, so everybody's wrong passwords are counted together.",
            hint="Set TSUNAGU_PROXIES to how many proxies of your own stand in front (mostly 1); "
            "the last one must set X-Forwarded-For and X-Forwarded-Proto.",
            id="tsunagu.E006",
        )
    if site.scheme != "https":
        yield Error(
            "Links in mails lead to an address without encryption.",
            hint="Set TSUNAGU_SITE_URL to what people type, such as https://tsunagu.city.example",
            id="tsunagu.E007",
        )
    if "*" in settings.ALLOWED_HOSTS or site.hostname not in settings.ALLOWED_HOSTS:
        yield Error(
            "The host names served are not those people type.",
            hint=f"Set TSUNAGU_HOSTS to the names the office is reached by, {site.hostname} among them.",
            id="tsunagu.E008",
        )
    plain = [origin for origin in settings.CSRF_TRUSTED_ORIGINS if not origin.startswith("https://")]
    if plain:
        yield Error(
            f"Forms are accepted from pages without encryption: {', '.join(plain)}.",
            hint="Write TSUNAGU_ORIGINS with https:// throughout.",
            id="tsunagu.E009",
        )


def _sign_in() -> Iterator[CheckMessage]:
    site = urlsplit(settings.SITE_URL).hostname or ""
    if site != settings.PASSKEY_HOST and not site.endswith(f".{settings.PASSKEY_HOST}"):
        yield Error(
            f"Passkeys are made for {settings.PASSKEY_HOST!r}, which is not where people sign in.",
            hint="Set TSUNAGU_PASSKEY_HOST to the host of TSUNAGU_SITE_URL or to one above it.",
            id="tsunagu.E016",
        )
    if not settings.SECOND_FACTOR:
        yield Warning(
            "A password alone, which can be given away by mistake, opens every case its owner may see.",
            hint="Set TSUNAGU_SECOND_FACTOR to true once everybody of the staff has a passkey.",
            id="tsunagu.W004",
        )
    if not settings.FRESH_MINUTES:
        yield Warning(
            "Whoever sits down at an open terminal may approve, export and open records in an emergency.",
            hint="Set TSUNAGU_FRESH_MINUTES to 10 or so.",
            id="tsunagu.W005",
        )


def _mail() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield Warning(
            "Mails are printed into the log instead of sent.",
            hint="Set TSUNAGU_SMTP_HOST to the mail server.",
            id="tsunagu.W001",
        )
    elif f"@{EXAMPLE}." in settings.DEFAULT_FROM_EMAIL:
        yield Warning(
            "Mails come from the demo city.",
            hint="Set TSUNAGU_MAIL_FROM to an address of your own.",
            id="tsunagu.W002",
        )


def _webhooks() -> Iterator[CheckMessage]:
    if any(origin.startswith("http:") for origin in settings.WEBHOOK_ORIGINS):
        yield Warning(
            "Webhooks may travel without encryption.",
            hint="Set TSUNAGU_WEBHOOK_ORIGINS to https:// addresses only.",
            id="tsunagu.W006",
        )


def _database() -> Iterator[CheckMessage]:
    if _lets_anybody_in():
        yield _embedded("The database lets in whoever reaches it, without a password")
    with closing(_connect()) as connection:
        found = connection.execute(_ASK).fetchone()
    powerful, changes = found or (True, True)
    if powerful:
        yield Error(
            "The application's role at the database may do anything, history included.",
            hint="Set DATABASE_URL to a role made as in docker/roles.sql: "
            "without SUPERUSER, BYPASSRLS and CREATEROLE.",
            id="tsunagu.E011",
        )
    elif changes:
        yield Error(
            "The application's role may change or delete steps of the history.",
            hint="Set DATABASE_URL to the application's role, DATABASE_OWNER_URL to the owner's, "
            "and run `tsunagu prepare`.",
            id="tsunagu.E013",
        )


def _embedded(what: str) -> Error:
    return Error(
        f"{what}: any program of this machine may change every case.",
        hint="Set DATABASE_URL to a PostgreSQL server that asks for a password; "
        "docker/roles.sql makes the roles.",
        id="tsunagu.E010",
    )


def _lets_anybody_in() -> bool:
    """Whether a wrong password opens as well: then nobody looks at it.

    A server may know who comes by other means (a certificate, the user of the machine); PostgreSQL 16 and
    newer tell.
    """
    try:
        with closing(_connect(password="certainly-not-the-password")) as connection:  # noqa: S106 - the point
            if connection.info.server_version < 160000:
                return True
            known = connection.execute("SELECT system_user IS NOT NULL").fetchone()
            return known != (True,)
    except psycopg.OperationalError:
        return False


def _connect(**changed: Any) -> "psycopg.Connection[Any]":
    parameters = connections["default"].get_connection_params()
    wanted = {"host", "port", "user", "password", "dbname"} | {
        name for name in parameters if name.startswith("ssl")
    }
    given = {name: value for name, value in parameters.items() if name in wanted}
    return psycopg.connect(connect_timeout=5, **{**given, **changed})
