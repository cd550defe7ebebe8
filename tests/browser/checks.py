"""What every page is held to (WCAG 2.2 AA and the office's own measures), as sentences."""

from collections.abc import Iterator
from functools import cache
from typing import Any

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = 320

# Links within a line of text are as high as the line (WCAG 2.5.8 lets them be); a small box has its label.
SMALL = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".unseen, .skip"))
  .filter((one) => !(one.tagName === "A" && getComputedStyle(one).display === "inline"))
  .map((one) => {
    const own = one.getBoundingClientRect();
    const label = one.matches("[type=radio], [type=checkbox]") && one.labels[0];
    const beside = label ? label.getBoundingClientRect() : own;
    const width = Math.max(own.right, beside.right) - Math.min(own.left, beside.left);
    return [Math.max(own.height, beside.height), width, one];
  })
  .filter(([height, width]) => height < 43.5 || width < 43.5)
  .map(([height, width, one]) =>
    `${one.tagName.toLowerCase()} ${one.className} "${(one.innerText || one.name || "").slice(0, 20)}" ` +
    `${Math.round(width)}×${Math.round(height)}`)
"""
STRUCTURE = """
() => ({
  h1: document.querySelectorAll("h1").length,
  main: document.querySelectorAll("main").length,
  purpose: !!document.querySelector("h1 ~ .lead, .heading ~ .lead, header ~ .lead"),
  help: !!document.querySelector("footer"),
  title: document.title,
  lang: document.documentElement.lang,
  ids: [...document.querySelectorAll("[id]")].map((one) => one.id)
    .filter((id, at, all) => all.indexOf(id) !== at),
})
"""


def accessible(page: Any) -> Iterator[str]:
    """What axe finds wrong."""
    page.evaluate(_axe())
    found = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    for rule in found["violations"]:
        for node in rule["nodes"][:5]:
            why = "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
            yield f"{rule['id']}: {node['target']} {node['html'][:160]} ({why[:300]})"


def whole(page: Any, lang: str) -> Iterator[str]:
    """What a page lacks of heading, landmarks, title, purpose and help."""
    found = page.evaluate(STRUCTURE)
    if found["h1"] != 1 or found["main"] != 1:
        yield f"{found['h1']} h1 and {found['main']} main"
    if not found["purpose"]:
        yield "no sentence (.lead) says what the page is for"
    if not found["help"]:
        yield "no help at the foot"
    if not found["title"].endswith(" · つなぐ") or found["title"].startswith(" ·"):
        yield f"title {found['title']!r}"
    if found["lang"] != lang:
        yield f"lang {found['lang']}"
    if found["ids"]:
        yield f"ids twice: {found['ids']}"


def reachable(page: Any) -> Iterator[str]:
    """What is too small to hit."""
    yield from (f"target {one}" for one in page.evaluate(SMALL))


def narrow(page: Any) -> Iterator[str]:
    """What makes one scroll sideways on the narrowest screen, or at 400 % on a wide one."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW:
        yield f"{width} px wide on {NARROW}: {page.evaluate(WIDEST)}"
    page.set_viewport_size(before)


WIDEST = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > 321 && !one.closest(".scroller"))
  .slice(-3).map((one) => `${one.tagName}.${one.className}`).join(" ")
"""


@cache
def _axe() -> str:
    """The script of axe-core, as the package ships it."""
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)
