"""The scalar functions, one table. Arguments are values; null is handled by the caller.

A function returns null for a null argument unless its entry says otherwise.
"""

from __future__ import annotations

import math
import random
import re
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final, NamedTuple

from ..graph import Edge, Vertex
from .errors import CypherError, argument_error
from .limits import MAX_LENGTH, memory_error
from .temporal import TEMPORAL_TYPES, Duration, make_temporal
from .values import (
    FLOATS,
    INTEGERS,
    NUMBERS,
    Path,
    Value,
    check_integer,
    get_type_name,
    make_group_key,
    make_order_key,
)


class Function(NamedTuple):
    """``least`` to ``most`` arguments; ``kinds`` the static types that the first one may have;
    ``result`` the static type of the result; ``constant`` false where calls differ."""

    call: Callable[..., Value]
    least: int
    most: int
    kinds: tuple[str, ...] = ()
    result: str = "any"
    null_safe: bool = False
    constant: bool = True


# ---------------------------------------------------------------------- graph elements


def _argument_error(name: str, value: Value) -> CypherError:
    return argument_error(name, get_type_name(value))


def _id(element: Value) -> str:
    if isinstance(element, (Vertex, Edge)):
        return element.id
    raise _argument_error("id", element)


def _labels(node: Value) -> list[str]:
    if type(node) is Vertex:
        return list(node.labels)
    raise _argument_error("labels", node)


def _type(rel: Value) -> str:
    if type(rel) is Edge:
        return rel.label
    raise _argument_error("type", rel)


def read_stored(stored: Value) -> Value:
    """A stored property value as queries see it: several values are a list."""
    return list(stored) if type(stored) is tuple else stored


def get_properties(value: Value) -> dict[str, Value]:
    """The properties of a node, relationship or map."""
    if type(value) is Vertex or type(value) is Edge:
        return {key: read_stored(held) for key, held in value.properties.items()}
    if type(value) is dict:
        return value
    raise _argument_error("properties", value)


def _keys(value: Value) -> list[str]:
    if type(value) is Vertex or type(value) is Edge:
        return list(value.properties)
    if type(value) is dict:
        return list(value)
    raise _argument_error("keys", value)


def _start_node(rel: Value) -> Vertex:
    if type(rel) is Edge:
        return rel.out_v
    raise _argument_error("startNode", rel)


def _end_node(rel: Value) -> Vertex:
    if type(rel) is Edge:
        return rel.in_v
    raise _argument_error("endNode", rel)


def _nodes(path: Value) -> list[Vertex]:
    if type(path) is Path:
        return list(path.nodes)
    raise _argument_error("nodes", path)


def _relationships(path: Value) -> list[Edge]:
    if type(path) is Path:
        return list(path.relationships)
    raise _argument_error("relationships", path)


def _length(path: Value) -> int:
    if type(path) is Path:
        return len(path.relationships)
    raise _argument_error("length", path)


# ---------------------------------------------------------------------- lists


def _expect_list(name: str, value: Value) -> list[Value]:
    if type(value) is not list:
        raise _argument_error(name, value)
    return value


def _size(value: Value) -> int:
    if type(value) is list or type(value) is str:
        return len(value)
    raise _argument_error("size", value)


def _head(value: Value) -> Value:
    items = _expect_list("head", value)
    return items[0] if items else None


def _last(value: Value) -> Value:
    items = _expect_list("last", value)
    return items[-1] if items else None


def _tail(value: Value) -> list[Value]:
    return _expect_list("tail", value)[1:]


def _reverse(value: Value) -> Value:
    if type(value) is list or type(value) is str:
        return value[::-1]
    raise _argument_error("reverse", value)


def _range(start: Value, end: Value, step: Value = 1) -> list[int]:
    for bound in (start, end, step):
        if type(bound) not in INTEGERS:
            raise CypherError(
                "ArgumentError",
                "InvalidArgumentType",
                f"range() cannot take {get_type_name(bound)}",
            )
    if step == 0:
        raise CypherError("ArgumentError", "NumberOutOfRange", "The step of range() is 0")
    numbers = range(start, end + (1 if step > 0 else -1), step)
    if (end - start) // step > MAX_LENGTH:
        raise memory_error()
    return list(numbers)


def _join(value: Value, delimiter: Value) -> str:
    items = _expect_list("join", value)
    return _expect_string("join", delimiter).join(
        _to_string(item) for item in items if item is not None
    )


