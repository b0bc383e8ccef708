"""The ways in which the Gremlin engine refuses a query, each with one of Neptune's error codes.

Texts: Neptune user guide, "Errors" (``errors-engine-codes``); TinkerPop where it raises itself.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ..errors import NeptuneError


class ErrorText(NamedTuple):
    """What one refusal says."""

    code: str
    text: str
    source: str


_CODES: Final = "Neptune user guide, errors-engine-codes"
_DIFFERENCES: Final = "Neptune user guide, access-graph-gremlin-differences"
_TINKERPOP: Final = "TinkerPop"
_OURS: Final = "our choice"

#: The texts that more than one place needs, and those that belong to a code.
TEXTS: Final[dict[str, ErrorText]] = {
    "timed out": ErrorText(
        "TimeLimitExceededException", "The request processing timed out.", _CODES
    ),
    "cancelled": ErrorText(
        "CancelledByUserException",
        "The request processing was cancelled by an authorized client.",
        _CODES,
    ),
    "memory": ErrorText(
        "MemoryLimitExceededException",
        "The request processing did not succeed due to lack of memory, "
        "but can be retried when the server is less busy.",
        _CODES,
    ),
    "parse": ErrorText(
        "MalformedQueryException",
        "Query parsing failed at line {line}, character position at {column}, "
        "error message : {reason}",
        _CODES,
    ),
    "query depth": ErrorText("MalformedQueryException", "the query is nested too deeply", _OURS),
    "result depth": ErrorText("FailureByQueryException", "the result is nested too deeply", _OURS),
    "meta property": ErrorText(
        "UnsupportedOperationException",
        "Properties on a vertex property are not supported",
        _DIFFERENCES,
    ),
    "list cardinality": ErrorText(
        "UnsupportedOperationException", "List cardinality is not supported", _DIFFERENCES
    ),
    "string id": ErrorText(
        "InvalidParameterException", "Neptune supports only string ids, not {id!r}", _DIFFERENCES
    ),
    "date": ErrorText("FailureByQueryException", "Can't parse {value} as Date.", _TINKERPOP),
    "no value": ErrorText(
        "FailureByQueryException",
        "The provided traverser does not map to a value: {value!r}",
        _TINKERPOP,
    ),
    "concat": ErrorText(
        "FailureByQueryException",
        "String concat() can only take string as argument",
        _TINKERPOP,
    ),
}


class GremlinError(NeptuneError):
    """Base of every error of this package; subclasses fix the code."""

    CODE = "FailureByQueryException"

    def __init__(self, message: str) -> None:
        super().__init__(self.CODE, message)


class ParseError(GremlinError):
    """A text that is not Gremlin. ``line`` counts from 1, ``column`` from 0."""

    CODE = TEXTS["parse"].code

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(TEXTS["parse"].text.format(line=line, column=column, reason=reason))
        self.line = line
        self.column = column


class InvalidQuery(GremlinError):
    """A text that parses, but whose traversal cannot be built."""

    CODE = "MalformedQueryException"


class Unsupported(GremlinError):
    """A step or feature that Neptune, or this engine, does not have; the text names it."""

    CODE = "UnsupportedOperationException"


class QueryFailed(GremlinError):
    """A traversal that fails while it runs."""

    CODE = "FailureByQueryException"


class BadArgument(GremlinError):
    """A value that a step cannot take."""

    CODE = "InvalidParameterException"


class ConstraintViolation(GremlinError):
    """A change that would break the uniqueness of ids, or the ends of an edge."""

    CODE = "ConstraintViolationException"


class TimeLimitExceeded(GremlinError):
    """A query that ran longer than its timeout."""

    CODE = TEXTS["timed out"].code

    def __init__(self) -> None:
        super().__init__(TEXTS["timed out"].text)


class MemoryLimitExceeded(GremlinError):
    """A query that holds more traversers or values than it may."""

    CODE = TEXTS["memory"].code

    def __init__(self) -> None:
        super().__init__(TEXTS["memory"].text)


class CancelledByUser(GremlinError):
    """A query that was cancelled while it ran."""

    CODE = TEXTS["cancelled"].code

    def __init__(self) -> None:
        super().__init__(TEXTS["cancelled"].text)
