"""Decision tables: what the policies are expected to decide, in plain sentences, as data.

A row says who (a name of cast.yaml, or `{as: name, …}` with other attributes) does what to which thing, and
`with` what else, what is decided and by which policies; `each` asks the row once for every value given.
Whatever a policy says, the table is what it must mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from backend.access.areas import Areas
from backend.access.book import PolicyBook
from backend.access.deciding import Decision, decide
from backend.access.facts import CaseFacts, LetterFacts, MemberFacts, PersonFacts, Resource
from backend.definitions.findings import DefinitionError, Finding, errors
from backend.definitions.shapes import conform
from backend.definitions.source import Located, read_yaml, roots

CAST = "cast.yaml"
_SCHEMAS = Path(__file__).parent / "schemas"
_CASE = tuple(f.name for f in fields(CaseFacts))
_PLURALS = {"cases": "case", "persons": "person", "letters": "letter"}


@dataclass(frozen=True)
class Question:
    """One row as facts: who does what to which thing, when."""

    member: MemberFacts
    action: str
    resource: Resource | None
    today: int
    context: Mapping[str, str]

    def flat(self) -> dict[str, Any]:
        """Every fact by name: two questions differ in as many facts as they have different values."""
        found: dict[str, Any] = {f"who.{f.name}": getattr(self.member, f.name) for f in fields(MemberFacts)}
        thing = self.resource
        if isinstance(thing, LetterFacts):
            found |= {"to.definition": thing.definition, "to.status": thing.status}
            thing = thing.case
        if thing is not None:
            found |= {f"to.{f.name}": getattr(thing, f.name) for f in fields(thing)}
        return {**found, "does": self.action, "today": self.today, **self.context}

    def differences(self, other: "Question") -> set[str]:
        """The names of the facts in which two questions differ."""
        mine, theirs = self.flat(), other.flat()
        return {name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)}


@dataclass(frozen=True)
class RowResult:
    """One row, what was decided, and what differs from what the row expects ("" when nothing does)."""

    place: str
    situation: str
    question: Question
    decision: Decision
    expected: bool
    reasons: tuple[str, ...]

    @property
    def problem(self) -> str:
        found = self.decision
        if found.errors:
            return f"{self.place}: {self.situation}: errors {list(found.errors)}"
        if found.allowed == self.expected and set(found.rules) == set(self.reasons):
            return ""
        words = {True: "allow", False: "deny"}
        return (
            f"{self.place}: {self.situation}: expected {words[self.expected]} by {sorted(self.reasons)}, "
            f"decided {words[found.allowed]} by {sorted(found.rules)}"
        )


@dataclass(frozen=True)
class Cast:
    """The fixed people and things of the tables, the same as in tests, demo and docs."""

    today: int
    areas: Areas
    members: Mapping[str, MemberFacts]
    things: Mapping[str, Resource]


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
    things: dict[str, Resource] = {}
    for plural, kind in _PLURALS.items():
        for name, it in value.get(plural, {}).items():
            things[name] = _thing(kind, {"id": name, **defaults.get(kind, {}), **it}, things)
    return Cast(value["today"], Areas(value["areas"]), members, things)


def _member(given: Mapping[str, Any]) -> MemberFacts:
    return MemberFacts(**{f.name: given[f.name] for f in fields(MemberFacts)})


def _thing(kind: str, given: Mapping[str, Any], known: Mapping[str, Resource]) -> Resource:
    if kind == "letter":
        case = known[given["case"]]
        if not isinstance(case, CaseFacts):
            raise TypeError(f"{given['case']} is not a case")
        return LetterFacts(given["id"], case, given["definition"], given["status"])
    if kind == "person":
        return PersonFacts(**{f.name: given[f.name] for f in fields(PersonFacts)})
    return CaseFacts(**{name: _frozen(given[name]) for name in _CASE if name in given})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def run(book: PolicyBook, path: Path) -> list[RowResult]:
    """Decide every row of a table. Raises `DefinitionError` for a row that names nobody or nothing."""
    own = path.parent / CAST
    people = cast(own if own.is_file() else None)
    located = rows_of(path)
    results, findings = [], []
    for index, row in ((index, each) for index, one in enumerate(located.value) for each in _each(one)):
        try:
            question = _question(row, people)
        except (KeyError, TypeError) as error:
            remedy = f"use a name and attributes of {CAST}"
            findings.append(located.finding((index,), f"the row names {error}, which is unknown", remedy))
            continue
        decision = decide(
            question.member,
            question.action,
            question.resource,
            today=question.today,
            context=question.context,
            book=book,
            areas=people.areas,
        )
        place = f"{path.name}:{located.line(index)}"
        expected = row["decision"] == "allow"
        results.append(
            RowResult(place, row["situation"], question, decision, expected, tuple(row["reasons"]))
        )
    if findings:
        raise DefinitionError(findings)
    return results


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


def _question(row: Mapping[str, Any], people: Cast) -> Question:
    extra = row.get("with", {})
    member = _changed(*_named(row["who"], people.members), extra.get("who", {}))
    to = row.get("to")
    thing = None if to is None else _changed(*_named(to, people.things), extra.get("to", {}))
    context = {name: extra[name] for name in ("category",) if name in extra}
    return Question(member, row["does"], thing, extra.get("today", people.today), context)


def _named(given: Any, known: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A name, or {as: name, …} with what is different."""
    if isinstance(given, str):
        return known[given], {}
    return known[given["as"]], {name: value for name, value in given.items() if name != "as"}


def _changed(facts: Any, *changes: Mapping[str, Any]) -> Any:
    """The facts with other values; a letter passes what it does not know on to its case."""
    merged: dict[str, Any] = {}
    for change in changes:
        merged |= {name: _frozen(value) for name, value in change.items()}
    if not merged:
        return facts
    if isinstance(facts, LetterFacts):
        case = _changed(facts.case, {k: v for k, v in merged.items() if k not in {"definition", "status"}})
        own = {k: v for k, v in merged.items() if k in {"definition", "status"}}
        return LetterFacts(facts.id, case, **{"definition": facts.definition, "status": facts.status, **own})
    given = {f.name: getattr(facts, f.name) for f in fields(facts)}
    unknown = set(merged) - set(given)
    if unknown:
        raise KeyError(sorted(unknown)[0])
    return type(facts)(**{**given, **merged})


def lone_rules(results: Iterable[RowResult], book: PolicyBook) -> list[str]:
    """The policies no pair of rows proves: one row the policy decides, and one that differs in a single fact
    and is decided the other way without it."""
    results = list(results)
    return [policy.id for policy in (*book.policies, *book.report) if not _proved(policy.id, results)]


def _proved(rule: str, results: Sequence[RowResult]) -> bool:
    decided = [it for it in results if rule in it.reasons]
    others = [it for it in results if rule not in it.reasons]
    return any(
        hit.expected != miss.expected and len(hit.question.differences(miss.question)) == 1
        for hit in decided
        for miss in others
    )


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
