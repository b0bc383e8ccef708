"""The arithmetic operators on values; integers stay within 64 bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from .errors import CypherError, division_error, type_error
from .functions import COMMON
from .limits import MAX_LENGTH, memory_error
from .temporal import TEMPORAL_TYPES, Duration, add_duration
from .values import FLOATS, INTEGERS, NUMBERS, Value, check_integer, get_type_name

_to_string: Final = COMMON["tostring"].call


def add(left: Value, right: Value) -> Value:
    """``+``: numbers, strings (with anything that prints), lists (with anything)."""
    kind, other = type(left), type(right)
    if kind is int and other is int:
        return check_integer(left + right)
    if left is None or right is None:
        return None
    if kind in NUMBERS and other in NUMBERS:
        total = left + right
        return check_integer(total) if type(total) is int else total
    if kind is list or other is list:
        joined = (left if kind is list else [left]) + (right if other is list else [right])
        return _check_length(joined)
    if (kind is str and (other is str or other in NUMBERS)) or (other is str and kind in NUMBERS):
        return _check_length(_to_string(left) + _to_string(right))
    if kind in TEMPORAL_TYPES and other is Duration:
        return add_duration(left, right)
    if kind is Duration and other in TEMPORAL_TYPES:
        return add_duration(right, left)
    raise _mismatch_error("+", left, right)


def _check_length(made: Value) -> Value:
    if len(made) > MAX_LENGTH:
        raise memory_error()
    return made


def _mismatch_error(op: str, left: Value, right: Value) -> CypherError:
    return type_error(
        f"Cannot compute {get_type_name(left)} {op} {get_type_name(right)}", "InvalidArgumentType"
    )


def _make_numeric(
    op: str, whole: Callable[[int, int], Value], real: Callable[[float, float], float]
) -> Callable[[Value, Value], Value]:
    def compute(left: Value, right: Value) -> Value:
        if left is None or right is None:
            return None
        kind, other = type(left), type(right)
        if kind in INTEGERS and other in INTEGERS:
            return whole(left, right)
        if kind in NUMBERS and other in NUMBERS:
            return real(float(left), float(right))
        raise _mismatch_error(op, left, right)

    return compute


def _divide_whole(left: int, right: int) -> int:
    if right == 0:
        raise division_error()
    quotient = abs(left) // abs(right)
    return check_integer(quotient if (left < 0) == (right < 0) else -quotient)


def _divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or left != left:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _modulo_whole(left: int, right: int) -> int:
    if right == 0:
        raise division_error()
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _modulo(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except ValueError:
        return math.inf if left == 0 else math.nan
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf


#: operator -> function of two values
ARITHMETIC: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "+": add,
    "-": _make_numeric("-", lambda a, b: check_integer(int(a) - b), lambda a, b: a - b),
    "*": _make_numeric("*", lambda a, b: check_integer(int(a) * b), lambda a, b: a * b),
    "/": _make_numeric("/", _divide_whole, _divide),
    "%": _make_numeric("%", _modulo_whole, _modulo),
    "^": _make_numeric("^", lambda a, b: _power(float(a), float(b)), _power),
}


def negate(value: Value) -> Value:
    """Unary ``-``."""
    if value is None:
        return None
    kind = type(value)
    if kind in INTEGERS:
        return check_integer(-value)
    if kind in FLOATS:
        return -float(value)
    raise type_error(f"Cannot negate a {get_type_name(value)}", "InvalidArgumentType")
