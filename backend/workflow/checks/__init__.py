"""What a workflow means together with everything it names: every finding at once, none of them a guess.

Each rule is a small generator over one workflow and the names it may use (`Known`); a kind of name that is
not given (None) is not checked.
"""

from collections.abc import Collection, Mapping

from backend.definitions.findings import Finding
from backend.definitions.yaml_text import Located
from backend.workflow import rules  # noqa: F401 - importing it registers guards and functions
from backend.workflow.checks import clocks, flow, names, posting, sharing, words
from backend.workflow.checks.places import Known, LetterNeeds, Rule
from backend.workflow.model import Workflow
from backend.workflow.registry import CONSULTATIONS, FUNCTIONS, GUARDS

__all__ = ["RULES", "LetterNeeds", "check"]

RULES: tuple[Rule, ...] = (
    names.state_names,
    names.form_and_function_names,
    names.schema_guards,
    names.class_names,
    names.role_names,
    names.effect_names,
    names.own_names,
    flow.start,
    flow.every_state_is_reached,
    flow.every_case_can_end,
    flow.ends_are_ends,
    clocks.waiting_states_are_watched,
    clocks.clocks_fit,
    sharing.disclosures_are_decided,
    sharing.the_reporter_hears_fixed_phrases,
    posting.letters_go_to_whom_they_are_written,
    posting.letters_are_told_what_they_print,
    words.answers_are_asked,
    words.what_is_known_was_looked_up,
    words.words_are_translated,
)


def check(
    workflow: Workflow,
    *,
    forms: Mapping[str, Collection[str]] | None = None,
    letters: Mapping[str, LetterNeeds] | None = None,
    permitted: Collection[str] | None = None,
    guards: Collection[str] | None = None,
    do: Collection[str] | None = None,
    consult: Collection[str] | None = None,
    workflows: Collection[str] | None = None,
    webhooks: Collection[str] = (),
) -> list[Finding]:
    """Everything wrong with a workflow, in the order of the file.

    `forms` are the properties each form asks, `letters` what each letter needs, `permitted` the action
    classes (and qualified actions) some policy permits to somebody. `guards`, `do` and `consult` default to
    those registered.
    """
    known = Known(
        forms=forms,
        letters=letters,
        permitted=permitted,
        guards=frozenset(GUARDS) if guards is None else guards,
        do=frozenset(FUNCTIONS) if do is None else do,
        consult=frozenset(CONSULTATIONS) if consult is None else consult,
        workflows=workflows,
        webhooks=webhooks,
    )
    located = workflow.origin or Located({}, {}, f"workflow {workflow.name}")
    findings = (located.finding(*said) for rule in RULES for said in rule(workflow, known))
    return sorted(set(findings))
