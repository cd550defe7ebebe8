"""Two records become one and are parted again: nothing is lost, and a protected person needs two."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.cases import actions, personproof
from backend.cases.models import Case
from backend.demo.cast import identity
from backend.people import duplicates, keeping, merging, versions
from backend.people.doubles import Merge, Pair
from backend.people.errors import Changed, NotNow, Refused
from backend.people.models import Person, PersonRelation
from backend.people.search import search
from backend.people.supporters import Supporter
from tests.cases.conftest import answers
from tests.people.conftest import NOW, TODAY

HANA = identity("person/hana")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def double(town):
    """The same person registered again: the common 高, another house number, no telephone."""
    return Person.objects.create(
        controller="city",
        name="高田 はな",
        kana="たかだ はな",
        birth_date=date(1938, 5, 2),
        area_id="D01-1",
        address="海鳴市中浜一丁目2番3号 浜風ハイツ103",
    )


@pytest.fixture
def merge(member, double):
    """Merge the double into Hana's record as one of the cast."""

    def ask(chosen=(), *, username="caseworker", kept=HANA, merged=None, seen=(0, 0)):
        return merging.ask(
            kept,
            merged or double.pk,
            chosen=chosen,
            seen=seen,
            by=member(username),
            reason="電話で本人に確かめた",
            now=NOW,
        )

    return ask


def case_of(person, member):
    done = actions.start(
        "referral",
        actor=member("caseworker").id,
        answers=answers("detection_report"),
        key=f"key-{person.pk}",
        person=person.pk,
        at=NOW,
    )
    return Case.objects.get(pk=done.case)


def snapshot() -> dict:
    """Every record and everything that hangs on one, but the versions and verdicts, which only grow."""
    found = {str(row.pk): versions.record_of(row) | {"grams": row.grams} for row in Person.objects.all()}
    for follower in merging.FOLLOWERS:
        model = apps.get_model(follower.model)
        columns = ("pk", f"{follower.key}_id", *follower.raised)
        found[follower.name] = sorted(map(str, model.objects.values_list(*columns)))
    return found


def test_what_hangs_on_the_merged_record_is_found_from_the_kept_one(merge, double, member) -> None:
    case = case_of(double, member)
    Supporter.objects.create(
        person=double, name="林", relation="隣", noted_by=member("caseworker"), noted_at=NOW
    )

    merge()

    double.refresh_from_db()
    assert (Case.objects.get(pk=case.pk).person_id, double.merged_into_id) == (HANA, HANA)
    assert Supporter.objects.get().person_id == HANA
    assert set(merging.ids(HANA)) == {HANA, double.pk}


def test_fields_are_taken_one_by_one(merge) -> None:
    merge(["address"])

    person = Person.objects.get(pk=HANA)
    assert person.address.endswith("浜風ハイツ103")
    assert (person.name, person.phone) == ("髙田 ハナ", "0832-00-1234")


def test_a_merged_record_is_found_by_its_name_as_the_kept_one(merge, double, member) -> None:
    keeping.edit(double.pk, {"kana": "こうだ はな"}, seen=0, by=member("caseworker"), reason="", now=NOW)

    merge(seen=(0, 2))

    found = search(member("caseworker"), "こうだ", at=NOW, today=TODAY)
    assert [row.person.pk for row in found.persons] == [HANA]


def test_parting_puts_back_what_the_merge_changed_and_no_later_correction(merge, member) -> None:
    row = merge(["address", "name"])
    seen = versions.revision(Person.objects.get(pk=HANA))
    keeping.edit(HANA, {"name": "髙田 はな"}, seen=seen, by=member("caseworker"), reason="", now=NOW)

    merging.undo(row.pk, by=member("caseworker"), reason="別の人", now=LATER)

    person = Person.objects.get(pk=HANA)
    assert (person.address, person.name) == ("海鳴市中浜一丁目2番3号", "髙田 はな")


