# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""Operators that go from a bound node over relationships, one or many."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph import Edge, Vertex
from ..context import Context, Row, Rows
from .base import Operator
from .relationships import RelSpec, has_properties, is_used, select_edges_of_types


class Expand(Operator):
    """From a bound node over one relationship to a node that it binds."""

    __slots__ = ("edges", "in_", "label", "others", "out", "slot")

    def __init__(
        self,
        arguments: str,
        slot: int,
        label: str | None,
        spec: RelSpec,
    ) -> None:
        super().__init__("Expand", arguments)
        self.slot = slot
        self.out = spec.direction != "in"
        self.in_ = spec.direction != "out"
        self.edges = select_edges_of_types(spec.types)
        self.label = label
        self.others = spec.others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        slot, edges, label, others = self.slot, self.edges, self.label, self.others
        out, in_ = self.out, self.in_
        for row in rows:
            ctx.tick()
            node = row[slot]
            if node is None:
                continue
            if out:
                for edge in edges(node.out):
                    end = edge.in_v
                    if label is not None and label not in end.labels:
                        continue
                    if others and is_used(edge, row, others):
                        continue
                    yield row + (edge, end)
            if in_:
                for edge in edges(node.in_):
                    end = edge.out_v
                    if out and end is node:
                        continue
                    if label is not None and label not in end.labels:
                        continue
                    if others and is_used(edge, row, others):
                        continue
                    yield row + (edge, end)


class ExpandInto(Operator):
    """Binds the relationships between two bound nodes."""

    __slots__ = ("direction", "edges", "end", "others", "start")

    def __init__(
        self,
        arguments: str,
        start: int,
        end: int,
        spec: RelSpec,
    ) -> None:
        super().__init__("ExpandInto", arguments)
        self.start = start
        self.end = end
        self.direction = spec.direction
        self.edges = select_edges_of_types(spec.types)
        self.others = spec.others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        others = self.others
        for row in rows:
            ctx.tick()
            start, end = row[self.start], row[self.end]
            if start is None or end is None:
                continue
            for edge in self._find_edges(start, end):
                if not (others and is_used(edge, row, others)):
                    yield row + (edge,)

    def _find_edges(self, start: Vertex, end: Vertex) -> Iterator[Edge]:
        if self.direction != "in":
            yield from self._find_directed(start, end)
        if self.direction != "out" and not (start is end and self.direction == "both"):
            yield from self._find_directed(end, start)

    def _find_directed(self, source: Vertex, target: Vertex) -> Iterator[Edge]:
        if _count_edges(source.out) <= _count_edges(target.in_):
            return (edge for edge in self.edges(source.out) if edge.in_v is target)
        return (edge for edge in self.edges(target.in_) if edge.out_v is source)


def _count_edges(ways: dict[str, list[Edge]]) -> int:
    return sum(map(len, ways.values()))


class VarExpand(Operator):
    """From a bound node over many relationships; binds their list and, unless given, the end."""

    __slots__ = (
        "direction",
        "edges",
        "end",
        "least",
        "most",
        "others",
        "properties",
        "reverse",
        "start",
    )

    def __init__(
        self,
        arguments: str,
        start: int,
        end: int | None,
        spec: RelSpec,
    ) -> None:
        super().__init__("VarExpand", arguments)
        self.start = start
        self.end = end
        self.direction = spec.direction
        self.edges = select_edges_of_types(spec.types)
        self.least, self.most = spec.length
        self.properties = spec.properties
        self.others = spec.others
        self.reverse = spec.reverse

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            ctx.tick()
            start = row[self.start]
            if start is None:
                continue
            end = None if self.end is None else row[self.end]
            if self.end is not None and end is None:
                continue
            for path, reached in self._walk_all(ctx, row, start):
                if self.reverse:
                    path.reverse()
                if self.end is None:
                    yield row + (path, reached)
                elif reached is end:
                    yield row + (path,)

    def _walk_all(
        self, ctx: Context, row: Row, start: Vertex
    ) -> Iterator[tuple[list[Edge], Vertex]]:
        """Every walk within the bounds that uses no edge twice, depth first, without recursion."""
        if self.least == 0:
            yield [], start
        if self.most is not None and (self.most == 0 or self.most < self.least):
            return
        wanted = None if self.properties is None else list(self.properties(row).items())
        path: list[Edge] = []
        used: set[Edge] = set()
        stack = [self._list_steps(start)]
        while stack:
            ctx.tick()
            for edge, reached in stack[-1]:
                if edge in used or is_used(edge, row, self.others):
                    continue
                if wanted is not None and not has_properties(edge, wanted):
                    continue
                path.append(edge)
                if len(path) >= self.least:
                    yield path[:], reached
                if self.most is None or len(path) < self.most:
                    used.add(edge)
                    stack.append(self._list_steps(reached))
                    break
                path.pop()
            else:
                stack.pop()
                if path:
                    used.discard(path.pop())

    def _list_steps(self, node: Vertex) -> Iterator[tuple[Edge, Vertex]]:
        if self.direction != "in":
            for edge in self.edges(node.out):
                yield edge, edge.in_v
        if self.direction != "out":
            for edge in self.edges(node.in_):
                if self.direction == "in" or edge.out_v is not node:
                    yield edge, edge.out_v
