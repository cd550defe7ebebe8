"""Small drawings (barcode, QR) as SVG in a `data:` address, the only kind of address a letter may load."""

from base64 import b64encode


def data_uri(path: str, *, width: int, height: int) -> str:
    """A path of black strokes, one unit wide, with the given view box.

    Strokes, not outlines: two commands for a bar instead of five, which a renderer in Python feels.
    """
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">'
        f'<path d="{path}" stroke="#000" stroke-width="1" fill="none"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def qr(text: str) -> str:
    """A QR code (error correction M, quiet zone of 4 modules) of a text, as an SVG data address."""
    import segno  # noqa: PLC0415 - only letters with a tear-off slip need it

    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    path = "".join(_runs(row, y + 4) for y, row in enumerate(matrix))
    return data_uri(path, width=len(matrix) + 8, height=len(matrix) + 8)


def _runs(row: bytearray, y: int) -> str:
    """A row of modules as one stroke for each run of dark ones."""
    parts, x = [], 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            parts.append(f"M{start + 4} {y}.5h{x - start}")
        x += 1
    return "".join(parts)
