"""The museum of broken forms: each with every finding, word for word. Nothing broken becomes a form."""

from pathlib import Path

import pytest

from backend.answers.load import load
from backend.definitions.source import Source

MUSEUM = Path(__file__).resolve().parents[1] / "broken" / "form"
CASES = sorted(folder.name for folder in MUSEUM.iterdir())


def exhibit(case: str) -> tuple[list[Source], str]:
    folder = MUSEUM / case
    (file,) = folder.glob("*.yaml")
    return [Source("form", file.stem, file, folder)], f"{folder}/"


@pytest.mark.parametrize("case", CASES)
def test_each_finding_says_where_what_and_what_to_do(case: str) -> None:
    sources, folder = exhibit(case)

    forms, findings = load(sources)

    said = "".join(f"{finding}\n" for finding in findings).replace(folder, "")
    assert forms == {}
    assert said == (MUSEUM / case / "expected.txt").read_text(encoding="utf-8")


def test_all_findings_of_all_files_come_at_once() -> None:
    every = [source for case in CASES for source in exhibit(case)[0]]

    _, findings = load(every)

    assert {finding.path for finding in findings} == {source.shown for source in every}


def test_a_broken_form_does_not_take_the_others_along() -> None:
    shipped = Path(__file__).resolve().parents[2]
    sources, _ = exhibit("examples")
    whole = Source("form", "note", shipped / "forms" / "questions" / "note.yaml", shipped)

    forms, findings = load([*sources, whole])

    assert list(forms) == ["note"]
    assert findings
