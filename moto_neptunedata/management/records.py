"""The changes of a commit as a stream counts them, by number.

A bulk load is one commit of millions of changes, read in pages of ten: what a page needs is found
by bisection in the batch's columns and only that is expanded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, chain, islice
from operator import add
from typing import Any, Final, Generic, Protocol, TypeVar

from ..graph import MISSING, Change, ChangeLog, Commit
from ..graph.batches import EdgeBatch, VertexBatch
from ..graph.log_cursor import LogCursor
from ..graph.rdf_dataset import QuadBatch, QuadChange

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Part(Protocol[T_co]):
    """Numbered changes, from 0."""

    def __len__(self) -> int: ...

    def slice(self, start: int, stop: int) -> Iterator[T_co]: ...


class CommitRecords(Generic[T]):
    """The records of one commit: all its changes but those that streams do not show."""

    def __init__(self, commit: Commit[T]) -> None:
        self.commit = commit
        self._parts = [_part(part) for part in commit.parts]
        self._ends = list(accumulate(map(len, self._parts)))

    def __len__(self) -> int:
        return self._ends[-1]

    def slice(self, start: int, stop: int) -> Iterator[T]:
        """The records from number ``start`` (from 0) up to and without ``stop``."""
        first = bisect_right(self._ends, start)
        for index in range(first, len(self._parts)):
            offset = self._ends[index - 1] if index else 0
            if offset >= stop:
                return
            part = self._parts[index]
            yield from part.slice(max(start - offset, 0), min(stop - offset, len(part)))


class _Listed(Generic[T]):
    def __init__(self, changes: Sequence[T]) -> None:
        self._changes = changes

    def __len__(self) -> int:
        return len(self._changes)

    def slice(self, start: int, stop: int) -> Iterator[T]:
        return iter(self._changes[start:stop])


class _Rows(ABC):
    """The rows of a batch; ``_ends[i]`` is how many records the rows up to and with ``i`` make."""

    _ends: array[int]

    def __len__(self) -> int:
        return self._ends[-1]

    def slice(self, start: int, stop: int) -> Iterator[Change]:
        first = bisect_right(self._ends, start)
        last = bisect_left(self._ends, stop)
        skipped = start - (self._ends[first - 1] if first else 0)
        shown = (change for change in self._rows(first, last + 1) if change.kind != "v")
        return islice(shown, skipped, skipped + stop - start)

    @abstractmethod
    def _rows(self, first: int, stop: int) -> Collection[Change]:
        """All changes of these rows."""


class _VertexRows(_Rows):
    def __init__(self, batch: VertexBatch) -> None:
        self._batch = batch
        self._ends = _sum_rows(list(map(len, batch.labels)), batch.columns)

    def _rows(self, first: int, stop: int) -> VertexBatch:
        batch = self._batch
        columns = [column[first:stop] for column in batch.columns]
        return VertexBatch(batch.ids[first:stop], batch.labels[first:stop], batch.keys, columns)


class _EdgeRows(_Rows):
    def __init__(self, batch: EdgeBatch) -> None:
        self._batch = batch
        self._ends = _sum_rows([1] * len(batch.ids), batch.columns)

    def _rows(self, first: int, stop: int) -> EdgeBatch:
        batch = self._batch
        return EdgeBatch(
            batch.ids[first:stop],
            batch.labels[first:stop],
            batch.from_ids[first:stop],
            batch.to_ids[first:stop],
            batch.keys,
            [column[first:stop] for column in batch.columns],
        )


class _Quads:
    def __init__(self, batch: QuadBatch) -> None:
        self._batch = batch

    def __len__(self) -> int:
        return len(self._batch)

    def slice(self, start: int, stop: int) -> Iterator[QuadChange]:
        return iter(QuadBatch(self._batch.graph, self._batch.quads[start:stop]))


def _sum_rows(counts: list[int], columns: Sequence[Sequence[object]]) -> array[int]:
    """Running totals of the records a row makes: those given and one a value."""
    certain = 0
    for column in columns:
        kinds = set(map(type, column))
        if kinds.isdisjoint(_UNEVEN):
            certain += 1
        else:
            counts = list(map(add, counts, map(_count_cell_values, column)))
    if certain:
        counts = [count + certain for count in counts]
    return array("Q", accumulate(counts))


_UNEVEN: Final = frozenset((type(MISSING), tuple))


def _count_cell_values(cell: object) -> int:
    if cell is MISSING:
        return 0
    return len(cell) if type(cell) is tuple else 1


_PARTS: Final[dict[type, Any]] = {
    VertexBatch: _VertexRows,
    EdgeBatch: _EdgeRows,
    QuadBatch: _Quads,
}


def _part(part: Collection[Any]) -> _Part[Any]:
    kind = _PARTS.get(type(part))
    if kind is not None:
        return kind(part)  # type: ignore[no-any-return]
    return _Listed([change for change in part if getattr(change, "kind", None) != "v"])


def count_records(commits: Sequence[Commit[Any]]) -> int:
    """How many records streams show of these commits."""
    return sum(map(_count, chain.from_iterable(commit.parts for commit in commits)))


def _count(part: Collection[object]) -> int:
    if isinstance(part, VertexBatch):
        return len(part) - len(part.ids)
    if isinstance(part, EdgeBatch | QuadBatch):
        return len(part)
    return len(_part(part))


class RecordCounter:
    """How many records a stream has in all; counts only what has come since it last did."""

    def __init__(self, log: ChangeLog[Any]) -> None:
        self._cursor: LogCursor[Any] = LogCursor(log)
        self._total = 0

    def total(self) -> int:
        """The number of records; hold the lock of the log's store."""
        commits, void = self._cursor.move()
        self._total = (0 if void else self._total) + count_records(commits)
        return self._total
