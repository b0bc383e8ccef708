"""Ways to the clusters of this process for those who bring no request: the handle, the control API.

Light to import: moto is imported by the first call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..testing.control_state import CONTROL_STATE, ControlState
from .endpoint import parse_host

if TYPE_CHECKING:
    from ..cluster import Cluster
    from .models import NeptuneDataBackend

#: The account and the region of those who name none.
DEFAULT_ACCOUNT: Final = "123456789012"
DEFAULT_REGION: Final = "us-east-1"


def control_state() -> ControlState:
    """What testers have set up for all clusters; moto's next reset forgets it.

    Raises RuntimeError where the clusters are in another process.
    """
    check_own_process()
    from .models import neptunedata_backends  # noqa: PLC0415 - brings moto

    neptunedata_backends[DEFAULT_ACCOUNT]  # moto resets what has been used
    return CONTROL_STATE


def active_backends() -> Iterator[NeptuneDataBackend]:
    """The backends of every account and region that have been used since the last reset."""
    from .models import neptunedata_backends  # noqa: PLC0415 - brings moto

    for account in list(neptunedata_backends.values()):
        yield from list(account.values())


def find_cluster(
    host: str, region: str | None = None, account: str | None = None, default_region: str = ""
) -> Cluster:
    """The cluster behind a host, made when it is first named; an empty host is the default one.

    A region in the host counts where ``region`` is None, then ``default_region``. Raises
    RuntimeError where the clusters are in another process.
    """
    check_own_process()
    from .models import neptunedata_backends  # noqa: PLC0415 - brings moto

    endpoint = parse_host(host)
    region = region or endpoint.region or default_region or DEFAULT_REGION
    backend: NeptuneDataBackend = neptunedata_backends[account or DEFAULT_ACCOUNT][region]
    return backend.cluster_at(endpoint)


def check_own_process() -> None:
    """Raises RuntimeError where the clusters are in moto's server or proxy."""
    from moto import settings  # noqa: PLC0415 - brings moto

    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        raise RuntimeError(
            "The mocked clusters are in moto's server or proxy, a process of its own: "
            "look at them over HTTP, for example with boto3."
        )
