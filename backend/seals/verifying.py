"""Proof of the seals: each signed by the right key, each following from the one before, and everything they
saw still there.

Part of `tsunagu verify`. A history re-written with correct hashes, a case that vanished, a back-dated one, a
seal taken back with an old backup: no chain tells of these, the seals do.
"""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import connection

from backend.cases import verifying
from backend.cases.chain import genesis, utc
from backend.config.keyfiles import KeyTrouble
from backend.definitions.models import Published
from backend.seals import body, keys, sealing, tree, witnessing
from backend.seals.body import NotASeal, Said
from backend.seals.models import Countersignature, Seal
from backend.seals.sealing import over_all

# How long before a seal a step may say it was recorded that the seal did not see: a transaction still open
# then, and clocks of several machines.
SLACK = timedelta(hours=1)

_LEAVES = "SELECT seal, place, seq, head FROM seals_leaf ORDER BY seal, place"
_CHAINS = "SELECT place, chain, salt, mark FROM seals_chain ORDER BY place"
_ANCESTORS = over_all("""
    SELECT k.chain, coalesce(c.number, ''), l.seq, l.seal, l.head, s.hash
    FROM seals_leaf l JOIN seals_chain k ON k.place = l.place
    LEFT JOIN {links} s ON s.case_id = k.chain AND s.seq = l.seq
    LEFT JOIN {chains} c ON c.id = k.chain
    WHERE k.chain IS NOT NULL AND s.hash IS DISTINCT FROM l.head ORDER BY k.place, l.seal
""")
_BACK_DATED = over_all("""
    WITH spans AS (
        SELECT place, seal - 1 AS before, lag(seq, 1, 0) OVER (PARTITION BY place ORDER BY seal) AS after, seq
        FROM seals_leaf
        UNION ALL
        SELECT k.place, (SELECT max(number) FROM seals_seal), coalesce(max(l.seq), 0), 2147483647
        FROM seals_chain k LEFT JOIN seals_leaf l ON l.place = k.place GROUP BY k.place
    ), late AS (
        SELECT k.chain, s.seq, p.number FROM spans
        JOIN seals_seal p ON p.number = spans.before JOIN seals_chain k ON k.place = spans.place
        JOIN {links} s ON s.case_id = k.chain AND s.seq > spans.after AND s.seq <= spans.seq
        WHERE s.recorded_at < p.at - %(slack)s
        UNION ALL
        SELECT s.case_id, s.seq, p.number FROM seals_seal p
        JOIN {links} s ON s.recorded_at < p.at - %(slack)s
        WHERE p.number = (SELECT max(number) FROM seals_seal)
              AND NOT EXISTS (SELECT FROM seals_chain k WHERE k.chain = s.case_id)
    )
    SELECT late.chain, coalesce(c.number, ''), min(late.seq), min(late.number)
    FROM late LEFT JOIN {chains} c ON c.id = late.chain GROUP BY 1, 2 ORDER BY 2, 1
""")


@verifying.also
def seals() -> verifying.Proof:
    """Every seal, and what it stands for."""
    rows = list(Seal.objects.order_by("number"))
    broken = [*_journal(rows)]
    said: list[Said] = []
    for row in rows:
        try:
            said.append(body.read(bytes(row.body)))
        except NotASeal as error:
            return verifying.Proof("seals", len(rows), (*broken, f"seal {row.number}: {error}"))
    broken += _links(rows, said)
    broken += _counts(said)
    if said:
        broken += [*_roots(said), *_chains(), *_ancestors(), *_back_dated(), *_countersignatures()]
    beside = not rows or keys.journal().exists()
    what = "seals" if beside else "seals (their journal is not on this machine)"
    return verifying.Proof(what, len(rows), tuple(broken))


@verifying.also
def definitions() -> verifying.Proof:
    """Every published definition still is what its hash names, and none that was sealed is gone."""
    broken, there = [], set()
    for kind, name, digest, content in Published.objects.values_list("kind", "name", "hash", "content"):
        there.add((kind, name, digest))
        if sha256(content.encode()).hexdigest() != digest:
            broken.append(f"{kind} {name} {digest[:12]}: the text is not the one that was published")
    for number, data in Seal.objects.order_by("number").values_list("number", "body"):
        for kind, name, digest in _named(bytes(data)):
            if (kind, name, digest) not in there:
                broken.append(f"{kind} {name} {digest[:12]}: gone, and seal {number} names it")
    return verifying.Proof("definitions", len(there), tuple(broken))


def _named(data: bytes) -> Iterator[tuple[str, str, str]]:
    try:
        yield from ((kind, name, digest) for kind, name, digest in body.read(data).definitions)
    except (NotASeal, ValueError):
        return  # told with the seals


