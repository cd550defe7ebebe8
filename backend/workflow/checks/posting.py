"""Letters are sent to whom they are written to, and are told what they print."""

from collections.abc import Iterator

from backend.workflow.checks.places import Known, Path, Said, effects_of, not_asked, states_of
from backend.workflow.model import Workflow


def letters_go_to_whom_they_are_written(workflow: Workflow, known: Known) -> Iterator[Said]:
    """A letter sent to somebody else than its file says: it would go there all the same."""
    for path, name, to in _sent(workflow):
        needs = (known.letters or {}).get(name)
        if needs is None or not to or not needs.to or to in needs.to:
            continue
        message = f"the letter {name!r} is not written to {to!r}"
        yield (*path, "to"), message, f"send it to {' or '.join(sorted(needs.to))}, or use another letter"


def _sent(workflow: Workflow) -> Iterator[tuple[Path, str, str]]:
    """Every letter with its place, and to whom it is sent."""
    for path, _, effect in effects_of(workflow):
        if effect.kind == "letter":
            yield path, effect.name, effect.to
    for path, state in states_of(workflow):
        for index, reminder in enumerate(state.remind):
            if reminder.letter:
                yield (*path, "remind", index), reminder.letter, reminder.to or "owner"


def letters_are_told_what_they_print(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Letters that print answers nobody is asked for: they could never be written."""
    letters = known.letters or {}
    for path, action, effect in effects_of(workflow):
        asked = known.asked(action)
        if effect.kind != "letter" or effect.name not in letters or asked is None:
            continue
        for answer in sorted(letters[effect.name].answers - set(asked)):
            message = f"the letter {effect.name!r} prints the answer {answer!r}, which {not_asked(action)}"
            yield (*path, "letter"), message, "use a form that asks it, or another letter"
    yield from _reminders(workflow, known)
    yield from _never_given(workflow, known)


def _reminders(workflow: Workflow, known: Known) -> Iterator[Said]:
    letters = known.letters or {}
    for path, state in states_of(workflow):
        for index, reminder in enumerate(state.remind):
            needs = letters.get(reminder.letter)
            for answer in sorted(needs.answers if needs else ()):
                message = (
                    f"the letter {reminder.letter!r} prints the answer {answer!r}, and a reminder has none"
                )
                remedy = "use a letter that prints no answers, or send it with an action"
                yield (*path, "remind", index, "letter"), message, remedy


def _never_given(workflow: Workflow, known: Known) -> Iterator[Said]:
    """What a letter may print and no action that sends it asks: most likely a wrong name."""
    letters = known.letters or {}
    first: dict[str, Path] = {}
    given: dict[str, set[str]] = {}
    for path, action, effect in effects_of(workflow):
        asked = known.asked(action)
        if effect.kind == "letter" and effect.name in letters and asked is not None:
            first.setdefault(effect.name, path)
            given.setdefault(effect.name, set()).update(asked)
    for name, path in first.items():
        for answer in sorted(letters[name].optional - given[name]):
            message = (
                f"the letter {name!r} may print the answer {answer!r}, which no form it is sent with asks"
            )
            yield (*path, "letter"), message, "correct the name in the letter, or use a form that asks it"
