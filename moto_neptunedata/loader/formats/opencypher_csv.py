r"""Format ``opencypher`` (user guide, "Load format for openCypher data").

``:ID(person),name:String,:LABEL`` heads a file of nodes,
``:ID,:START_ID(person),:END_ID(person),:TYPE,since:Int`` one of relationships.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ...graph import Edge, PropertyGraph, Transaction, Vertex
from ..feeds import FeedOptions, FeedReport, quoted
from . import headers
from .columns import Property
from .headers import HeaderError
from .id_spaces import IdSpaces
from .tables import DEFAULT_EDGE_LABEL, Table
from .types import OPENCYPHER_TYPES, STRING

# A system column: what stands before the colon (only with ID), its name and its id space.
_SYSTEM: Final = re.compile(
    r"(?P<property>(?:\\.|[^:])*):(?P<name>ID|START_ID|END_ID|LABEL|TYPE)(?:\((?P<space>[^()]*)\))?"
).fullmatch
_COLUMN: Final = re.compile(r"(?P<name>(?:\\.|[^:])+)(?::(?P<type>[A-Za-z]+))?").fullmatch

_WITH_SPACE: Final = (":ID", ":START_ID", ":END_ID")
_RELATIONSHIP_COLUMNS: Final = (":START_ID", ":END_ID", ":TYPE")

#: System columns: name to whether it is required; whether relationships have ``:ID`` depends.
_NODE_FILE: Final = {":ID": True, ":LABEL": False}
_RELATIONSHIP_FILE: Final = {":START_ID": True, ":END_ID": True, ":TYPE": False}


class _System(NamedTuple):
    at: int
    name: str
    space: str
    property: str


def _system_columns(names: list[str]) -> Iterator[_System]:
    for at, text in enumerate(names):
        match = _SYSTEM(text)
        if match is not None:
            name = ":" + match["name"]
            yield _System(at, name, match["space"] or "", match["property"])


def has_edges(names: list[str]) -> bool:
    """Whether a header is that of a file of relationships."""
    return any(column.name in _RELATIONSHIP_COLUMNS for column in _system_columns(names))


def table(
    names: list[str],
    graph: PropertyGraph,
    options: FeedOptions,
    report: FeedReport,
    id_spaces: IdSpaces,
) -> Table:
    """What loads the rows under this header. Raises :class:`HeaderError`."""
    columns = {column.at: column for column in _system_columns(names)}
    is_edge = has_edges(names)
    system = _expect(is_edge, options.user_provided_edge_ids)
    twice = headers.find_duplicate(column.name for column in columns.values())
    if twice is not None:
        raise HeaderError(headers.DUPLICATE.format(twice))
    for column in columns.values():
        _check_system(column, names[column.at], system, is_edge)
    properties = [_property(names, at, columns.get(at)) for at in range(len(names))]
    kept = [property for property in properties if property is not None]
    twice = headers.find_duplicate(property.name for property in kept)
    if twice is not None:
        raise HeaderError(headers.DUPLICATE.format(quoted(twice)))
    places = {column.name: column.at for column in columns.values()}
    required = [name for name, is_required in system.items() if is_required]
    for name in required:
        if name not in places:
            raise HeaderError(headers.LACKS.format(name))
    label = ":TYPE" if is_edge else ":LABEL"
    kind = _RelationshipTable if is_edge else _NodeTable
    made = kind(places, required, label, kept, graph, options, report)
    made.spaces = {column.name: column.space for column in columns.values()}
    made.id_spaces = id_spaces
    return made


def _expect(is_edge: bool, has_ids: bool) -> dict[str, bool]:
    if not is_edge:
        return _NODE_FILE
    return {":ID": True, **_RELATIONSHIP_FILE} if has_ids else _RELATIONSHIP_FILE


def _check_system(column: _System, text: str, system: dict[str, bool], is_edge: bool) -> None:
    if column.name not in system:
        raise HeaderError(headers.FORBIDDEN.format(quoted(text)))
    names_property = column.property and (is_edge or column.name != ":ID")
    # The id of a relationship is in no space.
    has_space = "(" in text.rpartition(":")[2]
    if names_property or (has_space and column.name not in _WITH_SPACE):
        raise HeaderError(headers.MALFORMED.format(quoted(text)))
    if has_space and is_edge and column.name == ":ID":
        raise HeaderError(headers.MALFORMED.format(quoted(text)))


def _property(names: list[str], at: int, system: _System | None) -> Property | None:
    """The property of a column, None for a plain system column. All have single cardinality."""
    if system is not None:
        name = system.property.replace("\\:", ":")
        return Property(at, name, STRING, single=True) if name else None
    text = names[at]
    match = _COLUMN(text)
    if match is None:  # an array among others, which this format does not have
        raise HeaderError(headers.MALFORMED.format(quoted(text)))
    # That a column without a type holds Strings is inferred.
    type = OPENCYPHER_TYPES.get(match["type"].lower()) if match["type"] else STRING
    if type is None:
        raise HeaderError(headers.UNKNOWN_TYPE.format(quoted(text)))
    return Property(at, match["name"].replace("\\:", ":"), type, single=True)


class _OpenCypherTable(Table):
    spaces: dict[str, str]
    id_spaces: IdSpaces

    def fill(
        self, tx: Transaction, element: Vertex | Edge, cells: list[str | None], line: int
    ) -> None:
        """Add the properties that the element does not have yet; what it has stays as it is."""
        for property in self.properties:
            for text in self.texts(property, cells):
                parsed = self.parsed(property, text, line)
                if parsed is not None:
                    self.report.total_records += 1
                    if property.name not in element.properties:
                        tx.set_property(element, property.name, parsed[0])


class _NodeTable(_OpenCypherTable):
    def load_columns(self, columns: list[list[str]], has_empty: bool) -> None:
        ids = self.whole(columns, ":ID", has_empty)
        space = self.spaces[":ID"]
        self.id_spaces.check_new(space, ids)
        typed, count = self.typed_columns(columns, has_empty)
        labels, label_count = self.label_sets(columns, ":LABEL")
        self.graph.add_vertices(ids, labels, self.keys, typed)
        self.id_spaces.enter_new(space, ids)
        self.report.total_records += label_count + count

    def load_row(self, tx: Transaction, line: int, cells: list[str | None]) -> None:
        given: Any = cells[self.places[":ID"]]
        id = self.id_spaces.enter(self.spaces[":ID"], given, self.graph.vertex_ids)
        vertex = self.graph.vertex(id)
        if vertex is None:
            vertex = tx.add_vertex(id)
        else:
            self.report.total_duplicates += 1  # duplicates are counted by the row here
        duplicates = self.report.total_duplicates
        self.merge_labels(tx, vertex, self.cell(cells, ":LABEL"))
        self.report.total_duplicates = duplicates
        self.fill(tx, vertex, cells, line)


class _RelationshipTable(_OpenCypherTable):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # Ids made for a block that then did not go in at once.
        self._made_ids: deque[str] = deque()

    def load_columns(self, columns: list[list[str]], has_empty: bool) -> None:
        from_ids, to_ids = (
            self.id_spaces.find_all(self.spaces[name], self.whole(columns, name, has_empty))
            for name in (":START_ID", ":END_ID")
        )
        typed, count = self.typed_columns(columns, has_empty)
        labels = self.edge_labels(columns, ":TYPE")
        if self.options.user_provided_edge_ids:
            ids = self.whole(columns, ":ID", has_empty)
        elif set(from_ids).union(to_ids) <= self.graph.vertex_ids:
            ids = self._new_ids(len(labels))
        else:
            raise ValueError  # before ids are made that no relationship gets
        self.graph.add_edges(ids, labels, from_ids, to_ids, self.keys, typed)
        self._made_ids.clear()
        self.report.total_records += len(ids) + count

    def _new_ids(self, count: int) -> list[str]:
        missing = count - len(self._made_ids)
        self._made_ids.extend(self.options.new_id() for _ in range(missing))
        return list(self._made_ids)

    def _new_id(self) -> str:
        while True:
            id = self._made_ids.popleft() if self._made_ids else self.options.new_id()
            if id not in self.graph.edge_ids:
                return id

    def load_row(self, tx: Transaction, line: int, cells: list[str | None]) -> None:
        id = self.cell(cells, ":ID")
        if id is not None and id in self.graph.edge_ids:
            # Only the first relationship of an id is kept.
            self.report.total_records += self.attempts(cells)
            self.report.total_duplicates += 1
            return
        start, end = (self._end(cells, name) for name in (":START_ID", ":END_ID"))
        if start is None or end is None:
            names: Any = cells[self.places[":START_ID"]], cells[self.places[":END_ID"]]
            return self.missing_end(names, cells, line)
        label = self.cell(cells, ":TYPE") or DEFAULT_EDGE_LABEL
        edge = tx.add_edge(self._new_id() if id is None else id, label, start, end)
        self.counted(True)
        self.fill(tx, edge, cells, line)

    def _end(self, cells: list[str | None], name: str) -> Vertex | None:
        given: Any = cells[self.places[name]]
        id = self.id_spaces.find(self.spaces[name], given)
        return None if id is None else self.graph.vertex(id)
