"""Seals beyond the reach of whoever runs the database: written out, and countersigned by another controller.

The city and the 社協 sign each other's seals. Whoever countersigns keeps what was signed, so that a second,
other seal under the same number is refused and told: a log alone cannot show that two people were shown
different ones.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.cases.chain import utc
from backend.definitions.canonical import canonical
from backend.seals import body, keys, sealing
from backend.seals.body import NotASeal, Said
from backend.seals.models import Countersignature, Seal, Witnessed

COUNTERSIGNATURE = "tsunagu/countersignature/1"
_MESSAGE = COUNTERSIGNATURE.encode() + b"\0"


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """A seal or countersignature that cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class _Shown:
    """A seal as somebody else shows it."""

    said: Said
    data: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        return body.seal_hash(self.data)


def written_out(seals: Iterable[Seal]) -> str:
    """Seals as one text for others to keep, check and countersign."""
    shown = [{"body": bytes(row.body).decode(), "signature": bytes(row.signature).hex()} for row in seals]
    return json.dumps({"format": body.FORMAT, "seals": shown}, ensure_ascii=False, indent=1) + "\n"


def countersign(text: str) -> tuple[str, Said, bool]:
    """Sign the last of another installation's seals, having checked that all follow from those signed before.

    Returns the countersignature for them, what was signed, and whether it is the first of that installation
    (then its key should be compared with the paper). Raises `Refused`, `KeyTrouble`.
    """
    shown = _shown(text)
    first, last = shown[0].said, shown[-1].said
    if first.installation == settings.INSTALLATION:
        raise Refused("These are seals of this installation; somebody else must countersign them.")
    with transaction.atomic():
        known = Witnessed.objects.filter(installation=first.installation).order_by("-number").first()
        _follow(shown, known)
        Witnessed.objects.bulk_create(
            [_row(one) for one in shown if known is None or one.said.number > known.number]
        )
    key = sealing.own_key()
    data = canonical(
        {
            "v": 1,
            "installation": last.installation,
            "number": last.number,
            "seal": shown[-1].hash.hex(),
            "witness": settings.INSTALLATION,
            "public": keys.public_of(key).hex(),
            "at": utc(timezone.now()),
        }
    )
    given = {
        "format": COUNTERSIGNATURE,
        "body": data.decode(),
        "signature": key.sign(_MESSAGE + data).hex(),
    }
    return json.dumps(given, ensure_ascii=False, indent=1) + "\n", last, known is None


def _follow(shown: Sequence[_Shown], known: Witnessed | None) -> None:
    """Each seal is signed and names the one before, from the last one countersigned here on. Raises
    `Refused`.
    """
    if known is not None:
        again = [one for one in shown if one.said.number == known.number]
        if again and again[0].hash != bytes(known.hash):
            raise Refused(
                f"Seal {known.number} of {known.installation} was another one when it was countersigned "
                "here: one of the two was forged. Keep both and tell the auditors."
            )
        if not again:
            raise Refused(
                f"The last seal of {known.installation} countersigned here is {known.number}; ask for "
                f"`tsunagu seal export --since {known.number}`."
            )
        shown = [one for one in shown if one.said.number >= known.number]
    before: _Shown | None = None
    for one in shown:
        due = before.said.signs_next if before else one.said.public
        follows = before is None or (
            one.said.number == before.said.number + 1
            and one.said.previous == before.hash
            and one.said.installation == before.said.installation
        )
        if one.said.public != due or not body.genuine(due, one.signature, body.signed(one.data)):
            raise Refused(f"Seal {one.said.number} is not signed by the key {body.fingerprint(due)}.")
        if not follows:
            raise Refused(f"Seal {one.said.number} does not follow from the one before it in the file.")
        before = one


def _shown(text: str) -> list[_Shown]:
    """The seals of a text, in order. Raises `Refused`."""
    found = _loaded(text, body.FORMAT)
    try:
        shown = []
        for one in found["seals"]:
            data = one["body"].encode()
            shown.append(_Shown(body.read(data), data, bytes.fromhex(one["signature"])))
    except (KeyError, TypeError, AttributeError, ValueError, NotASeal) as error:
        raise Refused("The file is damaged: one of its seals cannot be read. Ask for it again.") from error
    if not shown:
        raise Refused("There is no seal in the file.")
    return shown


def _loaded(text: str, wanted: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    kind = found.get("format") if isinstance(found, dict) else None
    if kind != wanted:
        other = {body.FORMAT: "seals", COUNTERSIGNATURE: "a countersignature"}
        told = f" but of {other[kind]}" if isinstance(kind, str) and kind in other else ""
        raise Refused(f"This is not a file of {other[wanted]}{told}.")
    return found


def _row(one: _Shown) -> Witnessed:
    return Witnessed(
        installation=one.said.installation,
        number=one.said.number,
        body=one.data,
        hash=one.hash,
        signature=one.signature,
        at=timezone.now(),
    )


def receive(text: str) -> Countersignature:
    """Keep a countersignature under a seal of ours; the same one twice is kept once. Raises `Refused`."""
    found = _loaded(text, COUNTERSIGNATURE)
    try:
        data, signature = found["body"].encode(), bytes.fromhex(found["signature"])
        said = json.loads(data)
        row = Countersignature(
            seal_id=int(said["number"]),
            witness=str(said["witness"])[:100],
            public=bytes.fromhex(said["public"]),
            body=data,
            signature=signature,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused("The file is damaged. Ask for it again.") from error
    if said.get("installation") != settings.INSTALLATION:
        raise Refused(f"It is about a seal of {said.get('installation')!r}, not of this installation.")
    if not Seal.objects.filter(number=row.seal_id).exists():
        raise Refused(f"There is no seal {row.seal_id} here.")
    if not holds(row):
        raise Refused(
            f"It is about another seal {row.seal_id} than the one here. Keep it and tell the auditors."
        )
    kept, _new = Countersignature.objects.get_or_create(
        seal_id=row.seal_id,
        public=row.public,
        defaults={"witness": row.witness, "body": row.body, "signature": row.signature},
    )
    return kept


def holds(row: Countersignature) -> bool:
    """Whether a countersignature is genuine and of the seal as it stands."""
    data, public = bytes(row.body), bytes(row.public)
    try:
        said = json.loads(data)
        same = said["seal"] == body.seal_hash(bytes(row.seal.body)).hex() and said["public"] == public.hex()
    except (ValueError, KeyError, TypeError):
        return False
    return same and body.genuine(public, bytes(row.signature), _MESSAGE + data)
