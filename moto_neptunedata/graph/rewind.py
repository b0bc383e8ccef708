"""Going back to an earlier commit, the same way for both stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .change_log import Commit


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


def restore(
    store: Any, commits: Sequence[Commit[Any]], redo_batch: Callable[[object], bool]
) -> bool:
    """Undo the commits of a store that are not in ``commits`` and redo those that it lacks.

    ``redo_batch`` does a bulk-loaded part again and enters it in the log as a commit; False for
    any other part. Answers whether nothing had to be redone.
    """
    with store.lock:
        shared = _count_shared(store.log.commits, commits)
        rewind(store, shared)
        for commit in commits[shared:]:
            for part in commit.parts:
                if redo_batch(part):
                    store.log.commits.pop()  # the commit itself is entered below
                    continue
                with store.transaction() as tx:
                    for change in part:
                        tx.apply(change)
                    tx.changes.clear()  # the commit itself is entered below
            store.log.commits.append(commit)
        return shared == len(commits)


def _count_shared(left: Sequence[Commit[Any]], right: Sequence[Commit[Any]]) -> int:
    """How many commits two histories have in common: from some point on, none."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[middle - 1] is right[middle - 1]:
            low = middle
        else:
            high = middle - 1
    return low
