"""A bulk-load job: what was asked, its feeds, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from . import statuses
from .feeds import MAX_ERRORS, ErrorLog, FeedReport, Problem
from .sources import SourceObject

#: The counters of a feed, which a load sums up, in the order in which they are shown.
_COUNTERS: Final = {
    "totalRecords": "total_records",
    "totalDuplicates": "total_duplicates",
    "parsingErrors": "parsing_errors",
    "datatypeMismatchErrors": "datatype_mismatch_errors",
    "insertErrors": "insert_errors",
}
_counts: Final = attrgetter(*_COUNTERS.values())
_NO_COUNTS: Final = (0,) * len(_COUNTERS)


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """The parameters of StartLoaderJob with their documented defaults."""

    source: str
    format: str
    region: str
    iam_role_arn: str
    mode: str = "AUTO"
    fail_on_error: bool = True
    parallelism: str = "HIGH"
    parser_configuration: dict[str, str] = field(default_factory=dict)
    update_single_cardinality_properties: bool = False
    queue_request: bool = False
    dependencies: tuple[str, ...] = ()
    user_provided_edge_ids: bool = True
    edge_only_load: bool = False


@dataclass(slots=True)
class Feed:
    """One object that a load reads."""

    source: SourceObject
    status: str = statuses.NOT_STARTED
    report: FeedReport = field(default_factory=FeedReport)
    start_time: int = 0
    total_time: int = 0

    def begin(self) -> None:
        """The feed is being read."""
        if self.status == statuses.NOT_STARTED:
            self.status = statuses.IN_PROGRESS
            self.start_time = int(time.time())

    def finish(self) -> None:
        """The feed is read: completed, or with errors failed."""
        self.total_time = int(time.time()) - self.start_time
        self.status = statuses.COMPLETED
        if self.report.errors:
            self.status = _FAULTS.get(self.report.errors[-1].error_code, statuses.FAILED)


#: The error codes that give a feed a status of their own.
_FAULTS: Final = {
    Problem.ACCESS_DENIED.code: statuses.S3_ACCESS_DENIED,
    Problem.MODIFIED.code: statuses.FEED_MODIFIED,
}


class LoadJob:
    """A load. ``run_number`` counts the runs of one source; only :class:`Loader` changes it."""

    def __init__(self, id: str, request: LoadRequest, status: str, run_number: int) -> None:
        self.id = id
        self.request = request
        self.status = status
        self.run_number = run_number
        self.feeds: list[Feed] = []
        self.start_time = 0
        self.total_time = 0

    def __repr__(self) -> str:
        return f"<LoadJob {self.id} {self.status} {self.request.source}>"

    @property
    def is_active(self) -> bool:
        """Whether the load waits or runs."""
        return self.status in statuses.ACTIVE

    @property
    def unfinished_feeds(self) -> list[Feed]:
        """The feeds that are still to be read, or being read."""
        return [feed for feed in self.feeds if feed.status in statuses.ACTIVE]

    @property
    def failed_feeds(self) -> list[Feed]:
        """The feeds that ended other than well."""
        good = statuses.ACTIVE | {statuses.COMPLETED, statuses.CANCELLED_BY_USER}
        return [feed for feed in self.feeds if feed.status not in good]

    @property
    def feed_counts(self) -> list[tuple[str, int]]:
        """How many feeds have each status, in the order of a load's life."""
        if not self.feeds:
            return [(self.status, 1)]
        found = [feed.status for feed in self.feeds]
        present = set(found)
        return [
            (status, found.count(status)) for status in statuses.LIFE_CYCLE if status in present
        ]

    @property
    def errors(self) -> list[tuple[str, ErrorLog]]:
        """The newest error details, each with the URI of its feed, oldest first."""
        pairs = chain.from_iterable(
            ((feed.source.uri, error) for error in feed.report.errors) for feed in self.feeds
        )
        return list(pairs)[-MAX_ERRORS:]

    def freeze(self) -> LoadJob:
        """A job that nobody will change: this one when it has ended, or else a copy."""
        if not self.is_active:
            return self
        frozen = copy(self)
        frozen.feeds = [
            replace(feed, report=replace(feed.report, errors=feed.report.errors.copy()))
            for feed in self.feeds
        ]
        return frozen

    # ------------------------------------------------------------------ as Neptune tells it

    def overall_status(self) -> dict[str, Any]:
        """``overallStatus`` of Get-Status; times in whole seconds, ``startTime`` since 1970."""
        reports = [_counts(feed.report) for feed in self.feeds]
        totals = map(sum, zip(*reports)) if reports else _NO_COUNTS
        return self._told(
            self.request.source, self.status, self.total_time, self.start_time, totals
        )

    def feed_status(self, feed: Feed) -> dict[str, Any]:
        """One entry of ``failedFeeds`` of Get-Status."""
        counts = _counts(feed.report)
        return self._told(feed.source.uri, feed.status, feed.total_time, feed.start_time, counts)

    def _told(
        self, uri: str, status: str, total_time: int, start_time: int, counts: Iterable[int]
    ) -> dict[str, Any]:
        return {
            "fullUri": uri,
            "runNumber": self.run_number,
            "retryNumber": 0,
            "status": status,
            "totalTimeSpent": total_time,
            "startTime": start_time,
            **dict(zip(_COUNTERS, counts)),
        }

    def error_page(self, page: int, per_page: int) -> dict[str, Any]:
        """``errors`` of Get-Status: a page of details, 1-based; 0 and 0 where it is empty."""
        errors = self.errors
        start = (page - 1) * per_page
        shown = errors[start : start + per_page]
        return {
            "startIndex": start + 1 if shown else 0,
            "endIndex": start + len(shown) if shown else 0,
            "loadId": self.id,
            "errorLogs": [error_to_dict(uri, error) for uri, error in shown],
        }

    # ------------------------------------------------------------------ moving

    def begin(self, feeds: list[Feed]) -> None:
        """The load runs, on these feeds in this order."""
        self.status = statuses.IN_PROGRESS
        self.start_time = int(time.time())
        self.feeds = feeds
        for feed in self.unfinished_feeds[:1]:
            feed.begin()

    def end(self, status: str) -> None:
        """The load is over with this status."""
        self.status = status
        if self.start_time:
            self.total_time = int(time.time()) - self.start_time

    def cancel_feeds(self) -> None:
        """What is loaded stays, what is not will not be."""
        for feed in self.unfinished_feeds:
            feed.status = statuses.CANCELLED_BY_USER


def error_to_dict(uri: str, error: ErrorLog) -> dict[str, Any]:
    """One entry of ``errorLogs`` of Get-Status, of the feed with this URI."""
    return {
        "errorCode": error.error_code,
        "errorMessage": error.error_message,
        "fileName": uri,
        "recordNum": error.record_num,
    }


def outcome(feeds: Sequence[Feed]) -> str:
    """The status of a load whose feeds have run, as far as failOnError let them."""
    bad = [feed for feed in feeds if feed.status not in statuses.ACTIVE | {statuses.COMPLETED}]
    if not bad:
        return statuses.COMPLETED
    if any(feed.status in statuses.S3_FAULTS for feed in bad):
        return statuses.FAILED
    untouched = any(feed.status == statuses.NOT_STARTED for feed in feeds)
    return statuses.CANCELLED_DUE_TO_ERRORS if untouched else statuses.FAILED
