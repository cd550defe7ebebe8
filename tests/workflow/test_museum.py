"""The museum of broken workflows: each specimen with the exact findings it must give.

`python -m tests.workflow.test_museum` writes what is found now into expected.txt: read it before keeping it.
"""

from pathlib import Path

import pytest

from backend.definitions.findings import Finding
from backend.definitions.source import Source
from backend.workflow.checks import LetterNeeds, check
from backend.workflow.reader import load
from backend.workflow.registry import CONSULTATIONS, FUNCTIONS, GUARDS
from backend.workflow.vocabulary import CLASSES

MUSEUM = Path(__file__).resolve().parents[1] / "broken" / "workflow"
SPECIMENS = sorted(path for path in MUSEUM.iterdir() if path.is_dir())
# What the specimens may name: two forms, three letters, one webhook; no policy permits `issue` to anybody.
FORMS = {"notice": ["imminent", "urgency"], "sheet": ["to_org", "basis", "urgency"]}
LETTERS = {
    "thanks": LetterNeeds(),
    "sheet": LetterNeeds(frozenset({"to_org"})),
    "summons": LetterNeeds(frozenset({"urgency"}), frozenset({"bring"}), frozenset({"person"})),
}


def findings_of(specimen: Path) -> list[str]:
    source = Source("workflow", specimen.name, specimen / "workflow.yaml", specimen)
    workflows, found = load([source])
    for workflow in workflows.values():
        found += check(
            workflow,
            forms=FORMS,
            letters=LETTERS,
            permitted=CLASSES - {"issue"},
            consult=["moon_phases"],
            workflows=["referral"],
            webhooks=["registry"],
        )
    return [_from_the_specimen_on(finding, specimen) for finding in sorted(found)]


def _from_the_specimen_on(finding: Finding, specimen: Path) -> str:
    return str(finding).replace(f"{specimen}/", "")


@pytest.fixture(autouse=True)
def only_the_engine_s_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What applications registered would change the suggestions with every one of them."""
    for table, function in ((GUARDS, "holds"), (FUNCTIONS, "learn"), (CONSULTATIONS, "look_up")):
        for name, found in list(table.items()):
            if not getattr(found, function).__module__.startswith("backend.workflow"):
                monkeypatch.delitem(table, name)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.name)
def test_a_broken_workflow_is_found_where_it_is_and_told_how_to_mend(specimen: Path) -> None:
    expected = (specimen / "expected.txt").read_text(encoding="utf-8").splitlines()

    assert findings_of(specimen) == expected


def test_a_file_of_more_than_one_megabyte_is_not_even_read(tmp_path: Path) -> None:
    (tmp_path / "workflow.yaml").write_bytes(b"#" * 1_000_001)

    (found,) = findings_of(tmp_path)

    assert found.startswith("workflow.yaml:1: the file has 1,000,001 bytes, more than 1,000,000; split it")


if __name__ == "__main__":
    for specimen in SPECIMENS:
        text = "".join(f"{finding}\n" for finding in findings_of(specimen))
        (specimen / "expected.txt").write_text(text, encoding="utf-8")
