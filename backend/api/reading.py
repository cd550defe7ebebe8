"""How a request is read: strict JSON and nothing else, and every answer is JSON."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser

from backend.api import strict_json
from backend.api.problem import ApiProblem


class StrictJson(BaseParser):
    """`application/json` by `backend.api.strict_json`, up to DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(most + 1)
        if len(data) > most:
            raise ApiProblem(413, "too_large", _("Send at most %(most)s bytes.") % {"most": most})
        try:
            return strict_json.loads(data)
        except strict_json.NotJson as error:
            raise ApiProblem(400, "unreadable", error.what, line=error.line) from None


class OnlyJson(BaseContentNegotiation):
    """Answers are JSON whatever the client would like better (RFC 9110, 12.5.1 allows it)."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        given = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Words(serializers.CharField):
    """A text that really is one: no number is turned into it, nothing is trimmed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number that really is one: neither "3" nor true."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Body(serializers.Serializer[Any]):
    """A request body. What it does not declare is refused by name, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {
                        str(name)[:60]: [
                            serializers.ErrorDetail(_("There is no such field here. Take it out."), "unknown")
                        ]
                        for name in unknown[:20]
                    }
                )
        return super().to_internal_value(data)
