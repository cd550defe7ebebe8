"""Decision tables: what the policies are expected to decide, in plain sentences, as data.

A row says who (a name of cast.yaml, or `{as: name, …}` with other attributes) does what to which thing, and
`with` what else, what is decided and by which policies; `each` asks the row once for every value given. A row
about a provision is ruled on: `decision` is then an outcome, and it may name the approver and obligations.
Whatever a policy says, the table is what it must mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import permutations, product
from pathlib import Path
from typing import Any

from backend.access.areas import Areas
from backend.access.book import Kept, PolicyBook
from backend.access.deciding import Decision, Question, decide_all
from backend.access.facts import KINDS, CaseFacts, LetterFacts, MemberFacts, Thing
from backend.access.provision import ProvisionFacts
from backend.access.reading import DISCLOSE
from backend.access.ruling import Ruling, rule_all
from backend.definitions.findings import DefinitionError, Finding, errors
from backend.definitions.shapes import conform
from backend.definitions.source import Located, read_yaml, roots

CAST = "cast.yaml"
_SCHEMAS = Path(__file__).parent / "schemas"
_PLURALS = {
    "cases": "case",
    "persons": "person",
    "letters": "letter",
    "packages": "package",
    "registers": "register",
    "channels": "channel",
    "disposals": "disposal",
    "provisions": "provision",
}
_OWN = {"definition", "status"}  # what a letter knows itself; the rest is its case's


@dataclass(frozen=True)
class Row:
    """One row of a table: who does what to which thing, and what is expected."""

    place: str
    situation: str
    member: MemberFacts
    action: str
    thing: Thing | None
    today: int
    context: Mapping[str, str]
    expected: str
    reasons: tuple[str, ...]
    approver: str | None = None
    obligations: tuple[str, ...] | None = None

    def flat(self) -> dict[str, Any]:
        """Every fact by name."""
        found: dict[str, Any] = {f"who.{f.name}": getattr(self.member, f.name) for f in fields(MemberFacts)}
        thing = self.thing
        if isinstance(thing, LetterFacts):
            found |= {f"to.{name}": getattr(thing, name) for name in _OWN}
            thing = thing.case
        if thing is not None:
            found |= {f"to.{f.name}": getattr(thing, f.name) for f in fields(thing) if f.name != "id"}
        return {**found, "does": self.action, "today": self.today, **self.context}


@dataclass(frozen=True)
class RowResult:
    """One row, what was decided, and what differs from what the row expects ("" when nothing does)."""

    row: Row
    decision: Decision | Ruling

    @property
    def found(self) -> str:
        """What was decided, as rows say it."""
        if isinstance(self.decision, Ruling):
            return self.decision.outcome
        return "allow" if self.decision.allowed else "deny"

    @property
    def problem(self) -> str:
        row, found = self.row, self.decision
        if found.errors:
            return f"{row.place}: {row.situation}: errors {list(found.errors)}"
        if self.found != row.expected or set(found.rules) != set(row.reasons):
            return (
                f"{row.place}: {row.situation}: expected {row.expected} by {sorted(row.reasons)}, "
                f"decided {self.found} by {sorted(found.rules)}"
            )
        if row.approver is not None and isinstance(found, Ruling) and found.approver != row.approver:
            expected, approver = row.approver, found.approver or "-"
            return f"{row.place}: {row.situation}: expected approver {expected}, found {approver}"
        missing = set(row.obligations or ()) - set(found.obligations)
        if missing:
            return f"{row.place}: {row.situation}: does not oblige to {', '.join(sorted(missing))}"
        return ""


@dataclass(frozen=True)
class Cast:
    """The fixed people and things of the tables, the same as in tests, demo and docs."""

    today: int
    areas: Areas
    members: Mapping[str, MemberFacts]
    things: Mapping[str, Thing]


def tables(folders: Sequence[Path]) -> list[Path]:
    """Every decision table of the folders; a later folder's wins by name."""
    found = {path.name: path for folder in folders for path in sorted(folder.glob("*.decisions.yaml"))}
    return [found[name] for name in sorted(found)]


def rows_of(path: Path, shown: str | None = None) -> Located:
    """The rows of a table. Raises `DefinitionError`."""
    located = read_yaml(path, shown)
    found = conform(located, _SCHEMAS / "decisions.json")
    if errors(found):
        raise DefinitionError(found)
    return located


