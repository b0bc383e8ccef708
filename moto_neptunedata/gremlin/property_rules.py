"""What may be stored, and how: ids, labels, keys and values by the rules of the dialect."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from ..graph import Byte, Edge, Float, Int, Short, Vertex
from .enums import Cardinality
from .errors import TEXTS, BadArgument, QueryFailed
from .numeric import java_class
from .values import Value

if TYPE_CHECKING:
    from .dialect import Dialect
    from .pipeline import Context

_STORABLE: Final = frozenset((str, bool, int, Int, Short, Byte, float, Float, datetime))


def check_key(key: Value) -> str:
    """A property key. Raises ``QueryFailed`` for null, nothing, and names that start with ``~``."""
    if not isinstance(key, str):
        raise QueryFailed("Property key can not be null" if key is None else f"{key!r} is no key")
    if not key:
        raise QueryFailed("Property key can not be the empty string")
    if key.startswith("~"):
        raise QueryFailed(f"Property key can not be a hidden key: {key}")
    return key


def labels_to_store(dialect: Dialect, label: Value, edge: bool = False) -> tuple[str, ...]:
    """The labels that a label argument means. Raises ``QueryFailed``."""
    if not isinstance(label, str):
        raise QueryFailed("Label can not be null" if label is None else f"{label!r} is no label")
    if not label:
        raise QueryFailed("Label can not be empty")
    if label.startswith("~"):
        raise QueryFailed(f"Label can not be a hidden key: {label}")
    if edge or dialect.label_delimiter is None or dialect.label_delimiter not in label:
        return (label,)
    found = tuple(part for part in dict.fromkeys(label.split(dialect.label_delimiter)) if part)
    return found or (label,)


def element_id_to_store(dialect: Dialect, id: Value) -> str:
    """An id that the user gives. Raises ``BadArgument`` where it is no text."""
    if isinstance(id, str) and id:
        return id
    if isinstance(id, (int, float)) and not dialect.only_string_ids:
        return str(id)
    raise BadArgument(TEXTS["string id"].text.format(id=id))


def check_value(value: Value) -> Value:
    """A value that may be stored. Raises ``QueryFailed``."""
    if type(value) not in _STORABLE:
        raise QueryFailed(
            f"Property value [{value}] is of type {java_class(value)} is not supported"
        )
    return value


def store_property(
    context: Context, element: Value, cardinality: Cardinality | None, key: str, value: Value
) -> None:
    """Set a property of a vertex or an edge."""
    changes = context.changes
    effective = cardinality or context.dialect.default_cardinality
    if value is None:
        if not context.dialect.null_removes_property:
            raise QueryFailed("Property value can not be null")
        if effective is Cardinality.single or isinstance(element, Edge):
            changes.remove_property(element, key)
        return
    check_value(value)
    if isinstance(element, Vertex) and effective is not Cardinality.single:
        changes.add_value(element, key, value)
    else:
        changes.set_property(element, key, value)


def remove_value(context: Context, vertex: Vertex, key: str, value: Value) -> None:
    """Remove one value of a vertex property."""
    if context.graph.vertex(vertex.id) is vertex:
        context.changes.remove_value(vertex, key, value)
