"""Which operation a request means: by method and path, as botocore's model has them.

Beside the model stand only the spellings of clients other than boto3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from ..errors import NeptuneError
from ..service_model import Operation, operations
from .http import HTTP_ERRORS, HttpRequest

#: Paths that the engine answers beside those of botocore's model, and what they stand for
#: (user guide: openCypher HTTPS endpoint, Neptune streams, statistics endpoints).
PATH_ALIASES: Final = {
    "/openCypher": "/opencypher",
    "/pg/stream": "/propertygraph/stream",
    "/gremlin/stream": "/propertygraph/stream",
    "/pg/statistics": "/propertygraph/statistics",
    "/gremlin/statistics": "/propertygraph/statistics",
    "/rdf/statistics": "/sparql/statistics",
}


#: Paths of SPARQL, which only plain HTTP clients use; ``sparql_http`` answers them.
SPARQL_PATHS: Final = frozenset(("/sparql", "/sparql/status"))


#: Requests of plain HTTP clients, by GET or POST, whose parameters tell the operation: it is the
#: first one whose parameter is there (user guide: Gremlin and openCypher HTTP endpoints, query
#: status, query cancellation, openCypher explain, "Inject a Custom ID").
PLAIN_FORMS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "/": (("gremlin", "ExecuteGremlinQuery"),),
    "/gremlin": (("", "ExecuteGremlinQuery"),),
    "/gremlin/status": (
        ("cancelQuery", "CancelGremlinQuery"),
        ("queryId", "GetGremlinQueryStatus"),
        ("", "ListGremlinQueries"),
    ),
    "/opencypher": (
        ("explain", "ExecuteOpenCypherExplainQuery"),
        ("", "ExecuteOpenCypherQuery"),
    ),
    "/opencypher/status": (
        ("cancelQuery", "CancelOpenCypherQuery"),
        ("queryId", "GetOpenCypherQueryStatus"),
        ("", "ListOpenCypherQueries"),
    ),
}


Methods = dict[str, Operation]


@dataclass(frozen=True, slots=True)
class _Labelled:
    """The operations of a path with a label: ``before{label}after``."""

    before: str
    label: str
    after: str
    methods: Methods


@lru_cache(maxsize=1)
def _routes() -> tuple[dict[str, Methods], tuple[_Labelled, ...]]:
    exact: dict[str, Methods] = {}
    labelled: dict[str, _Labelled] = {}
    for operation in operations().values():
        path = operation.path
        if "{" in path:
            before, label, after = re.split(r"\{(\w+)\}", path)
            known = labelled.setdefault(path, _Labelled(before, label, after, {}))
            known.methods[operation.method] = operation
        else:
            exact.setdefault(path, {})[operation.method] = operation
    return exact, tuple(labelled.values())


def route(method: str, path: str, query: Mapping[str, str]) -> tuple[Operation, dict[str, str]]:
    """The operation that a request means, and the values of its URI labels.

    A label may also come in the query string (``DELETE /loader?loadId=…``), as the user guide has
    it for the loader. Raises MethodNotAllowedException for a known path with another method and
    ResourceNotFoundException for an unknown path.
    """
    plain, labelled = _candidates(path)
    known = bool(plain or labelled)
    for candidate, own_value in labelled:
        value = own_value or query.get(candidate.label, "")
        if method in candidate.methods and (value or method not in plain):
            return candidate.methods[method], {candidate.label: value} if value else {}
    if method in plain:
        return plain[method], {}
    raise HTTP_ERRORS.error("method" if known else "path", method=method, path=path)


@lru_cache(maxsize=1024)  # clients poll
def _candidates(path: str) -> tuple[Methods, tuple[tuple[_Labelled, str], ...]]:
    """The operations of exactly this path, and those of paths with a label, with its value."""
    path = _canonical(path)
    exact, labelled = _routes()
    values = ((candidate, _label_value(candidate, path)) for candidate in labelled)
    found = tuple((candidate, value) for candidate, value in values if value is not None)
    return exact.get(path, {}), found


def operation_name(request: HttpRequest) -> str:
    """The name of the operation that a request means, empty where it means none."""
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    try:
        return route(request.method, request.path, query)[0].name
    except NeptuneError:
        return ""


def is_known_path(path: str) -> bool:
    """Whether some operation, or SPARQL, has this path."""
    return _canonical(path).rstrip("/") in SPARQL_PATHS or any(_candidates(path))


def _label_value(candidate: _Labelled, path: str) -> str | None:
    """The label's value in this path, ``""`` where it is left out, None for another path."""
    before, after = candidate.before, candidate.after
    if not path.startswith(before) or not path.endswith(after):
        return "" if path + "/" == before and not after else None
    value = path[len(before) : len(path) - len(after)]
    return None if "/" in value else unquote(value)


@lru_cache(maxsize=1024)  # clients poll
def _canonical(path: str) -> str:
    if path in _routes()[0]:  # /rdf/statistics/summary is no alias, though /rdf/statistics is one
        return path
    for alias, model_path in PATH_ALIASES.items():
        if path == alias or path.startswith(alias + "/"):
            return model_path + path[len(alias) :]
    return path


def plain_forms(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """What a request may mean by its parameters; nothing for most."""
    if request.method not in ("GET", "POST"):
        return ()
    return PLAIN_FORMS.get(_canonical(request.path or "/"), ())


def plain_form(
    request: HttpRequest, forms: tuple[tuple[str, str], ...], given: Mapping[str, Any]
) -> tuple[Operation, dict[str, str]]:
    """The operation that the parameters tell, and the values of its URI labels."""
    name = next((name for parameter, name in forms if parameter in given or not parameter), None)
    if name is None or name not in operations():
        return route(request.method, request.path, {})
    operation = operations()[name]
    labels = [member.wire_name for member in operation.members if member.location == "uri"]
    return operation, {label: str(given[label]) for label in labels if given.get(label)}
