"""How a person reads letters, and the paper beside letters: who may set or print what."""

import pytest

from backend.cases.models import Case
from backend.people import versions
from backend.people.models import Person
from tests.letters.conftest import reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(triaged):
    hana = Person.objects.create(controller="city", name="髙田 ハナ", kana="タカダ ハナ", area_id="D01-1")
    Case.objects.filter(pk=triaged.case).update(person=hana)
    return hana


def wish(client, person, **changed):
    given = {"size": "large", "ruby": "all", "reason": "電話で聞いた", "seen": versions.revision(person)}
    return client.post(f"/persons/{person.id}/letters/", {**given, **changed})


def test_a_caseworker_keeps_what_somebody_wants_to_read_with_its_reason(browser, person):
    assert wish(browser("caseworker"), person).status_code == 302

    person.refresh_from_db()
    assert (person.large_type, person.ruby) == (True, "all")
    assert person.changes.order_by("seq").last().reason == "電話で聞いた"


def test_a_wish_that_somebody_else_changed_meanwhile_is_not_overwritten(browser, person):
    client = browser("caseworker")
    wish(client, person)

    answer = wish(client, person, ruby="", seen=0)

    assert answer.status_code == 422
    person.refresh_from_db()
    assert person.ruby == "all"


@pytest.mark.parametrize("who", ["commissioner", "privacy"])
def test_who_keeps_no_records_sets_no_wishes(browser, person, who):
    assert wish(browser(who), person).status_code in (403, 404)

    person.refresh_from_db()
    assert person.ruby == ""


def labels(client, addresses, skip=0):
    given = {"kind": "a4-12", "skip": skip, "addresses": addresses}
    return client.post("/post/stationery/labels/", given)


def test_labels_are_made_from_what_is_pasted(browser):
    pasted = "000-0101,海鳴市中浜一丁目2番3号,髙田　ハナ\n\n000-0102,海鳴市中浜二丁目1番1号,,中浜自治会,会長"

    found = text_of(labels(browser("caseworker"), pasted).content)

    assert "髙田ハナ様" in found
    assert "中浜自治会" in found


def test_labels_already_used_are_left_out(browser):
    pasted = "000-0101,海鳴市中浜一丁目2番3号,髙田　ハナ"

    assert len(reader(labels(browser("caseworker"), pasted, skip=11).content).pages) == 1
    assert len(reader(labels(browser("caseworker"), pasted + "\n" + pasted, skip=11).content).pages) == 2


@pytest.mark.parametrize(
    ("line", "told"), [("000-0101,海鳴市", "1行目：郵便番号、住所、氏名"), ("12,海鳴市,髙田", "7桁")]
)
def test_a_line_that_cannot_be_printed_is_named(browser, line, told):
    answer = labels(browser("caseworker"), line)

    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_the_test_sheet_of_the_window_is_one_page(browser):
    answer = browser("caseworker").get("/post/stationery/window.pdf")

    assert len(reader(answer.content).pages) == 1


def test_envelopes_have_the_size_of_their_kind(browser):
    given = {"kind": "nagagata3", "addresses": "000-0101\t海鳴市中浜一丁目2番3号\t髙田　ハナ"}

    answer = browser("caseworker").post("/post/stationery/envelopes/", given)

    (page,) = reader(answer.content).pages
    assert (round(page.mediabox.width * 25.4 / 72), round(page.mediabox.height * 25.4 / 72)) == (120, 235)
