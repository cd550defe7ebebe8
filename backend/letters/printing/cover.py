"""The cover sheet of a print file, and the marks on a reprint and on what is no letter yet.

Whoever counts the sheets of a sensitive file must count: its cover sheet does not say how many there are.
"""

from functools import lru_cache

from django.template.loader import render_to_string

from backend.answers.eras import era_date
from backend.letters import render
from backend.letters.printing.models import PrintFile

_COVER = """
@page { size: 210mm 297mm; margin: 25mm 20mm }
body { font-family: "Letter Gothic", "Letter Names"; font-size: 12pt; line-height: 1.6; font-weight: normal }
h1 { font-size: 24pt; font-weight: normal; margin: 0 0 8mm }
.kind { margin: 0; padding: 2mm; border: 1px solid #000; text-align: center }
table { width: 100%; border-collapse: collapse; margin-bottom: 8mm }
th, td { border: 1px solid #000; padding: 2mm 3mm; text-align: left; font-weight: normal }
th { width: 32mm }
.hash { letter-spacing: 0.5pt }
.two { padding: 3mm; border: 2px solid #000 }
"""
_MARK = """
@page { size: 210mm 297mm; margin: 0 }
body { margin: 0; font-family: "Letter Gothic" }
p { position: absolute; top: 6mm; right: 8mm; margin: 0; padding: 0.5mm 3mm; border: 1px solid #000;
    font-size: 11pt; line-height: 1.5 }
"""
_SPECIMEN = """
@page {{ size: {width}mm {height}mm; margin: 0 }}
body {{ margin: 0; font-family: "Letter Gothic" }}
p {{ position: absolute; left: 0; right: 0; top: 34%; margin: 0; text-align: center; font-size: 110pt;
    line-height: 1; letter-spacing: 0.3em; transform: rotate(-30deg); color: rgba(0, 0, 0, 0.14) }}
div {{ position: absolute; top: 4mm; left: 0; right: 0; text-align: center; font-size: 9pt }}
"""
_SHOWN = 16  # characters of the manifest's hash, enough to tell one print-out from another


def cover(file: PrintFile, sender: str, first: str, last: str) -> bytes:
    """The cover sheet as a PDF. Raises `MissingGlyph` for a name no font has."""
    values = {
        "file": file,
        "sender": sender,
        "day": era_date(file.business_date, "ja", weekday=True),
        "first": first,
        "last": last,
        "mark": file.manifest_hash[:_SHOWN],
    }
    return render.sheet(render_to_string("printing/cover.html", values), _COVER)


@lru_cache(maxsize=1)
def reissued() -> bytes:
    """The mark 再発行, on the upper right of an otherwise empty page."""
    return render.sheet('<html lang="ja"><body><p>再発行</p></body></html>', _MARK)


@lru_cache(maxsize=4)
def specimen(width: int, height: int) -> bytes:
    """The mark 見本 across an otherwise empty page of this size (in millimetres)."""
    words = "<div>見本　番号はなく、発送できません</div><p>見本</p>"
    page = f'<html lang="ja"><body>{words}</body></html>'
    return render.sheet(page, _SPECIMEN.format(width=width, height=height))
