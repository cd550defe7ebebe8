"""What the keeping of persons' records answers when it does not do what was asked. Nothing was written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backend.access import Decision


class KeepingError(Exception):
    """The record was not changed."""

    status = 400


class Refused(KeepingError):  # noqa: N818 - reads as what it says
    """The policies do not allow it; `decision` says why and what would make it possible."""

    status = 403

    def __init__(self, decision: "Decision") -> None:
        super().__init__()
        self.decision = decision

    def __str__(self) -> str:
        return str(_("This is not yours to do."))


class NotNow(KeepingError):  # noqa: N818 - reads as what it says
    """It cannot be done with the records as they are; the message says what to do."""

    status = 409


class Changed(KeepingError):  # noqa: N818 - reads as what it says
    """Somebody else changed the record since it was shown; `fields` are those that differ now."""

    status = 409

    def __init__(self, fields: Sequence[str] = ()) -> None:
        super().__init__()
        self.fields = tuple(fields)

    def __str__(self) -> str:
        return str(_("Somebody else changed this record first. Your input is kept; look at what differs."))
