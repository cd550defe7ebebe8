"""What is typed is not lost, and two people on one case hear of each other."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.pages.cases import sealed
from backend.pages.models import Draft
from backend.people.models import Person
from backend.runs import tidying
from backend.runs.tidying import DRAFTS
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


def test_a_form_with_nothing_in_it_is_no_draft_to_go_on_with(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "途中"})

    client.post(url(detected, "do/note/draft/"), {"body": " "})

    assert not Draft.objects.exists()
    assert "の下書きがあります。" not in text(client.get(url(detected, "do/note/")))


def test_after_30_days_it_is_over_and_the_night_deletes_it(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "ひと月前の話"})
    Draft.objects.update(saved_at=timezone.now() - DRAFTS - timedelta(minutes=1))
    assert "ひと月前の話" not in text(client.get(url(detected, "do/note/")))

    client.post(url(detected, "do/triage/draft/"), {"reason": "今日の話"})
    assert [one.count for one in tidying.preview(timezone.localdate())] == [1]
    report = tidying.run(timezone.localdate())

    assert report.counts["drafts"] == 1
    assert [draft.action for draft in Draft.objects.all()] == ["triage"]


def test_neither_the_table_nor_another_row_opens_a_draft(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "まだ途中の話"})
    row = Draft.objects.get()

    assert "まだ途中の話".encode() not in bytes(row.sealed)
    assert b"\\u307e" not in bytes(row.sealed)
    Draft.objects.create(
        member_id=member_id("supervisor"),
        case=row.case,
        action="note",
        sealed=row.sealed,
        saved_at=row.saved_at,
    )
    assert "まだ途中の話" not in text(browser("supervisor").get(url(detected, "do/note/")))


def test_without_its_key_a_draft_is_not_there_and_none_is_kept(browser, detected, settings, tmp_path):
    client = browser("caseworker")
    client.post(url(detected, "do/note/draft/"), {"body": "まだ途中の話"})

    settings.DRAFT_KEY = str(tmp_path / "another")
    assert "まだ途中の話" not in text(client.get(url(detected, "do/note/")))
    (tmp_path / "another").chmod(0o644)
    assert client.post(url(detected, "do/note/draft/"), {"body": "つづき"}).status_code == 503
    page = text(client.post(url(detected, "do/note/"), {"body": "つづき", "_draft": "1"}))

    assert "下書きを保存できません。" in page
    assert "つづき" in page


def test_the_first_form_of_a_case_is_kept_for_the_person_it_is_about(browser, cast):
    client = browser("caseworker")
    hana, shigeru = (
        Person.objects.create(controller="city", name=name, area_id="D01-1")
        for name in ("髙田 ハナ", "髙田 茂")
    )
    client.post("/cases/new/referral/draft/", {"_person": str(hana.id), "facts_seen": "新聞がたまっている"})

    about_her = text(browser("caseworker").get(f"/cases/new/referral/?person={hana.id}"))
    about_him = text(client.get(f"/cases/new/referral/?person={shigeru.id}"))

    assert "新聞がたまっている" in about_her
    assert "の下書きがあります。" in about_her
    assert "新聞がたまっている" not in about_him
    assert not Case.objects.exists()
    client.post("/cases/new/referral/draft/drop/", {"_person": str(hana.id)})
    assert not Draft.objects.exists()


def test_the_first_form_is_kept_without_a_script_and_ends_when_the_case_begins(browser, cast):
    client = browser("caseworker")
    page = client.post("/cases/new/referral/", {"facts_seen": "途中", "_draft": "1"}, follow=True)
    assert "下書きを保存しました" in text(page)
    assert Draft.objects.count() == 1

    client.post("/cases/new/referral/", post_of(answers("detection_report")))

    assert Case.objects.count() == 1
    assert not Draft.objects.exists()


def test_who_may_not_begin_a_case_keeps_no_draft_of_one(browser, cast):
    assert browser("receiver").post("/cases/new/council/draft/", {"title": "x"}).status_code == 404
    assert not Draft.objects.exists()


def test_a_draft_of_what_cannot_be_done_any_more_can_still_be_read(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/triage/draft/"), {"reason": "玄関で会った"})
    do(detected, "triage", answers("triage", urgency="C"), by="supervisor")

    page = text(client.get(url(detected, "sections/notes/")))

    assert f'href="{url(detected, "do/triage/")}"' not in page
    assert "玄関で会った" in page


def test_drafts_stand_in_the_notes_of_the_case_for_their_writer_alone(browser, detected):
    client = browser("caseworker")
    client.post(url(detected, "do/triage/draft/"), {"reason": "途中"})

    page = text(client.get(url(detected, "sections/notes/")))

    assert f'href="{url(detected, "do/triage/")}">緊急度を決める' in page
    assert "メモ・下書き <b>1</b>" in page
    assert "あなたの下書き" not in text(browser("supervisor").get(url(detected, "sections/notes/")))
    client.post(url(detected, "do/triage/draft/drop/"), {"back": "notes"})
    assert "あなたの下書き" not in text(client.get(url(detected, "sections/notes/")))


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
    draft = Draft.objects.get()
    about = f"{draft.member_id}/{draft.case_id}/note"
    assert sealed.opened(bytes(draft.sealed), about) == {"body": ["ab"]}

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
    done = report(actor=member_id("commissioner"))
    do(done, "triage", answers("triage", urgency="C"))

    assert browser("commissioner").get(url(done, "stamp/?revision=1")).status_code == 204
