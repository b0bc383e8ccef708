"""Results as Neptune's JSON (user guide, access-graph-opencypher-queries).

A node is ``{"~id", "~entityType", "~labels", "~properties"}``, a relationship has ``~start``,
``~end`` and ``~type`` instead of labels, a path is a flat list of both in turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

from ..graph import Edge, Vertex
from .engine import Result
from .errors import CypherError
from .functions import format_datetime, format_float, read_stored
from .values import FLOATS, Path, Value

#: What ``json.dumps`` takes.
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def serialize_result(result: Result) -> dict[str, list[dict[str, Json]]]:
    """``{"results": [...]}``, one object a row, ready for ``json.dumps``.

    Call it while you hold the graph's lock when others may change the graph.
    """
    columns = result.columns
    try:
        return {"results": [dict(zip(columns, map(to_json, row))) for row in result.rows]}
    except RecursionError:
        raise CypherError(
            "MemoryLimit", "MemoryLimit", "A value of the result nests too deeply"
        ) from None


def to_json(value: Value) -> Json:
    """One value. Numbers that JSON does not have become ``"NaN"`` and ``"Infinity"``."""
    convert = _CONVERTERS.get(type(value))
    return value if convert is None else convert(value)


def _serialize_node(node: Vertex) -> dict[str, Json]:
    return {
        "~id": node.id,
        "~entityType": "node",
        "~labels": list(node.labels),
        "~properties": _serialize_properties(node),
    }


def _serialize_relationship(edge: Edge) -> dict[str, Json]:
    return {
        "~id": edge.id,
        "~entityType": "relationship",
        "~start": edge.out_v.id,
        "~end": edge.in_v.id,
        "~type": edge.label,
        "~properties": _serialize_properties(edge),
    }


def _serialize_properties(element: Vertex | Edge) -> dict[str, Json]:
    return {key: to_json(read_stored(held)) for key, held in element.properties.items()}


def _serialize_path(path: Path) -> list[Json]:
    flat: list[Json] = [_serialize_node(path.nodes[0])]
    for edge, node in zip(path.relationships, path.nodes[1:]):
        flat += (_serialize_relationship(edge), _serialize_node(node))
    return flat


def _serialize_number(value: float) -> Json:
    return value if math.isfinite(value) else format_float(value)


_CONVERTERS: Final[dict[type, Callable[[Value], Json]]] = {
    Vertex: _serialize_node,
    Edge: _serialize_relationship,
    Path: _serialize_path,
    list: lambda value: list(map(to_json, value)),
    dict: lambda value: {key: to_json(held) for key, held in value.items()},
    datetime: format_datetime,
    **dict.fromkeys(FLOATS, _serialize_number),
}
