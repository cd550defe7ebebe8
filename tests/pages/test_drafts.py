"""What is typed is not lost, and two people on one case hear of each other."""

import re
from html import unescape

import pytest

from backend.cases.models import Case, Step
from backend.pages.models import Draft
from tests.pages.conftest import answers, do, post_of

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def url(done, tail=""):
    return f"/cases/{done.case}/{tail}"


def test_what_was_typed_is_there_again_on_another_terminal(browser, detected):
    browser("caseworker").post(url(detected, "do/note/draft/"), {"body": "電話で聞いた話の途中"})

    page = text(browser("caseworker").get(url(detected, "do/note/")))

    assert "電話で聞いた話の途中" in page
    assert "下書きから続けています" in page
    assert Step.objects.filter(case=detected.case).count() == 1


def test_a_draft_is_its_writers_alone(browser, detected):
    browser("caseworker").post(url(detected, "do/note/draft/"), {"body": "まだ途中の話"})

    assert "まだ途中の話" not in text(browser("supervisor").get(url(detected, "do/note/")))


def test_it_ends_when_it_is_recorded(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "途中"})

    client.post(url(detected, "do/note/"), post_of(answers("note"), revision=1))

    assert not Draft.objects.exists()


def test_it_is_kept_and_thrown_away_without_a_script(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/triage/"), {"reason": "まだ分からない", "_draft": "1"})
    assert "まだ分からない" in text(client.get(url(detected, "do/triage/")))
    assert Case.objects.get(pk=detected.case).revision == 1

    client.post(url(detected, "do/triage/draft/drop/"))

    assert "まだ分からない" not in text(client.get(url(detected, "do/triage/")))


def test_the_hidden_fields_of_a_page_and_what_nobody_types_are_no_draft(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "a\x00b", "_key": "x", "_revision": "1"})
    assert Draft.objects.get().posted == {"body": ["ab"]}

    assert client.post(url(detected, "do/note/draft/"), {"body": "あ" * 20_001}).status_code == 413


def test_no_draft_is_kept_about_a_case_one_may_not_see(browser, detected):
    page = browser("outsider").post(url(detected, "do/note/draft/"), {"body": "x"})

    assert page.status_code == 404
    assert not Draft.objects.exists()


def test_a_page_that_is_current_hears_nothing(browser, detected):
    assert browser("caseworker").get(url(detected, "stamp/?revision=1")).status_code == 204


def test_whoever_is_on_the_case_hears_what_somebody_else_did(browser, detected):
    do(detected, "note", answers("note"), by="supervisor")

    page = browser("caseworker").get(url(detected, "stamp/?revision=1"))

    assert "新しい動きが1件あります。" in text(page)
    assert "山本 誠" in text(page)


def test_who_merely_reported_hears_nothing_of_the_course(browser, report):
    from backend.demo.cast import member_id

    done = report(actor=member_id("commissioner"))
    do(done, "triage", answers("triage", urgency="C"))

    assert browser("commissioner").get(url(done, "stamp/?revision=1")).status_code == 204
