"""The wire contract of the Neptune Data API, read from botocore's own model.

Routing, parsing, validation and serialisation for every operation and every error come from
``botocore/data/neptunedata/2023-08-01/service-2.json``; nothing about single operations is kept
here but the spellings of clients other than boto3 (:data:`PATH_ALIASES`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from ..errors import NeptuneError

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

#: Parameters of plain HTTP clients that botocore's model does not have; they are texts.
UNMODELED_PARAMETERS: Final = {
    "ExecuteGremlinQuery": ("queryId",),
    "ExecuteOpenCypherQuery": ("queryId",),
}

#: Paths to which a query may be posted as it is, and the parameter that it stands for.
TEXT_BODIES: Final = {"/": "gremlin", "/gremlin": "gremlin"}

#: Operations that refuse a bad value in words of their own (user guide,
#: streams-using-api-exceptions; that of the fast reset is recalled).
_INVALID_IN_STREAM: Final = "An invalid or out-of-range value was supplied as an input parameter."
INVALID_VALUE_TEXTS: Final = {
    "GetPropertygraphStream": _INVALID_IN_STREAM,
    "GetSparqlStream": _INVALID_IN_STREAM,
    "ExecuteFastReset": "System command parameter '{name}' has unsupported value '{value}'",
}

#: The largest request that the engine reads, in bytes (user guide, errors-engine-codes).
MAX_REQUEST_BYTES: Final = 157_286_400

#: Texts that are this mock's own choice where AWS documents none.
TEXTS: Final = {
    "missing": "Missing required parameters: [{names}]",
    "invalid": "Invalid {name}: {value}",
    "range": "Invalid {name}: {value}. It must be between {least} and {most}",
    "least": "Invalid {name}: {value}. It must be at least {least}",
    "most": "Invalid {name}: {value}. It must be at most {most}",
    "json": "Failed to parse request body",
    "body": "Failed to read request body",
    "size": f"Request size exceeds max allowed value of {MAX_REQUEST_BYTES} bytes.",
    "method": "The method {method} is not allowed for {path}",
    "path": "There is no operation at {method} {path}",
    "unsupported": "{name} is not supported by moto_neptunedata",
}


@dataclass(slots=True)
class HttpRequest:
    """A request as it came: ``path`` still percent-encoded, ``headers`` case-insensitive."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Member:
    """One input or output member: where it travels, under which name, and what it may be."""

    name: str
    wire_name: str
    location: str  # "uri", "querystring", "header" or "body"
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the service, with what parsing and serialising it needs."""

    name: str
    method: str
    path: str
    members: tuple[Member, ...]
    output: StructureShape | None
    #: Name of the output member that is the whole body (a streaming blob), if there is one.
    payload: str | None
    #: Output member that repeats the HTTP status, if there is one.
    status_member: str | None
    #: Whether any input member travels in the body.
    has_body: bool
    #: Whether any input member travels in a header.
    has_headers: bool
    #: Whether every output member is sent as it is: no other name, no members of its own.
    is_flat: bool

    @property
    def method_name(self) -> str:
        """``CancelLoaderJob`` -> ``cancel_loader_job``, ``StartMLModelTrainingJob`` ->
        ``start_ml_model_training_job``, as boto3 names it.
        """
        words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", self.name)
        return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """botocore's model of the service."""
    return ServiceModel(Loader().load_service_model("neptunedata", "service-2"), "neptunedata")


@lru_cache(maxsize=1)
def operations() -> dict[str, Operation]:
    """Every operation by its name."""
    model = service_model()
    return {name: _operation(model.operation_model(name)) for name in model.operation_names}


@lru_cache(maxsize=1)
def error_statuses() -> dict[str, int]:
    """The HTTP status of every modeled exception."""
    model = service_model()
    shapes = map(model.shape_for, model.shape_names)
    return {
        shape.name: shape.metadata["error"]["httpStatusCode"]
        for shape in shapes
        if shape.metadata.get("exception")
    }


