"""The table of every address × every role, as the policies decide it."""

from collections.abc import Iterator

from backend.demo.cast import BY_NAME
from tests.rights.routes import ROWS, Row
from tests.rights.scene import EVERYBODY, KINDS, NOBODY, Scene, Situation

_HEAD = """# Who may open what

Every address of the office and who of the cast is let in, as the policies decide it: `○` yes, `·` no.
No is a 404 or a 403, and for whoever is not signed in the way to the door. Tests ask each address as each of
the cast and compare. A list is open to all who are signed in and shows to each what they may list.

The cast, all fictional: {cast}.

The situations of a case (its person and its letter with it):

{kinds}

"""


# Asked apart, so that no test takes long: each address belongs to the first of these it begins with.
_APART = ("api/cases", "api/disclosures", "api", "cases", "councils", "letters", "papers", "privacy", "stuck")
GROUPS = (*(f"/{name}/" for name in _APART), "/")


def cells(scene: Scene, group: str = "") -> Iterator[tuple[Row, Situation | None]]:
    """Every row (of a group), in every situation where it is about a thing."""
    for rows in ROWS.values():
        for row in rows:
            if group and group != next(start for start in GROUPS if row.address.startswith(start)):
                continue
            yield from ((row, here) for here in scene.situations.values()) if row.about else [(row, None)]


def text(scene: Scene) -> str:
    """The page, as Markdown."""
    cast = ", ".join(f"{name} ({BY_NAME[name].role.replace('_', ' ')})" for name in EVERYBODY)
    kinds = "\n".join(f"- **{name}**: a case {kind.words}" for name, kind in KINDS.items())
    columns = [*EVERYBODY, NOBODY]
    lines = [_HEAD.format(cast=cast, kinds=kinds).rstrip("\n"), ""]
    lines.append(f"| address | what | situation | {' | '.join(columns)} |")
    lines.append(f"|---|---|---|{'---|' * len(columns)}")
    for row, here in cells(scene):
        marks = ["○" if row.may(scene, who, here) else "·" for who in columns]
        what = f"{row.says}{' (what each may list)' if row.lists else ''}"
        lines.append(
            f"| `{row.method} {row.address}` | {what} | {here.name if here else ''} | {' | '.join(marks)} |"
        )
    return "\n".join(lines) + "\n"
