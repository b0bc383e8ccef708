# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""Operators for relationships that an earlier clause bound."""

from __future__ import annotations

from ...graph import Edge, Vertex
from ..context import Context, Rows
from ..errors import type_error
from ..values import get_type_name
from .base import Operator
from .relationships import RelSpec, has_properties, is_used, orient


class BoundRel(Operator):
    """A pattern's relationship that an earlier clause bound: checks or binds its ends."""

    __slots__ = ("direction", "left", "others", "rel", "right", "types")

    def __init__(
        self,
        arguments: str,
        rel: int,
        left: int | None,
        right: int | None,
        spec: RelSpec,
    ) -> None:
        super().__init__("BoundRelationship", arguments)
        self.rel = rel
        self.left = left
        self.right = right
        self.direction = spec.direction
        self.types = spec.types
        self.others = spec.others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            edge = row[self.rel]
            if edge is None or (self.types and edge.label not in self.types):
                continue
            if type(edge) is not Edge:
                raise type_error(f"Expected a Relationship but was {get_type_name(edge)}")
            if is_used(edge, row, self.others):
                continue
            for left, right in orient(edge, self.direction):
                if self.left is not None and row[self.left] is not left:
                    continue
                if self.right is not None and row[self.right] is not right:
                    continue
                new = (left,) if self.left is None else ()
                yield row + new + ((right,) if self.right is None else ())


class BoundVarRel(Operator):
    """A list of relationships that an earlier clause bound, walked from a bound node."""

    __slots__ = ("direction", "end", "length", "properties", "rels", "reverse", "start", "types")

    def __init__(
        self,
        arguments: str,
        rels: int,
        start: int,
        end: int | None,
        spec: RelSpec,
    ) -> None:
        super().__init__("BoundRelationships", arguments)
        self.rels = rels
        self.start = start
        self.end = end
        self.direction = spec.direction
        self.types = spec.types
        self.length = spec.length
        self.properties = spec.properties
        self.reverse = spec.reverse

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            ctx.tick()
            edges, node = row[self.rels], row[self.start]
            if edges is None or node is None:
                continue
            if type(edges) is not list or any(type(edge) is not Edge for edge in edges):
                raise type_error("Expected a List of Relationships")
            wanted = [] if self.properties is None else list(self.properties(row).items())
            if not all(has_properties(edge, wanted) for edge in edges):
                continue
            end = self._walk(edges[::-1] if self.reverse else edges, node)
            if end is None:
                continue
            if self.end is None:
                yield row + (end,)
            elif row[self.end] is end:
                yield row

    def _walk(self, edges: list[Edge], node: Vertex) -> Vertex | None:
        least, most = self.length
        if len(edges) < least or (most is not None and len(edges) > most):
            return None
        if len(set(edges)) < len(edges):
            return None
        for edge in edges:
            if self.types and edge.label not in self.types:
                return None
            if self.direction != "in" and edge.out_v is node:
                node = edge.in_v
            elif self.direction != "out" and edge.in_v is node:
                node = edge.out_v
            else:
                return None
        return node
