"""Forms of pages that are no case: a few fields with the same look and the same errors as every form.

What is asked about a case is a published form (`backend.answers`); a register is kept outside of cases, and
its words need no version.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.answers.eras import DateNotRead, parse_date, shown_date
from backend.pages import wording


class DayField(forms.CharField):
    """A day in any spelling people use: 令和8年12月1日, R8.12.1, 2026-12-01."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("Such as 令和8年12月1日, R8.12.1 or 2026-12-01"))
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_date(typed)
        except DateNotRead as wrong:
            raise forms.ValidationError(wrong.told.of(wording.language())) from None

    def prepare_value(self, value: Any) -> Any:
        """As the reader's other dates are written."""
        if not isinstance(value, date):
            return value
        return shown_date(value) if wording.language() == "ja" else value.isoformat()


class Form(forms.Form):
    """A form whose errors say what to do."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*given, **options)
        for field in self.fields.values():
            field.error_messages |= {
                "required": gettext("Fill in “%(label)s”.") % {"label": field.label},
                "invalid_choice": gettext("Choose one of the list."),
            }


def text(label: Any, most: int, **options: Any) -> forms.CharField:
    """One line."""
    return forms.CharField(label=label, max_length=most, **options)


def long_text(label: Any, most: int, **options: Any) -> forms.CharField:
    """Some lines."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": 3}), **options)


def one_of(label: Any, choices: Callable[[], Iterable[Any]] | Iterable[Any], **options: Any) -> Any:
    """One of a list, none of it chosen beforehand."""
    return forms.ChoiceField(label=label, choices=choices, **options)


def some_of(label: Any, choices: Callable[[], Iterable[Any]] | Iterable[Any], **options: Any) -> Any:
    """At least one of a list, as boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **options
    )
