"""Nothing about a person leaves the office without a decision."""

from collections.abc import Iterator

from backend.workflow.checks.places import Known, Path, Said, actions_of, effects_of
from backend.workflow.model import Action, Workflow
from backend.workflow.registry import FUNCTIONS, GUARDS
from backend.workflow.vocabulary import DISCLOSING, OUTSIDE, PHRASE_LETTERS, PHRASES


def disclosures_are_decided(workflow: Workflow, known: Known) -> Iterator[Said]:
    """What leaves the office needs a class that decides on it, and a guard that knows the ground."""
    for path, action in actions_of(workflow):
        for where, what in _outgoing(path, action):
            if action.cls not in DISCLOSING:
                message = f"{action.name!r} {what} without a decision to disclose"
                remedy = f"use a class that decides it ({', '.join(sorted(DISCLOSING))}) or take it out"
                yield where, message, remedy
            elif not any(_decides(guard) for guard in action.guards):
                message = f"{action.name!r} {what} without a guard that knows the ground for it"
                yield where, message, f"add a guard such as {_deciding_guards(known)}"


def _outgoing(path: Path, action: Action) -> Iterator[tuple[Path, str]]:
    for index, name in enumerate(action.do):
        if name in FUNCTIONS and FUNCTIONS[name].discloses:
            yield (*path, "do", index), f"opens the case to somebody outside ({name})"
    for index, effect in enumerate(action.then):
        if effect.kind == "letter" and effect.to in OUTSIDE:
            yield (*path, "then", index), f"sends the letter {effect.name!r} outside"
        if effect.kind == "webhook":
            yield (*path, "then", index), f"calls the webhook {effect.name!r}"


def _decides(guard: object) -> bool:
    return isinstance(guard, str) and guard in GUARDS and GUARDS[guard].decides_sharing


def _deciding_guards(known: Known) -> str:
    found = (name for name in sorted(known.guards) if name in GUARDS and GUARDS[name].decides_sharing)
    return ", ".join(map(repr, found))


def the_reporter_hears_fixed_phrases(workflow: Workflow, known: Known) -> Iterator[Said]:
    """The one who reported learns that it was received, is being handled or is finished: nothing else."""
    for path, _, effect in effects_of(workflow):
        if effect.kind == "notice" and effect.to == "reporter" and effect.name not in PHRASES:
            message = (
                "a notice to the reporter says more than the fixed phrases"
                if effect.name
                else ("a notice to the reporter does not say which fixed phrase")
            )
            yield path, message, f"add 'says' with one of: {', '.join(sorted(PHRASES))}"
        if effect.kind == "letter" and effect.to == "reporter" and effect.name not in PHRASE_LETTERS:
            message = f"the letter {effect.name!r} to the reporter is not one of fixed phrases"
            yield path, message, f"use one of: {', '.join(sorted(PHRASE_LETTERS))}"
        if effect.kind == "letter" and not effect.to:
            message = f"the letter {effect.name!r} does not say to whom it goes"
            yield path, message, "add 'to', such as person, reporter or receiver"
