"""How a running query reads an element: its properties and its id, unless it was deleted."""

from __future__ import annotations

from ...graph import Edge, Vertex
from ..dialect import ID_KEY
from ..errors import deleted_error, type_error
from ..functions import read_stored
from ..values import Value, get_type_name


def read_property(value: Value, key: str) -> Value:
    """``value.key``: null for a missing one."""
    kind = type(value)
    if kind is Vertex or kind is Edge:
        return read_stored(value.properties.get(key))
    if kind is dict:
        return value.get(key)
    if value is None:
        return None
    raise type_error(
        f"Type mismatch: expected a map, node or relationship but was {get_type_name(value)}",
        "InvalidArgumentType",
    )


def check_existing(deleted: set[Value], value: Value) -> Value:
    if type(value) in (Vertex, Edge) and value in deleted:
        raise deleted_error(value.id)
    return value


def read_existing_property(deleted: set[Value], value: Value, key: str) -> Value:
    return read_property(check_existing(deleted, value), key)


def read_id(value: Value) -> Value:
    if type(value) is Vertex or type(value) is Edge:
        return value.id
    return read_property(value, ID_KEY)
