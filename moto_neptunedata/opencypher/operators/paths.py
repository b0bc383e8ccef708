# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""The operator that binds a path variable."""

from __future__ import annotations

from ...graph import Edge
from ..context import Context, Row, Rows
from ..values import Path
from .base import Operator
from .relationships import Others


class BuildPath(Operator):
    """Binds a path variable; ``rels`` has (slot, whether it holds a list) in pattern order."""

    __slots__ = ("nodes", "rels")

    def __init__(self, arguments: str, nodes: tuple[int, ...], rels: Others) -> None:
        super().__init__("Path", arguments)
        self.nodes = nodes
        self.rels = rels

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            yield row + (build_path(row, self.nodes, self.rels),)


def build_path(row: Row, node_slots: tuple[int, ...], rels: Others) -> Path:
    """The path through bound nodes and relationships."""
    nodes = [row[node_slots[0]]]
    edges: list[Edge] = []
    for (slot, is_list), node_slot in zip(rels, node_slots[1:]):
        if not is_list:
            edges.append(row[slot])
            nodes.append(row[node_slot])
            continue
        for edge in row[slot]:
            edges.append(edge)
            nodes.append(edge.in_v if edge.out_v is nodes[-1] else edge.out_v)
    return Path(tuple(nodes), tuple(edges))
