# ruff: noqa: E501  # tables of queries, one a line
"""The shapes of queries that real clients send to Neptune, in the Neptune dialect."""

from __future__ import annotations

from typing import Any

import pytest

from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.opencypher import CypherError, Options, execute
from tests.test_opencypher.support import people, picture, rows, run

#: (query, parameters, rows) on the graph of people
READS: list[tuple[str, dict[str, Any], list[tuple[Any, ...]]]] = [
    (
        "MATCH (a)-[e:`LIVES_IN`]->(b) WITH a,e,b LIMIT 3000 "
        "RETURN DISTINCT labels(a) AS from, type(e) AS edge, labels(b) AS to LIMIT 10",
        {},
        [(["Person"], "LIVES_IN", ["City"]), (["Person", "Chef"], "LIVES_IN", ["City"])],
    ),
    (
        "MATCH (a:`City`) RETURN properties(a) AS props LIMIT 100",
        {},
        [({"name": "Ulm"},), ({"name": "Bonn"},)],
    ),
    (
        "MATCH ()-[e:`KNOWS`]->() RETURN properties(e) AS props LIMIT 100",
        {},
        [({"since": 2001},), ({"since": 2002},), ({"since": 2003},)],
    ),
    ("MATCH (n) WHERE ID(n) = $id RETURN n.name AS name", {"id": "b"}, [("Bob",)]),
    ("MATCH (n) WHERE id(n) IN $ids RETURN n.name", {"ids": ["c", "x", "a", "c"]}, [("Cid",), ("Ann",)]),
    ("MATCH (n {`~id`: $p.id}) RETURN n.`~id`", {"p": {"id": "o"}}, [("o",)]),
    (
        "MATCH (n:Person)-[r:KNOWS|LIVES_IN*1..2]-(m) WHERE id(n) = 'a' "
        "RETURN id(m) AS id, count(*) AS c ORDER BY id",
        {},
        [("b", 3), ("c", 2), ("o", 1), ("u", 2)],
    ),
    (
        "MATCH p=(n1:`Person`)-[*1..2]->() WHERE n1.name IN $names "
        "UNWIND relationships(p) AS rel WITH n1.name AS subj, p, "
        "collect([type(rel), endNode(rel).name]) AS flat RETURN subj, flat LIMIT 2",
        {"names": ["Bob"]},
        [("Bob", [["KNOWS", "Cid"]]), ("Bob", [["KNOWS", "Cid"], ["LIVES_IN", "Bonn"]])],
    ),
    ("MATCH (n) WHERE n:City OR n:Chef RETURN n.name", {}, [("Cid",), ("Ulm",), ("Bonn",)]),
    (
        "MATCH (e:Person) RETURN e{.*, age: null, x: 1} AS e ORDER BY e.name LIMIT 1",
        {},
        [({"name": "Ann", "age": None, "x": 1},)],
    ),
    (
        "MATCH (n:Person) WITH collect(n.name) AS l UNWIND range(0, size(l) - 1) AS i "
        "RETURN i, l[i], l[0..i]",
        {},
        [(0, "Ann", []), (1, "Bob", ["Ann"]), (2, "Cid", ["Ann", "Bob"])],
    ),
    (
        "RETURN removeKeyFromMap($row.properties, 'a').b AS b, "
        "removeKeyFromMap(removeKeyFromMap($row.properties, 'a'), 'b') AS rest",
        {"row": {"properties": {"a": 1, "b": 2}}},
        [(2, {})],
    ),
    (
        "MATCH ()-[r:KNOWS]->() RETURN startNode(r).name AS s, r.since ORDER BY r.since DESC LIMIT $n",
        {"n": 2},
        [("Bob", 2003), ("Ann", 2002)],
    ),
    ("MATCH (n:Person) RETURN n.name ORDER BY n.age DESC", {}, [("Cid",), ("Bob",), ("Ann",)]),
    (
        "MATCH (n:Person)-[:LIVES_IN]->(c) RETURN DISTINCT c.name AS city ORDER BY city",
        {},
        [("Bonn",), ("Ulm",)],
    ),
    ("RETURN $x AS x, $x IS NULL AS missing", {"x": None}, [(None, True)]),
    (
        "MATCH (n:City) RETURN n.name AS x LIMIT 1 UNION MATCH (n:Chef) RETURN n.name AS x",
        {},
        [("Ulm",), ("Cid",)],
    ),
    (
        "MATCH (x:Person)-[:LIVES_IN]->(c) WITH c, collect(DISTINCT id(x))[0..$n] AS ids "
        "RETURN c.name, ids",
        {"n": 1},
        [("Ulm", ["a"]), ("Bonn", ["c"])],
    ),
    (
        "MATCH (n:Person) OPTIONAL MATCH (n)-[r:`KNOWS`|`HATES`]->(m) "
        "WITH n, count(m) AS c RETURN n.name, c",
        {},
        [("Ann", 2), ("Bob", 1), ("Cid", 0)],
    ),
    ("MATCH (n:Chef) CALL { WITH n MATCH (n)--(m) RETURN count(m) AS c } RETURN c", {}, [(3,)]),
    ("MATCH (n:Chef) CALL (n) { MATCH (n)--(m) RETURN count(m) AS c } RETURN c", {}, [(3,)]),
    ("UNWIND ['x', 'y'] AS n CALL { MATCH (n:City) RETURN count(n) AS c } RETURN n, c", {},
     [("x", 2), ("y", 2)]),
    ("MATCH (n:Person) WHERE exists((n)-[:KNOWS]->()) AND exists(n.age) RETURN n.name", {},
     [("Ann",), ("Bob",)]),
    ("RETURN join([x IN $v | toString(x)], ',') AS j", {"v": [1, 2.5, "z"]}, [("1,2.5,z",)]),
    ("USING QUERY:TIMEOUTMILLISECONDS 5000 MATCH (n:City) RETURN count(n)", {}, [(2,)]),
    ("USING QUERY:PLANCACHE 'auto' RETURN 1", {}, [(1,)]),
    ("MATCH (a)-[r]->(b) WHERE id(r) = 'bc' RETURN a.name, b.name", {}, [("Bob", "Cid")]),
    ("MATCH (a)<-[{`~id`: 'ab'}]-(b) RETURN a.name, b.name", {}, [("Bob", "Ann")]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "parameters", "expected"), READS)
