"""Barcode and QR code drawn straight onto the page, from where WeasyPrint keeps the pictures it has loaded.

It would read the same strokes from the SVG of their address, one by one, for a tenth of the time of a letter.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

_HEAD = "data:image/svg+xml;base64,"
_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_PATH = re.compile(r'<path d="((?:M[\d.]+ [\d.]+[hv]\d+)+)" stroke="#000" stroke-width="1" fill="none"/>')
_STROKE = re.compile(r"M([\d.]+) ([\d.]+)([hv])(\d+)")


class Pictures(dict[str, Any]):
    """The pictures of a letter by their addresses: those made of strokes are there without being loaded."""

    def __contains__(self, address: object) -> bool:
        return super().__contains__(address) or self._drawn(address)

    def _drawn(self, address: object) -> bool:
        if not isinstance(address, str) or not address.startswith(_HEAD):
            return False
        strokes = read(address)
        if strokes is not None:
            self[address] = strokes
        return strokes is not None


@dataclass(frozen=True)
class Strokes:
    """A drawing of strokes one unit wide, as WeasyPrint wants its pictures: `marks` are PDF rectangles."""

    width: int
    height: int
    marks: bytes

    def get_intrinsic_size(self, _resolution: Any, _font_size: Any) -> tuple[float, float, float]:
        return self.width, self.height, self.width / self.height

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        with stream.stacked():
            stream.transform(width / self.width, 0, 0, height / self.height)
            stream.set_color_rgb(0, 0, 0)
            stream.stream.append(self.marks)
            stream.fill()


def read(address: str) -> Strokes | None:
    """A drawing of `backend.letters.vector` from its address; None for any other picture."""
    svg = b64decode(address.removeprefix(_HEAD)).decode()
    size, path = _SIZE.search(svg), _PATH.search(svg)
    if size is None or path is None:
        return None
    marks = "\n".join(_rectangle(*stroke) for stroke in _STROKE.findall(path[1]))
    return Strokes(int(size[1]), int(size[2]), marks.encode())


def _rectangle(x: str, y: str, direction: str, length: str) -> str:
    left, top, long = float(x), float(y), int(length)
    if direction == "h":
        return f"{left:g} {top - 0.5:g} {long} 1 re"
    return f"{left - 0.5:g} {top:g} 1 {long} re"
