"""Going back to an earlier commit, the same way for both stores."""

from __future__ import annotations

from typing import Any


def rewind(store: Any, num: int) -> None:
    """Undo every commit of a store after number ``num``, as if it had never been.

    ``store`` has ``lock``, ``log`` and ``transaction()``. Takes time in proportion to what is
    undone.
    """
    with store.lock:
        while store.log.last_num > num:
            with store.transaction() as tx:
                for change in reversed(tuple(store.log.commits[-1])):
                    tx.apply(change.inverse())
                tx.changes.clear()  # an undoing is no commit of its own
            del store.log.commits[-1]
