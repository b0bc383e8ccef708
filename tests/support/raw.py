"""A WebSocket client that sends whatever it is told to."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

MIME = b"application/vnd.gremlin-v3.0+json"
ID = "41d2e28a-20a4-4ab0-b379-d810dede3786"


def framed(body: Any, mime: bytes = MIME) -> bytes:
    """A binary message: media type and body."""
    told = body if isinstance(body, bytes) else json.dumps(body).encode()
    return bytes((len(mime),)) + mime + told


def message(op: str = "eval", processor: str = "", **args: Any) -> dict[str, Any]:
    """A request as JSON."""
    return {"requestId": ID, "op": op, "processor": processor, "args": args}


class Raw:
    """One connection."""

    def __init__(self, address: tuple[str, int], path: str = "/gremlin") -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self.write(Request(host=f"{address[0]}:{address[1]}", target=path))
        self._events: Iterator[Event] = iter(())
        self.greeting = self.event()

    def write(self, event: Event) -> None:
        self.socket.sendall(self.protocol.send(event))

    def send(self, data: str | bytes) -> None:
        self.write(Message(data=data))

    def event(self) -> Event:
        """The next event; a connection that just ends is a CloseConnection too."""
        while True:
            found = next(self._events, None)
            if found is not None:
                return found
            data = self.socket.recv(1 << 16)
            if not data:
                return CloseConnection(1006)
            self.protocol.receive_data(data)
            self._events = self.protocol.events()

    def message(self) -> str | bytes:
        """The next message, all of it."""
        parts: list[Any] = []
        while True:
            event = self.event()
            assert isinstance(event, (TextMessage, BytesMessage)), event
            parts.append(event.data)
            if event.message_finished:
                return (
                    b"".join(parts) if isinstance(parts[0], (bytes, bytearray)) else "".join(parts)
                )

    def answer(self) -> Any:
        """The next message, as JSON."""
        return json.loads(self.message())

    def closed(self) -> int:
        """The code with which the server closes, once everything else has been read."""
        while True:
            event = self.event()
            if isinstance(event, CloseConnection):
                self.socket.close()
                return int(event.code)

    def close(self) -> None:
        self.write(CloseConnection(1000))
        assert self.closed() == 1000


__all__ = (
    "ID",
    "MIME",
    "AcceptConnection",
    "Ping",
    "Raw",
    "RejectConnection",
    "RejectData",
    "framed",
    "message",
)
