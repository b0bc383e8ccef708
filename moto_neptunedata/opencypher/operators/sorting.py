"""ORDER BY, SKIP and LIMIT."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final

from ..context import Context, Evaluator, Row, Rows
from ..errors import NEGATIVE_COUNT, CypherError
from ..values import get_type_name, make_order_key
from .base import Operator

#: Up to so many wanted rows, the best are picked without sorting all.
_HEAP_SIZE: Final = 10_000


class Sort(Operator):
    """Sorts by several keys; ``limit`` is how many rows are wanted, where that is known."""

    __slots__ = ("keys", "limit")

    def __init__(
        self, arguments: str, keys: Sequence[tuple[Evaluator, bool]], limit: Evaluator | None
    ) -> None:
        super().__init__("Sort", arguments)
        self.keys = tuple(keys)
        self.limit = limit

    def run(self, ctx: Context, rows: Rows) -> Rows:
        descending = {down for _, down in self.keys}
        count = None if self.limit is None else self.limit((ctx,))
        if count is not None and count <= _HEAP_SIZE and len(descending) == 1:
            evaluate = [key for key, _ in self.keys]
            if len(evaluate) == 1:
                only = evaluate[0]
                best = _select_best(
                    count, rows, lambda row: make_order_key(only(row)), descending == {True}
                )
            else:
                best = _select_best(
                    count,
                    rows,
                    lambda row: [make_order_key(key(row)) for key in evaluate],
                    descending == {True},
                )
            ctx.hold(len(best))
            yield from best
            return
        held = ctx.hold_all(rows)
        for key, down in reversed(self.keys):
            held.sort(key=_make_sort_key(key), reverse=down)
        yield from held


def _select_best(count: int, rows: Rows, key: Callable[[Row], Any], descending: bool) -> list[Row]:
    return (heapq.nlargest if descending else heapq.nsmallest)(count, rows, key=key)


def _make_sort_key(key: Evaluator) -> Callable[[Row], Any]:
    return lambda row: make_order_key(key(row))


class Skip(Operator):
    __slots__ = ("count",)

    def __init__(self, arguments: str, count: Evaluator) -> None:
        super().__init__("Skip", arguments)
        self.count = count

    def run(self, ctx: Context, rows: Rows) -> Rows:
        return islice(rows, self.count((ctx,)), None)


class Limit(Operator):
    __slots__ = ("count",)

    def __init__(self, arguments: str, count: Evaluator) -> None:
        super().__init__("Limit", arguments)
        self.count = count

    def run(self, ctx: Context, rows: Rows) -> Rows:
        return islice(rows, self.count((ctx,)))


def check_row_count(what: str, value: Evaluator) -> Evaluator:
    """The number of rows that SKIP or LIMIT names, check_integer."""

    def count(row: Row) -> int:
        number = value(row)
        if type(number) is not int:
            raise CypherError(
                "SyntaxError",
                "InvalidArgumentType",
                f"{what} needs an Integer, not a {get_type_name(number)}",
            )
        if number < 0:
            raise CypherError("SyntaxError", "NegativeIntegerArgument", NEGATIVE_COUNT.format(what))
        return min(number, 2**62)

    return count
