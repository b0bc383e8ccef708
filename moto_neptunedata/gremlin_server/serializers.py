"""Which format a message has: its first bytes are the length of a media type and that type."""

from __future__ import annotations

from typing import Final

from ..errors import NeptuneError
from ..gremlin.graphson import DEFAULT, serializer_of
from .graphbinary import GraphBinarySerializer
from .graphson import GraphSonSerializer
from .messages import BadMessage, Data, MessageSerializer

GRAPHBINARY: Final = "application/vnd.graphbinary-v1.0"

#: What a message that names no known format is answered in.
FALLBACK: Final[MessageSerializer] = GraphSonSerializer(DEFAULT)

#: What a text message, which names no format, is in.
TEXT: Final[MessageSerializer] = GraphSonSerializer(DEFAULT, as_text=True)


def open_message(message: Data) -> tuple[MessageSerializer, bytes]:
    """The format of a message, and the message without the name of the format.

    Raises :class:`BadMessage`.
    """
    if isinstance(message, str):
        return TEXT, message.encode()
    if not message:
        raise BadMessage("the message is empty")
    end = message[0] + 1
    media_type = message[1:end].decode("ascii", "replace")
    if media_type == GRAPHBINARY:
        return GraphBinarySerializer(), message[end:]
    try:
        return GraphSonSerializer(serializer_of(media_type or "none")), message[end:]
    except NeptuneError:
        raise BadMessage(f"the media type {media_type[:60]!r} is not supported") from None
