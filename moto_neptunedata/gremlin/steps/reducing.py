"""Steps that make one value of many: ``count``, ``sum``, ``max``, ``min``, ``mean``, ``fold``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from ...graph import Int
from ..arguments import check_argument_count
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..enums import Operator, Scope
from ..errors import InvalidQuery
from ..numeric import add, larger, mean, multiply, smaller
from ..operators import OPERATORS
from ..pipeline import BarrierStage, Batch, Context, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING
from ..values import BulkSet, GMap, GSet, Path, Scalar, Value
from .base import MapStep

#: ``reduce(held, value, bulk) -> held``; it starts with ``NOTHING``.
Reduce = Callable[[Value, Value, int], Value]


class Reduction(Protocol):
    """How many values become one: from a seed on, and what is made of what is held in the end."""

    track_paths: bool

    @property
    def reduce(self) -> Reduce: ...

    @property
    def seed(self) -> Callable[[], Value]: ...

    @property
    def result(self) -> Scalar: ...


class ReducingStep(Step):
    """One value out of all. ``seed`` gives what comes out of nothing, or ``NOTHING``."""

    barrier = True
    stateful = True
    moves = True

    def __init__(
        self,
        settings: StatementSettings,
        title: str,
        reduce: Reduce,
        seed: Callable[[], Value] = lambda: NOTHING,
        finish: Scalar = lambda held: held,
    ) -> None:
        self.title = title
        self.reduce = reduce
        self.seed = seed
        self.result = finish
        self.track_paths = settings.track_paths

    def open(self, context: Context) -> ReducingStage:
        return ReducingStage(self, context)


class ReducingStage(BarrierStage):
    """Holds one value, and what comes in goes into it."""

    def __init__(self, step: Reduction, context: Context) -> None:
        self.step = step
        self.context = context
        self.held = step.seed()

    def add(self, batch: Batch) -> None:
        held, reduce = self.held, self.step.reduce
        for traverser in batch:
            held = reduce(held, traverser.value, traverser.bulk)
        self.held = held

    def finish(self) -> Iterable[Batch]:
        held, self.held = self.held, self.step.seed()
        if held is NOTHING:
            return ()
        return ([self.context.new_traverser(self.step.result(held), self.step.track_paths)],)


# ------------------------------------------------------------------ count


class CountStep(ReducingStep):
    """``count`` of the stream."""

    def __init__(self, settings: StatementSettings) -> None:
        super().__init__(settings, "CountGlobalStep", lambda held, value, bulk: held + bulk, int)

    def open(self, context: Context) -> ReducingStage:
        return _CountStage(self, context)


class _CountStage(ReducingStage):
    def add(self, batch: Batch) -> None:
        self.held += sum([traverser.bulk for traverser in batch])


def local_count(value: Value) -> int:
    """How many values there are in a collection; anything else is one."""
    if isinstance(value, (list, GSet, BulkSet, GMap, Path)):
        return len(value)
    return 1


@step("count")
def count(builder: Builder, call: Call, modulators: Modulators) -> Built:
    if _local(builder, call):
        return MapStep(builder.settings, "CountLocalStep", local_count)
    return CountStep(builder.settings)


def _local(builder: Builder, call: Call) -> bool:
    scope, args = builder.split_scope(call.args)
    if args:
        raise InvalidQuery(f"{call.name}() takes a scope")
    return scope is Scope.local


# ------------------------------------------------------------------ numbers


def _sum(held: Value, value: Value, bulk: int) -> Value:
    part = None if value is None else multiply(value, bulk)
    return part if held is NOTHING else add(held, part)


def _extreme(pick: Callable[[Value, Value], Value]) -> Reduce:
    def reduce(held: Value, value: Value, bulk: int) -> Value:
        return value if held is NOTHING else pick(held, value)

    return reduce


def _keep(held: Value, value: Value, bulk: int) -> Value:
    pairs = [] if held is NOTHING else held
    pairs.append((value, bulk))
    return pairs


def _local_reduction(pick: Callable[[Value, Value], Value]) -> Scalar:
    def reduce(value: Value) -> Value:
        if not isinstance(value, (list, GSet, BulkSet, Path)):
            return value
        held: Value = NOTHING
        for each in value:
            held = each if held is NOTHING else pick(held, each)
        return held

    return reduce


def local_sum(value: Value) -> Value:
    """The sum of a collection, of the largest type in it."""
    found = _local_reduction(add)(value)
    # One value alone must be a number too.
    return add(Int(0), found) if found is not NOTHING and found is not None else found


def local_mean(value: Value) -> Value:
    """The mean of a collection."""
    if not isinstance(value, (list, GSet, BulkSet, Path)):
        return mean([(value, 1)])
    pairs = [(each, 1) for each in value]
    return mean(pairs) if pairs else NOTHING


_GLOBAL: Final[dict[str, tuple[Reduce, Scalar]]] = {
    "sum": (_sum, lambda held: held),
    "max": (_extreme(larger), lambda held: held),
    "min": (_extreme(smaller), lambda held: held),
    "mean": (_keep, mean),
}
_LOCAL: Final[dict[str, Scalar]] = {
    "sum": local_sum,
    "max": _local_reduction(larger),
    "min": _local_reduction(smaller),
    "mean": local_mean,
}


@step("sum", "max", "min", "mean")
def number(builder: Builder, call: Call, modulators: Modulators) -> Built:
    name = call.name
    if _local(builder, call):
        return MapStep(builder.settings, f"{name.capitalize()}LocalStep", _LOCAL[name])
    reduce, finish = _GLOBAL[name]
    title = f"{name.capitalize()}GlobalStep"
    return ReducingStep(builder.settings, title, reduce, finish=finish)


# ------------------------------------------------------------------ fold


class FoldStep(ReducingStep):
    """``fold`` into a list."""

    def __init__(self, settings: StatementSettings) -> None:
        super().__init__(settings, "FoldStep", lambda held, value, bulk: held, list)

    def open(self, context: Context) -> ReducingStage:
        return _FoldStage(self, context)


class _FoldStage(ReducingStage):
    def add(self, batch: Batch) -> None:
        held = self.held
        for traverser in batch:
            if traverser.bulk == 1:
                held.append(traverser.value)
            else:
                self.context.tick(len(held) + traverser.bulk)
                held.extend([traverser.value] * traverser.bulk)
        self.context.tick(len(held))


@step("fold")
def fold(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 2)
    if not call.args:
        return FoldStep(builder.settings)
    if len(call.args) != 2 or not isinstance(call.args[1], Operator):
        raise InvalidQuery("fold() takes a seed and an operator")
    seed, operator = call.args
    operate = OPERATORS[operator]

    def reduce(held: Value, value: Value, bulk: int) -> Value:
        for _ in range(bulk):
            held = operate(held, value)
        return held

    return ReducingStep(builder.settings, "FoldStep", reduce, lambda: seed)
