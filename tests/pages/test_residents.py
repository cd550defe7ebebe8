"""A person's record on the pages: found, corrected, compared, merged, parted, drawn with the household."""

import json
import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases.models import Case
from backend.people import duplicates
from backend.people.doubles import Merge, Pair
from backend.people.models import Household, Person, PersonRelation, ProtectedAddress
from backend.people.recorded import PersonChange
from backend.people.supporters import Supporter

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


@pytest.fixture
def hana(cast):
    return Person.objects.create(
        controller="city",
        name="髙田 ハナ",
        kana="たかだ はな",
        birth_date=date(1938, 5, 2),
        sex="female",
        area_id="D01-1",
        zip="000-0101",
        address="海鳴市中浜一丁目7番7号",
        phone="083-245-1234",
    )


@pytest.fixture
def double(hana):
    return Person.objects.create(
        controller="city", name="高田 はな", kana="たかだ はな", birth_date=date(1938, 5, 2)
    )


def record(**changed):
    given = {"name": "髙田 ハナ", "kana": "たかだ はな", "birth_date": "S13.5.2", "sex": "female"}
    more = {"zip": "000-0101", "address": "海鳴市中浜一丁目7番7号", "phone": "083-245-1234"}
    return given | more | {"area_id": "D01-1", "reason": "電話で聞いた", "seen": "0"} | changed


@pytest.mark.parametrize("typed", ["たか", "高田", "083245", "S13", "たか S13", "０８３ー２４５"])
def test_hana_is_the_first_result(browser, hana, typed) -> None:
    Person.objects.create(controller="city", name="高橋 わたる", kana="たかはし わたる")

    page = browser("caseworker").post("/persons/", {"q": typed})

    first = re.search(r"data-results><li>\s*<p><a href=\"([^\"]+)\"", page.content.decode())
    assert first is not None
    assert first[1] == f"/persons/{hana.id}/"


def test_what_was_understood_can_be_taken_away_word_by_word(browser, hana) -> None:
    page = browser("caseworker").post("/persons/", {"q": "たか S14"})

    assert 'name="q" value="たか"' in text(page)
    assert 'name="q" value="S14"' in text(page)


def test_the_words_of_a_search_stand_in_no_address(browser, hana) -> None:
    page = browser("caseworker").get("/persons/", {"q": "たか"})

    assert "髙田" not in text(page)


def test_an_address_is_corrected_and_a_later_letter_would_carry_it(browser, hana) -> None:
    client = browser("caseworker")
    assert "海鳴市中浜一丁目7番7号" in text(client.get(f"/persons/{hana.id}/correct/"))

    page = client.post(f"/persons/{hana.id}/correct/", record(address="海鳴市潮見3-1"), follow=True)

    hana.refresh_from_db()
    assert hana.address == "海鳴市潮見3-1"
    assert "直しました。前の内容も残っています。" in text(page)
    assert "<del>海鳴市中浜一丁目7番7号</del> → <ins>海鳴市潮見3-1</ins>" in text(page)


def test_a_stale_correction_changes_nothing_and_keeps_what_was_typed(browser, hana) -> None:
    client = browser("caseworker")
    client.post(f"/persons/{hana.id}/correct/", record(phone="0832-00-1111"))

    page = client.post(f"/persons/{hana.id}/correct/", record(phone="0832-00-2222"))

    assert page.status_code == 409
    assert "0832-00-2222" in text(page)
    assert "0832-00-1111" in text(page)
    assert Person.objects.get(pk=hana.pk).phone == "0832-00-1111"


def test_a_wrong_postal_code_is_told_with_its_digits(browser, hana) -> None:
    page = browser("caseworker").post(f"/persons/{hana.id}/correct/", record(zip="〒000-123"))

    assert page.status_code == 422
    assert "郵便番号は7けたです。いま6けたです。" in text(page)


def test_somebody_new_is_registered_from_a_search_that_found_nobody(browser, cast) -> None:
    client = browser("caseworker")
    begun = client.post("/persons/new/", {"words": "にった 0832-00-7777"})
    assert 'value="にった"' in text(begun)

    page = client.post("/persons/new/", record(name="新田 守", kana="にった まもる"), follow=True)

    assert "登録しました。" in text(page)
    assert Person.objects.get().name == "新田 守"


