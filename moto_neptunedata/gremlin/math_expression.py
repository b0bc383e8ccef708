"""The formulas of ``math()``: parsed once, computed in 64-bit floating point.

Source: exp4j, which TinkerPop uses: ``+ - * / % ^``, unary signs, its functions and constants.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from .errors import InvalidQuery

Values = dict[str, float]
Compute = Callable[[Values], float]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[-+*/%^(),]))"
)


def _guard(function: Callable[..., float]) -> Callable[..., float]:
    """Outside its domain a function gives NaN, beyond the largest number infinity, as in Java."""

    def call(*args: float) -> float:
        try:
            return float(function(*args))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return call


def _log(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else function(value)


def _signum(value: float) -> float:
    return math.copysign(1.0, value) if value else value


def _cube_root(value: float) -> float:
    return math.copysign(abs(value) ** (1 / 3), value)


_FUNCTIONS: Final[dict[str, tuple[int, Callable[..., float]]]] = {
    "abs": (1, abs),
    "acos": (1, _guard(math.acos)),
    "asin": (1, _guard(math.asin)),
    "atan": (1, math.atan),
    "cbrt": (1, _cube_root),
    "ceil": (1, _guard(lambda value: value if math.isinf(value) else math.ceil(value))),
    "cos": (1, _guard(math.cos)),
    "cosh": (1, _guard(math.cosh)),
    "cot": (1, _guard(lambda value: 1 / math.tan(value))),
    "exp": (1, _guard(math.exp)),
    "expm1": (1, _guard(math.expm1)),
    "floor": (1, _guard(lambda value: value if math.isinf(value) else math.floor(value))),
    "log": (1, _guard(_log(math.log))),
    "log10": (1, _guard(_log(math.log10))),
    "log1p": (1, _guard(math.log1p)),
    "log2": (1, _guard(_log(math.log2))),
    "pow": (2, _guard(math.pow)),
    "signum": (1, _signum),
    "sin": (1, _guard(math.sin)),
    "sinh": (1, _guard(math.sinh)),
    "sqrt": (1, _guard(math.sqrt)),
    "tan": (1, _guard(math.tan)),
    "tanh": (1, math.tanh),
}
_CONSTANTS: Final = {"pi": math.pi, "e": math.e, "π": math.pi, "φ": 1.61803398874}


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


_BINARY: Final[dict[str, tuple[int, Callable[[float, float], float]]]] = {
    "+": (1, lambda a, b: a + b),
    "-": (1, lambda a, b: a - b),
    "*": (2, lambda a, b: a * b),
    "/": (2, _divide),
    "%": (2, _guard(math.fmod)),
    "^": (4, _guard(math.pow)),
}
_UNARY_LEVEL: Final = 3
_MAX_DEPTH: Final = 50


def parse_formula(text: str) -> tuple[list[str], Compute]:
    """The names in a formula, in order of first use, and a function of their values."""
    return _FormulaParser(text).parse()


class _FormulaParser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        self.depth = 0
        self.names: list[str] = []
        position, text = 0, text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise self.make_error()
            self.tokens.append((str(found.lastgroup), found.group(str(found.lastgroup))))
            position = found.end()
        self.tokens.append(("end", ""))

    def make_error(self) -> InvalidQuery:
        return InvalidQuery(f"math() cannot read {self.text!r}")

    def parse(self) -> tuple[list[str], Compute]:
        compute = self.parse_expression(0)
        if self.tokens[self.at][0] != "end":
            raise self.make_error()
        return self.names, compute

    def parse_expression(self, level: int) -> Compute:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.make_error()
        left = self.parse_operand()
        while True:
            mark = self.tokens[self.at][1]
            if mark not in _BINARY or _BINARY[mark][0] < level:
                self.depth -= 1
                return left
            binds, operate = _BINARY[mark]
            self.at += 1
            # "^" groups to the right.
            right = self.parse_expression(binds if mark == "^" else binds + 1)
            left = _combine(operate, left, right)

    def parse_operand(self) -> Compute:
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            value = float(token)
            return lambda values: value
        if kind == "name":
            return self.parse_name(token)
        if token == "(":
            inner = self.parse_expression(0)
            self.close()
            return inner
        if token in ("+", "-"):
            parse_operand = self.parse_expression(_UNARY_LEVEL)
            return parse_operand if token == "+" else lambda values: -parse_operand(values)
        raise self.make_error()

    def close(self) -> None:
        if self.tokens[self.at][1] != ")":
            raise self.make_error()
        self.at += 1

    def parse_name(self, name: str) -> Compute:
        function = _FUNCTIONS.get(name)
        if function is not None:
            return self.parse_call(*function)
        if name in _CONSTANTS:
            value = _CONSTANTS[name]
            return lambda values: value
        if name not in self.names:
            self.names.append(name)
        return lambda values: values[name]

    def parse_call(self, arity: int, function: Callable[..., float]) -> Compute:
        """A function with its arguments; one argument needs no parentheses (``sin _``)."""
        if self.tokens[self.at][1] != "(":
            if arity != 1:
                raise self.make_error()
            parse_operand = self.parse_expression(_UNARY_LEVEL)
            return lambda values: function(parse_operand(values))
        self.at += 1
        args = [self.parse_expression(0)]
        while self.tokens[self.at][1] == ",":
            self.at += 1
            args.append(self.parse_expression(0))
        self.close()
        if len(args) != arity:
            raise self.make_error()
        return lambda values: function(*[arg(values) for arg in args])


def _combine(operate: Callable[[float, float], float], left: Compute, right: Compute) -> Compute:
    return lambda values: operate(left(values), right(values))
