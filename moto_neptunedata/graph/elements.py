"""Vertices and edges, and the edges at a vertex."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any


class Vertex:
    """A vertex. Read its attributes freely; change it only through a :class:`Transaction`.

    ``labels`` are distinct and in the order they were given. ``properties`` maps a key to its
    value, or to a tuple of values where there are several. ``out`` and ``in_`` map an edge label
    to the edges that leave and that enter the vertex.
    """

    __slots__ = ("id", "in_", "labels", "out", "properties")

    def __init__(self, id: str, labels: tuple[str, ...], properties: dict[str, Any]) -> None:
        self.id = id
        self.labels = labels
        self.properties = properties
        self.out: dict[str, list[Edge]] = {}
        self.in_: dict[str, list[Edge]] = {}

    def __repr__(self) -> str:
        return f"<Vertex {self.id!r} {'::'.join(self.labels)} {self.properties!r}>"


class Edge:
    """An edge from ``out_v`` to ``in_v`` (TinkerPop's names); one value a property."""

    __slots__ = ("id", "in_v", "label", "out_v", "properties")

    def __init__(
        self, id: str, label: str, out_v: Vertex, in_v: Vertex, properties: dict[str, Any]
    ) -> None:
        self.id = id
        self.label = label
        self.out_v = out_v
        self.in_v = in_v
        self.properties = properties

    def __repr__(self) -> str:
        ends = f"{self.out_v.id!r} -> {self.in_v.id!r}"
        return f"<Edge {self.id!r} {self.label} {ends} {self.properties!r}>"


def attach(edges: Iterable[Edge]) -> None:
    """Enter edges at both of their ends."""
    for edge in edges:
        label = edge.label
        edge.out_v.out.setdefault(label, []).append(edge)
        edge.in_v.in_.setdefault(label, []).append(edge)


def detach(edge: Edge) -> None:
    """Take an edge away from both of its ends."""
    for ways in (edge.out_v.out, edge.in_v.in_):
        edges = ways[edge.label]
        edges.remove(edge)
        if not edges:
            del ways[edge.label]


def out_edges(vertex: Vertex, labels: Collection[str] = ()) -> Iterator[Edge]:
    """The edges that leave a vertex, of these labels or of all."""
    return _edges_of(vertex.out, labels)


def in_edges(vertex: Vertex, labels: Collection[str] = ()) -> Iterator[Edge]:
    """The edges that enter a vertex, of these labels or of all."""
    return _edges_of(vertex.in_, labels)


def _edges_of(ways: dict[str, list[Edge]], labels: Collection[str]) -> Iterator[Edge]:
    for label in labels or ways:
        yield from ways.get(label, ())
