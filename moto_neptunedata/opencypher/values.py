"""Values of a running query: equality, comparison, order and grouping, as openCypher 9 wants them.

==============  =====================================================
openCypher      Python
==============  =====================================================
null            ``None``
BOOLEAN         ``bool``
INTEGER         ``int`` (and the graph's ``Byte``, ``Short``, ``Int``), 64 bits
FLOAT           ``float`` (and the graph's ``Float``)
STRING          ``str``
LIST, MAP       ``list``, ``dict``; never changed once made
NODE            the graph's ``Vertex`` itself
RELATIONSHIP    the graph's ``Edge`` itself
PATH            :class:`Path`
DateTime        ``datetime.datetime``, aware, in UTC
temporal        the classes of :mod:`.temporal` (standard dialect only)
==============  =====================================================
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, TypeAlias

from ..graph import Byte, Edge, Float, Int, Short, Vertex
from .errors import CypherError
from .temporal import TEMPORAL_TYPES, Duration

#: A value of a running query: one of the types in the table above. Which one is known only when
#: the query runs, and the code asks ``type(value) is …``, so that no union would help a checker.
Value: TypeAlias = Any

MAX_INT: Final = 2**63 - 1
MIN_INT: Final = -(2**63)


class Path:
    """A walk: ``relationships[i]`` joins ``nodes[i]`` and ``nodes[i + 1]``, in either direction."""

    __slots__ = ("nodes", "relationships")

    def __init__(self, nodes: tuple[Vertex, ...], relationships: tuple[Edge, ...]) -> None:
        self.nodes = nodes
        self.relationships = relationships

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is Path
            and self.nodes == other.nodes
            and self.relationships == other.relationships
        )

    def __hash__(self) -> int:
        return hash((self.nodes, self.relationships))

    def __repr__(self) -> str:
        return f"<Path of {len(self.relationships)}>"


#: What a type is called in messages, and the group within which values compare.
_NAMES: Final[dict[type, str]] = {
    type(None): "Null",
    bool: "Boolean",
    int: "Integer",
    Byte: "Integer",
    Short: "Integer",
    Int: "Integer",
    float: "Float",
    Float: "Float",
    str: "String",
    list: "List",
    dict: "Map",
    Vertex: "Node",
    Edge: "Relationship",
    Path: "Path",
    datetime: "DateTime",
    **{kind: kind.__name__ for kind in (*TEMPORAL_TYPES, Duration)},
}

INTEGERS: Final = frozenset((int, Byte, Short, Int))
FLOATS: Final = frozenset((float, Float))
NUMBERS: Final = INTEGERS | FLOATS
#: Types whose values compare with ``<`` among their own kind.
_ORDERED: Final = frozenset((bool, str, datetime, *TEMPORAL_TYPES))


def get_type_name(value: Value) -> str:
    """The openCypher name of a value's type, for messages."""
    return _NAMES.get(type(value), type(value).__name__)


def check_integer(value: int) -> int:
    """An integer result, refused when it does not fit into 64 bits."""
    if MIN_INT <= value <= MAX_INT:
        return value
    raise CypherError("ArithmeticError", "IntegerOverflow", "long overflow")


# ---------------------------------------------------------------------- equality


def equals(left: Value, right: Value) -> bool | None:
    """``left = right``: None where a null leaves it open."""
    if left is None or right is None:
        return None
    kind = type(left)
    other = type(right)
    if kind is list:
        return _equal_lists(left, right) if other is list else False
    if kind is dict:
        return _equal_maps(left, right) if other is dict else False
    if kind is other or (kind in NUMBERS and other in NUMBERS):
        return bool(left == right)
    return False


def _equal_lists(left: list[Value], right: list[Value]) -> bool | None:
    if len(left) != len(right):
        return False
    result: bool | None = True
    for one, other in zip(left, right):
        same = equals(one, other)
        if same is False:
            return False
        if same is None:
            result = None
    return result


