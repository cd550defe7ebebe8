"""What got stuck and whom to call, as pages."""

import pytest
from django.utils import timezone

from backend.cases.called import Call
from backend.cases.mended import Mended
from backend.cases.models import Case, Effect, Notice
from backend.demo.cast import member_id
from backend.people.models import Member, Organisation, Person
from backend.runs.models import Digest
from tests.operations import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def stuck(triaged) -> Effect:
    """A mail the server refused, in the caseworker's case."""
    Case.objects.filter(id=triaged.case).update(assignee=member_id("caseworker"))
    case = Case.objects.get(id=triaged.case)
    failed = {"failure": {"code": "mail_refused", "answer": "550"}}
    return office.effect("mail", str(member_id("caseworker")), of=case, ordinal=9, state="dead", **failed)


def page_of(browser, who, path="/stuck/"):
    return browser(who).get(path).content.decode()


def test_an_entry_says_in_plain_words_what_why_and_what_helps(stuck, browser):
    page = page_of(browser, "supervisor")

    assert "メールサーバーが断りました（550）" in page
    assert "アドレスを直してもう一度試すか" in page
    assert stuck.case.number in page
    assert '<b class="count" title="件の判断待ち">1<' in page


def test_an_entry_names_whom_a_mail_was_for_and_which_letter_it_was(stuck, browser):
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D01-1")
    Case.objects.filter(id=stuck.case_id).update(person=person)
    failed = {"failure": {"code": "character", "character": "U+E000"}}
    office.effect("letter", "visit_notice", of=stuck.case, ordinal=8, state="dead", **failed)

    page = page_of(browser, "supervisor")

    assert "メール: 佐藤 直子" in page
    assert "文書の作成: 御訪問のお知らせ" in page
    assert page.count(f'href="/persons/{person.id}/correct/"') == 1


def test_those_who_decide_nothing_have_no_such_entry_in_the_menu(stuck, browser):
    assert "止まった処理" not in page_of(browser, "commissioner", "/")
    assert "止まった処理" in page_of(browser, "supervisor", "/")


def test_the_page_of_the_runs_tells_how_many_wait(stuck, browser):
    assert '<a href="/stuck/">止まった処理</a> <b>1</b>' in page_of(browser, "supervisor", "/runs/")


def test_leaving_out_without_a_reason_says_what_is_missing_and_changes_nothing(stuck, browser):
    answer = browser("supervisor").post(f"/stuck/{stuck.id}/", {"decision": "skip", "reason": " "})

    assert answer.status_code == 409
    assert "理由を書いてください" in answer.content.decode()
    assert not Mended.objects.exists()


def test_a_decision_is_kept_and_shown_when_the_entry_comes_back(stuck, browser):
    client = browser("supervisor")
    client.post(f"/stuck/{stuck.id}/", {"decision": "retry", "reason": "アドレスを直した"})
    Effect.objects.filter(id=stuck.id).update(state="dead")

    page = client.get("/stuck/").content.decode()

    assert "アドレスを直した" in page
    assert "もう一度試した" in page


def test_what_somebody_else_decided_meanwhile_is_told(stuck, browser):
    Effect.objects.filter(id=stuck.id).update(state="done")

    answer = browser("supervisor").post(f"/stuck/{stuck.id}/", {"decision": "retry"})

    assert answer.status_code == 409


def test_a_decision_nobody_knows_is_not_there(stuck, browser):
    assert browser("supervisor").post(f"/stuck/{stuck.id}/", {"decision": "delete"}).status_code == 404


@pytest.fixture
def unsent(triaged) -> Digest:
    """The daily mail to the caseworker, of which nobody knows whether it left."""
    given = {"state": "unclear", "failure": {"code": "interrupted"}}
    return Digest.objects.create(
        member_id=member_id("caseworker"), business_date=timezone.localdate(), **given
    )


def test_a_daily_mail_is_in_the_same_inbox_for_the_supervisor_alone(unsent, browser):
    page = page_of(browser, "supervisor")

    assert "届かなかった一日のまとめメール" in page
    assert "届いたかどうか分かりません" in page
    assert f"/stuck/mails/{unsent.id}/" not in page_of(browser, "caseworker")


def test_what_was_decided_about_a_daily_mail_is_kept_and_shown_when_it_comes_back(unsent, browser):
    client, address = browser("supervisor"), f"/stuck/mails/{unsent.id}/"
    assert client.post(address, {"decision": "retry"}).status_code == 409
    client.post(address, {"decision": "retry", "reason": "本人は受け取っていない"})
    Digest.objects.update(state="refused")

    page = client.get("/stuck/").content.decode()

    assert "本人は受け取っていない" in page


