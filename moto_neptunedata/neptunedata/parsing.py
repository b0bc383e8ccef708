"""Parameters of a request, validated by botocore's model and named by its members."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ..errors import OUR_CHOICE, ErrorCatalog, NeptuneError
from ..service_model import Member, Operation
from .http import HTTP_ERRORS, MAX_REQUEST_BYTES, HttpRequest
from .routing import plain_form, plain_forms, route

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


#: The errors of parameters; the texts of bounds are ours.
PARAMETER_ERRORS: Final = ErrorCatalog(
    {
        "missing": (
            "MissingParameterException",
            "Missing required parameters: [{names}]",
            OUR_CHOICE,
        ),
        "invalid": ("InvalidParameterException", "Invalid {name}: {value}", OUR_CHOICE),
        "range": (
            "InvalidParameterException",
            "Invalid {name}: {value}. It must be between {least} and {most}",
            OUR_CHOICE,
        ),
        "least": (
            "InvalidParameterException",
            "Invalid {name}: {value}. It must be at least {least}",
            OUR_CHOICE,
        ),
        "most": (
            "InvalidParameterException",
            "Invalid {name}: {value}. It must be at most {most}",
            OUR_CHOICE,
        ),
        "json": ("BadRequestException", "Failed to parse request body", OUR_CHOICE),
    }
)


def parse(request: HttpRequest) -> tuple[Operation, dict[str, Any]]:
    """The operation of a request and its parameters, validated, by botocore's member names.

    Raises NeptuneError: BadRequestException (body), MissingParameterException,
    InvalidParameterException (type, enum, bounds), and what :func:`route` raises.
    """
    if request.method == "GET" and not request.body and len(request.query) <= _MAX_POLL:
        operation, params = _parse_poll(request.path, request.query)
        if not operation.has_headers:
            return operation, params.copy()
    return _parse(request)


#: The longest query string of requests that are kept.
_MAX_POLL: Final = 200


@lru_cache(maxsize=1024)  # clients poll
def _parse_poll(path: str, query: str) -> tuple[Operation, dict[str, Any]]:
    return _parse(HttpRequest("GET", path, query, {}, b""))


def _parse(request: HttpRequest) -> tuple[Operation, dict[str, Any]]:
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    forms = plain_forms(request)
    if forms:
        body = _body(request)
        operation, labels = plain_form(request, forms, {**body, **query})
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
        raise PARAMETER_ERRORS.error("missing", names=", ".join(missing))
    for member in operation.members:
        if member.name in params:
            try:
                params[member.name] = _check_value(member, params[member.name])
            except NeptuneError as error:
                own = INVALID_VALUE_TEXTS.get(operation.name)
                if own is None:
                    raise
                text = own.format(name=member.wire_name, value=params[member.name])
                raise NeptuneError(error.code, text) from None
    return operation, params


def _body(request: HttpRequest) -> dict[str, Any]:
    """The body as a map: JSON, or a form as curl and plain HTTP clients send it."""
    body = request.body
    if len(body) > MAX_REQUEST_BYTES:
        raise HTTP_ERRORS.error("size")
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
    raise PARAMETER_ERRORS.error("json")


# So much of a wrong value stands in its error.
_MAX_VALUE_TEXT: Final = 200


def _invalid(name: str, value: Any) -> NeptuneError:
    text = value if isinstance(value, str) else json.dumps(value)
    return PARAMETER_ERRORS.error("invalid", name=name, value=text[:_MAX_VALUE_TEXT])


def _check_value(member: Member, value: Any) -> Any:
    parsed = _CHECKS.get(member.shape.type_name, _any)(member.shape, member.wire_name, value)
    enum = getattr(member.shape, "enum", None)
    # The header that carries an enum (Accept-Encoding) is a negotiation, not a parameter.
    if enum and parsed not in enum and member.location != "header":
        raise _invalid(member.wire_name, value)
    return parsed


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
        raise PARAMETER_ERRORS.error(kind, name=name, value=value, least=least, most=most)
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
            raise PARAMETER_ERRORS.error("missing", names=f"{name}.{member}")
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
