"""Errors as `application/problem+json` (RFC 9457): one place turns whatever went wrong into one.

`code` is stable and for programs; `title` and `detail` are for people, in the language asked for.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend import access
from backend.cases.errors import AnswersWrong, Conflict, DoorError, NotFound, NotPossible, Refused
from backend.definitions.canonical import NotCanonical
from backend.definitions.store import NotPublished

MEDIA_TYPE = "application/problem+json"
_CODES = {"error": "unreadable", "parse_error": "unreadable", "permission_denied": "forbidden"}
log = logging.getLogger("backend.api")


class ApiProblem(exceptions.APIException):
    """A problem the API itself finds in a request; `more` are extension members of the document."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail, code)
        self.status_code, self.code, self.more = status, code, more


def wrong(name: str, message: str) -> ApiProblem:
    """A 400 problem about one query parameter."""
    problems = [{"path": f"?{name[:60]}", "code": "invalid", "message": message}]
    return ApiProblem(400, "invalid", message, problems=problems)


def language() -> str:
    """The language of this request: `ja` or `en`."""
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """The one exception handler of the API (`EXCEPTION_HANDLER`)."""
    set_rollback()
    if isinstance(error, DoorError):
        return _door(error)
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    found = _known(error)
    if found is None:
        # No locals, no message: they may hold personal data. The signal lets monitors (and tests) see it.
        log.error("api failure: %s in %s", type(error).__name__, type(context.get("view")).__name__)
        signals.got_request_exception.send(sender=None, request=context.get("request"))
        found = 500, "failed", _("Something went wrong here. Nothing was changed; try again later.")
    status, code, detail = found
    response = document(status, code, detail)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def document(
    status: int, code: str, detail: str, more: Mapping[str, Any] | None = None, title: str = ""
) -> Response:
    """A problem document as a response."""
    body = {"type": f"urn:tsunagu:problem:{code}", "title": title or _titles(status), "status": status}
    return Response({**body, "code": code, "detail": detail, **(more or {})}, status, content_type=MEDIA_TYPE)


def _titles(status: int) -> str:
    return {
        400: _("The request could not be read."),
        401: _("Sign in first."),
        403: _("This is not yours to do."),
        404: _("Nothing is here for you."),
        405: _("This address does not take that method."),
        409: _("This cannot be done now."),
        412: _("Somebody else changed this first."),
        413: _("The request is too large."),
        415: _("Send JSON."),
        422: _("Something needs to be corrected."),
        429: _("Too many requests. Wait a little."),
        503: _("The office is busy. Try again in a moment."),
    }.get(status, _("It did not work."))


def _door(error: DoorError) -> Response:
    more: dict[str, Any] = {}
    match error:
        case AnswersWrong():
            more = {"problems": [_problem(found) for found in error.problems]}
        case Refused():
            more = refusal(error.decision)
        case Conflict() if error.revision is not None:
            more = {"revision": error.revision}
    detail = str(error)
    if isinstance(error, NotPossible | NotFound):
        return document(error.status, error.code, detail, more)
    return document(error.status, error.code, detail, more, title=str(error.message))


def refusal(decision: access.Decision) -> dict[str, Any]:
    """Why a decision went as it did, each reason with its article, and what would make it possible."""
    lang = language()
    told = access.explain(decision, lang)
    reasons = [
        {"rule": reason.id, "text": reason.en if lang == "en" else reason.ja, "cite": reason.cite}
        for reason in decision.reasons
    ]
    spoken = reasons or [{"rule": "", "text": text, "cite": ""} for text in told.because]
    return {"reasons": spoken, "help": told.help}


def _problem(found: Any) -> dict[str, str]:
    return {
        "path": pointer(found.path),
        "code": found.code,
        "message": found.en if language() == "en" else found.ja,
    }


def pointer(path: Sequence[object]) -> str:
    """A path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _framework(error: exceptions.APIException) -> Response:
    """An error of Django REST framework."""
    if isinstance(error, ApiProblem):
        return document(error.status_code, error.code, str(error.detail), error.more)
    if isinstance(error, exceptions.ValidationError):
        problems = list(_fields(error.get_full_details(), ()))
        detail = " ".join(dict.fromkeys(found["message"] for found in problems))
        return document(400, "invalid", detail, {"problems": problems})
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    code = {"error": "unreadable", "parse_error": "unreadable", "permission_denied": "forbidden"}.get(
        code, code
    )
    response = document(error.status_code, code, str(error.detail))
    for header, value in (("WWW-Authenticate", "auth_header"), ("Retry-After", "wait")):
        if getattr(error, value, None):
            response[header] = str(getattr(error, value))
    return response


def _fields(details: Any, path: tuple[object, ...]) -> Any:
    """The flat list of what a serializer found, each with the place."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"path": pointer(path), "code": str(details["code"]), "message": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _fields(inner, path if name == "non_field_errors" else (*path, name))
    else:
        for index, inner in enumerate(details):
            flat = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _fields(inner, path if flat else (*path, index))


def _known(error: Exception) -> tuple[int, str, str] | None:
    """Errors of Django, the database and the definitions that have a meaning for a client."""
    for kinds, (status, code) in _KNOWN.items():
        if isinstance(error, kinds):
            detail = str(error) if isinstance(error, NotCanonical) else _titles(status)
            return status, code, detail
    return None


_KNOWN: dict[tuple[type[Exception], ...], tuple[int, str]] = {
    (Http404,): (404, "not_found"),
    (NotPublished,): (404, "not_published"),
    (PermissionDenied,): (403, "forbidden"),
    (RequestDataTooBig,): (413, "too_large"),
    (SuspiciousOperation, NotCanonical, DataError): (400, "unreadable"),
    (OperationalError, psycopg.OperationalError): (503, "busy"),
}
