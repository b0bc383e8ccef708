"""Steps that keep some of the stream, or some of each value: ranges, tails, samples, dedup."""

from __future__ import annotations

from collections.abc import Iterable

from ..arguments import read_texts, read_whole_number
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..comparability import is_number
from ..enums import Scope
from ..errors import InvalidQuery, QueryFailed
from ..modulators import By, list_pipelines
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..traverser import NOTHING, Draw, Traverser
from ..values import BulkSet, GMap, GSet, Path, Scalar, Value, hkey
from .base import CollectingStage, MapStep
from .scoping import lookup


def with_bulk(traverser: Traverser, bulk: int) -> Traverser:
    """The traverser standing for another number."""
    if traverser.bulk == bulk:
        return traverser
    return Traverser(traverser.value, bulk, traverser.path, traverser.sack, traverser.loops)


class RangeStep(Step):
    """``range``, ``limit`` and ``skip`` of the stream; ``high`` -1 is no end."""

    title = "RangeGlobalStep"
    moves = False
    limiter = True
    stateful = True

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def open(self, context: Context) -> Opened:
        return _RangeStage(self.low, self.high)

    def describe(self) -> str:
        return f"RangeGlobalStep({self.low},{self.high})"


class _RangeStage:
    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high
        self.seen = 0
        self.done = high == 0

    def __call__(self, batch: Batch) -> Batch:
        found = []
        low, high = self.low, self.high
        for traverser in batch:
            start = self.seen
            self.seen = end = start + traverser.bulk
            first = max(start, low)
            last = end if high < 0 else min(end, high)
            if first < last:
                found.append(with_bulk(traverser, last - first))
            if 0 <= high <= end:
                self.done = True
                break
        return found


def _bounds(call: Call, args: tuple[Value, ...]) -> tuple[int, int]:
    numbers = [read_whole_number(call, arg) for arg in args]
    if len(numbers) != (2 if call.name == "range" else 1):
        raise InvalidQuery(f"{call.name}() takes its bounds, and a scope before them")
    if call.name == "range":
        low, high = numbers
    elif call.name == "limit":
        low, high = 0, numbers[0]
    else:
        low, high = numbers[0], -1
    if high != -1 and low > high:
        raise InvalidQuery(f"Not a legal range: [{low}, {high}]")
    return max(low, 0), high