def test_whoever_registers_a_likeness_says_that_it_is_somebody_else(browser, hana) -> None:
    client, given = browser("caseworker"), record(name="高田 花")

    page = client.post("/persons/new/", given)
    assert (page.status_code, Person.objects.count()) == (422, 1)
    assert "似た方が登録されています" in text(page)

    client.post("/persons/new/", given | {"sure": "1"})
    assert Person.objects.count() == 2
    assert Pair.objects.get().verdict == "different"


def test_a_double_is_compared_merged_and_parted(browser, hana, double) -> None:
    client = browser("caseworker")
    pair = duplicates.note(hana, double, hana.created_at)
    page = text(client.get(f"/persons/same/{pair.pk}/"))
    assert "字体ちがい" in page

    decided = {"verdict": "same", "reason": "本人に聞いた", "kept": str(hana.id)}
    seen = {"seen_first": "0", "seen_second": "0"}
    client.post(f"/persons/same/{pair.pk}/", {**decided, **seen})
    merge = Merge.objects.get()
    assert Person.objects.get(pk=double.pk).merged_into_id == hana.pk
    assert client.get(f"/persons/{double.id}/").headers["Location"] == f"/persons/{hana.id}/"

    client.post(f"/persons/merges/{merge.pk}/undo/", {"reason": "別の人だった"})
    assert Person.objects.get(pk=double.pk).merged_into_id is None
    assert "別の人だった" in text(client.get(f"/persons/{hana.id}/"))


def test_the_pairs_most_alike_stand_first(browser, hana, double) -> None:
    born = {"controller": "city", "birth_date": date(1960, 1, 1)}
    parent = Person.objects.create(name="森 愛", kana="もり あい", phone="083-245-0001", **born)
    child = Person.objects.create(
        name="森 愛", kana="もり あい", controller="city", birth_date=date(1988, 4, 7), address="中浜1"
    )
    less, more = (duplicates.note(*two, hana.created_at) for two in ((parent, child), (hana, double)))

    page = browser("caseworker").get("/persons/same/").content.decode()

    assert page.index(f"/persons/same/{more.pk}/") < page.index(f"/persons/same/{less.pk}/")


def test_whoever_may_be_the_second_person_opens_the_page_also_while_nothing_waits(browser, hana) -> None:
    assert browser("privacy").get("/persons/same/").status_code == 200


def test_who_only_confirms_is_shown_no_pair_they_could_not_open(browser, hana, double) -> None:
    pair = duplicates.note(hana, double, timezone.now())

    page = browser("privacy").get("/persons/same/").content.decode()

    assert f"/persons/same/{pair.pk}/" in browser("supervisor").get("/persons/same/").content.decode()
    assert f"/persons/same/{pair.pk}/" not in page
    assert "もう1人の確認を待つものはありません" in page


def test_a_shielded_address_is_in_no_comparison(browser, hana, double) -> None:
    Person.objects.filter(pk=hana.pk).update(protected=True, address="", phone="", zip="")
    ProtectedAddress.objects.create(person=hana, address="遠浦市港町9番")
    Person.objects.filter(pk=double.pk).update(address="海鳴市中浜一丁目7番7号", phone="0832-00-9999")
    pair = duplicates.note(hana, double, hana.created_at)

    page = text(browser("supervisor").get(f"/persons/same/{pair.pk}/"))

    assert "港町" not in page
    assert "0832-00-9999" not in page
    assert browser("caseworker").get(f"/persons/same/{pair.pk}/").status_code == 404


def test_a_protected_merge_is_asked_for_by_one_and_confirmed_by_another(browser, hana, double) -> None:
    Person.objects.filter(pk=hana.pk).update(protected=True, address="", phone="", zip="")
    pair = duplicates.note(hana, double, hana.created_at)
    given = {"verdict": "same", "reason": "本人に聞いた", "kept": str(hana.id)}
    supervisor, privacy = browser("supervisor"), browser("privacy")

    supervisor.post(f"/persons/same/{pair.pk}/", {**given, "seen_first": "0", "seen_second": "0"})
    merge = Merge.objects.get()
    supervisor.post(f"/persons/merges/{merge.pk}/confirm/")
    assert Merge.objects.get().state == "waiting"

    assert "髙田" not in text(privacy.get("/persons/same/"))
    privacy.post(f"/persons/merges/{merge.pk}/confirm/")
    assert Merge.objects.get().state == "done"


