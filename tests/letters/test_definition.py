"""Letters as defined: the museum of broken ones, what a template may say, versions by hash, overlays."""

from pathlib import Path

import pytest

from backend.definitions.canonical import canonical
from backend.definitions.findings import errors
from backend.definitions.source import Source, find
from backend.letters import definition, house, proof, template
from backend.letters.fields import Input
from tests.letters.conftest import NAMES

MUSEUM = Path(__file__).resolve().parents[1] / "broken" / "letter"


def source(folder: Path, name: str = "notice") -> Source:
    return Source("letter", name, folder / f"{name}.yaml", folder)


def found_in(folder: Path) -> str:
    """Every finding about the letter of a folder, without the folder's own place on this machine."""
    letters, findings = definition.load([source(folder)])
    if letters:
        a_house, _none = house.load_house()
        assert a_house is not None
        findings = [*findings, *proof.prove(letters.values(), a_house)]
    return "".join(f"{one}\n".replace(f"{folder}/", "") for one in sorted(findings))


@pytest.mark.parametrize("folder", sorted(MUSEUM.iterdir()), ids=lambda folder: folder.name)
def test_a_broken_letter_is_found_where_it_is_and_told_how_to_mend(folder):
    assert found_in(folder) == (folder / "expected.txt").read_text(encoding="utf-8")


def test_the_museum_shows_nothing_but_errors():
    assert all((folder / "expected.txt").read_text(encoding="utf-8") for folder in MUSEUM.iterdir())


def test_the_shipped_letters_have_no_findings():
    letters, findings = definition.load(find("letter"))

    assert findings == []
    assert set(letters) >= set(NAMES)


def test_a_letters_version_is_the_hash_of_all_it_prints_with(letters):
    letter = letters["reminder"]

    again = definition.from_content(letter.to_content())

    assert again.hash == letter.hash
    assert again.template in letter.files
    assert {"base.html", "heading.html", "letter.css", "reminder.html"} <= set(letter.files)
    assert canonical(letter.to_content())


def test_a_changed_style_is_another_version(letters):
    content = letters["reminder"].to_content()
    style = next(one for one in content["files"] if one["name"] == "letter.css")
    style["text"] += "\n"

    assert definition.from_content(content).hash != letters["reminder"].hash


def test_an_overlay_replaces_a_letter_by_name(settings, tmp_path):
    folder = tmp_path / "forms" / "letters"
    folder.mkdir(parents=True)
    shipped = next(one.path.parent for one in find("letter"))
    text = (
        (shipped / "reminder.yaml").read_text(encoding="utf-8").replace("御回答のお願いについて", "おたずね")
    )
    (folder / "reminder.yaml").write_text(text, encoding="utf-8")
    (folder / "reminder.html").write_text(
        (shipped / "reminder.html").read_text(encoding="utf-8"), encoding="utf-8"
    )
    settings.DEFINITION_ROOTS = [*settings.DEFINITION_ROOTS, tmp_path]

    letters, findings = definition.load(find("letter"))

    assert findings == []
    assert letters["reminder"].title_ja == "おたずね（依頼）"
    assert set(letters) >= set(NAMES)


def test_an_overlay_brings_its_own_senders(settings, tmp_path):
    folder = tmp_path / "forms" / "letters" / "house"
    folder.mkdir(parents=True)
    (folder / "senders.yaml").write_text(
        "senders: {town-welfare: {symbol: 町福, issuer: [町長], answers_to: 町長, section: 福祉係}}",
        encoding="utf-8",
    )
    settings.DEFINITION_ROOTS = [*settings.DEFINITION_ROOTS, tmp_path]

    found, findings = house.load_house()

    assert findings == []
    assert found is not None
    assert list(found.senders) == ["town-welfare"]


PAPER = """
envelope: {chosen}
envelopes: {{own: {{left: 1, top: 1, width: {width}, height: 450, slack_x: 1, slack_y: 1}}}}
barcode: {{size: {size}, towns: {{}}}}
"""


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("senders", "senders: {a: {symbol: 第1号, issuer: [x], answers_to: y, section: z}}", "Write 1 to 12"),
        ("paper", PAPER.format(chosen="other", width=900, size=80), "use one of: own"),
        ("paper", PAPER.format(chosen="own", width=600, size=80), "take a larger window"),
        ("paper", PAPER.format(chosen="own", width=900, size=200), "200"),
        ("greetings", '"1": 新春の候', "add the key"),
    ],
)
def test_wrong_data_of_the_house_are_found(tmp_path, file, text, message):
    own = tmp_path / f"{file}.yaml"
    own.write_text(text, encoding="utf-8")

    found, findings = house.load_house({**house.files(), file: own})

    assert found is None
    assert any(message in str(one) for one in errors(findings)), findings


