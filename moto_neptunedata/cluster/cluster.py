"""A Neptune cluster: the data it holds, the loads it runs, and what it reports of both."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from ..graph import PropertyGraph, csv_export, networkx
from ..graph.rdf_dataset import RdfDataset
from ..loader import Loader, LoadJob
from ..loader.compression import decompress
from ..loader.feeds import FeedOptions, FeedReport
from ..loader.formats import FORMATS, is_edge_file, load_feed
from ..management.state import Management
from ..queries import HeldQueries, Queries
from ..settings import ClusterSettings, configuration
from ..testing.control_state import ControlState
from ..testing.fault_injection import FaultInjection
from ..testing.scope import ClusterKey
from . import notebook, snapshots
from .data import ClusterData, ClusterEnvironment
from .outcomes import OutcomesOfCluster
from .snapshots import Snapshot

#: The languages whose running queries a cluster knows.
LANGUAGES = ("gremlin", "opencypher", "sparql")

#: A file, or the text (or bytes) of one.
Source = str | bytes | PathLike[str]

# How many errors the exception of a failed load lists.
_MAX_ERRORS = 5


class Cluster(FaultInjection):
    """One cluster of an account and region.

    ``graph`` is its property graph, ``rdf`` its RDF dataset, ``loader`` its bulk loader,
    ``management`` all else that it keeps, ``settings`` what a tester can set.
    """

    def __init__(
        self,
        key: ClusterKey,
        environment: ClusterEnvironment,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        #: What tells this cluster from all others.
        self.key = key
        self.script = OutcomesOfCluster(environment.control_state, key)
        #: Whether the mock that it belonged to has ended or was reset.
        self.is_retired = False
        self._environment = environment
        own = ClusterSettings()
        configuration.apply(own, settings or {})
        self._start(own)

    def _start(self, settings: ClusterSettings) -> None:
        self.queries = {language: Queries() for language in LANGUAGES}
        self._hold(ClusterData.create(self.key, self._environment, settings, self.script))

    def _hold(self, data: ClusterData) -> None:
        self._data = data
        data.hold(self)

    def reset(self) -> None:
        """Forget all data, all loads and what was kept beside them; the settings stay."""
        self._start(self.settings)

    @property
    def name(self) -> str:
        """The name, by which endpoints know it."""
        return self.key.name

    @property
    def region(self) -> str:
        """The region."""
        return self.key.region

    @property
    def account_id(self) -> str:
        """The account."""
        return self.key.account_id

    @property
    def data(self) -> ClusterData:
        """The objects that hold what this cluster knows."""
        return self._data

    @property
    def graph(self) -> PropertyGraph:
        """The property graph."""
        return self._data.graph

    @property
    def rdf(self) -> RdfDataset:
        """The RDF dataset."""
        return self._data.rdf

    @property
    def loader(self) -> Loader:
        """The bulk loader."""
        return self._data.loader

    @property
    def management(self) -> Management:
        """All else that the cluster keeps: statistics, streams, maintenance, machine learning."""
        return self._data.management

    @property
    def analytics(self) -> Management:
        """The old name of :attr:`management`."""
        warnings.warn(
            "Cluster.analytics is now Cluster.management", DeprecationWarning, stacklevel=2
        )
        return self.management

    @property
    def settings(self) -> ClusterSettings:
        """What a tester can set."""
        return self._data.settings

    @property
    def control_state(self) -> ControlState:
        """What testers have set up for this cluster and others, and the calls that came."""
        return self._environment.control_state

    @property
    def scope(self) -> ClusterKey:
        """This cluster alone."""
        return self.key

    @property
    def jobs(self) -> list[LoadJob]:
        """The loader jobs, oldest first."""
        return list(self.loader.jobs.values())

    def load(self, *sources: Source, format: str = "csv", **options: Any) -> None:
        """Load files or texts straight into the cluster, without S3 and without a loader job.

        A ``pathlib.Path`` (or anything that is a path but no ``str``) is a file, which may end in
        ``.gz`` or ``.bz2``; a ``str`` or ``bytes`` is the content itself. ``format`` is one of the
        loader's (``csv``, ``opencypher``, ``ntriples``, ``nquads``, ``rdfxml``, ``turtle``), the
        options are fields of :class:`~moto_neptunedata.loader.feeds.FeedOptions`. Files of vertices
        are loaded before files of edges, in whatever order they come.

        Raises ValueError, and leaves the cluster as it was, when a record is bad or there is no
        such format; TypeError for an option that does not exist or may not have its value.
        """
        _check_load(format, options)
        feed_options = FeedOptions(**{"new_id": self._environment.new_id, **options})
        with self.graph.lock, self.rdf.lock:
            before = self.graph.log.last_num, self.rdf.log.last_num
            ordered = sorted(sources, key=lambda source: _has_edges(format, source))
            for source in ordered:
                report = FeedReport()
                with _open(source) as stream:
                    load_feed(
                        format,
                        stream,
                        self.graph,
                        self.rdf,
                        feed_options,
                        report,
                        self._data.format_state,
                    )
                if report.errors:
                    self.graph.rewind(before[0])
                    self.rdf.rewind(before[1])
                    raise ValueError(_describe_errors(source, report))

    def load_networkx(self, graph: Any, *, labels: str = "labels", label: str = "label") -> None:
        """Add the nodes and edges of a networkx graph; see :mod:`moto_neptunedata.graph.networkx`.

        Raises ValueError for ids that are there already and TypeError for values that cannot be
        properties, and leaves the cluster as it was.
        """
        networkx.load(self.graph, graph, self._environment.new_id, labels, label)

    def to_networkx(self, *, labels: str = "labels", label: str = "label") -> Any:
        """The property graph as a ``networkx.MultiDiGraph``; see
        :mod:`moto_neptunedata.graph.networkx`.

        Raises ValueError when a property is called as the attribute for labels.
        """
        return self.graph.to_networkx(labels=labels, label=label)

    def export_csv(self, directory: str | PathLike[str]) -> list[Path]:
        """Write the property graph as files in format ``csv``, in the order to load them in.

        ``cluster.load(*files, allow_empty_strings=True)`` makes the same graph of them. Raises
        ValueError for what the format cannot say; see :mod:`moto_neptunedata.graph.csv_export`.
        """
        return csv_export.export(self.graph, directory)

    def snapshot(self) -> Snapshot:
        """The cluster as it is now: its data, loads and settings."""
        return snapshots.take(self.data, self.key)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this cluster or of another, also of an earlier mock's.

        Takes time in proportion to what has changed since it was taken, and where its data still
        belong to another cluster, or to another account or region, to the data, which are copied.
        """
        if self.data is snapshot.data:
            snapshots.restore(self.data, snapshot)
        elif snapshot.data.is_free and snapshot.place == self.key[:2]:
            self._hold(snapshot.data)
            self.loader.script, self.loader.readers = self.script, self._environment.readers
            snapshots.restore(self.data, snapshot)
        else:
            self.reset()
            snapshots.copy_into(self.data, snapshot)

    def configure(self, **settings: Any) -> None:
        """Change :attr:`settings`, all that are given or, when one is wrong, none.

        Raises ValueError for a setting that does not exist or may not have this value.
        """
        configuration.apply(self.settings, settings)

    def hold_queries(self, language: str) -> AbstractContextManager[HeldQueries]:
        """Let the queries of a language run without end, for as long as the block lasts.

        So that one thread can run a query, and another see it in the status operations and cancel
        it::

            with neptune.cluster().hold_queries("gremlin") as held:
                ...  # start the thread
                (query,) = held.wait()

        Raises KeyError for a language other than ``"gremlin"``, ``"opencypher"`` and ``"sparql"``.
        """
        return self.queries[language].hold()

    def __repr__(self) -> str:
        return (
            f"<Cluster {self.name!r} in {self.region}: {self.graph.vertex_count} vertices, "
            f"{self.graph.edge_count} edges, {len(self.rdf)} quads, "
            f"{len(self.loader.jobs)} loader jobs>"
        )

    def _repr_html_(self) -> str:
        """Counts and loader jobs in a notebook."""
        return notebook.cluster_table(self)


