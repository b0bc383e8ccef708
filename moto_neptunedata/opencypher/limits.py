"""The bounds of one query: time, rows in memory, and the size of a single value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .errors import CypherError

#: The longest string or list that an expression may build.
MAX_LENGTH: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """``timeout`` in seconds or None; ``max_rows`` is how many rows one query may hold at once."""

    timeout: float | None = 120.0
    max_rows: int = 5_000_000


def memory_error() -> CypherError:
    """The end of a query that holds, or would build, more than its bounds allow."""
    return CypherError("MemoryLimit", "MemoryLimit", "Operation terminated (out of memory)")