@step("range", "limit", "skip")
def range_(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    low, high = _bounds(call, args)
    if scope is Scope.global_:
        return RangeStep(low, high)
    return MapStep(builder.settings, "RangeLocalStep", lambda value: local_range(value, low, high))


def local_range(value: Value, low: int, high: int) -> Value:
    """A part of a collection; of length one by request, the one value itself."""
    end = None if high < 0 else high
    if isinstance(value, GMap):
        return GMap(list(value.items())[low:end])
    if isinstance(value, Path):
        return Path(value.objects[low:end], value.labels[low:end])
    if not isinstance(value, (list, GSet, BulkSet)):
        return value
    kept = list(value)[low:end]
    if high - low == 1:
        return kept[0] if kept else NOTHING
    return GSet(kept) if isinstance(value, GSet) else kept


class TailStep(Step):
    """``tail`` of the stream."""

    title = "TailGlobalStep"
    moves = False
    barrier = True
    stateful = True

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def open(self, context: Context) -> Opened:
        return _TailStage(context, self.limit)


class _TailStage(CollectingStage):
    def __init__(self, context: Context, limit: int) -> None:
        super().__init__(context)
        self.limit = limit

    def release(self, held: Batch) -> Iterable[Batch]:
        kept: Batch = []
        left = self.limit
        for traverser in reversed(held):
            if left <= 0:
                break
            kept.append(with_bulk(traverser, min(traverser.bulk, left)))
            left -= traverser.bulk
        kept.reverse()
        return (kept,) if kept else ()


@step("tail")
def tail(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if len(args) > 1:
        raise InvalidQuery("tail() takes a scope and a number")
    limit = read_whole_number(call, args[0]) if args else 1
    if limit < 0:
        raise InvalidQuery("tail() takes a number that is not negative")
    if scope is Scope.global_:
        return TailStep(limit)
    return MapStep(builder.settings, "TailLocalStep", lambda value: local_tail(value, limit))


def local_tail(value: Value, limit: int) -> Value:
    """The end of a collection; of length one by request, the one value itself."""
    if isinstance(value, GMap):
        return GMap(list(value.items())[-limit:] if limit else ())
    if isinstance(value, Path):
        start = max(len(value.objects) - limit, 0)
        return Path(value.objects[start:], value.labels[start:])
    if not isinstance(value, (list, GSet, BulkSet)):
        return value
    kept = list(value)[-limit:] if limit else []
    if limit == 1:
        return kept[0] if kept else NOTHING
    return GSet(kept) if isinstance(value, GSet) else kept


# ------------------------------------------------------------------ sample


class SampleStep(Step):
    """``sample`` of the stream, weighted by ``by``."""

    title = "SampleGlobalStep"
    moves = False
    barrier = True
    stateful = True

    def __init__(self, amount: int, by: By | None) -> None:
        self.amount = amount
        self.by = by

    def open(self, context: Context) -> Opened:
        draw = None if self.by is None else self.by.open(context)
        return _SampleStage(context, self.amount, draw)

    def children(self) -> Iterable[Pipeline]:
        return () if self.by is None else self.by.children()


class _SampleStage(CollectingStage):
    def __init__(self, context: Context, amount: int, draw: Draw | None) -> None:
        super().__init__(context)
        self.amount = amount
        self.draw = draw

    def release(self, held: Batch) -> Iterable[Batch]:
        weights = [1.0 if self.draw is None else self._weight(each) for each in held]
        left = [each.bulk if weight is not None else 0 for each, weight in zip(held, weights)]
        kept = [0] * len(held)
        for _ in range(self.amount):
            shares = [(weight or 0.0) * bulk for weight, bulk in zip(weights, left)]
            if sum(shares) <= 0:
                break
            at = self.context.random.choices(range(len(held)), shares)[0]
            left[at] -= 1
            kept[at] += 1
        found = [with_bulk(each, count) for each, count in zip(held, kept) if count]
        return (found,) if found else ()

    def _weight(self, traverser: Traverser) -> float | None:
        assert self.draw is not None
        weight = self.draw(traverser)
        if weight is NOTHING:
            return None
        if not is_number(weight):
            raise QueryFailed("sample() takes numbers as weights")
        return float(weight)


@step("sample", takes=("by",))
def sample(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if len(args) != 1:
        raise InvalidQuery("sample() takes a scope and a number")
    amount = read_whole_number(call, args[0])
    if scope is Scope.global_:
        bys = builder.bys(modulators)
        return SampleStep(amount, bys[-1] if bys else None)
    return _LocalSampleStep(builder, amount)


class _LocalSampleStep(MapStep):
    def __init__(self, builder: Builder, amount: int) -> None:
        super().__init__(builder.settings, "SampleLocalStep", lambda value: value)
        self.amount = amount

    def process(self, batch: Batch, context: Context) -> Batch:
        return [self.move(traverser, self._sample(traverser.value, context)) for traverser in batch]

    def scalar(self, context: Context) -> Scalar | None:
        return None

    def _sample(self, value: Value, context: Context) -> Value:
        if isinstance(value, GMap):
            entries = list(value.items())
            return GMap(context.random.sample(entries, min(self.amount, len(entries))))
        if isinstance(value, (list, GSet, BulkSet)):
            values = list(value)
            if len(values) <= self.amount:
                return values
            return context.random.sample(values, self.amount)
        return value


# ------------------------------------------------------------------ dedup


class DedupStep(Step):
    """``dedup`` of the stream, by value, by ``by``, or by labels."""

    title = "DedupGlobalStep"
    moves = False
    stateful = True

    def __init__(self, bys: list[By], labels: tuple[str, ...], track_paths: bool) -> None:
        self.bys = bys
        self.labels = labels
        self.track_paths = track_paths

    def open(self, context: Context) -> Opened:
        seen: set[Value] = set()
        key_of = self._key(context)

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                key = key_of(traverser)
                if key is not NOTHING and key not in seen:
                    seen.add(key)
                    found.append(with_bulk(traverser, 1))
            context.tick(len(seen))
            return found

        return stage

    def _key(self, context: Context) -> Draw:
        draws = [by.open(context) for by in self.bys]
        if self.labels:
            return lambda traverser: self._make_key(context, traverser, draws)
        if not draws:
            return lambda traverser: hkey(traverser.value)
        draw = draws[-1]

        def draw_key(traverser: Traverser) -> Value:
            value = draw(traverser)
            return NOTHING if value is NOTHING else hkey(value)

        return draw_key

    def _make_key(self, context: Context, traverser: Traverser, draws: list[Value]) -> Value:
        keys = []
        for at, label in enumerate(self.labels):
            value = lookup(context, traverser, label)
            if value is not NOTHING and draws:
                value = draws[at % len(draws)](context.new_traverser(value, self.track_paths))
            if value is NOTHING:
                return NOTHING
            keys.append(hkey(value))
        return tuple(keys)

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


@step("dedup", takes=("by",))
def dedup(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    labels = tuple(read_texts(call, args))
    if scope is Scope.local:
        return MapStep(builder.settings, "DedupLocalStep", local_dedup)
    return DedupStep(builder.bys(modulators), labels, builder.settings.track_paths)


def local_dedup(value: Value) -> Value:
    """The distinct values of a collection."""
    if isinstance(value, (list, BulkSet, Path)):
        return GSet(value)
    return value
