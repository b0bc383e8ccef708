"""The types of CSV property columns: what their texts mean, one by one and a column at a time.

User guide, "Gremlin load data format" and "Load format for openCypher data". Every parser raises
``ValueError`` for a text that is no value of its type; a column parser for a column with one.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from ...graph.values import Byte, Float, Int, Short


@dataclass(frozen=True)
class ValueType:
    """``parse`` reads one text, ``parse_column`` many at once, to the same values.

    Neither is ever given an empty text, but in the case of String.
    """

    name: str
    parse: Callable[[str], Any]
    parse_column: Callable[[Sequence[str]], list[Any]]


# ---------------------------------------------------------------------- whole numbers

# Python's int() takes more: spaces, underscores, digits of other scripts.
_WHOLE: Final = re.compile(r"[+-]?0*[0-9]{1,19}").fullmatch


def _whole_number(name: str, kind: type[int], bits: int) -> ValueType:
    high = 2 ** (bits - 1) - 1
    low = -high - 1

    def parse(text: str) -> int:
        if not _WHOLE(text):
            raise ValueError
        number = int(text.lstrip("+"))
        if not low <= number <= high:
            raise ValueError
        return kind(number)

    def parse_column(texts: Sequence[str]) -> list[Any]:
        joined = "".join(texts)
        if not (joined.isascii() and joined.replace("-", "").isdigit()):
            return list(map(parse, texts))
        numbers = list(map(int, texts))
        if min(numbers) < low or max(numbers) > high:
            raise ValueError
        return numbers if kind is int else list(map(kind, numbers))

    return ValueType(name, parse, parse_column)


# ---------------------------------------------------------------------- floating point

_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_DECIMAL_BYTES: Final = b"0123456789.eE+-"
_NOT_FINITE: Final = {text: float(text) for text in ("NaN", "Infinity", "-Infinity")}


def _double(text: str) -> float:
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    if not _DECIMAL(text):
        raise ValueError
    return float(text)


def _doubles(texts: Sequence[str]) -> list[Any]:
    joined = "".join(texts)
    if not joined.isascii() or joined.encode("ascii").translate(None, _DECIMAL_BYTES):
        return list(map(_double, texts))
    return list(map(float, texts))


def _round(numbers: Iterable[float]) -> list[Any]:
    """To 32 bits; what is too large becomes infinite, as in Java."""
    return list(map(Float, array("f", numbers)))


def _float(text: str) -> float:
    return _round([_double(text)])[0]  # type: ignore[no-any-return]


def _floats(texts: Sequence[str]) -> list[Any]:
    return _round(_doubles(texts))


# ---------------------------------------------------------------------- the others

_DATE: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T(?P<minutes>[0-9]{2}:[0-9]{2})(?P<seconds>:[0-9]{2}Z?)?)?"
).fullmatch


def _datetime(text: str) -> datetime:
    match = _DATE(text)
    if match is None:
        raise ValueError
    date, minutes, seconds = match.groups()
    moment = f"{date}T{minutes or '00:00'}{(seconds or ':00')[:3]}"
    return datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)


def _bool(text: str) -> bool:
    # The guide: anything but true is false, and no error.
    return text.lower() == "true"


def _one_by_one(name: str, parse: Callable[[str], Any]) -> ValueType:
    return ValueType(name, parse, lambda texts: list(map(parse, texts)))


BOOL: Final = _one_by_one("Bool", _bool)
BYTE: Final = _whole_number("Byte", Byte, 8)
SHORT: Final = _whole_number("Short", Short, 16)
INT: Final = _whole_number("Int", Int, 32)
LONG: Final = _whole_number("Long", int, 64)
FLOAT: Final = ValueType("Float", _float, _floats)
DOUBLE: Final = ValueType("Double", _double, _doubles)
STRING: Final = ValueType("String", str, list)
DATETIME: Final = _one_by_one("Datetime", _datetime)

_COMMON: Final = {
    "bool": BOOL,
    "boolean": BOOL,
    "byte": BYTE,
    "short": SHORT,
    "int": INT,
    "long": LONG,
    "float": FLOAT,
    "double": DOUBLE,
    "string": STRING,
    "datetime": DATETIME,
}

#: Type names of ``csv`` headers, in lower case.
GREMLIN_TYPES: Final[dict[str, ValueType]] = {**_COMMON, "date": DATETIME}

#: Type names of ``opencypher`` headers, in lower case; the last six are kept as they are written.
OPENCYPHER_TYPES: Final[dict[str, ValueType]] = {
    **_COMMON,
    **dict.fromkeys(("char", "date", "localdate", "localdatetime", "duration", "point"), STRING),
}
