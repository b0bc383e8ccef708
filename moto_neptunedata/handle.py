"""The handle that ``with mock_neptunedata() as neptune`` gives: look at the data, prepare it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from .neptunedata import access
from .settings.cluster_settings import check
from .testing.fault_injection import FaultInjection

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from .cluster import Cluster, Source
    from .cluster.snapshots import Snapshot
    from .graph import PropertyGraph
    from .loader import LoadJob
    from .queries import HeldQueries
    from .testing.control_state import ControlState


class Client(Protocol):
    """A boto3 client, of which its endpoint and region are read."""

    @property
    def meta(self) -> Any: ...


class Neptune(FaultInjection):
    """The mocked clusters of all accounts and regions.

    Every attribute that names no cluster means :meth:`cluster` without arguments: the only cluster
    that is in use, or the default one. What is provoked here counts for all clusters.
    """

    @property
    def control_state(self) -> ControlState:
        """What testers have set up for all clusters, and the calls that came."""
        return access.control_state()

    @property
    def scope(self) -> None:
        """All clusters."""
        return None

    def clusters(self) -> list[Cluster]:
        """The clusters that have been used since the mock was started or reset."""
        return [
            cluster for backend in access.active_backends() for cluster in backend.clusters.values()
        ]

    def cluster(
        self,
        which: str | Client | None = None,
        *,
        region: str | None = None,
        account: str | None = None,
    ) -> Cluster:
        """The cluster behind an endpoint, made when it is first named.

        ``which`` is a boto3 client, an endpoint URL or host, or a cluster's name; without any, the
        one cluster in use, or the default cluster when none or several are. Region and account are
        those of the client or endpoint, else of ``AWS_DEFAULT_REGION`` and moto's default account.
        """
        if which is None and region is None and account is None:
            used = self.clusters()
            if len(used) == 1:
                return used[0]
        if which is not None and not isinstance(which, str):
            default_region = str(which.meta.region_name)
        else:
            default_region = os.environ.get("AWS_DEFAULT_REGION", "")
        return access.find_cluster(_host(which), region, account, default_region)

    @property
    def graph(self) -> PropertyGraph:
        """The property graph of :meth:`cluster`."""
        return self.cluster().graph

    @property
    def jobs(self) -> list[LoadJob]:
        """The loader jobs of :meth:`cluster`, oldest first."""
        return self.cluster().jobs

    def load(self, *sources: Source, format: str = "csv", **options: Any) -> None:
        """Load files or texts into :meth:`cluster`; see :meth:`Cluster.load`."""
        self.cluster().load(*sources, format=format, **options)

    def load_networkx(self, graph: Any, *, labels: str = "labels", label: str = "label") -> None:
        """Add a networkx graph to :meth:`cluster`; see :meth:`Cluster.load_networkx`."""
        self.cluster().load_networkx(graph, labels=labels, label=label)

    def to_networkx(self, *, labels: str = "labels", label: str = "label") -> Any:
        """The property graph of :meth:`cluster`; see :meth:`Cluster.to_networkx`."""
        return self.cluster().to_networkx(labels=labels, label=label)

    def export_csv(self, directory: str | os.PathLike[str]) -> list[Path]:
        """Write the property graph of :meth:`cluster`; see :meth:`Cluster.export_csv`."""
        return self.cluster().export_csv(directory)

    def snapshot(self) -> Snapshot:
        """:meth:`cluster` as it is now; see :meth:`Cluster.snapshot`."""
        return self.cluster().snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Make :meth:`cluster` what it was; see :meth:`Cluster.restore`."""
        self.cluster().restore(snapshot)

    def hold_queries(self, language: str) -> AbstractContextManager[HeldQueries]:
        """Let queries on :meth:`cluster` run without end; see :meth:`Cluster.hold_queries`."""
        return self.cluster().hold_queries(language)

    def configure(self, **settings: Any) -> None:
        """Change settings of all clusters, those that are there and those that will be.

        The names are those of :class:`~moto_neptunedata.settings.ClusterSettings`. Raises
        ValueError, and changes nothing, for one that does not exist or may not have its value.
        """
        for name, value in settings.items():
            check(name, value)
        self.control_state.settings.update(settings)
        for cluster in self.clusters():
            cluster.configure(**settings)

    def reset(self) -> None:
        """Forget the data and the jobs of every cluster, what is provoked, and the calls."""
        for cluster in self.clusters():
            cluster.reset()
        self.clear_provoked()
        self.control_state.log.clear()

    def __repr__(self) -> str:
        clusters = [f"\n  {cluster!r}" for cluster in self.clusters()]
        waiting = [f"\n  {line}" for line in access.control_state().lines()]
        return f"<Neptune:{''.join(clusters) or ' no cluster in use'}{''.join(waiting)}>"

    def _repr_html_(self) -> str:
        """The clusters and what is provoked, in a notebook."""
        from .cluster import notebook  # noqa: PLC0415 - only in notebooks

        return notebook.clusters_table(self.clusters(), access.control_state().lines())


def _host(which: str | Client | None) -> str:
    """The host that ``which`` names, empty for the default cluster."""
    if which is None:
        return ""
    url = which if isinstance(which, str) else str(which.meta.endpoint_url)
    return urlsplit(url).netloc if "://" in url else url
