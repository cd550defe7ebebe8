"""Answering the questions of a page the way a person does: by their controls, in their order."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
OWN = "main form:not(.menu-body) "
# What each control one sees is, and whether its answer brings up other questions: asked once for a page, and
# again where an answer brought something up.
_SEEN = """
(own) => Object.fromEntries([...document.querySelectorAll(own + "[name]")].reverse()
  .filter((one) => one.getClientRects().length && one.checkVisibility({visibilityProperty: true}))
  .map((one) => [one.name, [one.tagName === "SELECT" ? "select" : one.type, !!one.closest("[hx-post]")]]))
"""


def fill(page: Any, answers: Mapping[str, Any]) -> None:
    """Give each answer where the page asks for it; a question that another answer brings up is waited for."""
    seen: dict[str, list[Any]] = {}
    for name, value in asked(answers):
        if name not in seen:
            seen = page.evaluate(_SEEN, OWN)
        if name not in seen:
            page.locator(f'{OWN}[name="{name}"]:visible').first.wait_for()
            seen = page.evaluate(_SEEN, OWN)
        _answer(page, name, value, *seen[name])


def asked(answers: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The answers as the page asks for them: rows by their number, a moment as a day and a time."""
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                yield from asked(row, f"{name}-{number}-")
        elif isinstance(value, str) and _MOMENT.match(value):
            yield from ((f"{before}{name}-date", value[:10]), (f"{before}{name}-time", value[11:16]))
        else:
            yield before + name, value


def _answer(page: Any, name: str, value: Any, kind: str, decides: bool) -> None:
    control = page.locator(f'{OWN}[name="{name}"]:visible').first
    if kind in ("radio", "checkbox"):
        for one in value if isinstance(value, list) else [value]:
            page.locator(f'{OWN}[name="{name}"][value="{posted(one)}"]').check()
    elif kind == "select":
        control.select_option(posted(value))
    else:
        control.fill(posted(value))
        if decides:
            control.blur()
    if decides:
        page.locator(".htmx-request").wait_for(state="detached")


def posted(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def do(page: Any, case: str, action: str, answers: Mapping[str, Any]) -> None:
    """Open the form of an action, answer it and record it."""
    page.goto(f"{case}do/{action}/")
    fill(page, answers)
    page.locator("[data-main]").click()
    page.wait_for_url(f"**{case}")
