"""One connection: message by message, each answered before the next is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..errors import NeptuneError
from ..gremlin.errors import InvalidQuery
from ..neptunedata.context import RequestContext
from ..neptunedata.http import HttpRequest
from .messages import NO_ID, BadMessage, Data
from .place import Place
from .running import answers, failure
from .sessions import Session
from .websocket import WebSocket
from .wires import FALLBACK, open_message

#: Code of a close frame after a message that cannot be read (RFC 6455).
_INVALID_DATA: Final = 1007


def refusal(environ: Mapping[str, Any], context: RequestContext) -> NeptuneError | None:
    """Why a client may not connect: IAM, if it is due, or the state of the cluster."""
    from werkzeug.datastructures import EnvironHeaders

    headers: Any = EnvironHeaders(dict(environ))
    request = HttpRequest(
        "GET",
        str(environ.get("PATH_INFO", "")),
        str(environ.get("QUERY_STRING", "")),
        headers,
        b"",
    )
    try:
        Place(context).admit(request)
    except NeptuneError as error:
        return error
    return None


def converse(connection: WebSocket, context: RequestContext) -> None:
    """Answer every message until either side ends the connection."""
    sessions: dict[str, Session] = {}
    try:
        for message in connection.messages():
            if not _answer(connection, message, context, sessions):
                return
    except OSError:  # the client is gone
        return


def _answer(
    connection: WebSocket, message: Data, context: RequestContext, sessions: dict[str, Session]
) -> bool:
    """Answer one message; False when the connection has been closed for it."""
    wire = FALLBACK
    try:
        wire, body = open_message(message)
        request = wire.read(body)
    except BadMessage as bad:
        cause = bad.__cause__
        error = cause if isinstance(cause, NeptuneError) else InvalidQuery(str(bad))
        connection.send(failure(error, bad.id or NO_ID, wire))
        if not bad.id:
            connection.close(_INVALID_DATA, str(bad))
        return bool(bad.id)
    for part in answers(request, wire, context, sessions):
        connection.send(part)
    return True
