"""The office's stationery as PDFs: the test sheet of the window, envelopes and labels for a typed list."""

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend.letters import house, stock
from backend.letters.glyphs import MissingGlyph
from backend.letters.stock import Addressed, Stock
from backend.pages import plain
from backend.pages.acting import Asked, signed_in
from backend.pages.cases.case import saved

MOST_ADDRESSES = 500
COLUMNS = ("zip", "address", "name", "organisation", "post")


class ListForm(plain.Form):
    """Addresses, one a line: postal code, address, name; where there is one, organisation and post."""

    kind = plain.one_of(gettext_lazy("Which"), ())
    skip = forms.IntegerField(
        label=gettext_lazy("Labels of the first sheet that are used up"),
        min_value=0,
        max_value=100,
        initial=0,
    )
    addresses = forms.CharField(
        label=gettext_lazy("Addresses, one a line"),
        max_length=100_000,
        widget=forms.Textarea({"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Postal code, address, name, and if there is one organisation and post; with commas, or copied "
            "from a table. They are kept nowhere."
        ),
    )

    def __init__(self, kinds: Mapping[str, Mapping[str, Any]], *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        names = [(name, kind["title"]) for name, kind in kinds.items()]
        self.fields["kind"].choices = names  # type: ignore[attr-defined]

    def clean_addresses(self) -> list[Addressed]:
        """The addresses read. Raises `ValidationError` naming the line."""
        lines = list(_lines(self.cleaned_data["addresses"]))
        if len(lines) > MOST_ADDRESSES:
            raise forms.ValidationError(_("At most %(most)d addresses at once.") % {"most": MOST_ADDRESSES})
        return [_address(number, line) for number, line in lines]


@require_http_methods(["GET"])
@signed_in
def stationery(request: Asked) -> HttpResponse:
    """What can be printed."""
    return render(request, "pages/paper/stationery.html", {"window": house.current().window})


@require_http_methods(["GET"])
@signed_in
def calibration(request: Asked) -> HttpResponse:
    """The test sheet of the window envelope in use."""
    in_use = house.current()
    return saved(stock.calibration(in_use.envelope, in_use.window), "application/pdf", "window.pdf")


@require_http_methods(["GET", "POST"])
@signed_in
def listed(request: Asked, what: str) -> HttpResponse:
    """Envelopes or labels for a list of addresses."""
    in_use, _findings = stock.load()
    if what not in _PRINTED or in_use is None:
        raise Http404
    kinds: Mapping[str, Mapping[str, Any]] = getattr(in_use, what)
    form = ListForm(kinds, request.POST or None)
    if what == "envelopes":
        del form.fields["skip"]
    if request.method == "POST" and form.is_valid():
        try:
            pdf = _PRINTED[what](form, in_use)
        except MissingGlyph as error:
            told = _("%(what)s cannot be printed: no font of the letters has it.") % {"what": error.what}
            form.add_error("addresses", told)
        else:
            return saved(pdf, "application/pdf", f"{what}.pdf")
    status = 422 if form.errors else 200
    return render(request, "pages/paper/stationery_list.html", {"form": form, "what": what}, status=status)


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    delimiter = "\t" if "\t" in text else ","
    rows = csv.reader(text.replace("，", ",").splitlines(), delimiter=delimiter)
    for number, row in enumerate(rows, start=1):
        if any(cell.strip() for cell in row):
            yield number, dict(zip(COLUMNS, (cell.strip() for cell in row), strict=False))


def _address(number: int, line: dict[str, str]) -> Addressed:
    if not line.get("address") or not (line.get("name") or line.get("organisation")):
        told = _("Line %(number)d: write postal code, address and name, with commas between.")
        raise forms.ValidationError(told % {"number": number})
    try:
        (found,) = stock.addressed([line])
    except ValueError:
        told = _("Line %(number)d: the postal code has seven digits, as in 750-0001.")
        raise forms.ValidationError(told % {"number": number}) from None
    return found


def _envelopes(form: ListForm, in_use: Stock) -> bytes:
    return stock.envelopes(in_use.envelopes[form.cleaned_data["kind"]], form.cleaned_data["addresses"])


def _labels(form: ListForm, in_use: Stock) -> bytes:
    given = form.cleaned_data
    return stock.labels(in_use.labels[given["kind"]], given["addresses"], given["skip"])


_PRINTED: dict[str, Callable[[ListForm, Stock], bytes]] = {"envelopes": _envelopes, "labels": _labels}
