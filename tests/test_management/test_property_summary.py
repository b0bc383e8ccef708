"""The summary of a property graph: by hand, by hypothesis, and what it costs."""

from __future__ import annotations

from hypothesis import given, settings

from moto_neptunedata.graph import MISSING, PropertyGraph
from moto_neptunedata.management.property_summary import PropertyGraphTracker
from tests.support.graphs import counted, histories, live


def test_by_hand() -> None:
    graph = PropertyGraph()
    graph.add_vertices(
        ["a", "b", "c"],
        [("person", "boss"), ("person",), ("city",)],
        ("name", "tag"),
        [["Ann", "Bob", "Ulm"], [("x", "y"), MISSING, MISSING]],
    )
    graph.add_edges(["e", "f"], ["in", "in"], ["a", "b"], ["c", "c"], ("since",), [[1, MISSING]])
    summary = PropertyGraphTracker(graph).summary()
    assert summary.graph_summary(detailed=True) == {
        "numNodes": 3,
        "numEdges": 2,
        "numNodeLabels": 3,
        "numEdgeLabels": 1,
        "nodeLabels": ["boss", "city", "person"],
        "edgeLabels": ["in"],
        "numNodeProperties": 2,
        "numEdgeProperties": 1,
        "nodeProperties": [{"name": 3}, {"tag": 1}],
        "edgeProperties": [{"since": 1}],
        "totalNodePropertyValues": 5,
        "totalEdgePropertyValues": 1,
        "nodeStructures": [
            {"count": 1, "nodeProperties": ["name"], "distinctOutgoingEdgeLabels": []},
            {"count": 1, "nodeProperties": ["name"], "distinctOutgoingEdgeLabels": ["in"]},
            {"count": 1, "nodeProperties": ["name", "tag"], "distinctOutgoingEdgeLabels": ["in"]},
        ],
        "edgeStructures": [
            {"count": 1, "edgeProperties": []},
            {"count": 1, "edgeProperties": ["since"]},
        ],
    }
    assert "nodeStructures" not in summary.graph_summary(detailed=False)
    assert summary.signature_info() == {
        "signatureCount": 4,
        "instanceCount": 4,
        "predicateCount": 4,
    }
    assert summary.statements == 4 + 5 + 2 + 1


@settings(deadline=None, max_examples=60)
@given(histories)
def test_keeps_up_with_any_history(history: list[list[tuple[object, ...]]]) -> None:
    graph = PropertyGraph()
    tracker = PropertyGraphTracker(graph)
    for transaction in history:
        live(graph, [transaction])
        assert tracker.summary().graph_summary(detailed=True) == counted(graph)


@settings(deadline=None, max_examples=40)
@given(histories, histories)
def test_survives_a_rewind(
    history: list[list[tuple[object, ...]]], later: list[list[tuple[object, ...]]]
) -> None:
    graph = PropertyGraph()
    tracker = PropertyGraphTracker(graph)
    live(graph, history)
    half = graph.log.last_num // 2
    tracker.summary()
    graph.rewind(half)
    assert tracker.summary().graph_summary(detailed=True) == counted(graph)
    tracker.summary()
    graph.rewind(half // 2)
    live(graph, later)
    assert tracker.summary().graph_summary(detailed=True) == counted(graph)
