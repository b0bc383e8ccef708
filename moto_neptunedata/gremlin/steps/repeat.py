"""``repeat`` with ``times``, ``until`` and ``emit``, before it or after it.

Every traverser goes through the body level by level: first all that are one loop deep, then all
that are two loops deep. Where all come out at the same depth and nobody sees the order of events,
whole batches go together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..arguments import read_whole_number
from ..ast import Call, Predicate, Traversal
from ..builder import Builder, Built, Modulators, step
from ..comparability import Incomparable
from ..errors import InvalidQuery, Unsupported
from ..pipeline import Batch, Context, Opened, Pipeline, Run, Step
from ..predicates import compile_test
from ..traverser import NOTHING, Traverser
from ..values import Value

Passes = Callable[[Traverser], bool]


class _Condition:
    """``times(n)``, ``until(…)`` or ``emit(…)``, and whether it stands before ``repeat``."""

    def __init__(
        self, first: bool, times: int | None = None, pipeline: Pipeline | None = None
    ) -> None:
        self.first = first
        self.times = times
        self.pipeline = pipeline

    def open(self, context: Context) -> Passes:
        if self.times is not None:
            times = self.times
            return lambda traverser: traverser.loops[2] >= times
        if self.pipeline is None:
            return lambda traverser: True
        value_of = self.pipeline.value_of(context)

        def passes(traverser: Traverser) -> bool:
            try:
                return value_of(traverser) is not NOTHING
            except Incomparable:
                return False

        return passes


class RepeatStep(Step):
    """The whole of a loop."""

    title = "RepeatStep"
    lazy = True
    stateful = True
    moves = True
    branches = True
    expands = True

    def __init__(
        self,
        name: str | None,
        body: Pipeline,
        until: _Condition | None,
        emit: _Condition | None,
    ) -> None:
        self.name = name
        self.body = body
        self.until = until
        self.emit = emit
        self.together = (
            until is not None and until.times is not None and emit is None and not body.careful
        )

    def open(self, context: Context) -> Opened:
        run = self.body.open(context)
        until = None if self.until is None else self.until.open(context)
        emit = None if self.emit is None else self.emit.open(context)
        loop = _Loop(self, context, run, until, emit)
        if self.together:
            return loop.levels

        def one_by_one(batch: Batch) -> Iterator[Batch]:
            for traverser in batch:
                yield from loop.levels([traverser])

        return one_by_one

    def children(self) -> Iterable[Pipeline]:
        conditions = [each for each in (self.until, self.emit) if each is not None]
        inner = [each.pipeline for each in conditions if each.pipeline is not None]
        return [self.body, *inner]


class _Loop:
    """One opened loop."""

    def __init__(
        self,
        step: RepeatStep,
        context: Context,
        run: Run,
        until: Passes | None,
        emit: Passes | None,
    ) -> None:
        self.name = step.name
        self.context = context
        self.run = run
        self.until = until
        self.emit = emit
        self.until_first = step.until is not None and step.until.first
        self.emit_first = step.emit is not None and step.emit.first

    def levels(self, batch: Batch) -> Iterator[Batch]:
        """All that comes out for a batch, level by level."""
        shared: dict[int, Value] = {}
        entering = []
        for traverser in batch:
            around = traverser.loops
            # One object for all that are at the same place, so that they can be merged.
            loops = shared.setdefault(id(around), (around, self.name, 0))
            entering.append(_at(traverser, loops))
        out: Batch = []
        waiting = self._enter(entering, out)
        if out:
            yield out
        while waiting:
            self.context.tick(len(waiting))
            out = []
            following: Batch = []
            counted: dict[int, Value] = {}
            for found in self.run.drive((waiting,)):
                self._leave(found, out, following, counted)
                if out:
                    yield out
                    out = []
            waiting = following
            if self.until_first or self.emit_first:
                waiting = self._enter(following, out)
                if out:
                    yield out

    def _enter(self, batch: Batch, out: Batch) -> Batch:
        """Before the body: conditions that stand before ``repeat``."""
        until = self.until if self.until_first else None
        emit = self.emit if self.emit_first else None
        if until is None and emit is None:
            return batch
        inside = []
        for traverser in batch:
            if until is not None and until(traverser):
                out.append(_out(traverser))
                continue
            inside.append(traverser)
            if emit is not None and emit(traverser):
                out.append(_out(traverser))
        return inside

    def _leave(self, found: Batch, out: Batch, following: Batch, counted: dict[int, Value]) -> None:
        """After the body: one loop more, and the conditions that stand after ``repeat``."""
        until = None if self.until_first else self.until
        emit = None if self.emit_first else self.emit
        for each in found:
            loops = each.loops
            if loops is None:
                # Such a step makes a new traverser, which would never count its loops.
                raise Unsupported(
                    "A step that makes one value of many (count, fold, group, …) is not supported "
                    "as a step of the body of repeat(); put it into map(), local() or by()"
                )
            counted_loops = counted.get(id(loops))
            if counted_loops is None:
                counted_loops = (loops, (loops[0], loops[1], loops[2] + 1))
                # Keeping ``loops`` keeps its id from being used again.
                counted[id(loops)] = counted_loops
            traverser = _at(each, counted_loops[1])
            if until is not None and until(traverser):
                out.append(_out(traverser))
                continue
            following.append(traverser)
            if emit is not None and emit(traverser):
                out.append(_out(traverser))


def _at(traverser: Traverser, loops: Value) -> Traverser:
    return Traverser(traverser.value, traverser.bulk, traverser.path, traverser.sack, loops)


def _out(traverser: Traverser) -> Traverser:
    return _at(traverser, traverser.loops[0])


@step("repeat", "times", "until", "emit", takes=("repeat", "times", "until", "emit"))
def repeat(builder: Builder, call: Call, modulators: Modulators) -> Built:
    row = [call, *modulators.calls]
    bodies = [at for at, each in enumerate(row) if each.name == "repeat"]
    if not bodies:
        raise InvalidQuery(
            f"The repeat()-traversal was not defined: {call.name}() needs a repeat()"
        )
    at = bodies[0]
    # A second repeat, and what follows it, is a loop of its own.
    end = bodies[1] if len(bodies) > 1 else len(row)
    if len(bodies) > 1:
        later = row[end:]
        first = _loop(builder, row[:end], at)
        rest = repeat(builder, later[0], Modulators(later[1:]))
        return [first, *([rest] if isinstance(rest, Step) else rest)]
    return _loop(builder, row, at)


def _loop(builder: Builder, row: list[Call], at: int) -> Step:
    args = row[at].args
    name: str | None = None
    if len(args) == 2 and isinstance(args[0], str):
        name, args = args[0], args[1:]
    if len(args) != 1 or not isinstance(args[0], Traversal):
        raise InvalidQuery("repeat() takes a traversal, and a name before it")
    until: _Condition | None = None
    emit: _Condition | None = None
    for index, call in enumerate(row):
        first = index < at
        if call.name == "times":
            until = _only(until, call, _Condition(first, times=_times(call)))
        elif call.name == "until":
            until = _only(until, call, _Condition(first, pipeline=_test(builder, call)))
        elif call.name == "emit":
            pipeline = _test(builder, call) if call.args else None
            emit = _only(emit, call, _Condition(first, pipeline=pipeline))
    body = builder.pipeline(args[0].calls, in_repeat=True)
    return RepeatStep(name, body, until, emit)


def _only(known: _Condition | None, call: Call, condition: _Condition) -> _Condition:
    if known is not None:
        kind = "emit" if call.name == "emit" else "until"
        raise InvalidQuery(f"The repeat()-step already has its {kind}()-modulator declared")
    return condition


def _times(call: Call) -> int:
    if len(call.args) != 1:
        raise InvalidQuery("times() takes a number")
    return read_whole_number(call, call.args[0])


def _test(builder: Builder, call: Call) -> Pipeline:
    if len(call.args) != 1:
        raise InvalidQuery(f"{call.name}() takes a traversal")
    arg = call.args[0]
    if isinstance(arg, Predicate):
        compile_test(arg)
        return builder.pipeline((Call("is", (arg,)),), filtering=True)
    return builder.child(arg, filtering=True)
