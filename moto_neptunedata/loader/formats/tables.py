"""What the two CSV formats share: how the records of a file get into the graph.

A block goes in at once where that is certain to have the same effect as record by record;
else it goes in record by record, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ...graph import (
    MISSING,
    Edge,
    GraphError,
    PropertyGraph,
    Transaction,
    Vertex,
    same_value,
)
from ..feeds import FeedOptions, FeedReport, Problem, quoted
from .columns import Property, PropertyColumn, split_list
from .records import EMPTY, Block, Record, RecordReader

#: What TinkerPop and Neptune show for a vertex and an edge without a label.
DEFAULT_VERTEX_LABEL: Final = "vertex"
DEFAULT_EDGE_LABEL: Final = "edge"

# The first two were seen in real error logs, the third in a text that quotes one; for the others
# no AWS page shows a text.
TOO_MANY: Final = "Record has more columns than header"
MISSING_END: Final = "Either from vertex, {}, or to vertex, {}, is not present."
CARDINALITY: Final = "The {} {} has an existing value for property {}"
TOO_FEW: Final = "Record has fewer columns than header"
BLANK: Final = "Required column {} is blank"
EMPTY_LABEL: Final = "Label is an empty string"
MISMATCH: Final = "Value {} of property {} is not of type {}"
REUSED_ID: Final = "The edge id {} is assigned to multiple edges"


class FeedStopped(Exception):
    """The feed ends with the error just logged (``failOnError``)."""


class Table:
    """The rows of one file on their way into the graph; one subclass per kind of file.

    ``places`` tells where a system column stands in a row; those in ``required`` must not be
    blank there, and that called ``label`` must not be a quoted empty cell.
    """

    def __init__(
        self,
        places: dict[str, int],
        required: Sequence[str],
        label: str,
        properties: Sequence[Property],
        graph: PropertyGraph,
        options: FeedOptions,
        report: FeedReport,
    ) -> None:
        self.places = places
        self.required = required
        self.label = label
        self.properties = properties
        self.graph = graph
        self.options = options
        self.report = report
        self.keys = tuple(property.name for property in properties)
        self._columns = [
            PropertyColumn(property, options.allow_empty_strings) for property in properties
        ]
        # What a label cell of vertices means.
        self._label_sets: dict[str, tuple[str, ...]] = {"": (DEFAULT_VERTEX_LABEL,)}

    # ------------------------------------------------------------------ a file

    def load(self, reader: RecordReader, width: int) -> None:
        """Load all records, of ``width`` cells each, or those before the first error.

        Raises :class:`FeedStopped` after an error with ``failOnError``.
        """
        self.width = width
        for block in reader.blocks(width):
            if block.columns is None or not self._loads_at_once(block):
                self._load_one_by_one(block.records)

    def _loads_at_once(self, block: Block) -> bool:
        assert block.columns is not None
        try:
            self.load_columns(block.columns, '""' in block.text)
        except (ValueError, GraphError):
            return False  # something needs a closer look; nothing has happened yet
        return True

    def _load_one_by_one(self, records: Iterable[Record]) -> None:
        with self.graph.transaction() as tx:
            try:
                for record in records:
                    self._load_record(tx, record)
            except FeedStopped as stop:
                stopped = stop
            else:
                return
        raise stopped

    def _load_record(self, tx: Transaction, record: Record) -> None:
        line, cells, problem = record
        if cells == [None]:
            return  # a blank line
        if not problem and len(cells) != self.width:
            problem = TOO_MANY if len(cells) > self.width else TOO_FEW
        problem = problem or self._unfit(cells)
        if problem:
            self.fail(Problem.SYNTAX, problem, line)
        else:
            self.load_row(tx, line, cells)

    def _unfit(self, cells: list[str | None]) -> str:
        for name in self.required:
            if cells[self.places[name]] is None:
                return BLANK.format(name)
        return EMPTY_LABEL if self.cell(cells, self.label) == "" else ""

    # ------------------------------------------------------------------ for subclasses

    def load_columns(self, columns: list[list[str]], has_empty: bool) -> None:
        """Load regular rows. Raises ``ValueError`` or ``GraphError``, before any change, when
        a row is not valid or meets something that is there already.
        """
        raise AssertionError("left to subclasses")

    def load_row(self, tx: Transaction, line: int, cells: list[str | None]) -> None:
        """Load one row of the right width whose required columns are not blank."""
        raise AssertionError("left to subclasses")

    def cell(self, cells: list[str | None], name: str) -> str | None:
        """The cell of a system column; None also where the file has no such column."""
        at = self.places.get(name)
        return None if at is None else cells[at]

    def fail(self, problem: Problem, message: str, line: int, records: int = 1) -> None:
        """Log an error; raises :class:`FeedStopped` if the first one ends the feed."""
        self.report.fail(problem, message, line, records)
        if self.options.fail_on_error:
            raise FeedStopped

    def typed_columns(
        self, columns: list[list[str]], has_empty: bool
    ) -> tuple[list[Sequence[Any]], int]:
        """The values of all property columns, and how many there are."""
        typed: list[Sequence[Any]] = []
        total = 0
        for property, column in zip(self.properties, self._columns):
            values, count = column.values(columns[property.at], has_empty)
            typed.append(values)
            total += count
        return typed, total

    def texts(self, property: Property, cells: list[str | None]) -> list[str]:
        """The texts of the values that a row has for a property."""
        return property.texts(cells[property.at], self.options.allow_empty_strings)

    def parsed(self, property: Property, text: str, line: int) -> tuple[Any] | None:
        """The value of a text, or None after logging that it is none of its type."""
        try:
            return (property.type.parse(text),)
        except ValueError:
            names = quoted(text), quoted(property.name), property.type.name
            self.fail(Problem.DATATYPE, MISMATCH.format(*names), line)
            return None

    def attempts(self, cells: list[str | None]) -> int:
        """How many statements a row of an edge file stands for."""
        return 1 + sum(len(self.texts(property, cells)) for property in self.properties)

    def counted(self, is_new: bool) -> None:
        """Count one statement that is in the graph now; not new, it is a duplicate."""
        self.report.total_records += 1
        if not is_new:
            self.report.total_duplicates += 1

    # ------------------------------------------------------------------ steps of columns

    def whole(self, columns: list[list[str]], name: str, has_empty: bool) -> list[str]:
        """A required column. Raises ``ValueError`` if a cell is not plainly filled."""
        column = columns[self.places[name]]
        if "" in column or (has_empty and EMPTY in column):
            raise ValueError
        return column

    def label_sets(
        self, columns: list[list[str]], name: str
    ) -> tuple[Sequence[tuple[str, ...]], int]:
        """The labels of all vertices, and how many statements they are."""
        size = len(columns[0])
        at = self.places.get(name)
        if at is None:
            return [(DEFAULT_VERTEX_LABEL,)] * size, size
        known = self._label_sets
        for text in set(columns[at]) - known.keys():
            labels = split_labels(text)
            if text == EMPTY or len(set(labels)) < len(labels):
                raise ValueError
            known[text] = labels
        found = list(map(known.__getitem__, columns[at]))
        count = size if all(len(labels) == 1 for labels in known.values()) else sum(map(len, found))
        return found, count

    def edge_labels(self, columns: list[list[str]], name: str) -> Sequence[str]:
        """The labels of all edges."""
        at = self.places.get(name)
        if at is None:
            return [DEFAULT_EDGE_LABEL] * len(columns[0])
        known = {text: text or DEFAULT_EDGE_LABEL for text in set(columns[at])}
        if EMPTY in known:
            raise ValueError
        return list(map(known.__getitem__, columns[at]))

    # ------------------------------------------------------------------ steps of a row

    def merge_labels(self, tx: Transaction, vertex: Vertex, text: str | None) -> None:
        """Add the labels in a cell to a vertex, the default one if neither has any."""
        if text is not None:
            for label in split_labels(text):
                self.counted(tx.add_label(vertex, label))
        else:
            self.counted(not vertex.labels and tx.add_label(vertex, DEFAULT_VERTEX_LABEL))

    def missing_end(self, ends: tuple[str, str], cells: list[str | None], line: int) -> None:
        """Log that an end of an edge is not in the graph."""
        message = MISSING_END.format(*map(quoted, ends))
        self.fail(Problem.MISSING_VERTEX, message, line, self.attempts(cells))

    def set_single(
        self, tx: Transaction, element: Vertex | Edge, key: str, value: Any, line: int
    ) -> None:
        """Give a property of single cardinality its value, as ``updateSingleCardinality…`` says."""
        held = element.properties.get(key, MISSING)
        replaces = held is not MISSING and not same_value(held, value)
        if replaces and not self.options.update_single_cardinality_properties:
            kind = "vertex" if isinstance(element, Vertex) else "edge"
            names = kind, quoted(element.id), quoted(key)
            self.fail(Problem.CARDINALITY, CARDINALITY.format(*names), line)
            return
        self.counted(tx.set_property(element, key, value))


def split_labels(text: str) -> tuple[str, ...]:
    """The labels in a cell, as often as they stand there; the default one if none do."""
    return tuple(filter(None, split_list(text))) or (DEFAULT_VERTEX_LABEL,)
