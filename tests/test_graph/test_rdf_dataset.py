"""The RDF dataset."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad

from moto_neptunedata.graph.rdf_dataset import QuadBatch, QuadChange, RdfDataset

G, H, K = (NamedNode(f"a:{name}") for name in "GHK")


def quad(number: int, graph: Any = G) -> Quad:
    return Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode(f"a:{number}"), graph)


def plain(number: int) -> Quad:
    return quad(number, DefaultGraph())


def test_an_empty_one() -> None:
    dataset = RdfDataset()
    assert not dataset
    assert len(dataset) == 0
    assert list(dataset) == list(dataset.graph_names()) == []
    assert dataset.add_quads([], G) == 0
    assert quad(1) not in dataset
    assert repr(dataset) == "<RdfDataset: 0 quads>"


def test_bulk() -> None:
    dataset = RdfDataset()
    assert dataset.add_quads([plain(1), plain(2), plain(1)], G) == 2
    assert dataset.add_quads([plain(2), plain(3)], G) == 1
    assert dataset.add_quads([plain(1)], H) == 1
    assert list(dataset) == [quad(1), quad(2), quad(3), quad(1, H)]
    assert quad(1) in dataset
    assert quad(3, H) not in dataset
    assert list(dataset.graph_names()) == [G, H]
    assert dataset
    assert [list(commit) for commit in dataset.log] == [
        [QuadChange("ADD", quad(1)), QuadChange("ADD", quad(2))],
        [QuadChange("ADD", quad(3))],
        [QuadChange("ADD", quad(1, H))],
    ]


def test_named_and_plain_quads_of_one_graph_are_the_same() -> None:
    dataset = RdfDataset()
    assert dataset.add_quads([quad(1), quad(2, H)], K) == 2
    # Now the graph gets a bag of its own.
    assert dataset.add_quads([plain(1), plain(3)], G) == 1
    assert dataset.add_quads([quad(3), quad(4), plain(5), quad(5, K)], K) == 2
    assert sorted(map(str, dataset)) == sorted(
        map(str, [quad(1), quad(2, H), quad(3), quad(4), quad(5, K)])
    )
    assert set(dataset.graph_names()) == {G, H, K}


def test_transactions() -> None:
    dataset = RdfDataset()
    dataset.add_quads([plain(1)], G)
    with dataset.transaction() as tx:
        assert not tx.add(quad(1))
        assert tx.add(quad(2))
        assert tx.add(quad(2, H))
        mark = len(tx.changes)
        assert tx.remove(quad(1))
        assert not tx.remove(quad(1))
        tx.rollback(mark)
        with pytest.raises(ValueError, match="named graph"):
            tx.add(plain(1))
    assert set(dataset) == {quad(1), quad(2), quad(2, H)}
    assert len(dataset.log.commits[-1]) == 2


def test_a_batch_is_a_collection_of_changes() -> None:
    batch = QuadBatch(G, [plain(1)])
    assert len(batch) == 1
    assert QuadChange("ADD", quad(1)) in batch
    assert QuadChange("ADD", plain(1)) not in batch


numbers = st.integers(0, 4)
graphs = st.sampled_from([G, H])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.builds(quad, numbers, graphs)),
        st.tuples(st.just("remove"), st.builds(quad, numbers, graphs)),
        st.tuples(
            st.just("bulk"),
            st.lists(st.builds(quad, numbers, st.sampled_from([G, H, DefaultGraph()]))),
            graphs,
        ),
    )
)


@given(steps)
def test_against_a_plain_set(steps: list[tuple[Any, ...]]) -> None:
    dataset, model = RdfDataset(), set[Quad]()
    for name, what, *graph in steps:
        before = len(model)
        if name == "bulk":
            plain_graph = DefaultGraph()
            named = [
                Quad(q.subject, q.predicate, q.object, graph[0])
                if q.graph_name == plain_graph
                else q
                for q in what
            ]
            model.update(named)
            assert dataset.add_quads(what, graph[0]) == len(model) - before
        else:
            with dataset.transaction() as tx:
                done = getattr(tx, name)(what)
            getattr(model, {"add": "add", "remove": "discard"}[name])(what)
            assert done is (len(model) != before)
    assert set(dataset) == model
    assert len(dataset) == len(model)
    assert bool(dataset) is bool(model)
    assert set(dataset.graph_names()) == {q.graph_name for q in model}
    replayed = RdfDataset()
    for commit in dataset.log:
        with replayed.transaction() as tx:
            assert all(map(tx.apply, commit))
    assert set(replayed) == model
    with pytest.raises(ZeroDivisionError):
        failing(dataset)
    assert set(dataset) == model
    dataset.rewind(0)
    assert len(dataset) == len(dataset.log) == 0


def failing(dataset: RdfDataset) -> None:
    with dataset.transaction() as tx:
        for number in range(5):
            tx.add(quad(number))
            tx.remove(quad(number, H))
        raise ZeroDivisionError


def test_graphs_without_quads_have_no_names() -> None:
    dataset = RdfDataset()
    dataset.add_quads([plain(1)], G)
    with dataset.transaction() as tx:
        tx.remove(quad(1))
    assert list(dataset.graph_names()) == []
