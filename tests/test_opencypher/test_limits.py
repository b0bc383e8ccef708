# ruff: noqa: E501  # tables of queries, one a line
"""Time, memory, cancelling, atomicity, and queries made to break the engine."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from typing import Any

import pytest

from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.opencypher import (
    NEPTUNE,
    STANDARD,
    CypherError,
    Limits,
    Options,
    access,
    engine,
    execute,
    explain_query,
)
from tests.test_opencypher.support import people, picture, rows

pytestmark = pytest.mark.slow

ENDLESS = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y WITH x, y WHERE x < 0 RETURN y"


@pytest.mark.parametrize(
    "query",
    [
        ENDLESS,
        "RETURN [x IN range(1, 100000) | [y IN range(1, 100000) WHERE y < x]]",
        "RETURN reduce(s = 0, x IN range(1, 100000) | size([y IN range(1, 100000) | y]))",
        "MATCH (a), (b), (c), (d), (e), (f), (g), (h), (i) WHERE a.x <> i.y RETURN count(*)",
    ],
)
def test_a_query_runs_out_of_time(query: str) -> None:
    with pytest.raises(CypherError, match=r"deadline exceeded") as caught:
        execute(people(), query, options=Options(limits=Limits(timeout=0.05)))
    assert caught.value.code == "TimeLimitExceededException"


def test_the_least_timeout_wins() -> None:
    hinted = f"USING QUERY:TIMEOUTMILLISECONDS 20 {ENDLESS}"
    with pytest.raises(CypherError, match="deadline"):
        execute(people(), hinted, options=Options(limits=Limits(timeout=None)))
    with pytest.raises(CypherError, match="deadline"):
        execute(
            people(), hinted.replace("20", "99999", 1), options=Options(limits=Limits(timeout=0.02))
        )


MEMORY = [
    "UNWIND range(1, 2000) AS x RETURN x",
    "UNWIND range(1, 2000) AS x WITH DISTINCT x RETURN count(x)",
    "UNWIND range(1, 2000) AS x WITH x ORDER BY x RETURN count(x)",
    "UNWIND range(1, 2000) AS x WITH x, count(*) AS c RETURN count(c)",
    "UNWIND range(1, 2000) AS x WITH x, x + 1 AS y, count(*) AS c RETURN count(c)",
    "UNWIND range(1, 2000) AS x RETURN count(DISTINCT x)",
    "UNWIND range(1, 2000) AS x WITH collect(x) AS l RETURN size(l)",
    "UNWIND range(1, 2000) AS x CREATE (n {x: x})",
    "RETURN range(1, 1000000000000)",
    "RETURN reduce(s = 'ab', x IN range(1, 60) | s + s)",
    "RETURN reduce(s = [1, 2], x IN range(1, 60) | s + s)",
    "RETURN reduce(s = 'aa', x IN range(1, 60) | replace(s, 'a', 'aaaaaaaaaaaaaaaa'))",
]


@pytest.mark.parametrize("query", MEMORY)
def test_a_query_runs_out_of_memory(query: str) -> None:
    graph = people()
    before = picture(graph)
    with pytest.raises(CypherError, match="out of memory") as caught:
        execute(graph, query, options=Options(limits=Limits(max_rows=1000)))
    assert caught.value.code == "MemoryLimitExceededException"
    assert picture(graph) == before


def test_a_query_is_cancelled() -> None:
    asked = iter([False, False, True])
    with pytest.raises(CypherError, match="cancelled by user") as caught:
        execute(people(), ENDLESS, options=Options(cancelled=lambda: next(asked)))
    assert caught.value.code == "CancelledByUserException"


def test_a_limit_stops_the_query() -> None:
    query = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x + y AS z LIMIT 1"
    assert rows(people(), query) == [(2,)]


def test_the_last_row_undoes_all() -> None:
    graph = people()
    before = picture(graph)
    query = (
        "MATCH (n:Person)-[r]->() DELETE r WITH DISTINCT n SET n.age = n.age + 1, n:Old "
        "CREATE (n)-[:HAS]->(:Thing {x: n.age}) WITH n MERGE (m:M {k: n.name}) "
        "WITH n UNWIND [2, 1, 0] AS x SET n.z = 1 / x"
    )
    with pytest.raises(CypherError, match="by zero"):
        execute(graph, query)
    assert picture(graph) == before


def test_a_failing_id_maker_undoes_all() -> None:
    graph = people()
    before = picture(graph)
    with pytest.raises(IndexError):
        execute(graph, "CREATE (:A), (:B)", options=Options(new_id=["x"].pop))
    assert picture(graph) == before


def test_statistics_of_a_write() -> None:
    result = execute(
        people(), "MATCH (n:Chef) DETACH DELETE n CREATE (:A:B {x: 1})-[:R {y: 2}]->(:C)"
    )
    stats = result.stats
    assert (stats.nodes_created, stats.nodes_deleted) == (2, 1)
    assert (stats.relationships_created, stats.relationships_deleted) == (1, 3)
    assert (stats.properties_set, stats.labels_added, stats.labels_removed) == (2, 3, 2)
    assert stats
    assert not execute(people(), "RETURN 1").stats


@pytest.mark.parametrize(
    "query",
    [
        "RETURN " + "NOT " * 5000 + "true",
        "RETURN " + "- " * 5000 + "1",
        "RETURN " + "[" * 5000,
        "RETURN " + "{a: " * 5000,
        "RETURN " + "(a)-[" * 3000,
        "RETURN " + "(a {x: " * 3000,
        "RETURN " + "CASE " * 5000,
        "MATCH " + "(a)--" * 1000 + "(b) RETURN a",
        "RETURN 1 AS a " + "UNION RETURN 1 AS a " * 3000,
        "CALL { " * 3000 + "RETURN 1 AS x",
        "RETURN x" + "[0]" * 5000,
        "RETURN reduce(s = [], x IN range(1, 100000) | [s]) = reduce(s = [], x IN range(1, 100000) | [s])",
    ],
)
def test_deep_and_long_queries_are_answered(query: str) -> None:
    with contextlib.suppress(CypherError):
        execute(people(), query)


def test_long_flat_queries_run() -> None:
    graph = PropertyGraph()
    execute(graph, " ".join(f"CREATE (n{i}:N)" for i in range(1000)))
    assert graph.vertex_count == 1000
    either = " OR ".join(f"x = {i}" for i in range(3000))
    assert rows(graph, f"UNWIND [5, 5000] AS x WITH x WHERE {either} RETURN x") == [(5,)]


@pytest.mark.parametrize("call", [access, lambda query: explain_query(people(), query, run=False)])
def test_recursion_is_a_modeled_error(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def recurse(*_: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr(engine, "_make_plan", recurse)
    for run in (call, lambda query: execute(people(), query)):
        with pytest.raises(CypherError, match="nests too deeply"):
            run("RETURN 'not planned before'")


def test_plans_are_kept_by_text_and_dialect() -> None:
    engine._get_cached_plan.cache_clear()
    for _ in range(3):
        rows(PropertyGraph(), "RETURN 1")
        rows(PropertyGraph(), "RETURN 1", STANDARD)
    assert engine._get_cached_plan.cache_info().misses == 2
    rows(PropertyGraph(), f"RETURN 1 /* {'x' * 30_000} */")
    assert engine._get_cached_plan.cache_info().misses == 2
    mine = dataclasses.replace(NEPTUNE, default_label="thing")
    assert rows(PropertyGraph(), "CREATE (n) RETURN labels(n)", mine) == [(["thing"],)]


@pytest.mark.parametrize(
    ("query", "does"),
    [
        ("RETURN 1", (True, False, False)),
        ("MATCH (n) RETURN n", (True, False, False)),
        ("CREATE (n)", (False, True, False)),
        ("MERGE (n)", (True, True, False)),
        ("MATCH (n) SET n.x = 1", (True, True, False)),
        ("MATCH (n) REMOVE n.x", (True, True, False)),
        ("MATCH (n) DELETE n", (True, True, True)),
        ("MATCH (n) CALL { WITH n DETACH DELETE n } RETURN 1", (True, True, True)),
        ("UNWIND [1] AS x CREATE (n {x: size([()--() | 1])})", (True, True, False)),
    ],
)
def test_access(query: str, does: tuple[bool, bool, bool]) -> None:
    found = access(query)
    assert (found.reads, found.writes, found.deletes) == does


@pytest.mark.parametrize(
    ("query", "does"),
    [
        ("RETURN 1", (False, False)),
        ("CREATE (n)", (True, False)),
        ("MERGE (n)", (True, False)),
        ("MATCH (n) SET n:x", (True, True)),
        ("MERGE (n) ON CREATE SET n.x = 1", (True, True)),
        ("MATCH (n) REMOVE n.x", (False, True)),
        ("MATCH (n) REMOVE n:x", (False, True)),
        ("MATCH (n) DELETE n", (False, True)),
    ],
)
def test_what_comes_and_what_goes(query: str, does: tuple[bool, bool]) -> None:
    found = access(query)
    assert (found.adds, found.removes) == does


def test_one_plan_runs_on_many_threads() -> None:
    graphs = [people() for _ in range(4)]
    found: list[Any] = []

    def read(graph: PropertyGraph) -> None:
        found.extend(rows(graph, "MATCH (n:Person)-->(m) RETURN count(*)") for _ in range(20))

    threads = [threading.Thread(target=read, args=(graph,)) for graph in graphs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(6,)]] * 80


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("MATCH " + "()-->" * 1_000 + "() RETURN 1", "The query nests too deeply"),
        ("MATCH " + "()," * 1_000 + "() RETURN 1", "The query nests too deeply"),
        ("CREATE " + "()," * 10_000 + "()", "patterns of over 10000 nodes"),
    ],
)
def test_patterns_too_large_to_plan(query: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto_neptunedata.opencypher.row_layout import Layout

    bound: list[tuple[str, ...]] = []
    bind = Layout.bind
    monkeypatch.setattr(
        Layout, "bind", lambda self, *names: bound.append(names) or bind(self, *names)
    )
    graph = PropertyGraph()
    with pytest.raises(CypherError, match=text) as caught:
        execute(graph, query)
    assert caught.value.code == "MalformedQueryException"
    assert len(bound) <= 1  # it is refused before it is planned
    assert graph.vertex_count == 0
