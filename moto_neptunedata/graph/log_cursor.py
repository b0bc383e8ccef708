"""Following a change log: which commits have come since one last looked."""

from __future__ import annotations

from typing import Generic, TypeVar

from . import ChangeLog, Commit

T = TypeVar("T")


class LogCursor(Generic[T]):
    """A place in a change log.

    A log is only ever appended to, except that a failed load takes its own commits back; what a
    cursor has seen of those makes it start again.
    """

    def __init__(self, log: ChangeLog[T]) -> None:
        self._log = log
        self._seen: Commit[T] | None = None

    def move(self) -> tuple[list[Commit[T]], bool]:
        """The commits that are new, and whether all that was seen before is void.

        In that case the commits are all there are.
        """
        commits = self._log.commits
        seen = self._seen
        void = seen is not None and not (len(commits) >= seen.num and commits[seen.num - 1] is seen)
        start = 0 if seen is None or void else seen.num
        self._seen = commits[-1] if commits else None
        return commits[start:], void
