"""SPARQL over plain HTTP, which botocore's model does not have: ``/sparql`` by the W3C protocol and
``/sparql/status`` (user guide, "SPARQL HTTP API").
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from ..cluster import Cluster
from ..errors import OUR_CHOICE, SHARED_ERRORS, ErrorCatalog, NeptuneError
from ..queries import SilentlyCancelled
from ..sparql.tokenizer import NO_CLAUSE, DatasetClause
from .endpoint import Role
from .http import HTTP_ERRORS, MAX_REQUEST_BYTES, Answer, HttpRequest
from .query_run import run_query
from .routing import SPARQL_PATHS

T = TypeVar("T")

_QUERY_TYPE: Final = "application/sparql-query"
_UPDATE_TYPE: Final = "application/sparql-update"

#: The errors of SPARQL requests.
SPARQL_ERRORS: Final = ErrorCatalog(
    {
        "none": (
            "MissingParameterException",
            "Missing required parameters: [query or update]",
            OUR_CHOICE,
        ),
        "two": (
            "BadRequestException",
            "A request is either one query or one update",
            OUR_CHOICE,
        ),
        "get": (
            "MethodNotAllowedException",
            "An update must be sent with the method POST",
            OUR_CHOICE,
        ),
        "id": (
            "MissingParameterException",
            "Missing required parameters: [queryId]",
            OUR_CHOICE,
        ),
        "cancelled": (
            "CancelledByUserException",
            "Operation terminated (cancelled by user)",
            "user guide, sparql-api-status-cancel",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A request as it is understood: what it runs or the id that it asks for. ``action`` is the
    IAM action that it needs.
    """

    action: str
    run: Callable[[SparqlRequest, Cluster, Role], Answer]
    text: str = ""
    query_id: str = ""
    accept: str = ""
    clause: DatasetClause = NO_CLAUSE
    silent: bool = False

    @property
    def params(self) -> dict[str, str]:
        """The parameters by the names of the protocol, for rules and the call log."""
        given = {"query": self.text, "accept": self.accept, "queryId": self.query_id}
        return {name: value for name, value in given.items() if value}


def is_sparql(path: str) -> bool:
    """Whether a path is one of these."""
    return path.rstrip("/") in SPARQL_PATHS


def parse(request: HttpRequest) -> SparqlRequest:
    """Understand a request.

    Raises MissingParameterException (no query, no id), BadRequestException (several) and
    MethodNotAllowedException.
    """
    if request.method not in ("GET", "POST"):
        raise HTTP_ERRORS.error("method", method=request.method, path=request.path)
    if len(request.body) > MAX_REQUEST_BYTES:
        raise HTTP_ERRORS.error("size")
    content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    parameters = parse_qsl(request.query, keep_blank_values=True)
    if request.method == "POST":
        text = request.body.decode("utf-8", "replace")
        if content_type == _QUERY_TYPE:
            parameters.append(("query", text))
        elif content_type == _UPDATE_TYPE:
            parameters.append(("update", text))
        else:
            parameters += parse_qsl(text, keep_blank_values=True)
    if request.path.rstrip("/").endswith("status"):
        return _status_request(dict(parameters))
    return _query_request(request, parameters)


def _query_request(request: HttpRequest, parameters: list[tuple[str, str]]) -> SparqlRequest:
    def values(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in parameters if key == name)

    given = [(name, text) for name in ("query", "update") for text in values(name)]
    if not given:
        raise SPARQL_ERRORS.error("none")
    if len(given) > 1:
        raise SPARQL_ERRORS.error("two")
    name, text = given[0]
    query_id = next(iter(values("queryId")), "")
    if name == "update":
        if request.method != "POST":
            raise SPARQL_ERRORS.error("get")
        clause = DatasetClause(values("using-graph-uri"), values("using-named-graph-uri"))
        return SparqlRequest("WriteDataViaQuery", _update, text, query_id, clause=clause)
    clause = DatasetClause(values("default-graph-uri"), values("named-graph-uri"))
    accept = request.headers.get("Accept", "")
    return SparqlRequest("ReadDataViaQuery", _query, text, query_id, accept, clause)


def _status_request(parameters: dict[str, str]) -> SparqlRequest:
    query_id = parameters.get("queryId", "")
    if "cancelQuery" in parameters:
        if not query_id:
            raise SPARQL_ERRORS.error("id")
        silent = parameters.get("silent", "").lower() == "true"
        return SparqlRequest("CancelQuery", _cancel, query_id=query_id, silent=silent)
    return SparqlRequest("GetQueryStatus", _status, query_id=query_id)


# ---------------------------------------------------------------------------- answering


def _query(asked: SparqlRequest, cluster: Cluster, role: Role) -> Answer:
    engine = cluster.management.sparql
    try:
        media_type, body = _run(
            asked, cluster, lambda: engine.query(asked.text, asked.accept, asked.clause)
        )
    except SilentlyCancelled:
        from ..sparql.engine import answer_nothing  # noqa: PLC0415 - brings pyoxigraph

        media_type, body = answer_nothing(asked.text, asked.accept)
    return 200, {"Content-Type": media_type}, body


def _update(asked: SparqlRequest, cluster: Cluster, role: Role) -> Answer:
    if role == "reader":
        raise SHARED_ERRORS.error("read_only")
    from ..sparql.update import run_update  # noqa: PLC0415 - brings pyoxigraph

    engine = cluster.management.sparql
    started = time.perf_counter()
    try:
        _run(asked, cluster, lambda: run_update(engine, asked.text, asked.clause))
    except SilentlyCancelled:
        return _json([])
    elapsed = int((time.perf_counter() - started) * 1000)
    clauses = dict.fromkeys(
        ("connFlush", "batchResolve", "whereClause", "deleteClause", "insertClause"), 0
    )
    event = {
        "type": "UpdateEvent",
        "totalElapsedMillis": elapsed,
        "elapsedMillis": elapsed,
        **clauses,
    }
    return _json([event, {"type": "Commit", "totalElapsedMillis": elapsed}])


def _run(asked: SparqlRequest, cluster: Cluster, work: Callable[[], T]) -> T:
    """Do something as a query that the status path shows; pyoxigraph cannot be interrupted."""
    try:
        return run_query(cluster, "sparql", asked.text, lambda _: work(), asked.query_id)
    except NeptuneError as error:
        if error.code == "CancelledByUserException":
            raise SPARQL_ERRORS.error("cancelled") from None
        raise


def _status(asked: SparqlRequest, cluster: Cluster, role: Role) -> Answer:
    queries = cluster.queries["sparql"]
    return _json(queries.find(asked.query_id).to_dict() if asked.query_id else queries.status())


def _cancel(asked: SparqlRequest, cluster: Cluster, role: Role) -> Answer:
    queries = cluster.queries["sparql"]
    queries.cancel(asked.query_id, asked.silent)
    return _json(queries.status())


def _json(body: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()
