"""Random property graphs and datasets, what they hold, and consumers of their streams."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import Any

from hypothesis import strategies as st

from moto_neptunedata.graph import MISSING, Byte, Float, Int, PropertyGraph, Short, Vertex
from moto_neptunedata.graph.values import values_of

LABELS = ("person", "city", "place")
EDGE_LABELS = ("knows", "in")
KEYS = ("name", "age", "at")
VALUES = (
    *("Ann", "", "ünï\n"),
    *(True, False, 0, 7, -(2**63), Int(7), Short(3), Byte(1)),
    *(1.5, Float(0.5), float("inf"), float("-inf")),
    datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc),
)

values = st.sampled_from(VALUES)
vertex_ids = st.sampled_from([f"v{number}" for number in range(6)])
edge_ids = st.sampled_from([f"e{number}" for number in range(6)])
cells = values | st.just(MISSING) | st.tuples(st.just("one"), st.just("two"))

#: Steps of a random history: what is done and to what.
steps = st.one_of(
    st.tuples(st.just("vertex"), vertex_ids, st.sampled_from(LABELS)),
    st.tuples(st.just("label"), vertex_ids, st.sampled_from(LABELS)),
    st.tuples(st.just("unlabel"), vertex_ids, st.sampled_from(LABELS)),
    st.tuples(st.just("value"), vertex_ids, st.sampled_from(KEYS), values),
    st.tuples(st.just("set"), vertex_ids, st.sampled_from(KEYS), values),
    st.tuples(st.just("unset"), vertex_ids, st.sampled_from(KEYS)),
    st.tuples(st.just("drop"), vertex_ids),
    st.tuples(st.just("edge"), edge_ids, st.sampled_from(EDGE_LABELS), vertex_ids, vertex_ids),
    st.tuples(st.just("edge set"), edge_ids, st.sampled_from(KEYS), values),
    st.tuples(st.just("edge drop"), edge_ids),
    st.tuples(st.just("load"), st.lists(cells, min_size=1, max_size=4)),
    st.tuples(st.just("load edges"), st.lists(values | st.just(MISSING), min_size=1, max_size=4)),
)
histories = st.lists(st.lists(steps, min_size=1, max_size=4), max_size=8)


def live(graph: PropertyGraph, transactions: list[list[tuple[Any, ...]]]) -> None:
    """Let a graph have this history, one transaction after the other."""
    for transaction in transactions:
        for step in transaction:
            if step[0].startswith("load"):
                load(graph, step[0], step[1])
        with graph.transaction() as tx:
            for step in transaction:
                if not step[0].startswith("load"):
                    do(graph, tx, *step)


def load(graph: PropertyGraph, kind: str, column: list[Any]) -> None:
    """A bulk load of as many new elements as there are values."""
    size = len(column)
    if kind == "load":
        first = graph.vertex_count
        ids = [f"bulk{first + number}-{graph.log.last_num}" for number in range(size)]
        labels = [LABELS[: 1 + number % 2] for number in range(size)]
        graph.add_vertices(ids, labels, ("name",), [column])
    elif graph.vertex_count:
        some = next(iter(graph.vertex_ids))
        ids = [f"bulk{number}-{graph.log.last_num}" for number in range(size)]
        graph.add_edges(ids, ["in"] * size, [some] * size, [some] * size, ("at",), [column])


def do(graph: PropertyGraph, tx: Any, kind: str, id: str = "", *rest: Any) -> None:
    """One step, where it is possible."""
    vertex, edge = graph.vertex(id), graph.edge(id)
    if kind == "vertex" and vertex is None:
        tx.add_vertex(id, rest)
    elif kind == "edge" and edge is None:
        ends = graph.vertex(rest[1]), graph.vertex(rest[2])
        if None not in ends:
            tx.add_edge(id, rest[0], *ends)
    elif edge is not None and kind == "edge set":
        tx.set_property(edge, *rest)
    elif edge is not None and kind == "edge drop":
        tx.remove_edge(edge)
    elif vertex is not None:
        do_to_vertex(tx, vertex, kind, *rest)


def do_to_vertex(tx: Any, vertex: Vertex, kind: str, *rest: Any) -> None:
    """One step on a vertex, which always keeps a label."""
    if kind == "label":
        tx.add_label(vertex, *rest)
    elif kind == "unlabel" and len(vertex.labels) > 1:
        tx.remove_label(vertex, *rest)
    elif kind == "value":
        tx.add_value(vertex, *rest)
    elif kind == "set":
        tx.set_property(vertex, *rest)
    elif kind == "unset":
        tx.remove_property(vertex, *rest)
    elif kind == "drop":
        tx.remove_vertex(vertex, detach=True)


def typed(value: Any) -> tuple[str, str]:
    """A value so that only the same value of the same type equals it."""
    return type(value).__name__, repr(value)


def contents(graph: PropertyGraph) -> Any:
    """All that a graph holds, comparable."""
    vertices = {
        vertex.id: (
            sorted(vertex.labels),
            {key: sorted(map(typed, values_of(held))) for key, held in vertex.properties.items()},
        )
        for vertex in graph.vertices()
    }
    edges = {
        edge.id: (
            edge.label,
            edge.out_v.id,
            edge.in_v.id,
            {key: typed(held) for key, held in edge.properties.items()},
        )
        for edge in graph.edges()
    }
    return vertices, edges


_FROM_JSON = {
    "Boolean": bool,
    "Byte": Byte,
    "Short": Short,
    "Int": Int,
    "Long": int,
    "Float": Float,
    "Double": float,
    "String": str,
    "Date": lambda ms: datetime.fromtimestamp(ms // 1000, timezone.utc).replace(
        microsecond=ms % 1000 * 1000
    ),
}


class Replica:
    """A consumer that builds a graph from PG_JSON records, one commit a transaction."""

    def __init__(self) -> None:
        self.graph = PropertyGraph()
        self._waiting: list[dict[str, Any]] = []

    def take(self, record: dict[str, Any]) -> None:
        """Take a record; the last one of a commit makes it happen."""
        self._waiting.append(record)
        if record.get("isLastOp"):
            with self.graph.transaction() as tx:
                for waiting in self._waiting:
                    self._apply(tx, waiting["op"] == "ADD", waiting["data"])
            self._waiting.clear()

    def _apply(self, tx: Any, adds: bool, data: dict[str, Any]) -> None:
        id, key = data["id"], data["key"]
        value = _FROM_JSON[data["value"]["dataType"]](data["value"]["value"])
        vertex, edge = self.graph.vertex(id), self.graph.edge(id)
        if data["type"] == "vl":
            if adds and vertex is None:
                tx.add_vertex(id, [value])
            elif adds:
                tx.add_label(vertex, value)
            else:
                assert vertex is not None
                tx.remove_label(vertex, value)
                if not vertex.labels:
                    tx.remove_vertex(vertex)
        elif data["type"] == "vp":
            assert vertex is not None
            assert (tx.add_value if adds else tx.remove_value)(vertex, key, value)
        elif data["type"] == "e":
            if adds:
                ends = self.graph.vertex(data["from"]), self.graph.vertex(data["to"])
                tx.add_edge(id, value, *ends)
            else:
                assert edge is not None
                tx.remove_edge(edge)
        elif adds:
            tx.set_property(edge, key, value)
        else:
            tx.remove_property(edge, key)


def counted(graph: PropertyGraph) -> dict[str, Any]:
    """The detailed summary of a graph, counted the plain way."""
    vertices, edges = list(graph.vertices()), list(graph.edges())
    node_keys = Counter(key for vertex in vertices for key in vertex.properties)
    edge_keys = Counter(key for edge in edges for key in edge.properties)
    node_labels = sorted({label for vertex in vertices for label in vertex.labels})
    edge_labels = sorted({edge.label for edge in edges})
    nodes = Counter(
        (tuple(sorted(vertex.properties)), tuple(sorted(vertex.out))) for vertex in vertices
    )
    edge_structures = Counter(tuple(sorted(edge.properties)) for edge in edges)
    return {
        "numNodes": len(vertices),
        "numEdges": len(edges),
        "numNodeLabels": len(node_labels),
        "numEdgeLabels": len(edge_labels),
        "nodeLabels": node_labels,
        "edgeLabels": edge_labels,
        "numNodeProperties": len(node_keys),
        "numEdgeProperties": len(edge_keys),
        "nodeProperties": ordered(node_keys),
        "edgeProperties": ordered(edge_keys),
        "totalNodePropertyValues": sum(
            len(values_of(held)) for vertex in vertices for held in vertex.properties.values()
        ),
        "totalEdgePropertyValues": sum(len(edge.properties) for edge in edges),
        "nodeStructures": [
            {"count": n, "nodeProperties": list(keys), "distinctOutgoingEdgeLabels": list(out)}
            for (keys, out), n in sorted(nodes.items(), key=lambda item: (-item[1], item[0]))
        ],
        "edgeStructures": [
            {"count": n, "edgeProperties": list(keys)}
            for keys, n in sorted(edge_structures.items(), key=lambda item: (-item[1], item[0]))
        ],
    }


def ordered(counts: Counter[str]) -> list[dict[str, int]]:
    """Single-key maps, the commonest first."""
    return [{key: n} for key, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