def _operation(model: OperationModel) -> Operation:
    shape = model.input_shape
    members: tuple[Member, ...] = ()
    if shape is not None:
        members = tuple(
            Member(
                name=name,
                wire_name=str(member.serialization.get("name", name)),
                location=str(member.serialization.get("location", "body")),
                shape=member,
                required=name in shape.required_members,
            )
            for name, member in shape.members.items()
        )
    output = model.output_shape
    statuses = [
        name
        for name, member in (output.members.items() if output else ())
        if member.serialization.get("location") == "statusCode"
    ]
    return Operation(
        name=model.name,
        method=model.http["method"],
        path=model.http["requestUri"],
        members=members,
        output=output,
        payload=output.serialization.get("payload") if output else None,
        status_member=statuses[0] if statuses else None,
        has_body=any(member.location == "body" for member in members),
        has_headers=any(member.location == "header" for member in members),
        is_flat=output is not None and all(map(_is_plain, output.members.values())),
    )


def _is_plain(member: Shape) -> bool:
    is_document = isinstance(member, StructureShape) and member.is_document_type
    is_value = not isinstance(member, StructureShape | ListShape)
    return "name" not in member.serialization and (is_document or is_value)


# ---------------------------------------------------------------------------- routing


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
    code, text = ("MethodNotAllowedException", "method") if known else _NO_PATH
    raise NeptuneError(code, TEXTS[text].format(method=method, path=path))


@lru_cache(maxsize=1024)  # clients poll
def _candidates(path: str) -> tuple[Methods, tuple[tuple[_Labelled, str], ...]]:
    """The operations of exactly this path, and those of paths with a label, with its value."""
    path = _canonical(path)
    exact, labelled = _routes()
    values = ((candidate, _label_value(candidate, path)) for candidate in labelled)
    found = tuple((candidate, value) for candidate, value in values if value is not None)
    return exact.get(path, {}), found


def named(request: HttpRequest) -> str:
    """The name of the operation that a request means, empty where it means none."""
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    try:
        return route(request.method, request.path, query)[0].name
    except NeptuneError:
        return ""


def is_known_path(path: str) -> bool:
    """Whether some operation, or SPARQL, has this path."""
    return _canonical(path).rstrip("/") in SPARQL_PATHS or any(_candidates(path))


_NO_PATH: Final = ("ResourceNotFoundException", "path")


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


# ---------------------------------------------------------------------------- parsing


def parse(request: HttpRequest) -> tuple[Operation, dict[str, Any]]:
    """The operation of a request and its parameters, validated, by botocore's member names.

    Raises NeptuneError: BadRequestException (body), MissingParameterException,
    InvalidParameterException (type, enum, bounds), and what :func:`route` raises.
    """
    if request.method == "GET" and not request.body and len(request.query) <= _MAX_POLL:
        operation, params = _poll(request.path, request.query)
        if not operation.has_headers:
            return operation, params.copy()
    return _parsed(request)


#: The longest query string of requests that are kept.
_MAX_POLL: Final = 200


@lru_cache(maxsize=1024)  # clients poll
def _poll(path: str, query: str) -> tuple[Operation, dict[str, Any]]:
    return _parsed(HttpRequest("GET", path, query, {}, b""))


