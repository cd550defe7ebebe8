"""What somebody who holds the database, but not the key, would write into it."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from backend.cases import chain
from backend.cases.models import Step
from backend.definitions.canonical import canonical
from backend.seals import body
from backend.seals.models import Seal

Owner = Any
_FORGE = """
    UPDATE seals_seal SET body = %(body)s, hash = %(hash)s, signature = %(signature)s
    WHERE number = %(number)s
"""
_STEP = """
    INSERT INTO cases_step (case_id, seq, action, from_state, to_state, actor_id, recorded_at, form,
                            form_hash, corrects, rules, body, prev, hash)
    SELECT case_id, seq + 1, %s, to_state, to_state, actor_id, %s, form,
           form_hash, corrects, rules, %s, hash, %s
    FROM cases_step WHERE id = %s
"""


def rechain(owner: Owner, case: UUID, seq: int, **changed: Any) -> None:
    """Change a step; give it and all that follow right hashes again, and the case its new head."""
    prev = b""
    for step in Step.objects.filter(case=case, seq__gte=seq).order_by("seq"):
        said = json.loads(bytes(step.body))
        if step.seq == seq:
            prev, said = bytes(step.prev), {**said, **changed}
        data = canonical(said)
        head = chain.step_hash(prev, data)
        owner.execute(
            "UPDATE cases_step SET body = %s, prev = %s, hash = %s, recorded_at = %s WHERE id = %s",
            [data, prev, head, said["at"], step.id],
        )
        prev = head
    owner.execute("UPDATE cases_case SET head = %s WHERE id = %s", [prev, case])


def add_step(owner: Owner, case: UUID, action: str) -> None:
    """A further step with right hashes, written past the door."""
    last = Step.objects.filter(case=case).latest("seq")
    said = {
        **json.loads(bytes(last.body)),
        "seq": last.seq + 1,
        "action": action,
        "from": last.to_state,
        "at": chain.utc(timezone.now()),
        "commits": [],
    }
    data = canonical(said)
    head = chain.step_hash(bytes(last.hash), data)
    owner.execute(_STEP, [action, said["at"], data, head, last.id])
    owner.execute("UPDATE cases_case SET head = %s, revision = revision + 1 WHERE id = %s", [head, case])


def replace_seal(owner: Owner, number: int, key: Ed25519PrivateKey, **changed: Any) -> None:
    """Another seal in the place of one, signed by another key."""
    data = replace(body.read(bytes(Seal.objects.get(number=number).body)), **changed).pack()
    values = {
        "number": number,
        "body": data,
        "hash": body.seal_hash(data),
        "signature": key.sign(body.signed(data)),
    }
    owner.execute(_FORGE, values)
