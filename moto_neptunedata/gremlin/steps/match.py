"""``match``: all ways to bind its variables so that every pattern holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..ast import Call, Predicate, Traversal
from ..builder import Builder, Built, Modulators, step
from ..comparability import equals
from ..connectives import fold_connectives
from ..errors import InvalidQuery, QueryFailed
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Traverser, find_last_labelled, move_plain
from ..values import GMap, Value
from .base import choose_move
from .where import where_test

#: Given a traverser whose path has the bindings so far: those of each way to go on.
Follow = Callable[[Traverser], Iterator[Traverser]]


class _Pattern:
    """One pattern. It can be followed as soon as ``needs`` are bound."""

    needs: frozenset[str] = frozenset()
    #: Labels that it may bind.
    binds: frozenset[str] = frozenset()
    #: Only tests; goes before others as soon as it can.
    tests = False

    def open(self, context: Context) -> Follow:
        raise NotImplementedError

    def pipelines(self) -> Iterable[Pipeline]:
        raise NotImplementedError

    def ready(self, is_bound: Callable[[str], bool]) -> bool:
        return all(map(is_bound, self.needs))


class _Walk(_Pattern):
    """``as("a")… .as("b")``, or without an end."""

    def __init__(self, builder: Builder, calls: Sequence[Call]) -> None:
        row = list(calls)
        self.start = builder.label_names(row.pop(0))[0]
        self.end: str | None = None
        if row and row[-1].name == "as":
            self.end = builder.label_names(row.pop())[0]
        self.pipeline = builder.pipeline(row)
        self.needs = frozenset((self.start,))
        self.binds = frozenset(name for name in (self.start, self.end) if name is not None)

    def open(self, context: Context) -> Follow:
        run = self.pipeline.open(context)

        def follow(traverser: Traverser) -> Iterator[Traverser]:
            start = move_plain(traverser, find_last_labelled(traverser.path, self.start))
            # Later patterns use this run again before these results are all taken.
            for batch in list(run.each(start)):
                for found in batch:
                    extended = self._bind_end(traverser, found)
                    if extended is not None:
                        yield extended

        return follow

    def _bind_end(self, before: Traverser, found: Traverser) -> Traverser | None:
        if self.end is None:
            return _with_path(found, before.path)
        known = find_last_labelled(before.path, self.end)
        if known is not NOTHING:
            return _with_path(found, before.path) if equals(known, found.value) else None
        return _with_path(found, (before.path, found.value, (self.end,)))

    def pipelines(self) -> Iterable[Pipeline]:
        return (self.pipeline,)


def _with_path(traverser: Traverser, path: Value) -> Traverser:
    return Traverser(traverser.value, traverser.bulk, path, traverser.sack, traverser.loops)


class _Test(_Pattern):
    """``not(…)`` and ``where(…)``: true or false of what is bound."""

    tests = True

    def __init__(self, builder: Builder, call: Call, bindable: frozenset[str]) -> None:
        call = _without_free_ends(call, bindable)
        calls = call.args[0].calls if call.name == "where" and len(call.args) == 1 else (call,)
        if call.name == "where" and not (call.args and isinstance(call.args[0], Traversal)):
            self.passes: Value = None
            self.pipeline = builder.pipeline((call,), filtering=True)
        else:
            self.passes = where_test(builder, calls)
        self.needs = bindable & frozenset(_names(call))

    def open(self, context: Context) -> Follow:
        test = self.pipeline.test_of(context) if self.passes is None else self.passes.open(context)

        def follow(traverser: Traverser) -> Iterator[Traverser]:
            if test(traverser):
                yield traverser

        return follow

    def pipelines(self) -> Iterable[Pipeline]:
        found: Iterable[Pipeline] = (
            (self.pipeline,) if self.passes is None else self.passes.pipelines()
        )
        return found


def _without_free_ends(value: Value, bindable: frozenset[str]) -> Value:
    """A test without the names at its ends that no pattern binds: there, anything will do."""
    if isinstance(value, Call):
        return value._replace(args=tuple(_without_free_ends(arg, bindable) for arg in value.args))
    if isinstance(value, Traversal) and value.calls:
        last = value.calls[-1]
        free = len(value.calls) > 1 and last.name == "as" and last.args[0] not in bindable
        calls = value.calls[:-1] if free else value.calls
        return Traversal(tuple(_without_free_ends(call, bindable) for call in calls))
    return value


def _bindable(args: Sequence[Value]) -> frozenset[str]:
    """The names at the ends of the patterns that walk."""
    found: set[str] = set()
    for arg in args:
        row = fold_connectives(arg.calls) if isinstance(arg, Traversal) else ()
        if row and row[0].name == "as":
            found.update(row[0].args)
            if row[-1].name == "as":
                found.update(row[-1].args)
        elif row and row[0].name in ("and", "or"):
            found |= _bindable(row[0].args)
    return frozenset(found)


def _names(value: Value) -> Iterator[str]:
    """The variables that a test speaks of."""
    if isinstance(value, Call):
        if value.name == "as":
            yield from value.args
        elif value.name == "where" and not isinstance(value.args[0], Traversal):
            for arg in value.args:
                yield from [arg] if isinstance(arg, str) else _predicate_names(arg)
        else:
            for arg in value.args:
                yield from _names(arg)
    elif isinstance(value, Traversal):
        for call in value.calls:
            yield from _names(call)


def _predicate_names(predicate: Value) -> Iterator[str]:
    if isinstance(predicate, Predicate):
        for arg in predicate.args:
            yield from _predicate_names(arg)
    elif isinstance(predicate, list):
        yield from predicate
    elif isinstance(predicate, str):
        yield predicate


class _Either(_Pattern):
    """``or(…)``: the first of its groups that holds."""

    def __init__(self, builder: Builder, call: Call, bindable: frozenset[str]) -> None:
        self.groups = [patterns(builder, (arg,), bindable) for arg in call.args]
        inner = [pattern for group in self.groups for pattern in group]
        self.binds = frozenset(name for pattern in inner for name in pattern.binds)

    def open(self, context: Context) -> Follow:
        follows = [solver(group, context) for group in self.groups]

        def follow(traverser: Traverser) -> Iterator[Traverser]:
            for each in follows:
                found = list(each(traverser))
                if found:
                    yield from found
                    return

        return follow

    def ready(self, is_bound: Callable[[str], bool]) -> bool:
        return all(any(pattern.ready(is_bound) for pattern in group) for group in self.groups)

    def pipelines(self) -> Iterable[Pipeline]:
        return [
            pipeline
            for group in self.groups
            for pattern in group
            for pipeline in pattern.pipelines()
        ]


def patterns(builder: Builder, args: Sequence[Value], bindable: frozenset[str]) -> list[_Pattern]:
    """The patterns of ``match``; those of ``and(…)`` count as its own."""
    found: list[_Pattern] = []
    for arg in args:
        if not isinstance(arg, Traversal):
            raise InvalidQuery("match() takes traversals")
        row = fold_connectives(arg.calls)
        first = row[0]
        if first.name == "as" and len(first.args) == 1:
            found.append(_Walk(builder, row))
        elif len(row) == 1 and first.name == "and":
            found += patterns(builder, first.args, bindable)
        elif len(row) == 1 and first.name == "or":
            found.append(_Either(builder, first, bindable))
        elif len(row) == 1 and first.name in ("not", "where"):
            found.append(_Test(builder, first, bindable))
        else:
            raise InvalidQuery("a pattern of match() starts with as()")
    return found


def solver(group: list[_Pattern], context: Context) -> Follow:
    """A function that gives all ways to follow all patterns."""
    opened = [(pattern, pattern.open(context)) for pattern in group]

    def solve(traverser: Traverser, left: list[tuple[_Pattern, Follow]]) -> Iterator[Traverser]:
        if not left:
            yield traverser
            return
        context.tick(1)

        def is_bound(name: str) -> bool:
            return find_last_labelled(traverser.path, name) is not NOTHING

        ready = [pair for pair in left if pair[0].ready(is_bound)]
        if not ready:
            raise QueryFailed("The provided match pattern is unsolvable")
        chosen = min(ready, key=lambda pair: _cost(pair[0], is_bound))
        rest = [pair for pair in left if pair is not chosen]
        for found in chosen[1](traverser):
            yield from solve(found, rest)

    return lambda traverser: solve(traverser, opened)


def _cost(pattern: _Pattern, is_bound: Callable[[str], bool]) -> int:
    """Tests first, then patterns whose ends are bound, then those that bind more."""
    if pattern.tests:
        return 0
    if isinstance(pattern, _Either):
        return 3
    return 1 if all(map(is_bound, pattern.binds)) else 2


class MatchStep(Step):
    """The whole of a ``match``."""

    title = "MatchStep"
    lazy = True
    moves = True
    expands = True

    def __init__(self, settings: StatementSettings, group: list[_Pattern]) -> None:
        self.group = group
        walks = list(_walks(group))
        self.starts = list(dict.fromkeys(walk.start for walk in walks))
        ends = {walk.end for walk in walks}
        if not self.starts:
            raise InvalidQuery("match() needs a pattern that starts with as()")
        # A variable that no pattern leads to, else where the first pattern starts.
        self.start = next((name for name in self.starts if name not in ends), self.starts[0])
        self.names = list(
            dict.fromkeys(name for walk in walks for name in (walk.start, walk.end) if name)
        )
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        solve = solver(self.group, context)

        def batches(batch: Batch) -> Iterator[Batch]:
            for traverser in batch:
                for found in solve(self._start(traverser)):
                    yield [self._bind_names(traverser, found)]

        return batches

    def _start(self, traverser: Traverser) -> Traverser:
        if any(find_last_labelled(traverser.path, name) is not NOTHING for name in self.starts):
            return traverser
        return _with_path(traverser, (traverser.path, traverser.value, (self.start,)))

    def _bind_names(self, before: Traverser, found: Traverser) -> Traverser:
        bindings = GMap()
        for name in self.names:
            value = find_last_labelled(found.path, name)
            if value is not NOTHING:
                bindings[name] = value
        return self.move(found, bindings)

    def children(self) -> Iterable[Pipeline]:
        return [pipeline for pattern in self.group for pipeline in pattern.pipelines()]


def _walks(group: Iterable[_Pattern]) -> Iterator[_Walk]:
    for pattern in group:
        if isinstance(pattern, _Walk):
            yield pattern
        elif isinstance(pattern, _Either):
            for inner in pattern.groups:
                yield from _walks(inner)


@step("match")
def match(builder: Builder, call: Call, modulators: Modulators) -> Built:
    return MatchStep(builder.settings, patterns(builder, call.args, _bindable(call.args)))