def _parsed(request: HttpRequest) -> tuple[Operation, dict[str, Any]]:
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    forms = _plain_forms(request)
    if forms:
        body = _body(request)
        operation, labels = _plain_form(request, forms, {**body, **query})
    else:
        operation, labels = route(request.method, request.path, query)
        body = _body(request) if operation.has_body else {}
    sources: dict[str, Mapping[str, Any]] = {
        "uri": labels,
        "querystring": query,
        "header": request.headers,
        "body": body,
    }
    params: dict[str, Any] = {}
    missing = []
    for member in operation.members:
        value = sources[member.location].get(member.wire_name)
        if value is None and member.location == "querystring":
            value = body.get(member.wire_name)
        if value is None and member.location == "body":
            # Clients that send a form may send it in the query string as well.
            value = query.get(member.wire_name)
        if value is None:
            if member.required:
                missing.append(member.wire_name)
        else:
            params[member.name] = value
    for name in UNMODELED_PARAMETERS.get(operation.name, ()):
        value = body.get(name, query.get(name))
        if value:
            params[name] = str(value)
    if missing:
        text = TEXTS["missing"].format(names=", ".join(missing))
        raise NeptuneError("MissingParameterException", text)
    for member in operation.members:
        if member.name in params:
            try:
                params[member.name] = _checked(member, params[member.name])
            except NeptuneError as error:
                own = INVALID_VALUE_TEXTS.get(operation.name)
                if own is None:
                    raise
                text = own.format(name=member.wire_name, value=params[member.name])
                raise NeptuneError(error.code, text) from None
    return operation, params


def _plain_forms(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """What a request may mean by its parameters; nothing for most."""
    if request.method not in ("GET", "POST"):
        return ()
    return PLAIN_FORMS.get(_canonical(request.path or "/"), ())


def _plain_form(
    request: HttpRequest, forms: tuple[tuple[str, str], ...], given: Mapping[str, Any]
) -> tuple[Operation, dict[str, str]]:
    """The operation that the parameters tell, and the values of its URI labels."""
    name = next((name for parameter, name in forms if parameter in given or not parameter), None)
    if name is None or name not in operations():
        return route(request.method, request.path, {})
    operation = operations()[name]
    labels = [member.wire_name for member in operation.members if member.location == "uri"]
    return operation, {label: str(given[label]) for label in labels if given.get(label)}


def _body(request: HttpRequest) -> dict[str, Any]:
    """The body as a map: JSON, or a form as curl and plain HTTP clients send it."""
    body = request.body
    if len(body) > MAX_REQUEST_BYTES:
        raise NeptuneError("BadRequestException", TEXTS["size"])
    if not body.strip():
        return {}
    content_type = request.headers.get("Content-Type", "").lower()
    is_form = "x-www-form-urlencoded" in content_type
    name = TEXT_BODIES.get(request.path or "/")
    if is_form and body.lstrip()[:1] != b"{":
        text = body.decode("utf-8", "replace")
        form = dict(parse_qsl(text, keep_blank_values=True))
        is_text = name is not None and list(form.values()) == [""] and name not in form
        return {str(name): next(iter(form))} if is_text else form
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, dict):
        return parsed
    if name is not None and "json" not in content_type:
        return {name: body.decode("utf-8", "replace")}
    raise NeptuneError("BadRequestException", TEXTS["json"])


def _invalid(name: str, value: Any) -> NeptuneError:
    shown = value if isinstance(value, str) else json.dumps(value)
    text = TEXTS["invalid"].format(name=name, value=shown[:200])
    return NeptuneError("InvalidParameterException", text)


def _checked(member: Member, value: Any) -> Any:
    checked = _CHECKS.get(member.shape.type_name, _any)(member.shape, member.wire_name, value)
    enum = getattr(member.shape, "enum", None)
    # The header that carries an enum (Accept-Encoding) is a negotiation, not a parameter.
    if enum and checked not in enum and member.location != "header":
        raise _invalid(member.wire_name, value)
    return checked


