"""Answers as botocore's model has them, and errors as Neptune sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.model import ListShape, Shape, StructureShape

from ..errors import NeptuneError
from ..service_model import Operation, error_statuses
from .http import Answer, RawBody


def serialize(operation: Operation, result: Mapping[str, Any] | RawBody, request_id: str) -> Answer:
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
    members = result if operation.is_flat else _wire_names(operation.output, result)
    body = {
        name: value
        for name, value in members.items()
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


def serialize_error(error: NeptuneError, request_id: str) -> Answer:
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
