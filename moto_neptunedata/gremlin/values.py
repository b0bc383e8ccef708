"""What flows through a traversal besides the property values of :mod:`..graph.values`.

Java's collections compare by type as well as by value (``1``, ``1L`` and ``1.0`` are three keys),
Python's do not. :func:`hkey` gives a hashable stand-in that does, and the collections here use it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ..graph import Byte, Edge, Float, Int, Short, Vertex

#: Whatever a traverser may hold or a step may be given: the property values of the graph, its
#: elements, the collections of this module, numbers and dates of the text, or null. A query decides
#: it while it runs, so that code which needs a certain kind looks at it.
Value: TypeAlias = Any

#: A function from value to value.
Scalar: TypeAlias = Callable[[Value], Value]


class BigInteger(int):
    """A whole number of any size (``1n``); it cannot be stored."""

    __slots__ = ()


class VertexProperty:
    """One value of a vertex property."""

    __slots__ = ("element", "key", "value")

    def __init__(self, element: Vertex, key: str, value: Value) -> None:
        self.element = element
        self.key = key
        self.value = value

    @property
    def id(self) -> int:
        """Neptune's ids of vertex properties are signed 32-bit hashes."""
        text = f"{self.element.id}\0{self.key}\0{type(self.value).__name__}\0{self.value}"
        return _signed32(zlib.crc32(text.encode("utf-8", "surrogatepass")))

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is VertexProperty
            and self.element is other.element
            and self.key == other.key
            and hkey(self.value) == hkey(other.value)
        )

    def __hash__(self) -> int:
        return hash((self.element, self.key, hkey(self.value)))

    def __repr__(self) -> str:
        return f"vp[{self.key}->{str(self.value)[:20]}]"


class Property:
    """A property of an edge; equal to every other one with its key and value."""

    __slots__ = ("element", "key", "value")

    def __init__(self, element: Edge, key: str, value: Value) -> None:
        self.element = element
        self.key = key
        self.value = value

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is Property
            and self.key == other.key
            and hkey(self.value) == hkey(other.value)
        )

    def __hash__(self) -> int:
        return hash((self.key, hkey(self.value)))

    def __repr__(self) -> str:
        return f"p[{self.key}->{str(self.value)[:20]}]"


def _signed32(number: int) -> int:
    return number - 0x1_0000_0000 if number & 0x8000_0000 else number


class GMap:
    """A map with keys of any kind, in insertion order."""

    __slots__ = ("entries",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Iterable[tuple[Value, Value]] = ()) -> None:
        self.entries: dict[Value, tuple[Value, Value]] = {hkey(k): (k, v) for k, v in items}

    def __getitem__(self, key: Value) -> Value:
        return self.entries[hkey(key)][1]

    def get(self, key: Value, default: Value = None) -> Value:
        entry = self.entries.get(hkey(key))
        return default if entry is None else entry[1]

    def __setitem__(self, key: Value, value: Value) -> None:
        slot = hkey(key)
        known = self.entries.get(slot)
        self.entries[slot] = (key if known is None else known[0], value)

    def __contains__(self, key: Value) -> bool:
        return hkey(key) in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Value]:
        return (key for key, _ in self.entries.values())

    def keys(self) -> list[Value]:
        return [key for key, _ in self.entries.values()]

    def values(self) -> list[Value]:
        return [value for _, value in self.entries.values()]

    def items(self) -> Iterable[tuple[Value, Value]]:
        return self.entries.values()

    def copy(self) -> GMap:
        fresh = GMap()
        fresh.entries = dict(self.entries)
        return fresh

    def update(self, other: GMap) -> None:
        for key, value in other.items():
            self[key] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GMap) and hkey(self) == hkey(other)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{k!r}: {v!r}" for k, v in self.items()) + "}"


class GSet:
    """A set of values of any kind, in insertion order."""

    __slots__ = ("entries",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self.entries: dict[Value, Value] = {}
        for value in values:
            self.entries.setdefault(hkey(value), value)

    def add(self, value: Value) -> None:
        self.entries.setdefault(hkey(value), value)

    def discard(self, value: Value) -> None:
        self.entries.pop(hkey(value), None)

    def __contains__(self, value: Value) -> bool:
        return hkey(value) in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.entries.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GSet) and hkey(self) == hkey(other)

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self)) + "}"


