# ruff: noqa: E501  # shapes of queries, one a line
"""Everyday queries over generated graphs give the rows that another engine gives.

The other engine is arcadedb-embedded, which passes 99 % of the TCK; it brings its own Java.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.opencypher import STANDARD, Options, execute

arcadedb = pytest.importorskip("arcadedb_embedded", reason="arcadedb-embedded is not installed")

GRAPHS = 4
QUERIES_A_GRAPH = 100

LABELS = ("A", "B", "C")
TYPES = ("R", "S")


def _graph(chance: random.Random) -> list[str]:
    """Queries that make a graph of some twenty nodes."""
    queries = []
    for i in range(chance.randint(8, 22)):
        properties = [f"i: {i}", f"n: {chance.randint(0, 5)}", f"s: '{chance.choice('abcde')}'"]
        if chance.random() < 0.6:
            properties.append(f"f: {chance.randint(0, 40) / 8}")
        queries.append(f"CREATE (:{chance.choice(LABELS)} {{{', '.join(properties)}}})")
    nodes = len(queries)
    for j in range(chance.randint(8, 30)):
        a, b = chance.randrange(nodes), chance.randrange(nodes)
        type_ = chance.choice(TYPES)
        queries.append(
            f"MATCH (a {{i: {a}}}), (b {{i: {b}}}) "
            f"CREATE (a)-[:{type_} {{j: {j}, w: {chance.randint(0, 9)}}}]->(b)"
        )
    return queries


def _node(chance: random.Random, name: str) -> str:
    label = chance.choice(("", "", ":A", ":B", ":C"))
    properties = chance.choice(("", "", "", f" {{n: {chance.randint(0, 5)}}}"))
    return f"({name}{label}{properties})"


def _rel(chance: random.Random, name: str) -> str:
    types = chance.choice(("", ":R", ":S", ":R|S"))
    inner = f"[{name}{types}]"
    return chance.choice((f"-{inner}->", f"<-{inner}-", f"-{inner}-"))


def _predicate(chance: random.Random, name: str) -> str:
    n, letter = chance.randint(0, 5), chance.choice("abcde")
    simple = [
        f"{name}.n > {n}",
        f"{name}.n <= {n}",
        f"{name}.n <> {n}",
        f"{name}.s = '{letter}'",
        f"{name}.s >= '{letter}'",
        f"{name}.s IN ['a', '{letter}']",
        f"{name}.f IS NULL",
        f"{name}.f > 2.5",
        f"{name}.f IS NOT NULL",
        f"NOT {name}.f < {n}",
        f"{name}.n % 2 = 0",
        f"{name}.n IN [1, 2, {n}]",
        f"({name})-->()",
        f"NOT ({name})-[:R]->()",
        f"({name}.n > {n} XOR {name}.s = '{letter}')",
    ]
    one, other = chance.choice(simple), chance.choice(simple)
    return chance.choice((one, f"{one} AND {other}", f"({one} OR {other})"))


def _query(chance: random.Random) -> str:
    """One query; those with ORDER BY sort by enough to be in one order only."""
    a, b, c = _node(chance, "a"), _node(chance, "b"), _node(chance, "c")
    r, q = _rel(chance, "r"), _rel(chance, "q")
    where = f" WHERE {_predicate(chance, 'a')}" if chance.random() < 0.7 else ""
    high = chance.randint(1, 3)
    star = chance.choice((f"-[:R*1..{high}]->", f"-[*1..{high}]-", f"<-[:S*0..{high}]-"))
    shapes = (
        f"MATCH {a}{where} RETURN a.i, a.n, a.s, a.f",
        f"MATCH {a}{r}{b}{where} RETURN a.i, r.j, b.i",
        f"MATCH {a}{r}{b}{q}{c}{where} RETURN a.i, r.j, b.i, q.j, c.i",
        f"MATCH {a}{r}{b}, {c}{where} RETURN count(*) AS c",
        f"MATCH {a}{star}{b}{where} RETURN a.i, b.i",
        f"MATCH p = {a}{star}{b}{where} RETURN length(p) AS l, count(*) AS c",
        f"MATCH {a}{where} OPTIONAL MATCH (a){r}{b} RETURN a.i, b.i, type(r) AS t",
        f"MATCH {a}{where} RETURN a.s, count(*) AS c, sum(a.n) AS s, min(a.i) AS lo, max(a.f) AS hi",
        f"MATCH {a}{where} RETURN count(DISTINCT a.n) AS d, count(a.f) AS f",
        f"MATCH {a}{r}{b}{where} WITH a, count(b) AS c WHERE c > 1 RETURN a.i, c",
        f"MATCH {a}{where} RETURN DISTINCT a.s, a.n",
        f"MATCH {a}{where} RETURN a.i ORDER BY a.n DESC, a.i LIMIT {high}",
        f"MATCH {a}{where} RETURN a.i ORDER BY a.s, a.i SKIP {high}",
        f"MATCH {a}{where} WITH a ORDER BY a.i LIMIT 5 MATCH (a){r}{b} RETURN a.i, b.i",
        f"MATCH {a}{where} RETURN a.i, CASE WHEN a.n > 2 THEN 'x' ELSE a.s END AS x, a.n + 1 AS y",
        f"MATCH {a}{where} UNWIND [1, a.n] AS x RETURN a.i, x",
        f"MATCH {a}{where} RETURN a.n AS x UNION MATCH {b} RETURN b.n AS x",
        f"MATCH {a}{where} WITH a.s AS s, collect(a.i) AS l RETURN s, size(l) AS z, 3 IN l AS h",
        f"MATCH {a}{where} RETURN a.i, size([(a){r}(x) | x.i]) AS z",
        f"MATCH {a}{where} RETURN labels(a) AS l, count(*) AS c",
        f"MATCH {a}{r}{b} WHERE a.n < b.n RETURN a.i, b.i, a.s + b.s AS s, coalesce(a.f, -1.0) AS f",
        f"MATCH {a}{r}{b} MATCH (a){q}{c}{where} RETURN a.i, b.i, c.i",
        f"MATCH {a}{where} RETURN all(x IN [a.n, 3] WHERE x > 1) AS l, [x IN range(0, a.n) | x * 2] AS m",
    )  # fmt: skip
    return chance.choice(shapes)


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_comparable, value))
    return (type(value).__name__, value)


@pytest.fixture(params=range(GRAPHS))
def seeded(request: pytest.FixtureRequest) -> Iterator[tuple[random.Random, PropertyGraph, Any]]:
    """The source of chance, and one generated graph in both engines."""
    chance = random.Random(request.param)
    graph = PropertyGraph()
    with tempfile.TemporaryDirectory() as folder:
        other = arcadedb.create_database(f"{folder}/db")
        for label in LABELS:
            other.command("sql", f"CREATE VERTEX TYPE {label}")
        for type_ in TYPES:
            other.command("sql", f"CREATE EDGE TYPE {type_}")
        for query in _graph(chance):
            execute(graph, query, options=Options(dialect=STANDARD))
            with other.transaction():
                other.command("opencypher", query)
        yield chance, graph, other
        other.drop()


def test_the_rows_are_the_same(seeded: tuple[random.Random, PropertyGraph, Any]) -> None:
    chance, graph, other = seeded
    for _ in range(QUERIES_A_GRAPH):
        query = _query(chance)
        result = execute(graph, query, options=Options(dialect=STANDARD))
        ours = [tuple(map(_comparable, row)) for row in result.rows]
        theirs = [
            tuple(_comparable(row.get(name)) for name in result.columns)
            for row in other.query("opencypher", query)
        ]
        if "ORDER BY" in query and "WITH a ORDER" not in query:
            assert ours == theirs, query
        else:
            assert Counter(ours) == Counter(theirs), query
