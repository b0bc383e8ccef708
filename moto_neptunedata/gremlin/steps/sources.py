"""Where traversers come from: ``V``, ``E`` and ``inject``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ...graph import Edge, Vertex
from ..ast import Call, Predicate, Traversal, VertexReference
from ..builder import Builder, Built, Modulators, step
from ..errors import TEXTS, BadArgument, InvalidQuery
from ..pipeline import BarrierStage, Batch, Context, Opened, Step, make_growing_batches
from ..statement_settings import StatementSettings
from ..traverser import START, Traverser
from ..values import BulkSet, GSet, Value
from .base import choose_move
from .visibility import visible_elements


class GraphStep(Step):
    """``V`` and ``E``: the elements with these ids, or all.

    ``hints`` are tests that follow anyway and that an index answers: ``("label", label)`` and
    ``("property", key, value)``. The step looks only at the candidates of the best of them.
    """

    title = "GraphStep"
    lazy = True
    moves = True
    expands = True

    def __init__(
        self, settings: StatementSettings, edges: bool, ids: tuple[Value, ...] | None
    ) -> None:
        self.edges = edges
        self.ids = ids
        self.move = choose_move(settings)
        self.only_strings = settings.dialect.only_string_ids
        self.hints: list[tuple[Value, ...]] = []

    def open(self, context: Context) -> Opened:
        return lambda batch: self._batches(batch, context)

    def _batches(self, batch: Batch, context: Context) -> Iterator[Batch]:
        move = self.move
        for traverser in batch:
            elements = self.elements(context)
            yield from make_growing_batches(
                (move(traverser, element) for element in elements), self.eager
            )

    def elements(self, context: Context) -> Iterable[Value]:
        """The elements, or candidates for what the next steps keep."""
        if self.ids is not None:
            return self._by_id(context)
        # Later steps may change the graph, so what is walked through is a copy.
        return list(self.candidates(context))

    def _by_id(self, context: Context) -> Iterator[Value]:
        assert self.ids is not None
        find: Value = context.graph.edge if self.edges else context.graph.vertex
        kind = Edge if self.edges else Vertex
        for wanted in dict.fromkeys(element_id(each, kind, self.only_strings) for each in self.ids):
            found = None if wanted is None else find(wanted)
            if found is not None:
                yield found

    def candidates(self, context: Context) -> Collection[Value]:
        """The elements that the best index gives, or all."""
        graph = context.graph
        best: Collection[Value] | None = None
        for hint in self.hints:
            if hint[0] == "property":
                found: Collection[Value] = graph.vertices_by_property(hint[1], hint[2])
            elif hint[0] == "id":
                find: Value = graph.edge if self.edges else graph.vertex
                each = (find(id) for id in dict.fromkeys(hint[1]) if isinstance(id, str))
                found = [element for element in each if element is not None]
            elif self.edges:
                found = graph.edges_by_label(hint[1])
            else:
                found = graph.vertices_by_label(hint[1])
            if best is None or len(found) < len(best):
                best = found
        if best is not None:
            return best
        return graph.edges() if self.edges else graph.vertices()

    def describe(self) -> str:
        kind = "edge" if self.edges else "vertex"
        parts = [kind, *(map(str, self.ids) if self.ids is not None else ())]
        parts += [f"{hint[-2]}={hint[-1]}" if len(hint) > 2 else hint[-1] for hint in self.hints]
        return f"GraphStep({', '.join(parts)})"


class GraphCountStep(Step):
    """How many elements a ``GraphStep`` would give: one traverser that stands for as many."""

    title = "GraphCountStep"
    moves = True

    def __init__(self, step: GraphStep) -> None:
        self.graph = step

    def process(self, batch: Batch, context: Context) -> Batch:
        size = len(self.graph.candidates(context))
        return [Traverser(None, traverser.bulk * size) for traverser in batch if size]

    def describe(self) -> str:
        return self.graph.describe().replace("GraphStep", "GraphCountStep")


def element_id(given: Value, kind: type, only_strings: bool) -> str | None:
    """The id that an argument of ``V`` or ``E`` means; None means no element."""
    if given is None:
        return None
    if isinstance(given, (Vertex, Edge)):
        return given.id if isinstance(given, kind) else None
    if isinstance(given, VertexReference):
        given = given.id
    if isinstance(given, str):
        return given
    if only_strings or isinstance(given, (list, GSet, Predicate, Traversal)):
        raise BadArgument(TEXTS["string id"].text.format(id=given))
    return str(given)


def flatten_ids(args: tuple[Value, ...]) -> tuple[Value, ...]:
    """The ids of ``V`` and ``E``: one collection stands for its values."""
    found: list[Value] = []
    for arg in args:
        if isinstance(arg, (list, GSet, BulkSet)):
            found.extend(arg)
        else:
            found.append(arg)
    return tuple(found)


@step("V")
def vertices(builder: Builder, call: Call, modulators: Modulators) -> Built:
    return _graph_step(builder, call, False)


@step("E")
def edges(builder: Builder, call: Call, modulators: Modulators) -> Built:
    return _graph_step(builder, call, True)


def _graph_step(builder: Builder, call: Call, of_edges: bool) -> Built:
    for arg in call.args:
        if isinstance(arg, (Predicate, Traversal)):
            raise InvalidQuery(f"{call.name}() takes ids")
    ids = flatten_ids(call.args) if call.args else None
    found = GraphStep(builder.settings, of_edges, ids)
    if builder.settings.vertices is None and builder.settings.edges is None:
        return found
    return [found, *visible_elements(builder, of_edges)]


class InjectStage(BarrierStage):
    """Gives its values first, then what came in."""

    def __init__(self, step: InjectStep, context: Context) -> None:
        self.step = step
        self.context = context
        self.held: Batch = []
        self.first = True

    def add(self, batch: Batch) -> None:
        self.held.extend(batch)
        self.context.tick(len(self.held))

    def finish(self) -> Iterable[Batch]:
        held, self.held = self.held, []
        if self.first:
            self.first = False
            yield self.step.make_traversers(self.context)
        if held:
            yield held


class InjectStep(Step):
    """``inject`` in the middle of a row."""

    title = "InjectStep"
    barrier = True
    stateful = True
    moves = True

    def __init__(self, settings: StatementSettings, values: tuple[Value, ...]) -> None:
        self.values = values
        self.track_paths = settings.track_paths

    def open(self, context: Context) -> Opened:
        return InjectStage(self, context)

    def make_traversers(self, context: Context) -> Batch:
        """New traversers, one a value."""
        return [context.new_traverser(value, self.track_paths) for value in self.values]


class StartInjectStep(InjectStep):
    """``inject`` at the start of a row: what came in, then its values."""

    barrier = False
    expands = True

    def open(self, context: Context) -> Opened:
        first = True

        def stage(batch: Batch) -> Batch:
            nonlocal first
            found = [traverser for traverser in batch if traverser.value is not START]
            if first:
                first = False
                found += self.make_traversers(context)
            return found

        return stage


@step("inject")
def inject(builder: Builder, call: Call, modulators: Modulators) -> Built:
    if any(isinstance(arg, (Traversal, Predicate)) for arg in call.args):
        raise InvalidQuery("inject() takes values")
    kind = InjectStep if builder.before else StartInjectStep
    return kind(builder.settings, call.args)
