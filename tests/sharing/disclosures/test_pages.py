"""Composing, approving and receiving in a browser."""

import logging
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backend.access import nearest
from backend.answers.eras import era_date
from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Member, Person
from backend.sharing.disclosures import duties, links
from backend.sharing.disclosures.models import Package, PackageEvent
from tests.cases.conftest import answers, do
from tests.pages.conftest import browser, post_of
from tests.sharing.disclosures.conftest import UNTIL, package_of, seen_hash

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def text(page: Any) -> str:
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def typed(**changed: Any) -> dict[str, Any]:
    """A request as the page posts it."""
    given = {
        "_key": "a" * 32,
        "to": "organisation:center-nakahama",
        "purpose": "service_linkage",
        "basis": "consent",
        "categories": ["identity", "contact"],
        "reason": "訪問の相談",
        "minimised": "true",
        "means": "electronic",
        "until": UNTIL,
    }
    return {**given, **changed}


def test_before_anything_is_chosen_the_table_says_what_is_missing(browser: Browser, agreed: Done) -> None:
    page = text(browser("caseworker").get(f"/cases/{agreed.case}/disclose/"))

    assert "だれに" in page
    assert "選ぶと、出せるかどうかが分かります" in page


def test_the_last_day_is_written_as_in_every_form_and_kept_as_typed_when_unread(
    browser: Browser, agreed: Done
) -> None:
    client, path = browser("caseworker"), f"/cases/{agreed.case}/disclose/"
    first = client.get(path).context["until"]
    posted = client.post(path, typed(until=first, _preview="1"))
    wrong = client.post(path, typed(until="来月の末", _preview="1"))

    assert first.startswith("令和")
    assert posted.context["until"] == first
    assert wrong.context["until"] == "来月の末"


def test_the_table_rules_on_every_category_the_case_holds(browser: Browser, agreed: Done) -> None:
    page = text(browser("caseworker").post(f"/cases/{agreed.case}/disclose/matrix/", typed()))

    assert "○ 共有できます" in page
    assert "今すぐ共有する" in page
    assert "<html" not in page


def test_a_row_that_cannot_leave_says_what_would_make_it_possible(browser: Browser, agreed: Done) -> None:
    given = typed(categories=["identity", "watch_flag"], purpose="grant_admin")

    page = text(browser("caseworker").post(f"/cases/{agreed.case}/disclose/matrix/", given))

    assert "× 共有できません" in page
    assert "できるようにするには" in page


def test_the_nearest_form_is_applied_by_one_press(browser: Browser, agreed: Done) -> None:
    client = browser("caseworker")
    given = typed(categories=["identity", "health"], _apply="without:health")

    page = text(client.post(f"/cases/{agreed.case}/disclose/", given))

    assert re.search(r'value="identity" checked', page)
    assert not re.search(r'value="health" checked', page)
    assert not Case.objects.filter(workflow="disclosure").exists()


def test_what_may_leave_is_shared_by_one_press(browser: Browser, agreed: Done) -> None:
    page = browser("caseworker").post(f"/cases/{agreed.case}/disclose/", typed(), follow=True)

    assert "共有しました" in text(page)
    assert Case.objects.get(workflow="disclosure").state == "disclosure.shared"


def test_the_same_page_sent_twice_shares_once(browser: Browser, agreed: Done) -> None:
    client = browser("caseworker")
    for _ in range(2):
        client.post(f"/cases/{agreed.case}/disclose/", typed())

    assert Package.objects.count() == 1


def test_a_value_left_out_does_not_leave(browser: Browser, agreed: Done) -> None:
    browser("caseworker").post(f"/cases/{agreed.case}/disclose/", typed(left_out=["person.phone"]))

    values = {item.id for item in package_of_one().content.items}
    assert "person.address" in values
    assert "person.phone" not in values


def package_of_one() -> Any:
    from backend.sharing.disclosures import packages

    return packages.known(Package.objects.get())


def test_the_approver_sees_exactly_what_would_leave(browser: Browser, asked: Done) -> None:
    page = text(browser("supervisor").get("/approvals/"))

    assert "髙田 ハナ" in page
    assert "083-222-0099" in page
    assert seen_hash(asked) in page
    assert Look.objects.filter(member_id=member_id("supervisor")).exists()


