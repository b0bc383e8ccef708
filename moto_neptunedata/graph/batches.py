"""Bulk-loaded vertices and edges, kept as the columns they came in.

A batch is at once what the graph makes its objects from and an entry of the change log,
which expands it into single changes only when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from operator import is_
from typing import Any, Final

from .change_log import Change
from .values import MISSING, values_of

# With more keys than this a dict display is no faster than a zip.
_MAX_WRITTEN_OUT: Final = 16


class VertexBatch:
    """Vertices: ``columns[i]`` has the values of property ``keys[i]``, one entry a vertex."""

    __slots__ = ("columns", "ids", "keys", "labels")

    def __init__(
        self,
        ids: Sequence[str],
        labels: Sequence[tuple[str, ...]],
        keys: tuple[str, ...],
        columns: Sequence[Sequence[Any]],
    ) -> None:
        self.ids = ids
        self.labels = labels
        self.keys = keys
        self.columns = columns

    def properties(self) -> Iterator[dict[str, Any]]:
        """A fresh property map a vertex."""
        return _property_maps(len(self.ids), self.keys, self.columns)

    def __bool__(self) -> bool:
        return len(self.ids) > 0  # counting the changes takes longer

    def __len__(self) -> int:
        """How many changes this stands for."""
        labels = sum(map(len, self.labels))
        return len(self.ids) + labels + count_values(self.columns)

    def __contains__(self, change: object) -> bool:
        return any(change == own for own in self)

    def __iter__(self) -> Iterator[Change]:
        for id, labels, properties in zip(self.ids, self.labels, self.properties()):
            yield Change("ADD", "v", id)
            for label in labels:
                yield Change("ADD", "vl", id, "label", label)
            for key, stored in properties.items():
                for value in values_of(stored):
                    yield Change("ADD", "vp", id, key, value)


class EdgeBatch:
    """Edges; see :class:`VertexBatch`."""

    __slots__ = ("columns", "from_ids", "ids", "keys", "labels", "to_ids")

    def __init__(
        self,
        ids: Sequence[str],
        labels: Sequence[str],
        from_ids: Sequence[str],
        to_ids: Sequence[str],
        keys: tuple[str, ...],
        columns: Sequence[Sequence[Any]],
    ) -> None:
        self.ids = ids
        self.labels = labels
        self.from_ids = from_ids
        self.to_ids = to_ids
        self.keys = keys
        self.columns = columns

    def properties(self) -> Iterator[dict[str, Any]]:
        """A fresh property map an edge."""
        return _property_maps(len(self.ids), self.keys, self.columns)

    def __bool__(self) -> bool:
        return len(self.ids) > 0  # counting the changes takes longer

    def __len__(self) -> int:
        """How many changes this stands for."""
        return len(self.ids) + count_values(self.columns)

    def __contains__(self, change: object) -> bool:
        return any(change == own for own in self)

    def __iter__(self) -> Iterator[Change]:
        for id, label, from_id, to_id, properties in zip(
            self.ids, self.labels, self.from_ids, self.to_ids, self.properties()
        ):
            yield Change("ADD", "e", id, "label", label, from_id, to_id)
            for key, value in properties.items():
                yield Change("ADD", "ep", id, key, value)


def count_values(columns: Sequence[Sequence[Any]]) -> int:
    """How many values there are in columns with gaps and several values a cell."""
    return sum(map(_count_values, columns))


def _count_values(column: Sequence[Any]) -> int:
    count = len(column) - _count_gaps(column)
    if tuple in set(map(type, column)):
        count += sum(len(cell) - 1 for cell in column if type(cell) is tuple)
    return count


def _count_gaps(column: Sequence[Any]) -> int:
    # Sequence.count() would ask each value whether it equals MISSING.
    return sum(map(is_, column, repeat(MISSING)))


def _property_maps(
    size: int, keys: tuple[str, ...], columns: Sequence[Sequence[Any]]
) -> Iterator[dict[str, Any]]:
    if not keys:
        return ({} for _ in range(size))
    rows = zip(*columns)
    if any(map(_count_gaps, columns)):
        return ({key: cell for key, cell in zip(keys, row) if cell is not MISSING} for row in rows)
    if len(keys) > _MAX_WRITTEN_OUT:
        return map(dict, map(zip, repeat(keys), rows))
    return _map_maker(len(keys))(rows, *keys)


@cache
def _map_maker(width: int) -> Callable[..., Iterator[dict[str, Any]]]:
    """What makes dicts of rows and keys: a dict display, for few keys far faster than a zip."""
    keys = [f"key{at}" for at in range(width)]
    cells = [f"cell{at}" for at in range(width)]
    pairs = ", ".join(map("{}: {}".format, keys, cells))
    source = f"lambda rows, {', '.join(keys)}: ({{{pairs}}} for {', '.join(cells)}, in rows)"
    return eval(source)  # type: ignore[no-any-return]