def _check_load(format: str, options: Mapping[str, Any]) -> None:
    if not isinstance(format, str) or format not in FORMATS:
        raise ValueError(f"There is no format {format!r}. Known are: {', '.join(FORMATS)}")
    kinds = {field.name: type(field.default) for field in fields(FeedOptions)}
    del kinds["new_id"]
    for name, value in options.items():
        if name not in kinds:
            raise TypeError(f"There is no option {name!r}. Known are: {', '.join(kinds)}")
        if not isinstance(value, kinds[name]):
            raise TypeError(f"{name} must be a {kinds[name].__name__}, not {value!r}")


def _open(source: Source) -> BinaryIO:
    if isinstance(source, str):
        return io.BytesIO(source.encode())
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return decompress(str(source), Path(source).open("rb"))


def _has_edges(format: str, source: Source) -> bool:
    with _open(source) as stream:
        return is_edge_file(format, stream)


def _describe_errors(source: Source, report: FeedReport) -> str:
    name = "the text" if isinstance(source, str | bytes) else str(source)
    lines = [
        f"  {error.error_code}, record {error.record_num}: {error.error_message}"
        for error in list(report.errors)[:_MAX_ERRORS]
    ]
    more = len(report.errors) - len(lines)
    if more:
        lines.append(f"  and {more} more")
    return "\n".join([f"Nothing was loaded, because of errors in {name}:", *lines])
