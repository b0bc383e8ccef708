"""Which cluster, region and instance role an endpoint stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Role = Literal["writer", "reader"]

#: The name of the cluster of an endpoint that names none.
DEFAULT_CLUSTER: Final = "default"

# NAME.cluster-ID.REGION.…, NAME.cluster-ro-ID.REGION.… and the instance endpoint NAME.ID.REGION.…
_CLUSTER: Final = re.compile(
    r"(?P<name>[^.]+)\.(?P<kind>cluster-ro-|cluster-custom-|cluster-)?(?P<id>[^.]+)\."
    r"(?:(?P<region>[^.]+)\.(?:neptune|rds)|(?:neptune|rds)\.(?P<region_cn>[^.]+))"
    r"\.amazonaws\.com(?:\.cn)?"
)
_SERVICE: Final = re.compile(
    r"neptune-db(?:-fips)?\.(?P<region>[^.]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)"
)
_NAMELESS: Final = re.compile(r"localhost|[^.]+\.localhost|\d+\.\d+\.\d+\.\d+|\[.*\]|")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a host tells: the cluster, its region if the host has one, and the role.

    ``instance`` tells that the name is that of an instance, whose cluster only the ``neptune``
    service knows.
    """

    cluster: str
    region: str | None
    role: Role
    instance: bool = False


@lru_cache(maxsize=1024)
def parse_host(host: str) -> Endpoint:
    """Read a host, with or without a port.

    Cluster, reader and instance endpoints give the cluster's or instance's name; the service's own
    host, localhost and addresses the default cluster; any other host is a cluster of that name.
    """
    host = host.lower()
    name = re.sub(r":\d*$", "", host)
    service = _SERVICE.fullmatch(name)
    if service is not None:
        return Endpoint(DEFAULT_CLUSTER, service["region"], "writer")
    cluster = _CLUSTER.fullmatch(name)
    if cluster is not None:
        return Endpoint(
            cluster=cluster["name"],
            region=cluster["region"] or cluster["region_cn"],
            role="reader" if cluster["kind"] == "cluster-ro-" else "writer",
            instance=cluster["kind"] is None,
        )
    if _NAMELESS.fullmatch(name):
        return Endpoint(DEFAULT_CLUSTER, None, "writer")
    return Endpoint(name, None, "writer")
