"""What the door answers when it does not open. The docstring is the English message; `ja` the Japanese one.

Every error carries a stable `code` and the HTTP `status` that fits it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backend.access import Decision
    from backend.answers.problems import Problem
    from backend.workflow.rules import Unmet


class DoorError(Exception):
    """The action was not done; nothing was written.

    `afterwards` writes what must be kept of a refusal, once the transaction that found it so is undone.
    """

    afterwards: Callable[[], None] | None = None
    code: ClassVar[str] = "not_done"
    status: ClassVar[int] = 400
    message = _("The action was not done. Nothing was changed.")

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DoorError):
    """There is no such thing that you may see."""

    code, status = "not_found", 404
    message = _("There is no such thing, or you may not see it.")


class Refused(DoorError):
    """The policies do not allow it; `decision` says why and what would make it possible."""

    code, status = "refused", 403
    message = _("This is not yours to do.")

    def __init__(self, decision: "Decision") -> None:
        super().__init__()
        self.decision = decision


class NotPossible(DoorError):
    """The case is not in a state in which this can be done; `reason` says what is missing.

    `unmet` are the guards that do not hold, where it was guards that said no.
    """

    code, status = "not_possible", 409
    message = _("This cannot be done now.")

    def __init__(self, reason: str, unmet: "Sequence[Unmet]" = ()) -> None:
        super().__init__()
        self.reason = reason
        self.unmet = tuple(unmet)

    def __str__(self) -> str:
        return self.reason


class AnswersWrong(DoorError):
    """The answers do not fit the form; `problems` names each field and what to do."""

    code, status = "answers_wrong", 422
    message = _("Some answers need to be corrected.")

    def __init__(self, problems: "Sequence[Problem]") -> None:
        super().__init__()
        self.problems = tuple(problems)


class Conflict(DoorError):
    """Somebody else changed the case first; `revision` is what it is now."""

    code, status = "conflict", 409
    message = _("Somebody else changed this first. Your input is kept; look at what changed and try again.")

    def __init__(self, revision: int | None = None) -> None:
        super().__init__()
        self.revision = revision


class KeyReused(DoorError):
    """The same idempotency key came with a different request."""

    code, status = "key_reused", 422
    message = _("This key was used for a different request. Use a new key for a new request.")


class KeyMissing(DoorError):
    """A request that changes something needs an idempotency key of 8 to 120 characters."""

    code, status = "key_missing", 400
    message = _("Send an Idempotency-Key of 8 to 120 visible ASCII characters.")