def _drop_duplicates(items: list[Value], unwanted: set[Value]) -> list[Value]:
    """The items without repetitions and without those whose key is unwanted."""
    seen = set(unwanted)
    kept = []
    for item in items:
        key = make_group_key(item)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def _coll_to_set(value: Value) -> list[Value]:
    return _drop_duplicates(_expect_list("collToSet", value), set())


def _coll_subtract(left: Value, right: Value) -> list[Value]:
    taken = set(map(make_group_key, _expect_list("collSubtract", right)))
    return _drop_duplicates(_expect_list("collSubtract", left), taken)


def _coll_intersection(left: Value, right: Value) -> list[Value]:
    common = set(map(make_group_key, _expect_list("collIntersection", right)))
    return _drop_duplicates(
        [x for x in _expect_list("collIntersection", left) if make_group_key(x) in common], set()
    )


def _coll_sort(value: Value) -> list[Value]:
    return sorted(_expect_list("collSort", value), key=make_order_key)


def _remove_key_from_map(value: Value, key: Value) -> dict[str, Value]:
    if type(value) is not dict:
        raise _argument_error("removeKeyFromMap", value)
    return {own: held for own, held in value.items() if own != key}


# ---------------------------------------------------------------------- conversion


def _to_boolean(value: Value) -> bool | None:
    if type(value) is bool:
        return value
    if type(value) is str:
        return {"true": True, "false": False}.get(value.strip().lower())
    raise _argument_error("toBoolean", value)


_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,40}\s*$")
_FLOAT: Final = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$")


def _to_integer(value: Value) -> int | None:
    kind = type(value)
    if kind in INTEGERS:
        return int(value)
    if kind in FLOATS:
        if not math.isfinite(value):
            raise CypherError("ArithmeticError", "IntegerOverflow", f"toInteger({value})")
        return check_integer(int(value))
    if kind is str:
        if _INTEGER.match(value):
            return check_integer(int(value))
        if _FLOAT.match(value) and math.isfinite(float(value)):
            return check_integer(int(float(value)))
        return None
    raise _argument_error("toInteger", value)


def _to_float(value: Value) -> float | None:
    kind = type(value)
    if kind in NUMBERS:
        return float(value)
    if kind is str:
        return float(value) if _FLOAT.match(value) else None
    raise _argument_error("toFloat", value)


def format_float(value: float) -> str:
    """A float as Java writes it: ``1.0``, ``1.0E10``, ``NaN``, ``Infinity``."""
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    text = repr(float(value))
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return text
    sign = "-" if text[0] == "-" else ""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    power = int(exponent or 0) + len(whole) - 1 - leading
    rest = digits[1:].rstrip("0") or "0"
    return f"{sign}{digits[0]}.{rest}E{power}"


def format_datetime(value: datetime) -> str:
    """ISO 8601 in UTC: ``2023-01-01T00:00:00Z``, with milliseconds where there are any."""
    text = value.astimezone(timezone.utc).replace(tzinfo=None)
    if value.microsecond == 0:
        return text.isoformat(timespec="seconds") + "Z"
    precision = "microseconds" if value.microsecond % 1000 else "milliseconds"
    return text.isoformat(timespec=precision) + "Z"


def _to_string(value: Value) -> str:
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if kind in INTEGERS:
        return str(int(value))
    if kind in FLOATS:
        return format_float(value)
    if kind is datetime:
        return format_datetime(value)
    if kind in TEMPORAL_TYPES or kind is Duration:
        return str(value)
    raise _argument_error("toString", value)


# ---------------------------------------------------------------------- strings


def _expect_string(name: str, value: Value) -> str:
    if type(value) is not str:
        raise _argument_error(name, value)
    return value


def _expect_length(name: str, value: Value) -> int:
    """An argument that counts characters."""
    if type(value) not in INTEGERS:
        raise _argument_error(name, value)
    if value < 0:
        raise CypherError("ArgumentError", "NumberOutOfRange", f"{name}() of a negative length")
    return int(value)


def _make_string_function(name: str, change: Callable[[str], str]) -> Function:
    return Function(lambda value: change(_expect_string(name, value)), 1, 1, result="string")


def _substring(value: Value, start: Value, length: Value = None) -> str:
    text = _expect_string("substring", value)
    first = _expect_length("substring", start)
    if length is None:
        return text[first:]
    return text[first : first + _expect_length("substring", length)]


def _left(value: Value, length: Value) -> str:
    return _expect_string("left", value)[: _expect_length("left", length)]


