"""``where``: tests between named values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ..arguments import check_argument_count
from ..ast import Call, Predicate, Traversal
from ..builder import Builder, Built, Modulators, step
from ..comparability import Incomparable, equals
from ..connectives import fold_connectives
from ..errors import InvalidQuery
from ..modulators import By, list_pipelines
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..predicates import _COMPARISONS, _MEMBERSHIP, Test, all_of, any_of, normalize
from ..traverser import NOTHING, Draw, Traverser, take_one
from ..values import BulkSet, GSet, Path, Value
from .base import choose_move
from .filters import TraversalFilterStep
from .scoping import lookup

#: ``test(value, resolved values of the names, in order)``.
_Compare = Callable[[Value, list[Value]], bool]


class WherePredicateStep(Step):
    """``where(P)`` and ``where("a", P)``: the values of the predicate are names."""

    title = "WherePredicateStep"
    moves = False

    def __init__(
        self, start: str | None, predicate: Predicate, bys: list[By], track_paths: bool, loud: bool
    ) -> None:
        self.start = start
        self.bys = bys
        self.track_paths = track_paths
        self.loud = loud
        self.names: list[str] = []
        self.compare = self._prepare(normalize(predicate))

    def _prepare(self, predicate: Predicate) -> _Compare:
        name, args = predicate
        if name in ("and", "or"):
            parts = [self._prepare(part) for part in args]
            join = all_of if name == "and" else any_of

            def compare_all(value: Value, resolved: list[Value]) -> bool:
                tests: list[Test] = [
                    lambda each, part=part: part(each, resolved)  # type: ignore[misc]
                    for part in parts
                ]
                return join(tests)(value)

            return compare_all
        at = len(self.names)
        if name in _MEMBERSHIP:
            names = args[0] if len(args) == 1 and isinstance(args[0], list) else list(args)
            self.names += self._check_names(names)
            end = len(self.names)
            inside = name == "within"
            return lambda value, resolved: _is_among(value, resolved[at:end]) is inside
        self.names += self._check_names(args)
        make = _COMPARISONS[name]
        return lambda value, resolved: make(resolved[at])(value)

    @staticmethod
    def _check_names(names: Sequence[Value]) -> list[str]:
        if not all(isinstance(name, str) for name in names):
            raise InvalidQuery("where() takes a predicate whose values are names")
        return list(names)

    def open(self, context: Context) -> Opened:
        draws = [by.open(context) for by in self.bys]

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                try:
                    if self._passes(context, traverser, draws):
                        found.append(traverser)
                except Incomparable:
                    if self.loud:
                        raise
            return found

        return stage

    def _passes(self, context: Context, traverser: Traverser, draws: list[Draw]) -> bool:
        values = []
        starts = [self.start, *self.names]
        for at, name in enumerate(starts):
            value = traverser.value if name is None else lookup(context, traverser, name)
            if value is NOTHING:
                return False
            if draws:
                value = draws[at % len(draws)](context.new_traverser(value, self.track_paths))
                if value is NOTHING:
                    return False
            values.append(value)
        return self.compare(values[0], values[1:])

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)

    def describe(self) -> str:
        return f"WherePredicateStep({self.start or ''}{self.names})"


def _is_among(value: Value, resolved: list[Value]) -> bool:
    """Whether a value is one of the resolved ones; one collection stands for its values."""
    if len(resolved) == 1 and isinstance(resolved[0], (list, GSet, BulkSet, Path)):
        held = resolved[0]
        if isinstance(held, (GSet, BulkSet)) and value in held:
            return True
        if isinstance(held, (GSet, BulkSet)) and not isinstance(value, (int, float)):
            return False
        return any(equals(value, each) for each in held)
    return any(equals(value, each) for each in resolved)


# ------------------------------------------------------------------ traversals

#: Given the traverser, whether it passes.
_Passes = Callable[[Traverser], bool]


class _WhereTest:
    """One traversal of ``where``, which may start with ``as`` and end with ``as``."""

    def __init__(self, builder: Builder, calls: Sequence[Call]) -> None:
        row = list(calls)
        self.start: str | None = None
        self.end: str | None = None
        if row and row[0].name == "as":
            self.start = builder.label_names(row.pop(0))[0]
        if row and row[-1].name == "as":
            self.end = builder.label_names(row.pop())[0]
        self.pipeline = builder.pipeline(row, filtering=True)
        self.move = choose_move(builder.settings)

    def open(self, context: Context) -> _Passes:
        value_of, results = self.pipeline.value_of(context), self.pipeline.all_of(context)

        def passes(traverser: Traverser) -> bool:
            started = traverser
            if self.start is not None:
                value = lookup(context, traverser, self.start)
                if value is NOTHING:
                    return False
                started = self.move(take_one(traverser), value)
            if self.end is None:
                return value_of(started) is not NOTHING
            wanted = lookup(context, traverser, self.end)
            if wanted is NOTHING:
                return False
            return any(equals(found, wanted) for found in results(started))

        return passes

    def pipelines(self) -> list[Pipeline]:
        return [self.pipeline]


class _Connected:
    """``and``, ``or`` and ``not`` of traversals in ``where``."""

    def __init__(self, builder: Builder, call: Call) -> None:
        self.name = call.name
        self.parts = [where_test(builder, arg.calls) for arg in call.args]

    def open(self, context: Context) -> _Passes:
        tests = [part.open(context) for part in self.parts]
        return _JOINS[self.name](tests)

    def pipelines(self) -> list[Pipeline]:
        return [pipeline for part in self.parts for pipeline in part.pipelines()]


_JOINS: Final[dict[str, Callable[[list[_Passes]], _Passes]]] = {
    "and": all_of,
    "or": any_of,
    "not": lambda tests: lambda traverser: not tests[0](traverser),
}


def where_test(builder: Builder, calls: Sequence[Call]) -> _WhereTest | _Connected:
    """The test that a traversal of ``where`` is."""
    row = fold_connectives(calls)
    if len(row) == 1 and row[0].name in _JOINS and _all_traversals(row[0]):
        return _Connected(builder, row[0])
    return _WhereTest(builder, row)


def _all_traversals(call: Call) -> bool:
    return bool(call.args) and all(isinstance(arg, Traversal) for arg in call.args)


class WhereTraversalStep(Step):
    """``where(traversal)`` with named ends."""

    title = "WhereTraversalStep"
    moves = False

    def __init__(self, test: _WhereTest | _Connected, loud: bool) -> None:
        self.test = test
        self.loud = loud

    def open(self, context: Context) -> Opened:
        passes, loud = self.test.open(context), self.loud

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                try:
                    if passes(traverser):
                        found.append(traverser)
                except Incomparable:
                    if loud:
                        raise
            return found

        return stage

    def children(self) -> Iterable[Pipeline]:
        return self.test.pipelines()


@step("where", takes=("by",))
def where(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 2)
    bys = builder.bys(modulators)
    track_paths, loud = builder.settings.track_paths, builder.filtering
    if len(call.args) == 2:
        start, predicate = call.args
        if not isinstance(start, str) or not isinstance(predicate, Predicate):
            raise InvalidQuery("where() takes a label and a predicate")
        return WherePredicateStep(start, predicate, bys, track_paths, loud)
    only = call.args[0]
    if isinstance(only, Predicate):
        return WherePredicateStep(None, only, bys, track_paths, loud)
    if not isinstance(only, Traversal):
        raise InvalidQuery("where() takes a predicate or a traversal")
    if bys:
        raise InvalidQuery("where() of a traversal takes no by()")
    test = where_test(builder, only.calls)
    if isinstance(test, _WhereTest) and test.start is None and test.end is None:
        return TraversalFilterStep(test.pipeline, loud)
    return WhereTraversalStep(test, loud)
