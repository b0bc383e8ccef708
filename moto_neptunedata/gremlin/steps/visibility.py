"""``SubgraphStrategy`` and ``PartitionStrategy``: traversals that see a part of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ...graph import Edge, Vertex
from ..ast import Call, Predicate, Strategy, Traversal
from ..builder import Builder, Settings
from ..enums import Direction
from ..errors import InvalidQuery, Unsupported
from ..pipeline import Batch, Context, Pipeline, Step
from ..strategies import option
from ..traverser import Traverser
from .base import mover
from .filters import TraversalFilterStep

Visible = Callable[[Any], bool]


def restricted(settings: Settings, strategies: dict[str, Strategy]) -> Settings:
    """The settings with what the strategies let one see."""
    subgraph = strategies.get("SubgraphStrategy")
    if subgraph is not None:
        if option(subgraph, "vertexProperties") is not None:
            raise Unsupported("SubgraphStrategy with vertexProperties is not supported")
        settings = replace(
            settings,
            vertices=_criterion(option(subgraph, "vertices")),
            edges=_criterion(option(subgraph, "edges")),
            check_adjacent=bool(option(subgraph, "checkAdjacentVertices", True)),
        )
    partition = strategies.get("PartitionStrategy")
    if partition is None:
        return settings
    if subgraph is not None:
        raise Unsupported("SubgraphStrategy and PartitionStrategy together are not supported")
    key, write = option(partition, "partitionKey"), option(partition, "writePartition")
    read = option(partition, "readPartitions")
    if not isinstance(key, str) or (write is not None and not isinstance(write, str)):
        raise InvalidQuery("PartitionStrategy needs partitionKey and writePartition")
    visible = None
    if read is not None:
        visible = Traversal((Call("has", (key, Predicate("within", (list(read),)))),))
    return replace(
        settings,
        vertices=visible,
        edges=visible,
        check_adjacent=False,
        write_partition=None if write is None else (key, write),
    )


def _criterion(value: Any) -> Traversal | None:
    if value is not None and not isinstance(value, Traversal):
        raise InvalidQuery("SubgraphStrategy takes traversals")
    return value


def _unrestricted(builder: Builder, criterion: Traversal) -> Pipeline:
    """The pipeline of a criterion, which itself sees everything."""
    settings = replace(builder.settings, vertices=None, edges=None)
    return Builder(settings).pipeline(criterion.calls, filtering=True)


def visible_vertices(builder: Builder) -> list[Step]:
    """Steps that keep the vertices one may see."""
    criterion = builder.settings.vertices
    if criterion is None:
        return []
    return [TraversalFilterStep(_unrestricted(builder, criterion), False)]


class _Sight:
    """The criteria of a statement, compiled."""

    def __init__(self, builder: Builder) -> None:
        settings = builder.settings
        self.vertices = (
            None if settings.vertices is None else _unrestricted(builder, settings.vertices)
        )
        self.edges = None if settings.edges is None else _unrestricted(builder, settings.edges)
        self.check_adjacent = settings.check_adjacent
        self.told = settings.told

    def open(self, context: Context) -> tuple[Visible, Visible]:
        """Whether a vertex, and whether an edge, may be seen."""
        sees_vertex = self._test(self.vertices, context)
        by_itself = self._test(self.edges, context)
        adjacent = self.check_adjacent and self.vertices is not None

        def sees_edge(edge: Any) -> bool:
            if not by_itself(edge):
                return False
            return not adjacent or (sees_vertex(edge.out_v) and sees_vertex(edge.in_v))

        return sees_vertex, sees_edge

    def _test(self, pipeline: Pipeline | None, context: Context) -> Visible:
        if pipeline is None:
            return lambda element: True
        test, told = pipeline.test_of(context), self.told
        return lambda element: test(
            Traverser(element, 1, (None, element, ()) if told else None, context.sack_initial)
        )

    def pipelines(self) -> list[Pipeline]:
        return [each for each in (self.vertices, self.edges) if each is not None]


def visible_elements(builder: Builder, edges: bool) -> list[Step]:
    """Steps that keep, of vertices or of edges, the ones one may see."""
    if builder.settings.vertices is None and builder.settings.edges is None:
        return []
    return [_VisibleFilterStep(_Sight(builder), edges)]


class _VisibleFilterStep(Step):
    title = "TraversalFilterStep"
    moves = False

    def __init__(self, sight: _Sight, edges: bool) -> None:
        self.sight = sight
        self.edges = edges

    def open(self, context: Context) -> Any:
        sees = self.sight.open(context)[self.edges]
        return lambda batch: [traverser for traverser in batch if sees(traverser.value)]

    def children(self) -> Iterable[Pipeline]:
        return self.sight.pipelines()


class VisibleStep(Step):
    """``out``, ``inE`` and the like, as far as one may see."""

    title = "VertexStep"
    moves = True
    expands = True

    def __init__(
        self,
        builder: Builder,
        directions: tuple[Direction, ...],
        labels: tuple[str, ...],
        edges: bool,
    ) -> None:
        from .expansions import edge_lister

        self.sight = _Sight(builder)
        self.edges = edges
        self.parts = [(way, edge_lister((way,), labels)) for way in directions]
        self.move = mover(builder.settings)

    def open(self, context: Context) -> Any:
        sees_vertex, sees_edge = self.sight.open(context)

        def results(vertex: Vertex) -> Iterable[Vertex | Edge]:
            for way, listed in self.parts:
                for edge in listed(vertex):
                    if not sees_edge(edge):
                        continue
                    if self.edges:
                        yield edge
                        continue
                    far = edge.in_v if way is Direction.OUT else edge.out_v
                    if sees_vertex(far):
                        yield far

        def stage(batch: Batch) -> Batch:
            found: Batch = []
            for traverser in batch:
                if type(traverser.value) is not Vertex:
                    from ..errors import QueryFailed

                    raise QueryFailed(f"{type(traverser.value).__name__} cannot be cast to Vertex")
                found += [self.move(traverser, each) for each in results(traverser.value)]
                context.tick(len(found))
            return found

        return stage

    def children(self) -> Iterable[Pipeline]:
        return self.sight.pipelines()