def test_a_household_is_drawn_and_told_as_a_table(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home, relation="本人")
    Person.objects.create(
        controller="city", name="髙田 実", household=home, relation="長男", birth_date=date(1964, 9, 18)
    )
    client = browser("caseworker")
    client.post(
        f"/persons/{hana.id}/household/",
        {"do": "stand_by", "name": "林 とめ", "relation": "隣", "emergency_order": "1", "key_holder": "on"},
    )

    page = text(client.get(f"/persons/{hana.id}/household/"))

    picture, _, table = page.partition('class="kin"')[2].partition("</figure>")
    for name in ("髙田 ハナ", "髙田 実", "林 とめ"):
        assert name in picture
        assert name in table
    assert "緊急連絡先1、鍵を預かる" in table


def test_the_head_is_called_that_on_the_page_of_another_of_the_household(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home, relation="本人")
    son = Person.objects.create(controller="city", name="髙田 実", household=home, relation="長男")

    page = text(browser("caseworker").get(f"/persons/{son.id}/household/"))

    picture = page.partition('class="kin"')[2].partition("</figure>")[0]
    assert re.findall(r'class="quiet">([^<]*)<', picture) == ["世帯主", "長男"]


def test_somebody_under_protection_is_drawn_without_name_or_place(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home)
    Person.objects.create(
        controller="city", name="髙田 ゆき", household=home, relation="長女", protected=True
    )

    for username in ("caseworker", "supervisor"):
        page = text(browser(username).get(f"/persons/{hana.id}/household/"))
        assert "髙田 ゆき" not in page
        assert "保護中の方" in page


def test_another_case_of_the_household_is_named_to_who_may_list_it(browser, hana, report) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home, relation="本人")
    son = Person.objects.create(controller="city", name="髙田 実", household=home, relation="長男")
    case = Case.objects.get(pk=report(person=son.pk).case)

    page = text(browser("caseworker").get(f"/persons/{hana.id}/household/"))

    assert case.number in page


def test_neighbours_of_one_address_become_a_household(browser, hana) -> None:
    son = Person.objects.create(controller="city", name="髙田 実", address="海鳴市中浜1-7-7")
    client = browser("caseworker")

    client.post(f"/persons/{hana.id}/household/", {"do": "join", "other": str(son.id), "relation": "長男"})

    hana.refresh_from_db()
    son.refresh_from_db()
    assert (hana.relation, son.relation) == ("本人", "長男")
    assert hana.household_id == son.household_id
    assert PersonChange.objects.filter(kind="household").count() == 2


def test_the_word_for_a_relation_is_corrected_by_a_version(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home, relation="本人")
    son = Person.objects.create(controller="city", name="髙田 実", household=home, relation="長男")
    client, address = browser("caseworker"), f"/persons/{hana.id}/household/"
    asked = {"do": "relation", "relation": "次男", "reason": "戸籍で確かめた"}

    client.post(address, {**asked, "of": str(son.id)})

    son.refresh_from_db()
    assert son.relation == "次男"
    assert PersonChange.objects.get(person=son, kind="household").reason == "戸籍で確かめた"
    stranger = Person.objects.create(controller="city", name="林 花")
    assert client.post(address, {**asked, "of": str(stranger.id)}).status_code == 404


def test_somebody_under_protection_keeps_their_relation(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home)
    shielded = Person.objects.create(
        controller="city", name="髙田 ゆき", household=home, relation="長女", protected=True
    )
    asked = {"do": "relation", "of": str(shielded.id), "relation": "姪", "reason": ""}

    assert browser("caseworker").post(f"/persons/{hana.id}/household/", asked).status_code == 404
    shielded.refresh_from_db()
    assert shielded.relation == "長女"


