"""Proof that the history was not touched: every chain re-computed from its stored bytes.

It reads with the rights of the application and believes nothing but the bytes: hashes are computed again,
query columns compared with the body they copy, and each blob held against the commitment of its step. Content
may be missing only where a later step of the chain names it as erased, which two people did.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from backend.cases import chain
from backend.definitions.canonical import canonical

_STEPS = """
    SELECT s.case_id, s.seq, s.action, s.from_state, s.to_state, s.actor_id, s.recorded_at, s.form_hash,
           s.corrects, s.rules, s.body, s.prev, s.hash
    FROM cases_step s ORDER BY s.case_id, s.seq
"""
_BLOBS = """
    SELECT case_id, seq, ordinal, kind, category, content, salt
    FROM cases_blob ORDER BY case_id, seq, ordinal
"""
_CASES = "SELECT id, number, revision, head, state FROM cases_case ORDER BY id"


def named(number: str, chain: UUID) -> str:
    """A chain as people know it: a case by its number, a journal by its name."""
    return number if number.startswith("journal ") else f"case {number or chain}"


@dataclass(frozen=True)
class Broken:
    """The first broken link of a chain: which case, which step, and what does not agree."""

    case: UUID
    number: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{named(self.number, self.case)} step {self.seq}: {self.what}"


@dataclass(frozen=True)
class Verified:
    """What `verify` found."""

    cases: int
    steps: int
    contents: int
    broken: tuple[Broken, ...]


@dataclass(frozen=True)
class Proof:
    """What a further proof found: how many of `what` it looked at, a sentence for each that is broken."""

    what: str
    count: int
    broken: tuple[str, ...]


PROOFS: list[Callable[[], Proof]] = []

Place = tuple[int, int]  # a content: the step it belongs to, and its ordinal there
Excuses = Callable[[], Iterator[tuple[UUID, Place, str]]]
EXCUSES: list[Excuses] = []


def excused_by(found: Excuses) -> Excuses:
    """Register who knows of contents, with their commitments, that are lawfully missing though no step of
    their chain says so: it was lost with what a backup did not hold.
    """
    EXCUSES.append(found)
    return found


def also(proof: Callable[[], Proof]) -> Callable[[], Proof]:
    """Register a proof of a package above this one; `tsunagu verify` runs it too."""
    PROOFS.append(proof)
    return proof


def prove_others() -> list[Proof]:
    """Every registered proof, in one snapshot."""
    with snapshot():
        return [proof() for proof in PROOFS]


@contextmanager
def snapshot() -> Iterator[None]:
    """The database as it is now, whatever is written meanwhile."""
    with transaction.atomic():
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@dataclass(frozen=True)
class _Step:
    seq: int
    copies: dict[str, Any]
    body: bytes
    prev: bytes
    hash: bytes


def verify() -> Verified:
    """Check every chain in one snapshot; name the first broken step of each chain that is broken."""
    with snapshot():
        cases = {row[0]: row[1:] for row in _rows(_CASES)}
        blobs = groupby(_rows(_BLOBS), key=lambda row: row[0])
        held: dict[UUID, list[Any]] = {}
        broken: list[Broken] = []
        steps = contents = 0
        seen = set()
        waiting = next(blobs, None)
        excused: dict[UUID, dict[Place, str]] = {}
        for own_case, place, mac in (one for found in EXCUSES for one in found()):
            excused.setdefault(own_case, {})[place] = mac
        for case_id, rows in groupby(_rows(_STEPS), key=lambda row: row[0]):
            while waiting is not None and waiting[0] <= case_id:
                held[waiting[0]] = [row[1:] for row in waiting[1]]
                waiting = next(blobs, None)
            own, kept = [_step(row) for row in rows], held.pop(case_id, [])
            steps, contents = steps + len(own), contents + len(kept)
            seen.add(case_id)
            wrong = _check_chain(case_id, cases.get(case_id), own, kept, excused.get(case_id, {}))
            broken += [wrong] if wrong else []
            broken += [Broken(other, "", 0, "contents without any step") for other in held]
            held.clear()
        for case_id in sorted(set(cases) - seen):
            broken.append(Broken(case_id, cases[case_id][0], 1, "the case has no steps"))
        return Verified(len(cases), steps, contents, tuple(broken))


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        yield from iter(cursor.fetchone, None)


def _step(row: tuple[Any, ...]) -> _Step:
    (_, seq, action, source, target, actor, at, form, corrects, rules, body, prev, head) = row
    copies = {
        "seq": seq,
        "action": action,
        "from": source,
        "to": target,
        "actor": str(actor),
        "at": chain.utc(at),
        "form": form,
        "corrects": corrects,
        "rules": json.loads(rules) if isinstance(rules, str) else rules,
    }
    return _Step(seq, copies, bytes(body), bytes(prev), bytes(head))


def _check_chain(
    case_id: UUID, case: Any, steps: list[_Step], blobs: list[Any], excused: dict[Place, str]
) -> Broken | None:
    number = case[0] if case else ""
    prev = chain.genesis(settings.INSTALLATION, case_id)
    kept: dict[int, list[Any]] = {}
    for blob in blobs:
        kept.setdefault(blob[0], []).append(blob)
    erased = _erased(steps)
    for expected, step in enumerate(steps, start=1):
        gone = {place[1]: mac for place, mac in (excused | erased).items() if place[0] == step.seq}
        what = _wrong(case_id, expected, step, prev, kept.pop(step.seq, []), gone)
        if what:
            return Broken(case_id, number, expected, what)
        prev = step.hash
    if kept:
        return Broken(case_id, number, min(kept), "contents of a step that is not there")
    if case is None:
        return Broken(case_id, number, 1, "the case itself is gone")
    if case[1] != len(steps) or bytes(case[2]) != prev:
        return Broken(case_id, number, len(steps) + 1, "the last steps are missing")
    if case[3] != steps[-1].copies["to"]:
        return Broken(
            case_id, number, len(steps), "the state of the case is not the one the last step reached"
        )
    return None


def _erased(steps: list[_Step]) -> dict[Place, str]:
    """What later steps name as erased, with what was committed to."""
    found: dict[Place, str] = {}
    for step in steps:
        if b'"erases"' in step.body:
            said = json.loads(step.body).get("erases") or {"contents": []}
            found |= {(one["seq"], one["ordinal"]): one["mac"] for one in said["contents"]}
    return found


def _wrong(
    case_id: UUID, expected: int, step: _Step, prev: bytes, blobs: list[Any], gone: dict[int, str]
) -> str:
    """What does not agree in one step, or ""."""
    if step.seq != expected:
        return "a step is missing"
    if step.prev != prev or chain.step_hash(step.prev, step.body) != step.hash:
        return "the hash does not follow from the step before and the body"
    body = json.loads(step.body)
    if canonical(body) != step.body or body["chain"] != str(case_id):
        return "the body belongs to another chain or is not in its one form"
    told = {name: body[name] for name in step.copies if name != "form"} | {"form": body["versions"]["form"]}
    differing = sorted(name for name in told if told[name] != step.copies[name])
    if differing:
        return f"stored copies differ from the body: {', '.join(differing)}"
    return _erasing_wrong(body, step) or _contents_wrong(body["commits"], blobs, gone)


def _erasing_wrong(body: dict[str, Any], step: _Step) -> str:
    said = body.get("erases")
    if said and said["asked_by"] in ("", body["actor"]):
        return "contents were erased without a second person"
    if said and any(one["seq"] >= step.seq for one in said["contents"]):
        return "the step erases what was not there before it"
    return ""


def _contents_wrong(commits: list[dict[str, str]], blobs: list[Any], gone: dict[int, str]) -> str:
    kept = {ordinal: (kind, category, content, salt) for _, ordinal, kind, category, content, salt in blobs}
    for ordinal, commit in enumerate(commits):
        if ordinal not in kept and gone.get(ordinal) == commit["mac"]:
            continue
        if ordinal in kept and ordinal in gone:
            return f"content {ordinal} ({commit['category']}) was erased, and is still there"
        if ordinal not in kept:
            return f"content {ordinal} ({commit['category']}) is missing"
        kind, category, content, salt = kept.pop(ordinal)
        mac = chain.commitment(bytes(salt), kind, bytes(content))
        if (kind, category, mac) != (commit["kind"], commit["category"], commit["mac"]):
            return f"content {ordinal} ({commit['category']}) is not what was committed to"
    return "content was added to the step" if kept else ""
