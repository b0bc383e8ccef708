"""The bulk loader of one cluster: one load at a time, a queue behind it, a history after it.

Nothing here knows a clock: whoever owns a loader moves its running job with :meth:`Loader.begin`
and :meth:`Loader.finish`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import BinaryIO, Final, NamedTuple

from ..errors import NeptuneError
from ..graph import PropertyGraph
from ..graph.rdf_dataset import RdfDataset
from . import statuses
from .compression import decompress
from .feeds import FeedError, FeedOptions
from .formats import FormatState, is_edge_file, load_feed
from .jobs import Feed, LoadJob, LoadRequest, outcome
from .outcomes import LoadOutcome, LoadScript
from .sources import S3Location, SourceObject, SourceReaders

#: How many loads may wait (user guide, StartLoaderJob, queueRequest).
MAX_QUEUE: Final = 64
#: How many loads are remembered, the newest (user guide, Get-Status API).
MAX_JOBS: Final = 1_024

#: What StartLoaderJob and CancelLoaderJob refuse with; sources in docs/fidelity.md.
TEXTS: Final = {
    "busy": (
        "Failed to start new load for the source {source}. "
        "Max concurrent load limit breached. Limit is 1"
    ),
    "queue": (
        "Failed to start new load for the source {source}. "
        f"Max load task queue size limit breached. Limit is {MAX_QUEUE}"
    ),
    "resume": "There is no earlier load of the source {source} to resume",
    "unknown": "The load with id = {id} does not exist",
    "inactive": "The load with id = {id} does not exist or not active",
}


class SavedLoads(NamedTuple):
    """What :meth:`Loader.capture` keeps; nobody changes its jobs."""

    jobs: Sequence[LoadJob]
    outcomes: Mapping[str, LoadOutcome]


class Loader:
    """The loads of one cluster, newest last; ``jobs`` maps a load id to its job."""

    def __init__(
        self,
        graph: PropertyGraph,
        rdf: RdfDataset,
        readers: SourceReaders,
        new_id: Callable[[], str],
        format_state: FormatState,
        script: LoadScript | None = None,
    ) -> None:
        self.jobs: dict[str, LoadJob] = {}
        self.script = script
        self.readers = readers
        # How loads that have not ended are told to end.
        self.outcomes: dict[str, LoadOutcome] = {}
        self.lock = RLock()
        self._graph = graph
        self._rdf = rdf
        self._new_id = new_id
        self._format_state = format_state
        # The load that runs, then those that wait, first come first.
        self._active: list[LoadJob] = []

    def __repr__(self) -> str:
        return f"<Loader: {len(self.jobs)} jobs, {len(self._active)} active>"

    @property
    def running(self) -> LoadJob | None:
        """The load that runs or is about to."""
        return self._active[0] if self._active else None

    @property
    def queue(self) -> list[LoadJob]:
        """The loads that wait, the next one first."""
        return self._active[1:]

    # ------------------------------------------------------------------ the operations

    def start(self, request: LoadRequest) -> LoadJob:
        """Start a load, or queue it behind those that are active.

        Raises NeptuneError: BadRequestException when another load is active and ``queueRequest`` is
        false, when the queue is full, when the source cannot be reached and when there is nothing
        to resume; InvalidParameterException for a source that is no S3 URI; S3Exception when the
        source may not be listed.
        """
        S3Location.parse(request.source)
        with self.lock:
            if self._active and not request.queue_request:
                raise _refusal("busy", source=request.source)
            if len(self.queue) >= MAX_QUEUE:
                raise _refusal("queue", source=request.source)
            earlier = self._loads_of(request.source)
            if request.mode == "RESUME" and not earlier:
                raise _refusal("resume", source=request.source)
            run_number = max((job.run_number for job in earlier), default=0) + 1
            status = statuses.IN_QUEUE if self._active else statuses.NOT_STARTED
            feeds = [] if self._active else self._list_feeds(request)
            planned = self.script.find(request.source) if self.script is not None else None
            if planned is not None and feeds:
                planned.check(feed.source.uri for feed in feeds)
                status = planned.limit(status)
            job = LoadJob(self._new_id(), request, status, run_number)
            job.feeds = feeds
            self._enter(job)
            if planned is not None and self.script is not None:
                self.outcomes[job.id] = planned
                self.script.use(planned)
            if status == statuses.NOT_STARTED and not self._dependencies_met(job):
                self._end(job, statuses.DEPENDENCY_NOT_SATISFIED)
            return job

    def job(self, id: str) -> LoadJob:
        """The load with this id. Raises BulkLoadIdNotFoundException."""
        try:
            return self.jobs[id]
        except KeyError:
            raise _not_found("unknown", id) from None

    def load_ids(self, limit: int = 100, include_queued: bool = True) -> list[str]:
        """Load ids: those that wait, the newest first, then all others, the newest first."""
        with self.lock:
            waiting = [job.id for job in reversed(self.queue)]
            others = [id for id in reversed(self.jobs) if id not in set(waiting)]
            return ((waiting if include_queued else []) + others)[:limit]

    def cancel(self, id: str) -> LoadJob:
        """Cancel a load that runs or waits; what it has loaded stays, the next one starts.

        Raises BulkLoadIdNotFoundException when there is no such load or it has ended.
        """
        with self.lock:
            job = self.jobs.get(id)
            if job is None or not job.is_active:
                raise _not_found("inactive", id)
            job.cancel_feeds()
            self._end(job, statuses.CANCELLED_BY_USER)
            return job

    # ------------------------------------------------------------------ snapshots

    def capture(self) -> object:
        """What :meth:`restore` takes; jobs that have ended are not copied."""
        with self.lock:
            return SavedLoads([job.freeze() for job in self.jobs.values()], dict(self.outcomes))

    def restore(self, saved: object) -> None:
        """Return to the jobs that were captured, here or from another loader."""
        assert isinstance(saved, SavedLoads)
        with self.lock:
            jobs = [job.freeze() for job in saved.jobs]
            self.jobs = {job.id: job for job in jobs}
            self._active = [job for job in jobs if job.is_active]
            self.outcomes = dict(saved.outcomes)

    # ------------------------------------------------------------------ moving the running load

    def limit_status(self, job: LoadJob, status: str) -> str:
        """The status that a job may have when it is time for ``status``."""
        planned = self.outcomes.get(job.id)
        return status if planned is None else planned.limit(status)

    def begin(self) -> None:
        """The load that was about to run runs: its feeds are put in order and the first begun."""
        with self.lock:
            job = self.running
            assert job is not None
            job.begin(self._in_load_order(job))

    def finish(self) -> None:
        """The running load reads its feeds to their end, and the next one is about to run."""
        with self.lock:
            job = self.running
            assert job is not None
            planned = self.outcomes.get(job.id)
            if planned is not None:
                self._finish_as_planned(job, planned)
                return
            options = self._options(job.request)
            for feed in job.unfinished_feeds:
                feed.begin()
                self._load(feed, job.request, options)
                feed.finish()
                if feed.status != statuses.COMPLETED and job.request.fail_on_error:
                    break
            self._end(job, outcome(job.feeds))

    def _finish_as_planned(self, job: LoadJob, planned: LoadOutcome) -> None:
        """As :meth:`finish`, but for the feeds and the end that are written beforehand."""
        feeds = job.unfinished_feeds
        if planned.status == statuses.CANCELLED_BY_USER:
            job.cancel_feeds()
        elif not planned.reads_feeds:
            for feed in feeds:
                feed.status = statuses.NOT_STARTED
        else:
            named = [feed for feed in feeds if planned.feed_status(feed.source.uri)]
            blamed = next(iter(named or feeds), None)
            options = self._options(job.request)
            for feed in feeds:
                status = planned.feed_status(feed.source.uri)
                feed.begin()
                if status is None:
                    self._load(feed, job.request, options)
                if feed is blamed:
                    planned.blame(feed.report, status)
                feed.finish()
                if status is not None:
                    planned.log(feed.report, status)
                    feed.status = status
                elif planned.status is not None and planned.reads_on:
                    feed.status = planned.status
                failed = feed.status not in (statuses.COMPLETED, planned.status)
                if failed and job.request.fail_on_error:
                    break
        self._end(job, planned.status or outcome(job.feeds))

    # ------------------------------------------------------------------ inside

    def _enter(self, job: LoadJob) -> None:
        self.jobs[job.id] = job
        self._active.append(job)
        if len(self.jobs) > MAX_JOBS:
            oldest = next(id for id, old in self.jobs.items() if not old.is_active)
            del self.jobs[oldest]

    def _end(self, job: LoadJob, status: str) -> None:
        """Take an active load out, fail what depends on it, and let the next one start."""
        job.end(status)
        self.outcomes.pop(job.id, None)
        self._active.remove(job)
        if status != statuses.COMPLETED:
            for waiting in tuple(self._active):
                if job.id in waiting.request.dependencies and waiting.is_active:
                    self._end(waiting, statuses.DEPENDENCY_NOT_SATISFIED)
        self._start_next()

    def _start_next(self) -> None:
        while self._active and self._active[0].status == statuses.IN_QUEUE:
            job = self._active[0]
            if not self._dependencies_met(job):
                self._end(job, statuses.DEPENDENCY_NOT_SATISFIED)
                continue
            try:
                job.feeds = self._list_feeds(job.request)
            except NeptuneError:
                self._end(job, statuses.INVALID_REQUEST)
            else:
                job.status = self.limit_status(job, statuses.NOT_STARTED)
                if job.status == statuses.IN_QUEUE:
                    return  # it is told to wait for good

    def _dependencies_met(self, job: LoadJob) -> bool:
        return all(
            id in self.jobs and self.jobs[id].status == statuses.COMPLETED
            for id in job.request.dependencies
        )

    def _loads_of(self, source: str) -> list[LoadJob]:
        return [job for job in self.jobs.values() if job.request.source == source]

    def _list_feeds(self, request: LoadRequest) -> list[Feed]:
        """The feeds of a load; those that an earlier load of the source completed are done."""
        location = S3Location.parse(request.source)
        reader = self.readers(request.iam_role_arn)
        objects = reader.list_objects(location, request.region, request.source)
        done: set[str] = set()
        if request.mode != "NEW":
            for job in self._loads_of(request.source):
                done.update(f.source.uri for f in job.feeds if f.status == statuses.COMPLETED)
        return [
            Feed(source, statuses.COMPLETED if source.uri in done else statuses.NOT_STARTED)
            for source in objects
        ]

    def _options(self, request: LoadRequest) -> FeedOptions:
        parser = request.parser_configuration
        named = {
            "base_uri": parser.get("baseUri"),
            "named_graph_uri": parser.get("namedGraphUri"),
        }
        return FeedOptions(
            fail_on_error=request.fail_on_error,
            update_single_cardinality_properties=request.update_single_cardinality_properties,
            user_provided_edge_ids=request.user_provided_edge_ids,
            allow_empty_strings=parser.get("allowEmptyStrings", "false").lower() == "true",
            new_id=self._new_id,
            **{name: uri for name, uri in named.items() if uri is not None},
        )

    def _in_load_order(self, job: LoadJob) -> list[Feed]:
        """Vertex files, then edge files; with edgeOnlyLoad as they were listed."""
        if job.request.edge_only_load:
            return job.feeds
        return sorted(job.feeds, key=lambda feed: self._has_edges(feed.source, job.request))

    def _has_edges(self, source: SourceObject, request: LoadRequest) -> bool:
        try:
            with self._open_feed(source, request) as stream:
                return is_edge_file(request.format, stream)
        except FeedError:
            return False  # told when the feed is loaded

    def _open_feed(self, source: SourceObject, request: LoadRequest) -> BinaryIO:
        stream = self.readers(request.iam_role_arn).open(source)
        return decompress(source.key, stream)

    def _load(self, feed: Feed, request: LoadRequest, options: FeedOptions) -> None:
        try:
            with self._open_feed(feed.source, request) as stream:
                load_feed(
                    request.format,
                    stream,
                    self._graph,
                    self._rdf,
                    options,
                    feed.report,
                    self._format_state,
                )
        except FeedError as error:
            feed.report.fail(error.problem, error.message)


def _refusal(text: str, **names: str) -> NeptuneError:
    return NeptuneError("BadRequestException", TEXTS[text].format(**names))


def _not_found(text: str, id: str) -> NeptuneError:
    return NeptuneError("BulkLoadIdNotFoundException", TEXTS[text].format(id=id))
