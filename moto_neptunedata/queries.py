"""The queries of one language on one cluster: those that run, how to see and to cancel them.

Queries run while their caller waits, so another thread sees one running only if it takes its time,
or if a test holds it: :meth:`Queries.hold`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any, Final, TypeVar

from .errors import OUR_CHOICE, SHARED_ERRORS, ErrorCatalog, NeptuneError

T = TypeVar("T")

#: How much of a query's text is told (user guide, gremlin-api-status).
SHOWN_CHARACTERS: Final = 1_024

#: The errors of query ids.
QUERY_ERRORS: Final = ErrorCatalog(
    {
        "unknown": (
            "InvalidParameterException",
            "Supplied queryId {id} is invalid",
            "observed: graph-notebook's integration tests",
        ),
        "taken": ("InvalidParameterException", "A query with queryId {id} is running", OUR_CHOICE),
    }
)


class Query:
    """A query that runs. ``cancelled`` asks it to stop, ``silent`` to do so without an error."""

    def __init__(self, id: str, text: str) -> None:
        self.id = id
        self.text = text
        self.cancelled = False
        self.silent = False
        self._started = time.time()

    def to_dict(self) -> dict[str, Any]:
        """The query as the status operations show it; times in milliseconds."""
        elapsed = int((time.time() - self._started) * 1000)
        return {
            "queryId": self.id,
            "queryString": self.text[:SHOWN_CHARACTERS],
            "queryEvalStats": {"waited": 0, "elapsed": elapsed, "cancelled": self.cancelled},
        }

    def __repr__(self) -> str:
        return f"<Query {self.id} {self.text[:60]!r}>"


class Queries:
    """The queries that run now."""

    def __init__(self) -> None:
        self._running: dict[str, Query] = {}
        self._changed = Condition()
        self._held = 0

    def run(self, id: str, text: str, timeout: float, work: Callable[[Callable[[], bool]], T]) -> T:
        """Do ``work`` as a query that others can see and cancel.

        ``work`` is given a function that tells whether to stop. ``timeout`` in seconds counts while
        the query is held. Raises CancelledByUserException and TimeLimitExceededException.
        """
        query = Query(id, text)
        with self._changed:
            if id in self._running:
                raise QUERY_ERRORS.error("taken", id=id)
            self._running[id] = query
            self._changed.notify_all()
        try:
            self._wait_while_held(query, timeout)
            return work(lambda: query.cancelled)
        except NeptuneError as error:
            if error.code == "CancelledByUserException" and query.silent:
                raise SilentlyCancelled from None
            raise
        finally:
            with self._changed:
                del self._running[id]
                self._changed.notify_all()

    def _wait_while_held(self, query: Query, timeout: float) -> None:
        with self._changed:
            let_go = self._changed.wait_for(
                lambda: not self._held or query.cancelled, timeout if self._held else 0
            )
        if query.cancelled:
            raise SHARED_ERRORS.error("cancelled")
        if not let_go:
            raise SHARED_ERRORS.error("timeout")

    # ------------------------------------------------------------------ status

    def status(self) -> dict[str, Any]:
        """What the list operations answer; none ever waits for a free thread."""
        with self._changed:
            shown = [query.to_dict() for query in self._running.values()]
        return {
            "acceptedQueryCount": len(shown),
            "runningQueryCount": len(shown),
            "queries": shown,
        }

    def find(self, id: str) -> Query:
        """The query with this id. Raises InvalidParameterException."""
        try:
            return self._running[id]
        except KeyError:
            raise QUERY_ERRORS.error("unknown", id=id) from None

    def cancel(self, id: str, silent: bool = False) -> None:
        """Ask a query to stop. Raises InvalidParameterException for one that does not run."""
        with self._changed:
            query = self.find(id)
            query.silent = silent
            query.cancelled = True
            self._changed.notify_all()

    # ------------------------------------------------------------------ for tests

    def wait_for_running(self, count: int, timeout: float) -> list[Query]:
        """Return when ``count`` queries run. Raises TimeoutError after ``timeout`` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._running) >= count, timeout):
                found = len(self._running)
                raise TimeoutError(f"{found} of {count} queries run after {timeout} seconds")
            return list(self._running.values())

    @contextmanager
    def hold(self) -> Iterator[HeldQueries]:
        """Let every query that comes run, but not end, before the block ends or it is cancelled."""
        with self._changed:
            self._held += 1
        try:
            yield HeldQueries(self)
        finally:
            with self._changed:
                self._held -= 1
                self._changed.notify_all()


class HeldQueries:
    """What :meth:`Queries.hold` gives."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def wait(self, count: int = 1, timeout: float = 10) -> list[Query]:
        """Return when ``count`` queries run. Raises TimeoutError after ``timeout`` seconds."""
        return self._queries.wait_for_running(count, timeout)


class SilentlyCancelled(Exception):
    """The query was cancelled, and its caller is to see an empty result instead of an error."""
