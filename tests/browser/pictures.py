"""The pictures of the documentation, taken anew from the pages: `make pictures`. No part of the suite.

Each is the first screen of a page in one language, drawn with few colours, so that it stays small.
"""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from backend.cases import actions
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.pages.hints import HINTS
from backend.pages.models import KnownHint
from backend.people.models import Person
from tests.browser.journeys.filling import fill
from tests.cases.conftest import answers, do
from tests.field.conftest import watch
from tests.sharing.disclosures.conftest import consent

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
COLOURS, LARGEST = 160, 80_000
LANGUAGES = ("ja", "en")


def keep(page, name):
    """The screen as a PNG of few colours, at most 80 kB."""
    page.evaluate("document.fonts.ready.then(() => true)")
    drawn = Image.open(BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size <= LARGEST


def _case(person, **more):
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report", **more)}
    return actions.start("referral", person=person.id, area="D01-1", key=uuid4().hex, **given)


def _person(name, number):
    where = {"area_id": "D01-1", "address": f"海鳴市中浜一丁目{number}番1号"}
    return Person.objects.create(controller="city", name=name, birth_date=f"19{30 + number}-05-02", **where)


@pytest.fixture(scope="module")
def known(office):
    """A desk with work in several states, and one case of which enough is known to be shared."""
    hints = (KnownHint(member_id=member_id("caseworker"), page=page) for page in HINTS)
    KnownHint.objects.bulk_create(hints)
    assigned = {"assigned_to": str(member_id("caseworker"))}
    for number, name in enumerate(("大谷 文子", "松下 正一", "岸本 ツヤ"), 11):
        done = _case(_person(name, number))
        if number > 11:
            done = do(done, "triage", answers("triage", urgency="B"))
        if number > 12:
            done = do(done, "request_consent", answers("consent_request"))
            do(done, "assign", answers("assign", **assigned))
    done = do(_case(_person("髙田 ハナ", 8)), "triage", answers("triage", urgency="C"))
    done = do(done, "assign", answers("assign", **assigned))
    done = do(done, "record_intake", answers("intake"))
    known = do(done, "record_consent", consent(categories=["identity", "contact", "living_status", "abuse"]))
    _as_days_went_by()
    return known


def _as_days_went_by():
    """Cases wait and are due as in an office, not all of them since a moment ago; the newest come first."""
    now, cases = timezone.now(), Case.objects.filter(is_open=True, workflow="referral").order_by("-opened_at")
    for number, case in enumerate(cases):
        due = now + timedelta(hours=(-50, 3, 26, 50, 74)[min(number, 4)] + number)
        Case.objects.filter(pk=case.pk).update(due_at=due, entered_at=now - timedelta(days=5 - number % 4))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_desk(sign_in, known, lang):
    page = sign_in("caseworker", lang=lang)
    page.goto("/?view=team")
    keep(page, f"my-work.{lang}")
    page.goto(f"/cases/{known.case}/")
    keep(page, f"case.{lang}")
    page.goto(f"/cases/{known.case}/do/refer/")
    page.locator("[data-main]").click()
    page.locator(".error-summary").wait_for()
    page.evaluate("scrollTo(0, 0)")
    keep(page, f"errors.{lang}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_may_leave(sign_in, known, lang):
    page = sign_in("caseworker", lang=lang)
    page.goto(f"/cases/{known.case}/disclose/")
    fill(page, {"to": "organisation:center-nakahama", "purpose": "service_linkage", "basis": "consent"})
    page.evaluate("document.querySelector('#matrix').scrollIntoView()")
    keep(page, f"what-may-leave.{lang}")


@pytest.fixture(scope="module")
def watched(office):
    """Two homes the volunteer watches."""

    def report(**more):
        given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
        return actions.start("referral", **given, **more)

    for number, name in enumerate(("山本 ヨシ", "西村 キク"), 5):
        watch(report, _person(name, number), "volunteer", approach="勝手口から声をかけてください")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_phone(sign_in, watched, lang):
    page = sign_in("volunteer", lang=lang, width=375)
    page.goto("/field/")
    page.wait_for_load_state("networkidle")
    keep(page, f"phone.{lang}")
