"""Which cluster something is meant for."""

from __future__ import annotations

from typing import NamedTuple


class ClusterKey(NamedTuple):
    """A cluster by what tells it from all others."""

    account_id: str
    region: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} in {self.region}"


def covers(scope: ClusterKey | None, cluster: ClusterKey) -> bool:
    """Whether what was set up for ``scope`` counts for a cluster; None is every cluster."""
    return scope is None or scope == cluster
