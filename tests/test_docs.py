"""The documentation tells the truth: settings, commands and links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_BYTES = 80_000
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    read = set(re.findall(r'"((?:TSUNAGU|DATABASE|CELERY|PREFECT)_[A-Z_]+)"', source("config/settings.py")))
    read |= set(re.findall(r'"(TSUNAGU_[A-Z_]+)"', source("config/environment.py")))

    told = re.findall(r"`((?:TSUNAGU|DATABASE|CELERY|PREFECT)_[A-Z_]+)`", page("docs/reference/settings.md"))

    assert set(told) == read


def test_every_command_the_readme_names_exists() -> None:
    named = set(re.findall(r"^\| `tsunagu ([a-z-]+)", page("README.md"), re.M))

    have = {path.stem.replace("_", "-") for path in ROOT.glob("backend/*/management/commands/*.py")}

    assert named
    assert named <= have


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_picture_is_small_and_shown_somewhere() -> None:
    pictures = sorted(ROOT.glob("docs/pictures/*.png"))
    told = "".join(path.read_text(encoding="utf-8") for path in PAGES)

    assert [one.name for one in pictures if one.stat().st_size > MOST_BYTES] == []
    assert [one.name for one in pictures if one.name not in told] == []


def source(name: str) -> str:
    return (ROOT / "backend" / name).read_text(encoding="utf-8")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
