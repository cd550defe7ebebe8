"""The city and the 社協 countersign each other's seals: here one installation acts both parts in turn."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from backend.cases.actions import Done
from backend.seals import body, keys, sealing, witnessing
from backend.seals.models import Countersignature, Seal, Witnessed
from backend.seals.witnessing import Refused
from tests.seals.conftest import found

At = Callable[..., Any]


@pytest.fixture
def csw(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """As the 社協: another name and another key."""

    @contextmanager
    def there() -> Iterator[None]:
        city = settings.INSTALLATION, settings.SEAL_KEY
        settings.INSTALLATION, settings.SEAL_KEY = "uminari-csw", str(tmp_path / "csw" / "key.pem")
        with monkeypatch.context() as patched:
            patched.setattr(
                sealing, "own_key", keys.first
            )  # theirs; the seals in this database are the city's
            yield
        settings.INSTALLATION, settings.SEAL_KEY = city

    return there


def exported(since: int = 1) -> str:
    return witnessing.written_out(Seal.objects.filter(number__gte=since).order_by("number"))


def test_a_countersignature_is_kept_and_proved(life: Done, csw: At) -> None:
    seals = exported()
    with csw():
        given, said, first = witnessing.countersign(seals)

    row = witnessing.receive(given)

    assert (said.number, first, row.seal_id, row.witness) == (2, True, 2, "uminari-csw")
    assert found() == []


def test_it_is_kept_once(life: Done, csw: At) -> None:
    seals = exported()
    with csw():
        given, _said, _first = witnessing.countersign(seals)

    witnessing.receive(given)
    witnessing.receive(given)

    assert Countersignature.objects.count() == 1


def test_the_next_night_follows_from_what_was_signed(life: Done, csw: At) -> None:
    seals = exported()
    with csw():
        witnessing.countersign(seals)
    sealing.make(rotate=True)
    sealing.make()

    seals = exported(since=2)
    with csw():
        _given, said, first = witnessing.countersign(seals)

    assert (said.number, first) == (4, False)
    assert Witnessed.objects.count() == 4


def test_a_gap_is_refused_with_what_to_ask_for(life: Done, csw: At) -> None:
    seals = exported()
    with csw():
        witnessing.countersign(seals)
    sealing.make()
    late = exported(since=3)

    with csw(), pytest.raises(Refused, match="--since 2"):
        witnessing.countersign(late)


def test_another_seal_under_the_same_number_is_refused(life: Done, csw: At) -> None:
    seals = exported()
    with csw():
        witnessing.countersign(seals)
    key = keys.holding(body.read(bytes(Seal.objects.get(number=2).body)).public)
    data = replace(body.read(bytes(Seal.objects.get(number=2).body)), steps=4).pack()
    other = json.loads(exported(since=2))
    other["seals"] = [{"body": data.decode(), "signature": key.sign(body.signed(data)).hex()}]

    with csw(), pytest.raises(Refused, match="forged"):
        witnessing.countersign(json.dumps(other))


def test_a_seal_signed_by_somebody_else_is_refused(life: Done, csw: At) -> None:
    other = json.loads(exported())
    data = other["seals"][1]["body"].encode()
    other["seals"][1]["signature"] = Ed25519PrivateKey.generate().sign(body.signed(data)).hex()

    with csw(), pytest.raises(Refused, match="Seal 2 is not signed by the key"):
        witnessing.countersign(json.dumps(other))


def test_nobody_countersigns_their_own(life: Done) -> None:
    with pytest.raises(Refused, match="somebody else"):
        witnessing.countersign(exported())


def test_a_countersignature_of_another_seal_is_refused(life: Done, csw: At) -> None:
    seals = exported()
    with csw():
        given = json.loads(witnessing.countersign(seals)[0])
    said = json.loads(given["body"])
    given["body"] = json.dumps({**said, "number": 1}, sort_keys=True, separators=(",", ":"))

    with pytest.raises(Refused, match="another seal 1"):
        witnessing.receive(json.dumps(given))


@pytest.mark.parametrize("text", ["", "{}", "[1]", "\0", '{"format": ["x"]}', '{"format": "tsunagu/seal/1"}'])
def test_a_file_that_is_no_seal_says_so(life: Done, tmp_path: Path, text: str) -> None:
    file = tmp_path / "given.json"
    file.write_text(text)

    for verb in ("countersign", "receive"):
        with pytest.raises(CommandError):
            call_command("seal", verb, str(file))


def test_files_go_out_and_come_back(life: Done, csw: At, tmp_path: Path) -> None:
    seals, back = tmp_path / "seals.json", tmp_path / "back.json"
    call_command("seal", "export", "--since", "1", "--out", str(seals))
    with csw():
        call_command("seal", "countersign", str(seals), "--out", str(back))

    call_command("seal", "receive", str(back))

    assert Countersignature.objects.get().seal_id == 2
