# ruff: noqa: E501  # tables of queries, one a line
"""Plans: where they start, in which order they go on, what explain shows of it."""

from __future__ import annotations

import pytest

from moto_neptunedata.opencypher import CypherError, Options, execute, explain_query
from moto_neptunedata.opencypher.explain import explain_text
from tests.test_opencypher.support import people

#: (query, the names of the plan's operators up to the projection)
PLANS: list[tuple[str, list[str]]] = [
    ("MATCH (n) RETURN n", ["NodeScan"]),
    ("MATCH (n:A) RETURN n", ["NodeByLabel"]),
    ("MATCH (n:A:B) RETURN n", ["NodeByLabel", "Filter"]),
    ("MATCH (n:A {x: 1}) RETURN n", ["NodeByProperty", "Filter"]),
    ("MATCH (n:A) WHERE 1 = n.x RETURN n", ["NodeByProperty", "Filter"]),
    ("MATCH (n:A) WHERE n.x IN [1, 2] RETURN n", ["NodeByProperty", "Filter"]),
    ("MATCH (n:A {x: 1}) WHERE id(n) = 'a' RETURN n", ["NodeById", "Filter"]),
    ("MATCH (n:A) WHERE n.`~id` IN ['a', 'b'] RETURN n", ["NodeById", "Filter"]),
    ("MATCH (n:A) WHERE n.x = n.y RETURN n", ["NodeByLabel", "Filter"]),
    ("MATCH (n) WHERE n.x > 1 AND n:A RETURN n", ["NodeByLabel", "Filter"]),
    ("MATCH (a:A)-[:R]->(b {x: 1}) RETURN a", ["NodeByProperty", "Filter", "Expand"]),
    ("MATCH (a)-[:R]->(b:B) RETURN a", ["NodeByLabel", "Expand"]),
    ("MATCH (a)-[r:R]->(b) RETURN a", ["RelationshipScan"]),
    ("MATCH (a)-[r:R|S]-(b) RETURN a", ["RelationshipScan"]),
    ("MATCH (a)-[r]->(b) WHERE id(r) = 'x' RETURN a", ["RelationshipById", "Filter"]),
    ("MATCH (a)-[r]->(b)-[q]->(c) RETURN a", ["RelationshipScan", "Expand"]),
    ("MATCH (a)-[r*]->(b) RETURN a", ["NodeScan", "VarExpand"]),
    ("MATCH (a)-[r]->(a) RETURN a", ["NodeScan", "ExpandInto"]),
    ("MATCH (a:A)-->(b)-->(c)-->(a) RETURN a", ["NodeByLabel", "Expand", "Expand", "ExpandInto"]),
    ("MATCH (a:A), (b:B) RETURN a", ["NodeByLabel", "NodeByLabel"]),
    ("MATCH (a:A) MATCH (b) WHERE b.x = a.x RETURN a", ["NodeByLabel", "NodeByProperty", "Filter"]),
    ("MATCH ()-[r:R]->() MATCH (a)-[r]->(b) RETURN a", ["RelationshipScan", "BoundRelationship"]),
    ("MATCH p = (a:A)-->(b) WHERE a.x > 1 AND length(p) = 1 AND b.y > 1 RETURN p",
     ["NodeByLabel", "Filter", "Expand", "Filter", "Path", "Filter"]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "names"), PLANS)
def test_plans(query: str, names: list[str]) -> None:
    plan = explain_query(people(), query, run=False)
    assert [operator.name for operator in plan.operators[:-1]] == names
    assert plan.operators[-1].name == "Project"
    assert plan.result is None
    assert all(operator.rows_in is None for operator in plan.operators)


def test_rows_are_counted_where_they_pass() -> None:
    query = "MATCH (a:Person)-[:KNOWS]->(b) WHERE a.age < 35 RETURN b.name AS b LIMIT 1"
    plan = explain_query(people(), query, run=True)
    counts = [(op.name, op.rows_in, op.rows_out) for op in plan.operators]
    assert counts == [
        ("NodeByLabel", 1, 1),
        ("Filter", 1, 1),
        ("Expand", 1, 1),
        ("Project", 1, 1),
        ("Limit", 1, 1),
    ]
    assert plan.result is not None
    assert plan.result.rows == [("Bob",)]
    assert plan.columns == ("b",)


