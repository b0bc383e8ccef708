"""What ``by`` means: a value drawn from a traverser."""

from __future__ import annotations

from collections.abc import Callable

from ..graph import Edge, Vertex
from .enums import Column, Order, T
from .errors import TEXTS, QueryFailed, Unsupported
from .java_text import to_java_text
from .pipeline import Batch, Context, Pipeline
from .traverser import NOTHING, Draw, Traverser
from .values import Entry, GMap, GSet, Path, Property, Scalar, Value, VertexProperty


class By:
    """One ``by``. ``open`` gives a function from traverser to value or ``NOTHING``."""

    __slots__ = ("draw", "key", "order", "pipeline", "productive")

    def __init__(
        self,
        draw: Scalar | None,
        pipeline: Pipeline | None = None,
        order: Order = Order.asc,
        productive: bool = False,
        key: str | None = None,
    ) -> None:
        self.draw = draw
        self.pipeline = pipeline
        self.order = order
        self.productive = productive
        #: The property that ``by(key)`` draws.
        self.key = key

    def open(self, context: Context) -> Draw:
        """The function for one run."""
        draw = self.draw
        if draw is not None:
            found: Draw = _from_value(draw)
        else:
            assert self.pipeline is not None
            found = self.pipeline.value_of(context)
        return _draw_or_none(found) if self.productive else found

    def open_column(self, context: Context) -> Callable[[Batch], list[Value]]:
        """A function that gives the value of each traverser of a batch, or ``NOTHING``."""
        draw, key = self.open(context), self.key

        def one_by_one(batch: Batch) -> list[Value]:
            return [draw(traverser) for traverser in batch]

        if key is None or self.productive:
            return one_by_one

        def make_column_getter(batch: Batch) -> list[Value]:
            try:
                found = [traverser.value.properties.get(key, NOTHING) for traverser in batch]
            except AttributeError:  # not all are elements
                return one_by_one(batch)
            return one_by_one(batch) if tuple in map(type, found) else found

        return make_column_getter

    def children(self) -> tuple[Pipeline, ...]:
        """The pipeline inside, if there is one."""
        return () if self.pipeline is None else (self.pipeline,)


def _from_value(draw: Scalar) -> Draw:
    return lambda traverser: draw(traverser.value)


def _draw_or_none(draw: Draw) -> Draw:
    def draw_or_none(traverser: Traverser) -> Value:
        value = draw(traverser)
        return None if value is NOTHING else value

    return draw_or_none


# ------------------------------------------------------------------ value to value


def identity(value: Value) -> Value:
    """The value itself."""
    return value


def make_property_getter(key: str) -> Scalar:
    """The property ``key`` of an element, or the entry of a map."""

    def draw(value: Value) -> Value:
        kind = type(value)
        if kind is Vertex or kind is Edge:
            found = value.properties.get(key, NOTHING)
            if type(found) is tuple:
                raise QueryFailed(
                    f"Multiple properties exist for the provided key, use Vertex.properties({key})"
                )
            return found
        if isinstance(value, GMap):
            return value.get(key)
        if kind is VertexProperty:
            raise Unsupported(TEXTS["meta property"].text)
        raise QueryFailed(
            f'The by("{key}") modulator can only be applied to a traverser that is an Element or '
            f"a Map - it is being applied to [{to_java_text(value)}] a {kind.__name__} class "
            "instead"
        )

    return draw


def make_token_getter(part: T) -> Scalar:
    """``T.id``, ``T.label``, ``T.key`` or ``T.value`` of an element or property."""
    return _TOKENS[part]


def _id(value: Value) -> Value:
    if isinstance(value, (Vertex, Edge, VertexProperty)):
        return value.id
    raise _no_element(value, "id")


def _label(value: Value) -> Value:
    kind = type(value)
    if kind is Vertex:
        return "::".join(value.labels)
    if kind is Edge:
        return value.label
    if kind is VertexProperty:
        return value.key
    raise _no_element(value, "label")


def _key(value: Value) -> Value:
    if isinstance(value, (VertexProperty, Property)):
        return value.key
    raise _no_element(value, "key")


def _value(value: Value) -> Value:
    if isinstance(value, (VertexProperty, Property)):
        return value.value
    raise _no_element(value, "value")


def _no_element(value: Value, part: str) -> QueryFailed:
    return QueryFailed(f"{type(value).__name__} {value!r} has no {part}")


_TOKENS = {T.id: _id, T.label: _label, T.key: _key, T.value: _value}


def make_column_getter(side: Column) -> Scalar:
    """The keys or values of a map, an entry or a path."""

    def draw(value: Value) -> Value:
        if isinstance(value, GMap):
            return GSet(value.keys()) if side is Column.keys else value.values()
        if isinstance(value, Entry):
            return value.key if side is Column.keys else value.value
        if isinstance(value, Path):
            if side is Column.values:
                return list(value.objects)
            return [GSet(labels) for labels in value.labels]
        raise QueryFailed(f"The provided object does not have accessible {side.name}: {value!r}")

    return draw


def list_pipelines(bys: list[By] | tuple[By, ...]) -> list[Pipeline]:
    """The pipelines inside several ``by``."""
    return [pipeline for by in bys for pipeline in by.children()]
