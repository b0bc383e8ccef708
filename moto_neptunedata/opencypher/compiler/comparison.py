"""Comparisons of two values, quicker where one is a constant, and the tests of strings."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Final

from .. import ast as t
from ..context import Evaluator, Row
from ..errors import CypherError
from ..values import Value, equals, is_less, is_less_or_equal


def _match_regex(text: str, pattern: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except (re.error, RecursionError, OverflowError) as error:
        raise CypherError(
            "ArgumentError", "InvalidArgumentValue", f"Invalid regular expression: {error}"
        ) from None


def _not_equal(left: Value, right: Value) -> bool | None:
    same = equals(left, right)
    return None if same is None else not same


def _greater(left: Value, right: Value) -> bool | None:
    return is_less(right, left)


def _greater_equal(left: Value, right: Value) -> bool | None:
    return is_less_or_equal(right, left)


COMPARISONS: Final[dict[str, Callable[[Value, Value], bool | None]]] = {
    "=": equals,
    "<>": _not_equal,
    "<": is_less,
    "<=": is_less_or_equal,
    ">": _greater,
    ">=": _greater_equal,
}

#: What Python itself answers for two numbers, and for two strings.
_NATIVE: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile_comparison(op: str, left: Evaluator, right: Evaluator, right_expr: t.Expr) -> Evaluator:
    test = COMPARISONS[op]
    if type(right_expr) is not t.Literal_ or right_expr.kind not in ("int", "float", "string"):
        return lambda row: test(left(row), right(row))
    constant, native = right_expr.value, _NATIVE[op]
    if right_expr.kind == "string":

        def compare_text(row: Row) -> bool | None:
            value = left(row)
            return native(value, constant) if type(value) is str else test(value, constant)

        return compare_text

    def compare_number(row: Row) -> bool | None:
        value = left(row)
        kind = type(value)
        if kind is int or kind is float:
            return native(value, constant)
        return test(value, constant)

    return compare_number


STRING_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "STARTS": str.startswith,
    "ENDS": str.endswith,
    "CONTAINS": str.__contains__,
    "=~": _match_regex,
}
