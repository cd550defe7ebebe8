"""What every view of the API shares: who acts, when, and how answers leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.access import MemberFacts
from backend.api.problem import ApiProblem
from backend.cases.errors import NotFound
from backend.cases.visible import Sight
from backend.passkeys import session
from backend.people.acting import members_of
from backend.people.models import Member, User

MEMBER_HEADER = "Tsunagu-Member"


class ApiView(APIView):
    """A view for somebody who acts as a member whose term covers today.

    The term is looked up for every request, so that its end closes tokens and sessions at once. `parameters`
    names the query parameters it takes; any other is refused, because a mistyped filter must not show more.
    """

    parameters: frozenset[str] = frozenset()

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def member(self) -> Member:
        """As whom the request acts."""
        return acting_member(self.request, self.now)

    @cached_property
    def facts(self) -> MemberFacts:
        return self.member.facts()

    @cached_property
    def sight(self) -> Sight:
        return Sight(self.facts, self.now)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.member  # noqa: B018 - whoever is nobody today goes no further
        if any("\0" in str(part) for part in kwargs.values()):
            raise NotFound  # the database would refuse even to look
        unknown = sorted(set(request.query_params) - self.parameters)
        if unknown:
            problems = [
                {"path": f"?{name[:60]}", "code": "unknown", "message": _("There is no such parameter here.")}
                for name in unknown[:20]
            ]
            raise ApiProblem(400, "invalid", _("There is no such parameter here."), problems=problems)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-store"
        return final


def acting_member(request: Request, now: datetime) -> Member:
    """The member named in `Tsunagu-Member`, or the user's longest in office.

    Raises a 403 problem: `no_member` for nobody in office today, `not_your_member` for somebody else's id,
    `second_factor` for a session of the pages without the one its office demands. A token is no session.
    """
    user = request.user
    members = members_of(user, timezone.localdate(now)) if isinstance(user, User) else []
    if not members:
        request._request.session.flush()  # a term that is over ends the session, not only this request
        raise ApiProblem(403, "no_member", _("You hold no office today. Ask the secretariat."))
    if request.auth is None and session.lacks_second(request._request, members):
        raise ApiProblem(
            403, "second_factor", _("This office asks for a passkey as well. Sign in with yours.")
        )
    wanted = request.headers.get(MEMBER_HEADER)
    if wanted is None:
        return members[0]
    found = next((member for member in members if str(member.id) == wanted.strip().lower()), None)
    if found is None:
        raise ApiProblem(403, "not_your_member", _("You cannot act as this member."))
    return found


def etag(revision: int) -> str:
    """The entity tag of a case at a revision."""
    return f'"{revision}"'


def seen_revision(request: Request, given: int | None) -> int | None:
    """The revision the client saw, from the body or `If-Match`. Raises a 400 problem when they differ."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return given
    text = header.strip().strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ApiProblem(400, "invalid", _('If-Match must be the ETag of the case, such as "3".'))
    if given is not None and given != int(text):
        raise ApiProblem(400, "invalid", _("The revision and If-Match differ. Send one of them."))
    return int(text)


def key_of(request: Request) -> str:
    """The idempotency key as sent; the door refuses an unusable one."""
    return str(request.headers.get("Idempotency-Key", ""))


def uuid_of(text: object) -> UUID | None:
    """A UUID, or None for whatever else was written."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


@extend_schema(exclude=True)
class Missing(ApiView):
    """Every address of the API that is none."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ApiProblem(
            404, "not_found", _("There is no such address. Addresses end with a slash; see /api/docs/.")
        )

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotImplementedError  # pragma: no cover - initial refuses first

    post = put = patch = delete = get