def test_an_organisation_that_sends_no_letters_is_told_where_to_be_added(the_house):
    with pytest.raises(
        house.HouseError, match=r"center-x sends no letters: add it to forms/letters/house/senders"
    ):
        the_house.sender("center-x")


# --- what a template may say -------------------------------------------------------------------------------

ROWS = (Input("rows", "rows", "", ""), Input("day", "date", "", ""), Input("about", "reference", "", ""))
ALL = "{% for row in rows %}{{ row.label }}{% for line in row.lines %}{{ line }}{% endfor %}{% endfor %}"
ALL += "{{ day.era }}{{ about.dated_on.full }}"


@pytest.mark.parametrize(
    "text",
    [
        "{% if rows and day.iso == '2026-11-24' %}{{ rows|length }}{% endif %}",
        "{% with first=rows|first %}{{ first }}{% endwith %}{% comment %}{{ what }}{% endcomment %}",
        "{{ letter.to.names|join:'、' }}{{ letter.slip.expires_on.era }}{{ letter.number }}",
        "{% for name in letter.to.names %}{{ forloop.counter }}{{ name }}{% empty %}{{ day }}{% endfor %}",
    ],
)
def test_a_template_may_use_what_is_declared(text):
    assert template.check({"a.html": ALL + text}, "a.html", ROWS) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ name }}", "'name' is not declared"),
        ("{{ day.eraa }}", "'day.eraa' is not declared"),
        ("{{ rows.label }}", "'rows.label' is not declared"),
        ("{{ letter.secret }}", "'letter.secret' is not declared"),
        ("{% if day %}{% elif whoever %}{% endif %}", "'whoever' is not declared"),
        ("{% if not a and day %}{% endif %}", "'a' is not declared"),
        ("{% for x in day %}{% endfor %}", "is no list"),
        ("{% for row in rows %}{% endfor %}{{ row.label }}", "'row.label' is not declared"),
        ("{{ day|default:other }}", "'other' is not declared"),
        ("{{ rows|safe }}", "the filter 'safe' is not for letters"),
        ("{% autoescape off %}{{ day }}{% endautoescape %}", "the tag 'autoescape' is not for letters"),
        ("{% load static %}", "load"),
        ("{% now 'Y' %}", "the tag 'now' is not for letters"),
        ("{% debug %}", "the tag 'debug' is not for letters"),
        ("{% include '../secret.html' %}", "outside the file hierarchy"),
        ("{% include '/etc/passwd' %}", "there is no /etc/passwd"),
        ("{% include day %}", "named by a value"),
        ("{% extends 'base.html' %}", "must be the first tag"),
        ("{% if %}", "Unexpected end"),
        ("<script>x</script>", "script"),
        ('<a href="x">y</a>', "has no place"),
        ('<img src="file:///x">', "'src' has no place"),
        ("<p onclick=x>", "onclick"),
        ('<p style="background: url(x)">', "url("),
        ('<link rel="attachment" data="x">', "link"),
    ],
)
def test_a_template_may_not_say(text, message):
    problems = template.check({"a.html": ALL + text}, "a.html", ROWS)

    assert any(message in f"{one.message} {one.remedy}" for one in problems), problems


def test_an_input_that_is_never_printed_is_a_finding():
    (problem,) = template.check({"a.html": ALL}, "a.html", (*ROWS, Input("more", "text", "", "")))

    assert "'more' is never printed" in problem.message


def test_a_problem_names_the_file_and_line_of_the_part_it_stands_in():
    files = {"a.html": '{% extends "base.html" %}' + ALL, "base.html": "one\ntwo\n{{ nobody }}"}

    problems = [one for one in template.check(files, "a.html", ()) if "nobody" in one.message]

    assert [(one.file, one.line) for one in problems] == [("base.html", 3)]
