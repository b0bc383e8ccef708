"""Steps over collections: ``combine``, ``intersect``, ``merge``, ``conjoin``, ``reverse``, …"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ..arguments import check_argument_count, check_no_arguments
from ..ast import Call, Traversal
from ..builder import Builder, Built, Modulators, step
from ..errors import InvalidQuery, QueryFailed
from ..java_text import to_java_text
from ..numeric import java_class
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING
from ..values import BulkSet, GMap, GSet, Path, Value
from .base import MapStep, choose_move

Combine = Callable[[list[Value], list[Value]], Value]


def _list_values(value: Value) -> list[Value] | None:
    if isinstance(value, (list, GSet, BulkSet, Path)):
        return list(value)
    return None


def read_incoming(name: str, value: Value) -> list[Value]:
    """The values of the traverser's collection. Raises ``QueryFailed``."""
    if value is None:
        raise QueryFailed(f"Incoming traverser for {name} step can't be null")
    found = _list_values(value)
    if found is None:
        raise QueryFailed(
            f"{name} step can only take an array or an Iterable type for incoming traversers, "
            f"encountered {java_class(value)}"
        )
    return found


def _combine(left: list[Value], right: list[Value]) -> list[Value]:
    return left + right


def _difference(left: list[Value], right: list[Value]) -> GSet:
    other = GSet(right)
    return GSet(value for value in left if value not in other)


def _intersect(left: list[Value], right: list[Value]) -> GSet:
    other = GSet(right)
    return GSet(value for value in left if value in other)


def _disjunct(left: list[Value], right: list[Value]) -> GSet:
    return GSet([*_difference(left, right), *_difference(right, left)])


def _merge(left: list[Value], right: list[Value]) -> GSet:
    return GSet(left + right)


def _product(left: list[Value], right: list[Value]) -> list[Value]:
    return [[one, other] for one in left for other in right]


_COMBINES: Final[dict[str, Combine]] = {
    "combine": _combine,
    "difference": _difference,
    "disjunct": _disjunct,
    "intersect": _intersect,
    "merge": _merge,
    "product": _product,
}


class CollectionStep(Step):
    """Two collections to one: the traverser's and the argument's."""

    moves = True

    def __init__(
        self, settings: StatementSettings, name: str, given: list[Value] | GMap | Pipeline
    ) -> None:
        self.title = f"{name.capitalize()}Step"
        self.name = name
        self.given = given
        self.combine = _COMBINES[name]
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        given = self.given
        value_of = given.value_of(context) if isinstance(given, Pipeline) else None

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                held = traverser.value
                if held is None:
                    read_incoming(self.name, held)
                other = given if value_of is None else value_of(traverser)
                found.append(self.move(traverser, self._combine_with(held, other)))
                context.tick(len(found))
            return found

        return stage

    def _combine_with(self, held: Value, other: Value) -> Value:
        if self.name == "merge" and isinstance(held, GMap):
            return self._merge_maps(held, other)
        left = read_incoming(self.name, held)
        if self.name == "product":
            # Checked before it is made.
            size = len(left) * len(_list_values(other) or ())
            if size > 10_000_000:
                raise QueryFailed("the product is too large")
        return self.combine(left, self._read_argument(other))

    def _merge_maps(self, held: GMap, other: Value) -> GMap:
        if not isinstance(other, GMap):
            if isinstance(self.given, Pipeline):
                raise QueryFailed(
                    "merge step expected provided argument to evaluate to a Map, "
                    f"encountered {java_class(other)}"
                )
            raise QueryFailed(
                "merge step type mismatch: expected argument to be Map but got Iterable"
            )
        merged = held.copy()
        merged.update(other)
        return merged

    def _read_argument(self, other: Value) -> list[Value]:
        found = _list_values(other)
        if found is not None:
            return found
        if not isinstance(self.given, Pipeline):
            raise QueryFailed(
                f"{self.name} step type mismatch: expected argument to be Iterable but got Map"
            )
        ending = (
            "not null" if other is None or other is NOTHING else f"encountered {java_class(other)}"
        )
        raise QueryFailed(
            f"traversal argument for {self.name} step must yield an iterable type, {ending}"
        )

    def children(self) -> Iterable[Pipeline]:
        return (self.given,) if isinstance(self.given, Pipeline) else ()


@step(*_COMBINES)
def collections(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    name, arg = call.name, call.args[0]
    if isinstance(arg, Traversal):
        return CollectionStep(builder.settings, name, builder.child(arg))
    if arg is None:
        raise InvalidQuery(f"Argument provided for {name} step can't be null.")
    if name == "merge" and isinstance(arg, GMap):
        return CollectionStep(builder.settings, name, arg)
    found = _list_values(arg)
    if found is None:
        raise InvalidQuery(
            f"{name} step can only take an array or an Iterable as an argument, "
            f"encountered {java_class(arg)}"
        )
    return CollectionStep(builder.settings, name, found)


@step("conjoin")
def conjoin(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    separator = call.args[0]
    if not isinstance(separator, str):
        raise InvalidQuery("conjoin() takes a text")

    def join(value: Value) -> str:
        return separator.join(
            to_java_text(each) for each in read_incoming("conjoin", value) if each is not None
        )

    return MapStep(builder.settings, "ConjoinStep", join)


def reverse_value(value: Value) -> Value:
    """A text or collection back to front; anything else as it is."""
    if isinstance(value, str):
        return value[::-1]
    found = _list_values(value)
    return value if found is None else found[::-1]


@step("reverse")
def reverse(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return MapStep(builder.settings, "ReverseStep", reverse_value)
