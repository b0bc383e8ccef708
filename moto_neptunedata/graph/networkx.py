"""networkx graphs into a property graph and out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from . import type_name

if TYPE_CHECKING:
    from . import Edge, PropertyGraph, Transaction, Vertex

#: What an element without a label gets, as the loader gives it.
DEFAULT_LABELS: Final = ("vertex",)
DEFAULT_LABEL: Final = "edge"


def load(
    graph: PropertyGraph,
    source: Any,
    new_id: Callable[[], str],
    labels: str = "labels",
    label: str = "label",
) -> None:
    """Add a networkx graph of any kind, in one commit or, when something is wrong, not at all.

    A node's id is its ``str``; its attribute ``labels`` holds a label or several, all others are
    properties (lists, tuples and sets hold several values, None none). An edge has its label in
    attribute ``label``; in a multigraph a key that is a text is its id, else ``new_id`` makes one.
    Of an undirected graph each edge goes one way, as networkx tells it.

    Raises ValueError for two nodes with one id or an id that exists, TypeError for a value that
    cannot be a property.
    """
    with graph.transaction() as tx:
        vertices: dict[Any, Vertex] = {}
        for node, attributes in source.nodes(data=True):
            if str(node) in graph.vertex_ids:
                raise ValueError(f"There is a vertex with the id {str(node)!r} already")
            named = _names(attributes.get(labels), DEFAULT_LABELS)
            vertices[node] = tx.add_vertex(str(node), named)
            _add_values(tx, vertices[node], attributes, labels)
        edges = source.edges(data=True, **({"keys": True} if source.is_multigraph() else {}))
        for from_node, to_node, *key, attributes in edges:
            id = key[0] if key and isinstance(key[0], str) else new_id()
            if id in graph.edge_ids:
                raise ValueError(f"There is an edge with the id {id!r} already")
            ends = vertices[from_node], vertices[to_node]
            edge = tx.add_edge(id, str(attributes.get(label, DEFAULT_LABEL)), *ends)
            for name, value in attributes.items():
                if name != label and value is not None:
                    tx.set_property(edge, str(name), _value(value, edge, name))


def convert(graph: PropertyGraph, labels: str = "labels", label: str = "label") -> Any:
    """A ``networkx.MultiDiGraph`` with the same vertices and edges, keyed by their ids.

    Attributes are the properties, with a tuple where there are several values, and ``labels``, a
    tuple, of a node and ``label`` of an edge. Raises ValueError when a property has the name of one
    of these; choose another name then.
    """
    import networkx  # noqa: PLC0415 - optional

    made = networkx.MultiDiGraph()
    with graph.lock:
        for vertex in graph.vertices():
            made.add_node(vertex.id, **_attributes(vertex, labels, vertex.labels))
        for edge in graph.edges():
            attributes = _attributes(edge, label, edge.label)
            made.add_edges_from([(edge.out_v.id, edge.in_v.id, edge.id, attributes)])
    return made


def _attributes(element: Vertex | Edge, name: str, value: Any) -> dict[str, Any]:
    if name in element.properties:
        raise ValueError(
            f"{element!r} has a property {name!r}, which is where its label would go: "
            "choose another name, as in to_networkx(labels='~labels', label='~label')"
        )
    return {name: value, **element.properties}


def _names(given: Any, default: tuple[str, ...]) -> tuple[str, ...]:
    if given is None:
        return default
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def _add_values(
    tx: Transaction, vertex: Vertex, attributes: Mapping[Any, Any], labels: str
) -> None:
    for name, given in attributes.items():
        if name == labels or given is None:
            continue
        several = isinstance(given, list | tuple | set | frozenset)
        values: Iterable[Any] = given if several else (given,)
        for value in values:
            tx.add_value(vertex, str(name), _value(value, vertex, name))


def _value(value: Any, element: Any, name: Any) -> Any:
    if hasattr(value, "dtype") and hasattr(value, "item"):  # a number of numpy
        value = value.item()
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc)
    try:
        kind = type_name(value)
    except TypeError:
        kind = ""
    if not kind or kind == "List":
        raise TypeError(
            f"Attribute {name!r} of {element.id!r} is a {type(value).__name__}, "
            "which cannot be a property value"
        )
    return value
