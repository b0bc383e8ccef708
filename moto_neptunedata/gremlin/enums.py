"""The named constants of Gremlin: what an argument such as ``T.id`` or ``desc`` stands for.

Source: TinkerPop 3.7, grammar ``gremlin-language`` and the enums that it names.
"""

from __future__ import annotations

import enum
from typing import Any, Final


class _Constant(enum.Enum):
    """A constant that is quick to look up: there is one object of each, so that will do."""

    __hash__ = object.__hash__


class T(_Constant):
    """Parts of an element that are not properties."""

    id = "id"
    label = "label"
    key = "key"
    value = "value"


class Order(_Constant):
    """Directions of ``order().by``."""

    asc = "asc"
    desc = "desc"
    shuffle = "shuffle"


class Scope(_Constant):
    """Whether a step looks at the whole stream or into each value."""

    local = "local"
    global_ = "global"


class Direction(_Constant):
    """Directions of an edge as seen from a vertex."""

    OUT = "OUT"
    IN = "IN"
    BOTH = "BOTH"


class Pop(_Constant):
    """Which of the objects that share a path label are meant."""

    first = "first"
    last = "last"
    all = "all"
    mixed = "mixed"


class Column(_Constant):
    """The two sides of a map."""

    keys = "keys"
    values = "values"


class Operator(_Constant):
    """Reducers of ``fold``, ``sack`` and side effects."""

    sum = "sum"
    minus = "minus"
    mult = "mult"
    div = "div"
    min = "min"
    max = "max"
    assign = "assign"
    and_ = "and"
    or_ = "or"
    addAll = "addAll"
    sumLong = "sumLong"


class Cardinality(_Constant):
    """How many values a vertex property may have."""

    single = "single"
    set = "set"
    list = "list"


class Merge(_Constant):
    """Options of ``mergeV`` and ``mergeE``."""

    onCreate = "onCreate"
    onMatch = "onMatch"
    outV = "outV"
    inV = "inV"


class Pick(_Constant):
    """Options of ``branch`` and ``choose`` that are not values."""

    any = "any"
    none = "none"


class Barrier(_Constant):
    """What ``barrier`` may do on the way."""

    normSack = "normSack"


class DT(_Constant):
    """Units of ``dateAdd``; the value is their length in seconds."""

    second = 1
    minute = 60
    hour = 3600
    day = 86400


class CardinalityValue:
    """``Cardinality.single(5)``: a value that brings its cardinality along."""

    __slots__ = ("cardinality", "value")

    def __init__(self, cardinality: Cardinality, value: Any) -> None:
        self.cardinality = cardinality
        self.value = value


#: Constants of ``WithOptions``.
WITH_OPTIONS: Final[dict[str, Any]] = {
    "tokens": "~tinkerpop.valueMap.tokens",
    "none": 0,
    "ids": 1,
    "labels": 2,
    "keys": 4,
    "values": 8,
    "all": 15,
    "indexer": "~tinkerpop.index.indexer",
    "list": 0,
    "map": 1,
}


#: Constants of steps that only a graph computer or a file runs; their names are kept for texts.
_COMPUTER_OPTIONS: Final = {
    "IO": ("reader", "writer", "gryo", "graphson", "graphml"),
    "PageRank": ("edges", "times", "propertyName"),
    "PeerPressure": ("edges", "times", "propertyName"),
    "ConnectedComponent": ("component", "edges", "propertyName"),
    "ShortestPath": ("target", "edges", "distance", "maxDistance", "includeEdges"),
}


def _map_names(kind: type[enum.Enum]) -> dict[str, enum.Enum]:
    return {name.rstrip("_"): member for name, member in kind.__members__.items()}


_DIRECTIONS: Final = {**_map_names(Direction), "from": Direction.OUT, "to": Direction.IN}

#: Enum name -> constant name -> constant, for the qualified form.
QUALIFIED: Final[dict[str, dict[str, Any]]] = {
    **{
        kind.__name__: _map_names(kind)
        for kind in (T, Order, Scope, Pop, Column, Operator, Cardinality, Merge, Pick, Barrier, DT)
    },
    "Direction": _DIRECTIONS,
    "WithOptions": WITH_OPTIONS,
    "VertexProperty.Cardinality": _map_names(Cardinality),
    **{
        kind: {name: f"~tinkerpop.{kind[0].lower()}{kind[1:]}.{name}" for name in names}
        for kind, names in _COMPUTER_OPTIONS.items()
    },
}
QUALIFIED["Barrier"] = QUALIFIED["SackFunctions.Barrier"] = _map_names(Barrier)

#: Constant name -> constant, for the bare form.
BARE: Final[dict[str, Any]] = {
    name: constant
    for kind in (DT, Barrier, Pick, Merge, Cardinality, Operator, Column, Pop, Scope, Order, T)
    for name, constant in _map_names(kind).items()
} | {"OUT": Direction.OUT, "IN": Direction.IN, "BOTH": Direction.BOTH}
