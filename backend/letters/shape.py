"""What a template may ask of a name: the shape of each value, known before any value is."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    """`inside` is what may follow a dot, `items` what looping gives; a plain value has neither."""

    inside: Mapping[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None


PLAIN = Shape()
TEXTS = Shape(items=PLAIN)
DAY = Shape({"era": PLAIN, "full": PLAIN, "iso": PLAIN, "kanji": PLAIN})
LOOP = Shape(dict.fromkeys(("counter", "counter0", "first", "last", "revcounter"), PLAIN))


def of(*names: str, **others: Shape) -> Shape:
    """A shape with these plain names and these others inside."""
    return Shape({**dict.fromkeys(names, PLAIN), **others})
