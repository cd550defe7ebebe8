"""How the views are described in the OpenAPI document."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from backend.api.documents import ProblemDoc

F = TypeVar("F", bound=Callable[..., Any])
_MEANINGS = {
    400: "The request could not be read: JSON, fields or parameters are wrong.",
    401: "No valid token or session.",
    403: "Refused; for a visible thing the reasons and what would help are given.",
    404: "There is no such thing, or you may not see it: the two are told the same way.",
    405: "Not a method of this address.",
    409: "Not possible now, or somebody else was faster (`revision` is what it is now).",
    413: "More than 2 MB.",
    415: "Not application/json.",
    422: "Answers need to be corrected, or a key was used for another request.",
    503: "Busy; try again.",
}
MEMBER = OpenApiParameter(
    "Tsunagu-Member",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="As which of your members you act; without it the one longest in office.",
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{8,120}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="8 to 120 visible ASCII characters. The same key with the same request is done once.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    OpenApiParameter.HEADER,
    description='The ETag you saw, such as "3".',
)
PAGING = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` of the page before."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 100 rows; 25 without."),
]


class _Closed(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # comes without types
    """A request body takes no other field than those it names, and the description says so."""

    target_class = "backend.api.reading.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        found = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**found, "additionalProperties": False}


def by_id(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Addresses as documents write them: `{id}` (a preprocessing hook of drf-spectacular)."""
    return [(path.replace("{pk}", "{id}"), regex, method, view) for path, regex, method, view in endpoints]


def order(*names: str) -> OpenApiParameter:
    return OpenApiParameter("order", OpenApiTypes.STR, enum=list(names), description="The first without it.")


def described(
    answer: Any,
    *,
    says: str,
    status: int = 200,
    errors: tuple[int, ...] = (),
    parameters: list[Any] | None = None,
    body: Any = None,
    media: tuple[str, ...] = (),
    **more: Any,
) -> Callable[[F], F]:
    """`extend_schema` with the problem documents and headers every view has."""
    problems = {
        (code, "application/problem+json"): OpenApiResponse(ProblemDoc, _MEANINGS[code])
        for code in sorted({400, 401, 403, 404, 503, *errors})
    }
    fine: dict[Any, Any] = {(status, *media) if media else status: answer}
    responses = {**fine, **problems}
    decorate: Callable[[F], F] = extend_schema(
        summary=says, responses=responses, request=body, parameters=[*(parameters or []), MEMBER], **more
    )
    return decorate


def listing(name: str, row: type[serializers.Serializer[Any]]) -> Any:
    """A page of a list."""
    return inline_serializer(name, {"next": serializers.URLField(allow_null=True), "results": row(many=True)})
