"""Drives the openCypher engine for any runner of the openCypher TCK, in the standard dialect."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from moto_neptunedata.graph import Edge, PropertyGraph, Vertex
from moto_neptunedata.opencypher import STANDARD, Options, Path, execute
from moto_neptunedata.opencypher.temporal import TEMPORAL_TYPES


@dataclass(frozen=True)
class NodeValue:
    """A node as a query returned it."""

    id: str
    labels: tuple[str, ...]
    properties: dict[str, Any]


@dataclass(frozen=True)
class RelationshipValue:
    """A relationship as a query returned it; ``start`` and ``end`` are node ids."""

    id: str
    type: str
    properties: dict[str, Any]
    start: str
    end: str


@dataclass(frozen=True)
class PathValue:
    """A path: ``relationships[i]`` is between ``nodes[i]`` and ``nodes[i + 1]``."""

    nodes: tuple[NodeValue, ...]
    relationships: tuple[RelationshipValue, ...]


class _State:
    graph = PropertyGraph()
    ids = count()


def reset() -> None:
    """Start with an empty graph."""
    _State.graph = PropertyGraph()
    _State.ids = count()


def graph() -> PropertyGraph:
    """The graph that queries run on."""
    return _State.graph


def run(query: str, params: Mapping[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and rows of a query. Raises an exception with ``phase`` and ``kind``."""
    result = execute(
        _State.graph,
        query,
        params,
        Options(dialect=STANDARD, new_id=lambda: str(next(_State.ids))),
    )
    return list(result.columns), [tuple(map(_plain, row)) for row in result.rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Vertex):
        properties = {key: _plain(held) for key, held in value.properties.items()}
        return NodeValue(value.id, value.labels, properties)
    if isinstance(value, Edge):
        properties = {key: _plain(held) for key, held in value.properties.items()}
        return RelationshipValue(value.id, value.label, properties, value.out_v.id, value.in_v.id)
    if isinstance(value, Path):
        return PathValue(tuple(map(_plain, value.nodes)), tuple(map(_plain, value.relationships)))
    if isinstance(value, list):
        return list(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    return str(value) if isinstance(value, TEMPORAL_TYPES) else value


def canon(value: Any) -> Hashable:
    """A hashable form of a value in which two values are equal when the TCK says so.

    Ids do not count; ``1``, ``1.0`` and ``true`` differ; labels and keys have no order.
    """
    if isinstance(value, NodeValue):
        return ("node", tuple(sorted(value.labels)), canon(value.properties))
    if isinstance(value, RelationshipValue):
        return ("relationship", value.type, canon(value.properties))
    if isinstance(value, PathValue):
        steps = [
            (rel.start == node.id, canon(rel))
            for rel, node in zip(value.relationships, value.nodes)
        ]
        return ("path", tuple(map(canon, value.nodes)), tuple(steps))
    if isinstance(value, list):
        return ("list", tuple(map(canon, value)))
    if isinstance(value, dict):
        return ("map", tuple(sorted((key, canon(held)) for key, held in value.items())))
    if isinstance(value, float):
        return ("float", "NaN" if value != value else repr(value + 0.0))
    return (type(value).__name__, value)
