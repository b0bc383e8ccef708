"""Sessions: several requests in one transaction, which others see when it is committed.

What a session has written stands in the graph only while one of its requests runs: it is made again
before the request, and undone after it, under the graph's lock. Scripts are committed when the
session is closed, traversals of ``g.tx()`` when the client says so (user guide,
access-graph-gremlin-sessions and access-graph-gremlin-transactions).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from ..graph import Change, GraphError, PropertyGraph
from ..gremlin.errors import GremlinError, QueryFailed, Unsupported

T = TypeVar("T")

#: The longest that a session stays open, in seconds (user guide, access-graph-gremlin-sessions).
LIFETIME: Final = 600.0

_TEXTS: Final = {
    "conflict": (
        "Operation failed due to conflicting concurrent operations: another transaction has "
        "changed what this one changes. It is rolled back; run it again."
    ),
    "failed": (
        "The transaction of this session is rolled back, because a request in it failed: "
        "roll it back, or begin another session."
    ),
    "expired": "The session was open for longer than 10 minutes, so it is rolled back.",
    "gone": "The data that the transaction of this session was for has been reset or restored.",
    "unknown": "tx().{name}() is not supported",
}


class Conflict(GremlinError):
    """A transaction that another one, committed since, leaves no room for."""

    CODE = "ConcurrentModificationException"


class Expired(GremlinError):
    """A session that was open for too long."""

    CODE = "TimeLimitExceededException"


class Session:
    """One session of one connection."""

    def __init__(self) -> None:
        self._begin()
        #: Whether closing it commits.
        self._is_scripted = True

    def _begin(self) -> None:
        self._changes: list[Change] = []
        # The one that the changes are for; a reset puts another in its place.
        self._graph: PropertyGraph | None = None
        self._has_failed = False
        self._begun: float | None = None

    # ------------------------------------------------------------------ requests

    def run(self, is_script: bool, work: Callable[[], T]) -> T:
        """Do a request of this session. When it fails, all that the session has done is undone."""
        self._check_open()
        self._is_scripted = self._is_scripted and is_script
        try:
            return work()
        except BaseException:
            self._fail()
            raise

    def within(self, graph: PropertyGraph, work: Callable[[], T]) -> T:
        """Do what may write, on the graph as this session sees it; the graph's lock is held."""
        outside = graph.log.last_num
        try:
            self._replay(graph)
            self._graph = graph
            inside = graph.log.last_num
            result = work()
            self._changes += [
                change
                for commit in graph.log.commits[-1:]
                if commit.num > inside
                for change in commit
            ]
            return result
        finally:
            graph.rewind(outside)

    def control(self, name: str, graph: PropertyGraph) -> None:
        """``commit`` or ``rollback``. Raises ``ConcurrentModificationException``, and
        ``UnsupportedOperationException`` for what is neither.
        """
        if name == "rollback":
            self._begin()
        elif name == "commit":
            self._check_open()
            self._commit(graph)
        else:
            raise Unsupported(_TEXTS["unknown"].format(name=name))

    def close(self, graph: PropertyGraph) -> None:
        """End the session. Raises ``ConcurrentModificationException``."""
        is_kept = self._is_scripted and not self._has_failed and not self._is_expired()
        if is_kept and self._graph is graph:
            self._commit(graph)

    # ------------------------------------------------------------------ inside

    def _check_open(self) -> None:
        if self._is_expired():
            self._begin()
            raise Expired(_TEXTS["expired"])
        if self._has_failed:
            raise QueryFailed(_TEXTS["failed"])
        if self._begun is None:
            self._begun = time.time()

    def _is_expired(self) -> bool:
        return self._begun is not None and time.time() - self._begun > LIFETIME

    def _fail(self) -> None:
        self._changes.clear()
        self._has_failed = True

    def _commit(self, graph: PropertyGraph) -> None:
        try:
            self._replay(graph)
        finally:
            self._begin()

    def _replay(self, graph: PropertyGraph) -> None:
        """Make all changes again, in one commit."""
        if self._graph not in (None, graph):
            raise Conflict(_TEXTS["gone"])
        try:
            with graph.transaction() as tx:
                for change in self._changes:
                    if not tx.apply(change):
                        raise Conflict(_TEXTS["conflict"])
        except (GraphError, KeyError):
            raise Conflict(_TEXTS["conflict"]) from None
