"""The statistics of one data model of a cluster: whether there are any, of when, and how they are
managed (user guide, "Managing statistics for the Neptune DFE to use").
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from threading import RLock
from typing import Any, Final, Protocol

from ..errors import OUR_CHOICE, ErrorCatalog
from ..graph import ChangeLog, Commit
from ..settings import ClusterSettings
from .stateful import Stateful

#: The ``statisticsId`` of statistics that do not exist.
NO_STATISTICS: Final = -1
#: Neptune computes none beyond this many characteristic sets (user guide).
MAX_SIGNATURES: Final = 50_000
#: Neptune computes none beyond this many predicate statistics (user guide).
MAX_PREDICATES: Final = 1_000_000

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "disabled": ("BadRequestException", "Statistics is disabled", OUR_CHOICE),
        "none": (
            "StatisticsNotAvailableException",
            "Statistics are not available. Run a refresh to generate them",
            OUR_CHOICE,
        ),
        "mode": ("MissingParameterException", "Missing required parameters: [mode]", OUR_CHOICE),
    }
)

#: The ``note`` of statistics that are not computed: ours.
TOO_MANY: Final = (
    f"Statistics were not generated: there are more than {MAX_SIGNATURES} characteristic sets "
    f"or {MAX_PREDICATES} predicate statistics"
)


class Summary(Protocol):
    """What statistics are computed from."""

    def signature_info(self) -> dict[str, int]:
        """``signatureCount``, ``instanceCount`` and ``predicateCount``."""

    def graph_summary(self, detailed: bool) -> dict[str, object]:
        """The members of ``graphSummary``."""


class Tracker(Protocol):
    """Gives the summary of the data as it is now."""

    def summary(self) -> Summary:
        """The summary."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Statistics as they were computed; ``computed_at`` in epoch milliseconds."""

    id: int
    computed_at: int
    summary: Summary


class Statistics(Stateful):
    """The statistics of the property graph or of the RDF dataset of a cluster.

    Live (see :class:`ClusterSettings`) and with auto-compute on, every change of the data makes
    them anew when they are next asked for; otherwise only a refresh does.
    """

    VALUES = ("auto_compute", "_snapshot", "_as_of", "_last_id", "_note")
    FIXED = ("_tracker", "_log", "_settings", "_lock")

    def __init__(self, tracker: Tracker, log: ChangeLog[Any], settings: ClusterSettings) -> None:
        self.auto_compute = True
        self._tracker = tracker
        self._log = log
        self._settings = settings
        self._snapshot: Snapshot | None = None
        self._as_of: Commit[Any] | None = None
        self._last_id = 0
        self._note = ""
        self._lock = RLock()

    # ------------------------------------------------------------------ the operations

    def status(self) -> dict[str, object]:
        """``payload`` of GetPropertygraphStatistics and GetSparqlStatistics.

        This and all below raise BadRequestException where statistics are disabled.
        """
        with self._lock:
            snapshot = self._find_current()
            answer: dict[str, object] = {
                "autoCompute": self.auto_compute,
                "active": snapshot is not None,
                "statisticsId": snapshot.id if snapshot else NO_STATISTICS,
                "note": self._note,
            }
            if snapshot:
                answer["date"] = format_time(snapshot.computed_at)
                answer["signatureInfo"] = snapshot.summary.signature_info()
            return answer

    def summary(self, detailed: bool) -> dict[str, object]:
        """``payload`` of GetPropertygraphSummary and GetRDFGraphSummary.

        Raises StatisticsNotAvailableException.
        """
        with self._lock:
            snapshot = self._find_current()
            if snapshot is None:
                raise ERRORS.error("none")
            return {
                "version": "v1",
                "lastStatisticsComputationTime": format_time(snapshot.computed_at),
                "graphSummary": snapshot.summary.graph_summary(detailed),
            }

    def manage(self, mode: str | None) -> int | None:
        """Do what ``mode`` says: ``disableAutoCompute``, ``enableAutoCompute`` or ``refresh``.

        Answers the id of new statistics. Raises MissingParameterException without a mode.
        """
        if mode is None:
            raise ERRORS.error("mode")
        with self._lock:
            self._find_current()  # what was computed until now stays when the automatism ends
            if mode == "refresh":
                self._compute()
                return self._snapshot.id if self._snapshot else NO_STATISTICS
            self.auto_compute = mode == "enableAutoCompute"
            return None

    def delete(self) -> bool:
        """Forget the statistics until the data changes or they are refreshed; False where there
        are none.
        """
        with self._lock:
            existed = self._find_current() is not None
            self._snapshot = None
            return existed

    # ------------------------------------------------------------------ inside

    @property
    def signatures(self) -> int:
        """How many characteristic sets the statistics that exist hold."""
        return self._snapshot.summary.signature_info()["signatureCount"] if self._snapshot else 0

    def _find_current(self) -> Snapshot | None:
        if not self._settings.has_statistics:
            raise ERRORS.error("disabled")
        is_live = self.auto_compute and self._settings.statistics == "live"
        if is_live and self._get_last_commit() is not self._as_of:
            self._compute()
        return self._snapshot

    def _get_last_commit(self) -> Commit[Any] | None:
        return self._log.commits[-1] if self._log.commits else None

    def _compute(self) -> None:
        self._as_of = self._get_last_commit()
        summary = self._tracker.summary()
        counts = summary.signature_info()
        if counts["signatureCount"] > MAX_SIGNATURES or counts["predicateCount"] > MAX_PREDICATES:
            self._snapshot = None
            self._note = TOO_MANY
            return
        now = int(time.time() * 1000)
        self._last_id = max(now, self._last_id + 1)
        self._snapshot = Snapshot(self._last_id, now, summary)
        self._note = ""


def format_time(milliseconds: int) -> str:
    """Epoch milliseconds as Neptune writes them: ``2023-01-24T00:47:43.319Z``."""
    seconds, rest = divmod(milliseconds, 1000)
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"
