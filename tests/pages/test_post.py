"""The post of a day on its page: who opens a print file, counts, posts, and what the ledger tells."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from backend.cases.looks import Look
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.letters.models import FrozenPdf, IssuedLetter, LetterEvent, ReplySlip
from backend.letters.printing import files
from backend.letters.printing.models import PrintFile
from backend.letters.tokens import new
from backend.people.models import Person, User
from backend.runs import letters
from tests.letters.printing.post import DAY, waiting

pytestmark = pytest.mark.django_db
DAY_OF = f"?day={DAY.isoformat()}"


@pytest.fixture(autouse=True)
def print_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def printed(triaged):
    """Two letters of one case, in one print file."""

    def make(**values):
        waiting(2, case=Case.objects.get(pk=triaged.case), **values)
        letters.run(DAY)
        return PrintFile.objects.get()

    return make


def text(answer):
    return answer.content.decode()


def test_the_files_of_a_day_are_listed_without_a_name(browser, printed):
    file = printed()

    page = text(browser("caseworker").get(f"/post/{DAY_OF}"))

    assert file.name in page
    assert "髙田" not in page


def test_in_english_the_class_of_the_post_is_told_in_english(browser, printed):
    printed()
    User.objects.filter(username="caseworker").update(language="en")

    page = browser("caseworker").get(f"/post/{DAY_OF}").content.decode()

    assert "standard size · 110 yen" in " ".join(page.split())


def test_without_a_day_the_last_one_is_shown(browser, printed):
    assert printed().name in text(browser("caseworker").get("/post/"))


@pytest.mark.parametrize("who", ["commissioner", "volunteer", "receiver", "csw", "outsider", "privacy"])
def test_nobody_else_learns_of_a_file_or_opens_it(browser, printed, who):
    file, client = printed(), browser(who)

    assert file.name not in text(client.get(f"/post/{DAY_OF}"))
    assert client.get(f"/post/{file.id}/print.pdf").status_code == 404
    assert client.post(f"/post/{file.id}/count/", {"sheets": "2"}).status_code == 404
    assert client.post(f"/post/{file.id}/posted/").status_code == 404
    assert client.get(f"/post/ledger/city-welfare/csv/{DAY_OF}").status_code == 404


def test_the_print_file_is_the_one_that_was_made_and_each_letter_was_looked_at(browser, printed):
    file = printed()

    answer = browser("caseworker").get(f"/post/{file.id}/print.pdf")

    assert answer.content == files.path_of(file.id).read_bytes()
    assert Look.objects.filter(how="print").count() == 2


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"half")])
def test_a_lost_or_damaged_file_is_made_anew(browser, printed, damage):
    file = printed()
    before = files.path_of(file.id).read_bytes()
    damage(files.path_of(file.id))

    assert browser("caseworker").get(f"/post/{file.id}/print.pdf").content == before


def test_a_file_with_a_letter_that_is_somebody_elses_now_does_not_open(browser, printed):
    file = printed()
    Case.objects.update(protected=True, assignee=None)

    assert browser("caseworker").get(f"/post/{file.id}/print.pdf").status_code in (403, 404)


def test_of_a_sensitive_file_one_counts_and_another_posts(browser, printed):
    file = printed(two_person=True)
    clerk, other = browser("caseworker"), browser("supervisor")

    assert "数えたあとに表示します" in text(clerk.get(f"/post/{DAY_OF}"))
    alone = clerk.post(f"/post/{file.id}/posted/", follow=True)
    assert "別の人が枚数を数えてください" in text(alone)
    counted = other.post(f"/post/{file.id}/count/", {"sheets": "2"}, follow=True)
    assert "枚数は目録と合っています" in text(counted)
    sent = text(clerk.post(f"/post/{file.id}/posted/", follow=True))
    assert "2通を投函済みにしました" in sent
    assert all(words in sent for words in ("<dd>2通</dd>", "<dd>2通、2枚</dd>", "山本 誠 2枚"))
    event = LetterEvent.objects.filter(kind="posted").first()
    assert (event.by_id, event.witness_id) == (member_id("caseworker"), member_id("supervisor"))


@pytest.mark.parametrize("typed", ["", "二枚", "-2", "2.0", "9" * 9])
def test_a_count_that_is_no_number_is_asked_again(browser, printed, typed):
    file = printed(two_person=True)

    page = browser("supervisor").post(f"/post/{file.id}/count/", {"sheets": typed}, follow=True)

    assert "枚数を数字で書いてください" in text(page)
    assert not file.counts.exists()


def test_a_letter_voided_after_printing_is_to_be_taken_out(browser, printed):
    printed()
    gone = IssuedLetter.objects.order_by("number").first()
    IssuedLetter.objects.filter(id=gone.id).update(state="void")

    page = text(browser("caseworker").get(f"/post/{DAY_OF}"))

    assert "束から抜いてください" in page
    assert gone.shown_number in page


def test_the_ledger_names_the_addressee_and_each_letter_was_looked_at(browser, printed):
    printed()

    answer = browser("caseworker").get(f"/post/ledger/city-welfare/csv/{DAY_OF}")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "髙田 ハナ 様,000-0101,定形,110,1," in lines[1]
    assert Look.objects.filter(how="file").count() == 2


def test_the_ledger_names_nobody_whose_letter_is_somebody_elses(browser, printed, triaged):
    file = printed()
    Case.objects.filter(pk=triaged.case).update(protected=True)

    answer = browser("supervisor").get(f"/post/ledger/city-welfare/csv/{DAY_OF}")
    assert "髙田" in answer.content.decode("utf-8-sig")
    refused = browser("caseworker").get(f"/post/ledger/city-welfare/csv/{DAY_OF}")
    assert "髙田" not in refused.content.decode("utf-8-sig", errors="replace")
    assert file.name


def test_the_ledger_in_excel_is_text(browser, printed):
    printed(envelope={"names": "=HYPERLINK(1) 様"})

    answer = browser("caseworker").get(f"/post/ledger/city-welfare/excel/{DAY_OF}")

    sheet = load_workbook(BytesIO(answer.content)).active
    assert (sheet["D2"].data_type, sheet["D2"].value) == ("s", "=HYPERLINK(1) 様")


def test_what_cp932_loses_is_shown_by_letter_and_character(browser, printed):
    printed(envelope={"names": "𠮷田 ハナ 様"})
    client = browser("caseworker")

    page = text(client.get(f"/post/ledger/city-welfare/losses/{DAY_OF}"))
    data = client.get(f"/post/ledger/city-welfare/cp932/{DAY_OF}").content

    assert ("U+20BB7" in page, "宛先" in page) == (True, True)
    assert "〓田 ハナ 様" in data.decode("cp932")


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday"])
def test_a_day_that_is_none_is_not_found(browser, printed, day):
    assert browser("caseworker").get(f"/post/?day={day}").status_code == 404


# --- one letter ------------------------------------------------------------------------------------------


@pytest.fixture
def letter(triaged):
    return waiting(case=Case.objects.get(pk=triaged.case), state="posted", addressee="p1")[0]


def test_a_letter_that_came_back_is_recorded_and_listed(browser, letter):
    client = browser("caseworker")

    client.post(f"/letters/{letter.id}/returned/", {"reason": "宛所不明"})

    letter.refresh_from_db()
    assert letter.state == "returned"
    assert letter.shown_number in text(client.get("/post/"))
    assert "住所を確かめた" in text(client.get(f"/letters/{letter.id}/"))


def test_whoever_keeps_the_record_is_led_from_a_returned_letter_to_its_address(browser, letter):
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D01-1")
    IssuedLetter.objects.filter(pk=letter.pk).update(addressee=str(person.pk), state="returned")

    assert f'href="/persons/{person.pk}/correct/"' in text(
        browser("caseworker").get(f"/letters/{letter.id}/")
    )
    Person.objects.filter(pk=person.pk).update(controller="csw")

    assert "/correct/" not in text(browser("caseworker").get(f"/letters/{letter.id}/"))


def test_a_letter_comes_back_for_a_reason(browser, letter):
    page = browser("caseworker").post(f"/letters/{letter.id}/returned/", {"reason": ""}, follow=True)

    assert "理由を短く書いてください" in text(page)


def test_printing_again_gives_the_marked_letter_and_the_frozen_bytes_stay(browser, letter):
    before = bytes(FrozenPdf.objects.get(letter=letter).pdf)

    answer = browser("caseworker").post(f"/letters/{letter.id}/reissue/")

    assert answer.content.startswith(b"%PDF")
    assert answer.content != before
    assert bytes(FrozenPdf.objects.get(letter=letter).pdf) == before


def test_the_number_of_a_slip_leads_to_its_letter(browser, letter):
    token = new()
    ReplySlip.objects.create(letter=letter, token_hash=token.hash, expires_on="2099-12-31")

    found = browser("caseworker").post("/post/find/", {"code": token.shown})

    assert found["Location"] == f"/letters/{letter.id}/"


def test_a_number_of_no_slip_leads_nowhere(browser, letter):
    page = browser("caseworker").post("/post/find/", {"code": new().shown}, follow=True)

    assert "回答を待っている文書はありません" in text(page)


def test_an_outsider_can_do_nothing_with_a_letter(browser, letter):
    client = browser("outsider")

    assert client.get(f"/letters/{letter.id}/").status_code == 404
    assert client.post(f"/letters/{letter.id}/returned/", {"reason": "x"}).status_code == 404
    assert client.post(f"/letters/{letter.id}/reissue/").status_code == 404
