"""A feed of either CSV format: its header, and then its rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from ...graph.gc_control import pause_gc
from ..feeds import Problem
from . import gremlin_csv, headers, opencypher_csv
from .headers import HeaderError
from .records import Record, RecordReader
from .tables import FeedStopped, Table

if TYPE_CHECKING:
    from . import Feed

_HAS_EDGES: Final = {"csv": gremlin_csv.has_edges, "opencypher": opencypher_csv.has_edges}

# Headers are short: there is no need to read a whole block for one.
_HEADER_BLOCK: Final = 1 << 14


def load_gremlin(feed: Feed) -> None:
    """Load a feed in format ``csv``."""
    _load(feed, lambda names: gremlin_csv.table(names, feed.graph, feed.options, feed.report))


def load_opencypher(feed: Feed) -> None:
    """Load a feed in format ``opencypher``."""
    spaces = feed.state.id_spaces
    _load(
        feed,
        lambda names: opencypher_csv.table(names, feed.graph, feed.options, feed.report, spaces),
    )


def has_edges(format: str, stream: BinaryIO) -> bool:
    """Whether the header is that of an edge file. Raises what reading ``stream`` raises."""
    header = RecordReader(stream, _HEADER_BLOCK).header()
    return header is not None and _HAS_EDGES[format]([cell or "" for cell in header.cells])


def _load(feed: Feed, make_table: Callable[[list[str]], Table]) -> None:
    reader = RecordReader(feed.stream)
    with pause_gc():
        header = reader.header()
        if header is None:
            return  # an empty file has no errors; no AWS page tells otherwise
        try:
            names = _names(header)
            table = make_table(names)
        except HeaderError as error:
            feed.report.fail(Problem.SYNTAX, str(error))
            return
        with suppress(FeedStopped):
            table.load(reader, len(names))


def _names(header: Record) -> list[str]:
    if header.problem:
        raise HeaderError(header.problem)
    names = [cell or "" for cell in header.cells]
    if "" in names:
        raise HeaderError(headers.BLANK_COLUMN)
    return names
