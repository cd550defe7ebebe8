"""A sharing request to its recall: composed, approved under a condition, read by link and code, answered."""

from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.browser.journeys.filling import do as record
from tests.browser.journeys.filling import fill
from tests.cases.conftest import answers, do
from tests.sharing.disclosures.conftest import consent

AGREED = ("identity", "contact", "living_status", "abuse")
CONDITION = "疑いのことは、訪問する人だけが読むこと。"


@pytest.fixture
def known(office):
    """A resident's case with what she told; the centre may learn of it, but not of her money."""
    person = Person.objects.create(
        controller="city",
        name="髙田 ハナ",
        birth_date="1938-05-02",
        area_id="D01-1",
        address="海鳴市中浜一丁目5番1号",
        phone="0832-00-0199",
    )
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    done = do(actions.start("referral", person=person.id, **given), "triage", answers("triage", urgency="C"))
    done = do(done, "assign", answers("assign", assigned_to=str(member_id("caseworker"))))
    done = do(done, "record_intake", answers("intake"))
    return do(done, "record_consent", consent(categories=list(AGREED)))


def composed(desk, case):
    """What the caseworker chooses and writes."""
    desk.goto(f"/cases/{case}/disclose/")
    fill(desk, {"to": "organisation:center-nakahama", "purpose": "service_linkage", "basis": "consent"})
    fill(desk, {"reason": "訪問と介護申請の相談のため"})


def requested(case):
    """The path of the request that came of the case."""
    row = Case.objects.filter(workflow="disclosure", person_id=Case.objects.get(pk=case).person_id).get()
    return row, f"/cases/{row.id}/"


@pytest.mark.parametrize(
    ("lang", "width", "refused", "recalled"),
    [
        ("ja", 1366, "共有できません", "この情報は取り消されました"),
        ("en", 375, "Cannot leave", "This information was recalled"),
    ],
)
def test_what_was_asked_for_is_approved_read_answered_and_recalled(
    sign_in, picture, known, lang, width, refused, recalled
):
    desk, chief = (sign_in(who, lang=lang, width=width) for who in ("caseworker", "supervisor"))
    composed(desk, known.case)
    row = desk.locator(".ruled-deny").first
    assert refused in row.inner_text()
    assert row.locator(".way").inner_text()
    picture(desk, "composed")
    for category in ("identity", "contact", "abuse"):
        fill(desk, {"categories": [category]})
    desk.locator("[data-main]").click()
    desk.wait_for_url("**/cases/*-*/")

    request, path = requested(known.case)
    chief.goto(f"/approvals/?case={request.id}")
    fill(chief, {"decision": "conditional", "note": CONDITION})
    picture(chief, "to be approved")
    chief.locator(".approval [data-main]").click()
    chief.wait_for_url("**decided=*")

    record(desk, path, "hand_over", answers("disclosure_handover"))
    desk.goto(f"{path}sections/sharing/")
    desk.locator('a[href^="/packages/"]').click()
    desk.locator('form[action$="/link/"] button').click()
    link, code = desk.locator("#the-link").input_value(), desk.locator(".issued .code").inner_text()
    picture(desk, "link and code")

    reader = sign_in("", lang=lang, width=width)
    reader.goto(link)
    fill(reader, {"code": code, "reader": "田中 由美"})
    picture(reader, "the door")
    reader.locator("[data-main]").click()
    reader.locator(".part-of-package").first.wait_for()
    assert "髙田 ハナ" in reader.locator("main").inner_text()
    assert CONDITION in reader.locator("main").inner_text()
    picture(reader, "read")
    reader.locator('.reply a[href$="/accept/"]').click()
    fill(reader, answers("disclosure_reply"))
    reader.locator("[data-main]").click()
    reader.wait_for_url("**/r/package/?sent=1")
    picture(reader, "answered")

    record(desk, path, "recall", answers("disclosure_recall"))
    picture(desk, "recalled")
    reader.reload()
    assert reader.locator("h1").inner_text() == recalled
    assert "髙田" not in reader.content()
    picture(reader, "over")
