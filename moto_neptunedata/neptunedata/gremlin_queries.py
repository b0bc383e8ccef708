"""Gremlin queries on a cluster, of the Data API and of the WebSocket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .. import gremlin
from ..cluster import Cluster
from ..errors import SHARED_ERRORS
from ..graph import PropertyGraph
from ..gremlin import CompiledScript, graphson
from ..gremlin import explain as gremlin_explain
from .endpoint import Role
from .http import RawBody
from .ids import new_id
from .query_run import run_query, timeout_of

T = TypeVar("T")


@dataclass(frozen=True)
class GremlinRun(Generic[T]):
    """A compiled traversal that is to be run as a query that others see as ``text``.

    ``serialize`` makes the answer of its results, while the graph is locked. ``timeout_ms`` may
    shorten the cluster's; ``within`` does the work itself, as a transaction has to.
    """

    script: CompiledScript
    text: str
    query_id: str
    serialize: Callable[[list[Any]], T]
    timeout_ms: int | None = None
    within: Callable[[PropertyGraph, Callable[[], T]], T] | None = None


def execute(
    cluster: Cluster,
    role: Role,
    query: str,
    query_id: str = "",
    serializer: str | None = None,
) -> RawBody:
    """The results of a traversal in the format that ``serializer`` names.

    Raises ReadOnlyViolationException for one that writes on a read replica, and what the engine
    raises.
    """
    chosen = graphson.serializer_of(serializer)
    script = gremlin.compile_text(query)
    id = script.query_id or query_id or new_id()

    def serialize(found: list[Any]) -> str:
        return graphson.response_body(found, id, chosen)

    body = run(cluster, role, GremlinRun(script, query, id, serialize))
    return RawBody(body.encode(), chosen.mime)


def run(cluster: Cluster, role: Role, asked: GremlinRun[T]) -> T:
    """Run a traversal; what ``asked.serialize`` makes of its results. Raises as :func:`execute`."""
    graph, script = cluster.graph, asked.script
    if role == "reader" and script.mutations:
        raise SHARED_ERRORS.error("read_only")
    allowed = cluster.settings.query_timeout_ms
    limits = gremlin.Limits(timeout=min(allowed, asked.timeout_ms or allowed) / 1000)

    def work(is_cancelled: Callable[[], bool]) -> T:
        def once() -> T:
            found = gremlin.run(graph, script, gremlin.NEPTUNE, limits, new_id, is_cancelled)
            return asked.serialize(found)

        with graph.lock:
            return once() if asked.within is None else asked.within(graph, once)

    return run_query(cluster, "gremlin", asked.text, work, asked.query_id)


def explain(cluster: Cluster, query: str) -> str:
    """The plan of a traversal."""
    return gremlin_explain.explain(cluster.graph, query)


def profile(cluster: Cluster, role: Role, query: str, **options: Any) -> str:
    """The profile of a traversal, which is run. Raises as :func:`execute`.

    Options are ``results``, ``chop``, ``serializer`` and ``index_ops``, as the operation has them.
    """
    if role == "reader" and gremlin.mutations(query):
        raise SHARED_ERRORS.error("read_only")
    serializer = graphson.serializer_of(options.pop("serializer", None))
    limits = gremlin.Limits(timeout=timeout_of(cluster))

    def work(is_cancelled: Callable[[], bool]) -> str:
        return gremlin_explain.profile(
            cluster.graph,
            query,
            limits=limits,
            new_id=new_id,
            cancelled=is_cancelled,
            serializer=serializer,
            **options,
        )

    return run_query(cluster, "gremlin", query, work)
