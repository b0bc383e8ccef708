"""How compiled traversals run.

A :class:`Pipeline` is a row of steps, compiled once and shared by all runs. :meth:`Pipeline.open`
gives a :class:`Run`, which holds the state of one use of it. Traversers move in batches: a stage is
a function from a batch to a batch, a barrier takes all batches before it gives any. Nothing here
recurses along a row of steps, so a text may have thousands of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..graph import PropertyGraph, Transaction
from .errors import CancelledByUser, MemoryLimitExceeded, TimeLimitExceeded
from .limits import RunLimits
from .traverser import NOTHING, Draw, Traverser, take_one
from .values import Scalar, Value, hkey

if TYPE_CHECKING:
    from .dialect import Dialect

Batch = list[Traverser]
#: A stage that is not lazy gives a batch, a lazy one an iterator of batches.
Stage: TypeAlias = Callable[[Batch], Batch] | Callable[[Batch], Iterable[Batch]]
#: Of each step by its identity: the step, elements and traversers that left it, and its seconds.
Counters: TypeAlias = dict[int, list[Any]]

#: Traversers that go on together where somebody downstream may stop early.
CHUNK: Final = 1024
#: Traversers that go on together where all are needed anyway.
LARGE_CHUNK: Final = 1 << 17
#: Between two looks at the clock, a stage handles about this many traversers.
PIECE: Final = 8192


class Context:
    """What one execution of one statement shares among all its steps."""

    def __init__(
        self,
        graph: PropertyGraph,
        transaction: Transaction | None,
        dialect: Dialect,
        new_id: Callable[[], str],
        limits: RunLimits,
    ) -> None:
        self.graph = graph
        self.transaction = transaction
        self.dialect = dialect
        self.new_id = new_id
        self.deadline, self.max_traversers, self.cancelled = limits
        self.side_effects: dict[str, Value] = {}
        self.reducers: dict[str, Value] = {}
        self.sack_initial: Any = None
        self.sack_merge: Any = None
        self.bulk = True
        self._random: random.Random | None = None
        self.counters: Counters | None = None
        self.steps_done = 0

    @property
    def random(self) -> random.Random:
        """What chance decides; made when first needed, because that takes its time."""
        if self._random is None:
            self._random = random.Random()
        return self._random

    def new_traverser(self, value: Value, track_paths: bool) -> Traverser:
        """A traverser that comes from nowhere and is only this value."""
        return Traverser(value, 1, (None, value, ()) if track_paths else None, self.sack_initial)

    @property
    def changes(self) -> Transaction:
        """The transaction; only statements that write ask for it."""
        if self.transaction is None:
            raise AssertionError("a reading statement tried to write")
        return self.transaction

    def tick(self, held: int) -> None:
        """Look at the limits, while ``held`` traversers or values are at hand."""
        if held > self.max_traversers:
            raise MemoryLimitExceeded
        if time.monotonic() > self.deadline:
            raise TimeLimitExceeded
        self.steps_done += 1
        if self.steps_done & 15 == 0 and self.cancelled():
            raise CancelledByUser


class Step:
    """One compiled step. Subclasses say with class attributes how they run."""

    #: The name of TinkerPop's step, for explain and profile.
    title = "Step"
    #: Takes all batches before it gives any: ``open`` gives a :class:`BarrierStage`.
    barrier = False
    #: Its stage gives an iterator of batches.
    lazy = False
    #: Its stage has ``done``, which becomes true when nothing more can come through.
    limiter = False
    #: Its stage remembers; a run used again needs a fresh one.
    stateful = False
    #: Others can see when it happens, so traversers must come one at a time.
    observable = False
    #: May give more traversers than it gets.
    expands = False
    #: Set by the pipeline: all of its output is needed, so it need not hurry with the first.
    eager = False

    def open(self, context: Context) -> Opened:
        """The stage for one run."""
        process = self.process
        return lambda batch: process(batch, context)

    def process(self, batch: Batch, context: Context) -> Value:
        """What a stateless stage does."""
        raise NotImplementedError

    def children(self) -> Iterable[Pipeline]:
        """The pipelines inside."""
        return ()

    def scalar(self, context: Context) -> Scalar | None:
        """A function from value to value or ``NOTHING``, where the step is no more than that."""
        return None

    def draw(self, context: Context) -> Draw | None:
        """A function from traverser to value or ``NOTHING``, where the step is no more than that
        for a traverser that enters it first.
        """
        scalar = self.scalar(context)
        return None if scalar is None else _draw_scalar(scalar)

    def describe(self) -> str:
        """How explain and profile show the step."""
        return self.title


def _draw_scalar(scalar: Scalar) -> Draw:
    return lambda traverser: scalar(traverser.value)


class BarrierStage:
    """The stage of a barrier. After ``finish`` it is as new."""

    def add(self, batch: Batch) -> None:
        raise NotImplementedError

    def finish(self) -> Iterable[Batch]:
        raise NotImplementedError


#: What ``Step.open`` gives: a stage, or a :class:`BarrierStage` where the step is a barrier.
Opened: TypeAlias = Stage | BarrierStage


class Pipeline:
    """A row of compiled steps."""

    __slots__ = (
        "barriers",
        "bounds",
        "careful",
        "lazies",
        "limiters",
        "simple",
        "stateful",
        "steps",
    )

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = tuple(steps)
        self.careful = any(step.observable for step in walk(self.steps))
        self.barriers = [i for i, step in enumerate(self.steps) if step.barrier]
        self.bounds: list[tuple[int, int]] = []
        start = 0
        for end in self.barriers:
            self.bounds.append((start, end))
            start = end + 1
        self.bounds.append((start, len(self.steps)))
        self.lazies = [step.lazy for step in self.steps]
        self.limiters = [step.limiter for step in self.steps]
        self.stateful = [i for i, step in enumerate(self.steps) if step.stateful]
        self.simple = not (
            self.careful or self.barriers or self.stateful or any(self.lazies) or any(self.limiters)
        )
        for start, end in self.bounds[:-1]:
            segment = self.steps[start:end]
            if not self.careful and not any(step.limiter for step in segment):
                for step in segment:
                    step.eager = True

    def open(self, context: Context) -> Run:
        """A fresh run."""
        return Run(self, context)

    def value_of(self, context: Context) -> Draw:
        """A function that gives the first result for one traverser, or ``NOTHING``."""
        composed = self._compose(context)
        if composed is not None:
            return composed
        run = self.open(context)

        def first(traverser: Traverser) -> Value:
            for batch in run.each(take_one(traverser)):
                if batch:
                    return batch[0].value
            return NOTHING

        return first

    def _compose(self, context: Context) -> Draw | None:
        """The same without a run, where each step is a function of the value before it."""
        if not self.steps:
            return lambda traverser: traverser.value
        draw = self.steps[0].draw(context)
        scalars = [step.scalar(context) for step in self.steps[1:]]
        if draw is None or None in scalars:
            return None
        return _chain(draw, [scalar for scalar in scalars if scalar is not None])

    def test_of(self, context: Context) -> Callable[[Traverser], bool]:
        """A function that says whether there is any result for one traverser."""
        value_of = self.value_of(context)
        return lambda traverser: value_of(traverser) is not NOTHING

    def all_of(self, context: Context) -> Callable[[Traverser], Iterator[Value]]:
        """A function that gives all results for one traverser, one by one."""
        run = self.open(context)

        def results(traverser: Traverser) -> Iterator[Value]:
            for batch in run.each(take_one(traverser)):
                for found in batch:
                    for _ in range(found.bulk):
                        yield found.value

        return results


def _chain(draw: Draw, scalars: list[Scalar]) -> Draw:
    if not scalars:
        return draw

    def chain(traverser: Traverser) -> Value:
        value = draw(traverser)
        for scalar in scalars:
            if value is NOTHING:
                return NOTHING
            value = scalar(value)
        return value

    return chain


def walk(steps: Iterable[Step]) -> Iterator[Step]:
    """All steps, and those of the pipelines inside them."""
    waiting = list(steps)
    while waiting:
        step = waiting.pop()
        yield step
        for child in step.children():
            waiting.extend(child.steps)


class Run:
    """One use of a pipeline: its stages with their state."""

    __slots__ = ("context", "pipeline", "stages")

    def __init__(self, pipeline: Pipeline, context: Context) -> None:
        self.pipeline = pipeline
        self.context = context
        self.stages: list[Any] = [step.open(context) for step in pipeline.steps]
        if context.counters is not None:
            self._count(context.counters)

    def reset(self) -> None:
        """Forget what was seen."""
        pipeline, stages = self.pipeline, self.stages
        for index in pipeline.stateful:
            stages[index] = pipeline.steps[index].open(self.context)
        if self.context.counters is not None and pipeline.stateful:
            self._count(self.context.counters, pipeline.stateful)

    def each(self, traverser: Traverser) -> Iterable[Batch]:
        """The results for one traverser alone."""
        if self.pipeline.simple:
            batch = [traverser]
            for stage in self.stages:
                batch = stage(batch)
                if not batch:
                    return ()
            self.context.tick(len(batch))
            return (batch,)
        self.reset()
        return self.drive(([traverser],))

    def drive(self, feed: Iterable[Batch]) -> Iterator[Batch]:
        """The results for all batches of ``feed``, remembering what earlier ones left behind."""
        for start, end in self.pipeline.bounds[:-1]:
            barrier = self.stages[end]
            for batch in self.linear(start, end, feed):
                barrier.add(batch)
            feed = barrier.finish()
        return self.linear(*self.pipeline.bounds[-1], feed)

    def linear(self, start: int, end: int, feed: Iterable[Batch]) -> Iterator[Batch]:
        """Push batches through the stages ``start`` to ``end``, none of them a barrier."""
        pipeline, stages, tick = self.pipeline, self.stages, self.context.tick
        limiters, lazies = pipeline.limiters, pipeline.lazies
        chunk = 1 if pipeline.careful else CHUNK if end == len(stages) else LARGE_CHUNK
        if any(limiters[i] and stages[i].done for i in range(start, end)):
            return
        waiting: list[tuple[int, Iterator[Batch]]] = [(start, iter(feed))]
        while waiting:
            level, source = waiting[-1]
            batch = next(source, None)
            if batch is None:
                waiting.pop()
                continue
            if len(batch) > chunk and level < end:
                waiting.append((level, chunks(batch, chunk)))
                continue
            while level < end:
                stage = stages[level]
                if lazies[level]:
                    level += 1
                    waiting.append((level, stage(batch)))
                    break
                batch = stage(batch)
                if limiters[level] and stage.done:
                    waiting.clear()
                level += 1
                tick(len(batch))
                if not batch:
                    break
                if len(batch) > chunk and level < end:
                    waiting.append((level, chunks(batch, chunk)))
                    break
            else:
                if batch:
                    yield batch

    def _count(self, counters: Counters, only: list[int] | None = None) -> None:
        """Wrap the stages so that profile sees what passes."""
        for index in range(len(self.stages)) if only is None else only:
            step = self.pipeline.steps[index]
            entry = counters.setdefault(id(step), [step, 0, 0, 0.0])
            wrap = _CountedBarrier if step.barrier else _LazyCounted if step.lazy else _Counted
            self.stages[index] = wrap(self.stages[index], entry)


class _Counted:
    """A stage that counts the traversers that leave it, and its time."""

    def __init__(self, stage: Any, entry: list[Any]) -> None:
        self.stage = stage
        self.entry = entry

    @property
    def done(self) -> bool:
        return bool(self.stage.done)

    def __call__(self, batch: Batch) -> Batch:
        started = time.perf_counter()
        found: Batch = self.stage(batch)
        self.entry[3] += time.perf_counter() - started
        self.note(found)
        return found

    def note(self, found: Batch) -> None:
        self.entry[1] += sum(traverser.bulk for traverser in found)
        self.entry[2] += len(found)


class _LazyCounted(_Counted):
    def __call__(self, batch: Batch) -> Value:
        return self.measure(iter(self.stage(batch)))

    def measure(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        while True:
            started = time.perf_counter()
            batch = next(batches, None)
            self.entry[3] += time.perf_counter() - started
            if batch is None:
                return
            self.note(batch)
            yield batch


class _CountedBarrier(_LazyCounted):
    def add(self, batch: Batch) -> None:
        started = time.perf_counter()
        self.stage.add(batch)
        self.entry[3] += time.perf_counter() - started

    def finish(self) -> Iterator[Batch]:
        return self.measure(iter(self.stage.finish()))


def chunks(batch: Batch, size: int) -> Iterator[Batch]:
    """A batch in parts."""
    return (batch[start : start + size] for start in range(0, len(batch), size))


def make_growing_batches(traversers: Iterable[Traverser], eager: bool) -> Iterator[Batch]:
    """Traversers in batches: small ones first, so that a limit costs little, unless all are due."""
    size = LARGE_CHUNK if eager else 1
    batch: Batch = []
    for traverser in traversers:
        batch.append(traverser)
        if len(batch) >= size:
            yield batch
            batch = []
            size = min(size * 4, LARGE_CHUNK if eager else CHUNK)
    if batch:
        yield batch


def pieces(batch: Batch, context: Context, expand: Callable[[Batch], Batch]) -> Batch:
    """``expand`` of a large batch in parts, with a look at the limits after each."""
    if len(batch) <= PIECE:
        return expand(batch)
    found: Batch = []
    for part in chunks(batch, PIECE):
        found.extend(expand(part))
        context.tick(len(found))
    return found


def merge(batch: Batch, context: Context) -> Batch:
    """Equal traversers made one, with the sum of their bulks."""
    merged: dict[Any, Traverser] = {}
    combine = context.sack_merge
    for traverser in batch:
        path = traverser.path
        sack = None if combine is not None or traverser.sack is None else hkey(traverser.sack)
        key = (hkey(traverser.value), id(path) if path is not None else 0, traverser.loops, sack)
        known = merged.get(key)
        if known is None:
            merged[key] = traverser
        else:
            merged[key] = Traverser(
                known.value,
                known.bulk + traverser.bulk if context.bulk else 1,
                path,
                known.sack if combine is None else combine(known.sack, traverser.sack),
                known.loops,
            )
    return list(merged.values())
