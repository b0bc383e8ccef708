"""``SubgraphStrategy`` and ``PartitionStrategy``: traversals that see a part of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ...graph import Edge, Vertex
from ..ast import Traversal
from ..builder import Builder
from ..enums import Direction
from ..errors import QueryFailed
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..values import Value
from .adjacency import make_edge_lister
from .base import choose_move
from .filters import TraversalFilterStep

Visible = Callable[[Value], bool]


def _build_unrestricted(builder: Builder, criterion: Traversal) -> Pipeline:
    """The pipeline of a criterion, which itself sees everything."""
    settings = replace(builder.settings, vertices=None, edges=None)
    return Builder(settings, builder.optimize).pipeline(criterion.calls, filtering=True)


def visible_vertices(builder: Builder) -> list[Step]:
    """Steps that keep the vertices one may see."""
    criterion = builder.settings.vertices
    if criterion is None:
        return []
    return [TraversalFilterStep(_build_unrestricted(builder, criterion), False)]


class _Sight:
    """The criteria of a statement, compiled."""

    def __init__(self, builder: Builder) -> None:
        settings = builder.settings
        self.vertices = (
            None if settings.vertices is None else _build_unrestricted(builder, settings.vertices)
        )
        self.edges = (
            None if settings.edges is None else _build_unrestricted(builder, settings.edges)
        )
        self.check_adjacent = settings.check_adjacent
        self.track_paths = settings.track_paths

    def open(self, context: Context) -> tuple[Visible, Visible]:
        """Whether a vertex, and whether an edge, may be seen."""
        sees_vertex = self._test(self.vertices, context)
        by_itself = self._test(self.edges, context)
        adjacent = self.check_adjacent and self.vertices is not None

        def sees_edge(edge: Value) -> bool:
            if not by_itself(edge):
                return False
            return not adjacent or (sees_vertex(edge.out_v) and sees_vertex(edge.in_v))

        return sees_vertex, sees_edge

    def _test(self, pipeline: Pipeline | None, context: Context) -> Visible:
        if pipeline is None:
            return lambda element: True
        test, track_paths = pipeline.test_of(context), self.track_paths
        return lambda element: test(context.new_traverser(element, track_paths))

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

    def open(self, context: Context) -> Opened:
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
        self.sight = _Sight(builder)
        self.edges = edges
        self.parts = [(way, make_edge_lister((way,), labels)) for way in directions]
        self.move = choose_move(builder.settings)

    def open(self, context: Context) -> Opened:
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
                    raise QueryFailed(f"{type(traverser.value).__name__} cannot be cast to Vertex")
                found += [self.move(traverser, each) for each in results(traverser.value)]
                context.tick(len(found))
            return found

        return stage

    def children(self) -> Iterable[Pipeline]:
        return self.sight.pipelines()
