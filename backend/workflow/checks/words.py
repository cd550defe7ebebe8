"""What is read is asked, and what is said is said in both languages."""

from collections.abc import Collection, Iterator

from backend.workflow.checks.places import Known, Path, Said, actions_of, not_asked, states_of
from backend.workflow.model import Action, SchemaGuard, Text, Workflow
from backend.workflow.registry import CONSULTATIONS, FUNCTIONS, GUARDS


def answers_are_asked(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Guards, functions and consultations that read answers nobody is asked for."""
    for path, action in actions_of(workflow):
        asked = known.asked(action)
        if asked is None:
            continue
        for where, what, answer in _readings(path, action):
            if answer not in asked:
                message = f"{what} reads the answer {answer!r}, which {not_asked(action)}"
                yield where, message, "use a form that asks it"


def _readings(path: Path, action: Action) -> Iterator[tuple[Path, str, str]]:
    """Who reads which answer: guards, functions, consultations, conditions of effects."""
    for where, what, reads in _readers(path, action):
        yield from ((where, what, answer) for answer in reads)


def _readers(path: Path, action: Action) -> Iterator[tuple[Path, str, Collection[str]]]:
    named = [((*path, "guard"), guard) for guard in action.guards if isinstance(guard, str)]
    named += [((*path, "then", index, "when"), effect.when) for index, effect in enumerate(action.then)]
    yield from ((where, f"the guard {name!r}", GUARDS[name].reads) for where, name in named if name in GUARDS)
    for index, name in enumerate(action.do):
        if name in FUNCTIONS:
            yield (*path, "do", index), f"the function {name!r}", FUNCTIONS[name].reads
    for index, name in enumerate(action.consult):
        if name in CONSULTATIONS:
            yield (*path, "consult", index), f"the consultation {name!r}", CONSULTATIONS[name].reads


def what_is_known_was_looked_up(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Guards and functions that read what no `consult` of the action looks up."""
    for path, action in actions_of(workflow):
        for where, name, knows in _knowing(path, action):
            for needed in knows:
                if needed not in action.consult:
                    yield where, f"{name!r} needs what {needed!r} looks up", f"add consult: [{needed}]"


def _knowing(path: Path, action: Action) -> Iterator[tuple[Path, str, Collection[str]]]:
    for guard in action.guards:
        if isinstance(guard, str) and guard in GUARDS:
            yield (*path, "guard"), guard, GUARDS[guard].knows
    for index, name in enumerate(action.do):
        if name in FUNCTIONS:
            yield (*path, "do", index), name, FUNCTIONS[name].knows


def words_are_translated(workflow: Workflow, known: Known) -> Iterator[Said]:
    """Japanese that is not Japanese, English that is not English: a translation is missing."""
    for path, text in _texts(workflow):
        if text.ja.strip() and not any("\u3040" <= character <= "\u9fff" for character in text.ja):
            yield (*path, "ja"), f"the Japanese words {text.ja!r} are not Japanese", "translate them"
        if text.en and any("\u3040" <= character <= "\u9fff" for character in text.en):
            yield (*path, "en"), f"the English words {text.en!r} are not English", "translate them"


def _texts(workflow: Workflow) -> Iterator[tuple[Path, Text]]:
    yield ("title",), workflow.title
    for path, state in states_of(workflow):
        yield from (((*path, key), getattr(state, key)) for key in ("title", "citizen", "not_yet"))
    for path, action in actions_of(workflow):
        yield (*path, "title"), action.title
        if action.confirm:
            yield (*path, "confirm"), action.confirm
        for guard in action.guards:
            if isinstance(guard, SchemaGuard):
                yield (*path, "guard", "says"), guard.says
