"""Loading texts in tests, and looking at what came of it."""

from __future__ import annotations

import io
from typing import Any

from moto_neptunedata.graph import Edge, PropertyGraph, Vertex, values_of
from moto_neptunedata.graph.rdf_dataset import RdfDataset
from moto_neptunedata.loader.feeds import FeedOptions, FeedReport
from moto_neptunedata.loader.formats import FormatState, load_feed

COUNTERS = (
    "total_records",
    "total_duplicates",
    "parsing_errors",
    "datatype_mismatch_errors",
    "insert_errors",
)


class Loaded:
    """A graph and a dataset, and the report of each feed that was loaded into them."""

    def __init__(self) -> None:
        self.graph = PropertyGraph()
        self.rdf = RdfDataset()
        self.state = FormatState()
        self.reports: list[FeedReport] = []

    def load(self, format: str, *feeds: str | bytes, **options: Any) -> Loaded:
        """Load feeds one after the other; bad records are left out unless told otherwise."""
        options = {"fail_on_error": False, **options}
        for feed in feeds:
            data = feed.encode() if isinstance(feed, str) else feed
            report = FeedReport()
            load_feed(
                format,
                io.BytesIO(data),
                self.graph,
                self.rdf,
                FeedOptions(**options),
                report,
                self.state,
            )
            assert report.total_records >= report.error_count
            assert report.total_records >= report.total_duplicates
            assert len(report.errors) >= bool(report.error_count)
            self.reports.append(report)
        return self

    @property
    def report(self) -> FeedReport:
        """The newest report."""
        return self.reports[-1]

    @property
    def counters(self) -> tuple[int, ...]:
        """Of the newest report: records, duplicates, parsing, datatype and insert errors."""
        return tuple(getattr(self.report, name) for name in COUNTERS)

    @property
    def codes(self) -> list[str]:
        """The error codes of the newest report."""
        return [error.error_code for error in self.report.errors]

    @property
    def lines(self) -> list[int]:
        """The record numbers of the newest report."""
        return [error.record_num for error in self.report.errors]


def load(format: str, *feeds: str | bytes, **options: Any) -> Loaded:
    """Load feeds into something empty."""
    return Loaded().load(format, *feeds, **options)


def typed(stored: Any) -> list[str]:
    """Values with their types, in order."""
    return [f"{type(value).__name__}:{value!r}" for value in values_of(stored)]


def content(graph: PropertyGraph) -> tuple[Any, ...]:
    """All that is in a graph, to be compared; checks that its parts agree."""
    for edge in graph.edges():
        assert edge in edge.out_v.out[edge.label]
        assert edge in edge.in_v.in_[edge.label]
    ways = [edges for v in graph.vertices() for way in (v.out, v.in_) for edges in way.values()]
    assert sum(map(len, ways)) == 2 * graph.edge_count
    assert all(ways)
    return (
        [(v.id, v.labels, _properties(v)) for v in graph.vertices()],
        [(e.id, e.label, e.out_v.id, e.in_v.id, _properties(e)) for e in graph.edges()],
    )


def _properties(element: Vertex | Edge) -> dict[str, list[str]]:
    return {key: typed(stored) for key, stored in element.properties.items()}