def _right(value: Value, length: Value) -> str:
    count = _expect_length("right", length)
    return _expect_string("right", value)[-count:] if count else ""


def _split(value: Value, delimiter: Value) -> list[str]:
    text = _expect_string("split", value)
    mark = _expect_string("split", delimiter)
    return text.split(mark) if mark else list(text)


def _replace(value: Value, old: Value, new: Value) -> str:
    text, old, new = (
        _expect_string("replace", value),
        _expect_string("replace", old),
        _expect_string("replace", new),
    )
    if len(new) > len(old) and len(text) * len(new) > MAX_LENGTH:
        raise memory_error()
    return text.replace(old, new)


def _text_index_of(text: Value, lookup: Value, start: Value = 0, end: Value = -1) -> int:
    haystack, needle = _expect_string("textIndexOf", text), _expect_string("textIndexOf", lookup)
    first = _expect_length("textIndexOf", start)
    return haystack.find(needle, first, None if end == -1 else _expect_length("textIndexOf", end))


# ---------------------------------------------------------------------- numbers


def _expect_number(name: str, value: Value) -> Value:
    if type(value) not in NUMBERS:
        raise _argument_error(name, value)
    return value


def _make_math_function(name: str, compute: Callable[..., float], count: int = 1) -> Function:
    """A function of floats: outside its domain NaN, beyond the largest number infinity."""

    def call(*values: Value) -> float:
        numbers = [float(_expect_number(name, value)) for value in values]
        try:
            return compute(*numbers)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return Function(call, count, count, result="float")


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


def _log10(value: float) -> float:
    return -math.inf if value == 0 else math.log10(value)


def _cot(value: float) -> float:
    return math.inf if math.tan(value) == 0 else 1 / math.tan(value)


def _round_finite(rounding: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: float(rounding(value)) if math.isfinite(value) else value


def _abs(value: Value) -> Value:
    number = abs(_expect_number("abs", value))
    return check_integer(number) if type(value) in INTEGERS else number


def _sign(value: Value) -> int:
    number = _expect_number("sign", value)
    return int(number > 0) - int(number < 0)


def _round(value: Value, precision: Value = 0) -> float:
    number = float(_expect_number("round", value))
    digits = _expect_length("round", precision)
    if not math.isfinite(number):
        return number
    if digits == 0:
        return float(math.floor(number + 0.5))
    return round(number, min(digits, 20))


# ---------------------------------------------------------------------- time and chance


def read_clock_millis() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def from_millis(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, timezone.utc)


_ISO: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?)?$", re.ASCII
)


def _datetime(value: Value = None) -> datetime:
    """Now, or what an ISO 8601 text says, which is in UTC unless it names an offset."""
    if value is None:
        return from_millis(read_clock_millis())
    if type(value) is datetime:
        return value
    if type(value) is not str:
        raise CypherError(
            "Unsupported", "Unsupported", f"datetime() of a {get_type_name(value)} is not supported"
        )
    match = _ISO.match(value)
    try:
        if match is None:
            raise ValueError(value)
        day, minutes, seconds, fraction, zone = match.groups()
        zone = (
            "+00:00" if zone in (None, "Z") else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        )
        fraction = (fraction or ".0")[:7].ljust(7, "0")
        text = f"{day}T{minutes or '00:00'}{seconds or ':00'}{fraction}{zone}"
        return datetime.fromisoformat(text).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise CypherError(
            "ArgumentError", "InvalidArgumentValue", f"Not a date and time: '{value[:60]}'"
        ) from None


def _epoch_millis(value: Value) -> int:
    if type(value) is not datetime:
        raise _argument_error("epochmillis", value)
    since = value - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _make_temporal_function(name: str) -> Function:
    return Function(lambda fields: make_temporal(name, fields), 1, 1)