@lru_cache(maxsize=8)
def cast(path: Path | None = None) -> Cast:
    """The cast of a file, the shipped one by default. Raises `DefinitionError`."""
    located = read_yaml(path or roots()[0] / "policies" / CAST)
    found = conform(located, _SCHEMAS / "cast.json")
    if errors(found):
        raise DefinitionError(found)
    value, defaults = located.value, located.value.get("defaults", {})
    members = {
        name: _member({"id": name, "account": name, **defaults.get("member", {}), **it})
        for name, it in value["members"].items()
    }
    things: dict[str, Thing] = {}
    for plural, kind in _PLURALS.items():
        for name, it in value.get(plural, {}).items():
            things[name] = _thing(kind, {"id": name, **defaults.get(kind, {}), **it}, things)
    return Cast(value["today"], Areas(value["areas"]), members, things)


def _member(given: Mapping[str, Any]) -> MemberFacts:
    return MemberFacts(**{f.name: given[f.name] for f in fields(MemberFacts)})


def _thing(kind: str, given: Mapping[str, Any], known: Mapping[str, Thing]) -> Thing:
    if kind == "letter":
        case = known[given["case"]]
        if not isinstance(case, CaseFacts):
            raise TypeError(f"{given['case']} is not a case")
        return LetterFacts(given["id"], case, given["definition"], given["status"])
    made: type[Thing] = ProvisionFacts if kind == "provision" else KINDS[kind]
    return made(**{f.name: _frozen(given[f.name]) for f in fields(made) if f.name in given})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass
class Bench:
    """Rows that can be put to one book after another; what is parsed of them is parsed once."""

    rows: Sequence[Row]
    areas: Areas
    _kept: Kept = field(default_factory=dict, repr=False)

    def answers(self, book: PolicyBook) -> list[RowResult]:
        """What the book decides about each row: one batch for each action and kind of thing."""
        found: dict[int, Decision | Ruling] = {}
        shared = [n for n, row in enumerate(self.rows) if isinstance(row.thing, ProvisionFacts)]
        pairs = [(self.rows[n].member, self.rows[n].thing) for n in shared]
        rulings = rule_all(pairs, [self.rows[n].today for n in shared], book=book, kept=self._kept)  # type: ignore[arg-type]
        found |= dict(zip(shared, rulings, strict=True))
        others = [n for n in range(len(self.rows)) if n not in found]
        asked = [self._question(self.rows[n]) for n in others]
        decisions = decide_all(asked, book=book, areas=self.areas, kept=self._kept)
        found |= dict(zip(others, decisions, strict=True))
        return [RowResult(row, found[number]) for number, row in enumerate(self.rows)]

    def _question(self, row: Row) -> Question:
        thing = row.thing
        assert not isinstance(thing, ProvisionFacts)  # noqa: S101 - those are ruled on
        return Question(row.member, row.action, thing, row.today, row.context)


def run(book: PolicyBook, path: Path) -> list[RowResult]:
    """Decide every row of a table. Raises `DefinitionError` for a row that names nobody or nothing."""
    return bench(path).answers(book)


def benches() -> list[Bench]:
    """The rows of every table of this installation. Raises `DefinitionError`."""
    return [bench(table) for table in tables([root / "policies" for root in roots()])]


def bench(path: Path) -> Bench:
    """The rows of a table, ready to be asked. Raises `DefinitionError` for one that names nobody."""
    own = path.parent / CAST
    people = cast(own if own.is_file() else None)
    located = rows_of(path)
    rows, findings = [], []
    for index, row in ((index, each) for index, one in enumerate(located.value) for each in _each(one)):
        try:
            rows.append(_row(f"{path.name}:{located.line(index)}", row, people))
        except (KeyError, TypeError) as error:
            remedy = f"use a name and attributes of {CAST}"
            findings.append(located.finding((index,), f"the row names {error}, which is unknown", remedy))
    if findings:
        raise DefinitionError(findings)
    return Bench(rows, people.areas)


def situation(located: Located) -> Bench:
    """One situation (who, does, to, with) without anything expected. Raises `DefinitionError`."""
    asked = located.value
    if not isinstance(asked, dict) or not {"who", "to"} <= set(asked) <= {"who", "does", "to", "with"}:
        remedy = "write who, to and, where needed, does and with: as a row of a decision table"
        raise DefinitionError([located.finding((), "this is not a situation", remedy)])
    row = {"situation": "", "decision": "", "reasons": [], **asked}
    people = cast()
    try:
        return Bench([_row(located.shown, row, people)], people.areas)
    except (KeyError, TypeError, AttributeError) as error:
        remedy = f"use a name and attributes of {CAST}"
        raise DefinitionError(
            [located.finding((), f"the situation names {error}, which is unknown", remedy)]
        ) from error


