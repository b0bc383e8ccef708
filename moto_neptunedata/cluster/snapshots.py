"""Snapshots of a cluster, and going back to one in time proportional to what has changed.

A snapshot copies no data: the change logs tell what has happened since, and that is undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..graph import Commit
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
    format_state: object = field(repr=False)
    loader: object = field(repr=False)
    settings: Mapping[str, object] = field(repr=False)
    management: State = field(repr=False)
    vertices: int = 0
    edges: int = 0
    quads: int = 0
    jobs: int = 0

    def __repr__(self) -> str:
        return (
            f"<Snapshot: {self.vertices} vertices, {self.edges} edges, {self.quads} quads, "
            f"{self.jobs} loader jobs>"
        )


def take(data: ClusterData, key: ClusterKey) -> Snapshot:
    """The snapshot of a cluster as it is."""
    with data.graph.lock, data.rdf.lock, data.loader.lock:
        return Snapshot(
            place=(key.account_id, key.region),
            data=data,
            graph_commits=data.graph.capture(),
            rdf_commits=data.rdf.capture(),
            format_state=data.format_state.capture(),
            loader=data.loader.capture(),
            settings=data.settings.capture(),
            management=data.management.capture(),
            vertices=data.graph.vertex_count,
            edges=data.graph.edge_count,
            quads=len(data.rdf),
            jobs=len(data.loader.jobs),
        )


def restore(data: ClusterData, snapshot: Snapshot) -> None:
    """Make the data that a snapshot is of what they were then."""
    with data.graph.lock, data.rdf.lock, data.loader.lock:
        copy_into(data, snapshot)
        data.management.restore(snapshot.management)


def copy_into(data: ClusterData, snapshot: Snapshot) -> None:
    """Make other data what a snapshot holds, but for what :class:`Management` remembers."""
    with data.graph.lock, data.rdf.lock, data.loader.lock:
        only_undone = data.graph.restore(snapshot.graph_commits)
        data.rdf.restore(snapshot.rdf_commits)
        data.format_state.restore(snapshot.format_state, only_undone)
        data.loader.restore(snapshot.loader)
        data.settings.restore(snapshot.settings)