WORDS = st.text("髙高田山ハナ実はな", min_size=1, max_size=6)
RECORD = st.fixed_dictionaries(
    {
        "name": WORDS,
        "kana": WORDS,
        "phone": st.sampled_from(["", "0832-00-1234", "090-0000-0001"]),
        "address": st.sampled_from(["", "海鳴市中浜1-2", "海鳴市潮見3-1"]),
        "birth_date": st.none() | st.dates(date(1930, 1, 1), date(2000, 1, 1)),
        "contact_hours": st.sampled_from(["", "午前中"]),
    }
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORD, RECORD, st.sets(st.sampled_from(merging.CHOOSABLE)), st.booleans())
def test_to_merge_and_to_part_changes_nothing(town, member, one, other, chosen, related) -> None:
    by = member("caseworker")
    first = Person.objects.create(controller="city", **one)
    second = Person.objects.create(controller="city", **other)
    son, yamada = identity("person/minoru"), identity("person/yamada")
    PersonRelation.objects.create(person=second, other_id=son, relation="子")
    PersonRelation.objects.create(person_id=yamada, other=second, relation="友人")
    if related:
        PersonRelation.objects.create(person=first, other=second, relation="姉妹")
        PersonRelation.objects.create(person=first, other_id=son, relation="子")
    before = snapshot()

    row = merging.ask(first.pk, second.pk, chosen=chosen, seen=(0, 0), by=by, reason="", now=NOW)
    assert Person.objects.get(pk=second.pk).merged_into_id == first.pk
    merging.undo(row.pk, by=by, reason="", now=LATER)

    assert snapshot() == before
    assert personproof.persons().broken == ()


def test_merges_are_undone_from_the_newest(merge, member) -> None:
    first = merge()
    yamada = identity("person/yamada")
    seen = (versions.revision(Person.objects.get(pk=HANA)), 0)
    second = merging.ask(HANA, yamada, chosen=(), seen=seen, by=member("caseworker"), reason="", now=LATER)

    with pytest.raises(NotNow):
        merging.undo(first.pk, by=member("caseworker"), reason="", now=LATER)

    merging.undo(second.pk, by=member("caseworker"), reason="", now=LATER)
    merging.undo(first.pk, by=member("caseworker"), reason="", now=LATER)
    assert not Person.objects.exclude(merged_into=None).exists()


def test_a_record_corrected_since_it_was_compared_is_compared_again(merge, member) -> None:
    keeping.edit(HANA, {"phone": "0832-00-7777"}, seen=0, by=member("caseworker"), reason="", now=NOW)

    with pytest.raises(Changed):
        merge()


@pytest.mark.parametrize("username", ["commissioner", "csw", "privacy", "receiver"])
def test_only_staff_of_the_controller_merge(merge, username: str) -> None:
    with pytest.raises(Refused):
        merge(username=username)

    assert not Merge.objects.exists()


def test_records_of_two_controllers_stay_apart(merge, double) -> None:
    Person.objects.filter(pk=double.pk).update(controller="csw")

    with pytest.raises(Refused):
        merge()


# --- a protected person --------------------------------------------------------------------------------


@pytest.fixture
def protected(double):
    Person.objects.filter(pk=HANA).update(protected=True, address="", phone="", zip="")


def test_a_protected_record_waits_for_a_second_person(protected, merge, member, double) -> None:
    row = merge(username="supervisor")

    double.refresh_from_db()
    assert (row.state, double.merged_into_id) == ("waiting", None)
    with pytest.raises(NotNow):
        merging.confirm(row.pk, by=member("supervisor"), now=NOW)
    with pytest.raises(Refused):
        merging.confirm(row.pk, by=member("caseworker"), now=NOW)

    merging.confirm(row.pk, by=member("privacy"), now=NOW)
    double.refresh_from_db()
    assert double.merged_into_id == HANA


def test_no_place_is_taken_over_into_a_protected_record(protected, merge, member) -> None:
    row = merge(["address", "phone", "name"], username="supervisor")

    merging.confirm(row.pk, by=member("privacy"), now=NOW)

    person = Person.objects.get(pk=HANA)
    assert (person.address, person.phone, person.name) == ("", "", "高田 はな")


def test_the_cases_of_both_are_protected_while_they_are_one(protected, merge, member, double) -> None:
    case = case_of(double, member)
    row = merge(username="supervisor")

    merging.confirm(row.pk, by=member("privacy"), now=NOW)
    assert Case.objects.get(pk=case.pk).protected

    merging.undo(row.pk, by=member("supervisor"), reason="別の人", now=LATER)
    assert not Case.objects.get(pk=case.pk).protected


