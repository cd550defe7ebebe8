"""Answering the questions of a page the way a person does: by their controls, in their order."""

import re
from collections.abc import Mapping
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
OWN = "main form:not(.menu-body) "
# What a control is, and whether its answer brings up other questions: asked in one turn, not in six.
_KIND = "one => [one.tagName === 'SELECT' ? 'select' : one.type, !!one.closest('[hx-post]')]"


def fill(page: Any, answers: Mapping[str, Any]) -> None:
    """Give each answer where the page asks for it; a question that another answer brings up is waited for."""
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                fill(page, {f"{name}-{number}-{column}": cell for column, cell in row.items()})
        elif isinstance(value, str) and _MOMENT.match(value):
            _answer(page, f"{name}-date", value[:10])
            _answer(page, f"{name}-time", value[11:16])
        else:
            _answer(page, name, value)


def _answer(page: Any, name: str, value: Any) -> None:
    control = page.locator(f'{OWN}[name="{name}"]:visible').first
    kind, decides = control.evaluate(_KIND)
    if kind in ("radio", "checkbox"):
        for one in value if isinstance(value, list) else [value]:
            page.locator(f'{OWN}[name="{name}"][value="{_posted(one)}"]').check()
    elif kind == "select":
        control.select_option(_posted(value))
    else:
        control.fill(_posted(value))
        if decides:
            control.blur()
    if decides:
        page.locator(".htmx-request").wait_for(state="detached")


def _posted(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def do(page: Any, case: str, action: str, answers: Mapping[str, Any]) -> None:
    """Open the form of an action, answer it and record it."""
    page.goto(f"{case}do/{action}/")
    fill(page, answers)
    page.locator("[data-main]").click()
    page.wait_for_url(f"**{case}")
