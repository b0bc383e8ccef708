"""Requests and answers, whichever way they come and go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..errors import OUR_CHOICE, ErrorCatalog

#: The largest request that the engine reads, in bytes (user guide, errors-engine-codes).
MAX_REQUEST_BYTES: Final = 157_286_400

#: The errors of requests that never reach an operation.
HTTP_ERRORS: Final = ErrorCatalog(
    {
        "body": ("BadRequestException", "Failed to read request body", OUR_CHOICE),
        "size": (
            "BadRequestException",
            f"Request size exceeds max allowed value of {MAX_REQUEST_BYTES} bytes.",
            "user guide, errors-engine-codes",
        ),
        "method": (
            "MethodNotAllowedException",
            "The method {method} is not allowed for {path}",
            OUR_CHOICE,
        ),
        "path": (
            "ResourceNotFoundException",
            "There is no operation at {method} {path}",
            OUR_CHOICE,
        ),
        "region": (
            "BadRequestException",
            "There is no region {region}; set MOTO_ALLOW_NONEXISTENT_REGION=true to have moto "
            "allow it",
            OUR_CHOICE,
        ),
        "unsupported": (
            "UnsupportedOperationException",
            "{name} is not supported by moto_neptunedata",
            OUR_CHOICE,
        ),
    }
)


@dataclass(slots=True)
class HttpRequest:
    """A request as it came: ``path`` still percent-encoded, ``headers`` case-insensitive."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


Answer = tuple[int, dict[str, str], bytes]


class RawBody(NamedTuple):
    """A body that is ready to be sent."""

    body: bytes
    content_type: str
