"""networkx graphs into a cluster and out of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import networkx
import pytest

from moto_neptunedata import Neptune
from moto_neptunedata.graph import Byte, Float, type_name
from tests.support.helpers import EDGES, VERTICES

NOON = datetime(2020, 1, 2, 12, tzinfo=timezone.utc)


def shape(neptune: Neptune) -> Any:
    """Vertices and edges with all they have."""
    graph = neptune.graph
    return (
        [(v.id, v.labels, v.properties) for v in graph.vertices()],
        [(e.id, e.label, e.out_v.id, e.in_v.id, e.properties) for e in graph.edges()],
    )


def test_loading(neptune: Neptune, client: Any) -> None:
    graph = networkx.DiGraph()
    graph.add_node(1, labels=["person", "tall"], name="Ann", ages=[30, 31], nothing=None)
    graph.add_node("b", labels="person", name="Bob")
    graph.add_edge(1, "b", label="knows", since=2020, nothing=None)
    graph.add_edge("b", "c")
    neptune.load_networkx(graph)
    vertices, edges = shape(neptune)
    assert vertices == [
        ("1", ("person", "tall"), {"name": "Ann", "ages": (30, 31)}),
        ("b", ("person",), {"name": "Bob"}),
        ("c", ("vertex",), {}),
    ]
    assert [edge[1:] for edge in edges] == [
        ("knows", "1", "b", {"since": 2020}),
        ("edge", "b", "c", {}),
    ]
    assert len(neptune.graph.log) == 1
    query = "MATCH (a {name: 'Ann'})-[:knows]->(b) RETURN b.name AS name"
    results = client.execute_open_cypher_query(openCypherQuery=query)["results"]
    assert results == [{"name": "Bob"}]


def test_types(neptune: Neptune) -> None:
    graph = networkx.Graph()
    local = NOON.astimezone(timezone(timedelta(hours=2)))
    values = {"b": True, "i": 1, "f": 0.5, "s": "x", "y": Byte(1), "g": Float(0.5), "d": local}
    graph.add_node("a", **values, naive=NOON.replace(tzinfo=None), set={"x"}, tuple=())
    neptune.load_networkx(graph)
    held = neptune.graph.vertex("a").properties  # type: ignore[union-attr]
    assert {key: type_name(value) for key, value in held.items()} == {
        "b": "Bool",
        "i": "Long",
        "f": "Double",
        "s": "String",
        "y": "Byte",
        "g": "Float",
        "d": "DateTime",
        "naive": "DateTime",
        "set": "String",
    }
    assert held["d"] == held["naive"] == NOON
    assert held["d"].tzinfo is timezone.utc


def test_numbers_of_numpy(neptune: Neptune) -> None:
    class Number:
        """What looks like one."""

        dtype = "int64"

        def item(self) -> int:
            return 5

    graph = networkx.Graph()
    graph.add_node("a", n=Number())
    neptune.load_networkx(graph)
    assert neptune.graph.vertex("a").properties == {"n": 5}  # type: ignore[union-attr]


def test_multigraphs_and_undirected_ones(neptune: Neptune) -> None:
    graph = networkx.MultiGraph()
    graph.add_edge("a", "b", key="e1", label="x")
    graph.add_edge("b", "a", label="y")
    neptune.load_networkx(graph)
    one, two = neptune.graph.edges()
    assert (one.id, one.label, one.out_v.id) == ("e1", "x", "a")
    assert (two.label, len(two.id), two.out_v.id) == ("y", 36, "a")


@pytest.mark.parametrize(
    ("attributes", "name"),
    [({"x": {"a": 1}}, "dict"), ({"x": [[1]]}, "list"), ({"x": date(2020, 1, 1)}, "date")],
)
def test_values_that_cannot_be(neptune: Neptune, attributes: Any, name: str) -> None:
    graph = networkx.DiGraph()
    graph.add_node("fine")
    graph.add_node("a", **attributes)
    with pytest.raises(TypeError, match=f"Attribute 'x' of 'a' is a {name}, which cannot be"):
        neptune.load_networkx(graph)
    assert neptune.graph.vertex_count == 0
    assert len(neptune.graph.log) == 0


def test_edge_properties_have_one_value(neptune: Neptune) -> None:
    graph = networkx.DiGraph()
    graph.add_edge("a", "b", x=[1, 2])
    with pytest.raises(TypeError, match="is a list"):
        neptune.load_networkx(graph)


def test_ids_that_are_there(neptune: Neptune) -> None:
    neptune.load(VERTICES, EDGES)
    graph = networkx.MultiDiGraph()
    graph.add_node("v1")
    with pytest.raises(ValueError, match="vertex with the id 'v1'"):
        neptune.load_networkx(graph)
    twins = networkx.Graph([(1, "1")])
    with pytest.raises(ValueError, match="vertex with the id '1'"):
        neptune.load_networkx(twins)
    edge = networkx.MultiDiGraph()
    edge.add_edge("x", "y", key="e1")
    with pytest.raises(ValueError, match="edge with the id 'e1'"):
        neptune.load_networkx(edge)
    assert neptune.graph.vertex_count == 2


def test_out_and_in_again(neptune: Neptune) -> None:
    neptune.load(VERTICES, EDGES, "~id,~label,tags:Int[]\nv3,a;b,1;2\n")
    before = shape(neptune)
    made = neptune.to_networkx()
    assert isinstance(made, networkx.MultiDiGraph)
    assert made.nodes["v3"] == {"labels": ("a", "b"), "tags": (1, 2)}
    assert made.edges["v1", "v2", "e1"] == {"label": "knows", "weight": 0.5}
    assert networkx.shortest_path(made, "v1", "v2") == ["v1", "v2"]
    neptune.reset()
    neptune.load_networkx(made)
    assert shape(neptune) == before


def test_properties_called_like_labels(neptune: Neptune) -> None:
    neptune.load("~id,labels\nv,x\n", "~id,~from,~to,label\ne,v,v,y\n")
    with pytest.raises(ValueError, match=r"has a property 'labels'.*choose another name"):
        neptune.to_networkx()
    with pytest.raises(ValueError, match="has a property 'label'"):
        neptune.to_networkx(labels="~labels")
    made = neptune.to_networkx(labels="~labels", label="~label")
    assert made.nodes["v"] == {"~labels": ("vertex",), "labels": "x"}
    before = shape(neptune)
    other = neptune.cluster("other")
    other.load_networkx(made, labels="~labels", label="~label")
    assert before == (
        [(v.id, v.labels, v.properties) for v in other.graph.vertices()],
        [(e.id, e.label, e.out_v.id, e.in_v.id, e.properties) for e in other.graph.edges()],
    )
