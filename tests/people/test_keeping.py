"""A person's record is corrected by versions: who may, what differs, and that nothing is passed by."""

import json

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.cases import personproof
from backend.demo.cast import identity
from backend.people import keeping, versions
from backend.people.errors import Changed, NotNow, Refused
from backend.people.models import Person, ProtectedAddress
from backend.people.recorded import PersonChange
from tests.people.conftest import NOW

HANA = identity("person/hana")


@pytest.fixture
def edit(member):
    """Correct Hana's record as one of the cast."""

    def correct(given, *, seen=0, username="caseworker", person=HANA):
        return keeping.edit(person, given, seen=seen, by=member(username), reason="転居の届け出", now=NOW)

    return correct


def broken() -> tuple[str, ...]:
    return personproof.persons().broken


def test_a_new_address_is_a_new_version_and_the_old_one_is_kept(edit) -> None:
    edit({"address": "海鳴市潮見三丁目1番", "phone": "0832-00-9999"})

    person = Person.objects.get(pk=HANA)
    newest = versions.history(person)[0]
    changed = {found.field: (found.before, found.after) for found in newest.differences}
    assert person.address == "海鳴市潮見三丁目1番"
    assert changed["address"] == ("海鳴市中浜一丁目2番3号", "海鳴市潮見三丁目1番")
    assert (newest.change.by.name, newest.change.reason) == ("佐藤 直子", "転居の届け出")


def test_the_first_correction_keeps_the_record_as_it_was_found(edit) -> None:
    edit({"kana": "たかた はな"})

    kinds = list(PersonChange.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["taken", "edited"]


def test_what_does_not_differ_makes_no_version(edit) -> None:
    assert edit({"name": "髙田 ハナ"}) is None

    assert not PersonChange.objects.exists()


def test_who_looked_at_an_older_version_is_told_what_differs(edit) -> None:
    edit({"phone": "0832-00-1111"})

    with pytest.raises(Changed) as told:
        edit({"phone": "0832-00-2222"}, seen=0)

    assert told.value.fields == ("phone",)
    assert Person.objects.get(pk=HANA).phone == "0832-00-1111"


@pytest.mark.parametrize("username", ["commissioner", "csw", "privacy", "receiver", "volunteer"])
def test_only_staff_of_the_controller_correct_a_record(edit, username: str) -> None:
    with pytest.raises(Refused):
        edit({"phone": "0832-00-1111"}, username=username)

    assert not PersonChange.objects.exists()


def test_where_a_protected_person_lives_goes_beside_the_record(edit) -> None:
    Person.objects.filter(pk=HANA).update(protected=True, address="", phone="", zip="")

    with pytest.raises(Refused):
        edit({"address": "遠浦市港町9番"})
    edit({"address": "遠浦市港町9番"}, username="supervisor")

    person = Person.objects.get(pk=HANA)
    assert (person.address, person.grams.count("@港町")) == ("", 0)
    assert ProtectedAddress.objects.get(person=person).address == "遠浦市港町9番"
    shown = versions.history(person)[0].differences
    assert [(one.field, one.before, one.after) for one in shown] == [("protected_address", None, None)]


def test_a_merged_record_is_corrected_where_it_was_kept(edit) -> None:
    Person.objects.filter(pk=HANA).update(merged_into=identity("person/yamada"))

    with pytest.raises(NotNow):
        edit({"phone": "0832-00-1111"})


def test_a_person_is_registered_with_the_own_controller(member) -> None:
    given = {"name": "新田 まもる", "kana": "にった まもる", "phone": "0832-00-5555"}

    person = keeping.register(given, by=member("csw"), reason="来所", now=NOW)

    assert (person.controller, versions.revision(person)) == ("csw", 1)
    assert broken() == ()


def test_nobody_outside_the_office_registers(member) -> None:
    with pytest.raises(Refused):
        keeping.register({"name": "だれか"}, by=member("commissioner"), reason="", now=NOW)


def test_a_record_altered_beside_the_program_is_named(edit) -> None:
    edit({"phone": "0832-00-1111"})
    assert broken() == ()

    Person.objects.filter(pk=HANA).update(address="どこか")

    assert broken() == (f"person {HANA}: address changed beside the versions",)


def test_the_application_cannot_alter_a_version(edit) -> None:
    edit({"phone": "0832-00-1111"})

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_personchange SET reason = 'x'")


def test_the_body_of_a_version_holds_nothing_personal(edit) -> None:
    edit({"phone": "0832-00-1111"})

    body = json.loads(bytes(PersonChange.objects.order_by("seq").last().body))
    assert set(body) == {"v", "person", "seq", "kind", "by", "at", "rules", "content", "reason"}
    assert "0832" not in json.dumps(body)
