"""The property graph: transactions, bulk loads, lookups."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from hypothesis import given, settings

from moto_neptunedata.graph import (
    MISSING,
    Byte,
    Change,
    DuplicateEdgeError,
    DuplicateVertexError,
    Edge,
    Float,
    GraphError,
    Int,
    MissingVertexError,
    PropertyGraph,
    Short,
    Vertex,
    VertexHasEdgesError,
    in_edges,
    out_edges,
    same_value,
    type_name,
    values_of,
)
from moto_neptunedata.graph.batches import count_values
from moto_neptunedata.graph.gc_control import pause_gc
from tests.support.contents import change_lists, changed, content, failing


def bulk() -> PropertyGraph:
    """Three vertices in two loads and two edges, not yet made into objects."""
    graph = PropertyGraph()
    graph.add_vertices(["a", "b"], [("A",), ("A", "B")], ("p", "q"), [[1, MISSING], [(1, 2), "x"]])
    graph.add_vertices(["c"], [("B",)], (), [])
    graph.add_edges(["e", "f"], ["A", "B"], ["a", "b"], ["b", "b"], ("w",), [[0.5, MISSING]])
    return graph


def vertex(graph: PropertyGraph, id: str) -> Vertex:
    found = graph.vertex(id)
    assert found is not None
    return found


def edge(graph: PropertyGraph, id: str) -> Edge:
    found = graph.edge(id)
    assert found is not None
    return found


# ---------------------------------------------------------------------- bulk


def test_bulk() -> None:
    graph = bulk()
    assert (graph.vertex_count, graph.edge_count) == (3, 2)
    assert list(graph.vertex_ids) == ["a", "b", "c"]
    assert list(graph.edge_ids) == ["e", "f"]
    assert vertex(graph, "a").properties == {"p": 1, "q": (1, 2)}
    assert vertex(graph, "b").properties == {"q": "x"}
    assert vertex(graph, "b").labels == ("A", "B")
    assert edge(graph, "e").properties == {"w": 0.5}
    assert edge(graph, "f").properties == {}
    assert [e.id for e in out_edges(vertex(graph, "b"))] == ["f"]
    assert [e.id for e in in_edges(vertex(graph, "b"))] == ["e", "f"]
    assert [e.id for e in in_edges(vertex(graph, "b"), ["B", "C"])] == ["f"]
    assert graph.vertex("z") is None
    assert graph.edge("z") is None
    content(graph)


def test_bulk_is_the_same_as_one_by_one() -> None:
    graph = PropertyGraph()
    for commit in bulk().log:
        with graph.transaction() as tx:
            for change in commit:
                tx.apply(change)
    assert content(graph) == content(bulk())
    assert [list(commit) for commit in graph.log] == [list(commit) for commit in bulk().log]


def test_bulk_keeps_up_the_indexes() -> None:
    graph = bulk()
    content(graph)  # builds them
    graph.add_vertices(["d"], [("B",)], ("p",), [["x"]])
    graph.add_edges(["g"], ["A"], ["d"], ["a"], (), [])
    assert vertex(graph, "d") in graph.vertices_by_label("B")
    assert vertex(graph, "d") in graph.vertices_by_property("p", "x")
    assert edge(graph, "g") in graph.edges_by_label("A")
    content(graph)


def test_views_of_ids() -> None:
    graph = bulk()
    ids, edge_ids = graph.vertex_ids, graph.edge_ids
    assert "c" in ids
    assert "e" not in ids
    assert (len(ids), len(edge_ids), repr(ids)) == (3, 2, "<3 ids>")
    assert {"a", "c"} <= ids
    assert not {"a", "z"} <= ids
    assert ids & {"a", "z"} == {"a"}
    with graph.transaction() as tx:
        tx.remove_vertex(vertex(graph, "b"), detach=True)
        tx.add_vertex("d")
    graph.add_vertices(["b"], [()], (), [])
    assert list(ids) == ["a", "c", "d", "b"]
    assert ids == {"a", "b", "c", "d"}
    assert list(edge_ids) == []


@pytest.mark.parametrize("width", [1, 2, 17, 3_000])
def test_bulk_of_many_properties(width: int) -> None:
    graph = PropertyGraph()
    keys = tuple(f"k{number}" for number in range(width))
    columns = [[f"a{key}", f"b{key}"] for key in keys]
    graph.add_vertices(["a", "b"], [(), ()], keys, columns)
    expected = {key: f"b{key}" for key in keys}
    assert list(vertex(graph, "b").properties.items()) == list(expected.items())


def test_reading_leaves_the_log_as_it_is() -> None:
    graph = bulk()
    before = [list(commit) for commit in graph.log]
    content(graph)
    assert [list(commit) for commit in graph.log] == before


@pytest.mark.parametrize("ids", [["x", "a"], ["x", "y", "x"]])
def test_bulk_refuses_duplicates(ids: list[str]) -> None:
    graph = bulk()
    before, log = content(bulk()), graph.log.last_num
    size = len(ids)
    with pytest.raises(DuplicateVertexError) as vertex_error:
        graph.add_vertices(ids, [("A",)] * size, (), [])
    assert vertex_error.value.id == ids[-1]
    edges = [id.replace("a", "e") for id in ids]
    with pytest.raises(DuplicateEdgeError) as edge_error:
        graph.add_edges(edges, ["A"] * size, ["a"] * size, ["b"] * size, (), [])
    assert edge_error.value.id == edges[-1]
    assert content(graph) == before
    assert graph.log.last_num == log


@pytest.mark.parametrize(("from_id", "to_id"), [("a", "z"), ("z", "a")])
def test_bulk_refuses_missing_ends(from_id: str, to_id: str) -> None:
    graph = bulk()
    with pytest.raises(MissingVertexError) as error:
        graph.add_edges(["x"], ["A"], [from_id], [to_id], (), [])
    assert error.value.id == "z"
    assert graph.edge_count == 2


def test_batches_are_collections_of_changes() -> None:
    graph = bulk()
    vertices, _, edges = graph.log.commits
    assert len(vertices) == len(list(vertices)) == 2 + 3 + 4
    assert len(edges) == len(list(edges)) == 3
    assert Change("ADD", "vp", "a", "q", 2) in vertices.parts[0]
    assert Change("ADD", "ep", "e", "w", 0.5) in edges.parts[0]
    assert Change("ADD", "v", "z") not in vertices.parts[0]
    assert all(map(bool, (*vertices.parts, *edges.parts)))
    assert count_values([[MISSING, 1, (1, 2)], []]) == 3
    assert repr(vertices) == "<Commit 1: 9 changes>"


def test_nothing_is_no_commit() -> None:
    graph = PropertyGraph()
    graph.add_vertices([], [], (), [])
    graph.add_edges([], [], [], [], (), [])
    with graph.transaction():
        pass
    assert len(graph.log) == graph.log.last_num == 0


# ---------------------------------------------------------------------- transactions


def test_every_change_and_its_refusal() -> None:
    graph = bulk()
    with graph.transaction() as tx:
        a, b = vertex(graph, "a"), vertex(graph, "b")
        assert not tx.add_label(a, "A")
        assert not tx.remove_label(a, "Z")
        assert tx.add_value(a, "p", Int(1))
        assert not tx.add_value(a, "p", Int(1))
        assert not tx.remove_value(a, "p", 1.0)
        assert not tx.remove_value(a, "none", 1)
        assert not tx.remove_property(a, "none")
        assert not tx.set_property(b, "q", "x")
        assert tx.set_property(a, "p", 7)
        assert a.properties["p"] == 7
        assert tx.set_property(edge(graph, "e"), "w", 2)
        assert not tx.remove_property(edge(graph, "f"), "w")
        with pytest.raises(DuplicateVertexError):
            tx.add_vertex("a")
        with pytest.raises(DuplicateEdgeError):
            tx.add_edge("e", "A", a, b)
        with pytest.raises(MissingVertexError):
            tx.add_edge("x", "A", a, Vertex("z", (), {}))
        with pytest.raises(VertexHasEdgesError) as error:
            tx.remove_vertex(b)
        assert error.value.id == "b"
        tx.remove_vertex(b, detach=True)
    assert graph.edge_count == 0
    content(graph)


def test_values_that_python_calls_equal_are_kept_apart() -> None:
    graph = PropertyGraph()
    with graph.transaction() as tx:
        one = tx.add_vertex("a")
        for value in (1, Int(1), 1.0, True):
            assert tx.add_value(one, "p", value)
        assert tx.add_value(one, "p", [1])
        assert len(graph.vertices_by_property("p", 1)) == 1
        tx.remove_value(one, "p", 1)
        tx.remove_value(one, "p", [1])
        assert len(graph.vertices_by_property("p", 1)) == 1
        for value in (Int(1), 1.0, True):
            tx.remove_value(one, "p", value)
        assert len(graph.vertices_by_property("p", 1)) == 0
        assert one.properties == {}


def test_partial_rollback() -> None:
    graph = bulk()
    with graph.transaction() as tx:
        tx.add_label(vertex(graph, "a"), "Z")
        mark = len(tx.changes)
        tx.remove_vertex(vertex(graph, "b"), detach=True)
        tx.rollback(mark)
        assert len(tx.changes) == mark
    assert vertex(graph, "a").labels == ("A", "Z")
    assert len(graph.log.commits[-1]) == 1
    assert vertex(graph, "b").labels == ("A", "B")
    content(graph)


@given(change_lists, change_lists)
@settings(deadline=None)
def test_rollback_leaves_no_trace(before: list[Any], undone: list[Any]) -> None:
    graph = changed(PropertyGraph(), before)
    expected, commits = content(graph), list(graph.log)
    with pytest.raises(ZeroDivisionError):
        failing(graph, undone)
    assert content(graph) == expected
    assert list(graph.log) == commits


@given(change_lists, change_lists)
@settings(deadline=None)
def test_replaying_the_log_gives_the_same_graph(first: list[Any], second: list[Any]) -> None:
    graph = changed(changed(bulk(), first), second)
    replayed = PropertyGraph()
    for commit in graph.log:
        with replayed.transaction() as tx:
            for change in commit:
                tx.apply(change)
    assert content(replayed) == content(graph)
    assert repr([list(c) for c in replayed.log]) == repr([list(c) for c in graph.log])


@given(change_lists, change_lists)
@settings(deadline=None)
def test_rewinding(first: list[Any], second: list[Any]) -> None:
    graph = changed(bulk(), first)
    expected, num = content(graph), graph.log.last_num
    changed(graph, second)
    graph.rewind(num)
    assert content(graph) == expected
    assert graph.log.last_num == num
    graph.rewind(0)
    assert graph.vertex_count == graph.edge_count == len(graph.log) == 0


def test_a_failing_start_leaves_the_lock_free(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = bulk()

    def broken(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(PropertyGraph, "_settled_edges", broken)
    with pytest.raises(MemoryError), graph.transaction():
        pass
    assert graph.lock.acquire(blocking=False)
    graph.lock.release()


# ---------------------------------------------------------------------- small things


def test_looks() -> None:
    graph = bulk()
    assert repr(graph) == "<PropertyGraph: 3 vertices, 2 edges>"
    assert repr(vertex(graph, "b")) == "<Vertex 'b' A::B {'q': 'x'}>"
    assert repr(edge(graph, "e")) == "<Edge 'e' A 'a' -> 'b' {'w': 0.5}>"
    assert str(GraphError("x")) == "x"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "Bool"),
        (Byte(1), "Byte"),
        (Short(1), "Short"),
        (Int(1), "Int"),
        (1, "Long"),
        (Float(1), "Float"),
        (1.0, "Double"),
        ("x", "String"),
        ([1], "List"),
    ],
)
def test_type_names(value: Any, name: str) -> None:
    assert type_name(value) == name
    assert same_value(value, type(value)(value))


def test_values() -> None:
    with pytest.raises(TypeError):
        type_name(None)
    assert same_value(float("nan"), float("nan"))
    assert not same_value(1, True)
    assert values_of((1, 2)) == (1, 2)
    assert values_of(1) == (1,)


def test_garbage_collection_pauses() -> None:
    assert gc.isenabled()
    with pause_gc():
        assert not gc.isenabled()
        with pause_gc():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_is_frozen_stays_so() -> None:
    kept: list[list[int]] = []
    gc.freeze()
    try:
        with pause_gc():
            kept.extend([] for _ in range(5_000))
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
    with pause_gc():
        kept.extend([] for _ in range(5_000))
    assert not gc.get_freeze_count()
