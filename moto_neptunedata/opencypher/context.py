"""What one execution of a plan carries along: parameters, limits, the transaction, counters."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from ..graph import Edge, PropertyGraph, Transaction, Vertex
from .dialect import Dialect
from .errors import CypherError
from .limits import Limits, memory_error
from .values import Value

Row = tuple[Value, ...]
"""The :class:`Context` first, then one value for each variable in scope."""

Rows = Iterator[Row]

#: A compiled expression: a row to the expression's value.
Evaluator = Callable[[Row], Value]

_CHUNK: Final = 4096
_TICKS: Final = 512


@dataclass(slots=True)
class Stats:
    """What a query changed."""

    nodes_created: int = 0
    nodes_deleted: int = 0
    relationships_created: int = 0
    relationships_deleted: int = 0
    properties_set: int = 0
    labels_added: int = 0
    labels_removed: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def make_random_id() -> str:
    """An id for a new element, as Neptune makes them: a random UUID."""
    return str(uuid.uuid4())


class Count:
    """What one operator did: rows taken and given, and seconds spent without its source's."""

    __slots__ = ("rows_in", "rows_out", "seconds")

    def __init__(self) -> None:
        self.rows_in = 0
        self.rows_out = 0
        self.seconds = 0.0

    def count_input(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The operator's source, counted."""
        started = time.perf_counter()
        for row in rows:
            self.seconds -= time.perf_counter() - started
            self.rows_in += 1
            yield row
            started = time.perf_counter()
        self.seconds -= time.perf_counter() - started

    def count_output(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The operator's rows, counted."""
        started = time.perf_counter()
        for row in rows:
            self.seconds += time.perf_counter() - started
            self.rows_out += 1
            yield row
            started = time.perf_counter()
        self.seconds += time.perf_counter() - started


@dataclass(slots=True, eq=False)
class Context:
    """Shared by all operators and expressions of one execution; element 0 of every row."""

    graph: PropertyGraph
    parameters: Mapping[str, Value]
    dialect: Dialect
    limits: Limits = field(default_factory=Limits)
    new_id: Callable[[], str] = make_random_id
    cancelled: Callable[[], bool] | None = None
    tx: Transaction | None = None
    counts: dict[int, Count] | None = None
    stats: Stats = field(default_factory=Stats)
    deleted: set[Vertex | Edge] = field(default_factory=set)
    members: dict[object, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)
    held: int = 0
    _work: int = 0
    _deadline: float | None = None

    def __post_init__(self) -> None:
        if self.limits.timeout is not None:
            self._deadline = self.started + self.limits.timeout

    def tick(self, work: int = 1) -> None:
        """Called from every loop; looks at the clock once in a while."""
        self._work += work
        if self._work >= _TICKS:
            self._work = 0
            self.check()

    def check(self) -> None:
        """Raises when the query was cancelled or its time is up."""
        if self.cancelled is not None and self.cancelled():
            raise CypherError("Cancelled", "Cancelled", "Operation terminated (cancelled by user)")
        if self._deadline is not None and time.perf_counter() > self._deadline:
            raise CypherError("TimeLimit", "TimeLimit", "Operation terminated (deadline exceeded)")

    def hold(self, rows: int) -> None:
        """Count rows, or list elements, that stay in memory."""
        self.held += rows
        if self.held > self.limits.max_rows:
            raise memory_error()

    def hold_all(self, rows: Iterable[Row]) -> list[Row]:
        """All rows as a list; checks the limits on the way."""
        rows = iter(rows)
        held: list[Row] = []
        while chunk := list(islice(rows, _CHUNK)):
            held += chunk
            self.hold(len(chunk))
            self.check()
        return held
