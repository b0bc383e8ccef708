"""What one cluster keeps beside its data and its loads: one object an area of the Data API."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, cast

from ..graph import PropertyGraph
from ..graph.rdf_dataset import RdfDataset
from ..settings import ClusterSettings
from ..testing.scope import ClusterKey
from .clock import Clock
from .environment import Environment
from .fast_reset import HEALTHY, TRANSITIONS, ResetToken
from .index_rebuild import IndexRebuilds
from .ml import NeptuneMl
from .property_summary import PropertyGraphTracker
from .rdf_summary import RdfTracker
from .records import RecordCounter
from .stateful import State, Stateful
from .statistics import Statistics
from .storage import StoredCounts
from .streams import Stream, serialize_change, serialize_quad_change

if TYPE_CHECKING:
    from ..sparql.engine import SparqlEngine


class Management(Stateful):
    """The state of a cluster that a fast reset clears together with its data.

    ``statistics`` and ``stream`` are those of the property graph, ``rdf_statistics`` and
    ``rdf_stream`` those of the RDF dataset. ``started_at`` is in epoch seconds.
    """

    #: The parts that have a state of their own.
    PARTS: Final = ("statistics", "rdf_statistics", "reset_token", "index_rebuilds", "ml")

    VALUES = ("started_at",)
    COPIED = ("_recovery",)
    FIXED = (
        *("settings", "stream", "rdf_stream"),
        *("_graph", "_rdf", "_sparql", "_new_clock", "_tracker", "_rdf_tracker", "_counters"),
    )

    def __init__(
        self,
        graph: PropertyGraph,
        rdf: RdfDataset,
        settings: ClusterSettings,
        key: ClusterKey,
        environment: Environment,
    ) -> None:
        new_id, new_clock = environment.new_id, environment.new_clock
        self.started_at = time.time()
        self.settings = settings
        self._graph, self._rdf = graph, rdf
        self._new_clock = new_clock
        self._tracker, self._rdf_tracker = PropertyGraphTracker(graph), RdfTracker(rdf)
        self._counters = (graph, RecordCounter(graph.log)), (rdf, RecordCounter(rdf.log))
        self._recovery: Clock | None = None
        self.statistics = Statistics(self._tracker, graph.log, settings)
        self.rdf_statistics = Statistics(self._rdf_tracker, rdf.log, settings)
        self.stream = Stream(graph.log, graph.lock, settings, "PG_JSON", serialize_change)
        self.rdf_stream = Stream(rdf.log, rdf.lock, settings, "NQUADS", serialize_quad_change)
        self.reset_token = ResetToken(new_id)
        self.index_rebuilds = IndexRebuilds(settings, new_id, new_clock)
        self.ml = NeptuneMl(
            key.account_id, key.region, settings, environment.artifacts, new_id, new_clock
        )
        self._sparql: SparqlEngine | None = None

    @property
    def sparql(self) -> SparqlEngine:
        """Queries and updates of the RDF dataset."""
        with self._rdf.lock:
            if self._sparql is None:
                from ..sparql.engine import SparqlEngine  # noqa: PLC0415 - brings pyoxigraph

                self._sparql = SparqlEngine(self._rdf)
            return self._sparql

    # ------------------------------------------------------------------ snapshots

    def parts(self) -> dict[str, Stateful]:
        """The parts that have a state of their own, by name."""
        return {name: getattr(self, name) for name in self.PARTS}

    def capture(self) -> State:
        """The state of this and of all parts."""
        return {
            **super().capture(),
            **{name: part.capture() for name, part in self.parts().items()},
        }

    def restore(self, saved: State) -> None:
        """Go back to a state that was captured."""
        super().restore(saved)
        for name, part in self.parts().items():
            part.restore(cast("State", saved[name]))

    # ------------------------------------------------------------------ health

    def recover(self) -> None:
        """The cluster restarts, as after a fast reset."""
        self._recovery = self._new_clock("fastreset", TRANSITIONS)

    def ask_health(self) -> str:
        """``healthy`` or ``recovery``; asking helps the recovery on."""
        if self._recovery is not None:
            self._recovery.advance()
        return "healthy" if self.is_healthy else "recovery"

    @property
    def is_healthy(self) -> bool:
        """Whether the cluster answers requests."""
        return self._recovery is None or self._recovery.status == HEALTHY

    # ------------------------------------------------------------------ storage

    def stored_counts(self) -> StoredCounts:
        """What GetStorageInfo counts."""
        graph, rdf = self._tracker.summary(), self._rdf_tracker.summary()
        records = 0
        for store, counter in self._counters:
            with store.lock:
                records += counter.total()
        names = len(graph.node_labels) + graph.predicates
        return StoredCounts(
            property_graph=graph.statements,
            rdf=rdf.quads,
            terms=(
                graph.nodes
                + graph.edges
                + graph.node_values
                + graph.edge_values
                + names
                + rdf.subjects
                + rdf.quads
                + len(rdf.predicates)
            ),
            records=records if self.settings.streams else 0,
            signatures=self.statistics.signatures + self.rdf_statistics.signatures,
            names=names + len(rdf.predicates),
        )
