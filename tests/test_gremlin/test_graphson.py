"""GraphSON in all versions, read back by a client, and the texts of explain and profile."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.gremlin import Limits
from moto_neptunedata.gremlin.explain import explain, profile
from moto_neptunedata.gremlin.graphson import (
    DEFAULT,
    Serializer,
    dumps,
    response_body,
    serializer_of,
    to_graphson,
)

from .support import ask, small_graph

ALL = [Serializer(version, typed) for version in (1, 2, 3, 4) for typed in (True, False)]
PLAIN = (
    "g.inject(1,1L,1b,1s,1n,1.5,1.5f,0.1f,NaN,Infinity,1.5m,'x',true,null,datetime('2020-01-01'))"
)


def written(text: str, serializer: Serializer) -> Any:
    return json.loads(dumps(to_graphson(ask(text), serializer)))


def tag(kind: str, value: Any) -> dict[str, Any]:
    return {"@type": kind, "@value": value}


# ------------------------------------------------------------------ choosing


@pytest.mark.parametrize("serializer", ALL)
def test_media_types(serializer: Serializer) -> None:
    assert serializer_of(serializer.mime) == serializer
    assert serializer_of(serializer.mime.upper().replace(";", " ; ")) == serializer


@pytest.mark.parametrize("accept", [None, "", "*/*", "application/json", "text/html, */*;q=0.1"])
def test_the_default(accept: str | None) -> None:
    assert serializer_of(accept) == DEFAULT


def test_an_unknown_media_type() -> None:
    with pytest.raises(NeptuneError) as caught:
        serializer_of("application/vnd.graphbinary-v1.0")
    assert caught.value.code == "InvalidParameterException"


# ------------------------------------------------------------------ values


def test_plain_values_typed() -> None:
    assert written(PLAIN, Serializer(3, True)) == tag(
        "g:List",
        [
            tag("g:Int32", 1),
            tag("g:Int64", 1),
            tag("gx:Byte", 1),
            tag("gx:Int16", 1),
            tag("gx:BigInteger", 1),
            tag("g:Double", 1.5),
            tag("g:Float", 1.5),
            tag("g:Float", 0.1),
            tag("g:Double", "NaN"),
            tag("g:Double", "Infinity"),
            tag("gx:BigDecimal", 1.5),
            "x",
            True,
            None,
            tag("g:Date", 1577836800000),
        ],
    )


@pytest.mark.parametrize(
    "serializer", [each for each in ALL if not each.typed or each.version == 1]
)
def test_plain_values_without_types(serializer: Serializer) -> None:
    due = [1, 1, 1, 1, 1, 1.5, 1.5, 0.1, "NaN", "Infinity", 1.5, "x", True, None, 1577836800000]
    assert written(PLAIN, serializer) == due


@pytest.mark.parametrize(
    ("text", "three", "two", "plain"),
    [
        (
            "g.inject([1,'a'])",
            tag("g:List", [tag("g:Int32", 1), "a"]),
            [tag("g:Int32", 1), "a"],
            [1, "a"],
        ),
        ("g.inject({'a'})", tag("g:Set", ["a"]), ["a"], ["a"]),
        (
            "g.inject([(T.id):'x',(2):'y'])",
            tag("g:Map", [tag("g:T", "id"), "x", tag("g:Int32", 2), "y"]),
            {"id": "x", "2": "y"},
            {"id": "x", "2": "y"},
        ),
        ("g.inject([a:'b']).unfold()", tag("g:Map", ["a", "b"]), {"a": "b"}, {"a": "b"}),
        (
            "g.V('rome').groupCount().unfold()",
            None,
            {"rome": tag("g:Int64", 1)},
            {"rome": 1},
        ),
        (
            "g.inject('a','a').aggregate('x').cap('x')",
            tag("g:BulkSet", ["a", tag("g:Int64", 2)]),
            ["a", "a"],
            ["a", "a"],
        ),
        ("g.inject(OUT)", tag("g:Direction", "OUT"), tag("g:Direction", "OUT"), "OUT"),
        (
            "g.inject('a').as('l').path()",
            tag(
                "g:Path",
                {
                    "labels": tag("g:List", [tag("g:Set", ["l"])]),
                    "objects": tag("g:List", ["a"]),
                },
            ),
            tag("g:Path", {"labels": [["l"]], "objects": ["a"]}),
            {"labels": [["l"]], "objects": ["a"]},
        ),
        (
            "g.inject('a').tree()",
            tag("g:Tree", [{"key": "a", "value": tag("g:Tree", [])}]),
            tag("g:Tree", [{"key": "a", "value": tag("g:Tree", [])}]),
            [{"key": "a", "value": []}],
        ),
        (
            "g.E('e1').properties('since')",
            tag("g:Property", {"key": "since", "value": tag("g:Int32", 2001)}),
            tag("g:Property", {"key": "since", "value": tag("g:Int32", 2001)}),
            {"key": "since", "value": 2001},
        ),
    ],
)
def test_collections(text: str, three: Any, two: Any, plain: Any) -> None:
    if three is not None:
        assert written(text, Serializer(3, True))["@value"] == [three]
    assert written(text, Serializer(2, True)) == [two]
    assert written(text, Serializer(3, False)) == [plain]


# ------------------------------------------------------------------ elements


def vertex_property_id(value: Any) -> int:
    return int(value["@value"]["id"]["@value"])


def test_a_vertex() -> None:
    (vertex,) = written("g.V('rome')", Serializer(3, True))["@value"]
    properties = vertex["@value"].pop("properties")
    assert vertex == tag("g:Vertex", {"id": "rome", "label": "city"})
    (name,) = properties["name"]
    number = vertex_property_id(name)
    assert -(1 << 31) <= number < 1 << 31
    due = {"id": tag("g:Int32", number), "value": "Rome", "label": "name"}
    assert name == tag("g:VertexProperty", due)
    (plain,) = written("g.V('rome')", Serializer(1, False))
    assert plain["type"] == "vertex"
    assert plain["properties"]["name"] == [{"id": number, "value": "Rome"}]
    assert written("g.V('rome').properties('name')", Serializer(2, False)) == [
        {"id": number, "value": "Rome", "label": "name"}
    ]


def test_an_edge() -> None:
    (edge,) = written("g.E('e3')", Serializer(3, True))["@value"]
    since = tag("g:Property", {"key": "since", "value": tag("g:Int32", 2010)})
    ends = {"inV": "rome", "outV": "ann"}
    due = {"id": "e3", "label": "lives", **ends, "properties": {"since": since}}
    assert edge == tag("g:Edge", due)
    (bare,) = written("g.E('e4')", Serializer(3, True))["@value"]
    assert "properties" not in bare["@value"]
    (plain,) = written("g.E('e3')", Serializer(3, False))
    assert plain == {
        "id": "e3",
        "label": "lives",
        "type": "edge",
        "inVLabel": "city",
        "outVLabel": "person",
        **ends,
        "properties": {"since": 2010},
    }
    assert "properties" not in written("g.E('e4')", Serializer(3, False))[0]


def test_version_4() -> None:
    (edge,) = written("g.E('e3')", Serializer(4, True))["@value"]
    assert edge["@value"]["label"] == ["lives"]
    assert edge["@value"]["inV"] == {"id": "rome", "label": ["city"]}
    assert len(edge["@value"]["properties"]["since"]) == 1
    assert written("g.inject(datetime('2020-01-01'))", Serializer(4, True))["@value"] == [
        tag("g:DateTime", "2020-01-01T00:00:00Z")
    ]
    assert written("g.inject(1).aggregate('x').cap('x')", Serializer(4, True))["@value"] == [
        tag("g:List", [tag("g:Int32", 1)])
    ]


def test_a_vertex_without_properties() -> None:
    graph = PropertyGraph()
    found = ask("g.addV('x').property(id,'i')", graph)
    assert to_graphson(found, Serializer(3, True))["@value"][0]["@value"] == {
        "id": "i",
        "label": "x",
    }
    assert to_graphson(found, Serializer(1, False)) == [{"id": "i", "label": "x", "type": "vertex"}]


def test_a_tree_and_a_subgraph() -> None:
    tree = "g.V('ann').out('knows').tree()"
    assert written(tree, Serializer(1, True))[0]["ann"]["value"]["bob"]["value"] == {}
    graph = "g.V('ann').outE().subgraph('s').cap('s')"
    (found,) = written(graph, Serializer(3, True))["@value"]
    assert found["@type"] == "tinker:graph"
    assert [len(found["@value"][part]) for part in ("vertices", "edges")] == [3, 2]
    assert len(written(graph, Serializer(3, False))[0]["edges"]) == 2


@pytest.mark.parametrize("serializer", ALL)
def test_the_body(serializer: Serializer) -> None:
    body = json.loads(response_body(ask("g.V('rome').id()"), "r-1", serializer))
    nested = serializer.typed and serializer.version >= 3
    empty = tag("g:Map", []) if nested else {}
    assert body == {
        "requestId": "r-1",
        "status": {"message": "", "code": 200, "attributes": empty},
        "result": {"data": tag("g:List", ["rome"]) if nested else ["rome"], "meta": empty},
    }


def test_what_is_nested_too_deeply() -> None:
    with pytest.raises(NeptuneError) as caught:
        response_body(ask("g.inject(1)" + ".fold()" * 3000), "r")
    assert caught.value.code == "FailureByQueryException"
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NeptuneError):
        dumps(deep)


# ------------------------------------------------------------------ a client


TEXTS = [
    PLAIN,
    "g.V()",
    "g.E()",
    "g.V().out().path()",
    "g.V().valueMap(true)",
    "g.E().elementMap()",
    "g.V().properties()",
    "g.E().properties()",
    "g.V().group().by(label).by(count())",
    "g.V().both().aggregate('x').cap('x')",
    "g.inject({1,2},[a:[1]],[])",
    "g.V().project('a','b').by(id).by(out().fold())",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("version", [2, 3])
def test_a_client_reads_it(text: str, version: int) -> None:
    pytest.importorskip("gremlin_python")
    from gremlin_python.structure.io import graphsonV2d0, graphsonV3d0

    readers = {2: graphsonV2d0, 3: graphsonV3d0}
    found = ask(text)
    body = json.loads(response_body(found, "r", Serializer(version, True)))
    read = readers[version].GraphSONReader().read_object(json.dumps(body["result"]["data"]))
    assert len(read) == len(found)
    assert not any(isinstance(each, dict) and "@type" in each for each in read)
    if text == "g.V()":
        assert [each.id for each in read] == [each.id for each in found]
        assert read[0].label == "person"
    if text == "g.E()":
        assert next((each.outV.id, each.inV.id) for each in read) == ("ann", "bob")


# ------------------------------------------------------------------ explain and profile


def test_explain_runs_nothing() -> None:
    graph = small_graph()
    text = "g.V().hasLabel('person').out().out().where(out('x').has('a',gt(1))).addV('x')"
    found = explain(graph, text)
    assert graph.vertex_count == 5
    titles = re.findall(r"^([A-Z][\w ]+)\n=+$", found, re.MULTILINE)
    assert titles == [
        "Query String",
        "Original Traversal",
        "Converted Traversal",
        "Optimized Traversal",
        "Predicates",
    ]
    assert found.startswith("*" * 55 + "\n" + " " * 16 + "Neptune Gremlin Explain\n")
    assert text in found
    assert "GraphStep(vertex, person)" in found
    assert "{merged}" in found
    assert "HasStep([a.gt(1)])" in found
    assert "# of predicates: 9" in found


def test_explain_of_many_steps() -> None:
    text = (
        "g.V('ann').hasId('ann').both('knows').limit(1).as('x').aggregate('a').outE().count();"
        "g.E().hasLabel('knows').count()"
    )
    found = explain(small_graph(), text)
    for part in (
        "GraphStep(vertex, ann)",
        "VertexStep(BOTH, 'knows', vertex)",
        "RangeGlobalStep(0,1)",
        "AsStep(x)",
        "AggregateGlobalStep(a)",
        "DegreeStep(OUT, edge)",
        "GraphCountStep(edge, knows)",
    ):
        assert part in found
    described = explain(small_graph(), "g.V().has('k','v').values('k').is(1).where(eq('z'))")
    assert "k=v" in described
    assert "WherePredicateStep(['z'])" in described


def test_the_terminal_explain() -> None:
    (found,) = ask("g.V().out().explain()")
    assert "VertexStep(OUT, vertex)" in found


def test_profile_counts() -> None:
    graph = small_graph()
    found = profile(graph, "g.V().hasLabel('person').out().dedup().order().by('name').union(id())")
    for part in (
        "Neptune Gremlin Profile",
        "Physical Pipeline",
        "Runtime (ms)",
        "Traversal Metrics",
        "Count: 4",
        "Output: [bob, cyd, oslo, rome]",
        "Response serializer: application/vnd.gremlin-v3.0+json",
        ">TOTAL",
    ):
        assert part in found
    assert re.search(r"Query Execution: \d+\.\d+\nSerialization:   \d+\.\d+", found)
    assert re.search(r"^VertexStep\(OUT, vertex\) +5 +4 ", found, re.MULTILINE)
    assert re.search(r"Response size \(bytes\): \d+", found)
    assert "Index Operations" not in found


def test_profile_options() -> None:
    graph = small_graph()
    found = profile(
        graph,
        "g.addV('x').property('n','long text').values('n').limit(1)",
        chop=4,
        serializer=Serializer(1, False),
        index_ops=True,
        limits=Limits(),
    )
    assert graph.vertex_count == 6
    assert "Output: [lon\n" in found
    assert "application/vnd.gremlin-v1.0+json;types=false" in found
    assert found.count("# of statement index ops: ") == 2
    assert found.count("Duplication ratio: ") == 2
    assert "Results" not in profile(graph, "g.V()", results=False)
    assert "Output: [v[ann], " in profile(graph, "g.V()", chop=0)
    assert ">TOTAL" in profile(graph, "g.V('nobody').map(out().dedup().limit(1)).out()")
