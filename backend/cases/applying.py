"""Who applies for a grant: a body that a decision can be sent to, asked when the application comes in."""

from typing import Any

from django.utils.translation import gettext as _

from backend.cases.consulting import Asked, consults
from backend.cases.errors import NotPossible
from backend.people.models import Organisation

GRANTING = "city_section"  # the offices that grant; every other body may apply


@consults("applicant", reads=("applicant",))
def applicant(asked: Asked) -> dict[str, Any]:
    """The organisation that applies. Raises `NotPossible` where no decision could be sent to it."""
    row = Organisation.objects.filter(code=asked.answers.get("applicant", "")).first()
    if row is None:
        raise NotPossible(_("The organisation that applies is not registered. Register it first."))
    if row.type == GRANTING:
        raise NotPossible(_("A section of the city grants and does not apply. Choose who applied."))
    if not row.address:
        raise NotPossible(_("The organisation that applies has no address, where the decision goes. Add it."))
    return {"code": row.code}
