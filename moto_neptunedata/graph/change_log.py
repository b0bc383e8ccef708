"""What happened to a graph, in order: commits of changes, as Neptune Streams tells them.

A commit made by a bulk load keeps the loaded columns and expands them into changes only when
somebody reads it, so that logging a load costs next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any, Generic, Literal, NamedTuple, TypeVar

Op = Literal["ADD", "REMOVE"]

#: ``v`` a vertex, ``vl`` one of its labels, ``vp`` one of its property values,
#: ``e`` an edge with its label, ``ep`` an edge property.
#: Streams show all but ``v``, which a vertex's labels imply there.
Kind = Literal["v", "vl", "vp", "e", "ep"]


class Change(NamedTuple):
    """One statement added to or removed from a property graph.

    ``key`` is ``"label"`` for ``vl`` and ``e`` and the property's name for ``vp`` and ``ep``;
    ``value`` the label or the one property value; ``from_id`` and ``to_id`` are set for ``e``.
    """

    op: Op
    kind: Kind
    id: str
    key: str = ""
    value: Any = None
    from_id: str | None = None
    to_id: str | None = None

    def inverse(self) -> Change:
        """The change that undoes this one."""
        return self._replace(op="REMOVE" if self.op == "ADD" else "ADD")


T = TypeVar("T")


class Commit(Generic[T]):
    """The changes of one transaction, numbered from 1; ``timestamp`` in epoch milliseconds."""

    __slots__ = ("num", "parts", "timestamp")

    def __init__(self, num: int, timestamp: int, parts: tuple[Collection[T], ...]) -> None:
        self.num = num
        self.timestamp = timestamp
        self.parts = parts

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self.parts)

    def __repr__(self) -> str:
        return f"<Commit {self.num}: {len(self)} changes>"


class ChangeLog(Generic[T]):
    """The commits of one store, oldest first."""

    def __init__(self) -> None:
        self.commits: list[Commit[T]] = []

    def append(self, *parts: Collection[T]) -> None:
        """Record one commit; a commit that changed nothing is not recorded."""
        filled = tuple(filter(None, parts))
        if filled:
            self.commits.append(Commit(self.last_num + 1, int(time.time() * 1000), filled))

    @property
    def last_num(self) -> int:
        """The number of the newest commit, 0 when there is none."""
        return self.commits[-1].num if self.commits else 0

    def __iter__(self) -> Iterator[Commit[T]]:
        return iter(self.commits)

    def __len__(self) -> int:
        return len(self.commits)
