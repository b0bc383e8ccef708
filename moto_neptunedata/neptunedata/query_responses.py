"""The operations of the two query languages; see :mod:`.responses`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..errors import NeptuneError
from ..queries import Queries, SilentlyCancelled
from .http import RawBody
from .models import new_id

if TYPE_CHECKING:
    from ..cluster import Cluster
    from ..graph import PropertyGraph
    from ..gremlin import CompiledScript
    from .endpoint import Endpoint

Result = Mapping[str, Any]
T = TypeVar("T")

#: A write that reaches a read replica (user guide: openCypher exceptions; errors-engine-codes).
READ_ONLY: Final = {
    "opencypher": "openCypher update attempted on a read-only replica",
    "gremlin": (
        "The request is rejected because it violates some read-only restriction, "
        "such as a designation of a replica as read-only."
    ),
}


class QueryResponses:
    """A method for each operation of a query language. The engines are imported when first used."""

    if TYPE_CHECKING:
        params: dict[str, Any]
        endpoint: Endpoint

        @property
        def cluster(self) -> Cluster: ...

    # ------------------------------------------------------------------ openCypher

    def execute_open_cypher_query(self) -> Result:
        from .. import opencypher
        from ..opencypher import json_format

        cluster, query = self.cluster, self.params["openCypherQuery"]
        parameters = _parameters(self.params.get("parameters"))
        self._writer_only("opencypher", lambda: opencypher.access(query).writes)
        limits = opencypher.Limits(timeout=cluster.settings.query_timeout_ms / 1000)

        def work(cancelled: Callable[[], bool]) -> Result:
            with cluster.graph.lock:
                found = opencypher.execute(
                    cluster.graph,
                    query,
                    parameters,
                    limits=limits,
                    new_id=new_id,
                    cancelled=cancelled,
                )
                return json_format.results(found)

        try:
            query_id = self.params.get("queryId", "")
            results: Result = self._run(cluster.queries["opencypher"], query, work, query_id)
            return results
        except SilentlyCancelled:
            return {"results": []}

    def execute_open_cypher_explain_query(self) -> Result:
        from .. import opencypher
        from ..opencypher.explain import explain_text

        cluster, query = self.cluster, self.params["openCypherQuery"]
        parameters = _parameters(self.params.get("parameters"))
        limits = opencypher.Limits(timeout=cluster.settings.query_timeout_ms / 1000)

        def work(cancelled: Callable[[], bool]) -> str:
            return explain_text(
                cluster.graph,
                query,
                self.params["explainMode"],
                parameters,
                limits=limits,
                cancelled=cancelled,
            )

        return {"results": self._run(cluster.queries["opencypher"], query, work).encode()}

    def list_open_cypher_queries(self) -> Result:
        return self.cluster.queries["opencypher"].status()

    def get_open_cypher_query_status(self) -> Result:
        return self.cluster.queries["opencypher"].find(self.params["queryId"]).to_dict()

    def cancel_open_cypher_query(self) -> Result:
        silent = self.params.get("silent", False)
        self.cluster.queries["opencypher"].cancel(self.params["queryId"], silent)
        return {"status": "200 OK", "payload": True}

    # ------------------------------------------------------------------ Gremlin

    def execute_gremlin_query(self) -> RawBody:
        from .. import gremlin
        from ..gremlin import graphson

        query = self.params["gremlinQuery"]
        serializer = graphson.serializer_of(self.params.get("serializer"))
        script = gremlin.compile_text(query)
        query_id = script.query_id or self.params.get("queryId") or new_id()

        def tell(found: list[Any]) -> str:
            return graphson.response_body(found, query_id, serializer)

        body = self.run_gremlin(script, query, query_id, tell)
        return RawBody(body.encode(), serializer.mime)

    def run_gremlin(
        self,
        script: CompiledScript,
        text: str,
        query_id: str,
        tell: Callable[[list[Any]], T],
        timeout_ms: int | None = None,
        within: Callable[[PropertyGraph, Callable[[], T]], T] | None = None,
    ) -> T:
        """Run a compiled traversal as a query that others see as ``text``; what ``tell`` makes of
        its results. ``timeout_ms`` may shorten the cluster's; ``within`` does the work itself.
        """
        from .. import gremlin

        cluster = self.cluster
        graph = cluster.graph
        self._writer_only("gremlin", lambda: bool(script.mutations))
        allowed = cluster.settings.query_timeout_ms
        limits = gremlin.Limits(timeout=min(allowed, timeout_ms or allowed) / 1000)

        def work(cancelled: Callable[[], bool]) -> T:
            def once() -> T:
                return tell(gremlin.run(graph, script, gremlin.NEPTUNE, limits, new_id, cancelled))

            with graph.lock:
                return once() if within is None else within(graph, once)

        told: T = self._run(cluster.queries["gremlin"], text, work, query_id)
        return told

    def execute_gremlin_explain_query(self) -> Result:
        from ..gremlin import explain

        cluster, query = self.cluster, self.params["gremlinQuery"]
        return {"output": explain.explain(cluster.graph, query).encode()}

    def execute_gremlin_profile_query(self) -> Result:
        from .. import gremlin
        from ..gremlin import explain, graphson

        cluster, query = self.cluster, self.params["gremlinQuery"]
        self._writer_only("gremlin", lambda: bool(gremlin.mutations(query)))
        serializer = graphson.serializer_of(self.params.get("serializer"))
        limits = gremlin.Limits(timeout=cluster.settings.query_timeout_ms / 1000)

        def work(cancelled: Callable[[], bool]) -> str:
            return explain.profile(
                cluster.graph,
                query,
                limits=limits,
                new_id=new_id,
                cancelled=cancelled,
                results=self.params.get("results", True),
                chop=self.params.get("chop", 250),
                serializer=serializer,
                index_ops=self.params.get("indexOps", False),
            )

        return {"output": self._run(cluster.queries["gremlin"], query, work).encode()}

    def list_gremlin_queries(self) -> Result:
        return self.cluster.queries["gremlin"].status()

    def get_gremlin_query_status(self) -> Result:
        return self.cluster.queries["gremlin"].find(self.params["queryId"]).to_dict()

    def cancel_gremlin_query(self) -> Result:
        self.cluster.queries["gremlin"].cancel(self.params["queryId"])
        return {"status": "200 OK"}

    # ------------------------------------------------------------------ inside

    def _run(self, queries: Queries, text: str, work: Any, query_id: str = "") -> Any:
        timeout = self.cluster.settings.query_timeout_ms / 1000
        return queries.run(query_id or new_id(), text, timeout, work)

    def _writer_only(self, language: str, writes: Callable[[], bool]) -> None:
        if self.endpoint.role == "reader" and writes():
            raise NeptuneError("ReadOnlyViolationException", READ_ONLY[language])


def _parameters(text: str | None) -> dict[str, Any]:
    """The member ``parameters``, which is a JSON object in a string."""
    try:
        parameters = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        parameters = None
    if not isinstance(parameters, dict):
        raise NeptuneError("BadRequestException", "Parameters must be a JSON object")
    return parameters
