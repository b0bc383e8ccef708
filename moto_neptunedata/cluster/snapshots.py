"""Snapshots of a cluster, and going back to one in time proportional to what has changed.

A snapshot copies no data: the change logs tell what has happened since, and that is undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from ..graph.batches import EdgeBatch, VertexBatch
from ..graph.rdf_dataset import QuadBatch
from ..loader.jobs import LoadJob

if TYPE_CHECKING:
    from ..graph import Commit, PropertyGraph
    from ..graph.rdf_dataset import RdfDataset
    from ..loader import Loader
    from ..management.stateful import State
    from ..testing.scope import ClusterKey
    from .data import ClusterData


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A cluster as it was; give it to ``restore``, of the same cluster or of another.

    It holds the data, the loader's jobs, the settings and what statistics, Neptune ML, index
    rebuilds and fast resets remember; not what is provoked, nor the calls.
    """

    place: tuple[str, str] = field(repr=False)
    data: ClusterData = field(repr=False)
    graph_commits: Sequence[Commit[Any]] = field(repr=False)
    rdf_commits: Sequence[Commit[Any]] = field(repr=False)
    ids: Any = field(repr=False)
    jobs: Sequence[LoadJob] = field(repr=False)
    outcomes: dict[str, Any] = field(repr=False)
    settings: Mapping[str, object] = field(repr=False)
    management: State = field(repr=False)
    vertices: int = 0
    edges: int = 0
    quads: int = 0

    def __repr__(self) -> str:
        return (
            f"<Snapshot: {self.vertices} vertices, {self.edges} edges, {self.quads} quads, "
            f"{len(self.jobs)} loader jobs>"
        )


def take(data: ClusterData, key: ClusterKey) -> Snapshot:
    """The snapshot of a cluster as it is."""
    with data.graph.lock, data.rdf.lock, data.loader.lock:
        return Snapshot(
            place=(key.account_id, key.region),
            data=data,
            graph_commits=tuple(data.graph.log.commits),
            rdf_commits=tuple(data.rdf.log.commits),
            ids=_copy_ids(data.format_state.id_spaces),
            jobs=[_copy_job(job) for job in data.loader.jobs.values()],
            outcomes=dict(data.loader.outcomes),
            settings=data.settings.capture(),
            management=data.management.capture(),
            vertices=data.graph.vertex_count,
            edges=data.graph.edge_count,
            quads=len(data.rdf),
        )


def restore(data: ClusterData, snapshot: Snapshot) -> None:
    """Make the data that a snapshot is of what they were then."""
    with data.graph.lock, data.rdf.lock, data.loader.lock:
        copy_into(data, snapshot)
        data.management.restore(snapshot.management)


def copy_into(data: ClusterData, snapshot: Snapshot) -> None:
    """Make other data what a snapshot holds, but for what :class:`Management` remembers."""
    with data.graph.lock, data.rdf.lock, data.loader.lock:
        only_undone = _return_to(data.graph, snapshot.graph_commits)
        _return_to(data.rdf, snapshot.rdf_commits)
        _return_ids(data.format_state.id_spaces, snapshot.ids, only_undone)
        _return_jobs(data.loader, snapshot)
        data.settings.restore(snapshot.settings)


# ---------------------------------------------------------------------------- data


def _return_to(store: Any, commits: Sequence[Commit[Any]]) -> bool:
    """Undo what is not in ``commits`` and do again what is missing; whether nothing was."""
    now = store.log.commits
    shared = _count_shared(now, commits)
    store.rewind(shared)
    _redo(store, commits[shared:])
    return shared == len(commits)


def _count_shared(left: Sequence[Any], right: Sequence[Any]) -> int:
    """How many commits two histories have in common: from some point on, none."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[middle - 1] is right[middle - 1]:
            low = middle
        else:
            high = middle - 1
    return low


def _redo(store: Any, commits: Iterable[Commit[Any]]) -> None:
    for commit in commits:
        for part in commit.parts:
            batch = _BATCHES.get(type(part))
            if batch is None or not batch(store, part):
                with store.transaction() as tx:
                    for change in part:
                        tx.apply(change)
                    tx.changes.clear()  # the commit itself is entered below
            else:
                store.log.commits.pop()
        store.log.commits.append(commit)


def _redo_vertices(graph: PropertyGraph, batch: VertexBatch) -> bool:
    graph.add_vertices(batch.ids, batch.labels, batch.keys, batch.columns)
    return True


def _redo_edges(graph: PropertyGraph, batch: EdgeBatch) -> bool:
    ends = batch.from_ids, batch.to_ids
    graph.add_edges(batch.ids, batch.labels, *ends, batch.keys, batch.columns)
    return True


def _redo_quads(rdf: RdfDataset, batch: QuadBatch) -> bool:
    if batch.graph is None:
        return False
    rdf.add_triples(batch.quads, batch.graph)
    return True


_BATCHES: Final[dict[type, Any]] = {
    VertexBatch: _redo_vertices,
    EdgeBatch: _redo_edges,
    QuadBatch: _redo_quads,
}


def _copy_ids(ids: Any) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    return {space: dict(known) for space, known in ids._spaces.items()}, dict(ids._owners)


def _return_ids(ids: Any, saved: Any, only_undone: bool) -> None:
    """Ids are only ever added, so what came since stands at the end."""
    spaces, owners = saved
    if not only_undone:
        ids._spaces, ids._owners = deepcopy(spaces), dict(owners)
        return
    for space, known in list(ids._spaces.items()):
        _cut(known, len(spaces.get(space, ())))
        if not known:
            del ids._spaces[space]
    _cut(ids._owners, len(owners))


def _cut(known: dict[str, str], size: int) -> None:
    while len(known) > size:
        known.popitem()


# ---------------------------------------------------------------------------- loads


def _copy_job(job: LoadJob) -> LoadJob:
    """A job that nobody will change: one that has ended, or else a copy."""
    if not job.is_active:
        return job
    copied = copy(job)
    copied.feeds = [replace(feed, report=_copy_report(feed.report)) for feed in job.feeds]
    return copied


def _copy_report(report: Any) -> Any:
    return replace(report, errors=report.errors.copy())


def _return_jobs(loader: Loader, snapshot: Snapshot) -> None:
    jobs = [_copy_job(job) for job in snapshot.jobs]
    loader.jobs = {job.id: job for job in jobs}
    loader._active = [job for job in jobs if job.is_active]
    loader.outcomes = dict(snapshot.outcomes)
