"""Operators with whole queries within: UNION and CALL { }."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..context import Context, Row, Rows
from .base import Operator, Pipeline


class Union(Operator):
    """The rows of several queries, one after the other."""

    __slots__ = ()

    def __init__(self, pipelines: Sequence[Pipeline]) -> None:
        super().__init__("Union")
        self.inner = tuple(pipelines)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            for pipeline in self.inner:
                yield from pipeline.run(ctx, iter((row,)))


class Subquery(Operator):
    """CALL { }: the inner rows' columns added to each row; without RETURN the row itself."""

    __slots__ = ("imports", "returns")

    def __init__(
        self, pipeline: Pipeline, imports: Callable[[Row], Row], returns: bool, eager: bool
    ) -> None:
        super().__init__("Subquery", eager=eager)
        self.inner = (pipeline,)
        self.imports = imports
        self.returns = returns

    def run(self, ctx: Context, rows: Rows) -> Rows:
        pipeline = self.inner[0]
        for row in ctx.hold_all(rows) if self.eager else rows:
            ctx.tick()
            found = pipeline.run(ctx, iter((self.imports(row),)))
            if self.returns:
                for inner in found:
                    yield row + inner[1:]
            else:
                for _ in found:
                    pass
                yield row
