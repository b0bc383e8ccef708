"""Drives the Gremlin engine for a conformance suite: ``load``, ``run`` and ``dump``.

Values given and returned are Python's own, and objects with ``element``: ``"vertex"`` and
``"edge"`` (with ``id``), ``"vertex_property"`` and ``"property"`` (with ``key``, ``value``),
``"path"`` (with ``objects``). Numbers keep their types, which are subclasses of ``int`` and
``float``. ``T.id`` and the like, as keys or values, are texts that know their ``kind``.
"""

from __future__ import annotations

import enum
import re
from typing import Any

from moto_neptunedata.graph import Edge, Int, PropertyGraph, Vertex, values_of
from moto_neptunedata.gremlin import STANDARD, execute
from moto_neptunedata.gremlin.ast import Predicate
from moto_neptunedata.gremlin.enums import QUALIFIED, Direction, Merge, T
from moto_neptunedata.gremlin.values import (
    BulkSet,
    Entry,
    GMap,
    GSet,
    Path,
    Property,
    VertexProperty,
)

_graph = PropertyGraph()
_ids = iter(range(1))


class Element:
    """A vertex, an edge, a property or a path of the answer."""

    def __init__(self, element: str, **parts: Any) -> None:
        self.element = element
        self.__dict__.update(parts)
        self._key = (element, *(repr(part) for part in parts.values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"<{' '.join(self._key)}>"


class Token(str):
    """``T.id``, ``Direction.OUT`` and the like: the name, with ``kind`` ``"T"``, …"""

    kind: str

    def __new__(cls, kind: str, name: str) -> Token:
        token = super().__new__(cls, name)
        token.kind = kind
        return token


class Long(int):
    """A whole number of 64 bits, where a plain ``int`` would be taken for a smaller one."""


def load(vertices: list[tuple[Any, ...]], edges: list[tuple[Any, ...]]) -> None:
    """Start anew with these vertices ``(id, label, {key: [values]})`` and edges
    ``(id, label, out id, in id, {key: value})``.
    """
    global _graph, _ids
    _graph = PropertyGraph()
    _ids = iter(range(100_000, 1 << 62))
    with _graph.transaction() as change:
        for id, label, properties in vertices:
            vertex = change.add_vertex(str(id), (label,))
            for key, values in properties.items():
                for value in values if isinstance(values, (list, tuple)) else [values]:
                    change.add_value(vertex, key, _given(value))
        for id, label, out_id, in_id, properties in edges:
            out_v, in_v = _graph.vertex(str(out_id)), _graph.vertex(str(in_id))
            assert out_v is not None
            assert in_v is not None
            edge = change.add_edge(str(id), label, out_v, in_v)
            for key, value in properties.items():
                change.set_property(edge, key, _given(value))


def run(text: str, params: dict[str, Any]) -> list[Any]:
    """The results of a text. Raises ``NeptuneError``."""
    bindings = {name: _given(value) for name, value in params.items()}
    found = execute(
        _graph, text, dialect=STANDARD, bindings=bindings, new_id=lambda: str(next(_ids))
    )
    return [_told(value) for value in found]


def dump() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """All vertices and edges, in the form that :func:`load` takes."""
    vertices = [
        (
            vertex.id,
            "::".join(vertex.labels),
            {key: list(values_of(stored)) for key, stored in vertex.properties.items()},
        )
        for vertex in _graph.vertices()
    ]
    edges = [
        (edge.id, edge.label, edge.out_v.id, edge.in_v.id, dict(edge.properties))
        for edge in _graph.edges()
    ]
    return vertices, edges


# ------------------------------------------------------------------ values in

_NAMED = re.compile(r"(t|D|M)\[(\w+)\]")
_KINDS = {"t": "T", "D": "Direction", "M": "Merge"}


def _given(value: Any) -> Any:
    """A value of the engine for one of the suite."""
    kind = getattr(value, "element", None)
    if kind == "vertex":
        return _graph.vertex(str(value.id))
    if kind == "edge":
        return _graph.edge(str(value.id))
    if isinstance(value, Predicate):
        return value
    if isinstance(value, Long):
        return int(value)
    if isinstance(value, Token):
        return QUALIFIED[value.kind][str(value)]
    if isinstance(value, str):
        named = _NAMED.fullmatch(value)
        return QUALIFIED[_KINDS[named[1]]][named[2]] if named else value
    if type(value) is int:
        return Int(value) if -(1 << 31) <= value < 1 << 31 else value
    if isinstance(value, (list, tuple)):
        return [_given(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return GSet(map(_given, value))
    if isinstance(value, dict):
        return GMap((_given(key), _given(held)) for key, held in value.items())
    return value


# ------------------------------------------------------------------ values out


def _told(value: Any) -> Any:
    """A value of the suite for one of the engine."""
    teller = _TELLERS.get(type(value))
    if teller is not None:
        return teller(value)
    if isinstance(value, enum.Enum):
        return Token(type(value).__name__, value.name.rstrip("_"))
    return value


def _key(value: Any) -> Any:
    told = _told(value)
    if isinstance(told, list):
        return tuple(told)
    if isinstance(told, set):
        return frozenset(told)
    return tuple(told.items()) if isinstance(told, dict) else told


def _set(values: Any) -> Any:
    told = [_told(value) for value in values]
    try:
        return set(told)
    except TypeError:
        return told


_TELLERS: dict[type, Any] = {
    Vertex: lambda value: Element("vertex", id=value.id),
    Edge: lambda value: Element("edge", id=value.id),
    VertexProperty: lambda value: Element(
        "vertex_property", key=value.key, value=_told(value.value), owner=value.element.id
    ),
    Property: lambda value: Element("property", key=value.key, value=_told(value.value)),
    Path: lambda value: Element("path", objects=[_told(each) for each in value.objects]),
    list: lambda value: [_told(each) for each in value],
    BulkSet: lambda value: [_told(each) for each in value],
    GSet: _set,
    GMap: lambda value: {_key(key): _told(held) for key, held in value.items()},
    Entry: lambda value: {_key(value.key): _told(value.value)},
}

__all__ = ("Direction", "Element", "Merge", "T", "Token", "dump", "load", "run")
