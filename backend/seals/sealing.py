"""Making a seal: one snapshot, one tree, one signature; all of it committed or nothing.

Nothing is selected by time: what commits after the snapshot belongs to the next seal. A chain that no longer
leads through what the seal before saw keeps its old leaf, so every seal that is signed stays true; the chain
is named in the answer, and by `tsunagu verify` from then on.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from backend.cases import chain
from backend.cases.chain import utc
from backend.cases.kill import kill_point
from backend.cases.verifying import Broken
from backend.definitions.models import Published
from backend.seals import body, keys, tree
from backend.seals.body import Said
from backend.seals.models import Seal

_BATCH = 10_000
_NOBODY = UUID(int=0)
_LIMIT = "15min"  # of a million chains sealed for the first time

_CHAINS = """(
    SELECT id, number, revision, head FROM cases_case
    UNION ALL SELECT id, 'journal ' || name, seq, head FROM seals_journal)"""
_LINKS = """(
    SELECT case_id, seq, hash, recorded_at FROM cases_step
    UNION ALL SELECT journal, seq, hash, at FROM seals_entry)"""


def over_all(statement: str) -> str:
    """A statement over every chain (`{chains}`) and what hangs in it (`{links}`): cases with their steps, and
    the journals with their entries.
    """
    return statement.replace("{chains}", _CHAINS).replace("{links}", _LINKS)


_NEW_CHAINS = over_all("""
    SELECT c.id FROM {chains} c
    WHERE NOT EXISTS (SELECT FROM seals_chain k WHERE k.chain = c.id) ORDER BY c.id
""")
_HEADS = over_all("""
    SELECT k.place, k.chain, k.mark, seen.seq, seen.head, c.number, c.revision, c.head
    FROM seals_chain k LEFT JOIN {chains} c ON c.id = k.chain
    LEFT JOIN (SELECT DISTINCT ON (place) place, seq, head FROM seals_leaf ORDER BY place, seal DESC) seen
        ON seen.place = k.place
    ORDER BY k.place
""")
_WAITING = over_all("""
    SELECT count(*) FILTER (WHERE k.chain IS NULL),
           count(*) FILTER (WHERE k.chain IS NOT NULL AND seen.seq IS DISTINCT FROM c.revision)
    FROM {chains} c LEFT JOIN seals_chain k ON k.chain = c.id
    LEFT JOIN (SELECT DISTINCT ON (place) place, seq FROM seals_leaf ORDER BY place, seal DESC) seen
        ON seen.place = k.place
""")
_HASHES = over_all("""
    SELECT asked.chain, asked.seq, s.hash FROM unnest(%s::uuid[], %s::int[]) AS asked(chain, seq)
    JOIN {links} s ON s.case_id = asked.chain AND s.seq = asked.seq
""")
_LETTERS = """
    SELECT controller, symbol, fiscal_year, last FROM letters_lettercounter ORDER BY 1, 2, 3
"""
# What was destroyed under a certificate counts on: from seal to seal nothing becomes less.
_COUNTS = """
    SELECT (SELECT count(*) FROM disclosures_package) + gone.packages,
           (SELECT count(*) FROM disclosures_packageevent) + gone.events,
           (SELECT count(*) FROM cases_look)
    FROM (SELECT coalesce(sum(packages), 0) AS packages, coalesce(sum(events), 0) AS events
          FROM disposal_certificate) AS gone
"""


@dataclass(frozen=True)
class Made:
    """A seal that was made. `grown` chains had changed; `left` names those that could not be sealed as they
    are.
    """

    number: int
    chains: int
    steps: int
    grown: int
    root: bytes
    left: tuple[Broken, ...]


@dataclass
class _Chain:
    """A chain in the snapshot: what the last seal saw, and what is there now.

    One that was destroyed lawfully has no id; its leaf stays as it was, and `accounting` says whose it is.
    """

    place: int
    chain: UUID | None
    mark: bytes
    seen: tuple[int, bytes] | None
    number: str
    now: tuple[int, bytes] | None

    @property
    def is_as_seen(self) -> bool:
        return self.chain is None or self.now == self.seen

    def broken(self, what: str) -> Broken:
        assert self.chain is not None  # noqa: S101 - what was destroyed is as seen
        return Broken(self.chain, self.number, self.seen[0] if self.seen else 1, what)


@dataclass
class _Heads:
    """The leaves of the next seal, and which of them are new."""

    leaves: list[bytes] = field(default_factory=list)
    steps: int = 0
    grown: list[tuple[int, int, bytes]] = field(default_factory=list)
    left: list[Broken] = field(default_factory=list)


def make(*, rotate: bool = False, keep: Callable[[], None] = lambda: None) -> Made:
    """Seal the history as it is now; with `rotate` the seal names a new key that signs from the next one on.

    `keep` is called in the same transaction. Raises `KeyTrouble`, and IntegrityError when another seal was
    made meanwhile.
    """
    with _snapshot():
        last = _last()
        key = own_key()
        successor = keys.public_of(keys.draw_next()) if rotate else None
        _place_new_chains()
        heads = _heads()
        said = _said(last, heads, keys.public_of(key), successor)
        _store(said, key, heads)
        keep()
        kill_point("R8")
    keys.write_down((number, bytes(digest)) for number, digest in Seal.objects.values_list("number", "hash"))
    if successor:
        keys.holding(successor)
    return Made(said.number, said.chains, said.steps, len(heads.grown), said.root, tuple(heads.left))


def own_key() -> Ed25519PrivateKey:
    """The key that signs next. Raises `KeyTrouble` when it is not here."""
    last = _last()
    return keys.holding(last.signs_next) if last else keys.first()


def waiting() -> tuple[int, int, int]:
    """The number of the next seal, how many chains it would see for the first time and how many have
    grown.
    """
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        new, grown = cursor.fetchone()
    return (last or 0) + 1, new, grown


@contextmanager
def _snapshot() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SET LOCAL {limit} = '{_LIMIT}'")
        yield


def _last() -> Said | None:
    found = Seal.objects.order_by("-number").values_list("body", flat=True).first()
    return body.read(bytes(found)) if found else None


def _place_new_chains() -> None:
    """Give every chain that no seal has seen yet the next places, and salts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(place) + 1, 0) FROM seals_chain")
        (place,) = cursor.fetchone()
        cursor.execute(_NEW_CHAINS)
        fresh = [row[0] for row in cursor.fetchall()]
        with cursor.copy("COPY seals_chain (place, chain, salt, mark) FROM STDIN") as copy:
            for number, own in enumerate(fresh, start=place):
                salt = secrets.token_bytes(32)
                copy.write_row((number, own, salt, tree.mark(salt, own)))


