"""The edges and neighbours of a vertex, by direction and label."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from operator import attrgetter
from typing import Final

from ...graph import Edge, Vertex
from ..enums import Direction
from ..values import Value

#: From a vertex to its edges by label.
WAYS: Final = {Direction.OUT: attrgetter("out"), Direction.IN: attrgetter("in_")}
#: From an edge to the vertex at its other end.
FAR_END: Final = {Direction.OUT: attrgetter("in_v"), Direction.IN: attrgetter("out_v")}


def make_edge_lister(
    directions: tuple[Direction, ...], labels: tuple[str, ...]
) -> Callable[[Vertex], Collection[Edge]]:
    """A function that lists the edges of a vertex."""
    parts = [_one_way(WAYS[direction], labels) for direction in directions]
    if len(parts) == 1:
        return parts[0]
    return lambda vertex: [edge for part in parts for edge in part(vertex)]


def _one_way(ways_of: Value, labels: tuple[str, ...]) -> Callable[[Vertex], Collection[Edge]]:
    if len(labels) == 1:
        label = labels[0]
        return lambda vertex: tuple(ways_of(vertex).get(label, ()))
    if labels:
        return lambda vertex: [edge for label in labels for edge in ways_of(vertex).get(label, ())]
    return lambda vertex: [edge for edges in ways_of(vertex).values() for edge in edges]


def make_neighbour_lister(
    directions: tuple[Direction, ...], labels: tuple[str, ...]
) -> Callable[[Vertex], Iterable[Vertex]]:
    """A function that lists the neighbours of a vertex, one an edge."""
    parts = [(_one_way(WAYS[direction], labels), FAR_END[direction]) for direction in directions]
    if len(parts) == 1:
        edges_of, end = parts[0]
        return lambda vertex: list(map(end, edges_of(vertex)))
    return lambda vertex: [end(edge) for edges_of, end in parts for edge in edges_of(vertex)]
