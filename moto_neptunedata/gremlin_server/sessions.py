"""Sessions, in which ``g.tx()`` of a client works: several requests kept or undone together.

Each request is committed as it comes, so other connections see it at once. What a session has
committed is undone by ``rollback`` as long as nobody else has written since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from ..graph import PropertyGraph
from ..gremlin.errors import GremlinError, Unsupported

T = TypeVar("T")


class Conflict(GremlinError):
    """A rollback that would undo what others wrote."""

    CODE = "ConcurrentModificationException"


class Session:
    """What one session has written and not yet kept."""

    def __init__(self) -> None:
        self._written: list[Any] = []

    def noting(self, graph: PropertyGraph, work: Callable[[], T]) -> T:
        """Do something that may write; the lock of the graph is held."""
        before = graph.log.last_num
        result = work()
        self._written += [commit for commit in graph.log.commits[-1:] if commit.num > before]
        return result

    def control(self, name: str, graph: PropertyGraph) -> None:
        """Keep or undo. Raises ``UnsupportedOperationException`` for what is neither."""
        action = _ACTIONS.get(name)
        if action is None:
            raise Unsupported(f"tx().{name}() is not supported")
        with graph.lock:
            action(self, graph)

    def commit(self, graph: PropertyGraph) -> None:
        """Keep what was written."""
        self._written.clear()

    def rollback(self, graph: PropertyGraph) -> None:
        """Undo what was written. Raises ``ConcurrentModificationException``."""
        written, self._written = self._written, []
        if not written:
            return
        if graph.log.commits[-len(written) :] != written:
            raise Conflict(
                "The transaction cannot be rolled back, because another one has written since."
            )
        graph.rewind(written[0].num - 1)


_ACTIONS: Final[dict[str, Callable[[Session, PropertyGraph], None]]] = {
    "commit": Session.commit,
    "rollback": Session.rollback,
}
