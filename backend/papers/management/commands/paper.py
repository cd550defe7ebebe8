"""`tsunagu paper FORM [-o FILE]`: a form as a PDF to fill in by pen, or the list of forms."""

import difflib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from backend.answers.form import Form
from backend.answers.load import load as load_forms
from backend.config.command import OfficeCommand
from backend.definitions.source import find
from backend.letters.fonts import FontsMissing
from backend.letters.glyphs import MissingGlyph
from backend.papers.sheet import Look, sheet


class Command(OfficeCommand):
    help = "Print a form to fill in by pen (A4, blank, without a number); without FORM, list them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("form", nargs="?", metavar="FORM", help="the form, such as progress_note")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write (default: FORM.pdf)")
        parser.add_argument("--large", action="store_true", help="in 14 point, for old eyes")
        parser.add_argument("--ruby", action="store_true", help="with readings over the characters")
        parser.add_argument("--lang", choices=("ja", "en"), default="ja", help="the language of the sheet")

    def handle(self, *args: Any, **options: Any) -> None:
        forms, _findings = load_forms(find("form"))
        if not options["form"]:
            for name in sorted(forms):
                self.stdout.write(f"{name:<24} {forms[name].title.of(options['lang'])}")
            return
        form = _form(forms, options["form"])
        target = Path(options["output"] or f"{form.name}.pdf")
        try:
            pdf = sheet(form, Look(options["lang"], options["large"], options["ruby"]))
            target.write_bytes(pdf)
        except (FontsMissing, MissingGlyph) as error:
            raise CommandError(str(error), returncode=1) from None
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.", returncode=1) from None
        self.stdout.write(f"{target}: {form.title.of(options['lang'])}, {len(pdf) // 1000 + 1} kB")


def _form(forms: dict[str, Form], name: str) -> Form:
    if name in forms:
        return forms[name]
    close = difflib.get_close_matches(name, forms, n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(close)}?" if close else "`tsunagu paper` lists them."
    raise CommandError(f"There is no form {name!r}; {meant}", returncode=2)
