"""The sections of a case page, the drawing of its course, the versions of its answers, its face sheet."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.cases.looks import Look
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Household, Person
from tests.pages.conftest import answers, do, post_of

pytestmark = pytest.mark.django_db

SECTIONS = ("answers", "notes", "people", "letters", "files", "sharing")


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def main(page):
    """What the page shows below its tabs."""
    return text(page).partition('id="section"')[2].partition("</main>")[0]


def url(done, tail=""):
    return f"/cases/{done.case}/{tail}"


@pytest.fixture
def hana(triaged):
    """The case is about somebody who lives with a husband."""
    home = Household.objects.create(controller="city", area_id="D01-1")
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D01-1", household=home)
    Person.objects.create(
        controller="city",
        name="髙田 茂",
        area_id="D01-1",
        household=home,
        relation="夫",
        phone="0832-00-0001",
    )
    Case.objects.filter(pk=triaged.case).update(person=person)
    return person


@pytest.fixture
def corrected(browser, triaged):
    given = post_of(answers("triage", urgency="C") | {"reason": "聞き直したため"}, revision=2) | {
        "_step": "2"
    }
    browser("supervisor").post(url(triaged, "do/correct/"), given)
    return triaged


@pytest.mark.parametrize("name", ["", *(f"sections/{name}/" for name in SECTIONS)])
def test_no_section_asks_the_database_more_than_fourteen_times(
    browser, triaged, hana, name, django_assert_max_num_queries
):
    client = browser("caseworker")
    client.get(url(triaged, name))  # definitions are read once in a process

    with django_assert_max_num_queries(14):
        page = client.get(url(triaged, name))

    assert page.status_code == 200
    assert text(page).count('aria-current="page"') >= 1


def test_each_section_is_an_address_that_says_which_it_is(browser, triaged):
    client = browser("caseworker")

    for name in SECTIONS:
        page = text(client.get(url(triaged, f"sections/{name}/")))
        assert re.search(
            rf'href="{url(triaged, f"sections/{name}/")}#section"[^>]* aria-current="page"', page
        )
        assert 'id="timeline"' not in page


def test_the_tabs_tell_how_much_is_in_them(browser, triaged):
    do(triaged, "note", answers("note", body="電話で話した"), by="supervisor")

    page = text(browser("caseworker").get(url(triaged)))

    tabs = page.partition('id="section"')[2].partition("</nav>")[0]
    assert re.findall(r">([^<>]+) <b>(\d+)</b></a>", tabs) == [("回答", "3"), ("メモ・下書き", "1")]


def test_the_notes_stand_by_themselves(browser, triaged):
    do(triaged, "note", answers("note", body="電話で話した"), by="supervisor")

    page = main(browser("caseworker").get(url(triaged, "sections/notes/")))

    assert "電話で話した" in page
    assert 'id="step-2"' not in page


def test_a_correction_is_offered_where_an_answer_is_seen(browser, triaged):
    note = do(triaged, "note", answers("note", body="電話で話した"), by="supervisor")
    client = browser("supervisor")

    assert f'href="{url(triaged, "do/correct/")}?step=2"' in main(
        client.get(url(triaged, "sections/answers/"))
    )
    wanted = f'href="{url(triaged, "do/correct/")}?step={note.revision}"'
    assert wanted in main(client.get(url(triaged, "sections/notes/")))
    assert "/do/correct/" not in main(browser("commissioner").get(url(triaged, "sections/answers/")))


def test_a_section_nobody_knows_is_not_found(browser, triaged):
    assert browser("caseworker").get(url(triaged, "sections/secrets/")).status_code == 404


def test_opening_a_section_leaves_exactly_one_record_of_it(browser, triaged):
    browser("supervisor").get(url(triaged, "sections/answers/"))

    assert [look.how for look in Look.objects.filter(case_id=triaged.case)] == ["page"]


def test_the_course_is_drawn_and_told_in_words_with_its_days(browser, triaged):
    page = text(browser("caseworker").get(url(triaged)))

    words = page.partition('class="path course-words"')[2].partition("</ol>")[0]
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="wf" role="img"' in page
    assert words.index("気づき受付") < words.index("緊急度決定")
    assert 'aria-current="step"' in words
    assert "次に進めるのは" in words
    drawn = re.findall(r'<g class="wf-node[^"]*" data-state', page)
    assert len(drawn) == words.count("<li ")


def test_the_history_is_narrowed_to_what_moved_the_case(browser, triaged):
    do(triaged, "note", answers("note", body="電話で話した"), by="supervisor")
    client = browser("caseworker")

    assert "記録を書く" in main(client.get(url(triaged)))
    assert "記録を書く" not in main(client.get(url(triaged, "?show=moves")))
    contacts = main(client.get(url(triaged, "?show=contacts")))
    assert "記録を書く" in contacts
    assert "<b>緊急度を決める</b>" not in contacts
    assert "まだありません" in main(client.get(url(triaged, "?show=letters")))


def test_who_looked_is_told_to_who_may_audit_and_to_nobody_else(browser, triaged):
    browser("supervisor").get(url(triaged))

    page = main(browser("privacy").get(url(triaged, "?show=looks")))
    other = main(browser("caseworker").get(url(triaged, "?show=looks")))

    assert "閲覧</a>" in page
    assert "山本 誠" in page
    assert "閲覧</a>" not in other
    assert Look.objects.get(member=member_id("privacy"), case_id=triaged.case).how == "audit"


def test_every_twenty_steps_the_history_goes_on_within_what_it_is_narrowed_to(browser, triaged):
    latest = triaged
    for _time in range(21):
        latest = do(latest, "note", answers("note"), by="supervisor")

    page = main(browser("caseworker").get(url(triaged, "?show=contacts")))

    assert page.count('id="step-') == 20
    assert "?show=contacts&before=" in page


def test_every_version_of_an_answer_is_kept_with_what_differs(browser, corrected):
    client = browser("supervisor")
    page = main(client.get(url(corrected, "sections/answers/")))
    assert 'id="step-2" class="corrected"' in page
    assert 'id="step-3"' in page

    before = answers("triage", urgency="C")["reason"]
    difference = main(client.get(url(corrected, "sections/answers/?old=3&new=2"))).partition("difference")[2]

    assert f"<del>{before}</del>" in difference
    assert "<ins>聞き直したため</ins>" in difference
    assert len(re.findall("<del>", difference.partition("</table>")[0])) == 1


@pytest.mark.parametrize("asked", ["old=1&new=2", "old=2&new=99", "old=x&new=2", "old=2", "old=²&new=2"])
def test_answers_of_two_forms_are_not_compared(browser, corrected, asked):
    page = browser("supervisor").get(url(corrected, f"sections/answers/?{asked}"))

    assert page.status_code == 200
    assert 'id="difference"' not in text(page)


def test_who_lives_with_the_person_is_shown_as_far_as_the_record_may_be_seen(browser, triaged, hana):
    page = main(browser("caseworker").get(url(triaged, "sections/people/")))

    assert "髙田 茂" in page
    assert "夫" in page
    assert f'href="/persons/{hana.id}/household/"' in page


@pytest.mark.parametrize("whose", ["髙田 ハナ", "髙田 茂"])
def test_nobody_is_told_to_live_with_somebody_under_protection(browser, triaged, hana, whose):
    Person.objects.filter(name=whose).update(protected=True)

    for tail in ("sections/people/", "sheet/"):
        assert "髙田 茂" not in text(browser("supervisor").get(url(triaged, tail)))


def test_the_file_of_a_step_stands_in_the_section_of_files(browser, detected):
    client = browser("caseworker")
    given = {"_key": "f" * 32, "_revision": 1, "title": "診療情報", "category": "consultation"}
    client.post(url(detected, "do/attach/"), {**given, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n")})

    assert f'href="{url(detected, "files/2/")}">診療情報' in main(
        client.get(url(detected, "sections/files/"))
    )


def test_the_face_sheet_has_the_boxes_for_approval_and_no_protected_address(browser, triaged, hana):
    page = text(browser("supervisor").get(url(triaged, "sheet/")))
    assert 'class="stamps"' in page
    assert "髙田 ハナ" in page
    assert "髙田 茂" in page
    assert answers("triage")["reason"] in page

    Person.objects.filter(pk=hana.pk).update(protected=True, address="隠した町1番地")
    Case.objects.filter(pk=triaged.case).update(protected=True)
    page = browser("supervisor").get(url(triaged, "sheet/"))

    assert page.status_code == 200
    assert "隠した町1番地" not in text(page)
    assert answers("triage")["reason"] not in text(page)


def test_the_outsider_finds_no_section_and_no_sheet(browser, triaged):
    client = browser("outsider")
    tails = (*(f"sections/{name}/" for name in SECTIONS), "sheet/")

    assert {client.get(url(triaged, tail)).status_code for tail in tails} == {404}


def test_the_agency_a_case_was_referred_to_is_among_those_who_know(browser, triaged, hana):
    done = do(triaged, "record_consent", answers("consent"))
    done = do(done, "assign", {"assigned_to": str(member_id("caseworker")), "reason": "area"})
    client, address = browser("caseworker"), url(triaged, "sections/sharing/")
    assert "まだだれにも知らせていません" in text(client.get(address))

    do(done, "refer", answers("referral_sheet"))

    page = text(client.get(address))
    assert "まだだれにも知らせていません" not in page
    assert '地域包括支援センター中浜</b> <span class="chip theirs"><span>このケースを見られます' in page
