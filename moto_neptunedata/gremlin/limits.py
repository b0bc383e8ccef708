"""How much one request may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one request."""

    #: Seconds; Neptune's default of ``neptune_query_timeout`` is 120.
    timeout: float = 120.0
    #: Traversers or values that a step may hold.
    max_traversers: int = 5_000_000
