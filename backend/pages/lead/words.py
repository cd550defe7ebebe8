"""Figures, times and states of the board in words."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend import access
from backend.answers.eras import era_date
from backend.catalogue import loading
from backend.figures import gate
from backend.figures.counting import APRIL
from backend.figures.reading import Figure
from backend.pages.acting import Acting
from backend.people.models import Area

HOUR, DAY = 60, 24 * 60  # in minutes


def leader(acting: Acting) -> Acting:
    """Whoever leads the section. Raises PermissionDenied for everybody else."""
    if not gate.may(acting.facts, acting.now):
        raise PermissionDenied
    return acting


def least() -> int:
    """The smallest figure about residents that is told."""
    return int(access.current().settings["small_cell"])


def told(figure: Figure) -> str:
    """A figure as it may be shown."""
    if figure.mark == "small":
        return _("under %(least)d") % {"least": least()}
    return "＊" if figure.mark else f"{figure.value:,}"


def took(minutes: int) -> str:
    """How long something took, in the unit people would say."""
    if minutes < HOUR:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < DAY:
        return _("%(n)s hours") % {"n": f"{minutes / HOUR:.1f}"}
    return _("%(n)s days") % {"n": f"{minutes / DAY:.1f}"}


def state(qualified: str, lang: str) -> str:
    """A state with its workflow as they are called now; its code where there is no such state any more."""
    workflow, _dot, name = qualified.partition(".")
    known = loading.use().workflows.get(workflow)
    if known is None or name not in known.states:
        return qualified
    between = "・" if lang == "ja" else ": "
    return f"{known.title.in_language(lang)}{between}{known.states[name].title.in_language(lang)}"


def short(area: Area, district: Area | None) -> str:
    """The name of an area within its district."""
    return (area.name.removeprefix(district.name) if district else "") or area.name


def year(fiscal: int, lang: str) -> str:
    """A fiscal year, as 令和8年度."""
    if lang == "en":
        return f"Fiscal year {fiscal}"
    return f"{era_date(date(fiscal, APRIL, 1), lang).partition('年')[0]}年度"