def test_lookups_touch_only_what_they_look_up() -> None:
    graph = people()
    execute(graph, "UNWIND range(1, 500) AS i CREATE (:Filler {i: i})")
    for query in (
        "MATCH (n) WHERE id(n) = 'a' RETURN n",
        "MATCH (n:Person {name: 'Ann'}) RETURN n",
        "MATCH (n) WHERE n.i = 7 RETURN n",
    ):
        assert explain_query(graph, query, run=True).operators[0].rows_out == 1


def test_inner_plans_are_shown_and_counted() -> None:
    query = "MATCH (n:City) OPTIONAL MATCH (n)<--(m:Chef) RETURN n UNION MATCH (n:Chef) RETURN n"
    plan = explain_query(people(), query, run=True)
    shown = [(op.depth, op.name, op.rows_in, op.rows_out) for op in plan.operators]
    assert shown == [
        (0, "Union", 1, 3),
        (1, "NodeByLabel", 1, 2),
        (1, "Optional", 2, 2),
        (2, "Expand", 2, 1),
        (1, "Project", 2, 2),
        (1, "NodeByLabel", 1, 1),
        (1, "Project", 1, 1),
        (0, "Distinct", 3, 3),
    ]


def test_explain_refuses_writes() -> None:
    with pytest.raises(CypherError) as caught:
        explain_query(people(), "CREATE (n)", run=False)
    assert caught.value.code == "UnsupportedOperationException"


@pytest.mark.parametrize("mode", ["static", "dynamic", "details"])
def test_explain_text(mode: str) -> None:
    query = (
        "MATCH (n:Person) WHERE n.age > $least OPTIONAL MATCH (n)-[r:KNOWS*1..2]->(m) "
        "WITH DISTINCT n, m, coalesce(m.name, '-') AS x, count(*) AS c ORDER BY x DESC SKIP 1 LIMIT 2 "
        "UNWIND [1] AS y CALL { RETURN 1 AS z } RETURN n.name, m, x, CASE WHEN y = 1 THEN 1 END"
    )
    text = explain_text(people(), query, mode, {"least": 35})
    lines = text.splitlines()
    assert lines[:2] == ["Query:", query]
    header = next(line for line in lines if "Units In" in line)
    assert [cell.strip() for cell in header.strip("║").split("│")] == [
        "ID", "Out #1", "Out #2", "Name", "Arguments", "Mode",
        "Units In", "Units Out", "Ratio", "Time (ms)",
    ]  # fmt: skip
    for name in (
        "SolutionInjection",
        "DFESubquery",
        "TermResolution",
        "DFEPipelineScan",
        "DFEDrain",
    ):
        assert name in text
    scan = next(line for line in lines if "NodeByLabel" in line)
    assert [cell.strip() for cell in scan.strip("║").split("│")][6:8] == (
        ["-", "-"] if mode == "static" else ["1", "3"]
    )
    assert ("Range estimates" in text) == (mode == "details")


def test_explain_text_of_every_operator() -> None:
    queries: list[str] = [query for query, _ in PLANS] + [
        "MATCH ()-[r]->() WITH [r] AS rs MATCH (a)-[rs*]->(b) RETURN a ORDER BY a.x, -a.y, [1][0], {a: 1}"
    ]
    for query in queries:
        assert "DFEDrain" in explain_text(people(), query, "dynamic")


def test_explain_refuses_unknown_modes() -> None:
    with pytest.raises(CypherError, match="Invalid explain mode 'full'") as caught:
        explain_text(people(), "RETURN 1", "full")
    assert caught.value.code == "InvalidParameterException"


def test_explain_takes_limits_and_parameters() -> None:
    options = Options(cancelled=lambda: True)
    with pytest.raises(CypherError, match="cancelled"):
        explain_text(people(), "RETURN $x", "dynamic", {"x": 1}, options)
    with pytest.raises(CypherError, match="MissingParameter"):
        explain_text(people(), "RETURN $x", "details")
    assert "DFEProject" in explain_text(people(), "RETURN $x", "static")