@pytest.fixture
def waiting(triaged) -> Notice:
    """Something waits for the volunteer, who reads no mail."""
    Member.objects.filter(id=member_id("volunteer")).update(email="", phone="083-000-2222")
    given = {"kind": "remind", "key": "one", "created_at": timezone.now()}
    return Notice.objects.create(member_id=member_id("volunteer"), case_id=triaged.case, **given)


def test_the_sheet_holds_the_number_to_call_and_no_name_of_a_resident(waiting, browser):
    page = page_of(browser, "caseworker", "/calls/")

    assert 'href="tel:083-000-2222"' in page
    assert waiting.case.number in page
    assert "髙田" not in page


def test_of_many_cases_five_are_told_by_number_and_how_many_more_there_are(waiting, browser, report):
    numbers = [waiting.case.number]
    for nth in range(7):
        case = Case.objects.get(pk=report().case)
        numbers.append(case.number)
        given = {"kind": "remind", "key": f"more-{nth}", "created_at": timezone.now()}
        Notice.objects.create(member_id=member_id("volunteer"), case=case, **given)

    line = page_of(browser, "caseworker", "/calls/").partition('class="call-number"')[2]

    assert [number for number in numbers if f">{number}</a>" in line] == numbers[:5]
    assert "ほか3" in line


def test_without_a_number_of_their_own_the_office_is_called_and_the_same_thing_stands_once(waiting, browser):
    Member.objects.filter(id=member_id("volunteer")).update(phone="")
    Organisation.objects.filter(members=member_id("volunteer")).update(phone="083-000-4444")
    again = {"kind": "remind", "key": "two", "created_at": timezone.now()}
    Notice.objects.create(member_id=member_id("volunteer"), case_id=waiting.case_id, **again)

    page = page_of(browser, "caseworker", "/calls/")

    assert 'href="tel:083-000-4444"' in page
    assert page.count(waiting.case.number) == 1


def test_the_end_of_a_term_stands_on_the_sheet_without_a_case(waiting, browser):
    Member.objects.filter(id=member_id("commissioner")).update(email="", phone="083-000-3333")
    stage = "30/2026-12-26/welfare_commissioner/1"
    Notice.objects.update(member=member_id("commissioner"), case=None, kind="term", stage=stage)

    page = page_of(browser, "caseworker", "/calls/")

    assert 'href="tel:083-000-3333"' in page
    assert "任期" in page


def test_how_a_call_went_is_kept(waiting, browser):
    client = browser("caseworker")

    client.post(f"/calls/{member_id('volunteer')}/", {"outcome": "reached", "until": waiting.id})

    assert Call.objects.get().by_id == member_id("caseworker")
    assert "電話する人はいません" in client.get("/calls/").content.decode()


def test_those_of_one_office_whom_the_same_waits_for_are_one_call(waiting, browser):
    role, office = "agency_staff", Member.objects.get(id=member_id("receiver")).organisation
    Organisation.objects.filter(pk=office.pk).update(phone="083-000-5555")
    staff = list(Member.objects.filter(organisation=office, role=role))
    staff.append(
        Member.objects.create(
            organisation=office,
            controller=office.controller,
            role=role,
            name="北 光",
            kana="きた ひかる",
            valid_from=staff[0].valid_from,
        )
    )
    Member.objects.filter(organisation=office).update(email="", phone="")
    Notice.objects.all().delete()
    for member in staff:
        given = {"kind": "remind", "key": f"{member.id}", "created_at": timezone.now()}
        last = Notice.objects.create(member=member, case_id=waiting.case_id, **given)
    client = browser("caseworker")

    page = page_of(browser, "caseworker", "/calls/")
    told = [str(member.id) for member in staff]
    client.post(
        f"/calls/{told[0]}/", {"outcome": "reached", "until": last.id, "several": "1", "told": told[1:]}
    )

    assert page.count('href="tel:083-000-5555"') == 1
    assert page.count(waiting.case.number) == 1
    assert {str(call.member_id) for call in Call.objects.all()} == set(told[1:])
    assert staff[0].name in page_of(browser, "caseworker", "/calls/")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "shouted", "until": "1"},
        {"outcome": "reached", "until": "x"},
        {"outcome": "reached", "until": "1", "several": "1", "told": "nobody"},
    ],
)
def test_an_odd_record_of_a_call_is_refused(waiting, browser, body):
    assert browser("caseworker").post(f"/calls/{member_id('volunteer')}/", body).status_code == 404
    assert not Call.objects.exists()
