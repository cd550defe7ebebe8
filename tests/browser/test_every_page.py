"""Every page of the office, in both languages, on both screens, in every theme.

In the ordinary suite each page once, the combinations taking turns; `make accessibility` asks for all.
"""

import os
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from backend.people.models import Person, User
from tests.browser import checks
from tests.browser.conftest import screen, terminal
from tests.browser.things import FILLED, MORE, WAYS, Reading, Things, Way, plainly
from tests.rights.routes import ROWS, Row
from tests.rights.scene import NOBODY

LANGUAGES, WIDTHS, THEMES = ("ja", "en"), (1366, 375), ("light", "dark", "high")
COMBINATIONS = tuple(product(LANGUAGES, WIDTHS, THEMES))
READERS = (NOBODY, "supervisor", "caseworker", "privacy", "csw", "receiver", "commissioner")
# Files, parts of a page, and addresses that only lead to another.
NO_PAGES = {
    *("board_export", "file", "preview", "council_pdf", "field_list", "field_manifest", "field_worker"),
    *(
        "letter",
        "stationery_test",
        "post_file",
        "post_ledger",
        "disposal_record",
        "provisions",
        "rules_paper",
    ),
    *("rules_letter_sample", "statistics", "stamp", "stay"),
    *("recipient_link", "report", "report_place", "report_leave"),
}
ASKED: dict[str, Row] = {
    row.address: row
    for name, rows in ROWS.items()
    for row in rows
    if row.method == "GET" and name.startswith("pages:") and name.removeprefix("pages:") not in NO_PAGES
}
ADDRESSES = sorted({*ASKED, *MORE})
ALL = os.environ.get("EVERY_COMBINATION") == "yes"
CELLS = [
    (address, *combination)
    for at, address in enumerate(ADDRESSES)
    for combination in (COMBINATIONS if ALL else (COMBINATIONS[(at * 5) % len(COMBINATIONS)],))
]


# One page of each kind: a list, a case, its form, a table of rulings, a drawing, outside, in the street.
OF_EACH_KIND = (
    *(
        "/?view=team",
        "/cases/{case}/",
        "/cases/{case}/do/note/",
        "/cases/{case}/disclose/",
        "/approvals/",
        "/board/",
    ),
    *("/signin/", "/report/danger/", "/reply/", "/field/"),
)


Look = Callable[..., Any]


@pytest.fixture(scope="module")
def look(office: Any, chromium: Any, tmp_path_factory: Any) -> Iterator[Look]:
    """Look at a page as whoever may: `look(address, lang, width, theme)`.

    While the address and the language stay it is not loaded again: a theme is one attribute of the page and
    a width that of its window, which tests below hold true. Readers keep their browser and what it fetched.
    """
    things, contexts, shown = (
        Things(str(tmp_path_factory.mktemp("seals") / "key.pem")),
        dict[Any, Any](),
        dict[str, Any](),
    )

    def at(address: str, lang: str, width: int, theme: str) -> Any:
        if shown.get("what") != (address, lang):
            if "page" in shown:
                shown.pop("page").close()
            shown.pop("what", None)
            way = reading(office, address).way(things)
            if (way.who, lang) not in contexts:
                contexts[way.who, lang] = chromium.new_context(
                    base_url=office.url, locale=lang, service_workers="block"
                )
            shown["page"] = opened(contexts[way.who, lang], office, way, lang, theme)
            shown["what"] = address, lang
        page = shown["page"]
        page.set_viewport_size(screen(width))
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        return page

    yield at
    for context in contexts.values():
        context.close()


def opened(context: Any, office: Any, way: Way, lang: str, theme: str) -> Any:
    """The page at the end of the way, in a language and a theme of the reader's own settings."""
    User.objects.filter(username=way.who).update(language=lang, theme=theme)
    context.clear_cookies()
    cookies = [*way.cookies.items(), *(terminal(lang, theme) if way.who == NOBODY else ())]
    context.add_cookies([{"name": name, "value": value, "url": office.url} for name, value in cookies])
    page = context.new_page()
    answer = page.goto(way.path)
    assert (answer.status, urlsplit(page.url).path) == (way.status, urlsplit(way.path).path)
    assert "\n".join(checks.light(page, answer.headers["content-security-policy"])) == ""
    return page