def test_categories_with_the_same_reason_are_told_together(browser: Browser, asked: Done) -> None:
    waiting = browser("supervisor").get(f"/approvals/?case={asked.case}").context["waiting"]

    chosen = [row for row in waiting.matrix.rows if row.chosen]
    told = [title for titles, _because, _cites in waiting.reasons for title in titles.split(" / ")]
    reasons = [(because, cites) for _titles, because, cites in waiting.reasons]
    assert sorted(told) == sorted(row.title for row in chosen)
    assert len(reasons) == len(set(reasons)) < len(chosen)


def test_the_requester_is_told_who_can_approve(browser: Browser, ask: Any, agreed: Done) -> None:
    ask(agreed, by="supervisor", categories=["identity", "health"])

    page = text(browser("supervisor").get("/approvals/"))

    assert "自分の申込みは承認できません" in page
    assert "決定を記録する" not in page
    assert "083-222-0099" not in page


def test_whoever_asked_is_told_whose_decision_is_waited_for(browser: Browser, asked: Done) -> None:
    client = browser("caseworker")

    page, work = text(client.get(f"/cases/{asked.case}/")), text(client.get("/"))

    assert 'class="next-action">いま、あなたがすることはありません' in page
    assert "係長・課長（決裁者）" in page
    assert "係長・課長（決裁者） を待っています" in work
    assert "承認はいりません）</b>" not in page + work


def test_whoever_decides_is_offered_the_decision_where_what_leaves_is_shown(
    browser: Browser, asked: Done
) -> None:
    client, form = browser("supervisor"), f"/cases/{asked.case}/do/approve/"

    assert f'class="button" href="{form}"' in text(client.get(f"/cases/{asked.case}/"))
    assert client.get(form).headers["Location"] == f"/approvals/?case={asked.case}"


def test_who_can_is_the_privacy_officer_once_it_lies_with_them(browser: Browser, asked: Done) -> None:
    do(asked, "refer_to_officer", answers("note"))
    officer = Member.objects.get(pk=member_id("privacy"))

    page = text(browser("supervisor").get(f"/approvals/?case={asked.case}"))

    assert re.search(rf"承認できる人: {officer.name}", page)


def test_a_decision_is_recorded_from_the_page(browser: Browser, asked: Done) -> None:
    given = {"_key": "b" * 32, "decision": "approve", "content_hash": seen_hash(asked)}

    browser("supervisor").post(f"/approvals/{asked.case}/", given)

    assert Case.objects.get(pk=asked.case).state == "disclosure.approved"


def test_a_change_meanwhile_is_shown_at_its_value(browser: Browser, asked: Done, resident: Person) -> None:
    client = browser("supervisor")
    page = client.get("/approvals/").content.decode()
    marks = re.search(r'name="_marks" value="([^"]*)"', page)
    given = {"_key": "c" * 32, "decision": "approve", "content_hash": seen_hash(asked)}
    resident.phone = "083-222-0100"
    resident.save()

    again = client.post(f"/approvals/{asked.case}/", {**given, "_marks": marks.group(1) if marks else ""})

    assert again.status_code == 409
    assert "前に見たときから変わりました" in text(again)
    assert "083-222-0100" in text(again)


def test_a_refusal_without_reason_keeps_the_page(browser: Browser, asked: Done) -> None:
    page = browser("supervisor").post(f"/approvals/{asked.case}/", {"_key": "d" * 32, "decision": "refuse"})

    assert page.status_code == 422
    assert "直すところがあります" in text(page)


def test_a_phrase_is_a_reason_and_the_stamp_stands_on_the_next_page(browser: Browser, asked: Done) -> None:
    given = {"_key": "e" * 32, "decision": "refuse", "phrase": "ご本人が共有を望んでいないためです。"}
    page = text(browser("supervisor").post(f"/approvals/{asked.case}/", given, follow=True))

    assert Case.objects.get(pk=asked.case).state == "disclosure.refused"
    assert 'class="date-stamp"' in page
    assert f"不承認 山本 {era_date(timezone.localdate(), 'ja')}" in page