def test_the_protected_record_is_the_one_kept(protected, merge, double) -> None:
    with pytest.raises(NotNow):
        merge(username="supervisor", kept=double.pk, merged=HANA)


def test_what_a_second_person_declines_is_not_merged(protected, merge, member, double) -> None:
    row = merge(username="supervisor")

    merging.decline(row.pk, by=member("privacy"), reason="確かめられない", now=NOW)

    double.refresh_from_db()
    assert double.merged_into_id is None
    assert Merge.objects.get().state == "declined"


# --- what may be one person ------------------------------------------------------------------------------


def test_the_sweep_puts_side_by_side_what_shares_a_key(double, member) -> None:
    assert duplicates.sweep(NOW) == 1
    assert duplicates.sweep(NOW) == 0

    pair = Pair.objects.get()
    assert {pair.first_id, pair.second_id} == {HANA, double.pk}


@pytest.mark.parametrize(
    "columns",
    [
        {"kana": "たかだ はな", "birth_date": date(1938, 5, 2)},
        {"name": "高田ハナ", "phone": "0832001234"},
        {"name": "べつの なまえ", "phone": "０８３２−００−１２３４", "birth_date": date(1938, 5, 2)},
        {"name": "髙田 ハナ", "kana": "たかだ はな"},
        {"name": "髙田 花", "kana": "たかだ はな", "address": "海鳴市中浜1-2-3"},
    ],
)
def test_every_key_finds_the_double(town, columns) -> None:
    Person.objects.create(controller="city", **{"name": "髙田 花", **columns})

    assert duplicates.sweep(NOW) == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"name": "髙田 勇", "kana": "たかだ いさむ", "phone": "0832-00-1234"},  # lives with her
        {"name": "髙田 ハナ", "kana": "たかだ はな", "birth_date": date(1951, 1, 1)},
        {"name": "山本 とめ", "birth_date": date(1938, 5, 2)},
    ],
)
def test_who_merely_resembles_is_left_alone(town, columns) -> None:
    person = Person.objects.create(controller="city", **columns)

    duplicates.sweep(NOW)

    assert not Pair.objects.filter(Q(first=person) | Q(second=person)).exists()


def test_records_of_two_controllers_are_never_compared(town) -> None:
    person = Person.objects.create(controller="csw", name="山田 花子", birth_date=date(1951, 3, 9))

    duplicates.sweep(NOW)

    assert not Pair.objects.filter(Q(first=person) | Q(second=person)).exists()


def test_whoever_registers_somebody_is_told_who_is_alike(double, member) -> None:
    new = Person(controller="city", name="高田 華", kana="たかだ はな", birth_date=date(1938, 5, 2))

    found = duplicates.likely(member("caseworker"), new, TODAY)

    assert {row.pk for row in found} == {HANA, double.pk}


def test_what_was_decided_is_not_asked_again(double, member) -> None:
    duplicates.sweep(NOW)
    pair = duplicates.waiting(member("caseworker"), TODAY)[0]

    duplicates.decide(pair, "different", by=member("caseworker"), note="姉妹", now=NOW)

    assert duplicates.waiting(member("caseworker"), TODAY) == []
    assert duplicates.sweep(NOW) == 0


def test_a_pair_is_shown_to_who_may_list_both(double, member) -> None:
    duplicates.sweep(NOW)
    Person.objects.filter(pk=HANA).update(protected=True)

    assert duplicates.waiting(member("caseworker"), TODAY) == []
    assert len(duplicates.waiting(member("supervisor"), TODAY)) == 1


def test_every_row_that_names_a_person_follows_or_has_a_reason_to_stay() -> None:
    named = {
        f"{model._meta.label}.{key.name}"
        for model in apps.get_models()
        for key in model._meta.get_fields()
        if key.concrete and getattr(key, "remote_field", None) and key.remote_field.model is Person
    }

    assert named == {follower.name for follower in merging.FOLLOWERS} | set(merging.STAYS)
