"""openCypher queries of the Data API on a cluster."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from .. import opencypher
from ..cluster import Cluster
from ..errors import OUR_CHOICE, ErrorCatalog
from ..opencypher.engine import Options
from ..opencypher.explain import explain_text
from ..opencypher.result_serialization import serialize_result
from ..queries import SilentlyCancelled
from .endpoint import Role
from .ids import new_id
from .query_run import run_query, timeout_of

OPENCYPHER_ERRORS: Final = ErrorCatalog(
    {
        "read_only": (
            "ReadOnlyViolationException",
            "openCypher update attempted on a read-only replica",
            "user guide, access-graph-opencypher-exceptions",
        ),
        "parameters": ("BadRequestException", "Parameters must be a JSON object", OUR_CHOICE),
    }
)


def execute(
    cluster: Cluster, role: Role, query: str, parameters: str = "", query_id: str = ""
) -> list[dict[str, Any]]:
    """The rows of a query as JSON; none where it was cancelled silently.

    ``parameters`` is a JSON object. Raises ReadOnlyViolationException for a query that writes on a
    read replica, BadRequestException, and what the engine raises.
    """
    values = _parse_parameters(parameters)
    if role == "reader" and opencypher.access(query).writes:
        raise OPENCYPHER_ERRORS.error("read_only")
    limits = opencypher.Limits(timeout=timeout_of(cluster))

    def work(is_cancelled: Callable[[], bool]) -> Any:
        with cluster.graph.lock:
            options = Options(limits=limits, new_id=new_id, cancelled=is_cancelled)
            found = opencypher.execute(cluster.graph, query, values, options=options)
            return serialize_result(found)["results"]

    try:
        rows: list[dict[str, Any]] = run_query(cluster, "opencypher", query, work, query_id)
        return rows
    except SilentlyCancelled:
        return []


def explain(cluster: Cluster, query: str, explain_mode: str, parameters: str = "") -> str:
    """The plan of a query. Raises as :func:`execute`."""
    values = _parse_parameters(parameters)
    limits = opencypher.Limits(timeout=timeout_of(cluster))

    def work(is_cancelled: Callable[[], bool]) -> str:
        options = Options(limits=limits, cancelled=is_cancelled)
        return explain_text(cluster.graph, query, explain_mode, values, options)

    return run_query(cluster, "opencypher", query, work)


def _parse_parameters(text: str) -> dict[str, Any]:
    try:
        parameters = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        parameters = None
    if not isinstance(parameters, dict):
        raise OPENCYPHER_ERRORS.error("parameters")
    return parameters
