"""A workflow as plain data and back. YAML and the store share one shape, except that the store keeps order
in lists, where YAML has mappings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from backend.workflow.durations import parse, parse_offset
from backend.workflow.model import (
    Action,
    Deadline,
    Effect,
    EffectKind,
    Escalation,
    Guard,
    Reminder,
    Retention,
    SchemaGuard,
    Start,
    State,
    Text,
    Workflow,
)
from backend.workflow.vocabulary import FINAL_KINDS

LANGUAGE = 1  # of the stored content; raise it when an old content must be read differently
EFFECT_KINDS: tuple[EffectKind, ...] = ("letter", "notice", "webhook", "start_case")

Plain = Mapping[str, Any]


def read(content: Plain) -> Workflow:
    """The workflow of a stored content (`written`) or of a YAML value that fits the schema."""
    states = {name: _state(name, value) for name, value in _named(content["states"])}
    actions = {name: _action(name, value, states) for name, value in _named(content["actions"])}
    return Workflow(
        name=content["workflow"],
        title=text(content.get("title")),
        start=_start(content["start"]),
        states=states,
        actions=actions,
        forms=dict(content.get("forms", {})),
        letters=dict(content.get("letters", {})),
        purpose=text(content.get("purpose")),
        retain=Retention(**content["retain"]) if "retain" in content else None,
    )


def _named(part: Plain | list[Plain]) -> Iterator[tuple[str, Plain]]:
    if isinstance(part, list):
        for value in part:
            yield value["name"], value
    else:
        yield from part.items()


def text(value: Any) -> Text:
    """Words in both languages; what is missing or no text is empty: the schema has found it before."""
    ja, en = (value.get("ja"), value.get("en")) if isinstance(value, Mapping) else ("", "")
    return Text(ja if isinstance(ja, str) else "", en if isinstance(en, str) else "")


def _state(name: str, value: Plain) -> State:
    kind = value["kind"]
    title = text(value.get("title"))
    return State(
        name=name,
        title=title,
        citizen=text(value.get("citizen")),
        not_yet=text(value.get("not_yet")),
        kind=kind,
        owner=value.get("owner", ""),
        due=_deadline(value["due"]) if "due" in value else None,
        due_by={key: _deadline(item) for key, item in value.get("due_by", {}).items()},
        remind=tuple(map(_reminder, value.get("remind", ()))),
        escalate=_ladder(value),
        final=value.get("final", kind in FINAL_KINDS),
    )


def _deadline(value: Plain) -> Deadline:
    legal = value.get("legal")
    return Deadline(
        within=parse(value["within"]),
        legal=parse(legal) if legal else None,
        cite=value.get("cite"),
        since=value.get("since", "entered"),
        until=value.get("until", ""),
        escalate=_ladder(value),
    )


def _ladder(value: Plain) -> tuple[Escalation, ...]:
    return tuple(Escalation(parse(item["after"]), item["to"]) for item in _many(value.get("escalate")))


def _reminder(value: str | Plain) -> Reminder:
    if isinstance(value, str):
        return Reminder(parse_offset(value))
    return Reminder(parse_offset(value["at"]), value.get("to", ""), value.get("letter", ""))


def _start(value: Plain) -> Start:
    return Start(
        action=value["action"],
        title=text(value.get("title")),
        cls=value["class"],
        state=value["state"],
        form=value.get("form"),
        guards=tuple(map(_guard, _many(value.get("guard")))),
        do=tuple(value.get("do", ())),
        then=tuple(map(_effect, value.get("then", ()))),
        consult=tuple(value.get("consult", ())),
    )


def _action(name: str, value: Plain, states: Mapping[str, State]) -> Action:
    confirm = value.get("confirm")
    return Action(
        name=name,
        title=text(value.get("title")),
        cls=value["class"],
        from_=_sources(value, states),
        to=value.get("to"),
        form=value.get("form"),
        guards=tuple(map(_guard, _many(value.get("guard")))),
        do=tuple(value.get("do", ())),
        then=tuple(map(_effect, value.get("then", ()))),
        consult=tuple(value.get("consult", ())),
        needs_reason=value.get("needs_reason", False),
        confirm=text(confirm) if confirm else None,
        prove_again=value.get("prove_again", False),
    )


def _sources(value: Plain, states: Mapping[str, State]) -> tuple[str, ...]:
    given = value["from"]
    if isinstance(given, str):  # "open" or "final": every state of that sort
        given = [name for name, state in states.items() if state.final is (given == "final")]
    without = set(value.get("except", ()))
    return tuple(name for name in given if name not in without)


def _guard(value: str | Plain) -> Guard:
    return value if isinstance(value, str) else SchemaGuard(value["schema"], text(value.get("says")))


def _effect(value: Plain) -> Effect:
    kind = next(kind for kind in EFFECT_KINDS if kind in value)
    if kind == "notice":
        return Effect(kind, value.get("says", ""), value[kind], value.get("when", ""))
    return Effect(kind, value[kind], value.get("to", ""), value.get("when", ""))


def _many(value: Any) -> list[Any]:
    """One or several, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def written(workflow: Workflow) -> dict[str, Any]:
    """Plain data, as small as it can be: what has its default value is left out."""
    return {
        "language": LANGUAGE,
        "workflow": workflow.name,
        "title": _words(workflow.title),
        "purpose": _words(workflow.purpose),
        "start": {"action": workflow.start.action, "state": workflow.start.state}
        | _doing(workflow.start.as_action()),
        "states": [_written_state(state) for state in workflow.states.values()],
        "actions": [_written_action(action) for action in workflow.actions.values()],
        "forms": dict(workflow.forms),
        "letters": dict(workflow.letters),
        **({"retain": _set(asdict(workflow.retain).items())} if workflow.retain else {}),
    }


