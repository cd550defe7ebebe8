"""What form.schema.json cannot say: names exist, conditions can hold, examples are right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.answers.build import declared
from backend.answers.form import Form
from backend.definitions.findings import Finding
from backend.definitions.shapes import nearest
from backend.definitions.yaml_text import Located, Step

Path = tuple[Step, ...]
_WIDGETS: Mapping[str, str] = {
    "text": "a text without choices",
    "textarea": "a text without choices",
    "radios": "a text with choices (enum)",
    "select": "a text with choices (enum)",
    "member": "a text with format uuid",
    "organisation": "a text with format code",
    "area": "a text with format code",
}
_LIMITS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))


@dataclass(frozen=True, slots=True)
class Scope:
    """A form or one of its branches: where it stands, and the names that apply inside it."""

    path: Path
    schema: Mapping[str, Any]
    names: frozenset[str]


def check_definition(located: Located, name: str) -> list[Finding]:
    """Findings about a definition that has the shape of a form."""
    known = dict(declared(located.value))
    found = list(_name(located, name))
    found += _declared_once(located)
    for scope in _scopes(located.value, (), frozenset()):
        found += _required_names(located, scope)
        found += _narrowings(located, scope, known)
        found += _conditions(located, scope, known)
    for path, schema in _questions(located.value, ()):
        found += _question(located, path, schema, known)
    return found


def check_examples(located: Located, form: Form) -> list[Finding]:
    """Findings about the examples: an accepted one passes, a rejected one is reported where it says."""
    found = []
    for number, answers in enumerate(form.accepted):
        for problem in form.check(answers):
            place = "/".join(map(str, problem.path)) or "the answers"
            message = (
                f"the accepted example {number + 1} is rejected at {place} ({problem.code}: {problem.en})"
            )
            found.append(located.finding(("x-accepted", number), message, "correct the example or the form"))
    for number, (wanted, answers) in enumerate(form.rejected):
        places = ["/".join(map(str, problem.path)) for problem in form.check(answers)]
        if wanted not in places:
            got = f"reported at {', '.join(places)}" if places else "accepted"
            message = f"the rejected example {number + 1} should be reported at {wanted}, but it is {got}"
            found.append(located.finding(("x-rejected", number), message, "correct the example or the form"))
    return found


def _name(located: Located, name: str) -> Iterator[Finding]:
    given = located.value["$id"]
    if given != name:
        yield located.finding(
            ("$id",), f"the form calls itself {given!r} but its file {name!r}", "give both the same name"
        )


def _scopes(schema: Mapping[str, Any], path: Path, outer: frozenset[str]) -> Iterator[Scope]:
    """The form, then every branch of it, with the names that apply there."""
    properties = schema.get("properties", {})
    names = outer | {name for name, part in properties.items() if "title" in part}
    yield Scope(path, schema, names)
    for keyword in ("then", "else"):
        if keyword in schema:
            yield from _scopes(schema[keyword], (*path, keyword), names)
    for number, part in enumerate(schema.get("allOf", ())):
        for keyword in ("then", "else"):
            if keyword in part:
                yield from _scopes(part[keyword], (*path, "allOf", number, keyword), names)


def _questions(schema: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every declared question, columns of lists among them."""
    for scope in _scopes(schema, path, frozenset()):
        for name, part in scope.schema.get("properties", {}).items():
            if "title" not in part:
                continue
            place = (*scope.path, "properties", name)
            yield place, part
            for column, inner in part.get("items", {}).get("properties", {}).items():
                yield (*place, "items", "properties", column), inner


def _declared_once(located: Located) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for scope in _scopes(located.value, (), frozenset()):
        for name, part in scope.schema.get("properties", {}).items():
            path = (*scope.path, "properties", name)
            if "title" in part and name in first:
                line = located.line(*first[name])
                message = f"the question {name!r} is asked twice (first: line {line})"
                yield located.finding(path, message, "ask it once, under a condition that covers both")
            elif "title" in part:
                first[name] = path


def _required_names(located: Located, scope: Scope) -> Iterator[Finding]:
    for number, name in enumerate(scope.schema.get("required", ())):
        if name not in scope.names:
            message = f"{name!r} is required where it is not asked"
            yield located.finding((*scope.path, "required", number), message, nearest(name, scope.names))
    for trigger, names in scope.schema.get("dependentRequired", {}).items():
        for name in (trigger, *names):
            if name not in scope.names:
                path = (*scope.path, "dependentRequired", trigger)
                yield located.finding(path, f"{name!r} is not asked here", nearest(name, scope.names))