def reading(office: Any, address: str) -> Reading:
    """Somebody who may open the address, and with what in it."""
    for known in (WAYS, FILLED, MORE):
        if address in known:
            return known[address]
    row = ASKED[address]
    for here in office.scene.situations.values() if row.about else (None,):
        for who in READERS:
            if row.may(office.scene, who, here):
                return plainly(who, address.format(**(here.ids if here else {})))
    return pytest.fail(f"nobody may open {address}: say in things.py who does, and with what behind it")


@pytest.mark.parametrize("width", [1366, 375])
@pytest.mark.parametrize("address", OF_EACH_KIND)
def test_text_may_be_spaced_doubled_and_in_the_systems_colours(look, address, width):
    page = look(address, "ja", width, "light")

    assert "\n".join([*checks.roomy(page), *checks.forced(page)]) == ""


@pytest.mark.parametrize("address", OF_EACH_KIND)
def test_paper_shows_what_is_read_and_nothing_to_press(look, address):
    page = look(address, "ja", 1366, "dark")

    assert "\n".join(checks.printed(page)) == ""


@pytest.mark.parametrize("address", OF_EACH_KIND)
def test_the_largest_text_fits_a_phone(look, address):
    page = look(address, "ja", 375, "light")
    page.evaluate("document.documentElement.dataset.size = '150'")

    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 24
    assert "\n".join([*checks.reachable(page), *checks.narrow(page)]) == ""


def test_readings_stand_above_names_for_whoever_asked_for_them(sign_in, office):
    person = next(iter(office.scene.situations.values())).person
    Person.objects.filter(pk=person.pk).update(kana="たかだ はな")
    for asked in (False, True):
        User.objects.filter(username="caseworker").update(furigana=asked)
        page = sign_in("caseworker", width=375)
        page.goto(f"/persons/{person.pk}/")

        over = page.locator("h1 ruby rt")
        assert (over.count() == 1) is asked
        assert "たかだ はな" in page.locator("main").inner_text()
        assert "\n".join(wrong(page, "ja")) == ""
    above, below = (page.locator(part).bounding_box() for part in ("h1 ruby rt", "h1 ruby"))
    assert above["y"] + above["height"] / 2 < below["y"] + below["height"] / 2
    User.objects.filter(username="caseworker").update(furigana=False)


@pytest.mark.parametrize(("address", "lang", "width", "theme"), CELLS)
def test_everybody_can_use_the_page(look, address, lang, width, theme):
    page = look(address, lang, width, theme)

    assert "\n".join(wrong(page, lang)) == ""


def wrong(page: Any, lang: str) -> Iterator[str]:
    yield from checks.accessible(page)
    yield from checks.whole(page, lang)
    yield from checks.reachable(page)
    yield from checks.narrow(page)


@pytest.mark.parametrize(("lang", "width"), [("ja", 375), ("en", 1366)])
def test_everybody_can_use_the_tour_of_a_demo(sign_in, settings, lang, width):
    settings.DEMO = True
    page = sign_in("caseworker", lang=lang, width=width)

    page.goto("/tour/")

    assert "\n".join(wrong(page, lang)) == ""
    assert page.locator(".tour > li").count() == 4


@pytest.mark.parametrize("address", ["/cases/{case}/", "/?view=mine", "/report/danger/"])
def test_a_page_is_the_same_in_every_theme_and_width(look, address):
    """So that it may be looked at in all of them without loading it again."""
    seen = []
    for width, theme in ((1366, "light"), (375, "high")):
        look("/design/", "ja", width, theme)
        seen.append(markup(look(address, "ja", width, theme)).split("><"))

    assert seen[0] == seen[1]


def markup(page: Any) -> str:
    """What stands in the page, without the theme, and without numbers: clocks and tokens go on meanwhile."""
    page.evaluate("document.documentElement.removeAttribute('data-theme')")
    body = page.evaluate("document.body.outerHTML")
    return re.sub(r' selected(="")?|value="[^"]{32,}"|\d+', "", body)


def test_what_is_left_out_is_no_whole_page(office):
    pages = []
    for row in (row for name in NO_PAGES for row in ROWS[f"pages:{name}"] if row.method == "GET"):
        here = next(iter(office.scene.situations.values()))
        if not row.may(office.scene, "supervisor", here):
            continue
        client = Client()
        client.force_login(User.objects.get(username="supervisor"))
        answer = client.get(row.address.format(**here.ids))
        if b"<!doctype html" in b"".join(answer)[:100].lower():
            pages.append(row.address)

    assert pages == []
