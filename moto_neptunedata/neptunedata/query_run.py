"""What the queries of every language have in common: an id, a timeout, and who may write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..cluster import Cluster
from .ids import new_id

T = TypeVar("T")


def timeout_of(cluster: Cluster) -> float:
    """The longest that a query may run, in seconds."""
    return cluster.settings.query_timeout_ms / 1000


def run_query(
    cluster: Cluster,
    language: str,
    text: str,
    work: Callable[[Callable[[], bool]], T],
    query_id: str = "",
) -> T:
    """Do ``work`` as a query that others can see and cancel; see
    :meth:`moto_neptunedata.queries.Queries.run`.
    """
    queries = cluster.queries[language]
    return queries.run(query_id or new_id(), text, timeout_of(cluster), work)