class BulkSet:
    """A bag of values: each distinct value with how often it is there."""

    __slots__ = ("entries",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self.entries: dict[Value, list[Value]] = {}
        for value in values:
            self.add(value)

    def add(self, value: Value, count: int = 1) -> None:
        entry = self.entries.get(slot := hkey(value))
        if entry is None:
            self.entries[slot] = [value, count]
        else:
            entry[1] += count

    def counts(self) -> Iterable[tuple[Value, int]]:
        """Pairs of a distinct value and its count."""
        return ((value, count) for value, count in self.entries.values())

    def copy(self) -> BulkSet:
        fresh = BulkSet()
        fresh.entries = {slot: list(entry) for slot, entry in self.entries.items()}
        return fresh

    @property
    def distinct(self) -> int:
        """How many distinct values there are."""
        return len(self.entries)

    def __len__(self) -> int:
        return sum(count for _, count in self.entries.values())

    def __iter__(self) -> Iterator[Value]:
        for value, count in self.entries.values():
            for _ in range(count):
                yield value

    def __contains__(self, value: Value) -> bool:
        return hkey(value) in self.entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BulkSet) and hkey(self) == hkey(other)

    def __repr__(self) -> str:
        return repr(list(self))


class Path:
    """Where a traverser has been: objects, and the labels of each."""

    __slots__ = ("labels", "objects")

    def __init__(self, objects: list[Value], labels: list[tuple[str, ...]]) -> None:
        self.objects = objects
        self.labels = labels

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Path) and hkey(self) == hkey(other)

    def __hash__(self) -> int:
        return hash(hkey(self))

    def __len__(self) -> int:
        return len(self.objects)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.objects)

    def __repr__(self) -> str:
        return "path[" + ", ".join(map(repr, self.objects)) + "]"


class Tree(GMap):
    """A map from an object to the tree below it."""

    __slots__ = ()


class Entry:
    """One entry of a map, as ``unfold`` and ``select(keys)`` see it."""

    __slots__ = ("key", "value")

    def __init__(self, key: Value, value: Value) -> None:
        self.key = key
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and hkey(self) == hkey(other)

    def __hash__(self) -> int:
        return hash(hkey(self))

    def __repr__(self) -> str:
        return f"{self.key!r}={self.value!r}"


class Subgraph:
    """What ``subgraph`` collects: vertices and edges in the order they came."""

    __slots__ = ("edges", "vertices")

    def __init__(self) -> None:
        self.vertices: dict[Vertex, None] = {}
        self.edges: dict[Edge, None] = {}

    def __repr__(self) -> str:
        return f"graph[vertices:{len(self.vertices)} edges:{len(self.edges)}]"


_NAN_KEY: Final = "NaN"
_TYPED: Final = frozenset(
    (int, Int, Short, Byte, BigInteger, float, Float, bool, datetime, Decimal)
)


def hkey(value: Value) -> Value:
    """A hashable stand-in for ``value``: equal for values that Java calls equal, and only then."""
    kind = type(value)
    if kind is str or kind is Vertex or kind is Edge:
        return value
    if kind in _TYPED:
        return (kind, value if value == value else _NAN_KEY)
    make = _KEYS.get(kind)
    return value if make is None else make(value)


_KEYS: Final[dict[type, Value]] = {
    list: lambda v: (list, *map(hkey, v)),
    GSet: lambda v: (GSet, frozenset(v.entries)),
    GMap: lambda v: (GMap, frozenset((k, hkey(e[1])) for k, e in v.entries.items())),
    Tree: lambda v: (Tree, frozenset((k, hkey(e[1])) for k, e in v.entries.items())),
    BulkSet: lambda v: (BulkSet, frozenset((k, e[1]) for k, e in v.entries.items())),
    Path: lambda v: (Path, tuple(map(hkey, v.objects)), tuple(map(frozenset, v.labels))),
    Entry: lambda v: (Entry, hkey(v.key), hkey(v.value)),
}

#: Kinds of values that steps such as ``unfold`` and ``count(local)`` look into.
ITERABLES: Final = (list, GSet, BulkSet, Path)
