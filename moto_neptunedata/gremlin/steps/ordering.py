"""``order`` and ``barrier``."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Final

from ...graph import Byte, Float, Int, Short
from ..arguments import check_argument_count
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..comparability import order_key
from ..enums import Barrier, Order, Scope
from ..errors import InvalidQuery
from ..modulators import By, list_pipelines
from ..numeric import add, divide, multiply
from ..pipeline import Batch, Context, Opened, Pipeline, Step, merge
from ..traverser import NOTHING, Traverser
from ..values import BigInteger, BulkSet, Entry, GMap, GSet, Scalar, Value
from .base import CollectingStage, MapStep

#: Pairs of how to draw the sort keys of a batch, and the direction.
Keys = list[tuple[Callable[[Batch], list[Value]], Order]]

#: From how many traversers on for each that is wanted, looking for the first ones beats sorting.
_FEW: Final = 16


def sort_traversers(
    context: Context, traversers: Batch, keys: Keys, most: int | None = None
) -> Batch:
    """The traversers sorted; those without a key are left out. Only the first ``most`` of them,
    at least, have to be right and to be there.
    """
    columns = [draw(traversers) for draw, _ in keys]
    rows = list(range(len(traversers)))
    for column in columns:
        if _NOTHING_TYPE in map(type, column):
            rows = [at for at in rows if column[at] is not NOTHING]
    if most is not None and len(keys) == 1 and most * _FEW < len(rows):
        pick = _FIRST.get(keys[0][1])
        if pick is not None:
            rows = pick(most, rows, key=_sortable(columns[0]).__getitem__)
            return [traversers[at] for at in rows]
    # Stable sorts, from the last key to the first.
    for column, (_, order) in zip(reversed(columns), reversed(keys)):
        if order is Order.shuffle:
            context.random.shuffle(rows)
        else:
            rows.sort(key=_sortable(column).__getitem__, reverse=order is Order.desc)
    return [traversers[at] for at in rows]


_NOTHING_TYPE: Final = type(NOTHING)

#: What finds the first few in a direction, in the order of a stable sort.
_FIRST: Final[dict[Order, Value]] = {Order.asc: heapq.nsmallest, Order.desc: heapq.nlargest}

_NUMBERS: Final = frozenset((int, Int, Short, Byte, BigInteger, float, Float))
_FRACTIONS: Final = frozenset((float, Float))


def _sortable(column: list[Value]) -> list[Value]:
    """What sorts as the values of a column do: they themselves where Python sorts them right."""
    kinds = set(map(type, column)) - {_NOTHING_TYPE}
    if kinds == {str}:
        return column
    if kinds <= _NUMBERS and not (
        kinds & _FRACTIONS and any(value != value for value in column)  # NaN is above all
    ):
        return column
    return [value if value is NOTHING else order_key(value) for value in column]


class OrderStep(Step):
    """``order`` of the stream."""

    title = "OrderGlobalStep"
    moves = False
    barrier = True
    stateful = True

    #: Set by the planner: no more than so many are looked at afterwards.
    most: int | None = None

    def __init__(self, bys: list[By]) -> None:
        self.bys = bys

    def open(self, context: Context) -> Opened:
        return _OrderStage(context, open_keys(context, self.bys), self.most)

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


class _OrderStage(CollectingStage):
    def __init__(self, context: Context, keys: Keys, most: int | None) -> None:
        super().__init__(context)
        self.keys = keys
        self.most = most

    def release(self, held: Batch) -> Iterable[Batch]:
        found = sort_traversers(self.context, held, self.keys, self.most)
        return (found,) if found else ()


def open_keys(context: Context, bys: list[By]) -> Keys:
    """The sort keys for one run."""
    return [(by.open_column(context), by.order) for by in bys]


@step("order", takes=("by",))
def order(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if args:
        raise InvalidQuery("order() takes a scope")
    bys = builder.bys(modulators) or [builder.one_by(modulators)]
    if scope is Scope.global_:
        return OrderStep(bys)
    return LocalOrderStep(builder, bys)


class LocalOrderStep(MapStep):
    """``order(local)``."""

    def __init__(self, builder: Builder, bys: list[By]) -> None:
        super().__init__(builder.settings, "OrderLocalStep", lambda value: value)
        self.bys = bys
        self.track_paths = builder.settings.track_paths

    def open(self, context: Context) -> Opened:
        keys = open_keys(context, self.bys)
        return lambda batch: [
            self.move(traverser, self._sort(context, traverser.value, keys)) for traverser in batch
        ]

    def scalar(self, context: Context) -> Scalar | None:
        return None

    def _sort(self, context: Context, value: Value, keys: Keys) -> Value:
        if isinstance(value, GMap):
            entries = [Entry(key, held) for key, held in value.items()]
            return GMap(
                (each.value.key, each.value.value)
                for each in self._sort_values(context, entries, keys)
            )
        if isinstance(value, (list, GSet, BulkSet)):
            found = [each.value for each in self._sort_values(context, value, keys)]
            return GSet(found) if isinstance(value, GSet) else found
        return value

    def _sort_values(self, context: Context, values: Iterable[Value], keys: Keys) -> Batch:
        return sort_traversers(
            context, [context.new_traverser(value, self.track_paths) for value in values], keys
        )

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


# ------------------------------------------------------------------ barrier


class BarrierStep(Step):
    """``barrier``: waits for all, and makes one of equal ones."""

    title = "NoOpBarrierStep"
    moves = False
    barrier = True
    stateful = True

    def open(self, context: Context) -> Opened:
        return _MergingStage(context)


class _MergingStage(CollectingStage):
    def release(self, held: Batch) -> Iterable[Batch]:
        return (merge(held, self.context),)


class NormalizeStep(BarrierStep):
    """``barrier(normSack)``: sacks that sum up to one."""

    title = "LambdaCollectingBarrierStep"

    def open(self, context: Context) -> Opened:
        return _NormalizingStage(context)


class _NormalizingStage(CollectingStage):
    def release(self, held: Batch) -> Iterable[Batch]:
        total: Value = None
        for traverser in held:
            total = add(total, multiply(traverser.sack, traverser.bulk))
        return (
            [
                Traverser(
                    each.value, each.bulk, each.path, divide(float(each.sack), total), each.loops
                )
                for each in held
            ],
        )


@step("barrier")
def barrier(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    if call.args and call.args[0] is Barrier.normSack:
        return NormalizeStep()
    if call.args and not isinstance(call.args[0], int):
        raise InvalidQuery("barrier() takes a size or normSack")
    return BarrierStep()
