"""How requests reach this service in moto's server: by signature, host or path, or a WebSocket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.datastructures import EnvironHeaders

from .. import gremlin_server
from ..hosts import URL_BASES
from ..neptunedata.context import RequestContext
from ..neptunedata.routing import is_known_path


def hook() -> None:
    """Let moto's server send requests for Neptune's paths that are signed for nobody here instead
    of to S3, and those that are signed for Neptune whatever their region.
    """
    original = DomainDispatcherApplication.infer_service_region_host
    if getattr(original, "knows_neptunedata", False):
        return

    def infer_service_region_host(self: Any, environ: dict[str, Any], path: str) -> str | None:
        if _is_for_us(environ, path):
            return "neptune-db.us-east-1.amazonaws.com"  # only to find the application by
        return original(self, environ, path)

    infer_service_region_host.knows_neptunedata = True  # type: ignore[attr-defined]
    DomainDispatcherApplication.infer_service_region_host = (  # type: ignore[method-assign]
        infer_service_region_host
    )
    plain_call = DomainDispatcherApplication.__call__

    def __call__(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        if gremlin_server.is_upgrade(environ):
            _hook_server_stop()
            headers: Any = EnvironHeaders(environ)
            context = RequestContext.of(headers, str(environ.get("HTTP_HOST", "")))
            return gremlin_server.serve(environ, start_response, context)
        return plain_call(self, environ, start_response)

    DomainDispatcherApplication.__call__ = __call__  # type: ignore[method-assign]


@lru_cache(maxsize=1)
def _hook_server_stop() -> None:
    """Have a server in this process that stops end its WebSockets, in which it has no part."""
    from moto.moto_server.threaded_moto_server import (  # noqa: PLC0415 - moto may be importing it
        ThreadedMotoServer,
    )

    plain_stop = ThreadedMotoServer.stop

    def stop(self: ThreadedMotoServer) -> None:
        _, port = self.get_host_and_port()
        plain_stop(self)
        gremlin_server.close_all(port)

    ThreadedMotoServer.stop = stop  # type: ignore[method-assign]


def _is_for_us(environ: Mapping[str, Any], path: str) -> bool:
    """Whether a request of moto's server is Neptune's: as it is signed, else by host or path."""
    authorization = str(environ.get("HTTP_AUTHORIZATION", ""))
    signed = _SIGNED_FOR.search(authorization)
    if signed is not None:
        return signed["service"] == "neptune-db"
    # The old signature of S3 says nothing of a service; what else there may be does not count.
    return not authorization.startswith("AWS ") and _is_neptune_request(environ, path)


_SIGNED_FOR: Final = re.compile(r"Credential=[^/,\s]*/[^/,\s]+/[^/,\s]+/(?P<service>[^/,\s]+)/")


def _is_neptune_request(environ: Mapping[str, Any], path: str) -> bool:
    """Whether an unsigned request is Neptune's by its host, or by its path and no bucket's."""
    host = f"http://{environ.get('HTTP_HOST', '')}"
    if any(re.match(base, host) for base in URL_BASES):
        return True
    from moto.s3.models import s3_backends  # noqa: PLC0415 - brings moto's S3

    bucket = path.strip("/").partition("/")[0]
    return is_known_path(path) and bucket not in s3_backends.bucket_accounts
