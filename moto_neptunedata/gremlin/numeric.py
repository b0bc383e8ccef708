"""Arithmetic between numbers of different sizes.

Source: TinkerPop ``NumberHelper``: the result has the larger of both types, a fraction makes it a
floating-point number of at least the larger size. A whole number that no longer fits moves on to
the next larger type; beyond 64 bits there is an error rather than a wrapped result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, DivisionByZero, InvalidOperation
from struct import pack, unpack
from typing import Final

from ..graph import Byte, Float, Int, Short
from .comparability import compare, is_number
from .errors import QueryFailed
from .values import BigInteger, Value

_BITS: Final[dict[type, int]] = {
    Byte: 8,
    Short: 16,
    Int: 32,
    int: 64,
    BigInteger: 128,
    Float: 32,
    float: 64,
    Decimal: 128,
}
_WHOLE: Final = ((8, Byte), (16, Short), (32, Int), (64, int), (128, BigInteger))


def whole(value: int, bits: int) -> int:
    """``value`` as a whole number of at least ``bits`` bits."""
    for size, kind in _WHOLE:
        if size >= bits and (size == 128 or -(1 << (size - 1)) <= value < 1 << (size - 1)):
            if size == 128 and bits < 128:
                raise QueryFailed("long overflow")
            return kind(value)
    raise AssertionError("every number fits the last type")


def to_float32(value: float) -> Float:
    """Rounded to 32 bits; what is too large becomes infinite, as in Java."""
    try:
        return Float(unpack("f", pack("f", value))[0])
    except OverflowError:
        return Float("inf" if value > 0 else "-inf")


def _fraction(value: Value, bits: int) -> Value:
    if bits == 32:
        return to_float32(float(value))
    return float(value) if bits == 64 else Decimal(value)


def _common(left: Value, right: Value) -> tuple[bool, int]:
    """Whether the result has a fraction, and its bits."""
    fraction = isinstance(left, (float, Decimal)) or isinstance(right, (float, Decimal))
    bits = max(_BITS[type(left)], _BITS[type(right)])
    return fraction, max(bits, 32) if fraction else bits


def _operate(left: Value, right: Value, name: str) -> Value:
    if not is_number(left) or not is_number(right):
        odd = right if is_number(left) else left
        raise QueryFailed(f"{java_class(odd)} cannot be cast to class java.lang.Number")
    fraction, bits = _common(left, right)
    if not fraction:
        return whole(_WHOLE_OPERATIONS[name](int(left), int(right)), bits)
    if bits == 128:
        return _FRACTION_OPERATIONS[name](_decimal(left), _decimal(right))
    return _fraction(_FRACTION_OPERATIONS[name](float(left), float(right)), bits)


def _decimal(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _whole_divide(left: int, right: int) -> int:
    if right == 0:
        raise QueryFailed("/ by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _fraction_divide(left: Value, right: Value) -> Value:
    try:
        return left / right
    except (ZeroDivisionError, DivisionByZero, InvalidOperation):
        if isinstance(left, Decimal):
            raise QueryFailed("/ by zero") from None
        if left == 0 or left != left:
            return float("nan")
        negative = (left < 0) != (str(right)[0] == "-")
        return float("-inf") if negative else float("inf")


_WHOLE_OPERATIONS: Final[dict[str, Callable[[int, int], int]]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _whole_divide,
}
_FRACTION_OPERATIONS: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _fraction_divide,
}


def add(left: Value, right: Value) -> Value:
    """The sum; a null counts as nothing."""
    if left is None or right is None:
        return right if left is None else left
    return _operate(left, right, "add")


def subtract(left: Value, right: Value) -> Value:
    """The difference; null where one of them is."""
    if left is None or right is None:
        return left
    return _operate(left, right, "sub")


def multiply(left: Value, right: Value) -> Value:
    """The product."""
    if left is None or right is None:
        return left
    return _operate(left, right, "mul")


def divide(left: Value, right: Value) -> Value:
    """The quotient; of two whole numbers a whole number, cut off towards zero."""
    if left is None or right is None:
        return left
    return _operate(left, right, "div")


def smaller(left: Value, right: Value) -> Value:
    """The smaller of two values, null and NaN giving way to others."""
    return _extreme(left, right, -1)


def larger(left: Value, right: Value) -> Value:
    """The larger of two values, null and NaN giving way to others."""
    return _extreme(left, right, 1)


def _extreme(left: Value, right: Value, sign: int) -> Value:
    if left is None or left != left:
        return right if right is not None else left
    if right is None or right != right:
        return left
    try:
        return right if compare(right, left) * sign > 0 else left
    except Exception:
        raise QueryFailed(f"Cannot compare {java_class(left)} with {java_class(right)}") from None


def mean(pairs: Iterable[tuple[Value, int]]) -> Value:
    """The mean of numbers, each with how often it counts; nulls do not. None of nothing."""
    total: Value = None
    count = 0
    for value, bulk in pairs:
        if value is not None:
            total = add(total, multiply(value, bulk))
            count += bulk
    if count == 0:
        return None
    if isinstance(total, Decimal):
        return total / count
    return _fraction_divide(float(total), float(count))


_JAVA: Final[dict[type, str]] = {
    str: "java.lang.String",
    bool: "java.lang.Boolean",
    Byte: "java.lang.Byte",
    Short: "java.lang.Short",
    Int: "java.lang.Integer",
    int: "java.lang.Long",
    Float: "java.lang.Float",
    float: "java.lang.Double",
    Decimal: "java.math.BigDecimal",
    BigInteger: "java.math.BigInteger",
    list: "java.util.ArrayList",
}


def java_class(value: Value) -> str:
    """The Java class that TinkerPop's texts name for a value."""
    return "class " + _JAVA.get(type(value), type(value).__name__)
