"""What the transactions of both stores have in common: all of it happens, or nothing."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Generic, TypeVar

C = TypeVar("C")


class StoreTransaction(Generic[C]):
    """Changes to a store, which has a ``lock`` and a ``log``, since the transaction was entered."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.changes: list[C] = []

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._store.log.append(tuple(self.changes))
            else:
                self.rollback()
        finally:
            self._store.lock.release()

    def rollback(self, to: int = 0) -> None:
        """Undo all changes after the first ``to`` (a length of :attr:`changes` seen earlier)."""
        undone: list[Any] = self.changes[to:]
        for change in reversed(undone):
            self.apply(change.inverse())
        del self.changes[to:]

    def apply(self, change: C) -> Any:
        """Make one change of a change log happen here."""
        raise AssertionError("left to subclasses")
