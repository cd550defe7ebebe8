"""A definition against the schema of its language, told in plain words."""

import json

import pytest

from backend.definitions.shapes import compiled, conform, nearest
from backend.definitions.yaml_text import parse_yaml

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 2, "description": "give it a name."},
        "kind": {"enum": ["new", "done"]},
        "when": {
            "oneOf": [
                {"type": "string", "pattern": "^at ", "description": "write 'at …'"},
                {"$ref": "#/$defs/t"},
            ]
        },
        "any": {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "description": "give a or b"},
        "some": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]+$", "description": "use small letters"},
        },
        "fixed": {"const": 1},
    },
    "$defs": {"t": {"type": "object", "required": ["at"], "properties": {"at": {"type": "integer"}}}},
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    file = tmp_path_factory.mktemp("schemas") / "s.json"
    file.write_text(json.dumps(SCHEMA))
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nmae: x", "x:1: the key 'nmae' is not known in the file; did you mean 'name'?"),
        ("kind: new", "x:1: the file has no 'name'; add the key 'name'"),
        ("name: 12", "x:1: name is 12; write text here"),
        ("name: x", 'x:1: name is "x"; give it a name'),
        ("name: xy\nkind: knew", "x:2: kind is \"knew\"; did you mean 'new'?"),
        ("name: xy\nwhen: on", "x:2: when is \"on\"; write 'at …'"),
        ("name: xy\nwhen: {}", "x:2: when has no 'at'; add the key 'at'"),
        ("name: xy\nwhen:\n  at: soon", 'x:3: when.at is "soon"; write a whole number here'),
        ("name: xy\nany: {}", "x:2: any does not fit; give a or b"),
        ("name: xy\nany: {a: 1, b: 1}", "x:2: any does not fit; give a or b"),
        ("name: xy\nsome:\n  UP: 1", 'x:3: the key "UP" in some is not well formed; use small letters'),
        ("name: xy\nfixed: 2", "x:2: fixed is 2; write 1"),
        ("name: xy\nkind:", "x:2: kind is empty; use one of: done, new"),
    ],
)
def test_a_difference_is_told_with_its_line_and_a_remedy(schema, text, said):
    findings = conform(parse_yaml(text.encode(), "x"), schema)

    assert said in [str(finding) for finding in findings]


def test_what_fits_has_no_findings(schema):
    assert conform(parse_yaml(b"name: xy\nwhen: at noon\nany: {a: 1}", "x"), schema) == []


def test_an_unknown_name_gets_the_likely_one_or_the_list():
    assert nearest("triag", ["triage", "close"]) == "did you mean 'triage'?"
    assert nearest("x", ["b", "a"]) == "use one of: a, b"
    assert nearest("x", []) == "take it out, none is known"


def test_of_very_many_names_only_the_likeliest_are_told():
    assert nearest("zzz", [f"name_{n:02}" for n in range(30)]).startswith(
        "use one of the 30 known, such as name_"
    )


def test_a_schema_never_fetches_anything():
    for address in ("https://example.com/s.json", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="schemas refer only to their own parts"):
            compiled({"$ref": address})
