"""One browser, one live server and one small city for the whole folder, and signing in as one of the cast.

Journeys are in `journeys/`. A test asks for `sign_in` and gets a page of Chromium:

    page = sign_in("caseworker", lang="ja", width=1366)
    page.goto("/")

What it wrote stays until the folder is done, so a story makes its own case and never counts those of others.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# The shell is the same Chromium without windows of its own: a page costs it a quarter of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
HEIGHTS = {375: 812, 1366: 768}
PICTURES = os.environ.get("TSUNAGU_PICTURES", "")
FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The pages on one worker and the stories on another: each group shares a browser.

    Without Chromium they are left out, but never in CI.
    """
    for item in items:
        if FOLDER not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        stories = "journeys" in item.path.parts
        item.add_marker(pytest.mark.xdist_group("browser-stories" if stories else "browser"))
        if CHROMIUM is None and os.environ.get("CI") != "true":
            item.add_marker(
                pytest.mark.skip(reason="needs Chromium: apt-get install chromium-headless-shell")
            )


@pytest.fixture(scope="package")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A small city with a case in each situation that matters to rights, and a server that shows it."""
    from django.conf import settings
    from django.db import connections
    from pytest_django.live_server_helper import LiveServer

    from backend.config.scratch import empty_database
    from tests.conftest import load_cast
    from tests.rights import scene

    # Chromium is steered from a loop in this thread; the database is asked between its turns.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    origins, settings.WEBHOOK_ORIGINS = settings.WEBHOOK_ORIGINS, frozenset({"https://hooks.example"})
    with django_db_blocker.unblock():
        load_cast()
        server = LiveServer("localhost")
        try:
            yield Office(server.url, scene.build())
        finally:
            server.stop()
            connections["default"].close()
            empty_database()
            settings.WEBHOOK_ORIGINS = origins
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Office:
    """Where it is, and what is in it."""

    def __init__(self, url: str, scene: Any) -> None:
        self.url, self.scene = url, scene


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The one browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sign_in(office: Office, chromium: Any) -> Iterator[Callable[..., Any]]:
    """A page of the browser, as one of the cast or ("") as nobody; closed when the test ends."""
    contexts = []

    def begin(
        username: str, *, lang: str = "ja", width: int = 1366, theme: str = "light", **more: Any
    ) -> Any:
        context = chromium.new_context(base_url=office.url, viewport=screen(width), locale=lang, **more)
        context.set_default_timeout(15_000)
        contexts.append(context)
        cookies = session(username, lang, theme) if username else terminal(lang, theme)
        context.add_cookies([{"name": name, "value": value, "url": office.url} for name, value in cookies])
        return context.new_page()

    yield begin
    for context in contexts:
        context.close()


def screen(width: int) -> dict[str, int]:
    """A desk's or a phone's."""
    return {"width": width, "height": HEIGHTS.get(width, 768)}


def session(username: str, lang: str, theme: str) -> list[tuple[str, str]]:
    """The cookie of somebody who signed in and reads pages so."""
    from django.conf import settings
    from django.test import Client

    from backend.people.models import User

    User.objects.filter(username=username).update(language=lang, theme=theme)
    client = Client()
    client.force_login(User.objects.get(username=username))
    return [(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)]


def terminal(lang: str, theme: str) -> list[tuple[str, str]]:
    """The cookies of a terminal at which nobody signed in."""
    from django.conf import settings

    from backend.pages.display import COOKIE

    return [(settings.LANGUAGE_COOKIE_NAME, lang), (COOKIE, f"100.{theme}.0.0")]


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """Keep how a page looks at this moment of the story, in a folder of the story's name under
    `TSUNAGU_PICTURES`; without that nothing is drawn, which would take a fifth of the time.
    """
    folder, taken = Path(PICTURES) / request.node.name, []
    if PICTURES:
        shutil.rmtree(folder, ignore_errors=True)

    def keep(page: Any, name: str) -> None:
        taken.append(name)
        if PICTURES:
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(folder / f"{len(taken):02}-{name}.png"), full_page=True)

    return keep
