"""The WebSocket endpoint ``/gremlin``: TinkerPop's Gremlin Server sub-protocol.

Clients such as gremlinpython connect here with ``DriverRemoteConnection`` or ``Client``. Only the
server of moto has it: :mod:`..registration` hands over each request that asks for a WebSocket.
docs/gremlin-websocket.md tells what it does.

Sources: TinkerPop "Provider documentation" (Gremlin driver sub-protocol), "IO reference" (GraphSON,
GraphBinary), RFC 6455.
"""

from __future__ import annotations

from .endpoint import close_all, is_upgrade, serve

__all__ = ("close_all", "is_upgrade", "serve")
