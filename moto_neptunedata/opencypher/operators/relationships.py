"""What the operators that match relationships share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final

from ...graph import Edge, Vertex
from ..ast import Direction
from ..context import Evaluator, Row
from ..values import Value, equals

#: Slots of relationships matched before in the same MATCH: (slot, whether it holds a list)
Others = tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class RelSpec:
    """What a relationship of a pattern must be, seen from the node where matching starts.

    ``length`` and ``properties`` are for walks over many: the bounds, and a map that each of the
    relationships must have; ``reverse`` tells that the walk starts at the pattern's right end.
    """

    direction: Direction
    types: tuple[str, ...]
    others: Others = ()
    length: tuple[int, int | None] = (1, 1)
    properties: Evaluator | None = None
    reverse: bool = False


Edges = Callable[[dict[str, list[Edge]]], Iterable[Edge]]

_NO_EDGES: Final[list[Edge]] = []


def select_edges_of_types(types: tuple[str, ...]) -> Edges:
    """A function of a node's ``out`` or ``in_`` that gives the edges of these types."""
    if not types:
        return lambda ways: chain.from_iterable(ways.values())
    if len(types) == 1:
        only = types[0]
        return lambda ways: ways.get(only, _NO_EDGES)
    names = tuple(dict.fromkeys(types))
    return lambda ways: chain.from_iterable(ways.get(name, _NO_EDGES) for name in names)


def is_used(edge: Edge, row: Row, others: Others) -> bool:
    for slot, is_list in others:  # noqa: SIM110  # any() would make a generator each time
        if (edge in row[slot]) if is_list else (edge is row[slot]):
            return True
    return False


def has_properties(edge: Edge, wanted: list[tuple[str, Value]]) -> bool:
    return all(equals(edge.properties.get(key), value) for key, value in wanted)


def orient(edge: Edge, direction: str) -> list[tuple[Vertex, Vertex]]:
    ways = []
    if direction != "in":
        ways.append((edge.out_v, edge.in_v))
    if direction != "out" and not (direction == "both" and edge.out_v is edge.in_v):
        ways.append((edge.in_v, edge.out_v))
    return ways
