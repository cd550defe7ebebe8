"""髙田 ハナ, watched by the commissioner and the volunteer, and what a phone would seal about her."""

import base64
import json
import os
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils import timezone

from backend.access import MemberFacts
from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.field import keys, parcels
from backend.people.models import Household, Member, Person
from tests.cases.conftest import answers, do, report
from tests.pages.conftest import browser
from tests.sharing.consents.conftest import agreed, hana, home

__all__ = ["answers", "browser", "do", "hana", "home", "report"]


@pytest.fixture(autouse=True, scope="session")
def _phone_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One key for all tests: making one takes a second."""
    from django.conf import settings

    settings.FIELD_KEY = str(tmp_path_factory.mktemp("field") / "key.pem")


def watch(report: Callable[..., Done], person: Person, *watchers: str, **plan: Any) -> Done:
    """A case of the person, watched with consent by these of the cast."""
    done = do(report(person=person.id, area="D01-1"), "triage", answers("triage", urgency="C"))
    consent = agreed(categories=["identity", "contact", "area", "watch_flag"], purposes=["watch_over"])
    done = do(done, "record_consent", consent)
    done = do(done, "watch_over", answers("note"))
    named = {name: str(member_id(who)) for name, who in zip(("watcher", "watcher_2"), watchers, strict=False)}
    given = {"frequency": "weekly", "approach": "犬がいます", **plan}
    return do(done, "entrust_watch", {**named, **given})


@pytest.fixture
def watched(report: Callable[..., Done], hana: Person) -> Done:
    return watch(report, hana, "commissioner", "volunteer")


@pytest.fixture
def more(report: Callable[..., Done], home: Household) -> Callable[[str], Done]:
    """One more household of the same watchers."""

    def made(name: str) -> Done:
        person = Person.objects.create(
            name=name, controller="city", area_id="D01-1", household=home, address="海鳴市中浜一丁目6番1号"
        )
        return watch(report, person, "commissioner", "volunteer")

    return made


def facts(who: str) -> MemberFacts:
    return Member.objects.select_related("organisation", "user").get(pk=member_id(who)).facts()


def no_change(**changed: Any) -> dict[str, Any]:
    at = timezone.localtime().isoformat(timespec="seconds")
    return {"at": at, "result": "no_change", "mode": "met", **changed}


def seal(inner: dict[str, Any]) -> dict[str, str]:
    """What the script does on the phone."""
    key, nonce = AESGCM.generate_key(256), os.urandom(12)
    office = keys.current()
    wrapped = office.public_key().encrypt(key, OAEP(MGF1(SHA256()), SHA256(), None))
    sealed = AESGCM(key).encrypt(nonce, json.dumps(inner).encode(), None)
    parts = {"wrapped": wrapped, "nonce": nonce, "text": sealed}
    return {
        "to": keys.ident_of(office),
        **{name: base64.b64encode(part).decode() for name, part in parts.items()},
    }


def parcel(case: UUID, who: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """A record as it is sent."""
    key = uuid4()
    member = Member.objects.get(pk=member_id(who))
    inner = {
        "key": str(key),
        "mark": parcels.mark(member),
        "case": str(case),
        "answers": given or no_change(),
    }
    return {"key": str(key), "sealed": seal(inner)}
