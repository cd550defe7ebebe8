"""Finding a person: any spelling, within one's rights, and recorded."""

import pytest

from backend.demo.cast import identity
from backend.people.models import Area, Person, SearchLog
from backend.people.search import SearchRefused, search
from tests.people.conftest import NOW, TODAY

HANA = identity("person/hana")


@pytest.fixture
def look(member):
    """Search as one of the cast; the names found."""

    def find(text: str, username: str = "caseworker") -> list[str]:
        result = search(member(username), text, at=NOW, today=TODAY)
        return [found.person.name for found in result.persons]

    return find


@pytest.fixture
def living_in_shiomi(town):
    return Area.objects.get(pk="D02-1")


def resident(name: str, kana: str = "", **columns) -> Person:
    return Person.objects.create(name=name, kana=kana, controller="city", **columns)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "たか",
            "たかだ",
            "タカダ",
            "ﾀｶﾀﾞ",
            "高田",
            "髙田",
            "ハナ",
            "はな",
            "髙田　ハナ",
            "たかだはな",
            "高田はな",
        ),
        *(
            "0832",
            "0832-00-1234",
            "０８３２００１２３４",
            "1234",
            "S13",
            "S13.5.2",
            "昭和13年5月2日",
            "1938-05-02",
        ),
        *(
            "昭13",
            "1938",
            "19380502",
            "中浜一丁目2-3",
            "中浜１丁目２番",
            "中浜1-2-3",
            "たか S13",
            "高田 中浜",
            "000-0101",
        ),
    ],
)
def test_hana_is_found_by_any_spelling(look, typed: str) -> None:
    assert "髙田 ハナ" in look(typed)


@pytest.mark.parametrize("typed", ["永田 S14", "たかだ S12", "9999", "高田 潮見", "はなこさん"])
def test_who_does_not_fit_every_word_is_not_found(look, typed: str) -> None:
    assert "髙田 ハナ" not in look(typed)


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ("山﨑 茂", "山崎"),
        ("齋藤 弘", "斉藤"),
        ("渡邉 進", "渡辺"),
        ("德永 豊", "徳永"),
        ("濵田 誠", "浜田"),
        ("栁 隆", "柳"),
        ("𠮷田 明", "吉田"),
        ("\ufa19田 稔", "神田"),
        ("辻\U000e0100 清", "辻"),
        ("林 一", "林"),
        ("南 一", "南一"),
        ("Maria Santos", "ｍａｒｉａ"),
    ],
)
def test_a_registered_variant_is_found_by_the_common_form(look, registered: str, typed: str) -> None:
    resident(registered)

    assert look(typed) == [registered]


def test_the_registered_name_is_never_changed(town) -> None:
    person = resident("\ufa19田　\u6da4\U000e0100 ")

    person.refresh_from_db()

    assert person.name == "\ufa19田　\u6da4\U000e0100 "


def test_a_new_name_is_found_and_the_old_one_is_not(look) -> None:
    person = resident("森 ひかる")

    person.name = "堤 ひかる"
    person.save(update_fields=["name"])

    assert (look("堤"), look("森")) == (["堤 ひかる"], [])


def test_names_that_begin_with_the_word_come_first(look) -> None:
    resident("小高田 武", "おたかだ たけし")

    assert look("たかだ")[-1] == "小高田 武"


def test_a_percent_sign_is_no_wildcard(look) -> None:
    assert look("%") == look("_") == []


def test_a_cut_list_says_so(member, town) -> None:
    Person.objects.bulk_create(Person(name=f"原 {n}", controller="city") for n in range(4))

    result = search(member("caseworker"), "原", at=NOW, today=TODAY, limit=3)

    assert (len(result.persons), result.more) == (3, True)


def test_the_result_says_what_each_person_fits(member) -> None:
    result = search(member("caseworker"), "たか S13", at=NOW, today=TODAY)

    (hana,) = result.persons
    assert (hana.person.pk, hana.kinds) == (HANA, ("kana", "birth"))


@pytest.mark.parametrize("username", ["volunteer", "receiver", "outsider", "commissioner"])
def test_who_may_not_list_persons_finds_nobody(look, username: str) -> None:
    assert look("たかだ", username) == []


def test_each_controller_finds_its_own_record_only(look) -> None:
    assert (look("たかだ はな"), look("たかだ はな", "csw")) == (["髙田 ハナ"], ["高田 はな"])


