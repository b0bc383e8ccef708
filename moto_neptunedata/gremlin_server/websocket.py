"""A WebSocket on the socket of a WSGI request: wsproto speaks the protocol, this moves bytes."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, Final

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError

from .messages import Data

#: Bytes that are read at once.
_CHUNK: Final = 1 << 16
#: The longest reason that fits into a close frame, in bytes.
_REASON: Final = 120


class NotAHandshake(Exception):
    """A request that asks for a WebSocket, but not as RFC 6455 has it."""


class WebSocket:
    """One connection. Made of a WSGI environment whose server gives its socket, as werkzeug does.

    Raises :class:`NotAHandshake`.
    """

    def __init__(self, environ: Mapping[str, Any], max_message: int) -> None:
        self._socket: socket.socket = environ["werkzeug.socket"]
        self._max_message = max_message
        self._sending = Lock()
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._is_open = True
        try:
            path = environ.get("RAW_URI") or environ.get("PATH_INFO") or "/"
            self._protocol.initiate_upgrade_connection(_headers(environ), path)
            asked = next(self._protocol.events(), None)
        except ProtocolError as error:
            raise NotAHandshake(str(error)) from None
        if not isinstance(asked, Request):
            raise NotAHandshake("the handshake is incomplete")
        self._send(AcceptConnection(extensions=[PerMessageDeflate()]))

    @property
    def port(self) -> int:
        """The port of the server."""
        return int(self._socket.getsockname()[1])

    def messages(self) -> Iterator[Data]:
        """The messages as they come, until either side closes."""
        parts: list[Data] = []
        size = 0
        while self._is_open:
            for event in self._receive():
                if isinstance(event, Ping):
                    self._send(event.response())
                elif isinstance(event, CloseConnection):
                    with suppress(ProtocolError):
                        self._send(event.response())
                    return
                elif isinstance(event, (TextMessage, BytesMessage)):
                    data = event.data
                    parts.append(data if isinstance(data, str) else bytes(data))
                    size += len(event.data)
                    if size > self._max_message:
                        self.close(CloseReason.MESSAGE_TOO_BIG, "the message is too big")
                        return
                    if event.message_finished:
                        yield _join(parts)
                        parts, size = [], 0

    def send(self, message: Data) -> None:
        """Send a message. Raises OSError when the connection is gone."""
        try:
            self._send(TextMessage(message) if isinstance(message, str) else BytesMessage(message))
        except ProtocolError:  # this side has closed it
            raise BrokenPipeError("the WebSocket is closed") from None

    def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str = "") -> None:
        """Say why, and hang up; may be called by another thread."""
        shown = reason.encode()[:_REASON].decode(errors="ignore")
        with suppress(OSError, ProtocolError):
            self._send(CloseConnection(code, shown))
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection; what was sent still arrives."""
        self._is_open = False
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> Iterator[Event]:
        try:
            data = self._socket.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._is_open = False
            return
        self._protocol.receive_data(data)
        yield from self._protocol.events()

    def _send(self, event: Event) -> None:
        with self._sending:
            self._socket.sendall(self._protocol.send(event))


def _headers(environ: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    return [
        (name[5:].replace("_", "-").encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]


def _join(parts: list[Data]) -> Data:
    if isinstance(parts[0], str):
        return "".join(map(str, parts))
    return b"".join(part for part in parts if isinstance(part, bytes))
