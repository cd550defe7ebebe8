"""Policy files → a checked `PolicyBook`, with every finding at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cedarpy

from backend.access.book import ActionClass, Basis, Category, Obligation, PolicyBook
from backend.access.checking import code_findings, obligation_findings, provision_findings
from backend.access.decisions import rows_of, tables
from backend.access.filtering import ASKED_OF_LISTS, list_findings
from backend.access.reading import DUTY, FALLBACK, REPORT, Policy, read_policies
from backend.access.schema import NAME, Vocabulary, action_findings, read_schema
from backend.definitions.findings import DefinitionError, Finding, errors
from backend.definitions.shapes import conform
from backend.definitions.source import Source, read_yaml, roots

SCHEMAS = Path(__file__).parent / "schemas"
_EMPTY = Vocabulary(NAME, (), {})


def load(
    sources: Iterable[Source],
    actions: Mapping[str, str],
    *,
    overlays: Iterable[Path] = (),
    with_tables: bool = True,
) -> tuple[PolicyBook, list[Finding]]:
    """Read, check and assemble the policies of this installation.

    `actions` are the actions of every workflow and the generic ones, qualified name → class. With an error
    among the findings the book is closed: it refuses everything, and `use` does not accept it.
    `overlays` are more roots whose schema, catalogues and tables win, for trying a change out; without
    tables it is tried before its rows are written.
    """
    sources = list(sources)
    policies: list[Policy] = []
    findings: list[Finding] = []
    for source in sources:
        read, wrong = read_policies(source.path, source.shown)
        policies += read
        findings += wrong
    unread = bool(findings)
    folders = _folders(sources, overlays)
    vocabulary, wrong = _schema(folders)
    findings += wrong
    if vocabulary is not None:
        findings += action_findings(vocabulary, actions)
        findings += _never_permitted(policies, vocabulary)
        vocabulary = vocabulary.with_actions(actions)
        findings += _policy_findings(policies, vocabulary)
    permitted = None if unread or vocabulary is None else _permitted(policies, vocabulary)
    book, wrong = _assemble(policies, vocabulary, folders, permitted)
    findings += wrong
    findings += [
        *code_findings(book),
        *obligation_findings(book),
        *(_table_findings(book, folders) if with_tables else ()),
    ]
    findings = sorted(set(findings))
    if errors(findings):
        book = PolicyBook((), (), _EMPTY, closed=True, permitted=permitted)
    return book, findings


def _folders(sources: Sequence[Source], overlays: Iterable[Path]) -> list[Path]:
    """The policy folders, in the order in which a later one wins: the roots', then any other."""
    shipped = [root / "policies" for root in roots()]
    given = [source.path.parent for source in sources]
    added = [*given, *(root / "policies" for root in overlays)]
    first = shipped if any(folder in shipped for folder in given) else []
    return list(dict.fromkeys([*first, *added]))


def _last(folders: Sequence[Path], name: str) -> Path | None:
    return next((folder / name for folder in reversed(folders) if (folder / name).is_file()), None)


def shown(path: Path) -> str:
    """A file as findings name it: relative to the shipped root."""
    return path.relative_to(roots()[0]).as_posix() if path.is_relative_to(roots()[0]) else str(path)


def _schema(folders: Sequence[Path]) -> tuple[Vocabulary | None, list[Finding]]:
    path = _last(folders, NAME)
    if path is None:
        return None, [_missing(folders, NAME)]
    return read_schema(path, shown(path))


def _missing(folders: Sequence[Path], name: str) -> Finding:
    where = shown(folders[0] / name) if folders else f"policies/{name}"
    return Finding(where, 1, f"{name} is missing", "put the file into the folder policies/")