def _narrowings(located: Located, scope: Scope, known: Mapping[str, Any]) -> Iterator[Finding]:
    for name, part in scope.schema.get("properties", {}).items():
        if "title" in part:
            continue
        path = (*scope.path, "properties", name)
        if name not in scope.names:
            message = f"{name!r} has no title and is not asked around here"
            yield located.finding(
                path, message, "give it title, x-label-en and x-category, or correct the name"
            )
        else:
            yield from _codes(located, path, part, known[name], name)


def _conditions(located: Located, scope: Scope, known: Mapping[str, Any]) -> Iterator[Finding]:
    written = [(scope.path, scope.schema)] if "if" in scope.schema else []
    written += [
        ((*scope.path, "allOf", number), part) for number, part in enumerate(scope.schema.get("allOf", ()))
    ]
    for path, part in written:
        condition = part["if"]
        for name, test in condition["properties"].items():
            place = (*path, "if", "properties", name)
            if name not in known:
                yield located.finding(
                    place, f"the condition asks for {name!r}, which is no question", nearest(name, known)
                )
            elif name not in condition["required"]:
                message = f"the condition on {name!r} also holds while it is unanswered"
                yield located.finding(place, message, f"add {name} to required inside the if")
            else:
                yield from _codes(located, place, test, known[name], name)
        for name in condition["required"]:
            if name not in known and name not in condition["properties"]:
                place = (*path, "if", "required")
                yield located.finding(
                    place, f"the condition asks for {name!r}, which is no question", nearest(name, known)
                )


def _codes(
    located: Located, path: Path, test: Mapping[str, Any], question: Mapping[str, Any], name: str
) -> Iterator[Finding]:
    """A test or a narrowing must speak of values the question can have."""
    is_list = question.get("type") == "array"
    if "contains" in test and not is_list:
        yield located.finding(path, f"{name!r} is no list, so it contains nothing", "use const or enum")
        return
    if is_list and ("const" in test or "enum" in test):
        yield located.finding(path, f"{name!r} is a list", "use contains: {const: …}")
        return
    coded = question["items"] if is_list else question
    if "contains" in test and "enum" not in coded:
        yield located.finding(path, f"{name!r} is a list of rows, not of choices", "ask by another question")
        return
    single = [part["const"] for part in (test, test.get("contains", {})) if "const" in part]
    wanted = [*test.get("enum", ()), *single]
    for value in wanted:
        if question.get("type") == "boolean":
            if not isinstance(value, bool):
                yield located.finding(
                    path, f"{name!r} is true or false, never {value!r}", "write true or false"
                )
        elif value not in coded.get("enum", (value,)):
            yield located.finding(
                path, f"{name!r} has no choice {value!r}", nearest(str(value), coded["enum"])
            )


def _question(
    located: Located, path: Path, schema: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[Finding]:
    coded, place = (schema, path) if "enum" in schema else (schema.get("items", {}), (*path, "items"))
    for keyword in ("x-enum-ja", "x-enum-en"):
        words, codes = coded.get(keyword, {}), coded.get("enum", ())
        for code in codes:
            if code not in words:
                yield located.finding(
                    (*place, keyword), f"the choice {code!r} has no words", f"add {code}: … here"
                )
        for code in words:
            if code not in codes:
                message = f"words are given for {code!r}, which is no choice"
                yield located.finding((*place, keyword, code), message, nearest(code, codes))
    kana_of = schema.get("x-kana-of")
    if kana_of and kana_of not in known:
        yield located.finding((*path, "x-kana-of"), f"{kana_of!r} is no question", nearest(kana_of, known))
    widget = schema.get("x-widget")
    if widget and not _fits(widget, schema):
        yield located.finding(
            (*path, "x-widget"),
            f"the widget {widget!r} is for {_WIDGETS[widget]}",
            "take it out or change the type",
        )
    for least, most in _LIMITS:
        if least in schema and most in schema and schema[least] > schema[most]:
            message = f"{least} is {schema[least]}, {most} is {schema[most]}"
            yield located.finding((*path, least), message, "make the least smaller than the most")


def _fits(widget: str, schema: Mapping[str, Any]) -> bool:
    if widget in ("radios", "select"):
        return "enum" in schema
    if widget in ("text", "textarea"):
        return schema.get("type") == "string" and "enum" not in schema and "format" not in schema
    return schema.get("format") == ("uuid" if widget == "member" else "code")
