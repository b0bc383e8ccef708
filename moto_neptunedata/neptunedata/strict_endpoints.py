"""Endpoints that lead nowhere, where only existing clusters may be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import EndpointConnectionError

from ..hosts import HOST_HEADER


class UnknownEndpoint(LookupError):
    """An endpoint belongs to no cluster of moto's ``neptune`` service, and settings are strict."""

    def __init__(self, name: str, region: str, account_id: str, names: Collection[str]) -> None:
        known = ", ".join(sorted(names)) or "none"
        super().__init__(
            f"strict: there is no Neptune cluster {name!r} in {region} of account {account_id} "
            f"(there: {known}). Create it with "
            f"boto3.client('neptune').create_db_cluster(DBClusterIdentifier={name!r}, "
            "Engine='neptune') and use its Endpoint, or leave the setting strict off."
        )


def unreachable(url: str, error: UnknownEndpoint) -> Exception:
    """botocore's EndpointConnectionError, which it retries, with a text that says what to do."""

    class UnknownEndpointConnectionError(EndpointConnectionError):
        fmt = 'Could not connect to the endpoint URL: "{endpoint_url}". {error}'

    return UnknownEndpointConnectionError(endpoint_url=url, error=error)


def fail_to_connect(error: UnknownEndpoint, request: Any, headers: Mapping[str, str]) -> None:
    """Fail a request in this process as one to a host that does not resolve: botocore's by this
    ``error``, which becomes its EndpointConnectionError, one of ``requests`` by ConnectionError.

    Returns for a request that came to a server, which can only answer it.
    """
    if "REMOTE_ADDR" in getattr(request, "environ", ()):
        return
    if headers.get(HOST_HEADER):
        raise error
    from requests.exceptions import ConnectionError  # noqa: PLC0415 - heavy

    raise ConnectionError(str(error))
