"""The step ``profile()``."""

from __future__ import annotations

import pytest

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.gremlin import graphson
from moto_neptunedata.gremlin.graphson import Serializer
from moto_neptunedata.gremlin.java_text import to_java_text
from moto_neptunedata.gremlin.metrics import TraversalMetrics

from .support import ask, small_graph


def test_what_it_gives() -> None:
    [found] = ask("g.V().out().values('name').profile()")
    assert isinstance(found, TraversalMetrics)
    assert [step.elements for step in found.steps] == [5, 5, 5]
    assert found.seconds == pytest.approx(sum(step.seconds for step in found.steps))
    assert sum(step.percent for step in found.steps) == pytest.approx(100)
    text = to_java_text(found)
    assert "VertexStep(OUT, vertex)" in text
    assert ">TOTAL" in text
    [found] = ask("g.V().none().profile()")
    assert to_java_text(found).count("\n") == 4


def test_writes_happen_once() -> None:
    graph = small_graph()
    [found] = ask("g.addV('x').property(id,'n').profile().next()", graph)
    assert isinstance(found, TraversalMetrics)
    assert graph.vertex("n") is not None
    assert ask("g.addV('x').profile().iterate()", graph) == []
    assert graph.vertex_count == 7


@pytest.mark.parametrize(
    "text", ["g.V().profile().out()", "g.V().profile('x')", "g.V().map(profile())"]
)
def test_where_it_is_not(text: str) -> None:
    with pytest.raises(NeptuneError, match="at the end of a traversal only") as caught:
        ask(text)
    assert caught.value.code == "UnsupportedOperationException"


def test_as_graphson() -> None:
    found = ask("g.V().profile()")
    [plain] = graphson.to_graphson(found, Serializer(3, False))
    assert plain["metrics"][0]["counts"] == {"traverserCount": 5, "elementCount": 5}
    assert plain["metrics"][0]["annotations"] == {"percentDur": 100.0}
    [typed] = graphson.to_graphson(found, Serializer(3, True))["@value"]
    assert typed["@type"] == "g:TraversalMetrics"
    assert typed["@value"]["@type"] == "g:Map"
    [typed] = graphson.to_graphson(found, Serializer(2, True))
    assert typed["@value"]["metrics"][0]["@type"] == "g:Metrics"


def test_as_a_client_reads_it() -> None:
    pytest.importorskip("gremlin_python")
    from gremlin_python.structure.io import graphsonV3d0

    found = graphsonV3d0.GraphSONReader().to_object(graphson.to_graphson(ask("g.V().profile()")))
    assert found[0]["metrics"][0]["counts"]["elementCount"] == 5