def test_nobody_cannot_search(town) -> None:
    with pytest.raises(SearchRefused):
        search(None, "たかだ", at=NOW, today=TODAY)

    assert not SearchLog.objects.exists()


def test_a_member_whose_term_is_over_cannot_search(member) -> None:
    leaver = member("caseworker")
    leaver.valid_until = TODAY.replace(day=23)

    with pytest.raises(SearchRefused):
        search(leaver, "たかだ", at=NOW, today=TODAY)


def test_a_protected_address_and_telephone_find_nobody(look, living_in_shiomi) -> None:
    resident("関 里美", address="海鳴市潮見一丁目9番9号", phone="0832-00-7777", protected=True)

    assert look("潮見一丁目9-9", "supervisor") == look("7777", "supervisor") == []
    assert look("関 里美", "supervisor") == ["関 里美"]


def test_a_protected_person_is_found_by_the_supervisor_alone(look) -> None:
    resident("関 里美", protected=True)

    assert look("関", "caseworker") == []


def test_a_search_is_recorded_without_its_words(look) -> None:
    look("髙田 ハナ")

    (row,) = SearchLog.objects.all()
    assert (row.at, row.found, row.kinds) == (NOW, 1, "address,kana,name")
    assert str(vars(row)).isascii()


def test_the_same_words_leave_the_same_mark_however_spelt(look) -> None:
    look("髙田 ハナ")
    look("はな 高田")
    look("高橋")

    marks = list(SearchLog.objects.order_by("id").values_list("term", flat=True))
    assert marks[0] == marks[1] != marks[2]


def test_a_search_that_finds_nobody_is_recorded_too(look) -> None:
    look("だれもいない")

    assert SearchLog.objects.get().found == 0


def test_no_words_are_no_search(look) -> None:
    assert look("　") == []
    assert not SearchLog.objects.exists()


@pytest.mark.parametrize("typed", ["たかだ", "髙田 S13 0832 中浜", "R8-0412", "たかだ R8-0412"])
def test_a_search_costs_at_most_six_statements(member, django_assert_max_num_queries, typed: str) -> None:
    caseworker = member("caseworker")
    search(caseworker, "森", at=NOW, today=TODAY)  # the areas are read once in a process

    with django_assert_max_num_queries(6):
        search(caseworker, typed, at=NOW, today=TODAY)


def test_who_may_not_be_shown_is_a_number_to_staff_and_nothing_to_others(member) -> None:
    Person.objects.filter(pk=HANA).update(protected=True)

    staff = search(member("caseworker"), "髙田 ハナ", at=NOW, today=TODAY)
    supervisor = search(member("supervisor"), "髙田 ハナ", at=NOW, today=TODAY)
    field = search(member("commissioner"), "髙田 ハナ", at=NOW, today=TODAY)

    assert (staff.hidden, HANA in [row.person.pk for row in staff.persons]) == (1, False)
    assert (supervisor.hidden, HANA in [row.person.pk for row in supervisor.persons]) == (0, True)
    assert (field.hidden, field.persons) == (0, ())


def test_the_number_never_tells_of_an_address(member) -> None:
    Person.objects.filter(pk=HANA).update(protected=True)
    Person.objects.get(pk=HANA).save()

    found = search(member("caseworker"), "中浜1-2-3", at=NOW, today=TODAY)

    assert found.hidden == 0


def test_more_who_begin_with_a_word_than_are_shown_come_by_the_index(member) -> None:
    Person.objects.bulk_create(
        Person(controller="city", name=f"佐藤 {letter}", kana="さとう あ") for letter in "甲乙丙丁戊"
    )
    Person.objects.create(controller="city", name="小佐藤 己", kana="こさとう つちのと")

    found = search(member("caseworker"), "佐藤", at=NOW, today=TODAY, limit=3)

    assert (len(found.persons), found.more) == (3, True)
    assert all(row.person.name.startswith("佐藤") for row in found.persons)


def test_whoever_merely_contains_the_word_is_found_as_well(look) -> None:
    Person.objects.create(controller="city", name="小佐藤 己", kana="こさとう つちのと")

    assert look("佐藤") == look("さとう") == ["小佐藤 己"]


def test_who_may_not_be_listed_does_not_come_by_the_index(member) -> None:
    Person.objects.bulk_create(Person(controller="csw", name=f"佐藤 {letter}") for letter in "甲乙丙丁戊")

    assert search(member("caseworker"), "佐藤", at=NOW, today=TODAY, limit=3).persons == ()
