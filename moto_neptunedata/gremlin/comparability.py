"""When two values are equal, which is smaller, and how all values line up.

Source: TinkerPop provider documentation, "Equality, Comparability and Orderability" (3.6+):
equality compares numbers by value across types; comparing what cannot be compared is an error
that filters treat as false; order is total over all types.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from ..graph import Edge, Vertex
from .enums import T
from .values import BulkSet, Entry, GMap, GSet, Path, Property, Scalar, Value, VertexProperty, hkey


class Incomparable(Exception):
    """Two values of which neither is smaller, such as a text and a number, or anything and NaN."""


def is_number(value: Value) -> bool:
    """Whether Gremlin counts with this value (``bool`` is none of them)."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def equals(left: Value, right: Value) -> bool:
    """Gremlin's ``P.eq``."""
    kind = type(left)
    if kind is str:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    if is_number(left):
        return is_number(right) and bool(left == right)
    if isinstance(left, (list, Path)) or type(right) in (list, Path):
        return _lists_equal(left, right)
    if isinstance(left, GSet):
        return isinstance(right, GSet) and _sets_equal(left, right)
    if isinstance(left, GMap):
        return isinstance(right, GMap) and _maps_equal(left, right)
    if kind is not type(right):
        return False
    return bool(left == right)


def _lists_equal(left: Value, right: Value) -> bool:
    if type(left) is not type(right) or len(left) != len(right):
        return False
    return all(equals(a, b) for a, b in zip(left, right))


def _sets_equal(left: GSet, right: GSet) -> bool:
    return len(left) == len(right) and all(any(equals(a, b) for b in right) for a in left)


def _maps_equal(left: GMap, right: GMap) -> bool:
    if len(left) != len(right):
        return False
    return all(key in right and equals(value, right[key]) for key, value in left.items())


def compare(left: Value, right: Value) -> int:
    """Negative, zero or positive as ``left`` is below, equal to or above ``right``.

    Raises :class:`Incomparable`.
    """
    if is_number(left):
        if not is_number(right) or left != left or right != right:
            raise Incomparable
        return -1 if left < right else 1 if left > right else 0
    if left is None or right is None:
        if left is right:
            return 0
        raise Incomparable
    rank = _rank(left)
    if rank != _rank(right) or rank == _UNORDERED:
        raise Incomparable
    parts = _PARTS.get(rank)
    if parts is not None:
        return _compare_parts(parts(left), parts(right))
    a, b = order_key(left), order_key(right)
    return -1 if a < b else 1 if a > b else 0


def _compare_parts(left: list[Value], right: list[Value]) -> int:
    """The first difference decides, else the length."""
    for one, other in zip(left, right):
        if not equals(one, other):
            return compare(one, other)
    return len(left) - len(right)


def _sorted_entries(value: Value) -> list[Value]:
    entries = sorted(value.items(), key=lambda entry: order_key(entry[0]))
    return [list(entry) for entry in entries]


#: What is compared of a collection, in order.
_PARTS: Final[dict[int, Callable[[Value], list[Value]]]] = {
    10: lambda value: list(value.objects),
    11: lambda value: sorted(value, key=order_key),
    12: list,
    13: _sorted_entries,
}


# ------------------------------------------------------------------ order over all types

_UNORDERED: Final = 99

_RANKS: Final[tuple[tuple[Value, int], ...]] = (
    (type(None), 0),
    (bool, 1),
    ((int, float, Decimal), 2),
    (datetime, 3),
    (str, 4),
    (T, 4),
    (Vertex, 6),
    (Edge, 7),
    (VertexProperty, 8),
    (Property, 9),
    (Path, 10),
    (GSet, 11),
    ((list, BulkSet), 12),
    (GMap, 13),
    (Entry, 14),
)
_RANK_OF: dict[type, int] = {}


def _rank(value: Value) -> int:
    kind = type(value)
    rank = _RANK_OF.get(kind)
    if rank is None:
        rank = next((rank for kinds, rank in _RANKS if isinstance(value, kinds)), _UNORDERED)
        _RANK_OF[kind] = rank
    return rank


def _number_key(value: Value) -> tuple[bool, Value]:
    # NaN is above every number.
    return (True, 0) if value != value else (False, value)


def _property_key(value: Value) -> tuple[Value, ...]:
    """By owner, then by place in it: hashes have no order that means anything."""
    properties = value.element.properties
    at = list(properties).index(value.key) if value.key in properties else -1
    return (value.element.id, at, value.key, order_key(value.value))


def _sequence_key(values: Value) -> tuple[Value, ...]:
    return tuple(map(order_key, values))


_KEYS: Final[dict[int, Scalar]] = {
    0: lambda value: 0,
    1: lambda value: value,
    2: _number_key,
    3: lambda value: value,
    4: lambda value: value.name if type(value) is T else value,
    6: lambda value: value.id,
    7: lambda value: value.id,
    8: _property_key,
    9: lambda value: (value.key, order_key(value.value)),
    10: _sequence_key,
    11: lambda value: tuple(sorted(map(order_key, value))),
    12: _sequence_key,
    13: lambda value: tuple(sorted((order_key(k), order_key(v)) for k, v in value.items())),
    14: lambda value: (order_key(value.key), order_key(value.value)),
    _UNORDERED: lambda value: str(hkey(value)),
}


def order_key(value: Value) -> tuple[int, Value]:
    """A key that sorts values of all types: nulls, booleans, numbers, dates, texts, elements, …"""
    if type(value) is str:
        return (4, value)
    rank = _rank(value)
    return (rank, _KEYS[rank](value))
