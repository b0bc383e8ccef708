"""The ways in which the Gremlin engine refuses a query, each with one of Neptune's error codes.

Texts: Neptune user guide, "Errors" (``errors-engine-codes``); TinkerPop where it raises itself.
"""

from __future__ import annotations

from ..errors import NeptuneError


class GremlinError(NeptuneError):
    """Base of every error of this package; subclasses fix the code."""

    CODE = "FailureByQueryException"

    def __init__(self, message: str) -> None:
        super().__init__(self.CODE, message)


class ParseError(GremlinError):
    """A text that is not Gremlin. ``line`` counts from 1, ``column`` from 0."""

    CODE = "MalformedQueryException"

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(
            f"Query parsing failed at line {line}, character position at {column}, "
            f"error message : {reason}"
        )
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

    CODE = "TimeLimitExceededException"

    def __init__(self) -> None:
        super().__init__("The request processing timed out.")


class MemoryLimitExceeded(GremlinError):
    """A query that holds more traversers or values than it may."""

    CODE = "MemoryLimitExceededException"

    def __init__(self) -> None:
        super().__init__(
            "The request processing did not succeed due to lack of memory, "
            "but can be retried when the server is less busy."
        )


class CancelledByUser(GremlinError):
    """A query that was cancelled while it ran."""

    CODE = "CancelledByUserException"

    def __init__(self) -> None:
        super().__init__("The request processing was cancelled by an authorized client.")
