"""The formats of the bulk loader: what turns the bytes of one feed into data.

``load_feed`` and ``is_edge_file`` are all that the rest of the package needs. The readers are
imported when a feed of their format is first loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from ..feeds import FeedError, FeedOptions, FeedReport, Problem
from .id_spaces import IdSpaces, SavedIds

if TYPE_CHECKING:
    from ...graph import PropertyGraph
    from ...graph.rdf_dataset import RdfDataset

__all__ = ("FORMATS", "FormatState", "IdSpaces", "is_edge_file", "load_feed")

#: Each format's loader, as module and function of this package.
FORMATS: Final[dict[str, tuple[str, str]]] = {
    "csv": ("csv_feed", "load_gremlin"),
    "opencypher": ("csv_feed", "load_opencypher"),
    "ntriples": ("rdf", "load_ntriples"),
    "nquads": ("rdf", "load_nquads"),
    "rdfxml": ("rdf", "load_rdfxml"),
    "turtle": ("rdf", "load_turtle"),
}


@dataclass
class FormatState:
    """What formats remember from feed to feed: the id spaces of openCypher nodes.

    Keep one beside each graph for as long as its data lives (not just for one load), so that a
    load of relationships finds the nodes of earlier loads; :meth:`clear` it with the graph.
    """

    id_spaces: IdSpaces = field(default_factory=IdSpaces)

    def clear(self) -> None:
        """Forget everything; the graph was emptied."""
        self.id_spaces.clear()

    def capture(self) -> object:
        """What :meth:`restore` takes; belongs to what the graph captures at the same time."""
        return self.id_spaces.capture()

    def restore(self, saved: object, only_undone: bool) -> None:
        """Return to what was captured; ``only_undone`` is what the graph's ``restore`` answered."""
        assert isinstance(saved, SavedIds)
        self.id_spaces.restore(saved, only_undone)


@dataclass(frozen=True)
class Feed:
    """All that a format's loader needs to know of one feed."""

    stream: BinaryIO
    graph: PropertyGraph
    rdf: RdfDataset
    options: FeedOptions
    report: FeedReport
    state: FormatState


def load_feed(
    format: str,
    stream: BinaryIO,
    graph: PropertyGraph,
    rdf: RdfDataset,
    options: FeedOptions,
    report: FeedReport,
    state: FormatState | None = None,
) -> None:
    """Load one feed of one of :data:`FORMATS` and tell ``report`` what came of it.

    Whatever the bytes are, this ends without an exception, with an error log for everything that
    is wrong; every statement is in the store whole or not at all. With ``fail_on_error`` the
    first error ends the feed, and what was loaded before stays. Raises ``KeyError`` for another
    format.
    """
    module, function = FORMATS[format]
    feed = Feed(stream, graph, rdf, options, report, state or FormatState())
    try:
        _loader(module, function)(feed)
    except FeedError as error:
        report.fail(error.problem, error.message)
    except MemoryError:
        report.fail(Problem.TOO_LARGE, "Out of memory")
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the RDF parser is no Exception
        report.fail(Problem.INTERNAL, f"{type(error).__name__}: {error}")


def _loader(module: str, function: str) -> Callable[[Feed], Any]:
    return getattr(import_module(f".{module}", __name__), function)  # type: ignore[no-any-return]


def is_edge_file(format: str, stream: BinaryIO) -> bool:
    """Whether a feed holds edges, by its header; only the beginning of ``stream`` is read.

    False for RDF, and for what cannot be read: that is told when the feed is loaded.
    """
    if format not in ("csv", "opencypher"):
        return False
    from . import csv_feed  # noqa: PLC0415 - each format when it is first read

    try:
        return csv_feed.has_edges(format, stream)
    except (FeedError, OSError):
        return False