def test_reads(query: str, parameters: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    assert rows(people(), query, **parameters) == expected


#: (queries, what the last one gives)
WRITES: list[tuple[list[tuple[str, dict[str, Any]]], list[tuple[Any, ...]]]] = [
    (
        [
            (
                "UNWIND $params AS params MERGE (n:`__Source__`{`~id`: params.id}) "
                "ON CREATE SET n.v = params.v, n.c = 1 ON MATCH SET n.c = n.c + 2",
                {"params": [{"id": "s1", "v": 1.5}, {"id": "s1", "v": 3}]},
            ),
            ("MATCH (n) RETURN id(n), labels(n), n.v, n.c", {}),
        ],
        [("s1", ["__Source__"], 1.5, 3)],
    ),
    (
        [
            ("MERGE (n {`~id`: 'x'}) ON CREATE SET n:Label RETURN labels(n)", {}),
        ],
        [(["vertex", "Label"],)],
    ),
    (
        [
            ("CREATE (:A {k: 1})<-[:MENTIONS]-(:B)", {}),
            ("MATCH (e:A), (c:B) MERGE (e)<-[:MENTIONS]-(c) RETURN count(*)", {}),
            ("MATCH ()-[r]->() RETURN count(r)", {}),
        ],
        [(1,)],
    ),
    (
        [
            ("CREATE (:A:B {x: 1, y: 2})", {}),
            ("MATCH (n:A) SET n = $map RETURN labels(n), properties(n)", {"map": {"z": 3, "n": None}}),
        ],
        [(["A", "B"], {"z": 3})],
    ),
    (
        [
            ("CREATE (:A {x: 1, y: 2})", {}),
            ("MATCH (n:A) SET n += $map RETURN properties(n)", {"map": {"y": None, "z": 3}}),
        ],
        [({"x": 1, "z": 3},)],
    ),
    (
        [
            (
                "WITH $data AS row MERGE (c:Chunk {id: row.id}) "
                "SET c += removeKeyFromMap(row.properties, '') SET c.text = row.text "
                "WITH c, row.kind AS kind WHERE kind IS NOT NULL "
                "MERGE (e:`E` {id: kind}) MERGE (e)<-[:MENTIONS]-(c) RETURN count(*)",
                {"data": {"id": 1, "properties": {"": 0, "p": True}, "text": "t", "kind": "k"}},
            ),
            ("MATCH (e)<-[:MENTIONS]-(c) RETURN e.id, properties(c)", {}),
        ],
        [("k", {"id": 1, "p": True, "text": "t"})],
    ),
    (
        [
            ("CREATE (:A)-[:R {w: 1}]->(:A)", {}),
            ("MATCH ()-[r:R]->() DELETE r RETURN type(r)", {}),
        ],
        [("R",)],
    ),
    (
        [
            ("CREATE (:A)-[:R]->(:B)", {}),
            ("MATCH (n:A) DETACH DELETE n", {}),
            ("MATCH (n) RETURN labels(n)", {}),
        ],
        [(["B"],)],
    ),
    (
        [
            ("CREATE (n {`~id`: 'x'}) SET n.`~id` = 'x', n.a = 1 REMOVE n.a", {}),
            ("MATCH (n) RETURN labels(n), properties(n)", {}),
        ],
        [(["vertex"], {})],
    ),
    (
        [
            ("CREATE (:A {`~id`: 'a'})-[:R {`~id`: 'r'}]->(:A {`~id`: 'b'})", {}),
            ("MERGE (a {`~id`: 'a'})-[r:R {`~id`: 'r'}]->(b {`~id`: 'b'}) SET r.n = 1 RETURN id(r)", {}),
        ],
        [("r",)],
    ),
    (
        [
            ("UNWIND [1, 2] AS x CALL { WITH x CREATE (:N {x: x}) } RETURN x", {}),
            ("MATCH (n:N) RETURN sum(n.x)", {}),
        ],
        [(3,)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("queries", "expected"), WRITES)
def test_writes(queries: list[tuple[str, dict[str, Any]]], expected: list[tuple[Any, ...]]) -> None:
    graph = PropertyGraph()
    found: list[tuple[Any, ...]] = []
    for query, parameters in queries:
        found = rows(graph, query, **parameters)
    assert found == expected


def test_a_write_without_return_has_no_results() -> None:
    assert run(PropertyGraph(), "CREATE (:A), (:B)") == []


def test_columns_are_the_texts_of_their_items() -> None:
    found = run(people(), "MATCH (source:City) RETURN id(source), count( * ), source.name LIMIT 1")
    assert list(found[0]) == ["id(source)", "count( * )", "source.name"]


def test_whole_numbers_and_floats_stay_apart() -> None:
    found = run(PropertyGraph(), "RETURN 1 AS i, 1.0 AS f, $i AS pi, $f AS pf", i=2, f=2.0)
    assert repr(found) == "[{'i': 1, 'f': 1.0, 'pi': 2, 'pf': 2.0}]"


def test_an_undefined_variable_is_refused_before_anything_is_written() -> None:
    graph = people()
    before = picture(graph)
    with pytest.raises(CypherError, match="`nope` not defined"):
        execute(graph, "CREATE (n:X) SET n.x = nope.y")
    assert picture(graph) == before


def test_elements_get_ids_of_their_own() -> None:
    graph = PropertyGraph()
    ids = iter("xyz")
    execute(graph, "CREATE (:A)-[:R]->(:B)", options=Options(new_id=lambda: next(ids)))
    assert (sorted(graph.vertex_ids), sorted(graph.edge_ids)) == (["x", "y"], ["z"])