def test_a_phrase_of_another_decision_is_no_reason(browser: Browser, asked: Done) -> None:
    given = {"_key": "f" * 32, "decision": "refuse", "phrase": "相手先の担当部署を書いてください。"}

    assert browser("supervisor").post(f"/approvals/{asked.case}/", given).status_code == 422


def test_a_stamp_is_shown_only_to_whoever_decided(browser: Browser, asked: Done) -> None:
    page = text(browser("supervisor").get(f"/approvals/?decided={asked.case}"))

    assert "date-stamp" not in page.partition("<main")[2]


def test_ones_own_request_names_who_can(browser: Browser, ask: Any, agreed: Done) -> None:
    fields = {"role": "supervisor", "organisation_id": "city-welfare", "controller": "city"}
    Member.objects.create(name="大野 栄", valid_from=date(2026, 4, 1), **fields)
    ask(agreed, by="supervisor", categories=["identity"])

    assert "承認できる人: 大野 栄" in text(browser("supervisor").get("/approvals/"))


def test_sensitive_requests_are_not_approved_together(browser: Browser, asked: Done) -> None:
    chosen = [f"{asked.case}/{seen_hash(asked)}"]

    browser("supervisor").post("/approvals/together/", {"chosen": chosen})

    assert Case.objects.get(pk=asked.case).state == "disclosure.requested"


# Name and birth date to another authority: basic data only, and still for somebody to approve.
BASIC = {"basis": "pia_69_2_iii", "categories": ["identity"], "to_org": "child-guidance",
         "purpose": "child_protection", "recurring": False, "minimised": True}  # fmt: skip


def test_basic_requests_are_shown_together_with_their_values(
    browser: Browser, ask: Any, agreed: Done
) -> None:
    waiting = [ask(agreed, **BASIC) for _ in range(2)]
    ask(agreed, categories=["identity", "health"])

    page = text(browser("supervisor").get("/approvals/")).partition('class="together"')[2]

    offered = set(re.findall(r'name="chosen" value="([^"]*)"', page))
    assert offered == {f"{one.case}/{seen_hash(one)}" for one in waiting}
    assert page.count("<dd>髙田 ハナ</dd>") == len(waiting)


def test_what_is_shown_together_is_a_look_at_each_source_once(
    browser: Browser, ask: Any, agreed: Done, resident: Person
) -> None:
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": "more-report"}
    begun = actions.start("referral", person=resident.id, **given)
    other = do(begun, "triage", answers("triage", urgency="C"))
    for source in (agreed, agreed, other):
        ask(source, **BASIC)

    browser("supervisor").get("/approvals/")

    looked = Look.objects.filter(how="page", case__workflow="referral").values_list("case_id", flat=True)
    assert sorted(looked) == sorted([agreed.case, other.case])


def test_one_basic_request_is_not_offered_apart(browser: Browser, ask: Any, agreed: Done) -> None:
    ask(agreed, **BASIC)
    ask(agreed, categories=["identity", "health"])

    assert 'class="together"' not in text(browser("supervisor").get("/approvals/"))


def test_a_basic_request_more_costs_few_queries(
    browser: Browser, ask: Any, agreed: Done, django_assert_max_num_queries: Any
) -> None:
    client, opened, each = browser("supervisor"), 19, 10
    for _ in range(3):
        ask(agreed, **BASIC)
    client.get("/approvals/")

    with django_assert_max_num_queries(opened + 2 * each):
        client.get("/approvals/")


def test_the_page_reads_the_request_that_is_opened_and_no_other(
    browser: Browser, ask: Any, agreed: Done, django_assert_max_num_queries: Any
) -> None:
    client = browser("supervisor")
    for _ in range(3):
        ask(agreed, categories=["identity", "contact", "health"])
    client.get("/approvals/")

    with django_assert_max_num_queries(19):
        client.get("/approvals/")


