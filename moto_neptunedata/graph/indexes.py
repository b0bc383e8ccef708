"""Lookups by label and by property value: built when first asked for, kept up from then on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import Any

from .elements import Edge, Vertex
from .values import values_of

# Each index entry is a dict used as an insertion-ordered set.
_NOTHING: dict[Any, None] = {}


class Indexes:
    """The indexes of one graph. An index that nobody asked for costs nothing."""

    def __init__(self) -> None:
        self._labels: defaultdict[str, dict[Vertex, None]] | None = None
        self._edge_labels: defaultdict[str, dict[Edge, None]] | None = None
        self._values: dict[str, dict[Any, dict[Vertex, None]]] = {}

    # ------------------------------------------------------------------ asking

    def by_label(self, vertices: Iterable[Vertex], label: str) -> Collection[Vertex]:
        """The vertices with this label, oldest first."""
        if self._labels is None:
            self._labels = defaultdict(dict)
            for vertex in vertices:
                for own in vertex.labels:
                    self._labels[own][vertex] = None
        return self._labels.get(label, _NOTHING).keys()

    def by_edge_label(self, edges: Iterable[Edge], label: str) -> Collection[Edge]:
        """The edges with this label, oldest first."""
        if self._edge_labels is None:
            self._edge_labels = defaultdict(dict)
            for edge in edges:
                self._edge_labels[edge.label][edge] = None
        return self._edge_labels.get(label, _NOTHING).keys()

    def by_property(
        self, vertices: Iterable[Vertex], key: str, value: Hashable
    ) -> Collection[Vertex]:
        """The vertices whose property ``key`` has a value that equals ``value``."""
        index = self._values.get(key)
        if index is None:
            index = {}
            for vertex in vertices:
                if key in vertex.properties:
                    for own in values_of(vertex.properties[key]):
                        _enter(index, own, vertex)
            self._values[key] = index
        return index.get(value, _NOTHING).keys()

    # ------------------------------------------------------------------ keeping up

    def add_vertices(self, vertices: Iterable[Vertex]) -> None:
        """New vertices with their labels and properties."""
        if self._labels is None and not self._values:
            return
        for vertex in vertices:
            for label in vertex.labels:
                self.add_label(vertex, label)
            for key, stored in vertex.properties.items():
                for value in values_of(stored):
                    self.add_value(vertex, key, value)

    def add_label(self, vertex: Vertex, label: str) -> None:
        if self._labels is not None:
            self._labels[label][vertex] = None

    def remove_label(self, vertex: Vertex, label: str) -> None:
        if self._labels is not None:
            del self._labels[label][vertex]

    def add_value(self, vertex: Vertex, key: str, value: Any) -> None:
        if key in self._values:
            _enter(self._values[key], value, vertex)

    def remove_value(self, vertex: Vertex, key: str, value: Any) -> None:
        # Another value that Python calls equal (1 and 1.0) may still be there.
        if key in self._values and type(value) is not list:
            left = values_of(vertex.properties.get(key, ()))
            if value not in left:
                self._values[key].get(value, {}).pop(vertex, None)

    def add_edges(self, edges: Iterable[Edge]) -> None:
        if self._edge_labels is not None:
            for edge in edges:
                self._edge_labels[edge.label][edge] = None

    def remove_edge(self, edge: Edge) -> None:
        if self._edge_labels is not None:
            del self._edge_labels[edge.label][edge]


def _enter(index: dict[Any, dict[Vertex, None]], value: Any, vertex: Vertex) -> None:
    if type(value) is not list:  # lists cannot be looked up; only the standard dialect stores them
        index.setdefault(value, {})[vertex] = None
