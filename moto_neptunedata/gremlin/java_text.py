"""Values as texts, the way Java prints them (``asString``, ``format``, ``conjoin``)."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from ..graph import Edge, Float, Vertex
from .dates import iso_text
from .metrics import TraversalMetrics, format_metrics
from .numeric import to_float32
from .values import BulkSet, Entry, GMap, GSet, Path, Property, Tree, Value, VertexProperty


def to_java_text(value: Value) -> str:
    """A value as a text."""
    if type(value) is str:
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _fraction_to_text(value)
    printer = _PRINTERS.get(type(value))
    if printer is not None:
        return printer(value)
    return value.name.rstrip("_") if isinstance(value, enum.Enum) else str(value)


def _fraction_to_text(value: float) -> str:
    """Java's text of a floating-point number."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    digits = _format_float32(value) if isinstance(value, Float) else repr(float(value))
    size = abs(value)
    if size == 0 or 1e-3 <= size < 1e7:
        plain = format(Decimal(digits), "f")
        return plain if "." in plain else plain + ".0"
    sign, figures, exponent = Decimal(digits).as_tuple()
    text = "".join(map(str, figures)).rstrip("0") or "0"
    power = len(figures) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def _format_float32(value: float) -> str:
    """The shortest text that means this 32-bit number."""
    for precision in range(1, 10):
        text = f"{value:.{precision}g}"
        if to_float32(float(text)) == value:
            return text
    return repr(float(value))


def _list_to_text(values: Value) -> str:
    return "[" + ", ".join(map(to_java_text, values)) + "]"


def _map_to_text(value: GMap) -> str:
    return "{" + ", ".join(f"{to_java_text(k)}={to_java_text(v)}" for k, v in value.items()) + "}"


def _shorten(value: Value) -> str:
    text = to_java_text(value)
    return text if len(text) <= 20 else text[:20] + "..."


_PRINTERS: Final[dict[type, Callable[[Value], str]]] = {
    Vertex: lambda value: f"v[{value.id}]",
    Edge: lambda value: f"e[{value.id}][{value.out_v.id}-{value.label}->{value.in_v.id}]",
    VertexProperty: lambda value: f"vp[{value.key}->{_shorten(value.value)}]",
    Property: lambda value: f"p[{value.key}->{_shorten(value.value)}]",
    list: _list_to_text,
    GSet: _list_to_text,
    Path: lambda value: _list_to_text(value.objects),
    BulkSet: lambda value: (
        "{" + ", ".join(f"{to_java_text(each)}={count}" for each, count in value.counts()) + "}"
    ),
    GMap: _map_to_text,
    Tree: _map_to_text,
    Entry: lambda value: f"{to_java_text(value.key)}={to_java_text(value.value)}",
    datetime: iso_text,
    TraversalMetrics: format_metrics,
}
