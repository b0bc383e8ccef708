"""What the planner makes quicker gives what the plain way gives."""

from __future__ import annotations

import random

import pytest

from moto_neptunedata.graph import Float, Int, PropertyGraph
from moto_neptunedata.gremlin import compile_text
from moto_neptunedata.gremlin.steps.expansions import GraphNeighboursStep

from .support import small_graph, told


def crowd() -> PropertyGraph:
    """Two hundred vertices, some without an age, many of the same; loops and parallel edges."""
    chance = random.Random(7)
    graph = PropertyGraph()
    with graph.transaction() as change:
        made = [change.add_vertex(f"v{at:03}", ("thing",)) for at in range(200)]
        for vertex in made:
            if chance.random() < 0.9:
                value = chance.choice([Int(3), 4, 2.5, Float(0.5), float("nan"), Int(-1)])
                change.set_property(vertex, "age", value)
            change.set_property(vertex, "name", chance.choice("abcdé"))
            change.set_property(vertex, "mixed", chance.choice([Int(1), "x", True, 2.0]))
        for at in range(600):
            ends = chance.choice(made), chance.choice(made)
            change.add_edge(f"e{at}", chance.choice(("a", "b")), *ends)
    return graph


@pytest.mark.parametrize(
    "by", ["'age'", "'age',desc", "'name'", "'name',desc", "'mixed'", "values('age')"]
)
@pytest.mark.parametrize("limit", ["limit(3)", "range(2,5)", "limit(0)"])
def test_the_first_in_order(by: str, limit: str) -> None:
    graph = crowd()
    few = told(f"g.V().order().by({by}).{limit}.id()", graph)
    # A step in between, and the planner knows nothing of the limit.
    assert few == told(f"g.V().order().by({by}).identity().{limit}.id()", graph)


def test_the_first_by_two_keys() -> None:
    graph = crowd()
    assert told("g.V().order().by('name',desc).by('age').limit(4).id()", graph) == told(
        "g.V().order().by('name',desc).by('age').identity().limit(4).id()", graph
    )


@pytest.mark.parametrize("way", ["out", "in"])
@pytest.mark.parametrize("labels", ["", "'a'", "'a','b'", "'nothing'"])
def test_counting_all_neighbours(way: str, labels: str) -> None:
    graph = crowd()
    text = f"g.V().{way}({labels}).{way}({labels}).out().count()"
    steps = compile_text(text).statements[0].pipeline.steps
    assert isinstance(steps[0], GraphNeighboursStep)
    assert "GraphNeighboursStep" in steps[0].describe()
    plain = f"g.V().identity().{way}({labels}).{way}({labels}).out().fold().count(local)"
    assert told(text, graph) == told(plain, graph)


@pytest.mark.parametrize("end", ["out()", "in('a')", "both()", "both('a','b')"])
@pytest.mark.parametrize("before", ["out()", "out('b')", "in('a','b')"])
@pytest.mark.parametrize("start", ["g.V()", "g.V('v001','v002')"])
def test_counting_the_neighbours_of_neighbours(start: str, before: str, end: str) -> None:
    graph = crowd()
    text = f"{start}.in().{before}.{end}.count()"
    plain = f"{start}.in().{before}.{end}.fold().count(local)"
    assert "DegreeStep(VertexStep" in told(text.replace("count()", "count().explain()"), graph)
    assert told(text, graph) == told(plain, graph)


@pytest.mark.parametrize(
    "text",
    [
        "g.V().out().out().limit(1).count()",
        "g.V().out().out().fold()",
        "g.V().both().both().count()",
        "g.V().hasLabel('person').out().out().count()",
        "g.V().out().property('k',1).out().count()",
    ],
)
def test_where_neighbours_go_one_by_one(text: str) -> None:
    steps = compile_text(text).statements[0].pipeline.steps
    assert not any(isinstance(step, GraphNeighboursStep) for step in steps)


@pytest.mark.parametrize("by", ["'name'", "'age'", "'mixed'", "values('name')", "id"])
def test_groups_that_are_counts(by: str) -> None:
    graph = crowd()
    counts = told(f"g.V().groupCount().by({by})", graph)
    assert told(f"g.V().group().by({by}).by(count())", graph) == counts
    assert told(f"g.V().group().by({by}).by(identity().count())", graph) == counts


def test_simple_paths() -> None:
    graph = small_graph()
    text = "g.V().out().in().path().by(id)"
    assert told("g.V().out().in().simplePath().path().by(id)", graph) == told(
        "g.V().out().in().simplePath().by(id).path().by(id)", graph
    )
    assert told(f"{text}.count()", graph) == "7"
    assert told("g.V().out().in().cyclicPath().count()", graph) == told(
        "g.V().out().in().cyclicPath().by(id).count()", graph
    )