def _string(shape: Shape, name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if name == "parameters" and isinstance(value, dict):
        return json.dumps(value)  # plain HTTP clients of openCypher send the object itself
    raise _invalid(name, value)


def _boolean(shape: Shape, name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = _BOOLEANS.get(value.lower()) if isinstance(value, str) else None
    if known is None:
        raise _invalid(name, value)
    return known


_BOOLEANS: Final = {"true": True, "false": False}


def _integer(shape: Shape, name: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid(name, value)
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        kind = "least" if most is None else "range" if least is not None else "most"
        text = TEXTS[kind].format(name=name, value=value, least=least, most=most)
        raise NeptuneError("InvalidParameterException", text)
    return value


def _container(kind: type) -> Callable[[Shape, str, Any], Any]:
    def check(shape: Shape, name: str, value: Any) -> Any:
        if isinstance(value, str):  # a form carries it as JSON text
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise _invalid(name, value) from None
        if not isinstance(value, kind):
            raise _invalid(name, value)
        return _NESTED[kind](shape, name, value)

    return check


def _list(shape: ListShape, name: str, value: list[Any]) -> list[Any]:
    check = _CHECKS.get(shape.member.type_name, _any)
    return [check(shape.member, name, item) for item in value]


def _map(shape: MapShape | StructureShape, name: str, value: dict[str, Any]) -> dict[str, Any]:
    if isinstance(shape, MapShape):
        check = _CHECKS.get(shape.value.type_name, _any)
        return {key: check(shape.value, f"{name}.{key}", item) for key, item in value.items()}
    for member in shape.required_members:
        if value.get(member) is None:
            text = TEXTS["missing"].format(names=f"{name}.{member}")
            raise NeptuneError("MissingParameterException", text)
    return {
        key: _CHECKS.get(member.type_name, _any)(member, f"{name}.{key}", value[key])
        for key, member in shape.members.items()
        if value.get(key) is not None
    }


def _any(shape: Shape, name: str, value: Any) -> Any:
    return value


_NESTED: Final[dict[type, Callable[[Any, str, Any], Any]]] = {list: _list, dict: _map}
_CHECKS: Final[dict[str, Callable[[Shape, str, Any], Any]]] = {
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "list": _container(list),
    "map": _container(dict),
    "structure": _container(dict),
}


# ---------------------------------------------------------------------------- answering

Answer = tuple[int, dict[str, str], bytes]


class RawBody(NamedTuple):
    """A body that is ready to be sent."""

    body: bytes
    content_type: str


def serialise(operation: Operation, result: Mapping[str, Any] | RawBody, request_id: str) -> Answer:
    """The answer that carries ``result``, which maps botocore's member names to values.

    Members that are None are left out. A member that is the whole body (a streaming blob) is sent
    as it is, with the content type in ``result["contentType"]`` if that is given.
    """
    headers = {"x-amzn-RequestId": request_id}
    if isinstance(result, RawBody):
        headers["Content-Type"] = result.content_type
        return 200, headers, result.body
    status = int(result.get(operation.status_member or "", 200))
    if operation.payload is not None:
        headers["Content-Type"] = result.get("contentType", "text/plain;charset=utf-8")
        return status, headers, result[operation.payload]
    headers["Content-Type"] = "application/json"
    if status == 204:
        return status, headers, b""
    assert operation.output is not None
    named = result if operation.is_flat else _wire_names(operation.output, result)
    body = {
        name: value
        for name, value in named.items()
        if value is not None and name != operation.status_member
    }
    return status, headers, _encode(body).encode()


_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def _wire_names(shape: Shape, value: Any) -> Any:
    """``value`` with each member under the name that it has on the wire."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        if shape.is_document_type:
            return value
        return {
            _wire_name(shape, name): _wire_names(shape.members[name], item)
            if name in shape.members
            else item
            for name, item in value.items()
            if item is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_wire_names(shape.member, item) for item in value]
    return value


def _wire_name(shape: StructureShape, name: str) -> str:
    member = shape.members.get(name)
    return str(member.serialization.get("name", name)) if member is not None else name


def serialise_error(error: NeptuneError, request_id: str) -> Answer:
    """An error as Neptune answers it: the envelope of the user guide plus ``message``."""
    headers = {
        "Content-Type": "application/json",
        "x-amzn-RequestId": request_id,
        "x-amzn-ErrorType": error.code,
    }
    body = {
        "code": error.code,
        "requestId": request_id,
        "detailedMessage": error.message,
        "message": error.message,
    }
    return error_statuses()[error.code], headers, json.dumps(body).encode()
