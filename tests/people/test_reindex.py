"""The search keys can be written anew."""

from io import StringIO

from django.core.management import call_command

from backend.people.models import Person


def test_reindexing_writes_the_keys_of_everybody(town: None) -> None:
    Person.objects.update(name_key="", grams=[])
    said = StringIO()

    call_command("reindex", stdout=said)

    assert said.getvalue() == f"{Person.objects.count()} persons indexed.\n"
    assert Person.objects.get(name="髙田 ハナ").name_key == "高田はな たかだはな"


def test_reindexing_in_small_chunks_reaches_everybody(town: None) -> None:
    Person.objects.update(name_key="")

    assert Person.objects.reindex(chunk=2) == Person.objects.count()
    assert not Person.objects.filter(name_key="").exists()
