"""Compressed objects: chosen by name, unpacked as they are read, never beyond a bound.

User guide, "Load data formats": ``.gz`` and ``.bz2`` hold one text file; archives are refused.
"""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

from .feeds import FeedError, Problem

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: A feed may unpack to this many bytes; it is a guard against bombs, not a limit of Neptune's.
MAX_BYTES: Final = 8 * 1024**3

#: Archives of several files, which the loader does not read.
ARCHIVES: Final = (".tar", ".tar.gz", ".tar.bz2", ".tgz", ".zip")

_READ_SIZE: Final = 1 << 17
_OUT_SIZE: Final = 1 << 20


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def hungry(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """A gzip member with the interface of ``bz2.BZ2Decompressor``."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _Bzip2:
    def __init__(self) -> None:
        self._inner = bz2.BZ2Decompressor()

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return self._inner.needs_input

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(data, max_length)


#: Name ending to what unpacks it.
DECOMPRESSORS: Final[dict[str, Callable[[], _Decompressor]]] = {".gz": _Gzip, ".bz2": _Bzip2}


def decompress(name: str, stream: BinaryIO, max_bytes: int = MAX_BYTES) -> BinaryIO:
    """The text of the object called ``name``, unpacked if its name says so (case matters not).

    The answer reads ``stream`` piece by piece and closes it when it is closed. It is while being
    read that it raises :class:`FeedError`: ``PARSING_ERROR`` for an archive and for a damaged or
    truncated object, ``OUT_OF_MEMORY_ERROR`` beyond ``max_bytes`` of unpacked text.
    """
    lowered = name.lower()
    if lowered.endswith(ARCHIVES):
        return cast(BinaryIO, io.BufferedReader(_Refused(stream)))
    for ending, decompressor in DECOMPRESSORS.items():
        if lowered.endswith(ending):
            unpacking = _Unpacking(stream, decompressor, max_bytes)
            return cast(BinaryIO, io.BufferedReader(unpacking, _OUT_SIZE))
    return stream


class _Reading(io.RawIOBase):
    """Something that is read out of ``stream``."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Refused(_Reading):
    def readinto(self, buffer: WriteableBuffer, /) -> int:
        raise FeedError(Problem.SYNTAX, "Archives of several files are not supported")


class _Unpacking(_Reading):
    def __init__(
        self, stream: BinaryIO, decompressor: Callable[[], _Decompressor], max_bytes: int
    ) -> None:
        super().__init__(stream)
        self._make = decompressor
        self._current: _Decompressor | None = decompressor()
        self._left = max_bytes
        self._input = b""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._read_some(len(view))
        self._left -= len(piece)
        if self._left < 0:
            raise FeedError(Problem.TOO_LARGE, "The object is too large when unpacked")
        view[: len(piece)] = piece
        return len(piece)

    def _read_some(self, size: int) -> bytes:
        """At most ``size`` unpacked bytes; none at the end."""
        try:
            while self._current is not None:
                if not self._input and self._current.hungry:
                    self._input = self._stream.read(_READ_SIZE)
                    if not self._input:
                        raise FeedError(Problem.SYNTAX, "The compressed object is truncated")
                piece = self._current.decompress(self._input, size)
                self._input = b""
                if self._current.eof:
                    self._next_member(self._current.unused_data)
                if piece:
                    return piece
        except (zlib.error, OSError, EOFError, ValueError) as error:
            self._current = None
            raise FeedError(Problem.SYNTAX, f"The compressed object is damaged: {error}") from error
        return b""

    def _next_member(self, rest: bytes) -> None:
        """Compressed files may be joined end to end; zero bytes may pad the last."""
        rest = rest or self._stream.read(_READ_SIZE)
        while rest and not rest.strip(b"\0"):
            rest = self._stream.read(_READ_SIZE)
        self._input = rest
        self._current = self._make() if rest else None
