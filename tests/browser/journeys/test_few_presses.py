"""How few presses the common things take, counted: they are what somebody does twenty times a day."""

from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person, User
from backend.sharing.disclosures.models import Package
from tests.browser.journeys.filling import OWN
from tests.cases.conftest import answers, do
from tests.sharing.disclosures.conftest import consent, request_of

FIRST = "2020-01-06T03:00:00Z"  # due before anything else in the office


class Counted:
    """A page whose presses are counted: of the mouse or a finger, of the keyboard, of a choice in a list."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def click(self, what):
        self.page.locator(what).first.click()
        self.presses += 1

    def key(self, name):
        self.page.keyboard.press(name)
        self.presses += 1

    def choose(self, name, value):
        self.page.locator(f'{OWN}[name="{name}"]').select_option(value)
        self.page.locator(".htmx-request").wait_for(state="detached")
        self.presses += 1

    def tick(self, name, value):
        self.page.locator(f'{OWN}[name="{name}"][value="{value}"]').check()
        self.page.locator(".htmx-request").wait_for(state="detached")
        self.presses += 1


def taken_in():
    """A resident's case of the caseworker in which she agreed to be linked to help."""
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
    return do(do(done, "record_intake", answers("intake")), "record_consent", consent())


@pytest.fixture
def known(office):
    return taken_in()


def test_the_form_of_the_first_late_case_is_three_presses_from_signing_in(sign_in, known):
    Case.objects.filter(pk=known.case).update(due_at=FIRST)
    desk = Counted(sign_in("caseworker"))
    desk.page.goto("/")

    desk.click("#first-case")
    desk.page.wait_for_url(f"**/cases/{known.case}/")
    desk.click(".next-action a.button")
    desk.page.locator("main form [data-main]").wait_for()

    assert f"/cases/{known.case}/" in desk.page.url
    assert desk.presses <= 3


def test_what_may_leave_at_once_is_handed_over_with_five_choices(sign_in, known):
    desk = Counted(sign_in("caseworker"))
    desk.page.goto(f"/cases/{known.case}/disclose/")

    desk.choose("to", "organisation:center-nakahama")
    if not desk.page.locator(f'{OWN}[name="purpose"]').input_value():
        desk.choose("purpose", "service_linkage")
    if not desk.page.locator(f'{OWN}[name="basis"]').input_value():
        desk.choose("basis", "consent")
    for category in ("identity", "contact"):
        desk.tick("categories", category)
    assert desk.presses <= 5
    desk.page.locator("#f-reason").fill("訪問と介護申請の相談のため")
    desk.page.locator("[data-main]").click()
    desk.page.wait_for_url("**/cases/*-*/")

    request = Case.objects.get(workflow="disclosure", person_id=Case.objects.get(pk=known.case).person_id)
    assert Package.objects.filter(case=request).exists()


def asked(source):
    """A request about her with her health in it: somebody must approve."""
    given = request_of(source, categories=["identity", "contact", "health"])
    person = Case.objects.get(pk=source.case).person_id
    return actions.start(
        "disclosure", actor=member_id("caseworker"), answers=given, key=uuid4().hex, person=person
    )


@pytest.fixture
def two_requests(office):
    """The two that wait longest."""
    found = [asked(taken_in()).case for _number in range(2)]
    Case.objects.filter(pk__in=found).update(due_at=FIRST)
    return found


def states(cases):
    return set(Case.objects.filter(pk__in=cases).values_list("state", flat=True))


def test_two_requests_are_approved_with_six_keys_and_never_with_one(sign_in, two_requests):
    waiting = states(two_requests)
    chief = Counted(sign_in("supervisor"))
    chief.page.goto("/approvals/")
    for key in ("Tab", "Enter", "KeyY"):
        chief.key(key)
    assert chief.page.locator("#d-approve").is_checked()
    assert states(two_requests) == waiting

    chief.key("Control+Enter")
    chief.page.wait_for_url("**decided=*")
    chief.key("KeyY")
    with chief.page.expect_navigation():
        chief.key("Control+Enter")

    assert chief.presses == 6
    assert states(two_requests) == {"disclosure.approved"}


def test_no_letter_decides_where_letters_are_switched_off(sign_in, two_requests):
    User.objects.filter(username="supervisor").update(letter_keys=False)
    page = sign_in("supervisor")
    page.goto("/approvals/")
    for key in ("Tab", "Enter", "KeyY"):
        page.keyboard.press(key)

    assert page.locator("[name=decision]:checked").count() == 0
    assert page.locator(".decide kbd").count() == 0
    User.objects.filter(username="supervisor").update(letter_keys=True)


def test_a_worry_is_told_in_seven_pages_with_signs_and_a_place_alone(sign_in, monkeypatch):
    monkeypatch.setattr("backend.pages.street.report.QUICK", 0)
    neighbour = Counted(sign_in("", width=375))
    neighbour.page.goto("/report/")
    neighbour.click('[name=danger][value="no"]')
    neighbour.page.locator("[name=signs]").first.check()
    neighbour.click("[data-main]")
    neighbour.page.locator("#where").fill("長府中町 青い屋根")
    while neighbour.page.locator(".receipt-number").count() == 0:
        neighbour.click("[data-main]")
        neighbour.page.wait_for_load_state()

    assert neighbour.presses < 7


def test_119_is_one_press_from_where_a_worry_is_told(sign_in):
    neighbour = sign_in("", width=375)
    neighbour.goto("/report/")

    call = neighbour.locator('main a[href="tel:119"]')
    top, height = call.bounding_box()["y"], neighbour.viewport_size["height"]
    assert 0 <= top < height  # without scrolling
