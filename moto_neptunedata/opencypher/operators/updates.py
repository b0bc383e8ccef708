"""The operators that change the graph. Each takes all its rows before it changes anything, and
makes all its changes before the first row goes on, so that no clause sees half of another's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...graph import DuplicateEdgeError, DuplicateVertexError, Edge, Transaction, Vertex
from ..context import Context, Evaluator, Row, Rows
from ..dialect import ID_KEY, Dialect
from ..errors import ENTITY_EXPECTED, MAP_EXPECTED, CypherError, deleted_error, type_error
from ..temporal import TEMPORAL_TYPES
from ..values import NUMBERS, Path, Value, get_type_name
from .base import Operator, Pipeline

_SIMPLE: Final = NUMBERS | {bool, str, datetime}
_STANDARD_SIMPLE: Final = _SIMPLE | set(TEMPORAL_TYPES)

#: Changes one row and gives it back, longer where the step binds something.
Step = Callable[[Context, Row], Row]


def _get_transaction(ctx: Context) -> Transaction:
    assert ctx.tx is not None
    return ctx.tx


def check_storable(dialect: Dialect, key: str, value: Value) -> Value:
    """A value as it may be stored. Raises for maps, elements and, by dialect, lists."""
    kind = type(value)
    if kind in (_STANDARD_SIMPLE if dialect.stores_lists else _SIMPLE):
        return value
    if kind is list and dialect.stores_lists and _STANDARD_SIMPLE.issuperset(map(type, value)):
        return value
    raise CypherError(
        "TypeError", "InvalidPropertyType", f"Property value must be a simple literal. ({key})"
    )


class Writer(Operator):
    """Runs steps over all rows before any of them goes on."""

    __slots__ = ("steps",)

    def __init__(self, name: str, arguments: str, steps: Sequence[Step]) -> None:
        super().__init__(name, arguments, eager=True)
        self.steps = tuple(steps)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        done = []
        for row in ctx.hold_all(rows):
            ctx.tick()
            for step in self.steps:
                row = step(ctx, row)
            done.append(row)
        yield from done


# ---------------------------------------------------------------------- creating


def create_node(labels: tuple[str, ...], properties: Evaluator | None, dialect: Dialect) -> Step:
    """Adds a node to the graph and to the row."""
    given = labels or (() if dialect.default_label is None else (dialect.default_label,))

    def create(ctx: Context, row: Row) -> Row:
        tx = _get_transaction(ctx)
        id, values = _compute_values(ctx, row, properties, dialect)
        try:
            node = tx.add_vertex(id, given)
        except DuplicateVertexError:
            raise _duplicate_error("Node", id) from None
        for key, value in values:
            tx.set_property(node, key, value)
        return (*row, node)

    return create


def create_rel(
    start: int, end: int, type_: str, properties: Evaluator | None, dialect: Dialect
) -> Step:
    """Adds a relationship between two bound nodes to the graph and to the row."""

    def create(ctx: Context, row: Row) -> Row:
        tx = _get_transaction(ctx)
        ends = row[start], row[end]
        for node in ends:
            if type(node) is not Vertex:
                raise CypherError(
                    "SemanticError",
                    "InvalidArgumentValue",
                    f"A relationship cannot be created at a {get_type_name(node)}",
                )
            if node in ctx.deleted:
                raise deleted_error(node.id)
        id, values = _compute_values(ctx, row, properties, dialect)
        try:
            edge = tx.add_edge(id, type_, *ends)
        except DuplicateEdgeError:
            raise _duplicate_error("Relationship", id) from None
        for key, value in values:
            tx.set_property(edge, key, value)
        return (*row, edge)

    return create


def _compute_values(
    ctx: Context, row: Row, properties: Evaluator | None, dialect: Dialect
) -> tuple[str, list[tuple[str, Value]]]:
    """The id and the property values of a new element."""
    id = None
    values: list[tuple[str, Value]] = []
    given = None if properties is None else properties(row)
    if given is not None and type(given) is not dict:
        raise type_error(
            f"Properties are a Map, not a {get_type_name(given)}", "InvalidArgumentType"
        )
    for key, value in (given or {}).items():
        if key == ID_KEY and dialect.custom_ids:
            id = _check_id(value)
        elif value is not None:
            values.append((key, check_storable(dialect, key, value)))
    return ctx.new_id() if id is None else id, values


def _check_id(value: Value) -> str:
    if type(value) is str and value:
        return value
    raise CypherError(
        "TypeError", "InvalidPropertyType", f"The id ~id is a String, not a {get_type_name(value)}"
    )


def _duplicate_error(what: str, id: str) -> CypherError:
    return CypherError("DuplicateData", "DuplicateData", f"{what} with id already exists: {id}")


@dataclass(frozen=True, slots=True)
class MergeSteps:
    """What MERGE does where it finds nothing and where it finds something.

    ``reorder`` brings a created row into the order of a matched one.
    """

    create: Sequence[Step]
    reorder: Callable[[Row], Row]
    on_create: Sequence[Step]
    on_match: Sequence[Step]


class Merge(Operator):
    """Matches a pattern or else creates it, row by row, so that a row sees what one before made.

    ``required`` are the property maps, in which MERGE allows no null.
    """

    __slots__ = ("create", "on_create", "on_match", "reorder", "required")

    def __init__(
        self,
        arguments: str,
        pipeline: Pipeline,
        required: Sequence[Evaluator],
        steps: MergeSteps,
    ) -> None:
        super().__init__("Merge", arguments, eager=True)
        self.inner = (pipeline,)
        self.required = tuple(required)
        self.create = tuple(steps.create)
        self.reorder = steps.reorder
        self.on_create = tuple(steps.on_create)
        self.on_match = tuple(steps.on_match)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        done: list[Row] = []
        for row in ctx.hold_all(rows):
            ctx.tick()
            self._refuse_nulls(row)
            found = list(self.inner[0].run(ctx, iter((row,))))
            if found:
                steps = self.on_match
            else:
                for step in self.create:
                    row = step(ctx, row)
                found, steps = [self.reorder(row)], self.on_create
            for match in found:
                for step in steps:
                    match = step(ctx, match)
                done.append(match)
        yield from done

    def _refuse_nulls(self, row: Row) -> None:
        for properties in self.required:
            for key, value in properties(row).items():
                if value is None:
                    raise CypherError(
                        "SemanticError",
                        "MergeReadOwnWrites",
                        f"Cannot merge using null property value for {key}",
                    )


# ---------------------------------------------------------------------- setting


def _expect_element(ctx: Context, value: Value) -> Vertex | Edge | None:
    """The element to change; None for null, which is left alone."""
    if value is None:
        return None
    if type(value) is not Vertex and type(value) is not Edge:
        raise type_error(
            f"Expected a Node or Relationship but was {get_type_name(value)}", "InvalidArgumentType"
        )
    if value in ctx.deleted:
        raise deleted_error(value.id)
    return value


def _put(ctx: Context, element: Vertex | Edge, key: str, value: Value) -> None:
    tx = _get_transaction(ctx)
    if key == ID_KEY and ctx.dialect.custom_ids:
        if value != element.id:
            raise CypherError(
                "TypeError", "InvalidPropertyType", "The id ~id of an element cannot be changed"
            )
    elif value is None:
        tx.remove_property(element, key)
    else:
        tx.set_property(element, key, check_storable(ctx.dialect, key, value))


def set_property(target: Evaluator, key: str, value: Evaluator) -> Step:
    def change(ctx: Context, row: Row) -> Row:
        element = _expect_element(ctx, target(row))
        if element is not None:
            _put(ctx, element, key, value(row))
        return row

    return change


def set_properties(target: Evaluator, value: Evaluator, merge: bool) -> Step:
    """All properties from a map, node or relationship; with ``merge`` the others stay."""

    def change(ctx: Context, row: Row) -> Row:
        element = _expect_element(ctx, target(row))
        if element is None:
            return row
        given = value(row)
        if type(given) is Vertex or type(given) is Edge:
            given = dict(given.properties)
        if given is None and merge:
            return row
        if type(given) is not dict:
            raise CypherError(
                "TypeError",
                "InvalidArgumentType",
                MAP_EXPECTED,
            )
        if not merge:
            for key in [key for key in element.properties if key not in given]:
                _get_transaction(ctx).remove_property(element, key)
        for key, held in given.items():
            _put(ctx, element, key, held)
        return row

    return change


def set_labels(target: Evaluator, labels: tuple[str, ...]) -> Step:
    def change(ctx: Context, row: Row) -> Row:
        node = _expect_node(ctx, target(row))
        if node is not None:
            for label in labels:
                _get_transaction(ctx).add_label(node, label)
        return row

    return change


def remove_labels(target: Evaluator, labels: tuple[str, ...]) -> Step:
    def change(ctx: Context, row: Row) -> Row:
        node = _expect_node(ctx, target(row))
        if node is None:
            return row
        if ctx.dialect.keeps_last_label and node.labels and not set(node.labels) - set(labels):
            raise CypherError(
                "ConstraintVerificationFailed",
                "LastLabel",
                "Invalid operation: attempting to remove the last label of a node. "
                "A node must have at least one label.",
            )
        for label in labels:
            _get_transaction(ctx).remove_label(node, label)
        return row

    return change


def _expect_node(ctx: Context, value: Value) -> Vertex | None:
    element = _expect_element(ctx, value)
    if type(element) is Edge:
        raise type_error("A Relationship has no labels", "InvalidArgumentType")
    return element  # type: ignore[return-value]


# ---------------------------------------------------------------------- deleting


class Delete(Operator):
    """Deletes what the expressions give over all rows: relationships first, then nodes."""

    __slots__ = ("detach", "targets")

    def __init__(self, arguments: str, targets: Sequence[Evaluator], detach: bool) -> None:
        super().__init__("DetachDelete" if detach else "Delete", arguments, eager=True)
        self.targets = tuple(targets)
        self.detach = detach

    def run(self, ctx: Context, rows: Rows) -> Rows:
        held = ctx.hold_all(rows)
        nodes: dict[Vertex, None] = {}
        edges: dict[Edge, None] = {}
        for row in held:
            for target in self.targets:
                for element in _list_elements(target(row)):
                    if isinstance(element, Vertex):
                        nodes[element] = None
                    else:
                        edges[element] = None
        if self.detach:
            for node in nodes:
                for ways in (node.out, node.in_):
                    for some in ways.values():
                        edges.update(dict.fromkeys(some))
        self._delete(ctx, nodes, edges)
        yield from held

    def _delete(self, ctx: Context, nodes: Iterable[Vertex], edges: Iterable[Edge]) -> None:
        tx = _get_transaction(ctx)
        for edge in edges:
            if edge not in ctx.deleted:
                ctx.tick()
                properties = dict(edge.properties)
                tx.remove_edge(edge)
                edge.properties = properties
                ctx.deleted.add(edge)
        for node in nodes:
            if node in ctx.deleted:
                continue
            ctx.tick()
            if node.out or node.in_:
                raise CypherError(
                    "ConstraintVerificationFailed",
                    "DeleteConnectedNode",
                    "Cannot delete node, because it still has relationships. "
                    "To delete this node, you must first delete its relationships.",
                )
            # What was deleted can still be returned as it was.
            labels, properties = node.labels, dict(node.properties)
            tx.remove_vertex(node)
            node.labels, node.properties = labels, properties
            ctx.deleted.add(node)


def _list_elements(value: Value) -> Iterable[Vertex | Edge]:
    if value is None:
        return ()
    if type(value) is Vertex or type(value) is Edge:
        return (value,)
    if type(value) is Path:
        return (*value.relationships, *value.nodes)
    raise type_error(
        ENTITY_EXPECTED.format(get_type_name(value)),
        "InvalidArgumentType",
    )