def _heads() -> _Heads:
    """Every chain's leaf: its last step, or what the seal before saw where that is no longer part of it."""
    heads, chains = _Heads(), _chains()
    while some := list(islice(chains, _BATCH)):
        hashes = _hashes([one for one in some if not one.is_as_seen])
        for one in some:
            here = one.seen
            if not one.is_as_seen and not (what := _wrong(one, hashes)):
                here = one.now
            elif not one.is_as_seen:
                heads.left.append(one.broken(what))
            here = here or (0, chain.genesis(settings.INSTALLATION, one.chain or _NOBODY))
            if here != one.seen:
                heads.grown.append((one.place, *here))
            heads.leaves.append(tree.leaf(one.mark, *here))
            heads.steps += here[0]
    return heads


def _chains() -> Iterator[_Chain]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_HEADS)
        for place, own, mark, seq, head, number, revision, now in iter(cursor.fetchone, None):
            seen = (seq, bytes(head)) if seq is not None else None
            there = (revision, bytes(now)) if revision is not None else None
            yield _Chain(place, own, bytes(mark), seen, number or "", there)


def _hashes(chains: list[_Chain]) -> dict[tuple[UUID | None, int], bytes]:
    """The hashes of the steps that changed chains should lead through."""
    asked = [(one.chain, place[0]) for one in chains for place in (one.seen, one.now) if place]
    with connection.cursor() as cursor:
        cursor.execute(_HASHES, [[one for one, _seq in asked], [seq for _one, seq in asked]])
        return {(own, seq): bytes(found) for own, seq, found in cursor.fetchall()}


def _wrong(one: _Chain, hashes: dict[tuple[UUID | None, int], bytes]) -> str:
    """Why a chain cannot be sealed as it is, or ""."""
    if one.now is None:
        return "the case is gone, and an earlier seal saw it"
    if one.seen and one.seen[0]:
        if one.now[0] < one.seen[0]:
            return "steps are gone that an earlier seal saw"
        if hashes.get((one.chain, one.seen[0])) != one.seen[1]:
            return "an earlier seal saw another step here"
    if hashes.get((one.chain, one.now[0])) != one.now[1]:
        return "the head of the case is not its last step"
    return ""


def counts() -> tuple[list[dict[str, Any]], int, int, int]:
    """What is only added to: the last numbers of letters; packages, what happened to them, and looks."""
    with connection.cursor() as cursor:
        cursor.execute(_LETTERS)
        letters = [
            {"controller": controller, "symbol": symbol, "year": year, "last": number}
            for controller, symbol, year, number in cursor.fetchall()
        ]
        cursor.execute(_COUNTS)
        packages, events, looks = map(int, cursor.fetchone())
    return letters, packages, events, looks


def _said(last: Said | None, heads: _Heads, public: bytes, successor: bytes | None) -> Said:
    letters, packages, events, looks = counts()
    return Said(
        installation=settings.INSTALLATION,
        number=last.number + 1 if last else 1,
        previous=body.seal_hash(last.pack()) if last else body.genesis(settings.INSTALLATION),
        root=tree.Tree(heads.leaves).root,
        chains=len(heads.leaves),
        steps=heads.steps,
        letters=letters,
        disclosures={"packages": packages, "events": events},
        looks=looks,
        definitions=_new_definitions(),
        at=utc(timezone.now()),
        public=public,
        next_public=successor,
    )


def _new_definitions() -> list[list[str]]:
    """The versions of definitions that no earlier seal names."""
    named = {
        tuple(one)
        for data in Seal.objects.values_list("body", flat=True)
        for one in body.read(bytes(data)).definitions
    }
    there = set(Published.objects.values_list("kind", "name", "hash"))
    return [list(one) for one in sorted(there - named)]


def _store(said: Said, key: Ed25519PrivateKey, heads: _Heads) -> None:
    data = said.pack()
    Seal.objects.create(
        number=said.number,
        body=data,
        hash=body.seal_hash(data),
        previous=said.previous,
        signature=key.sign(body.signed(data)),
        at=datetime.fromisoformat(said.at),
    )
    columns = "COPY seals_leaf (place, seal, seq, head) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(columns) as copy:
        for place, seq, head in heads.grown:
            copy.write_row((place, said.number, seq, head))