def test_nothing_of_the_source_is_read_for_whoever_may_not_decide(
    browser: Browser, ask: Any, agreed: Done, django_assert_max_num_queries: Any
) -> None:
    ask(agreed, by="supervisor", categories=["identity", "health"])
    client = browser("supervisor")
    client.get("/approvals/")

    with django_assert_max_num_queries(11):
        client.get("/approvals/")


def test_basic_requests_are_approved_together(browser: Browser, ask: Any, agreed: Done) -> None:
    waiting = [ask(agreed, **BASIC) for _ in range(2)]

    browser("supervisor").post(
        "/approvals/together/", {"chosen": [f"{one.case}/{seen_hash(one)}" for one in waiting]}
    )

    assert {str(case.state) for case in Case.objects.filter(workflow="disclosure")} == {"disclosure.approved"}


def test_the_case_page_says_who_knows_what(browser: Browser, shared: Done, agreed: Done) -> None:
    page = text(browser("caseworker").get(f"/cases/{agreed.case}/sections/sharing/"))

    assert "だれが何を知っているか" in page
    assert "地域包括支援センター中浜" in page
    assert f"/cases/{shared.case}/do/recall/" in page


@pytest.fixture
def link(browser: Browser, shared: Done) -> links.Issued:
    return links.issue(package_of(shared).package, by=member_id("caseworker"), now=timezone.now())


def arrived(link: links.Issued) -> Client:
    client = Client()
    client.get(f"/r/{link.token}")
    return client


def opened(link: links.Issued) -> Client:
    client = arrived(link)
    client.post("/r/open/", {"code": link.code, "reader": "田中 由美"})
    return client


def test_a_link_is_exchanged_for_a_clean_address(link: links.Issued) -> None:
    page = Client().get(f"/r/{link.token}")

    assert page["Location"] == "/r/"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    assert link.token not in page.content.decode()


