"""From elements to their neighbours: ``out``, ``inE``, ``bothV`` and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final

from ...graph import Edge, Vertex
from ..arguments import check_no_arguments, read_texts
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..enums import Direction
from ..errors import InvalidQuery, QueryFailed
from ..pipeline import PIECE, Batch, Context, Pipeline, Step, chunks, merge, pieces
from ..statement_settings import StatementSettings
from ..traverser import Traverser, list_path_nodes
from ..values import Value
from .adjacency import FAR_END, WAYS, make_edge_lister, make_neighbour_lister
from .base import FlatMapStep, MapStep, choose_move
from .visibility import VisibleStep, visible_vertices

_OUT: Final = (Direction.OUT,)
_IN: Final = (Direction.IN,)
_BOTH: Final = (Direction.OUT, Direction.IN)
_DIRECTIONS: Final = {Direction.OUT: _OUT, Direction.IN: _IN, Direction.BOTH: _BOTH}


#: From what share of all vertices on it pays to know the degree of each: one in so many.
_SHARE: Final = 4


class VertexStep(Step):
    """``out``, ``in``, ``both`` and their edges."""

    title = "VertexStep"
    moves = True
    expands = True
    #: Set by the planner: equal results may become one traverser.
    merges = False

    def __init__(
        self,
        settings: StatementSettings,
        directions: tuple[Direction, ...],
        labels: tuple[str, ...],
        edges: bool,
    ) -> None:
        self.directions = directions
        self.labels = labels
        self.edges = edges
        self.move = choose_move(settings)
        self.list: Callable[[Vertex], Iterable[Value]] = (
            make_edge_lister(directions, labels)
            if edges
            else make_neighbour_lister(directions, labels)
        )
        #: The edges that it goes along, unless they are all of one direction.
        self.edges_of = make_edge_lister(directions, labels) if labels else None

    def process(self, batch: Batch, context: Context) -> Batch:
        try:
            if self.merges:
                if _are_at_same_place(batch):
                    return self._move_and_merge(batch, context)
                return pieces(batch, context, lambda part: merge(self._move_all(part), context))
            return pieces(batch, context, self._move_all)
        except AttributeError:
            raise _make_cast_error("Vertex", batch, Vertex) from None

    def _move_all(self, batch: Batch) -> Batch:
        listed, move = self.list, self.move
        return [move(traverser, value) for traverser in batch for value in listed(traverser.value)]

    def _move_and_merge(self, batch: Batch, context: Context) -> Batch:
        counts: dict[Value, int] = {}
        count_of = counts.get
        one_way = len(self.directions) == 1 and not self.labels
        ways_of, end_of = WAYS[self.directions[0]], FAR_END[self.directions[0]]
        listed = self.list
        for at, traverser in enumerate(batch, 1):
            bulk = traverser.bulk
            if one_way:
                # The commonest case, without a list in between.
                for edges in ways_of(traverser.value).values():
                    for value in map(end_of, edges):
                        counts[value] = count_of(value, 0) + bulk
            else:
                for value in listed(traverser.value):
                    counts[value] = count_of(value, 0) + bulk
            if at & 8191 == 0:
                context.tick(len(counts))
        path, loops = batch[0].path, batch[0].loops
        return [Traverser(value, bulk, path, None, loops) for value, bulk in counts.items()]

    def describe(self) -> str:
        way = "BOTH" if len(self.directions) == 2 else self.directions[0].name
        kind = "edge" if self.edges else "vertex"
        return f"VertexStep({', '.join((way, *map(repr, self.labels), kind))})"


class DegreeStep(Step):
    """How many results a ``VertexStep`` would give: the traverser with its bulk times that.

    ``before`` is a step to neighbours that is taken first.
    """

    title = "DegreeStep"
    moves = True

    def __init__(self, step: VertexStep, before: VertexStep | None = None) -> None:
        self.directions = step.directions
        self.labels = step.labels
        self.list = make_edge_lister(step.directions, step.labels)
        self.inner = step
        self.before = before

    def process(self, batch: Batch, context: Context) -> Batch:
        before = self.before
        if before is not None:
            if len(batch) * _SHARE > context.graph.vertex_count:
                total = self._after(before, batch, context)
                return [Traverser(None, total)] if total else []
            batch = before.process(batch, context)
        try:
            if self.labels:
                listed = self.list
                total = sum([len(listed(each.value)) * each.bulk for each in batch])
            else:
                total = 0
                for direction in self.directions:
                    ways_of = WAYS[direction]
                    total += sum(
                        [sum(map(len, ways_of(each.value).values())) * each.bulk for each in batch]
                    )
        except AttributeError:
            raise _make_cast_error("Vertex", batch, Vertex) from None
        return [Traverser(None, total)] if total else []

    def _after(self, before: VertexStep, batch: Batch, context: Context) -> int:
        """The same for the neighbours of many vertices, whose degrees are looked up."""
        degrees = self._degrees(context)
        ways_of, end_of = WAYS[before.directions[0]], FAR_END[before.directions[0]]
        degree_of, edges_of = degrees.__getitem__, before.edges_of
        total = 0
        try:
            for part in chunks(batch, PIECE):
                context.tick(len(degrees))
                for each in part:
                    if edges_of is not None:
                        total += each.bulk * sum(map(degree_of, map(end_of, edges_of(each.value))))
                        continue
                    for edges in ways_of(each.value).values():
                        total += each.bulk * sum(map(degree_of, map(end_of, edges)))
        except AttributeError:
            raise _make_cast_error("Vertex", batch, Vertex) from None
        return total

    def _degrees(self, context: Context) -> dict[Vertex, int]:
        vertices, listed = context.graph.vertices(), self.list
        if self.labels or len(self.directions) > 1:
            return {vertex: len(listed(vertex)) for vertex in vertices}
        ways_of = WAYS[self.directions[0]]
        return {vertex: sum(map(len, ways_of(vertex).values())) for vertex in vertices}

    def describe(self) -> str:
        if self.before is not None:
            return f"DegreeStep({self.before.describe()}, {self.inner.describe()})"
        return f"DegreeStep{self.inner.describe()[len('VertexStep') :]}"


class GraphNeighboursStep(Step):
    """A ``GraphStep`` of all vertices and a ``VertexStep`` that merges, at once: each vertex stands
    for as many as there are edges to it.
    """

    title = "GraphNeighboursStep"
    moves = True
    expands = True

    def __init__(self, step: VertexStep) -> None:
        self.ways_of = WAYS[_AGAINST[step.directions[0]]]
        self.labels = step.labels
        self.inner = step

    def process(self, batch: Batch, context: Context) -> Batch:
        bulks = self._bulks(context)
        return [
            Traverser(vertex, bulk * each.bulk, each.path, None, each.loops)
            for each in batch
            for vertex, bulk in bulks
        ]

    def _bulks(self, context: Context) -> list[tuple[Vertex, int]]:
        found = []
        ways_of, labels = self.ways_of, self.labels
        for vertex in context.graph.vertices():
            ways = ways_of(vertex)
            if labels:
                bulk = sum([len(ways.get(label, ())) for label in labels])
            else:
                bulk = sum(map(len, ways.values()))
            if bulk:
                found.append((vertex, bulk))
        return found

    def describe(self) -> str:
        return f"GraphNeighboursStep{self.inner.describe()[len('VertexStep') :]}"


_AGAINST: Final = {Direction.OUT: Direction.IN, Direction.IN: Direction.OUT}


def _are_at_same_place(batch: Batch) -> bool:
    """Whether all have the same path and loops, so that equal values make equal traversers."""
    path, loops = batch[0].path, batch[0].loops
    return all(each.loops is loops and each.path is path for each in batch)


def _make_cast_error(name: str, batch: Batch, kind: type) -> QueryFailed:
    for traverser in batch:
        if not isinstance(traverser.value, kind):
            return QueryFailed(f"{type(traverser.value).__name__} cannot be cast to {name}")
    raise AssertionError("all of the batch is of this kind")


_STEPS: Final[dict[str, tuple[tuple[Direction, ...], bool]]] = {
    "out": (_OUT, False),
    "in": (_IN, False),
    "both": (_BOTH, False),
    "outE": (_OUT, True),
    "inE": (_IN, True),
    "bothE": (_BOTH, True),
}


@step(*_STEPS)
def adjacent(builder: Builder, call: Call, modulators: Modulators) -> Built:
    directions, edges = _STEPS[call.name]
    return build_expansion(builder, directions, tuple(read_texts(call)), edges)


@step("to", "toE")
def adjacent_towards(builder: Builder, call: Call, modulators: Modulators) -> Built:
    if not call.args or not isinstance(call.args[0], Direction):
        raise InvalidQuery(f"{call.name}() takes a direction here")
    labels = tuple(read_texts(call, call.args[1:]))
    return build_expansion(builder, _DIRECTIONS[call.args[0]], labels, call.name == "toE")


def build_expansion(
    builder: Builder, directions: tuple[Direction, ...], labels: tuple[str, ...], edges: bool
) -> list[Step]:
    """The steps to neighbours or edges, as far as the strategies let one see."""
    settings = builder.settings
    if settings.vertices is None and settings.edges is None:
        return [VertexStep(settings, directions, labels, edges)]
    return [VisibleStep(builder, directions, labels, edges)]


# ------------------------------------------------------------------ from edges to vertices


def _ends(*names: str) -> Callable[[Value], list[Vertex]]:
    getters = [attrgetter(name) for name in names]

    def ends(value: Value) -> list[Vertex]:
        if type(value) is not Edge:
            raise QueryFailed(f"{type(value).__name__} cannot be cast to Edge")
        return [getter(value) for getter in getters]

    return ends


_END_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "outV": ("out_v",),
    "inV": ("in_v",),
    "bothV": ("out_v", "in_v"),
}


@step(*_END_STEPS)
def end_vertices(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return build_end_steps(builder, _END_STEPS[call.name])


@step("toV")
def towards_vertex(builder: Builder, call: Call, modulators: Modulators) -> Built:
    if len(call.args) != 1 or not isinstance(call.args[0], Direction):
        raise InvalidQuery("toV() takes a direction")
    way = call.args[0]
    names = {Direction.OUT: "outV", Direction.IN: "inV", Direction.BOTH: "bothV"}
    return build_end_steps(builder, _END_STEPS[names[way]])


def build_end_steps(builder: Builder, names: tuple[str, ...]) -> Built:
    """The steps from an edge to its ends."""
    settings = builder.settings
    ends = _ends(*names)
    if len(names) == 1:
        end_step: Step = MapStep(settings, "EdgeVertexStep", lambda value: ends(value)[0])
    else:
        end_step = FlatMapStep(settings, "EdgeVertexStep", ends)
    if settings.vertices is None:
        return end_step
    return [end_step, *visible_vertices(builder)]


class OtherVertexStep(Step):
    """``otherV``: the end of the edge that the traverser did not come from."""

    title = "EdgeOtherVertexStep"
    moves = True

    def __init__(self, settings: StatementSettings) -> None:
        self.move = choose_move(settings)

    def process(self, batch: Batch, context: Context) -> Batch:
        return [self.move(traverser, _other_end(traverser)) for traverser in batch]

    def children(self) -> Iterable[Pipeline]:
        return ()


def _other_end(traverser: Traverser) -> Vertex:
    edge = traverser.value
    if type(edge) is not Edge:
        raise QueryFailed(f"{type(edge).__name__} cannot be cast to Edge")
    for node in reversed(list_path_nodes(traverser.path)):
        if type(node[1]) is Vertex:
            if node[1] is edge.out_v:
                return edge.in_v
            if node[1] is edge.in_v:
                return edge.out_v
    raise QueryFailed("The path of the traverser does not contain a vertex of the edge")


@step("otherV")
def other_vertex(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    other = OtherVertexStep(builder.settings)
    if builder.settings.vertices is None:
        return other
    return [other, *visible_vertices(builder)]
