"""Every page of the office, in both languages, on both screens, in every theme.

In the ordinary suite each page once, the combinations taking turns; `make accessibility` asks for all.
"""

import os
from itertools import product

import pytest

from tests.browser import checks
from tests.rights.routes import ROWS
from tests.rights.scene import NOBODY

COMBINATIONS = tuple(product(("ja", "en"), (1366, 375), ("light", "dark", "high")))
READERS = ("supervisor", "caseworker", "privacy", "csw", "receiver", "commissioner", NOBODY)
# Answers that are no page: files, fragments, addresses of their own that lead elsewhere.
NO_PAGES = {"pages:recipient_link", "pages:signout", "pages:report_leave", "pages:stamp"}
ADDRESSES = sorted(
    {
        row.address
        for name, rows in ROWS.items()
        for row in rows
        if row.method == "GET" and name.startswith("pages:")
    }
    - {row.address for name in NO_PAGES for row in ROWS.get(name, ())}
)
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
    *("/signin/", "/report/", "/reply/", "/field/"),
)


@pytest.mark.parametrize("width", [1366, 375])
@pytest.mark.parametrize("address", OF_EACH_KIND)
def test_text_may_be_spaced_doubled_and_in_the_systems_colours(sign_in, office, address, width):
    who, path = reader(office, address)
    page = sign_in("" if who == NOBODY else who, width=width)
    page.goto(path)

    assert "\n".join([*checks.roomy(page), *checks.forced(page)]) == ""


@pytest.mark.parametrize(("address", "lang", "width", "theme"), CELLS)
def test_everybody_can_use_the_page(sign_in, office, address, lang, width, theme):
    asked = reader(office, address)
    if asked is None:
        pytest.skip("nobody of the cast is let in")
    who, path = asked
    page = sign_in("" if who == NOBODY else who, lang=lang, width=width, theme=theme)
    if not page.request.get(path).headers.get("content-type", "").startswith("text/html"):
        pytest.skip("a file, not a page")

    page.goto(path)

    wrong = [
        *checks.accessible(page),
        *checks.whole(page, lang),
        *checks.reachable(page),
        *checks.narrow(page),
    ]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(("lang", "width"), [("ja", 375), ("en", 1366)])
def test_everybody_can_use_the_tour_of_a_demo(sign_in, settings, lang, width):
    settings.DEMO = True
    page = sign_in("caseworker", lang=lang, width=width)

    page.goto("/tour/")

    wrong = [
        *checks.accessible(page),
        *checks.whole(page, lang),
        *checks.reachable(page),
        *checks.narrow(page),
    ]
    assert "\n".join(wrong) == ""
    assert page.locator(".tour > li").count() == 4


def reader(office, address):
    """Somebody who may open the address, and with what in it."""
    row = next(row for rows in ROWS.values() for row in rows if (row.method, row.address) == ("GET", address))
    for here in (*office.scene.situations.values(),) if row.about else (None,):
        for who in READERS:
            if row.may(office.scene, who, here):
                return who, address.format(**(here.ids if here else {}))
    return None
