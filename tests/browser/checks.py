"""What every page is held to (WCAG 2.2 AA and the office's own measures), as sentences."""

import gzip
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
    if not page.evaluate("'axe' in window"):
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
    yield from (f"opened, {one}" for one in page.evaluate(CUT_OFF))
    page.set_viewport_size(before)


def light(page: Any, policy: str) -> Iterator[str]:
    """What a page fetches from elsewhere, writes into itself, or carries beyond its budget.

    `policy` is the Content-Security-Policy it came with. What is fetched is counted as it would be sent.
    """
    found = page.evaluate(CARRIED)
    home = page.evaluate("location.origin") + "/"
    yield from (f"from elsewhere: {url}" for url in found["fetched"] if not url.startswith(home))
    yield from (f"written into the page: {one}" for one in found["inline"])
    if "default-src 'self'" not in policy or "unsafe" in policy or "script-src" in policy:
        yield f"policy {policy!r}"
    size = sum(
        _compressed(page, url) for url in found["fetched"] if url.partition("?")[0].endswith((".css", ".js"))
    )
    if size > MOST_BYTES:
        yield f"{size} bytes of CSS and JavaScript"


MOST_BYTES = 100 * 1024
CARRIED = """
() => ({
  fetched: performance.getEntriesByType("resource").map((one) => one.name),
  inline: [...document.querySelectorAll("script:not([src]), style, [style]")]
    .map((one) => one.outerHTML.slice(0, 80))
    .concat([...document.querySelectorAll("*")].flatMap((one) => [...one.attributes])
      .filter((one) => one.name.startsWith("on") || /^javascript:/i.test(one.value)).map((one) => one.name)),
})
"""


def _compressed(page: Any, url: str) -> int:
    if url not in _SIZES:
        _SIZES[url] = len(gzip.compress(page.request.get(url).body()))
    return _SIZES[url]


_SIZES: dict[str, int] = {}

# What is cut off on the left makes no page wider, so that nobody can scroll to it.
CUT_OFF = """
() => [...document.querySelectorAll("details.menu")].filter((one) => one.checkVisibility()).flatMap((one) => {
  one.open = true;
  const box = one.querySelector(".menu-body").getBoundingClientRect();
  one.open = false;
  const inside = box.left >= 0 && box.right <= innerWidth;
  const from = Math.round(box.left), to = Math.round(box.right);
  return inside ? [] : [`${one.innerText.slice(0, 20)} stands from ${from} to ${to} px`];
})
"""

WIDEST = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > 321 && !one.closest(".scroller"))
  .slice(-3).map((one) => `${one.tagName}.${one.className}`).join(" ")
"""


# What readers set for themselves: room between lines, letters and words (1.4.12), text doubled (1.4.4).
SPACED = """* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}
p {margin-bottom: 2em !important}"""
DOUBLED = "html {font-size: 200% !important}"
CUT = """
(css) => {
  const sheet = new CSSStyleSheet(), before = document.adoptedStyleSheets;
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...before, sheet];
  const cut = [...document.querySelectorAll("body *")].filter((one) => {
    const apart = one.closest("svg, .unseen, .skip, .scroller, textarea, select") || one.clientWidth < 2;
    if (apart || !one.checkVisibility()) return false;
    const style = getComputedStyle(one), hides = (value) => value === "hidden" || value === "clip";
    const wide = hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
    const high = hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1;
    return one.innerText && (wide || high);
  }).map((one) => `${one.tagName}.${one.className} "${one.innerText.slice(0, 20)}"`);
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) cut.push(`scrolls sideways to ${root.scrollWidth} px`);
  document.adoptedStyleSheets = before;
  return cut;
}
"""
# In the system's own colours backgrounds are gone: what can be pressed or filled in keeps an edge.
EDGELESS = """
() => [...document.querySelectorAll("button, a.button, input:not([type=hidden]), select, textarea, .chip")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".unseen, .skip"))
  .filter((one) => {
    const style = getComputedStyle(one), edge = (side) =>
      style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) >= 1;
    const own = style.appearance !== "none" && one.matches("[type=radio], [type=checkbox]");
    const line = style.textDecorationLine.includes("underline");
    return !(own || line || edge("Bottom"));
  })
  .map((one) => `${one.tagName}.${one.className} "${(one.innerText || one.name).slice(0, 20)}"`)
"""


def printed(page: Any) -> Iterator[str]:
    """What paper must not show, lacks, or shows as light on dark."""
    page.emulate_media(media="print")
    yield from (f"printed: {one}" for one in page.evaluate(ON_PAPER))
    page.emulate_media(media="screen")


ON_PAPER = """
() => {
  const seen = (one) => one.checkVisibility(), wrong = [];
  for (const one of document.querySelectorAll(".side, .tools, .skip, main .actions")) {
    if (seen(one)) wrong.push(`${one.tagName}.${one.className} is of no use on paper`);
  }
  const line = document.querySelector(".printed");
  if (line && !seen(line)) wrong.push("who printed it does not stand there");
  const style = getComputedStyle(document.body);
  const light = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).every((part) => part > 250);
  if (!light(style.backgroundColor) || light(style.color)) {
    wrong.push(`${style.color} on ${style.backgroundColor}`);
  }
  return wrong;
}
"""


def roomy(page: Any) -> Iterator[str]:
    """What is lost or cut when a reader spaces the text out, or doubles its size."""
    for name, css in (("spaced", SPACED), ("doubled", DOUBLED)):
        yield from (f"{name}: {one}" for one in page.evaluate(CUT, css))


def forced(page: Any) -> Iterator[str]:
    """What loses its edge, and whether the focus loses its ring, in the system's own colours."""
    page.emulate_media(forced_colors="active")
    yield from (f"no edge: {one}" for one in page.evaluate(EDGELESS))
    page.keyboard.press("Tab")
    if page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none":
        yield "the focus has no ring"
    page.emulate_media(forced_colors="none")


@cache
def _axe() -> str:
    """The script of axe-core, as the package ships it."""
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)