def test_the_nearest_change_is_worked_out_for_the_row_that_is_opened(
    browser: Browser, agreed: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = searched(monkeypatch)
    client, given = browser("caseworker"), typed(categories=["identity", "watch_flag"], purpose="grant_admin")

    whole = client.post(f"/cases/{agreed.case}/disclose/matrix/", given)
    assert not asked

    row = client.post(f"/cases/{agreed.case}/disclose/matrix/", {**given, "_way": "identity"})
    assert asked == ["identity"]
    assert 'id="way-identity"' in text(row)
    assert 'id="matrix"' in text(whole)
    assert 'id="matrix"' not in text(row)


def test_without_scripts_the_same_button_opens_the_row_on_the_page(browser: Browser, agreed: Done) -> None:
    given = typed(categories=["identity"], purpose="grant_admin", _way="identity")

    page = text(browser("caseworker").post(f"/cases/{agreed.case}/disclose/", given))

    assert "訪問の相談" in page
    assert 'value="identity" checked' in page
    assert 'name="_way" value="identity"' not in page
    assert not Case.objects.filter(workflow="disclosure").exists()


def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The categories for which the nearest change is searched from now on."""
    found: list[str] = []

    def find(book: Any, member: Any, provision: Any, **more: Any) -> Any:
        found.append(provision.category)
        return search(book, member, provision, **more)

    search = nearest.find
    monkeypatch.setattr(nearest, "find", find)
    return found


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_opens_nothing(link: links.Issued, method: str) -> None:
    getattr(Client(), method)(f"/r/{link.token}", follow=True)

    assert not PackageEvent.objects.filter(kind="opened").exists()


def test_right_and_wrong_links_show_the_same_page(link: links.Issued) -> None:
    right, wrong = Client(), Client()
    right.get(f"/r/{link.token}")
    wrong.get("/r/" + "x" * 32)

    pages = [
        re.sub(r'value="[A-Za-z0-9]{64}"', "", one.get("/r/").content.decode()) for one in (right, wrong)
    ]
    assert pages[0] == pages[1]


def test_the_code_opens_what_was_approved_under_the_readers_name(link: links.Issued) -> None:
    page = opened(link).get("/r/package/")

    assert "髙田 ハナ" in text(page)
    assert "田中 由美" in text(page)
    assert "髙血圧" not in text(page)


def test_without_the_code_nothing_is_shown(link: links.Issued) -> None:
    page = arrived(link).get("/r/package/", follow=True)

    assert "髙田" not in text(page)
    assert "確認番号" in text(page)


def test_the_recipient_answers_through_the_door(link: links.Issued, shared: Done) -> None:
    client = opened(link)
    given = post_of(answers("disclosure_reply"))

    page = client.post("/r/package/accept/", given, follow=True)

    assert "お返事が届きました" in text(page)
    first = page.content.decode().partition('class="button large" href="')[2].partition('"')[0]
    assert first == "/r/package/report_outcome/"
    assert Case.objects.get(pk=shared.case).state == "disclosure.accepted"
    step = Case.objects.get(pk=shared.case).steps.latest("seq")
    assert step.actor.organisation_id == "center-nakahama"


@pytest.mark.parametrize(
    ("action", "form", "reached"),
    [
        ("ask_back", "disclosure_question", "returned"),
        ("reject", "disclosure_rejection", "rejected"),
        ("report_outcome", "disclosure_outcome", "reported"),
    ],
)
def test_every_answer_leads_to_its_state(
    link: links.Issued, shared: Done, action: str, form: str, reached: str
) -> None:
    opened(link).post(f"/r/package/{action}/", post_of(answers(form)))

    assert Case.objects.get(pk=shared.case).state == f"disclosure.{reached}"


def test_an_answer_that_is_not_offered_is_not_found(link: links.Issued) -> None:
    assert opened(link).get("/r/package/recall/").status_code == 404


def test_a_recall_closes_a_page_that_is_open(link: links.Issued, shared: Done) -> None:
    client = opened(link)
    do(shared, "recall", answers("disclosure_recall"))

    page = client.get("/r/package/")

    assert page.status_code == 410
    assert "髙田" not in text(page)
    assert "取り消されました" in text(page)


def test_the_link_and_code_are_shown_once(browser: Browser, shared: Done) -> None:
    client = browser("caseworker")
    package = package_of(shared).package

    page = text(client.post(f"/packages/{package.id}/link/"))

    token = re.search(r"/r/([\w-]{32})", page)
    assert token
    assert token.group(1) not in text(client.get(f"/packages/{package.id}/"))


def test_the_link_stands_in_no_log(link: links.Issued) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "Not Found: %s", (f"/r/{link.token}",), None)

    assert all(one.filter(record) for one in console().filters)
    assert link.token not in record.getMessage()
    assert "/r/…" in record.getMessage()


def console() -> logging.Handler:
    """The handler of the office's log, as the settings make it."""
    return next(one for one in logging.getLogger().handlers if any(map(is_masking, one.filters)))


def is_masking(found: Any) -> bool:
    return type(found).__name__ == "MaskedLinks"


def test_nobody_from_outside_sees_a_package_page(browser: Browser, shared: Done) -> None:
    package = package_of(shared).package

    assert browser("receiver").get(f"/packages/{package.id}/").status_code == 404
    assert browser("outsider").post(f"/packages/{package.id}/link/").status_code == 404


def test_the_condition_of_the_approval_reaches_who_must_keep_it(browser: Browser, asked: Done) -> None:
    given = {"decision": "conditional", "content_hash": seen_hash(asked)}
    done = do(
        asked,
        "approve_with_conditions",
        {**given, "conditions": "訪問する人だけが\n読むこと。"},
        by="supervisor",
    )
    shared = do(done, "hand_over", answers("disclosure_handover"))
    package = package_of(shared).package

    inside = text(browser("caseworker").get(f"/packages/{package.id}/"))
    cover = text(browser("receiver").get(f"/received/{package.id}/"))

    assert "訪問する人だけが 読むこと。" in inside
    assert "訪問する人だけが 読むこと。" in cover
    told = duties.of_package(package, "ja")
    assert told[0] == "訪問する人だけが 読むこと。"
    assert "なくしたときは、すぐに知らせること。" in told, "what every recipient promises"
    assert len(told) == len(set(told))
    assert "record_disclosure" in package.obligations
    assert not {"だれに何を知らせたかを記録します。", "record_disclosure"} & set(told), (
        "what binds the office"
    )
