"""The strict YAML reader: what a line shows is what the program gets."""

import pytest

from backend.definitions.findings import DefinitionError
from backend.definitions.yaml_text import LARGEST_FILE, parse_yaml, read_yaml


def read(text):
    return parse_yaml(text.encode(), "x.yaml")


def findings(text):
    with pytest.raises(DefinitionError) as caught:
        read(text)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("'12'", "12"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("True", "True"),
        ("~", "~"),
        ("12:30", "12:30"),
        ("2026-11-24", "2026-11-24"),
        ("0755", "0755"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("髙田", "髙田"),
        ("'1.5'", "1.5"),
    ],
)
def test_a_scalar_is_what_it_looks_like(written, meant):
    value = read(f"a: {written}").value["a"]

    assert value == meant
    assert type(value) is type(meant)


def test_words_that_other_readers_turn_into_booleans_stay_keys():
    assert read("no: 1\non: 2\n12: 3").value == {"no": 1, "on": 2, "12": 3}


def test_every_part_knows_its_line():
    located = read("a:\n  - x\n  - b: 1\n    c: [p,\n      q]\n")

    assert [located.line("a"), located.line("a", 1), located.line("a", 1, "b")] == [1, 3, 3]
    assert located.line("a", 1, "c", 1) == 5
    assert located.line("a", 1, "c", 9) == 4  # what is missing is reported where it should stand


def test_all_findings_come_at_once():
    text = "a: &x 1\nb: *x\nb: 2\nc: 1.5\nd: !!str 3\ne: .inf\nf: 9007199254740992\n"

    assert findings(text) == [
        "x.yaml:1: the anchor &x is set; take it out, aliases are not read",
        "x.yaml:2: the alias *x is used; write the value out in full",
        "x.yaml:3: the key 'b' stands here again (first: line 2); keep one of them",
        "x.yaml:4: 1.5 is a number with a fraction; put it in quotes or use a whole number",
        "x.yaml:5: the tag tag:yaml.org,2002:str is set; take it out, tags are not read",
        "x.yaml:6: .inf is a number with a fraction; put it in quotes or use a whole number",
        "x.yaml:7: the number 9007199254740992 is not below 2^53; put it in quotes",
    ]


def test_an_alias_bomb_costs_its_own_size_only():
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}]\n" for n in range(20))

    assert len(findings(bomb)) == 41


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 41 + "]" * 41, "nested deeper than 40 levels; flatten it"),
        ("[" * 100_000, "nested deeper than 40 levels; flatten it"),
        ("a: 1\n---\nb: 2", "x.yaml:2: a second document begins here; keep one document in a file"),
        ("? [a, b]\n: 1", "x.yaml:1: a key is a list or a mapping; use a word as key"),
        ('a: "x\\0y"', "x.yaml:1: a text holds NUL (U+0000); take it out"),
        ("a: 1\nb: x\0y", "x.yaml:2: the file holds the control character U+0000; take it out"),
        ("a:\n\t- b", "x.yaml:2: this is not YAML: found character that cannot start any token"),
        ("a: [1, 2", "x.yaml:2: this is not YAML: did not find expected ',' or ']'"),
        ('"": 1', "x.yaml:1: a key is empty; give it a name"),
    ],
)
def test_a_trap_is_refused(text, said):
    assert any(said in finding for finding in findings(text))


def test_forty_levels_are_still_read():
    assert read("[" * 40 + "]" * 40).value is not None


def test_half_a_character_is_refused():
    assert findings('a: "\\uD83D"')


def test_another_encoding_is_named_with_its_line(tmp_path):
    file = tmp_path / "sjis.yaml"
    file.write_bytes("a: 1\nb: 気づき\n".encode("cp932"))

    with pytest.raises(DefinitionError) as caught:
        read_yaml(file, "sjis.yaml")
    assert str(caught.value) == "sjis.yaml:2: the file is not UTF-8 here; save it as UTF-8"


def test_a_file_over_one_megabyte_is_not_read(tmp_path):
    file = tmp_path / "big.yaml"
    file.write_bytes(b"a: " + b"x" * LARGEST_FILE)

    with pytest.raises(DefinitionError, match="1,000,003 bytes, more than 1,000,000"):
        read_yaml(file)


def test_a_file_of_one_megabyte_is_read(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_bytes(b"a: " + b"x" * (LARGEST_FILE - 3))

    assert len(read_yaml(file).value["a"]) == LARGEST_FILE - 3


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(DefinitionError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")
