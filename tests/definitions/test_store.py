"""Published definitions: stored once, loaded by hash."""

import pytest

from backend.definitions import store
from backend.definitions.canonical import NotCanonical, content_hash
from backend.definitions.models import Published

pytestmark = pytest.mark.django_db
CONTENT = {"title": {"ja": "つなぎ", "en": "Referral"}, "n": 1}


def test_what_is_published_is_loaded_by_its_hash():
    digest = store.publish("specimen", "one", CONTENT, by="member")

    assert digest == content_hash(CONTENT)
    assert store.load("specimen", digest) == CONTENT
    assert Published.objects.get(hash=digest).published_by == "member"


def test_publishing_the_same_again_does_nothing():
    first = store.publish("specimen", "one", CONTENT)
    again = store.publish("specimen", "one", dict(reversed(CONTENT.items())))

    assert again == first
    assert Published.objects.filter(kind="specimen").count() == 1


def test_a_changed_definition_is_another_version_beside_the_old_one():
    old = store.publish("specimen", "one", CONTENT)
    new = store.publish("specimen", "one", {**CONTENT, "n": 2})

    assert store.load("specimen", old)["n"] == 1
    assert store.load("specimen", new)["n"] == 2


def test_a_loaded_definition_can_be_changed_without_changing_the_stored_one():
    digest = store.publish("specimen", "one", CONTENT)

    store.load("specimen", digest)["n"] = 99

    assert store.load("specimen", digest)["n"] == 1


def test_what_has_no_canonical_form_is_not_published():
    with pytest.raises(NotCanonical):
        store.publish("specimen", "one", {"n": 0.5})


def test_an_unknown_hash_says_what_to_do():
    with pytest.raises(store.NotPublished, match="No specimen is published under ff"):
        store.load("specimen", "ff")
