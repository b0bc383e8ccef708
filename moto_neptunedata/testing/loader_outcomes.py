"""Bulk loads whose end is written beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import RLock
from typing import Any, Final

from ..loader import statuses
from ..loader.feeds import MAX_ERRORS, ErrorLog, FeedReport, Problem
from ..suggestions import check_known
from .names import LOAD_MESSAGE
from .rules import check_count
from .scope import ClusterKey, covers

#: Statuses in which a load reads all feeds that are not told to fail.
_READS_ON: Final = frozenset((statuses.COMPLETED, statuses.COMMITTED_W_WRITE_CONFLICTS))

#: Statuses of a load that reads none of its feeds.
_READS_NOTHING: Final = frozenset(
    (
        statuses.CANCELLED_BY_USER,
        statuses.DEPENDENCY_NOT_SATISFIED,
        statuses.INVALID_REQUEST,
    )
)

#: What a feed may end in.
FEED_STATUSES: Final = frozenset(statuses.LIFE_CYCLE) - statuses.ACTIVE - _READS_NOTHING

#: The error code in the log of a feed that ends in a status; the others have INTERNAL_ERROR.
_PROBLEMS: Final = {
    statuses.S3_ACCESS_DENIED: Problem.ACCESS_DENIED,
    statuses.FEED_MODIFIED: Problem.MODIFIED,
}

#: The counters that can be written, and what their errors are logged as.
_COUNTED: Final = {
    "parsing_errors": Problem.SYNTAX,
    "datatype_mismatch_errors": Problem.DATATYPE,
    "insert_errors": Problem.MISSING_VERTEX,
}


@dataclass(eq=False)
class LoadOutcome:
    """How the next ``times`` loads of a source end; see :meth:`.provoking.Provoking.next_load`."""

    source: str | None = None
    status: str | None = None
    failed_feeds: dict[str, str] = field(default_factory=dict)
    parsing_errors: int = 0
    datatype_mismatch_errors: int = 0
    insert_errors: int = 0
    records: int | None = None
    duplicates: int = 0
    message: str = LOAD_MESSAGE
    times: int = 1
    scope: ClusterKey | None = None
    hits: int = 0

    def __post_init__(self) -> None:
        if self.status is not None:
            check_known("load status", self.status, statuses.LIFE_CYCLE)
        for status in self.failed_feeds.values():
            check_known("status of a failed feed", status, FEED_STATUSES - {statuses.COMPLETED})
        check_count("times", self.times)
        for name in (*_COUNTED, "duplicates", "records"):
            count = getattr(self, name)
            if count is not None and (type(count) is not int or count < 0):
                raise ValueError(f"{name} must be a whole number of 0 or more, not {count!r}")
        errors = sum(getattr(self, name) for name in _COUNTED)
        if self.records is not None and self.records < errors:
            raise ValueError(f"{errors} errors are more than there are records, {self.records}")

    @property
    def is_unused(self) -> bool:
        """Whether loads that it waits for never came."""
        return self.hits < self.times

    def is_for(self, cluster: ClusterKey, source: str) -> bool:
        """Whether the next load of ``source`` ends as this says."""
        return (
            self.is_unused
            and covers(self.scope, cluster)
            and (self.source is None or fnmatchcase(source, self.source))
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {
            "source": self.source,
            "status": self.status,
            "failed_feeds": self.failed_feeds,
            **{name: getattr(self, name) for name in _COUNTED},
            "records": self.records,
            "duplicates": self.duplicates,
            "message": self.message,
            "times": self.times,
            "hits": self.hits,
            "cluster": None if self.scope is None else self.scope.name,
        }

    def __repr__(self) -> str:
        what = self.status or "its own status"
        errors = [f"{getattr(self, name)} {name}" for name in _COUNTED if getattr(self, name)]
        feeds = [f"{name} {status}" for name, status in self.failed_feeds.items()]
        details = "".join(f", {detail}" for detail in (*feeds, *errors))
        scope = "" if self.scope is None else f" on {self.scope}"
        left = self.times - self.hits
        source = self.source or "any source"
        return f"<LoadOutcome {what}{details} for {source}{scope}; {left} left>"

    # ------------------------------------------------------------------ for the loader

    def limit(self, status: str) -> str:
        """The status that a load may have when its clock says ``status``."""
        if self.status not in statuses.ACTIVE:
            return status
        order = statuses.LIFE_CYCLE.index
        return min(status, self.status, key=order)

    def check(self, uris: Iterable[str]) -> None:
        """Raises LookupError when a name in ``failed_feeds`` is none of these feeds."""
        found = list(uris)
        for name in self.failed_feeds:
            if not any(_names(name, uri) for uri in found):
                shown = "\n".join(f"  {uri}" for uri in found)
                raise LookupError(f"No feed of this load is called {name!r}:\n{shown}")

    @property
    def reads_feeds(self) -> bool:
        """Whether the load comes to reading feeds at all."""
        return self.status not in _READS_NOTHING

    @property
    def reads_on(self) -> bool:
        """Whether the load ends well, and with it every feed that is read."""
        return self.status in _READS_ON

    def feed_status(self, uri: str) -> str | None:
        """What a feed ends in without being read; None when it is read."""
        for name, status in self.failed_feeds.items():
            if _names(name, uri):
                return status
        if self.failed_feeds or self.status is None or self.status in _READS_ON:
            return None
        if self.status == statuses.CANCELLED_DUE_TO_ERRORS:
            return statuses.FAILED
        return self.status

    def blame(self, report: FeedReport, status: str | None) -> None:
        """Enter the counters and error logs into the report of the feed that has them."""
        for name, problem in _COUNTED.items():
            count = getattr(self, name)
            setattr(report, name, getattr(report, name) + count)
            report.total_records += count
            for number in range(1, min(count, MAX_ERRORS) + 1):
                at = number if problem.numbered else 0
                report.errors.append(ErrorLog(problem.code, self.message, at))
        report.total_duplicates += self.duplicates
        report.total_records += self.duplicates
        if self.records is not None:
            report.total_records = self.records
        if status is not None:
            self.log(report, status)

    def log(self, report: FeedReport, status: str) -> None:
        """Log why a feed was not read, if nothing else is logged."""
        if not report.errors and status not in _READS_ON:
            problem = _PROBLEMS.get(status, Problem.INTERNAL)
            report.errors.append(ErrorLog(problem.code, self.message, 0))


class LoadOutcomes:
    """The outcomes that wait for their loads, first come first."""

    def __init__(self) -> None:
        self._waiting: list[LoadOutcome] = []
        self._lock = RLock()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> Iterator[LoadOutcome]:
        return iter(list(self._waiting))

    def add(self, outcome: LoadOutcome) -> LoadOutcome:
        """Put an outcome behind those that wait."""
        with self._lock:
            self._waiting.append(outcome)
        return outcome

    def find(self, cluster: ClusterKey, source: str) -> LoadOutcome | None:
        """The outcome of the next load of a source; it still waits."""
        return next((each for each in self._waiting if each.is_for(cluster, source)), None)

    def use(self, outcome: LoadOutcome) -> None:
        """A load has it now."""
        with self._lock:
            outcome.hits += 1
            self._waiting = [each for each in self._waiting if each.is_unused]

    def clear(self, scope: ClusterKey | None = None) -> None:
        """Forget those of one cluster, or all."""
        with self._lock:
            self._waiting = [
                each for each in self._waiting if scope is not None and each.scope != scope
            ]


def as_failed_feeds(given: Mapping[str, str] | Iterable[str] | str) -> dict[str, str]:
    """Names of feeds and what they end in, out of what a tester writes."""
    if isinstance(given, str):
        given = [given]
    if isinstance(given, Mapping):
        return dict(given)
    return dict.fromkeys(given, statuses.FAILED)


def _names(name: str, uri: str) -> bool:
    """Whether a feed is meant by a name: its URI, the end of it, or a pattern with ``*``."""
    return uri == name or uri.endswith(f"/{name}") or fnmatchcase(uri, name)
