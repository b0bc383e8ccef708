"""What every operator is, and a pipeline of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..context import Context, Count, Rows


class Operator:
    """``name`` and ``arguments`` are what explain shows; ``inner`` the pipelines within.

    ``eager`` operators write: all that they do is done before the next operator starts.
    """

    __slots__ = ("arguments", "eager", "inner", "name")

    def __init__(self, name: str, arguments: str = "", eager: bool = False) -> None:
        self.name = name
        self.eager = eager
        self.arguments = arguments
        self.inner: tuple[Pipeline, ...] = ()

    def run(self, ctx: Context, rows: Rows) -> Rows:
        raise NotImplementedError


class Pipeline:
    """Operators that run one after the other."""

    __slots__ = ("operators",)

    def __init__(self, operators: Iterable[Operator] = ()) -> None:
        self.operators = tuple(operators)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        if ctx.counts is not None:
            return self._run_and_count(ctx, rows)
        for operator in self.operators:
            rows = operator.run(ctx, rows)
            if operator.eager:
                # Also keeps a query of a thousand clauses from nesting as many generators.
                rows = iter(list(rows))
        return rows

    def _run_and_count(self, ctx: Context, rows: Rows) -> Rows:
        assert ctx.counts is not None
        for operator in self.operators:
            count = ctx.counts.setdefault(id(operator), Count())
            rows = count.count_output(operator.run(ctx, count.count_input(rows)))
        return rows


#: Rows that pass through an operator cost about this little, next to one tick.
ROWS_A_TICK: Final = 16
