"""Steps that change the graph: ``addV``, ``addE``, ``property``, ``drop``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ...graph import Edge, MissingVertexError, Vertex
from ...graph.errors import DuplicateEdgeError, DuplicateVertexError
from ..arguments import check_argument_count
from ..ast import Call, Predicate, Traversal, VertexReference
from ..builder import Builder, Built, Modulators, step
from ..enums import Cardinality, CardinalityValue, T
from ..errors import TEXTS, ConstraintViolation, InvalidQuery, QueryFailed, Unsupported
from ..modulators import By
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..property_rules import (
    check_key,
    element_id_to_store,
    labels_to_store,
    remove_value,
    store_property,
)
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, START, Draw, Traverser
from ..values import GMap, Property, Value, VertexProperty
from .base import choose_move
from .scoping import lookup

#: A constant, or what a traversal gives.
Given: TypeAlias = Value
#: (cardinality, key, value) of a property to set.
PropertyRow: TypeAlias = tuple[Cardinality | None, str, Value]


def build_argument(builder: Builder, arg: Value) -> Given:
    """An argument that may be a traversal."""
    if isinstance(arg, Predicate):
        raise InvalidQuery("a value or a traversal is expected, not a predicate")
    return By(None, builder.child(arg)) if isinstance(arg, Traversal) else arg


def open_argument(arg: Given, context: Context) -> Draw:
    """The function that gives the argument for a traverser."""
    if isinstance(arg, By):
        draw = arg.open(context)

        def evaluate(traverser: Traverser) -> Value:
            value = draw(traverser)
            if value is NOTHING:
                raise QueryFailed(TEXTS["no value"].text.format(value=traverser.value))
            return value

        return evaluate
    return lambda traverser: arg


class Assignment:
    """One ``property(…)``: a cardinality or None, a key, a value."""

    __slots__ = ("cardinality", "key", "value")

    def __init__(self, cardinality: Cardinality | None, key: Given, value: Given) -> None:
        self.cardinality = cardinality
        self.key = key
        self.value = value

    def pipelines(self) -> list[Pipeline]:
        return [
            pipeline
            for each in (self.key, self.value)
            if isinstance(each, By)
            for pipeline in each.children()
        ]


def assignments(builder: Builder, call: Call) -> list[Assignment]:
    """What a ``property`` call sets."""
    args = call.args
    cardinality: Cardinality | None = None
    if args and isinstance(args[0], Cardinality):
        cardinality, args = args[0], args[1:]
    if len(args) == 1 and (args[0] is None or isinstance(args[0], GMap)):
        entries = GMap() if args[0] is None else args[0]
        return [assignment(builder, cardinality, key, value) for key, value in entries.items()]
    if len(args) < 2:
        raise InvalidQuery("property() takes a key and a value")
    if len(args) > 2 and not builder.dialect.meta_properties:
        raise Unsupported("Properties on a vertex property is not supported")
    return [assignment(builder, cardinality, args[0], args[1])]


def assignment(
    builder: Builder, cardinality: Cardinality | None, key: Value, value: Value
) -> Assignment:
    """One property to set; the cardinality that comes with the value counts."""
    if isinstance(value, CardinalityValue):
        cardinality, value = value.cardinality, value.value
    if cardinality is Cardinality.list and not builder.dialect.list_cardinality:
        raise Unsupported(TEXTS["list cardinality"].text)
    if key is T.key or key is T.value:
        raise InvalidQuery(f"T.{key.name} cannot be set")
    if not isinstance(key, (str, T, Traversal)):
        raise InvalidQuery(f"property() takes a text as key, not {key!r}")
    if isinstance(key, str):
        check_key(key)
    return Assignment(cardinality, build_argument(builder, key), build_argument(builder, value))


def assignment_pipelines(found: Iterable[Assignment]) -> list[Pipeline]:
    """The pipelines inside."""
    return [pipeline for each in found for pipeline in each.pipelines()]


class _OpenAssignments:
    """The assignments of a step for one run."""

    def __init__(self, found: list[Assignment], context: Context) -> None:
        self.context = context
        self.rows = [
            (each.cardinality, open_argument(each.key, context), open_argument(each.value, context))
            for each in found
        ]

    def evaluate(self, traverser: Traverser) -> tuple[dict[T, Value], list[PropertyRow]]:
        """The tokens, and (cardinality, key, value) of the rest."""
        tokens: dict[T, Value] = {}
        properties = []
        for cardinality, key_of, value_of in self.rows:
            key, value = key_of(traverser), value_of(traverser)
            if isinstance(key, T):
                tokens[key] = value
            else:
                properties.append((cardinality, check_key(key), value))
        return tokens, properties


# ------------------------------------------------------------------ vertices


class AddVertexStep(Step):
    """``addV`` with the properties that follow it."""

    title = "AddVertexStep"
    moves = True
    observable = True

    def __init__(self, settings: StatementSettings, label: Given, found: list[Assignment]) -> None:
        self.label = label
        self.found = found
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        label_of = open_argument(self.label, context)
        rows = _OpenAssignments(self.found, context)
        return lambda batch: [
            self.move(traverser, self._add(context, traverser, label_of, rows))
            for traverser in batch
            for _ in range(traverser.bulk)
        ]

    def _add(
        self,
        context: Context,
        traverser: Traverser,
        label_of: Draw,
        rows: _OpenAssignments,
    ) -> Vertex:
        tokens, properties = rows.evaluate(traverser)
        label = tokens.get(T.label, None) if T.label in tokens else label_of(traverser)
        return create_vertex(context, label, tokens.get(T.id), properties)

    def children(self) -> Iterable[Pipeline]:
        own = self.label.children() if isinstance(self.label, By) else ()
        return [*own, *assignment_pipelines(self.found)]


def create_vertex(
    context: Context, label: Value, id: Value, properties: list[PropertyRow]
) -> Vertex:
    """Add a vertex with properties. Raises ``ConstraintViolation`` for an id that exists."""
    labels = labels_to_store(context.dialect, label)
    new_id = context.new_id() if id is None else element_id_to_store(context.dialect, id)
    try:
        vertex = context.changes.add_vertex(new_id, labels)
    except DuplicateVertexError as problem:
        raise ConstraintViolation(str(problem)) from None
    default = context.dialect.creation_cardinality
    for cardinality, key, value in properties:
        store_property(context, vertex, cardinality or default, key, value)
    return vertex


@step("addV", takes=("property",))
def add_vertex(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    label: Value = call.args[0] if call.args else builder.dialect.default_vertex_label
    if not isinstance(label, (str, Traversal)):
        raise InvalidQuery("addV() takes a label")
    folded, rest = _split(builder, modulators)
    found = AddVertexStep(builder.settings, build_argument(builder, label), folded)
    return [found, *rest]


def _split(builder: Builder, modulators: Modulators) -> tuple[list[Assignment], list[Step]]:
    """Properties that the new element gets at once, and steps for the rest.

    A traversal as key or value is asked of the traverser before the element is made; only one with
    a cardinality is asked of the new element.
    """
    folded: list[Assignment] = []
    rest: list[Step] = []
    for call in modulators.find("property"):
        found = assignments(builder, call)
        explicit = bool(call.args) and isinstance(call.args[0], Cardinality)
        if explicit and any(each.pipelines() for each in found):
            rest.append(PropertyStep(found))
        else:
            folded += found
    if builder.settings.write_partition is not None:
        folded.append(Assignment(None, *builder.settings.write_partition))
    return folded, rest


# ------------------------------------------------------------------ edges


class AddEdgeStep(Step):
    """``addE`` with ``from``, ``to`` and the properties that follow it."""

    title = "AddEdgeStep"
    moves = True
    observable = True

    def __init__(
        self,
        settings: StatementSettings,
        label: Given,
        ends: dict[str, Given],
        found: list[Assignment],
    ) -> None:
        self.label = label
        self.ends = ends
        self.found = found
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        label_of = open_argument(self.label, context)
        rows = _OpenAssignments(self.found, context)
        ends = {name: self._open_end(context, name) for name in ("from", "to")}

        def add(traverser: Traverser) -> Edge:
            tokens, properties = rows.evaluate(traverser)
            label = tokens[T.label] if T.label in tokens else label_of(traverser)
            return create_edge(
                context,
                label,
                tokens.get(T.id),
                ends["from"](traverser, label),
                ends["to"](traverser, label),
                properties,
            )

        return lambda batch: [
            self.move(traverser, add(traverser))
            for traverser in batch
            for _ in range(traverser.bulk)
        ]

    def _open_end(self, context: Context, name: str) -> Callable[[Traverser, Value], Vertex]:
        arg = self.ends.get(name, NOTHING)
        draw = arg.open(context) if isinstance(arg, By) else None

        def end(traverser: Traverser, label: Value) -> Vertex:
            if arg is NOTHING:
                value = traverser.value
            elif draw is not None:
                value = draw(traverser)
            elif isinstance(arg, str):
                value = lookup(context, traverser, arg)
            else:
                value = resolve_vertex(context, arg)
            if not isinstance(value, Vertex):
                found = "null" if value is NOTHING or value is None or value is START else value
                raise QueryFailed(
                    f"addE({label}) could not find a Vertex for {name}() - encountered: {found!r}"
                )
            return value

        return end

    def children(self) -> Iterable[Pipeline]:
        evaluate = [self.label, *self.ends.values()]
        own = [pipeline for by in evaluate if isinstance(by, By) for pipeline in by.children()]
        return [*own, *assignment_pipelines(self.found)]


def resolve_vertex(context: Context, value: Value) -> Value:
    """The stored vertex that a vertex of the text means; None when there is none."""
    if isinstance(value, VertexReference):
        return context.graph.vertex(str(value.id))
    return value


def create_edge(
    context: Context,
    label: Value,
    id: Value,
    out_v: Vertex,
    in_v: Vertex,
    properties: list[PropertyRow],
) -> Edge:
    """Add an edge with properties. Raises ``ConstraintViolation``."""
    labels = labels_to_store(context.dialect, label, edge=True)
    new_id = context.new_id() if id is None else element_id_to_store(context.dialect, id)
    try:
        edge = context.changes.add_edge(new_id, labels[0], out_v, in_v)
    except (DuplicateEdgeError, MissingVertexError) as problem:
        raise ConstraintViolation(str(problem)) from None
    for cardinality, key, value in properties:
        store_property(context, edge, cardinality, key, value)
    return edge


@step("addE", takes=("property", "from", "to"))
def add_edge(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    if not isinstance(call.args[0], (str, Traversal)):
        raise InvalidQuery("addE() takes a label")
    ends: dict[str, Given] = {}
    for modulator in modulators.find("from", "to"):
        check_argument_count(modulator, 1, 1)
        arg = modulator.args[0]
        if not isinstance(arg, (str, Traversal, Vertex, VertexReference)):
            raise InvalidQuery(f"{modulator.name}() takes a label, a vertex or a traversal")
        ends[modulator.name] = build_argument(builder, arg)
    folded, rest = _split(builder, modulators)
    return [
        AddEdgeStep(builder.settings, build_argument(builder, call.args[0]), ends, folded),
        *rest,
    ]


# ------------------------------------------------------------------ properties


class PropertyStep(Step):
    """``property`` of an element that is there."""

    title = "AddPropertyStep"
    moves = False
    observable = True

    def __init__(self, found: list[Assignment]) -> None:
        self.found = found

    def open(self, context: Context) -> Opened:
        rows = _OpenAssignments(self.found, context)

        def stage(batch: Batch) -> Batch:
            for traverser in batch:
                element = traverser.value
                if isinstance(element, (VertexProperty, Property)):
                    raise Unsupported("Properties on a vertex property is not supported")
                if not isinstance(element, (Vertex, Edge)):
                    raise QueryFailed(f"{type(element).__name__} cannot be cast to Element")
                tokens, properties = rows.evaluate(traverser)
                if tokens:
                    name = next(iter(tokens)).name
                    raise QueryFailed(f"T.{name} cannot be set on an element that exists")
                for cardinality, key, value in properties:
                    if cardinality is not None and isinstance(element, Edge):
                        raise QueryFailed(
                            "Property cardinality can only be set for a Vertex but the traversal "
                            f"encountered Edge for key: {key}"
                        )
                    store_property(context, element, cardinality, key, value)
            return batch

        return stage

    def children(self) -> Iterable[Pipeline]:
        return assignment_pipelines(self.found)


@step("property")
def property_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    return PropertyStep(assignments(builder, call))


# ------------------------------------------------------------------ drop


class DropStep(Step):
    """``drop``."""

    title = "DropStep"
    moves = False
    observable = True

    def process(self, batch: Batch, context: Context) -> Batch:
        for traverser in batch:
            drop(context, traverser.value)
        return []


def drop(context: Context, value: Value) -> None:
    """Remove an element or a property; what is gone already is gone."""
    graph, changes = context.graph, context.changes
    if isinstance(value, Vertex):
        if graph.vertex(value.id) is value:
            changes.remove_vertex(value, detach=True)
    elif isinstance(value, Edge):
        if graph.edge(value.id) is value:
            changes.remove_edge(value)
    elif isinstance(value, VertexProperty):
        remove_value(context, value.element, value.key, value.value)
    elif isinstance(value, Property):
        changes.remove_property(value.element, value.key)
    else:
        raise QueryFailed(f"The incoming object is not removable: {value!r}")


@step("drop")
def drop_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 0)
    return DropStep()
