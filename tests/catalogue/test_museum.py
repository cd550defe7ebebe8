"""A museum of overlays whose parts do not fit together, each with the exact findings it must give.

A specimen changes shipped files (`changes.yaml`: file, find, put). `python -m tests.catalogue.test_museum`,
with DJANGO_SETTINGS_MODULE set, writes what is found now into expected.txt, to be read before it is kept.
"""

import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from backend.definitions.source import read_yaml

MUSEUM = Path(__file__).resolve().parents[1] / "broken" / "catalogue"
SPECIMENS = sorted(path for path in MUSEUM.iterdir() if path.is_dir())
SHIPPED = Path(settings.ROOT)


def findings_of(specimen: Path) -> list[str]:
    """What is found when the specimen lies over the shipped definitions; paths from the overlay on."""
    from backend.catalogue import loading

    with tempfile.TemporaryDirectory() as folder:
        for change in read_yaml(specimen / "changes.yaml").value:
            changed = Path(folder) / change["file"]
            if not changed.exists():
                _copy(change["file"], Path(folder))
            before = changed.read_text(encoding="utf-8")
            assert change["find"] in before, f"{change['find']!r} is no longer in {change['file']}"
            changed.write_text(before.replace(change["find"], change["put"]), encoding="utf-8")
        with override_settings(DEFINITION_ROOTS=[SHIPPED, Path(folder)]):
            found = loading.read().findings
        return [str(finding).replace(f"{folder}/", "") for finding in found]


def _copy(file: str, overlay: Path) -> None:
    """A shipped file with what bears its name: a letter has a template beside it."""
    shipped = SHIPPED / file
    (overlay / file).parent.mkdir(parents=True, exist_ok=True)
    for path in shipped.parent.glob(f"{shipped.stem}.*"):
        (overlay / file).with_name(path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.name)
def test_parts_that_do_not_fit_together_are_found_where_they_are_named(specimen: Path) -> None:
    expected = (specimen / "expected.txt").read_text(encoding="utf-8").splitlines()

    assert findings_of(specimen) == expected
    assert expected


if __name__ == "__main__":
    import django

    django.setup()
    for found in SPECIMENS:
        lines = "".join(f"{line}\n" for line in findings_of(found))
        (found / "expected.txt").write_text(lines, encoding="utf-8")
