"""How much one request may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Limits:
    """Bounds of one request."""

    #: Seconds; Neptune's default of ``neptune_query_timeout`` is 120.
    timeout: float = 120.0
    #: Traversers or values that a step may hold.
    max_traversers: int = 5_000_000


class RunLimits(NamedTuple):
    """The bounds of one run: when it ends, what it may hold, and whether somebody cancelled it."""

    #: By ``time.monotonic()``.
    deadline: float
    max_traversers: int
    cancelled: Callable[[], bool]
