"""The clusters that moto's own ``neptune`` service knows, of one account and region."""

from __future__ import annotations

import sys
from typing import Any, Final

from moto.backends import get_backend

from .strict_endpoints import UnknownEndpoint

# What moto calls the resource id of a cluster, newer and older.
_RESOURCE_ID: Final = ("db_cluster_resource_id", "resource_id")


class ManagedClusters:
    """What the ``neptune`` service says of clusters and instances; looking makes none."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    def attribute(self, name: str, attribute: str) -> Any:
        """An attribute of the cluster of this name, None without one."""
        for found, managed in self._clusters().items():
            if found.lower() == name:
                return getattr(managed, attribute, None)
        return None

    def resource_id(self, name: str) -> str:
        """The ``DbClusterResourceId`` of a cluster, else its name."""
        ids = (self.attribute(name, attribute) for attribute in _RESOURCE_ID)
        return next((str(id) for id in ids if id), name)

    def cluster_of_instance(self, name: str) -> str:
        """The cluster of an instance, else the instance's own name."""
        instance = getattr(self._backend(), "databases", {}).get(name)
        return str(getattr(instance, "db_cluster_identifier", None) or name)

    def check_exists(self, name: str) -> None:
        """Raises UnknownEndpoint where there is no cluster of this name."""
        names = [found.lower() for found in self._clusters()]
        if name not in names:
            raise UnknownEndpoint(name, self._region, self._account_id, names)

    def has_iam_auth(self, name: str) -> bool:
        """Whether a cluster was made with IAM database authentication."""
        # Looked at without making the backend, because this is asked for each request.
        rds = sys.modules.get("moto.rds.models")
        regions = rds.rds_backends.get(self._account_id) if rds else None
        neptune = regions.get(self._region) if regions else None
        return bool(neptune and neptune.clusters and self.attribute(name, "iam_auth"))

    def _clusters(self) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self._backend(), "clusters", {})
        return found

    def _backend(self) -> Any:
        return get_backend("neptune")[self._account_id][self._region]
