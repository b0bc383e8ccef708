"""The handle that ``with mock_neptunedata() as neptune`` gives: look at the data, prepare it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from . import registration

if TYPE_CHECKING:
    from .cluster import Cluster, Source
    from .graph import PropertyGraph
    from .loader import LoadJob

DEFAULT_ACCOUNT: Final = "123456789012"
DEFAULT_REGION: Final = "us-east-1"


class Neptune:
    """The mocked clusters of all accounts and regions.

    Every attribute that names no cluster means :meth:`cluster` without arguments: the only cluster
    that is in use, or the default one.
    """

    def clusters(self) -> list[Cluster]:
        """The clusters that have been used since the mock was started or reset."""
        return [
            cluster
            for backend in registration.active_backends()
            for cluster in backend.clusters.values()
        ]

    def cluster(
        self, which: Any = None, *, region: str | None = None, account: str | None = None
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
        backends, endpoint, own_region = registration.locate(_host(which))
        if hasattr(which, "meta"):
            own_region = own_region or which.meta.region_name
        region = region or own_region or os.environ.get("AWS_DEFAULT_REGION", DEFAULT_REGION)
        found: Cluster = backends[account or DEFAULT_ACCOUNT][region].cluster_at(endpoint)
        return found

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

    def reset(self) -> None:
        """Forget the data and the jobs of every cluster."""
        for cluster in self.clusters():
            cluster.reset()

    def __repr__(self) -> str:
        clusters = [f"\n  {cluster!r}" for cluster in self.clusters()]
        return f"<Neptune:{''.join(clusters) or ' no cluster in use'}>"


def _host(which: Any) -> str:
    """The host that ``which`` names, empty for the default cluster."""
    if which is None:
        return ""
    url = str(getattr(getattr(which, "meta", None), "endpoint_url", which))
    return urlsplit(url).netloc if "://" in url else url
