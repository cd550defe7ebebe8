"""Every setting, from the environment only. docs/reference/settings.md lists them; a test keeps it
complete.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF

from backend.config.embedded import APPLICATION, OWNER, address
from backend.config.environment import ROOT, Environment, SettingError, is_address

ENV = Environment.of_this_process()
VAR = ENV.var

DEBUG = ENV.flag("TSUNAGU_DEBUG", default=False)
DEMO = ENV.flag("TSUNAGU_DEMO", default=False)
DEFINITION_ROOTS = [ROOT, *ENV.folders("TSUNAGU_DEFINITIONS")]
INSTALLATION = ENV.text("TSUNAGU_INSTALLATION", "uminari")
ROOT_AREA = ENV.text("TSUNAGU_ROOT_AREA", "CITY")
INTAKE_CONTROLLER = ENV.text("TSUNAGU_INTAKE", "city")
STAFF_ROLES = frozenset({"caseworker", "supervisor", "csw_staff", "system"})

# --- secrets and hosts -------------------------------------------------------------------------------------
_SECRET_FILE = VAR / "secret-key"


def _secret_key() -> str:
    """From TSUNAGU_SECRET_KEY; on one machine without it, a random one kept under var/ (mode 600)."""
    given = ENV.text("TSUNAGU_SECRET_KEY")
    if given:
        if len(given) < 50:
            raise SettingError(f"TSUNAGU_SECRET_KEY: want at least 50 characters, got {len(given)}.")
        return given
    if not _SECRET_FILE.exists():
        from django.core.management.utils import get_random_secret_key  # noqa: PLC0415 - needed once

        VAR.mkdir(parents=True, exist_ok=True)
        fresh = VAR / f"secret-key.{get_random_secret_key()[:6].encode().hex()}"
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_secret_key(), encoding="ascii")
        with suppress(FileExistsError):  # the first of several processes wins
            _SECRET_FILE.hardlink_to(fresh)
        fresh.unlink()
    return _SECRET_FILE.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = ENV.words("TSUNAGU_HOSTS", "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = ENV.words("TSUNAGU_ORIGINS")
SECURE = ENV.flag("TSUNAGU_HTTPS", default=False)
# How many proxies of our own stand before the web process; each adds to X-Forwarded-For whom it heard.
PROXIES = ENV.number("TSUNAGU_PROXIES", 0, most=9)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = 30 * 86400 if SECURE else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# At least so long that pages, which warn five minutes before, do not warn at once.
SESSION_COOKIE_AGE = ENV.number("TSUNAGU_SESSION_SECONDS", 8 * 3600, least=900)
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- applications ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "backend.config.apps.ConfigConfig",
    "backend.definitions",
    "backend.workflow",
    "backend.answers",
    "backend.access",
    "backend.people",
    "backend.passkeys",
    "backend.cases",
    "backend.letters",
    "backend.letters.printing",
    "backend.papers",
    "backend.sharing.consents",
    "backend.sharing.disclosures",
    "backend.sharing.councils",
    "backend.field",
    "backend.disposal",
    "backend.seals",
    "backend.catalogue",
    "backend.figures",
    "backend.jobs",
    "backend.runs",
    "backend.api",
    "backend.pages",
    "backend.demo",
    "backend.bench",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "backend.pages.display.context",
                "backend.demo.tour.context",
            ],
        },
    },
]
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# backend.config.deploy looks at the same and names the variable; of sub-domains we know nothing.
SILENCED_SYSTEM_CHECKS = [f"security.W{number:03}" for number in (4, 5, 8, 12, 16, 18, 20, 21)]

# --- storage -----------------------------------------------------------------------------------------------
_SOCKET = VAR / "postgres"
_LIMITS = (
    "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
    " -c timezone=UTC -c default_transaction_isolation=read\\ committed"
)


def _database(variable: str, role: str) -> dict[str, Any]:
    found = ENV.database(variable, address(_SOCKET, role))
    # Django prepares no statement at all. So high a number prepares only what asks for it: the door.
    options = {"options": _LIMITS, "prepare_threshold": sys.maxsize, **found.pop("OPTIONS")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": ENV.number("TSUNAGU_CONNECTION_SECONDS", 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        **found,
    }


DATABASES: dict[str, dict[str, Any]] = {
    "default": _database("DATABASE_URL", APPLICATION),
    # Migrations and grants only; the running office never opens it.
    "owner": _database("DATABASE_OWNER_URL", OWNER),
}

# --- queue and calendar ------------------------------------------------------------------------------------
BROKER_URL = ENV.text("CELERY_BROKER_URL")  # empty: kombu's filesystem transport under var/
QUEUE = ENV.text("TSUNAGU_QUEUE", "effects")
SWEEP_SECONDS = ENV.number("TSUNAGU_SWEEP_SECONDS", 30, least=1, most=300)
# Signs the seals; the journal of seals lies beside it. Outside the database, and of its backups.
SEAL_KEY = ENV.text("TSUNAGU_SEAL_KEY", str(VAR / "seal" / "key.pem"))
# Opens what phones sealed in the street. Outside the database and its backups; all web processes share it.
FIELD_KEY = ENV.text("TSUNAGU_FIELD_KEY", str(VAR / "field" / "key.pem"))
# Ids of what was destroyed, so that no backup brings it back. Outside the database and its backups.
ERASURES = ENV.text("TSUNAGU_ERASURES", str(VAR / "erasures" / "ledger.jsonl"))
# Closes and opens drafts. Outside the database and its backups; all web processes share it.
DRAFT_KEY = ENV.text("TSUNAGU_DRAFT_KEY", str(VAR / "draft" / "key"))
LEASE_SECONDS = ENV.number("TSUNAGU_LEASE_SECONDS", 30, least=20, most=600)
WEBHOOK_ORIGINS = frozenset(ENV.words("TSUNAGU_WEBHOOK_ORIGINS"))
WEBHOOK_NETWORKS = ENV.networks("TSUNAGU_WEBHOOK_NETWORKS")
PREFECT_API_URL = ENV.text("PREFECT_API_URL")  # empty: a local Prefect server on SQLite under var/

# What a monitoring system shows to read /metrics; without it the address does not exist.
METRICS_TOKEN = ENV.text("TSUNAGU_METRICS_TOKEN")

# --- language, time, letters -------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
# Packages of several applications keep one catalogue for all of them.
LOCALE_PATHS = [Path(__file__).parents[1] / "sharing" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ENV.text("TSUNAGU_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = ENV.text("TSUNAGU_SMTP_HOST", "localhost")
EMAIL_PORT = ENV.number("TSUNAGU_SMTP_PORT", 25, least=1, most=65535)
DEFAULT_FROM_EMAIL = ENV.text("TSUNAGU_MAIL_FROM", "tsunagu@uminari.example")
SITE_URL = ENV.text("TSUNAGU_SITE_URL", "http://localhost:8000")
FONT_DIR = ENV.text("TSUNAGU_FONT_DIR")

# --- signing in --------------------------------------------------------------------------------------------
# Passkeys are made for one host and every one below it; they cannot be made for a bare address.
_SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
PASSKEY_HOST = ENV.text("TSUNAGU_PASSKEY_HOST", "localhost" if is_address(_SITE_HOST) else _SITE_HOST)
SECOND_FACTOR = ENV.flag("TSUNAGU_SECOND_FACTOR", default=False)
FRESH_MINUTES = ENV.number("TSUNAGU_FRESH_MINUTES", 10, most=480)

# --- static files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is missing
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- API ---------------------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.api.reading.StrictJson"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "backend.api.reading.OnlyJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backend.api.problem.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tsunagu",
    "DESCRIPTION": "Case management for Japanese community welfare. Errors are RFC 9457 problem documents.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["backend.api.describe.by_id"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False, "validatorUrl": None},
}

# --- logging: allow-listed keys only, never personal data ---------------------------------------------------
LOG_LEVEL = ENV.choice("TSUNAGU_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"links": {"()": "backend.config.masking.MaskedLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["links"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"backend": {"level": LOG_LEVEL}, "django.request": {"level": "ERROR"}},
}
structlog.configure(
    processors=[structlog.stdlib.add_log_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
