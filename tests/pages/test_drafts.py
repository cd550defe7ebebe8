"""What is typed is not lost, and two people on one case hear of each other."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from backend.cases.models import Case, Step
from backend.pages.drafts import KEPT
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
    assert "の下書きがあります。" in page
    assert Step.objects.filter(case=detected.case).count() == 1


def test_a_draft_is_its_writers_alone(browser, detected):
    browser("caseworker").post(url(detected, "do/note/draft/"), {"body": "まだ途中の話"})

    assert "まだ途中の話" not in text(browser("supervisor").get(url(detected, "do/note/")))


def test_it_ends_when_it_is_recorded(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "途中"})

    client.post(url(detected, "do/note/"), post_of(answers("note"), revision=1))

    assert not Draft.objects.exists()


def test_what_arrives_after_the_form_was_recorded_is_no_draft(browser, detected):
    client, sent = browser("caseworker"), post_of(answers("note"), revision=1)
    client.post(url(detected, "do/note/"), sent)

    client.post(url(detected, "do/note/draft/"), sent)

    assert not Draft.objects.exists()


def test_what_could_not_be_recorded_is_kept(browser, detected):
    client = browser("caseworker")
    do(detected, "note", answers("note"), by="supervisor")

    page = client.post(url(detected, "do/note/"), post_of({"body": "すれ違った話"}, revision=1))

    assert page.status_code == 409
    assert "すれ違った話" in text(page)
    assert "すれ違った話" in text(browser("caseworker").get(url(detected, "do/note/")))


def test_after_30_days_it_is_over_and_goes_with_the_next_one_kept(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "ひと月前の話"})
    Draft.objects.update(saved_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert "ひと月前の話" not in text(client.get(url(detected, "do/note/")))

    client.post(url(detected, "do/triage/draft/"), {"reason": "今日の話"})

    assert [draft.action for draft in Draft.objects.all()] == ["triage"]


def test_what_is_too_long_for_a_draft_stays_on_the_page(browser, detected):
    long = "あ" * 20_001

    page = browser("caseworker").post(url(detected, "do/note/"), {"body": long, "_draft": "1"})

    assert "長すぎるため、下書きに保存できません。" in text(page)
    assert long in text(page)


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


def test_the_same_is_not_said_twice(browser, detected):
    do(detected, "note", answers("note"), by="supervisor")

    assert browser("caseworker").get(url(detected, "stamp/?revision=1&told=1")).status_code == 204


def test_a_draft_written_before_somebody_elses_step_asks_for_news_at_once(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "途中", "_revision": "1"})
    do(detected, "note", answers("note"), by="supervisor")

    page = text(client.get(url(detected, "do/note/")))

    assert 'stamp/?revision=1&told=0" hx-trigger="load, every 20s"' in page


def test_who_merely_reported_hears_nothing_of_the_course(browser, report):
    from backend.demo.cast import member_id

    done = report(actor=member_id("commissioner"))
    do(done, "triage", answers("triage", urgency="C"))

    assert browser("commissioner").get(url(done, "stamp/?revision=1")).status_code == 204
