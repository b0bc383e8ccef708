"""Clients of aiobotocore, which await what botocore's read and have HTTP sessions of their own.

Only this service's requests are answered for them: moto answers botocore alone.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Generator
from typing import Any, Final

#: The sessions through which aiobotocore sends, by their modules.
SESSIONS: Final = {
    "aiobotocore.httpsession": "AIOHTTPSession",
    "aiobotocore.httpxsession": "HttpxSession",
}


class AwaitableBytes(bytes):
    """Bytes, for botocore; awaited they are themselves, for aiobotocore."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, AwaitableBytes]:
        yield from ()
        return self


class AsyncReader:
    """A streamed body as aiohttp has it."""

    def __init__(self, body: bytes) -> None:
        self._stream = io.BytesIO(body)
        self._size = len(body)

    async def read(self, amount: int = -1) -> bytes:
        """At most so many bytes, or all that are left."""
        return self._stream.read(amount)

    def at_eof(self) -> bool:
        """Whether all has been read."""
        return self._stream.tell() == self._size


def adapt(response: Any, body: bytes) -> None:
    """Let aiobotocore read a response of botocore's; the raw one stays unread, for aiomoto."""
    response._content = AwaitableBytes(body)  # noqa: SLF001 - botocore's response
    response.raw.content = AsyncReader(body)


def is_used() -> bool:
    """Whether this process has aiobotocore."""
    return "aiobotocore" in sys.modules


def hook_session(module: str, answer: Callable[[Any, Any], Any]) -> None:
    """Wrap ``send`` of a module's session.

    ``answer`` is given session and request; what it gives is the response, unless it is None.
    """
    session: Any = getattr(sys.modules[module], SESSIONS[module])
    original = session.send

    async def send(self: Any, request: Any) -> Any:
        response = answer(self, request)
        return await original(self, request) if response is None else response

    session.send = send
