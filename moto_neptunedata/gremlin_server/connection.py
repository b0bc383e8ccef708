"""One connection: message by message, each answered before the next is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import EnvironHeaders

from ..errors import NeptuneError
from ..gremlin.errors import InvalidQuery
from ..neptunedata.context import RequestContext
from ..neptunedata.http import HttpRequest
from .gremlin_call import GremlinCall
from .messages import NO_ID, BadMessage, Data
from .op_processor import Client, failure, process
from .serializers import FALLBACK, open_message
from .websocket import WebSocket

#: Code of a close frame after a message that cannot be read (RFC 6455).
_INVALID_DATA: Final = 1007


def refusal(environ: Mapping[str, Any], context: RequestContext) -> NeptuneError | None:
    """Why a client may not connect: IAM, if it is due, or the state of the cluster."""
    headers: Any = EnvironHeaders(dict(environ))
    request = HttpRequest(
        "GET",
        str(environ.get("PATH_INFO", "")),
        str(environ.get("QUERY_STRING", "")),
        headers,
        b"",
    )
    try:
        GremlinCall(context, request).admit()
    except NeptuneError as error:
        return error
    return None


def converse(connection: WebSocket, context: RequestContext) -> None:
    """Answer every message until either side ends the connection."""
    client = Client(context, {})
    try:
        for message in connection.messages():
            if not _answer(connection, message, client):
                return
    except OSError:  # the client is gone
        return


def _answer(connection: WebSocket, message: Data, client: Client) -> bool:
    """Answer one message; False when the connection has been closed for it."""
    serializer = FALLBACK
    try:
        serializer, body = open_message(message)
        request = serializer.read(body)
    except BadMessage as bad:
        cause = bad.__cause__
        error = cause if isinstance(cause, NeptuneError) else InvalidQuery(str(bad))
        connection.send(failure(error, bad.id or NO_ID, serializer))
        if not bad.id:
            connection.close(_INVALID_DATA, str(bad))
        return bool(bad.id)
    for part in process(request, serializer, client):
        connection.send(part)
    return True
