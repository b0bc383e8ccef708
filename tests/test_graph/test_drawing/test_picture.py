"""What of a property graph is drawn, and what a search finds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from moto_neptunedata import Neptune
from moto_neptunedata.graph import Int, PropertyGraph
from moto_neptunedata.graph.drawing import picture


@pytest.fixture
def graph(neptune: Neptune) -> PropertyGraph:
    return neptune.graph


def add(graph: PropertyGraph, *edges: tuple[str, str], alone: tuple[str, ...] = ()) -> None:
    """Vertices in the order in which they are named, and edges called ``from-to``."""
    with graph.transaction() as tx:
        made: dict[str, Any] = {}
        for id in (*(end for edge in edges for end in edge), *alone):
            if id not in made:
                made[id] = graph.vertex(id) or tx.add_vertex(id, ["v"])
        for start, end in edges:
            tx.add_edge(f"{start}-{end}", "to", made[start], made[end])


def ids(drawn: dict[str, Any]) -> tuple[list[str], list[str]]:
    return [each["id"] for each in drawn["vertices"]], [each["id"] for each in drawn["edges"]]


def test_nothing(graph: PropertyGraph) -> None:
    expected = {"vertices": [], "edges": [], "vertex_count": 0, "edge_count": 0}
    assert picture.draw(graph) == expected


def test_what_hangs_together_comes_together(graph: PropertyGraph) -> None:
    add(graph, alone=("a", "b", "c", "d"))
    add(graph, ("a", "d"), ("c", "a"))
    assert ids(picture.draw(graph, 3)) == (["a", "d", "c"], ["a-d", "c-a"])
    assert ids(picture.draw(graph)) == (["a", "d", "c", "b"], ["a-d", "c-a"])
    drawn = picture.draw(graph, 1)
    assert (drawn["vertex_count"], drawn["edge_count"], len(drawn["vertices"])) == (4, 2, 1)
    assert drawn["vertices"][0]["degree"] == 2


def test_around_and_expanded(graph: PropertyGraph) -> None:
    add(graph, ("a", "b"), ("b", "c"), ("x", "y"), ("y", "z"))
    assert ids(picture.draw(graph, around=["c"])) == (["c", "b", "a"], ["b-c", "a-b"])
    assert ids(picture.draw(graph, 2, around=["c", "y"]))[0] == ["c", "y"]
    drawn = picture.draw(graph, 1, around=["a"], expanded=["y", "gone"])
    assert ids(drawn) == (["a", "y", "z", "x"], ["y-z", "x-y"])
    with pytest.raises(LookupError, match="There is no vertex 'gone'"):
        picture.draw(graph, around=["gone"])


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_limits(graph: PropertyGraph, limit: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 1,000"):
        picture.draw(graph, limit)


def test_bounds(graph: PropertyGraph) -> None:
    add(graph, *[("hub", f"n{number}") for number in range(200)])
    drawn = picture.draw(graph, 10, around=["n7"], expanded=["hub"])
    assert len(drawn["vertices"]) == 10 + picture.MAX_NEIGHBOURS
    with graph.transaction() as tx:
        hub = graph.vertex("hub")
        assert hub is not None
        for number in range(5_000):
            tx.add_edge(f"loop{number}", "again", hub, hub)
        for number in range(150):
            tx.set_property(hub, f"key{number}", "x" * 2_000)
            tx.add_value(hub, "key0", number)
    drawn = picture.draw(graph, 10, around=["hub"])
    assert len(drawn["edges"]) == 30
    (first, *_, last) = drawn["vertices"][0]["properties"]
    assert last == ["… 50 more properties", []]
    assert first[0] == "key0"
    assert first[1][0] == ["String", "x" * 1_000 + "… (2,000 characters)"]
    assert first[1][-1] == ["", "… 101 more values"]


def test_values_are_texts_with_their_types(graph: PropertyGraph) -> None:
    values: dict[str, Any] = {
        "int": Int(3),
        "double": float("nan"),
        "bool": True,
        "date": datetime(2026, 1, 31, tzinfo=timezone.utc),
        "text": "<b>",
    }
    with graph.transaction() as tx:
        vertex = tx.add_vertex("v", ["a", "b"])
        for key, value in values.items():
            tx.set_property(vertex, key, value)
        edge = tx.add_edge("v", "self", vertex, vertex)
        tx.set_property(edge, "weight", 0.5)
    drawn = picture.draw(graph)
    assert drawn["vertices"] == [
        {
            "id": "v",
            "labels": ["a", "b"],
            "caption": "v",
            "properties": [
                ["int", [["Int", "3"]]],
                ["double", [["Double", "nan"]]],
                ["bool", [["Bool", "true"]]],
                ["date", [["DateTime", "2026-01-31T00:00:00Z"]]],
                ["text", [["String", "<b>"]]],
            ],
            "degree": 2,
        }
    ]
    assert drawn["edges"] == [
        {
            "id": "v",
            "label": "self",
            "from": "v",
            "to": "v",
            "properties": [["weight", [["Double", "0.5"]]]],
        }
    ]


@pytest.mark.parametrize(
    ("properties", "caption"),
    [
        ("name\nAnn", "Ann"),
        ("title,name\nDr,Ann", "Ann"),
        ("title\nDr", "Dr"),
        ('name,code\n" ",X', "X"),
        ("name:Int\n5", "v1"),
        ("other\nx", "v1"),
    ],
)
def test_captions(neptune: Neptune, properties: str, caption: str) -> None:
    head, _, row = properties.partition("\n")
    neptune.load(f"~id,{head}\nv1,{row}\n", allow_empty_strings=True)
    assert picture.draw(neptune.graph)["vertices"][0]["caption"] == caption


def test_search(neptune: Neptune) -> None:
    neptune.load(
        "~id,~label,name:String,age:Int\nann,person,Ann,30\nbob,person,Joanna,3\n30,number,,\n",
        "~id,~from,~to,~label,since:Int\ne1,ann,bob,knows,30\nann,bob,ann,likes,1\n",
    )
    graph = neptune.graph

    def found(text: str, limit: int = 50) -> list[tuple[str, str, str]]:
        hits = picture.search(graph, text, limit)
        return [(hit["kind"], hit["id"], hit["where"]) for hit in hits]

    assert found("30") == [
        ("vertex", "30", "id"),
        ("vertex", "ann", "age"),
        ("edge", "e1", "since"),
    ]
    assert found("ANN") == [
        ("vertex", "ann", "id"),
        ("vertex", "bob", "name"),
        ("edge", "ann", "id"),
    ]
    assert found("ann")[:2] == [("vertex", "ann", "id"), ("edge", "ann", "id")]
    assert found("ann", 1) == [("vertex", "ann", "id")]
    assert found("PERS") == [("vertex", "ann", "label"), ("vertex", "bob", "label")]
    assert found("knows") == [("edge", "e1", "label")]
    assert found("nobody") == []
    (hit,) = picture.search(graph, "likes")
    assert (hit["caption"], hit["around"]) == ("Joanna likes Ann", ["bob", "ann"])