def _equal_maps(left: dict[str, Value], right: dict[str, Value]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return _equal_lists(list(left.values()), [right[key] for key in left])


def is_in(item: Value, source: list[Value]) -> bool | None:
    """``item IN source``."""
    result: bool | None = False
    for other in source:
        same = equals(item, other)
        if same:
            return True
        if same is None:
            result = None
    return result


# ---------------------------------------------------------------------- comparison


def is_less(left: Value, right: Value) -> bool | None:
    """``left < right``: None for a null and for values that do not compare."""
    kind = type(left)
    other = type(right)
    if kind in NUMBERS:
        return bool(left < right) if other in NUMBERS else None
    if kind is not other:
        return None
    if kind in _ORDERED:
        return bool(left < right)
    return _is_less_list(left, right, False) if kind is list else None


def is_less_or_equal(left: Value, right: Value) -> bool | None:
    """``left <= right``; see :func:`less`."""
    kind = type(left)
    other = type(right)
    if kind in NUMBERS:
        return bool(left <= right) if other in NUMBERS else None
    if kind is not other:
        return None
    if kind in _ORDERED:
        return bool(left <= right)
    return _is_less_list(left, right, True) if kind is list else None


def _is_less_list(left: list[Value], right: list[Value], or_equal: bool) -> bool | None:
    for one, other in zip(left, right):
        same = equals(one, other)
        if same is None:
            return None
        if not same:
            return is_less(one, other)
    return len(left) <= len(right) if or_equal else len(left) < len(right)


# ---------------------------------------------------------------------- order

# Ascending order of unlike values (openCypher CIP 2016-06-14, "Orderability").
_RANKS: Final[dict[type, int]] = {
    dict: 0,
    Vertex: 1,
    Edge: 2,
    list: 3,
    Path: 4,
    datetime: 5,
    **{kind: 6 + i for i, kind in enumerate(TEMPORAL_TYPES)},
    str: 20,
    bool: 21,
    int: 22,
    Byte: 22,
    Short: 22,
    Int: 22,
    float: 22,
    Float: 22,
    type(None): 24,
}
_NAN_RANK: Final = 23

_PLAIN_ORDER: Final = frozenset((str, bool, int, Byte, Short, Int, datetime, *TEMPORAL_TYPES))


def make_order_key(value: Any) -> tuple[Any, ...]:
    """A key by which Python sorts values of any types into openCypher's ascending order."""
    kind = type(value)
    rank = _RANKS.get(kind)
    if rank is None:
        raise CypherError("Unsupported", "Unsupported", f"Sorting by a {get_type_name(value)}")
    if kind in _PLAIN_ORDER:
        return (rank, value)
    if kind in FLOATS:
        return (rank, value) if value == value else (_NAN_RANK,)
    if kind is list:
        return (rank, tuple(map(make_order_key, value)))
    if kind is dict:
        keys = sorted(value)
        return (rank, len(keys), tuple((key, make_order_key(value[key])) for key in keys))
    if kind is Vertex or kind is Edge:
        return (rank, value.id)
    if kind is Path:
        return (rank, tuple(n.id for n in value.nodes), tuple(r.id for r in value.relationships))
    return (rank,)


# ---------------------------------------------------------------------- grouping

_NAN_KEY: Final = ("NaN",)
_NAMED_BOOL: Final = {True: ("true",), False: ("false",)}
_PLAIN_GROUP: Final = frozenset(
    (str, int, Byte, Short, Int, type(None), Vertex, Edge, Path, datetime, *TEMPORAL_TYPES)
)


def make_group_key(value: Value) -> Value:
    """A hashable key, equal for values that DISTINCT and grouping take for the same."""
    kind = type(value)
    if kind in _PLAIN_GROUP:
        return value
    if kind is bool:
        return _NAMED_BOOL[value]
    if kind is list:
        if len(value) == 1 and type(value[0]) is str:  # labels(n), mostly
            return ("list", value[0])
        return ("list", *map(make_group_key, value))
    if kind is dict:
        return ("map", frozenset((key, make_group_key(held)) for key, held in value.items()))
    return value if value == value else _NAN_KEY
