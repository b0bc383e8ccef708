"""The operator that groups rows and aggregates."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from ..aggregates import Aggregate as AggregateState
from ..aggregates import Collect
from ..context import Context, Evaluator, Rows
from ..values import Value, make_group_key
from .base import Operator


class Aggregation:
    """One aggregating call: how to make its state, and its argument (None for ``count(*)``)."""

    __slots__ = ("argument", "distinct", "make", "pair")

    def __init__(
        self, make: type[AggregateState], argument: Evaluator | None, distinct: bool, pair: bool
    ) -> None:
        self.make = make
        self.argument = argument
        self.distinct = distinct
        self.pair = pair


class Aggregate(Operator):
    """Groups rows by keys; rows of the keys and the results of the aggregating calls."""

    __slots__ = ("calls", "keys")

    def __init__(
        self, arguments: str, keys: Sequence[Evaluator], calls: Sequence[Aggregation]
    ) -> None:
        super().__init__("Aggregate", arguments)
        self.keys = tuple(keys)
        self.calls = tuple(calls)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        keys = self.keys
        if not keys and len(self.calls) == 1 and self.calls[0].argument is None:
            yield (ctx, sum(1 for _ in rows))
            return
        groups: dict[Hashable, _Group] = {}
        single = keys[0] if len(keys) == 1 else None
        evaluated = [call for call in self.calls if call.argument is not None]
        first: Evaluator | None
        first, *others = [call.argument for call in evaluated if call.argument] or [None]  # type: ignore[list-item]
        for row in rows:
            if single is not None:
                value = single(row)
                kind = type(value)
                key = value if kind is str or kind is int else make_group_key(value)
            else:
                value = [each(row) for each in keys]
                key = tuple(map(make_group_key, value))
            group = groups.get(key)
            if group is None:
                ctx.hold(1)
                values = [value] if single is not None else value
                group = groups[key] = _Group(ctx, values, evaluated)
            group.rows += 1
            if first is not None:
                value = first(row)
                if value is not None:
                    group.adders[0](value)
            for argument, add in zip(others, group.adders[1:]) if others else ():
                value = argument(row)
                if value is not None:
                    add(value)
        if not groups and not keys:
            groups[()] = _Group(ctx, [], evaluated)
        for group in groups.values():
            results = iter(group.states)
            yield (
                ctx,
                *group.values,
                *[
                    group.rows if call.argument is None else next(results).result()
                    for call in self.calls
                ],
            )


class _Group:
    """The rows of equal keys: how many, and the states of the calls that have arguments."""

    __slots__ = ("adders", "rows", "states", "values")

    def __init__(self, ctx: Context, values: list[Value], calls: Sequence[Aggregation]) -> None:
        self.rows = 0
        self.values = values
        self.states = [call.make() for call in calls]
        self.adders = [_make_adder(ctx, call, state) for call, state in zip(calls, self.states)]


def _make_adder(ctx: Context, call: Aggregation, state: AggregateState) -> Callable[[Value], None]:
    """The function that takes a value into a state, with DISTINCT and the bound on memory."""
    add: Callable[[Value], None] = state.add
    if call.distinct:
        seen: set[Hashable] = set()

        def add_distinct(value: Value) -> None:
            key = make_group_key(value[0] if call.pair else value)
            if key not in seen:
                ctx.hold(1)
                seen.add(key)
                add(value)

        return add_distinct
    if not isinstance(state, Collect):
        return add

    def add_held(value: Value) -> None:
        ctx.hold(1)
        add(value)

    return add_held
