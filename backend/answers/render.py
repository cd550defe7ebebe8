"""Forms as accessible HTML that works without script.

The page owns `<form method="post" novalidate>`, its button and the CSRF token; this draws everything between.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext, override

from backend.answers.conditions import Branch
from backend.answers.display import Choices
from backend.answers.drawing import Drawing, Drawn
from backend.answers.form import Form
from backend.answers.post import Post, posted, rows_shown
from backend.answers.problems import Problem


def render(
    form: Form,
    *,
    answers: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    lang: str = "ja",
    prefix: str = "",
    live: frozenset[str] | None = None,
    live_url: str = "",
    choices: Choices | None = None,
    rows: Mapping[str, int] | None = None,
    today: date | None = None,
) -> SafeString:
    """The questions with their answers, and an error summary linking to them.

    `answers` may hold those of `Form.read_all`: what no longer applies is kept in hidden inputs and listed.
    `live` (default: what the answers say) are the questions to draw. A question that decides about others
    posts the form to `live_url` when it changes; `live_parts` answers. `choices` names people and places by
    widget: {"member": [(code, words)], "organisation": …, "area": …}. `rows` is `rows_shown` of the post, so
    that 「もう1行」 adds one.
    """
    with override(lang):
        drawing = Drawing(
            form,
            answers,
            problems,
            lang=lang,
            prefix=prefix,
            choices=choices,
            rows=rows,
            today=today,
            live=live,
        )
        context = {
            "questions": drawing.questions(),
            "links": drawing.links(),
            "unused": drawing.unused(),
            "decides": bool(drawing.anchors),
            "form_name": form.name,
            "live_url": live_url,
            "prefix": prefix,
        }
        return mark_safe(render_to_string("answers/form.html", context))  # noqa: S308 - the templates escape


def live_parts(
    form: Form,
    data: Post,
    *,
    lang: str = "ja",
    prefix: str = "",
    live_url: str = "",
    choices: Choices | None = None,
    today: date | None = None,
    say_id: str = "say",
    first: Mapping[str, Any] | None = None,
) -> SafeString:
    """The answer to a post to `live_url`: the parts that the changed question decides about, to swap out of
    band. A question that was not on the page begins with its answer of `first`.

    Only those parts, the marks 「必須」 that may change and the list of unused answers are replaced, never a
    control that has the focus. What appeared or went is said in the live region `say_id`.
    """
    trigger = "".join(posted(data, f"{prefix}_trigger")[:1])
    answers = {**_not_asked_yet(form, data, prefix, first or {}), **form.read_all(data, prefix)}
    with override(lang):
        drawing = Drawing(
            form,
            answers,
            lang=lang,
            prefix=prefix,
            choices=choices,
            rows=rows_shown(form.fields, data, prefix),
            today=today,
        )
        parts = _affected(drawing, trigger)
        before = sum(_number(posted(data, f"{prefix}_shown-{anchor}")) for anchor in drawing.anchors)
        context = {
            "parts": parts,
            "marks": [(f"f-{prefix}{name}", name in drawing.required) for name in _narrowed(form, trigger)],
            "unused": drawing.unused(),
            "said": _said(sum(item.shown for item in drawing.questions()) - before),
            "say_id": say_id,
            "form_name": form.name,
            "live_url": live_url,
            "prefix": prefix,
        }
        return mark_safe(render_to_string("answers/live.html", context))  # noqa: S308 - the templates escape


def _not_asked_yet(form: Form, data: Post, prefix: str, first: Mapping[str, Any]) -> dict[str, Any]:
    """The first answers of questions the page did not show: an empty box of theirs would have been posted.

    Boxes to tick post nothing when they are empty, so that nothing can be told of those.
    """
    said = {name.removeprefix(prefix).partition("-")[0] for name in data}
    boxes = {field.name for field in form.fields if field.widget == "checkboxes"}
    return {name: value for name, value in first.items() if name not in said | boxes}


def _affected(drawing: Drawing, trigger: str) -> list[Drawn]:
    """The questions whose part hangs on the trigger; of a part within another only the outer one."""
    anchors = _anchors(drawing.form, trigger)
    found: list[Drawn] = []

    def collect(questions: list[Drawn]) -> None:
        for item in questions:
            if item.part is not None and item.field.name in anchors:
                found.append(item)
            else:
                collect(item.part or [])

    collect(drawing.questions())
    return found


def _anchors(form: Form, trigger: str) -> set[str]:
    """The questions under which something may appear or go when the trigger changes; all if it is unknown."""
    fields = form.by_name
    if trigger not in fields:
        return {item.anchor for item in form.fields}
    names = set().union(*(branch.names for branch in _branches_on(form.root, trigger)))
    return {fields[name].anchor for name in names if name in fields} - {""}


def _narrowed(form: Form, trigger: str) -> list[str]:
    """The questions outside the parts that may become required when the trigger changes."""
    names = {name for branch in _branches_on(form.root, trigger) for name in branch.required}
    names |= {name for first, others in form.root.dependent if first == trigger for name in others}
    return [item.name for item in form.fields if item.name in names and not item.anchor]


def _branches_on(branch: Branch, trigger: str) -> list[Branch]:
    """Every branch whose condition looks at the trigger, with those inside it."""
    found: list[Branch] = []
    for conditional in branch.conditionals:
        for chosen in (conditional.then, conditional.otherwise):
            if chosen is None:
                continue
            if trigger in conditional.condition.names:
                found += [chosen, *_inside(chosen)]
            else:
                found += _branches_on(chosen, trigger)
    return found


def _inside(branch: Branch) -> list[Branch]:
    found: list[Branch] = []
    for conditional in branch.conditionals:
        for chosen in (conditional.then, conditional.otherwise):
            if chosen is not None:
                found += [chosen, *_inside(chosen)]
    return found


def _said(change: int) -> str:
    if change > 0:
        return ngettext("{count} question was added", "{count} questions were added", change).format(
            count=change
        )
    if change < 0:
        return ngettext("{count} question was removed", "{count} questions were removed", -change).format(
            count=-change
        )
    return ""


def _number(values: list[str]) -> int:
    text = "".join(values[:1])
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