def _journal(rows: list[Seal]) -> Iterator[str]:
    """The database has every seal that was made: an older backup has not."""
    there = {row.number: bytes(row.hash).hex() for row in rows}
    try:
        for number, digest in keys.journalled():
            if number not in there:
                yield f"seal {number}: made, says {keys.journal()}, and not here; this is an older state"
            elif there[number] != digest:
                yield f"seal {number}: not the one that was made, says {keys.journal()}"
    except KeyTrouble as error:
        yield f"seal 1: {error}"


def _links(rows: list[Seal], said: list[Said]) -> Iterator[str]:
    """Numbers without gaps, each seal naming the one before, each under the key that was due."""
    previous, public = body.genesis(settings.INSTALLATION), said[0].public if said else b""
    for expected, (row, one) in enumerate(zip(rows, said, strict=True), start=1):
        data = bytes(row.body)
        if one.number != expected or row.number != expected:
            yield f"seal {expected}: missing"
            return
        if body.seal_hash(data) != bytes(row.hash) or utc(row.at) != one.at:
            yield f"seal {expected}: stored copies differ from the body"
        if one.previous != previous or bytes(row.previous) != previous:
            yield f"seal {expected}: does not follow from the seal before"
        if one.public != public or not body.genuine(public, bytes(row.signature), body.signed(data)):
            yield f"seal {expected}: not signed by the key {body.fingerprint(public)}"
        previous, public = body.seal_hash(data), one.signs_next


def _counts(said: list[Said]) -> Iterator[str]:
    """What is only ever added to does not become less, from seal to seal and until now."""
    for one, (then, later) in zip(said, pairwise([*map(_counted, said), _now()]), strict=True):
        for what, count in then.items():
            if later.get(what, 0) < count:
                yield f"seal {one.number}: saw {count} as {what}, afterwards there are {later.get(what, 0)}"


def _counted(one: Said) -> dict[str, int]:
    letters = {_series(found): int(found["last"]) for found in one.letters}
    return {
        **letters,
        "packages": one.disclosures["packages"],
        "events of packages": one.disclosures["events"],
        "looks": one.looks,
    }


def _series(found: Any) -> str:
    return f"last number of {found['controller']} {found['symbol']} {found['year']}"


def _now() -> dict[str, int]:
    letters, packages, events, looks = sealing.counts()
    last = {_series(found): int(found["last"]) for found in letters}
    return {**last, "packages": packages, "events of packages": events, "looks": looks}


def _roots(said: list[Said]) -> Iterator[str]:
    """Each root computed again from the leaves; a tree that grows costs what grew."""
    grown: dict[int, dict[int, tuple[int, bytes]]] = {}
    for seal, place, seq, head in _rows(_LEAVES):
        grown.setdefault(seal, {})[place] = (seq, bytes(head))
    marks = {place: bytes(mark) for place, _chain, _salt, mark in _rows(_CHAINS)}
    whole, steps, seen = tree.Tree(), 0, dict[int, int]()
    for one in said:
        fresh = grown.pop(one.number, {})
        steps += sum(seq - seen.get(place, 0) for place, (seq, _head) in fresh.items())
        seen |= {place: seq for place, (seq, _head) in fresh.items()}
        try:
            whole.put({place: tree.leaf(marks[place], *found) for place, found in fresh.items()})
        except (IndexError, KeyError):
            yield f"seal {one.number}: leaves are missing"
            return
        if whole.root != one.root or (len(seen), steps) != (one.chains, one.steps):
            yield f"seal {one.number}: the leaves are not those that were sealed"
            return
    if grown:
        yield f"seal {min(grown)}: there are leaves of it, and it is gone"


def _chains() -> Iterator[str]:
    for place, chain, salt, mark in _rows(_CHAINS):
        if chain is not None and tree.mark(bytes(salt), chain) != bytes(mark):
            yield f"case {chain}: seals know the chain in place {place} by another mark"


def _ancestors() -> Iterator[str]:
    """Every leaf is a step of its chain still. The first that is not, of each chain, with the seal that saw
    it.
    """
    told = set()
    for chain, number, seq, seal, head, found in _rows(_ANCESTORS):
        if chain in told or (seq == 0 and bytes(head) == genesis(settings.INSTALLATION, chain)):
            continue
        told.add(chain)
        what = "gone" if found is None else "not the one that was sealed"
        yield f"{verifying.named(number, chain)} step {seq}: {what}, says seal {seal}"


def _back_dated() -> Iterator[str]:
    for chain, number, seq, seal in _rows(_BACK_DATED, {"slack": SLACK}):
        said = f"says it was recorded before seal {seal}, which did not see it"
        yield f"{verifying.named(number, chain)} step {seq}: {said}"


def _countersignatures() -> Iterator[str]:
    for row in Countersignature.objects.select_related("seal").order_by("seal_id", "id"):
        if not witnessing.holds(row):
            yield f"seal {row.seal_id}: the countersignature of {row.witness} is of another seal"


def _rows(statement: str, values: Any = None) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        yield from iter(cursor.fetchone, None)
