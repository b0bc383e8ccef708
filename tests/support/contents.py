"""All that is in a graph, to be compared, and random changes to one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st

from moto_neptunedata.graph import (
    Edge,
    GraphError,
    Int,
    PropertyGraph,
    Transaction,
    Vertex,
    type_name,
    values_of,
)

IDS = ("a", "b", "c", "d")
EDGE_IDS = ("e", "f", "g")
LABELS = ("A", "B")
KEYS = ("p", "q")
VALUES = (1, Int(1), 1.0, True, "x", float("nan"))


def content(graph: PropertyGraph) -> dict[str, Any]:
    """The graph without the order of its parts, for what an undo brings back comes last.

    Checks that its parts agree with each other.
    """
    for edge in graph.edges():
        assert graph.vertex(edge.out_v.id) is edge.out_v
        assert graph.vertex(edge.in_v.id) is edge.in_v
        assert edge.out_v.out[edge.label].count(edge) == 1
        assert edge.in_v.in_[edge.label].count(edge) == 1
    ways = [edges for v in graph.vertices() for way in (v.out, v.in_) for edges in way.values()]
    assert sum(map(len, ways)) == 2 * graph.edge_count
    assert all(ways)
    _check_indexes(graph)
    return {
        "vertices": {v.id: (Counter(v.labels), _properties(v)) for v in graph.vertices()},
        "edges": {e.id: (e.label, e.out_v.id, e.in_v.id, _properties(e)) for e in graph.edges()},
    }


def _properties(element: Vertex | Edge) -> dict[str, Counter[str]]:
    return {
        key: Counter(f"{type_name(value)} {value}" for value in values_of(stored))
        for key, stored in element.properties.items()
    }


def _check_indexes(graph: PropertyGraph) -> None:
    """What the indexes answer is what a look at everything answers."""
    for label in LABELS:
        by_label = {v for v in graph.vertices() if label in v.labels}
        assert set(graph.vertices_by_label(label)) == by_label
        assert set(graph.edges_by_label(label)) == {e for e in graph.edges() if e.label == label}
    for key in KEYS:
        for value in (1, "x", "never"):
            holders = {v for v in graph.vertices() if value in values_of(v.properties.get(key, ()))}
            assert holders <= set(graph.vertices_by_property(key, value)) <= set(graph.vertices())


#: One change: the name of a method and what it may be given; what does not fit is left out.
changes = st.one_of(
    st.tuples(st.just("add_vertex"), st.sampled_from(IDS), st.sampled_from(LABELS)),
    st.tuples(st.just("remove_vertex"), st.sampled_from(IDS), st.booleans()),
    st.tuples(st.just("add_label"), st.sampled_from(IDS), st.sampled_from(LABELS)),
    st.tuples(st.just("remove_label"), st.sampled_from(IDS), st.sampled_from(LABELS)),
    *(
        st.tuples(
            st.just(name), st.sampled_from(IDS), st.sampled_from(KEYS), st.sampled_from(VALUES)
        )
        for name in ("add_value", "remove_value", "set_property")
    ),
    st.tuples(st.just("remove_property"), st.sampled_from(IDS), st.sampled_from(KEYS)),
    st.tuples(
        st.just("add_edge"),
        st.sampled_from(EDGE_IDS),
        st.sampled_from(LABELS),
        st.sampled_from(IDS),
        st.sampled_from(IDS),
    ),
    st.tuples(st.just("remove_edge"), st.sampled_from(EDGE_IDS)),
    st.tuples(
        st.just("set_property"),
        st.sampled_from(EDGE_IDS),
        st.sampled_from(KEYS),
        st.sampled_from(VALUES),
    ),
    st.tuples(st.just("remove_property"), st.sampled_from(EDGE_IDS), st.sampled_from(KEYS)),
)
change_lists = st.lists(changes, max_size=25)


def make(tx: Transaction, change: tuple[Any, ...]) -> None:
    """Make one change happen, unless there is nothing that it could happen to."""
    graph = tx.graph
    name, id, *rest = change
    try:
        if name == "add_vertex":
            tx.add_vertex(id, rest)
        elif name == "add_edge":
            label, *ends = rest
            found = [graph.vertex(end) for end in ends]
            if None not in found:
                tx.add_edge(id, label, *found)  # type: ignore[arg-type]
        else:
            element = graph.vertex(id) or graph.edge(id)
            if element is not None:
                getattr(tx, name)(element, *rest)
    except GraphError:
        pass


def failing(graph: PropertyGraph, changes: list[tuple[Any, ...]]) -> None:
    """A transaction of changes that ends with an exception."""
    with graph.transaction() as tx:
        for change in changes:
            make(tx, change)
        raise ZeroDivisionError


def changed(graph: PropertyGraph, changes: list[tuple[Any, ...]]) -> PropertyGraph:
    """The graph, after one transaction of changes."""
    with graph.transaction() as tx:
        for change in changes:
            make(tx, change)
    return graph
