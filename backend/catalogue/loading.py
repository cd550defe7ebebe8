"""All definitions of this installation together: read, checked against each other, published, put to use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from backend import access
from backend.access.book import PolicyBook
from backend.answers.form import Form
from backend.answers.load import load as load_forms
from backend.cases import limits
from backend.cases.generic import GENERIC
from backend.definitions import store
from backend.definitions.findings import DefinitionError, Finding, errors
from backend.definitions.shapes import nearest
from backend.definitions.source import Source, find, roots
from backend.letters import definition as letters_of
from backend.letters.definition import Letter
from backend.letters.house import House, load_house
from backend.letters.stock import load as load_stock
from backend.workflow import board, calendar, checks, reader, webhooks
from backend.workflow.checks import LetterNeeds
from backend.workflow.model import Workflow

# Forms that the engine's own actions need, whatever the workflows.
ENGINE_FORMS = frozenset(found.form for found in GENERIC.values() if found.form)


@dataclass(frozen=True)
class Catalogue:
    """Every definition, and everything that is wrong with them."""

    workflows: Mapping[str, Workflow]
    forms: Mapping[str, Form]
    letters: Mapping[str, Letter]
    house: House | None
    book: PolicyBook
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        return not errors(self.findings)


def read() -> Catalogue:
    """Read and check every definition; nothing is raised, everything wrong is a finding."""
    forms, form_findings = load_forms(find("form"))
    letters, letter_findings = letters_of.load(find("letter"))
    house, house_findings = load_house()
    _stock, stock_findings = load_stock()
    workflows, workflow_findings = reader.load(find("workflow"))
    _, calendar_findings = calendar.load(root / calendar.FILE for root in roots())
    way, way_findings = board.load(root / board.FILE for root in roots())
    events, event_findings = webhooks.load(root / webhooks.FILE for root in roots())
    _, limit_findings = limits.load(root / limits.FILE for root in roots())
    book, policy_findings = access.load(find("policy"), actions_of(workflows))
    findings = [
        *form_findings,
        *letter_findings,
        *house_findings,
        *stock_findings,
        *workflow_findings,
        *calendar_findings,
        *limit_findings,
        *event_findings,
        *way_findings,
        *(board.unfitting(way, workflows) if way is not None else ()),
        *policy_findings,
        *_missing_forms(forms),
        *_slips_without_form(letters, forms),
        *(_signed_unknown(house, letters) if house is not None else ()),
    ]
    for workflow in workflows.values():
        findings += checks.check(
            workflow,
            forms={name: frozenset(form.by_name) for name, form in forms.items()},
            letters={name: _needs(letter) for name, letter in letters.items()},
            permitted=book.permitted,
            workflows=frozenset(workflows),
            webhooks=frozenset(events),
        )
    return Catalogue(workflows, forms, letters, house, book, tuple(sorted(set(findings))))


def _slips_without_form(letters: Mapping[str, Letter], forms: Mapping[str, Form]) -> list[Finding]:
    """Slips that come back and would be keyed into a form nobody wrote."""
    return [
        letter.origin.finding(
            ("tear_off", "form"), f"there is no form {letter.slip_form!r}", nearest(letter.slip_form, forms)
        )
        for letter in letters.values()
        if letter.slip_form and letter.slip_form not in forms and letter.origin is not None
    ]


def _signed_unknown(house: House, letters: Mapping[str, Letter]) -> list[Finding]:
    """Letters that the house gives to another signer and that nobody wrote."""
    named = {name for sender in house.senders.values() for rule in sender.signs for name in rule.letters}
    where, what = "forms/letters/house/senders.yaml", "signs names the letter {!r}, which does not exist"
    unknown = sorted(named - set(letters))
    return [Finding(where, 1, what.format(name), nearest(name, letters)) for name in unknown]


# The words of a workflow for whom each kind of letter is written to.
_WRITTEN_TO = {
    "resident": frozenset({"person"}),
    "receiver": frozenset({"receiver"}),
    "reporter": frozenset({"reporter"}),
    "debtor": frozenset({"person", "receiver"}),
}


def _needs(letter: Letter) -> LetterNeeds:
    """What a workflow must give this letter."""
    required, optional = letter.answers(required=True), letter.answers(required=False)
    return LetterNeeds(required, optional, _WRITTEN_TO[letter.addressee])


def tried(root: Path) -> tuple[PolicyBook, list[Finding]]:
    """The policies as they would be with one more folder of definitions over those in use.

    A file replaces the one of its name. The decision tables are left out: their rows are written afterwards.
    """
    found = {source.name: source for source in find("policy")}
    for path in sorted((root / "policies").glob("*.cedar")):
        found[path.stem] = Source("policy", path.stem, path, root)
    workflows, _ = reader.load(find("workflow"))
    sources = [found[name] for name in sorted(found)]
    return access.load(sources, actions_of(workflows), overlays=[root], with_tables=False)


def actions_of(workflows: Mapping[str, Workflow]) -> dict[str, str]:
    """Every action policies may be asked about: qualified name → class."""
    return {
        workflow.qualified(action.name): action.cls
        for workflow in workflows.values()
        for action in workflow.every_action()
    }


def _missing_forms(forms: Mapping[str, Form]) -> list[Finding]:
    return [
        Finding(
            f"forms/questions/{name}.yaml", 1, f"the form {name} is missing", "every case needs it: write it"
        )
        for name in sorted(ENGINE_FORMS - set(forms))
    ]


@lru_cache(maxsize=1)
def use() -> Catalogue:
    """The definitions of this process: read once, policies put to use. Raises `DefinitionError`."""
    catalogue = read()
    if not catalogue.usable:
        raise DefinitionError(errors(catalogue.findings))
    access.use(catalogue.book)
    return catalogue


def publish(catalogue: Catalogue, *, by: str = "") -> dict[str, str]:
    """Store every definition under its hash; returns `kind/name` → hash.

    Publishing the same again does nothing. Raises `DefinitionError` for a catalogue with errors.
    """
    if not catalogue.usable:
        raise DefinitionError(errors(catalogue.findings))
    forms = {name: store.publish("form", name, form.content, by=by) for name, form in catalogue.forms.items()}
    letters = {
        name: store.publish("letter", name, letter.to_content(), by=by)
        for name, letter in catalogue.letters.items()
    }
    workflows = {
        name: store.publish("workflow", name, workflow.pinned(forms, letters).to_content(), by=by)
        for name, workflow in catalogue.workflows.items()
    }
    published = {"form": forms, "letter": letters, "workflow": workflows}
    published["policy"] = {"policies": store.publish("policy", "policies", catalogue.book.content(), by=by)}
    return {f"{kind}/{name}": digest for kind, found in published.items() for name, digest in found.items()}
