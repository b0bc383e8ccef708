"""Results that were written beforehand for queries, as for those that an engine cannot run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import RLock
from typing import Any, Final, TypeAlias

from ..suggestions import check_known
from .names import SPARQL_QUERY
from .rules import check_count
from .scope import ClusterKey, covers

#: The operation that runs the queries of a language.
LANGUAGES: Final = {
    "opencypher": "ExecuteOpenCypherQuery",
    "gremlin": "ExecuteGremlinQuery",
    "sparql": SPARQL_QUERY,
}

#: Operations whose answer is a text, and the language of their query.
TEXT_OPERATIONS: Final = {
    "ExecuteOpenCypherExplainQuery": "opencypher",
    "ExecuteGremlinExplainQuery": "gremlin",
    "ExecuteGremlinProfileQuery": "gremlin",
}

#: The member that holds a query's text, by operation.
QUERY_MEMBERS: Final = {
    "ExecuteOpenCypherQuery": "openCypherQuery",
    "ExecuteOpenCypherExplainQuery": "openCypherQuery",
    "ExecuteGremlinQuery": "gremlinQuery",
    "ExecuteGremlinExplainQuery": "gremlinQuery",
    "ExecuteGremlinProfileQuery": "gremlinQuery",
    SPARQL_QUERY: "query",
}

#: A text, what is found in one, or None for every query.
Query: TypeAlias = str | re.Pattern[str] | None

#: What a query answers, or a function of its parameters (by botocore's names) that gives it.
Result: TypeAlias = Any


@dataclass(eq=False)
class ExpectedResult:
    """A result for the next ``times`` queries (None: all) of one operation that match."""

    operation: str
    query: Query
    result: Result
    times: int | None = 1
    scope: ClusterKey | None = None
    hits: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it is not for any further query."""
        return self.times is not None and self.hits >= self.times

    @property
    def is_unused(self) -> bool:
        """Whether a query that it waits for never came."""
        return self.hits < (self.times or 1)

    def is_for(self, cluster: ClusterKey, operation: str, text: str) -> bool:
        """Whether the next such query has this result."""
        return (
            not self.is_spent
            and operation == self.operation
            and covers(self.scope, cluster)
            and self._matches(text)
        )

    def _matches(self, text: str) -> bool:
        if isinstance(self.query, re.Pattern):
            return self.query.search(text) is not None
        return self.query is None or _plain(self.query) == _plain(text)

    def value(self, params: dict[str, Any]) -> Any:
        """The result for a query with these parameters."""
        return self.result(params) if isinstance(self.result, Callable) else self.result  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, Any]:
        """As JSON tells it, without the result."""
        is_pattern = isinstance(self.query, re.Pattern)
        return {
            "operation": self.operation,
            "pattern" if is_pattern else "query": _text(self.query),
            "times": self.times,
            "hits": self.hits,
            "cluster": None if self.scope is None else self.scope.name,
        }

    def __repr__(self) -> str:
        query = "any query" if self.query is None else repr(_text(self.query)[:60])
        scope = "" if self.scope is None else f" on {self.scope}"
        left = "stays" if self.times is None else f"{self.times - self.hits} left"
        return f"<ExpectedResult of {self.operation} for {query}{scope}; {left}>"


class ExpectedResults:
    """Results that wait for their queries. For each query the first that matches is taken."""

    def __init__(self) -> None:
        self._waiting: list[ExpectedResult] = []
        self._lock = RLock()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> Iterator[ExpectedResult]:
        return iter(list(self._waiting))

    def add(self, expected: ExpectedResult) -> ExpectedResult:
        """Put a result behind those that wait."""
        with self._lock:
            self._waiting.append(expected)
        return expected

    def remove(self, expected: ExpectedResult) -> None:
        """Forget one."""
        with self._lock:
            self._waiting = [each for each in self._waiting if each is not expected]

    def take(self, cluster: ClusterKey, operation: str, text: str) -> ExpectedResult | None:
        """The result of a query, which counts as its use."""
        with self._lock:
            for expected in self._waiting:
                if expected.is_for(cluster, operation, text):
                    expected.hits += 1
                    self._waiting = [each for each in self._waiting if not each.is_spent]
                    return expected
        return None

    def clear(self, scope: ClusterKey | None = None) -> None:
        """Forget those of one cluster, or all."""
        with self._lock:
            self._waiting = [
                each for each in self._waiting if scope is not None and each.scope != scope
            ]


def make_expected_result(
    query: Query,
    result: Result,
    language: str | None = None,
    operation: str | None = None,
    times: int | None = 1,
    scope: ClusterKey | None = None,
) -> ExpectedResult:
    """An expected result out of what a tester writes.

    Raises ValueError for an unknown language or operation and for ``times`` below 1, TypeError for
    a result of the wrong kind.
    """
    if operation is None:
        name = check_known("query language", language or "opencypher", LANGUAGES)
        operation = LANGUAGES[name]
    check_known("operation that runs queries", operation, QUERY_MEMBERS)
    if times is not None:
        check_count("times", times)
    if query is not None and not isinstance(query, str | re.Pattern):
        raise TypeError(f"A query is a text, a compiled pattern or None, not {query!r}")
    if not callable(result):
        check_result(operation, result)
    return ExpectedResult(operation, query, result, times, scope)


def check_result(operation: str, result: Any) -> None:
    """Raises TypeError when an operation cannot answer with a result of this kind."""
    kinds, words = _KINDS.get(operation, _TEXTS)
    if not isinstance(result, kinds):
        raise TypeError(f"{operation} answers with {words}, not with {result!r}")
    if operation == LANGUAGES["opencypher"] and isinstance(result, list):
        for row in result:
            if not isinstance(row, dict):
                raise TypeError(f"A row maps column names to values; {row!r} does not")
    if operation == LANGUAGES["sparql"] and isinstance(result, dict):
        json.dumps(result)


_TEXTS: Final[tuple[tuple[type, ...], str]] = ((str, bytes), "a text")
_KINDS: Final[dict[str, tuple[tuple[type, ...], str]]] = {
    LANGUAGES["opencypher"]: ((list,), "a list of rows"),
    LANGUAGES["gremlin"]: ((list, dict), "a list of values, or GraphSON as a dict"),
    LANGUAGES["sparql"]: ((dict, bool, str, bytes), "SPARQL JSON as a dict, a bool or a text"),
}


def _plain(text: str) -> str:
    """A query without what white space says in it."""
    return " ".join(text.split())


def _text(query: Query) -> str:
    return query.pattern if isinstance(query, re.Pattern) else query or ""
