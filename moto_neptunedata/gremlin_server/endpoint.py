"""A request for a WebSocket to a connection, and what ends connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from ..errors import NeptuneError
from ..neptunedata.context import RequestContext
from ..neptunedata.http import MAX_REQUEST_BYTES
from ..neptunedata.ids import new_id
from ..neptunedata.serialization import serialize_error

if TYPE_CHECKING:
    from .websocket import WebSocket

PATH: Final = "/gremlin"

_NEEDS_WSPROTO: Final = (
    'The WebSocket endpoint of Gremlin needs wsproto: pip install "moto-neptunedata[server]"'
)

# The connections of all servers in this process.
_open: set[WebSocket] = set()
_lock: Final = Lock()


def is_upgrade(environ: Mapping[str, Any]) -> bool:
    """Whether a WSGI request asks for the WebSocket of Gremlin."""
    return (
        str(environ.get("HTTP_UPGRADE", "")).lower() == "websocket"
        and str(environ.get("PATH_INFO", "")).rstrip("/") == PATH
        and "werkzeug.socket" in environ
    )


def serve(
    environ: Mapping[str, Any], start_response: Callable[..., Any], context: RequestContext
) -> Iterable[bytes]:
    """Speak with a client until either side ends it.

    A request that cannot become a WebSocket is answered with an error. Otherwise raises
    ConnectionAbortedError at the end, which is how werkzeug is told to send nothing more.
    """
    try:
        from .websocket import NotAHandshake, WebSocket  # noqa: PLC0415 - wsproto is optional
    except ImportError:
        return _refuse(start_response, "UnsupportedOperationException", _NEEDS_WSPROTO)
    from .connection import converse, refusal  # noqa: PLC0415 - brings the engine

    refused = refusal(environ, context)
    if refused is not None:
        return _refuse(start_response, refused.code, refused.message)
    try:
        connection = WebSocket(environ, MAX_REQUEST_BYTES)
    except NotAHandshake as error:
        return _refuse(start_response, "BadRequestException", f"No WebSocket handshake: {error}")
    with _lock:
        _open.add(connection)
    try:
        converse(connection, context)
    finally:
        with _lock:
            _open.discard(connection)
        connection.hang_up()
    raise ConnectionAbortedError("the WebSocket is closed")


def close_all(port: int) -> None:
    """End the connections of the server at this port, which stops."""
    with _lock:
        ending = [connection for connection in _open if connection.port == port]
    for connection in ending:
        connection.close(1001, "the server stops")


def _refuse(start_response: Callable[..., Any], code: str, text: str) -> Iterable[bytes]:
    status, headers, body = serialize_error(NeptuneError(code, text), new_id())
    start_response(f"{status} {code}", list(headers.items()))
    return [body]