def _each(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The row once for every combination of the values under `each`, such as {who.role: [npo, auditor]}."""
    varied = row.get("each", {})
    for values in product(*varied.values()):
        made: dict[str, Any] = {**row, "with": deepcopy(row.get("with", {}))}
        for name, value in zip(varied, values, strict=True):
            side, _, attribute = name.partition(".")
            if name == "does":
                made["does"] = value
            elif attribute:
                made["with"].setdefault(side, {})[attribute] = value
            else:
                made["with"][name] = value
        yield made


def _row(place: str, row: Mapping[str, Any], people: Cast) -> Row:
    extra = row.get("with", {})
    member = changed(*_named(row["who"], people.members), extra.get("who", {}))
    to = row.get("to")
    thing = None if to is None else changed(*_named(to, people.things), extra.get("to", {}))
    if "does" not in row and not isinstance(thing, ProvisionFacts):
        raise KeyError("does")
    obligations = row.get("obligations")
    return Row(
        place,
        row["situation"],
        member,
        row.get("does", DISCLOSE),
        thing,
        extra.get("today", people.today),
        {"category": extra["category"]} if "category" in extra else {},
        row["decision"],
        tuple(row["reasons"]),
        row.get("approver"),
        None if obligations is None else tuple(obligations),
    )


def _named(given: Any, known: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A name, or {as: name, …} with what is different."""
    if isinstance(given, str):
        return known[given], {}
    return known[given["as"]], {name: value for name, value in given.items() if name != "as"}


def changed(facts: Any, *changes: Mapping[str, Any]) -> Any:
    """The facts with other values; a letter passes what it does not know on to its case. Raises KeyError."""
    merged: dict[str, Any] = {}
    for change in changes:
        merged |= {name: _frozen(value) for name, value in change.items()}
    if not merged:
        return facts
    if isinstance(facts, LetterFacts):
        case = changed(facts.case, {k: v for k, v in merged.items() if k not in _OWN})
        own = {k: v for k, v in merged.items() if k in _OWN}
        return LetterFacts(facts.id, case, **{"definition": facts.definition, "status": facts.status, **own})
    given = {f.name: getattr(facts, f.name) for f in fields(facts)}
    unknown = set(merged) - set(given)
    if unknown:
        raise KeyError(sorted(unknown)[0])
    return type(facts)(**{**given, **merged})


def lone_rules(results: Iterable[RowResult], book: PolicyBook) -> list[str]:
    """The policies no pair of rows proves: one row the policy decides, and one that differs in a single fact
    and is decided the other way without it. A policy of fallback.cedar only explains: there the other row
    need not be decided the other way.
    """
    explaining = {policy.id for policy in book.fallback}
    rows = [result.row for result in results]
    near = beside(rows)
    return [policy.id for policy in book.every if not _proved(policy.id, rows, near, policy.id in explaining)]


def _proved(rule: str, rows: Sequence[Row], near: Sequence[set[int]], any_way: bool) -> bool:
    return any(
        rule not in rows[other].reasons and (any_way or hit.expected != rows[other].expected)
        for hit, others in zip(rows, near, strict=True)
        if rule in hit.reasons
        for other in others
    )


def beside(rows: Sequence[Row]) -> list[set[int]]:
    """For each row those that differ from it in a single fact.

    Such rows are equal without that fact: they are found by the sum of the hashes of all the others.
    """
    buckets: dict[int, list[tuple[int, str]]] = {}
    for number, row in enumerate(rows):
        hashes = {name: hash((name, value)) for name, value in row.flat().items()}
        whole = sum(hashes.values())
        buckets.setdefault(whole, []).append((number, ""))
        for name, one in hashes.items():
            buckets.setdefault(whole - one, []).append((number, name))
    found: list[set[int]] = [set() for _ in rows]
    for bucket in buckets.values():
        for (one, name), (other, its) in permutations(bucket, 2):
            if name == its or "" in (name, its):
                found[one].add(other)
    return found


def findings_of(results: Iterable[RowResult]) -> list[Finding]:
    """The rows that were decided otherwise, as findings for `tsunagu check`."""
    found = []
    for result in results:
        if result.problem:
            place, _, rest = result.problem.partition(": ")
            name, _, line = place.partition(":")
            remedy = "correct the policy, or the row if the rule has changed"
            found.append(Finding(f"policies/{name}", int(line), rest, remedy))
    return found
