# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""Operators that filter rows, multiply them and compute new values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from operator import itemgetter

from ..context import Context, Evaluator, Rows
from ..errors import boolean_error
from ..values import get_type_name, make_group_key
from .base import ROWS_A_TICK, Operator, Pipeline


class Filter(Operator):
    """Keeps the rows for which all predicates are true.

    ``boolean`` tells that the predicate can give nothing but true, false and null.
    """

    __slots__ = ("boolean", "predicate")

    def __init__(self, arguments: str, predicate: Evaluator, boolean: bool) -> None:
        super().__init__("Filter", arguments)
        self.predicate = predicate
        self.boolean = boolean

    def run(self, ctx: Context, rows: Rows) -> Rows:
        return filter(self.predicate, rows) if self.boolean else self._keep_true(rows)

    def _keep_true(self, rows: Rows) -> Rows:
        for row in rows:
            kept = self.predicate(row)
            if kept is True:
                yield row
            elif kept is not False and kept is not None:
                raise boolean_error(get_type_name(kept))


class Optional(Operator):
    """The inner pipeline's rows for each row, or the row with nulls where there are none."""

    __slots__ = ("nulls",)

    def __init__(self, pipeline: Pipeline, width: int) -> None:
        super().__init__("Optional")
        self.inner = (pipeline,)
        self.nulls = (None,) * width

    def run(self, ctx: Context, rows: Rows) -> Rows:
        pipeline = self.inner[0]
        for row in rows:
            empty = True
            for found in pipeline.run(ctx, iter((row,))):
                empty = False
                yield found
            if empty:
                yield row + self.nulls


class Unwind(Operator):
    """One row for each element of a list; none for null; one for any other value."""

    __slots__ = ("source",)

    def __init__(self, arguments: str, source: Evaluator) -> None:
        super().__init__("Unwind", arguments)
        self.source = source

    def run(self, ctx: Context, rows: Rows) -> Rows:
        source = self.source
        for row in rows:
            values = source(row)
            ctx.tick(1 + (len(values) // ROWS_A_TICK if type(values) is list else 0))
            if type(values) is list:
                for value in values:
                    yield row + (value,)
            elif values is not None:
                yield row + (values,)


class Project(Operator):
    """Rows of the values of some expressions; ``slots`` where all of them are variables."""

    __slots__ = ("items", "pick")

    def __init__(
        self, arguments: str, items: Sequence[Evaluator], slots: Sequence[int] | None = None
    ) -> None:
        super().__init__("Project", arguments)
        self.items = tuple(items)
        self.pick = itemgetter(0, *slots) if slots else None

    def run(self, ctx: Context, rows: Rows) -> Rows:
        items = self.items
        if self.pick is not None:
            return map(self.pick, rows)
        if len(items) == 1:
            only = items[0]
            return ((ctx, only(row)) for row in rows)
        if len(items) == 2:
            one, other = items
            return ((ctx, one(row), other(row)) for row in rows)
        if len(items) == 3:
            one, other, third = items
            return ((ctx, one(row), other(row), third(row)) for row in rows)
        return ((ctx, *[item(row) for item in items]) for row in rows)


class Extend(Operator):
    """Adds the values of some expressions to each row."""

    __slots__ = ("items",)

    def __init__(self, arguments: str, items: Sequence[Evaluator]) -> None:
        super().__init__("Extend", arguments)
        self.items = tuple(items)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        items = self.items
        for row in rows:
            yield (*row, *[item(row) for item in items])


class Distinct(Operator):
    """Drops rows whose values came before."""

    __slots__ = ()

    def run(self, ctx: Context, rows: Rows) -> Rows:
        seen: set[Hashable] = set()
        for row in rows:
            key = tuple([v if type(v) is str else make_group_key(v) for v in row[1:]])
            if key not in seen:
                seen.add(key)
                ctx.hold(1)
                yield row
