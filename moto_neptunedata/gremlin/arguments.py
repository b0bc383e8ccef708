"""Reading the arguments of calls. What a step cannot take raises ``MalformedQueryException``."""

from __future__ import annotations

from .ast import Call
from .errors import InvalidQuery
from .values import Value


def check_no_arguments(call: Call) -> None:
    """Refuse arguments."""
    if call.args:
        raise InvalidQuery(f"{call.name}() takes no arguments")


def read_texts(
    call: Call, args: tuple[Value, ...] | None = None, *, nulls: bool = False
) -> list[Value]:
    """The arguments, which must be texts."""
    found = list(call.args if args is None else args)
    for arg in found:
        if not isinstance(arg, str) and not (nulls and arg is None):
            raise InvalidQuery(f"{call.name}() takes texts, not {arg!r}")
    return found


def read_whole_number(call: Call, arg: Value) -> int:
    """The argument, which must be a whole number."""
    if not isinstance(arg, int) or isinstance(arg, bool):
        raise InvalidQuery(f"{call.name}() takes whole numbers, not {arg!r}")
    return int(arg)


def check_argument_count(call: Call, low: int, high: int) -> None:
    """Refuse fewer or more arguments."""
    if not low <= len(call.args) <= high:
        expected = str(low) if low == high else f"{low} to {high}"
        raise InvalidQuery(f"{call.name}() takes {expected} arguments, not {len(call.args)}")