def _policy_findings(policies: list[Policy], vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from _duplicates(policies)
    yield from provision_findings(policies)
    for policy in policies:
        yield from _report_findings(policy, vocabulary)
        if policy.permits and policy.actions is None:
            yield policy.finding("permits every action", "name the actions it permits: action in […]")
        yield from _list_findings(policy, vocabulary)
    yield from _validation(policies, vocabulary)


def _list_findings(policy: Policy, vocabulary: Vocabulary) -> list[Finding]:
    """What the first of the lists that ask the policy cannot ask of the database."""
    asked = (
        list_findings(policy, action)
        for action in ASKED_OF_LISTS
        if policy.actions is None or policy.actions & set(vocabulary.family(action))
    )
    return next((found for found in asked if found), [])


def _duplicates(policies: Iterable[Policy]) -> Iterator[Finding]:
    first: dict[str, Policy] = {}
    for policy in policies:
        if policy.id in first:
            other = first[policy.id]
            message = f"the @id stands already at {other.path}:{other.line}"
            yield policy.finding(message, "give one of them another @id")
        first.setdefault(policy.id, policy)


def _report_findings(policy: Policy, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Reporting is decided by report.cedar alone, and nothing there can fail or stop it."""
    if policy.file == REPORT:
        if not policy.permits:
            yield policy.finding("report.cedar may not forbid", "take it out: reporting is never blocked")
        if policy.json["conditions"]:
            yield policy.finding("a condition in report.cedar could fail", "take out `when` and `unless`")
        if policy.actions != frozenset({REPORT}):
            yield policy.finding(
                "report.cedar speaks of another action", 'write action in [Action::"report"]'
            )
        return
    speaks = {name for name in policy.actions or () if name in vocabulary.actions}
    if any(REPORT in vocabulary.family(name) for name in speaks):
        yield policy.finding(
            "reports are decided by report.cedar alone", "write it there, without conditions"
        )


def _validation(policies: list[Policy], vocabulary: Vocabulary) -> Iterator[Finding]:
    """What Cedar's validator (strict) says: unknown names, wrong types, attributes that may be missing."""
    text = "\n".join(policy.text for policy in policies)
    try:
        schema = cedarpy.Schema.from_str(vocabulary.text())
        result = cedarpy.validate_policies(text, schema)
    except ValueError as error:
        yield Finding(vocabulary.shown, 1, str(error), "correct the schema or the name of the action")
        return
    for wrong in result.errors:
        if not wrong.policy_id.startswith("policy"):
            yield Finding(vocabulary.shown, 1, wrong.error, "correct the policies")
            continue
        policy = policies[int(wrong.policy_id.removeprefix("policy"))]
        message = wrong.error.removeprefix(f"for policy `{wrong.policy_id}`, ")
        yield policy.finding(message, "use what policies/schema.cedarschema declares")


def _permitted(policies: Iterable[Policy], vocabulary: Vocabulary) -> frozenset[str]:
    """Every action and class that some policy permits to somebody, by its own name or by its group's."""
    named = frozenset[str]().union(*(policy.actions or () for policy in policies if policy.permits))
    return named | {name for name in vocabulary.actions if named & set(vocabulary.family(name))}


def _never_permitted(policies: list[Policy], vocabulary: Vocabulary) -> Iterator[Finding]:
    """What the schema declares and nobody may do; the actions of workflows are found in their own files."""
    permitted = _permitted(policies, vocabulary)
    for name, declared in vocabulary.actions.items():
        if name not in permitted:
            of = vocabulary.family(name)[-1]
            message = f"nobody could ever be permitted {name} (class {of})"
            yield Finding(
                vocabulary.shown, declared.line, message, f"write a permit for {of}, or take it out"
            )


def _assemble(
    policies: list[Policy],
    vocabulary: Vocabulary | None,
    folders: Sequence[Path],
    permitted: frozenset[str] | None,
) -> tuple[PolicyBook, list[Finding]]:
    found, findings = {}, list[Finding]()
    for name in ("categories", "actions", "bases", "purposes", "obligations", "settings"):
        found[name], wrong = _catalogue(folders, name)
        findings += wrong
    apart = (REPORT, DUTY, FALLBACK)
    general = [policy for policy in policies if policy.file not in apart]
    report, duty, fallback = (tuple(p for p in policies if p.file == name) for name in apart)
    book = PolicyBook(
        policies=tuple(sorted(general, key=lambda policy: policy.permits)),
        report=report,
        duty=duty,
        fallback=fallback,
        vocabulary=vocabulary or _EMPTY,
        categories={
            name: Category(name, it["class"], it["title"]) for name, it in found["categories"].items()
        },
        classes={name: ActionClass(name, it["title"], it["help"]) for name, it in found["actions"].items()},
        bases={name: _basis(name, it) for name, it in found["bases"].items()},
        purposes=found["purposes"],
        obligations={code: _obligation(code, it) for code, it in found["obligations"].items()},
        settings=found["settings"],
        permitted=permitted,
    )
    wrong = _unnamed_classes(book, folders) if found["actions"] else []
    return book, findings + wrong


def _basis(code: str, it: Mapping[str, Any]) -> Basis:
    return Basis(
        code, it["title"], it["cite"], it["needs"], tuple(it["who"]), it["recurring"], tuple(it["rules"])
    )


def _obligation(code: str, it: Mapping[str, Any]) -> Obligation:
    return Obligation(code, {"ja": it["ja"], "en": it["en"]}, it["who"], it.get("always", False))


def _catalogue(folders: Sequence[Path], name: str) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
    path = _last(folders, f"{name}.yaml")
    if path is None:
        return {}, [_missing(folders, f"{name}.yaml")]
    try:
        located = read_yaml(path, shown(path))
    except DefinitionError as error:
        return {}, list(error.findings)
    findings = conform(located, SCHEMAS / f"{name}.json")
    return ({} if findings else located.value), findings


def _unnamed_classes(book: PolicyBook, folders: Sequence[Path]) -> list[Finding]:
    path = _last(folders, "actions.yaml")
    missing = [
        name for name, it in book.vocabulary.actions.items() if not it.groups and name not in book.classes
    ]
    return [
        Finding(shown(path), 1, f"the class {name} has no words", "add its title and help in both languages")
        for name in missing
        if path is not None
    ]


def _table_findings(book: PolicyBook, folders: Sequence[Path]) -> Iterator[Finding]:
    """Tables that cannot be read, rows about policies that do not exist, policies no row is about."""
    spoken: set[str] = set()
    known = {policy.id for policy in book.every}
    for path in tables(folders):
        try:
            located = rows_of(path, shown(path))
        except DefinitionError as error:
            yield from error.findings
            continue
        for index, row in enumerate(located.value):
            spoken |= set(row["reasons"])
            for name in sorted(set(row["reasons"]) - known):
                yield located.finding((index, "reasons"), f"no policy has the @id {name}", "correct the name")
    for policy in book.every:
        if policy.id not in spoken:
            message = "decides no row of a decision table"
            yield policy.finding(message, "add a row that it decides to policies/*.decisions.yaml")