#: Functions that both dialects have.
COMMON: Final[dict[str, Function]] = {
    "id": Function(_id, 1, 1, ("node", "rel"), "string"),
    "labels": Function(_labels, 1, 1, ("node",), "list"),
    "type": Function(_type, 1, 1, ("rel",), "string"),
    "properties": Function(get_properties, 1, 1, ("node", "rel", "map"), "map"),
    "keys": Function(_keys, 1, 1, ("node", "rel", "map"), "list"),
    "startnode": Function(_start_node, 1, 1, ("rel",), "node"),
    "endnode": Function(_end_node, 1, 1, ("rel",), "node"),
    "nodes": Function(_nodes, 1, 1, ("path",), "list"),
    "relationships": Function(_relationships, 1, 1, ("path",), "list"),
    "rels": Function(_relationships, 1, 1, ("path",), "list"),
    "length": Function(_length, 1, 1, ("path",), "int"),
    "size": Function(_size, 1, 1, ("list", "string"), "int"),
    "head": Function(_head, 1, 1, ("list",)),
    "last": Function(_last, 1, 1, ("list",)),
    "tail": Function(_tail, 1, 1, ("list",), "list"),
    "reverse": Function(_reverse, 1, 1, ("list", "string")),
    "range": Function(_range, 2, 3, result="list"),
    "coalesce": Function(_coalesce, 1, 10_000, null_safe=True),
    "toboolean": Function(_to_boolean, 1, 1, result="bool"),
    "tointeger": Function(_to_integer, 1, 1, result="int"),
    "tofloat": Function(_to_float, 1, 1, result="float"),
    "tostring": Function(_to_string, 1, 1, result="string"),
    "tolower": _make_string_function("toLower", str.lower),
    "toupper": _make_string_function("toUpper", str.upper),
    "lower": _make_string_function("lower", str.lower),
    "upper": _make_string_function("upper", str.upper),
    "trim": _make_string_function("trim", str.strip),
    "ltrim": _make_string_function("lTrim", str.lstrip),
    "rtrim": _make_string_function("rTrim", str.rstrip),
    "substring": Function(_substring, 2, 3, result="string"),
    "left": Function(_left, 2, 2, result="string"),
    "right": Function(_right, 2, 2, result="string"),
    "split": Function(_split, 2, 2, result="list"),
    "replace": Function(_replace, 3, 3, result="string"),
    "abs": Function(_abs, 1, 1, result="number"),
    "sign": Function(_sign, 1, 1, result="int"),
    "round": Function(_round, 1, 2, result="float"),
    "ceil": _make_math_function("ceil", _round_finite(math.ceil)),
    "floor": _make_math_function("floor", _round_finite(math.floor)),
    "sqrt": _make_math_function("sqrt", math.sqrt),
    "exp": _make_math_function("exp", math.exp),
    "log": _make_math_function("log", _log),
    "log10": _make_math_function("log10", _log10),
    "sin": _make_math_function("sin", math.sin),
    "cos": _make_math_function("cos", math.cos),
    "tan": _make_math_function("tan", math.tan),
    "cot": _make_math_function("cot", _cot),
    "asin": _make_math_function("asin", math.asin),
    "acos": _make_math_function("acos", math.acos),
    "atan": _make_math_function("atan", math.atan),
    "atan2": _make_math_function("atan2", math.atan2, 2),
    "degrees": _make_math_function("degrees", math.degrees),
    "radians": _make_math_function("radians", math.radians),
    "haversin": _make_math_function("haversin", lambda x: (1 - math.cos(x)) / 2),
    "e": Function(lambda: math.e, 0, 0, result="float"),
    "pi": Function(lambda: math.pi, 0, 0, result="float"),
    "rand": Function(lambda: random.random(), 0, 0, result="float", constant=False),
    "timestamp": Function(read_clock_millis, 0, 0, result="int", constant=False),
}

#: Temporal constructors of the standard dialect.
TEMPORAL: Final[dict[str, Function]] = {
    name: _make_temporal_function(name)
    for name in ("date", "time", "localtime", "localdatetime", "datetime", "duration")
}

#: Neptune's own functions (user guide, access-graph-opencypher-extensions).
NEPTUNE: Final[dict[str, Function]] = {
    "datetime": Function(_datetime, 0, 1, constant=False),
    "epochmillis": Function(_epoch_millis, 1, 1, result="int"),
    "randomuuid": Function(lambda: str(uuid.uuid4()), 0, 0, result="string", constant=False),
    "join": Function(_join, 2, 2, ("list",), "string"),
    "removekeyfrommap": Function(_remove_key_from_map, 2, 2, ("map",), "map"),
    "textindexof": Function(_text_index_of, 2, 4, ("string",), "int"),
    "colltoset": Function(_coll_to_set, 1, 1, ("list",), "list"),
    "collsubtract": Function(_coll_subtract, 2, 2, ("list",), "list"),
    "collintersection": Function(_coll_intersection, 2, 2, ("list",), "list"),
    "collsort": Function(_coll_sort, 1, 1, ("list",), "list"),
}
