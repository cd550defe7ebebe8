"""Reading forms from their files, with every finding."""

from collections.abc import Iterable
from pathlib import Path

from backend.answers.build import form_of
from backend.answers.checks import check_definition, check_examples
from backend.answers.form import Form
from backend.answers.words import filled_in
from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform
from backend.definitions.source import Source

SHAPE = Path(__file__).with_name("form.schema.json")


def load(sources: Iterable[Source]) -> tuple[dict[str, Form], list[Finding]]:
    """The forms that can be used, by name, and everything wrong with the rest."""
    forms: dict[str, Form] = {}
    findings: list[Finding] = []
    for source in sources:
        try:
            located = source.read()
        except DefinitionError as error:
            findings += error.findings
            continue
        found = conform(located, SHAPE)
        if not found:
            located, found = filled_in(located)
        if not found:
            found = check_definition(located, source.name)
        if not found:
            form = form_of(located.value)
            found = check_examples(located, form)
            if not found:
                forms[form.name] = form
        findings += found
    return forms, sorted(findings)