def _words(value: Text) -> dict[str, Any]:
    return {"ja": value.ja, "en": value.en}


def _set(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if value not in (None, "", [], {}, False)}


def _written_state(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "title": _words(state.title),
        "citizen": _words(state.citizen),
        "not_yet": _words(state.not_yet),
        "kind": state.kind,
        "final": state.final,
    } | _set(
        [
            ("owner", state.owner),
            ("due", _written_deadline(state.due) if state.due else None),
            ("due_by", {key: _written_deadline(item) for key, item in state.due_by.items()}),
            ("remind", [_set([("at", str(r.at)), ("to", r.to), ("letter", r.letter)]) for r in state.remind]),
            ("escalate", _written_ladder(state.escalate)),
        ]
    )


def _written_deadline(deadline: Deadline) -> dict[str, Any]:
    since = deadline.since if deadline.since != "entered" else ""
    legal = str(deadline.legal) if deadline.legal else ""
    return _set(
        [
            ("within", str(deadline.within)),
            ("legal", legal),
            ("cite", deadline.cite),
            ("since", since),
            ("until", deadline.until),
            ("escalate", _written_ladder(deadline.escalate)),
        ]
    )


def _written_ladder(ladder: Iterable[Escalation]) -> list[dict[str, str]]:
    return [{"after": str(step.after), "to": step.to} for step in ladder]


def _written_action(action: Action) -> dict[str, Any]:
    return {"name": action.name, "from": list(action.from_)} | _doing(action) | _set([("to", action.to)])


def _doing(action: Action) -> dict[str, Any]:
    return {"title": _words(action.title), "class": action.cls} | _set(
        [
            ("form", action.form),
            ("guard", [_written_guard(guard) for guard in action.guards]),
            ("do", list(action.do)),
            ("consult", list(action.consult)),
            ("then", [_written_effect(effect) for effect in action.then]),
            ("needs_reason", action.needs_reason),
            ("confirm", _words(action.confirm) if action.confirm else None),
            ("prove_again", action.prove_again),
        ]
    )


def _written_guard(guard: Guard) -> str | dict[str, Any]:
    return guard if isinstance(guard, str) else {"schema": dict(guard.schema), "says": _words(guard.says)}


def _written_effect(effect: Effect) -> dict[str, Any]:
    if effect.kind == "notice":
        return _set([("notice", effect.to), ("says", effect.name), ("when", effect.when)])
    return _set([(effect.kind, effect.name), ("to", effect.to), ("when", effect.when)])
