"""The property graph: the store of record that the loader fills and both query languages read.

Reading copies nothing: a :class:`Vertex` and an :class:`Edge` are the stored objects themselves.
Every change goes through a :class:`Transaction`, which happens whole or leaves no trace, or through
one of the two bulk methods, which are a transaction of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, KeysView, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from os import PathLike
from threading import RLock
from typing import Any

from .batches import EdgeBatch, VertexBatch
from .change_log import Change, ChangeLog, Commit
from .elements import Edge, Vertex, attach, detach
from .errors import (
    DuplicateEdgeError,
    DuplicateVertexError,
    MissingVertexError,
    VertexHasEdgesError,
)
from .gc_control import pause_gc
from .indexes import Indexes
from .rewind import restore, rewind
from .transaction import StoreTransaction
from .values import same_value, values_of


class PropertyGraph:
    """A directed graph with string ids, label sets, typed values and a change log.

    Hold :attr:`lock` for as long as a consistent view is needed; a transaction holds it itself.
    """

    def __init__(self) -> None:
        self.log: ChangeLog[Change] = ChangeLog()
        self.lock = RLock()
        # All ids. A set has the hashes beside its entries: in a large graph a bulk load waits for
        # memory far less often than with the keys of a dict.
        self._vertex_ids: set[str] = set()
        self._edge_ids: set[str] = set()
        # The objects; those of a bulk load are made when first read (_settle).
        self._vertices: dict[str, Vertex] = {}
        self._edges: dict[str, Edge] = {}
        self._pending: list[VertexBatch | EdgeBatch] = []
        self._indexes = Indexes()

    # ------------------------------------------------------------------ reading

    @property
    def vertex_count(self) -> int:
        """How many vertices there are."""
        return len(self._vertex_ids)

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return len(self._edge_ids)

    @property
    def vertex_ids(self) -> KeysView[str]:
        """A live view of all vertex ids; ``in`` is one lookup."""
        return _Ids(self._vertex_ids, self._settled_vertices)

    @property
    def edge_ids(self) -> KeysView[str]:
        """A live view of all edge ids; ``in`` is one lookup."""
        return _Ids(self._edge_ids, self._settled_edges)

    def vertices(self) -> Collection[Vertex]:
        """A live view of all vertices, oldest first."""
        return self._settled_vertices().values()

    def edges(self) -> Collection[Edge]:
        """A live view of all edges, oldest first."""
        return self._settled_edges().values()

    def vertex(self, id: str) -> Vertex | None:
        """The vertex with this id, or None."""
        return self._settled_vertices().get(id)

    def edge(self, id: str) -> Edge | None:
        """The edge with this id, or None."""
        return self._settled_edges().get(id)

    def vertices_by_label(self, label: str) -> Collection[Vertex]:
        """The vertices that have this label, oldest first; an index, built when first asked."""
        return self._indexes.by_label(self.vertices(), label)

    def edges_by_label(self, label: str) -> Collection[Edge]:
        """The edges with this label, oldest first; an index, built when first asked."""
        return self._indexes.by_edge_label(self.edges(), label)

    def vertices_by_property(self, key: str, value: Any) -> Collection[Vertex]:
        """Candidates for ``key`` holding ``value``: every vertex that does, and maybe some more.

        Python's equality decides, so ``1``, ``1.0`` and ``True`` share candidates; the caller
        applies its language's own. The value must be hashable. An index, built when first asked.
        """
        return self._indexes.by_property(self.vertices(), key, value)

    def __repr__(self) -> str:
        return f"<PropertyGraph: {self.vertex_count} vertices, {self.edge_count} edges>"

    # ------------------------------------------------------------------ showing

    def to_networkx(self, *, labels: str = "labels", label: str = "label") -> Any:
        """The graph as a ``networkx.MultiDiGraph``; see :mod:`..testing.networkx_graphs`.

        Raises ValueError when a property is called as the attribute for labels.
        """
        from . import networkx  # noqa: PLC0415 - only when it is drawn or converted

        return networkx.convert(self, labels, label)

    def to_html(
        self,
        path: str | PathLike[str] | None = None,
        *,
        limit: int | None = None,
        around: str | None = None,
    ) -> str:
        """A picture of the graph as one HTML page that needs no other file and no network.

        ``path`` is a file to write it to as well. At most ``limit`` vertices (300) are in it, those
        nearest to the vertex ``around`` if one is named; the page tells how many there are.

        Raises ValueError for a limit that is not between 1 and 1,000, LookupError for an id that
        does not exist; nothing is written then.
        """
        from .drawing import pages  # noqa: PLC0415 - only when it is drawn or converted

        return pages.graph_page(self, path, limit, around)

    def _repr_html_(self) -> str:
        """The picture in a notebook, of fewer vertices."""
        from .drawing import pages  # noqa: PLC0415 - only when it is drawn or converted

        return pages.graph_frame(self)

    # ------------------------------------------------------------------ changing

    def transaction(self) -> Transaction:
        """``with graph.transaction() as tx:`` commits at the end, or undoes all on an exception."""
        return Transaction(self)

    def add_vertices(
        self,
        ids: Sequence[str],
        labels: Sequence[tuple[str, ...]],
        keys: tuple[str, ...],
        columns: Sequence[Sequence[Any]],
    ) -> None:
        """Add many vertices in one commit: one entry of ``labels`` and of each column a vertex.

        ``columns[i]`` holds the values of ``keys[i]``, or ``MISSING``; a tuple is several values.
        The sequences are kept, not copied: leave them alone afterwards.
        Raises ``DuplicateVertexError`` for an id that exists or comes twice.
        """
        with self.lock:
            fresh = set(ids)
            if len(fresh) != len(ids) or not self._vertex_ids.isdisjoint(fresh):
                raise DuplicateVertexError(_first_repeated(ids, self._vertex_ids))
            batch = VertexBatch(ids, labels, keys, columns)
            self._vertex_ids |= fresh
            self._pending.append(batch)
            self.log.append(batch)

    def add_edges(
        self,
        ids: Sequence[str],
        labels: Sequence[str],
        from_ids: Sequence[str],
        to_ids: Sequence[str],
        keys: tuple[str, ...],
        columns: Sequence[Sequence[Any]],
    ) -> None:
        """Add many edges in one commit; see :meth:`add_vertices`.

        Raises ``DuplicateEdgeError`` for an id that exists or comes twice and
        ``MissingVertexError`` for an end that does not exist.
        """
        with self.lock:
            fresh = set(ids)
            if len(fresh) != len(ids) or not self._edge_ids.isdisjoint(fresh):
                raise DuplicateEdgeError(_first_repeated(ids, self._edge_ids))
            ends = set(from_ids)
            ends.update(to_ids)
            if not ends <= self._vertex_ids:
                missing = ends - self._vertex_ids
                raise MissingVertexError(
                    next(end for end in chain(from_ids, to_ids) if end in missing)
                )
            batch = EdgeBatch(ids, labels, from_ids, to_ids, keys, columns)
            self._edge_ids |= fresh
            self._pending.append(batch)
            self.log.append(batch)

    def rewind(self, num: int) -> None:
        """Undo every commit after number ``num``; see :func:`~.rewinding.rewind`."""
        rewind(self, num)

    def capture(self) -> Sequence[Commit[Change]]:
        """What :meth:`restore` takes: the history so far; copies no data."""
        with self.lock:
            return tuple(self.log.commits)

    def restore(self, commits: Sequence[Commit[Change]]) -> bool:
        """Return to what was captured, here or from another store; False when it redid changes.

        Takes time in proportion to what differs.
        """
        return restore(self, commits, self._redo_batch)

    def _redo_batch(self, part: object) -> bool:
        if isinstance(part, VertexBatch):
            self.add_vertices(part.ids, part.labels, part.keys, part.columns)
        elif isinstance(part, EdgeBatch):
            ends = part.from_ids, part.to_ids
            self.add_edges(part.ids, part.labels, *ends, part.keys, part.columns)
        else:
            return False
        return True

    # ------------------------------------------------------------------ inside

    def _settled_vertices(self) -> dict[str, Vertex]:
        if self._pending:
            self._settle()
        return self._vertices

    def _settled_edges(self) -> dict[str, Edge]:
        if self._pending:
            self._settle()
        return self._edges

    def _settle(self) -> None:
        """Make the objects of what was bulk-loaded."""
        with self.lock, pause_gc():
            while self._pending:
                batch = self._pending[0]
                if isinstance(batch, VertexBatch):
                    self._settle_vertices(batch)
                else:
                    self._settle_edges(batch)
                del self._pending[0]

    def _settle_vertices(self, batch: VertexBatch) -> None:
        made = [
            Vertex(id, labels, properties)
            for id, labels, properties in zip(batch.ids, batch.labels, batch.properties())
        ]
        self._vertices.update(zip(batch.ids, made))
        self._indexes.add_vertices(made)

    def _settle_edges(self, batch: EdgeBatch) -> None:
        vertices = self._vertices
        made = [
            Edge(id, label, vertices[from_id], vertices[to_id], properties)
            for id, label, from_id, to_id, properties in zip(
                batch.ids, batch.labels, batch.from_ids, batch.to_ids, batch.properties()
            )
        ]
        # The vertices' own ids in place of equal texts, whose memory the next objects get.
        batch.from_ids = [edge.out_v.id for edge in made]
        batch.to_ids = [edge.in_v.id for edge in made]
        attach(made)
        self._edges.update(zip(batch.ids, made))
        self._indexes.add_edges(made)


class Transaction(StoreTransaction[Change]):
    """Changes to a graph that happen together or not at all.

    Use it as a context manager, one at a time: it holds the graph's lock. Each method checks
    before it changes anything, so that a caller may catch a refusal and go on.
    """

    def __init__(self, graph: PropertyGraph) -> None:
        super().__init__(graph)
        self.graph = graph

    def __enter__(self) -> Transaction:
        self.graph.lock.acquire()
        try:
            self._vertices = self.graph._settled_vertices()  # noqa: SLF001 - of this module
            self._edges = self.graph._settled_edges()  # noqa: SLF001 - of this module
            self._vertex_ids = self.graph._vertex_ids  # noqa: SLF001 - of this module
            self._edge_ids = self.graph._edge_ids  # noqa: SLF001 - of this module
            self._indexes = self.graph._indexes  # noqa: SLF001 - of this module
        except BaseException:
            self.graph.lock.release()
            raise
        return self

    # ------------------------------------------------------------------ vertices

    def add_vertex(self, id: str, labels: Iterable[str] = ()) -> Vertex:
        """Add a vertex. Raises ``DuplicateVertexError``."""
        if id in self._vertices:
            raise DuplicateVertexError(id)
        vertex = self._vertices[id] = Vertex(id, (), {})
        self._vertex_ids.add(id)
        self.changes.append(Change("ADD", "v", id))
        for label in labels:
            self.add_label(vertex, label)
        return vertex

    def remove_vertex(self, vertex: Vertex, detach: bool = False) -> None:
        """Remove a vertex, its properties and labels, and with ``detach`` its edges first.

        Raises ``VertexHasEdgesError`` when it has edges and ``detach`` is false.
        """
        edges = [edge for ways in (vertex.out, vertex.in_) for es in ways.values() for edge in es]
        if edges and not detach:
            raise VertexHasEdgesError(vertex.id)
        for edge in reversed(dict.fromkeys(edges)):
            self.remove_edge(edge)
        # Last first, so that an undo brings all back in its old order.
        for key in reversed(list(vertex.properties)):
            self.remove_property(vertex, key)
        for label in reversed(vertex.labels):
            self.remove_label(vertex, label)
        del self._vertices[vertex.id]
        self._vertex_ids.remove(vertex.id)
        self.changes.append(Change("REMOVE", "v", vertex.id))

    def add_label(self, vertex: Vertex, label: str) -> bool:
        """Add a label; False when the vertex has it already."""
        if label in vertex.labels:
            return False
        vertex.labels = (*vertex.labels, label)
        self._indexes.add_label(vertex, label)
        self.changes.append(Change("ADD", "vl", vertex.id, "label", label))
        return True

    def remove_label(self, vertex: Vertex, label: str) -> bool:
        """Remove a label; False when the vertex does not have it. The last one may go too."""
        if label not in vertex.labels:
            return False
        vertex.labels = tuple(other for other in vertex.labels if other != label)
        self._indexes.remove_label(vertex, label)
        self.changes.append(Change("REMOVE", "vl", vertex.id, "label", label))
        return True

    # ------------------------------------------------------------------ properties

    def add_value(self, vertex: Vertex, key: str, value: Any) -> bool:
        """Add one value to a vertex property (set cardinality); False when it is there already."""
        held = values_of(vertex.properties[key]) if key in vertex.properties else ()
        if any(same_value(value, other) for other in held):
            return False
        vertex.properties[key] = (*held, value) if held else value
        self._indexes.add_value(vertex, key, value)
        self.changes.append(Change("ADD", "vp", vertex.id, key, value))
        return True

    def remove_value(self, vertex: Vertex, key: str, value: Any) -> bool:
        """Remove one value of a vertex property; False when it is not there."""
        held = values_of(vertex.properties[key]) if key in vertex.properties else ()
        left = tuple(other for other in held if not same_value(value, other))
        if len(left) == len(held):
            return False
        if left:
            vertex.properties[key] = left if len(left) > 1 else left[0]
        else:
            del vertex.properties[key]
        self._indexes.remove_value(vertex, key, value)
        self.changes.append(Change("REMOVE", "vp", vertex.id, key, value))
        return True

    def set_property(self, element: Vertex | Edge, key: str, value: Any) -> bool:
        """Give a property one value in place of those it has (single cardinality).

        False when that changes nothing.
        """
        if key in element.properties:
            held = element.properties[key]
            if type(held) is not tuple and same_value(held, value):
                return False
            self.remove_property(element, key)
        if isinstance(element, Vertex):
            return self.add_value(element, key, value)
        element.properties[key] = value
        self.changes.append(Change("ADD", "ep", element.id, key, value))
        return True

    def remove_property(self, element: Vertex | Edge, key: str) -> bool:
        """Remove a property with all its values; False when there is none of that name."""
        if key not in element.properties:
            return False
        if isinstance(element, Vertex):
            for value in reversed(values_of(element.properties[key])):
                self.remove_value(element, key, value)
        else:
            value = element.properties.pop(key)
            self.changes.append(Change("REMOVE", "ep", element.id, key, value))
        return True

    # ------------------------------------------------------------------ edges

    def add_edge(self, id: str, label: str, out_v: Vertex, in_v: Vertex) -> Edge:
        """Add an edge from ``out_v`` to ``in_v``. Raises ``DuplicateEdgeError``, and
        ``MissingVertexError`` when an end is no longer in the graph.
        """
        if id in self._edges:
            raise DuplicateEdgeError(id)
        for end in (out_v, in_v):
            if self._vertices.get(end.id) is not end:
                raise MissingVertexError(end.id)
        edge = self._edges[id] = Edge(id, label, out_v, in_v, {})
        self._edge_ids.add(id)
        attach((edge,))
        self._indexes.add_edges((edge,))
        self.changes.append(Change("ADD", "e", id, "label", label, out_v.id, in_v.id))
        return edge

    def remove_edge(self, edge: Edge) -> None:
        """Remove an edge and its properties."""
        for key in reversed(list(edge.properties)):
            self.remove_property(edge, key)
        del self._edges[edge.id]
        self._edge_ids.remove(edge.id)
        detach(edge)
        self._indexes.remove_edge(edge)
        self.changes.append(
            Change("REMOVE", "e", edge.id, "label", edge.label, edge.out_v.id, edge.in_v.id)
        )

    # ------------------------------------------------------------------ replay

    def apply(self, change: Change) -> bool:
        """Make one change of a change log happen here; False when there is nothing to change.

        Raises as the method that it stands for, and KeyError where its element is not there.
        """
        id, key, value = change.id, change.key, change.value
        adds = change.op == "ADD"
        if change.kind == "vl":
            return (self.add_label if adds else self.remove_label)(self._vertices[id], value)
        if change.kind == "vp":
            return (self.add_value if adds else self.remove_value)(self._vertices[id], key, value)
        if change.kind == "ep":
            properties = self._edges[id].properties
            if adds:
                return key not in properties and self.set_property(self._edges[id], key, value)
            is_held = key in properties and same_value(properties[key], value)
            return is_held and self.remove_property(self._edges[id], key)
        if change.kind == "v":
            self.add_vertex(id) if adds else self.remove_vertex(self._vertices[id])
        elif adds:
            ends = self._vertices[str(change.from_id)], self._vertices[str(change.to_id)]
            self.add_edge(id, value, *ends)
        else:
            self.remove_edge(self._edges[id])
        return True


class _Ids(KeysView[str]):
    """A live view of ids: looking one up and counting need no objects, going through them does."""

    __slots__ = ("_ids", "_settled")

    def __init__(self, ids: set[str], settled: Callable[[], dict[str, Any]]) -> None:
        self._ids = ids
        self._settled = settled

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._settled())

    def __ge__(self, other: AbstractSet[Any]) -> bool:
        return self._ids >= other  # inherited, it would ask for one id after another

    def __repr__(self) -> str:
        return f"<{len(self)} ids>"


def _first_repeated(ids: Iterable[str], existing: Collection[str]) -> str:
    seen: set[str] = set()
    for id in ids:
        if id in existing or id in seen:
            return id
        seen.add(id)
    raise AssertionError("no id is repeated")
