"""Requests as every serializer gives them, and the statuses of answers."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple, Protocol

from ..errors import NeptuneError

Data = str | bytes

#: The id of an answer to what has none.
NO_ID: Final = "00000000-0000-0000-0000-000000000000"

SUCCESS: Final = 200
NO_CONTENT: Final = 204
PARTIAL_CONTENT: Final = 206

#: Status code of an error by its Neptune code. Observed are 500 for conflicts and 498 for what is
#: not supported; the others are TinkerPop's for the same case: 401 no access, 498 a malformed
#: request, 499 invalid arguments. Whatever is not here is 500.
ERROR_STATUSES: Final = {
    "AccessDeniedException": 401,
    "BadRequestException": 498,
    "MalformedQueryException": 498,
    "MissingParameterException": 499,
    "InvalidParameterException": 499,
    "QueryLimitException": 498,
    "QueryTooLargeException": 498,
    "UnsupportedOperationException": 498,
}
SERVER_ERROR: Final = 500


class Bytecode(NamedTuple):
    """A traversal as a client sends it: lists of ``(name, arg, …)``."""

    source_instructions: list[tuple[Any, ...]]
    step_instructions: list[tuple[Any, ...]]


class Request(NamedTuple):
    """One request."""

    id: str
    op: str
    processor: str
    args: dict[Any, Any]


class BadMessage(Exception):
    """A message that cannot be read; ``id`` is that of the request where so much could be read."""

    def __init__(self, reason: str, id: str = "") -> None:
        super().__init__(reason)
        self.id = id


class MessageSerializer(Protocol):
    """A format of messages."""

    def read(self, body: bytes) -> Request:
        """A request. Raises :class:`BadMessage`."""

    def write(self, id: str, status: int, text: str, values: list[Any] | None) -> Data:
        """An answer; ``values`` are results, None where there are none to be told."""


def error_text(error: NeptuneError, request_id: str) -> str:
    """The status message of an error: JSON without blanks, in which clients look for the code."""
    told = {
        "detailedMessage": error.message,
        "code": error.code,
        "requestId": request_id,
        "message": error.message,
    }
    return json.dumps(told, separators=(",", ":"))


def error_status(error: NeptuneError) -> int:
    """The status code of an error."""
    return ERROR_STATUSES.get(error.code, SERVER_ERROR)
