"""Proof of the decision log: each step commits to the one decision that let it be done.

What became no step (refusals, rulings of provisions) is in the journal. Steps from before they committed to
their decision prove nothing of it.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from backend.cases import chain, verifying
from backend.definitions.canonical import encoded

_DECISIONS = """
    SELECT s.case_id, coalesce(c.number, ''), coalesce(s.seq, d.seq), s.body, d.id, d.inputs::text,
           d.salt, d.outcome, d.member, d.action, d.rules::text, d.policies, d."case"
    FROM cases_step s
    FULL JOIN (SELECT * FROM cases_decisionlog WHERE kind = 'case' AND seq IS NOT NULL) d
        ON d."case" = s.case_id AND d.seq = s.seq
    LEFT JOIN cases_case c ON c.id = coalesce(s.case_id, d."case")
    ORDER BY s.case_id, s.seq, d.id
"""


@verifying.also
def decisions() -> verifying.Proof:
    """Every decision that became a step."""
    count, broken = 0, list[str]()
    before: Any = None
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DECISIONS)
        for case, number, seq, body, own, *row, of_case in iter(cursor.fetchone, None):
            here = f"{verifying.named(number or '', case or of_case)} step {seq}"
            count += own is not None
            if case is None:
                broken.append(f"decision {own} of {here}: the step is not there")
            elif before == (case, seq):
                broken.append(f"{here}: a second decision was written beside the first")
            else:
                broken += [f"{here}: {what}" for what in _wrong(bytes(body), own, row)]
            before = (case, seq)
    return verifying.Proof("decisions", count, tuple(broken))


def _wrong(body: bytes, own: int | None, row: list[Any]) -> Iterator[str]:
    """What does not agree between a step and its decision; a body nobody can read is told
    with its case, and one from before steps committed to decisions proves nothing."""
    try:
        said = json.loads(body)
        committed = said["inputs"]
        told = [said["actor"], said["action"], said["rules"], said["versions"]["policies"], "allow"]
    except (ValueError, KeyError, TypeError):
        return
    inputs, salt, outcome, member, action, rules, policies = row
    if own is None:
        yield "the decision is gone"
        return
    if [str(member), action, json.loads(rules), policies, outcome] != told:
        yield "the decision is not the one the step was done by"
    kept = chain.commitment(bytes(salt or b""), chain.DECISION, encoded(json.loads(inputs)))
    if kept != committed:
        yield "what the decision was made from is not what was committed to"
