# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""Operators that find nodes and relationships to start from, by label, type, id or property."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import Final

from ...graph import Edge, Vertex
from ..context import Context, Evaluator, Row, Rows
from ..errors import type_error
from ..values import Value, get_type_name, make_group_key
from .base import ROWS_A_TICK, Operator
from .relationships import RelSpec, is_used, orient

#: Finds relationships, given the context and a row.
Finder = Callable[[Context, Row], Collection[Edge]]

NodeFinder = Callable[[Context, Row], Collection[Vertex]]


class Scan(Operator):
    """Binds a node to each of the candidates that ``find(ctx, row)`` gives."""

    __slots__ = ("find",)

    def __init__(self, name: str, arguments: str, find: NodeFinder) -> None:
        super().__init__(name, arguments)
        self.find = find

    def run(self, ctx: Context, rows: Rows) -> Rows:
        # chain, zip and repeat make the rows without running Python code for each.
        return chain.from_iterable(self._match(ctx, row) for row in rows)

    def _match(self, ctx: Context, row: Row) -> Iterable[Row]:
        candidates = self.find(ctx, row)
        ctx.tick(1 + len(candidates) // ROWS_A_TICK)
        return zip(*map(repeat, row), candidates)


def find_all_nodes(ctx: Context, row: Row) -> Collection[Vertex]:
    return ctx.graph.vertices()


def find_nodes_by_label(label: str) -> NodeFinder:
    return lambda ctx, row: ctx.graph.vertices_by_label(label)


def find_nodes_by_id(value: Evaluator, many: bool) -> NodeFinder:
    """The node with the id that ``value`` gives, or those in the list that it gives."""

    def find(ctx: Context, row: Row) -> Collection[Vertex]:
        found = []
        for wanted in _list_wanted(value(row), many):
            if type(wanted) is str:
                node = ctx.graph.vertex(wanted)
                if node is not None:
                    found.append(node)
        return found

    return find


def find_nodes_by_property(key: str, value: Evaluator, many: bool) -> NodeFinder:
    """Candidates by the property index; the caller filters."""

    def find(ctx: Context, row: Row) -> Collection[Vertex]:
        wanted = _list_wanted(value(row), many)
        if any(type(one) in (list, dict) for one in wanted):
            return ctx.graph.vertices()  # lists are not in the index
        by_property = ctx.graph.vertices_by_property
        if len(wanted) == 1:
            return by_property(key, wanted[0])
        return dict.fromkeys(chain.from_iterable(by_property(key, one) for one in wanted))

    return find


def _list_wanted(value: Value, many: bool) -> Sequence[Value]:
    if not many:
        return () if value is None else (value,)
    if value is None:
        return ()
    if type(value) is not list:
        raise type_error(f"IN needs a List, not a {get_type_name(value)}", "InvalidArgumentType")
    return list({make_group_key(one): one for one in value if one is not None}.values())


class EdgeScan(Operator):
    """Binds a relationship and its two ends; both ways round when it is undirected."""

    __slots__ = ("direction", "find", "others")

    def __init__(self, name: str, arguments: str, find: Finder, spec: RelSpec) -> None:
        super().__init__(name, arguments)
        self.find = find
        self.direction = spec.direction
        self.others = spec.others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        if self.direction == "both" or self.others:
            return self._match_unused(ctx, rows)
        return chain.from_iterable(self._match(ctx, row) for row in rows)

    def _match(self, ctx: Context, row: Row) -> Iterable[Row]:
        edges = self.find(ctx, row)
        ctx.tick(1 + len(edges) // ROWS_A_TICK)
        ends = (_SOURCE, _TARGET) if self.direction == "out" else (_TARGET, _SOURCE)
        return zip(*map(repeat, row), edges, *(map(end, edges) for end in ends))

    def _match_unused(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            edges = self.find(ctx, row)
            ctx.tick(1 + len(edges) // ROWS_A_TICK)
            for edge in edges:
                if not is_used(edge, row, self.others):
                    for left, right in orient(edge, self.direction):
                        yield row + (edge, left, right)


_SOURCE: Final = attrgetter("out_v")

_TARGET: Final = attrgetter("in_v")


def find_edges_by_type(types: tuple[str, ...]) -> Finder:
    if not types:
        return lambda ctx, row: ctx.graph.edges()
    if len(types) == 1:
        only = types[0]
        return lambda ctx, row: ctx.graph.edges_by_label(only)
    names = tuple(dict.fromkeys(types))
    return lambda ctx, row: list(chain.from_iterable(map(ctx.graph.edges_by_label, names)))


def find_edges_by_id(value: Evaluator, many: bool, types: tuple[str, ...]) -> Finder:
    def find(ctx: Context, row: Row) -> Collection[Edge]:
        found = []
        for wanted in _list_wanted(value(row), many):
            edge = ctx.graph.edge(wanted) if type(wanted) is str else None
            if edge is not None and (not types or edge.label in types):
                found.append(edge)
        return found

    return find
