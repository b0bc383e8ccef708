"""The errors of the openCypher engine: one class, named as the openCypher TCK names errors.

Each error says its ``phase`` (compile time or runtime), ``kind`` (the TCK's type), ``detail``
(the TCK's detail) and the code of the Neptune exception that a caller of the Data API sees.
"""

from __future__ import annotations

from typing import Final, Literal

from ..errors import NeptuneError

Phase = Literal["compile time", "runtime"]

COMPILE: Final[Phase] = "compile time"
RUNTIME: Final[Phase] = "runtime"

MALFORMED: Final = "MalformedQueryException"
UNSUPPORTED: Final = "UnsupportedOperationException"
BAD_REQUEST: Final = "BadRequestException"

#: The Neptune exception of an error, by its detail or else its kind. Neptune's guide gives the
#: texts (access-graph-opencypher-exceptions); which class goes with them is partly our choice.
_CODES: Final[dict[str, str]] = {
    "SyntaxError": MALFORMED,
    "TypeError": MALFORMED,
    "ArgumentError": MALFORMED,
    "SemanticError": MALFORMED,
    "ParameterMissing": MALFORMED,
    "ProcedureError": UNSUPPORTED,
    "Unsupported": UNSUPPORTED,
    "EntityNotFound": BAD_REQUEST,
    "ConstraintVerificationFailed": BAD_REQUEST,
    "InvalidPropertyType": BAD_REQUEST,
    "DuplicateData": "ConstraintViolationException",
    "NumberOutOfRange": "InvalidNumericDataException",
    "ArithmeticError": "InvalidNumericDataException",
    "TimeLimit": "TimeLimitExceededException",
    "MemoryLimit": "MemoryLimitExceededException",
    "Cancelled": "CancelledByUserException",
    "InvalidParameter": "InvalidParameterException",
}


class CypherError(NeptuneError):
    """A query that was refused or that failed; nothing of it has happened."""

    def __init__(self, kind: str, detail: str, message: str, phase: Phase = RUNTIME) -> None:
        super().__init__(_CODES.get(detail) or _CODES[kind], message)
        self.kind = kind
        self.detail = detail
        self.phase: Phase = phase


_UNSUPPORTED: Final = "{} is not supported in this release"
#: Texts of checks that are made of the query's text and again while it runs.
MAP_EXPECTED: Final = "Expected Map for Set properties but didn't find one."
ENTITY_EXPECTED: Final = "Expected one of [node, relationship, path] but got a {}"
NEGATIVE_COUNT: Final = "{} must not be negative"


def format_position(text: str, offset: int) -> str:
    """``line 1, column 8 (offset: 7)`` for a place in a query; lines and columns from 1."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return f"line {line}, column {column} (offset: {offset})"


def compile_error(
    text: str, offset: int, detail: str, message: str, kind: str = "SyntaxError"
) -> CypherError:
    """An error of the query text, with its place at the end of the message."""
    return CypherError(kind, detail, f"{message} ({format_position(text, offset)})", COMPILE)


def nesting_error() -> CypherError:
    """The refusal of a query for which the interpreter's stack does not suffice."""
    return CypherError("SyntaxError", "NestingTooDeep", "The query nests too deeply", COMPILE)


def unsupported_error(text: str, offset: int, construct: str) -> CypherError:
    """The refusal of a construct that is valid elsewhere but not here."""
    message = _UNSUPPORTED.format(construct)
    return compile_error(text, offset, "Unsupported", message, "Unsupported")


def unplaced_unsupported_error(construct: str, phase: Phase = RUNTIME) -> CypherError:
    """As :func:`unsupported_error`, where no place in the text can be named."""
    message = _UNSUPPORTED.format(construct)
    return CypherError("Unsupported", "Unsupported", message, phase)


def type_error(message: str, detail: str = "InvalidArgumentValue") -> CypherError:
    """A value of a wrong type, met while the query ran."""
    return CypherError("TypeError", detail, message)


def argument_error(function: str, type_name: str) -> CypherError:
    """A function's argument of a type that it cannot take."""
    return type_error(f"{function}() cannot take a value of type {type_name}")


def boolean_error(type_name: str) -> CypherError:
    """A predicate, or an operand of AND, OR, XOR and NOT, that is no boolean."""
    return type_error(f"Expected a Boolean but was {type_name}", "InvalidArgumentType")


def deleted_error(element_id: str) -> CypherError:
    """Access to an element that the same query deleted."""
    message = f"Element {element_id} was deleted in this query"
    return CypherError("EntityNotFound", "DeletedEntityAccess", message)


def division_error() -> CypherError:
    """An integer divided by zero."""
    return CypherError("ArithmeticError", "DivisionByZero", "/ by zero")
