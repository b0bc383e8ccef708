r"""Format ``csv``: vertices and edges for Gremlin (user guide, "Gremlin load data format").

``~id,~label,name:String(single),tags:String[]`` heads a file of vertices,
``~id,~from,~to,~label,weight:Double`` one of edges.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ...graph import PropertyGraph, Transaction
from ..feeds import FeedOptions, FeedReport, Problem, quoted
from . import headers
from .columns import Property
from .headers import HeaderError
from .tables import DEFAULT_EDGE_LABEL, REUSED_ID, Table
from .types import GREMLIN_TYPES, STRING

_COLUMN: Final = re.compile(
    r"(?P<name>(?:\\.|[^:])+)"
    r"(?::(?P<type>[A-Za-z]+)(?:\((?P<cardinality>single|set)\))?(?P<array>\[\])?)?"
).fullmatch

# A header may have none of these (leading and trailing spaces are gone by now).
_FORBIDDEN: Final = re.compile(r"[ ,\r\n]").search

_EDGE_COLUMNS: Final = ("~from", "~to")
#: System columns, case-sensitive: name to whether it is required.
_VERTEX_FILE: Final = {"~id": True, "~label": False}
_EDGE_FILE: Final = {"~id": True, "~from": True, "~to": True, "~label": False}


def has_edges(names: list[str]) -> bool:
    """Whether a header is that of an edge file; that either end makes it one is inferred."""
    return any(name in _EDGE_COLUMNS for name in names)


def table(
    names: list[str], graph: PropertyGraph, options: FeedOptions, report: FeedReport
) -> Table:
    """What loads the rows under this header. Raises :class:`HeaderError`."""
    is_edge = has_edges(names)
    system = _EDGE_FILE if is_edge else _VERTEX_FILE
    places = {name: at for at, name in enumerate(names) if name in system}
    properties = [
        _property(name, at, is_edge) for at, name in enumerate(names) if name not in system
    ]
    twice = headers.find_duplicate([name for name in names if name in system])
    twice = twice or headers.find_duplicate(property.name for property in properties)
    if twice is not None:
        raise HeaderError(headers.DUPLICATE.format(quoted(twice)))
    required = [name for name, is_required in system.items() if is_required]
    for name in required:
        if name not in places:
            raise HeaderError(headers.LACKS.format(name))
    kind = _EdgeTable if is_edge else _VertexTable
    return kind(places, required, "~label", properties, graph, options, report)


def _property(text: str, at: int, is_edge: bool) -> Property:
    shown = quoted(text)
    if text.startswith("~"):
        raise HeaderError(headers.UNKNOWN_SYSTEM.format(shown))
    match = _COLUMN(text)
    if match is None or _FORBIDDEN(text):
        raise HeaderError(headers.MALFORMED.format(shown))
    cardinality = match["cardinality"]
    is_array = match["array"] is not None
    if is_array and (cardinality == "single" or is_edge):
        raise HeaderError(headers.MALFORMED.format(shown))
    if is_edge and cardinality == "set":
        raise HeaderError(headers.MALFORMED.format(shown))
    # The guide's own examples have columns without a type.
    type = GREMLIN_TYPES.get(match["type"].lower()) if match["type"] else STRING
    if type is None:
        raise HeaderError(headers.UNKNOWN_TYPE.format(shown))
    name = match["name"].replace("\\:", ":")
    return Property(at, name, type, is_edge or cardinality == "single", is_array)


class _VertexTable(Table):
    def load_columns(self, columns: list[list[str]], has_empty: bool) -> None:
        ids = self.whole(columns, "~id", has_empty)
        typed, count = self.typed_columns(columns, has_empty)
        labels, label_count = self.label_sets(columns, "~label")
        self.graph.add_vertices(ids, labels, self.keys, typed)
        self.report.total_records += label_count + count

    def load_row(self, tx: Transaction, line: int, cells: list[str | None]) -> None:
        id: Any = cells[self.places["~id"]]
        vertex = self.graph.vertex(id) or tx.add_vertex(id)
        self.merge_labels(tx, vertex, self.cell(cells, "~label"))
        for property in self.properties:
            for text in self.texts(property, cells):
                parsed = self.parsed(property, text, line)
                if parsed is None:
                    continue
                if property.single:
                    self.set_single(tx, vertex, property.name, parsed[0], line)
                else:
                    self.counted(tx.add_value(vertex, property.name, parsed[0]))


class _EdgeTable(Table):
    def load_columns(self, columns: list[list[str]], has_empty: bool) -> None:
        ids, from_ids, to_ids = (
            self.whole(columns, name, has_empty) for name in ("~id", "~from", "~to")
        )
        typed, count = self.typed_columns(columns, has_empty)
        labels = self.edge_labels(columns, "~label")
        self.graph.add_edges(ids, labels, from_ids, to_ids, self.keys, typed)
        self.report.total_records += len(ids) + count

    def load_row(self, tx: Transaction, line: int, cells: list[str | None]) -> None:
        id: Any = cells[self.places["~id"]]
        ends: Any = cells[self.places["~from"]], cells[self.places["~to"]]
        label = self.cell(cells, "~label") or DEFAULT_EDGE_LABEL
        edge = self.graph.edge(id)
        if edge is None:
            from_vertex, to_vertex = map(self.graph.vertex, ends)
            if from_vertex is None or to_vertex is None:
                return self.missing_end(ends, cells, line)
            edge = tx.add_edge(id, label, from_vertex, to_vertex)
            self.counted(True)
        elif (edge.label, edge.out_v.id, edge.in_v.id) == (label, *ends):
            self.counted(False)
        else:
            message = REUSED_ID.format(quoted(id))
            return self.fail(Problem.EDGE_ID_REUSED, message, line, self.attempts(cells))
        for property in self.properties:
            for text in self.texts(property, cells):
                parsed = self.parsed(property, text, line)
                if parsed is not None:
                    self.set_single(tx, edge, property.name, parsed[0], line)