def test_who_stands_by_a_person_is_ended_and_not_deleted(browser, hana) -> None:
    client = browser("caseworker")
    client.post(f"/persons/{hana.id}/household/", {"do": "stand_by", "name": "林", "relation": "隣"})
    line = Supporter.objects.get()

    client.post(f"/persons/{hana.id}/household/", {"do": "stand_down", "supporter": line.pk})

    assert Supporter.objects.get().ended_by.name == "佐藤 直子"


def test_who_of_a_household_moves_along_gets_the_new_address_and_nobody_else(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home, relation="本人")
    there = {"controller": "city", "household": home, "address": hana.address, "area_id": "D01-1"}
    son = Person.objects.create(name="髙田 実", **there)
    daughter = Person.objects.create(name="髙田 ゆき", **there)
    client, address = browser("caseworker"), f"/persons/{hana.id}/correct/"
    assert f'value="{son.id}"' in text(client.get(address))

    moved = {"address": "海鳴市潮見二丁目1番1号", "zip": "000-0202", "area_id": "D02-2"}
    client.post(address, record(reason="転居届", along=[str(son.id)], **moved))
    home.refresh_from_db()
    assert home.area_id == "D01-1"

    rows = Person.objects.filter(**moved).values_list("name", flat=True)
    assert sorted(rows) == sorted([hana.name, son.name])
    assert Person.objects.get(pk=daughter.pk).address == hana.address
    assert PersonChange.objects.get(person=son, kind="edited").reason == "転居届"


def test_a_household_that_moves_as_a_whole_belongs_to_the_new_area(browser, hana) -> None:
    home = Household.objects.create(controller="city", area_id="D01-1")
    Person.objects.filter(pk=hana.pk).update(household=home, relation="本人")
    there = {"controller": "city", "household": home, "address": hana.address, "area_id": "D01-1"}
    rows = [Person.objects.create(name=name, **there) for name in ("髙田 実", "髙田 ゆき")]
    moved = {"address": "海鳴市潮見二丁目1番1号", "zip": "000-0202", "area_id": "D02-2"}

    with CaptureQueriesContext(connection) as found:
        along = [str(row.id) for row in rows]
        browser("caseworker").post(
            f"/persons/{hana.id}/correct/", record(reason="転居届", along=along, **moved)
        )

    first = next(row["sql"] for row in found if "FOR UPDATE" in row["sql"])
    assert 'ORDER BY "people_person"."id"' in first  # two who move it at once take the rows in one order
    assert all(row.id.hex in first for row in (hana, *rows))
    home.refresh_from_db()
    assert home.area_id == "D02-2"


def test_who_lives_there_too_is_registered_at_the_address_and_taken_in(browser, hana) -> None:
    client, address = browser("caseworker"), f"/persons/{hana.id}/household/"

    begun = client.post("/persons/new/", {"words": "", "home": str(hana.id)})
    assert f'value="{hana.address}"' in text(begun)
    new = {"name": "髙田 そら", "address": hana.address, "reason": "出生", "home": str(hana.id)}
    page = client.post("/persons/new/", new, follow=True)

    assert page.redirect_chain[-1][0] == address
    assert "髙田 そら" in text(page)


def test_how_a_relative_stands_by_is_corrected_and_ended_and_what_it_was_is_kept(browser, hana) -> None:
    son = Person.objects.create(controller="city", name="髙田 実", area_id="D01-1")
    row = PersonRelation.objects.create(person=hana, other=son, relation="長男", emergency_order=1)
    client, address = browser("caseworker"), f"/persons/{hana.id}/household/"

    second = {"related": row.pk, "relation": "長男", "emergency_order": "2", "reason": "本人の希望"}
    page = client.post(address, {**second, "do": "relate"}, follow=True)
    assert "緊急連絡先2" in text(page)
    client.post(address, {"do": "unrelate", "related": row.pk, "reason": "連絡がとれない"})

    kept = [json.loads(bytes(change.content)) for change in PersonChange.objects.filter(kind="household")]
    assert not PersonRelation.objects.exists()
    assert [one["more"]["relation"]["before"]["emergency_order"] for one in kept] == [1, 2]
