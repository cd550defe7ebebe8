"""A museum of broken policies: each specimen is an overlay, with the exact findings it must give.

A specimen holds whole files (`policies/`) or changes to shipped ones (`changes.yaml`: file, find, put).
`python -m tests.access.test_broken` writes what is found now into expected.txt, to be read before it is kept.
"""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from backend import access
from backend.definitions.source import Source, find, read_yaml, roots
from tests.access.conftest import ACTIONS

MUSEUM = Path(__file__).resolve().parents[1] / "broken" / "policy"
SPECIMENS = sorted(path for path in MUSEUM.iterdir() if path.is_dir())


def overlay_of(specimen: Path, root: Path) -> Path:
    """The specimen as an overlay under `root`."""
    if (specimen / "policies").is_dir():
        shutil.copytree(specimen / "policies", root / "policies")
    (root / "policies").mkdir(exist_ok=True)
    changes = specimen / "changes.yaml"
    for change in read_yaml(changes).value if changes.is_file() else []:
        changed = root / "policies" / change["file"]
        before = (changed if changed.is_file() else roots()[0] / "policies" / change["file"]).read_text(
            encoding="utf-8"
        )
        assert change["find"] in before, f"{change['find']!r} is no longer in {change['file']}"
        changed.write_text(before.replace(change["find"], change["put"]), encoding="utf-8")
    return root


def findings_of(specimen: Path) -> list[str]:
    """What is found when the specimen lies over the shipped policies; paths from the specimen on."""
    with tempfile.TemporaryDirectory() as folder:
        overlay = overlay_of(specimen, Path(folder))
        sources = {source.name: source for source in find("policy")}
        for path in sorted(overlay.glob("policies/*.cedar")):
            sources[path.stem] = Source("policy", path.stem, path, overlay)
        book, findings = access.load(list(sources.values()), ACTIONS, overlays=[overlay])
    assert book.closed == any(finding.severity == "error" for finding in findings)
    begins = _begins(specimen)
    return [_placed(str(finding).replace(f"{folder}/", ""), specimen, begins) for finding in findings]


def _begins(specimen: Path) -> dict[str, int]:
    """The line on which the first change of each shipped file begins."""
    found: dict[str, int] = {}
    changes = specimen / "changes.yaml"
    for change in read_yaml(changes).value if changes.is_file() else []:
        text = (roots()[0] / "policies" / change["file"]).read_text(encoding="utf-8")
        before = text.partition(change["find"])[0] if change["find"] in text else ""
        found.setdefault(f"policies/{change['file']}", before.count("\n") + 1)
    return found


def _placed(finding: str, specimen: Path, begins: dict[str, int]) -> str:
    """A finding with its line counted from the change: the lines of a shipped file move with every policy.

    In a shipped file that the specimen leaves alone it has none.
    """
    match = re.match(r"([^:]+):(\d+): (.*)", finding, re.DOTALL)
    if match is None or (specimen / match[1]).exists():
        return finding
    line = f"{int(match[2]) - begins[match[1]]:+d}: " if match[1] in begins else " "
    return f"{match[1]}:{line}{match[3]}"


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.name)
def test_a_broken_policy_is_found_where_it_is_and_told_how_to_mend(specimen: Path) -> None:
    expected = (specimen / "expected.txt").read_text(encoding="utf-8").splitlines()

    assert findings_of(specimen) == expected


def test_an_action_of_an_unknown_class_is_found() -> None:
    _, findings = access.load(
        find("policy"), {"referral.shred": "shred", "Referral Report": "report", "view": "note"}
    )

    assert [str(finding).partition(";")[0] for finding in findings] == [
        "policies/schema.cedarschema:1: action 'Referral Report' is not workflow.action",
        "policies/schema.cedarschema:1: action referral.shred has the class 'shred', which is not declared",
        "policies/schema.cedarschema:1: action view has the name of a class but is declared as note",
    ]


def test_a_folder_without_policies_says_what_is_missing() -> None:
    _, findings = access.load([], {})

    assert [finding.message for finding in findings] == [
        "actions.yaml is missing",
        "bases.yaml is missing",
        "categories.yaml is missing",
        "obligations.yaml is missing",
        "purposes.yaml is missing",
        "schema.cedarschema is missing",
        "settings.yaml is missing",
    ]


if __name__ == "__main__":
    import django

    django.setup()
    for found in SPECIMENS:
        (found / "expected.txt").write_text(
            "".join(f"{line}\n" for line in findings_of(found)), encoding="utf-8"
        )
