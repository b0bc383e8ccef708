"""Times the Gremlin engine beside openCypher, and beside grafeo's Gremlin where that can be had.

    python benchmarks/bench_gremlin.py [--vertices 1000 100000] [--seconds 1.0]

A graph of so many vertices, each with five edges to pseudo-random others. Each question is asked in
both languages of this package on the same graph, which have to give the same answer, and of grafeo
(``pip install grafeo``, Python 3.12 or newer) on a copy of it; where grafeo's answer is another
one, or none, the table says so. The figure is the median time of an answer, after a warm-up.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from moto_neptunedata import opencypher
from moto_neptunedata.graph import Edge, Int, PropertyGraph, Vertex
from moto_neptunedata.gremlin import compile_text, execute
from moto_neptunedata.gremlin.parser import parse
from moto_neptunedata.gremlin.values import GMap, Path

SIZES = (1_000, 100_000)
DEGREE = 5


class Question(NamedTuple):
    """One question. ``{v}`` and ``{w}`` stand for ids as the engine writes them."""

    gremlin: str
    cypher: str


QUESTIONS: dict[str, Question] = {
    "V(id)": Question("g.V({v})", "MATCH (n) WHERE id(n) = {v} RETURN n"),
    "has(key,value)": Question(
        "g.V().has('name','name 7').values('age')", "MATCH (n {{name: 'name 7'}}) RETURN n.age"
    ),
    "hasLabel().count()": Question(
        "g.V().hasLabel('person').count()", "MATCH (n:person) RETURN count(*)"
    ),
    "3-hop count from one": Question(
        "g.V({v}).out().out().out().count()",
        "MATCH (a)-->(b) WHERE id(a) = {v} MATCH (b)-->(c) MATCH (c)-->(d) RETURN count(*)",
    ),
    "3-hop count from all": Question(
        "g.V().out().out().out().count()",
        "MATCH (a)-->(b) MATCH (b)-->(c) MATCH (c)-->(d) RETURN count(*)",
    ),
    "shortest path by repeat/until": Question(
        "g.V({v}).repeat(out().simplePath()).until(hasId({w}).or().loops().is(6)).hasId({w})"
        ".path().limit(1).count(local)",
        "MATCH p = (a)-[*1..6]->(b) WHERE id(a) = {v} AND id(b) = {w} "
        "RETURN length(p) + 1 ORDER BY length(p) LIMIT 1",
    ),
    "group().by().by(count())": Question(
        "g.V().group().by('city').by(count())", "MATCH (n) RETURN n.city, count(*)"
    ),
    "groupCount().by()": Question(
        "g.V().groupCount().by('city')", "MATCH (n) RETURN n.city, count(*)"
    ),
    "order().by().limit()": Question(
        "g.V().order().by('age').limit(10).values('age')",
        "MATCH (n) RETURN n.age ORDER BY n.age LIMIT 10",
    ),
    "filter, project": Question(
        "g.V().has('age',gt(60)).project('n','d').by('name').by(out().count())",
        "MATCH (n) WHERE n.age > 60 OPTIONAL MATCH (n)-[r]->() RETURN n.name, count(r)",
    ),
}

MERGE_CYPHER = "UNWIND $rows AS row MERGE (n:person {name: row.name})"  # half of them new each time


class Data:
    """What every engine gets."""

    def __init__(self, size: int) -> None:
        chance = random.Random(size)
        self.size = size
        self.people = [
            {
                "name": f"name {at}",
                "age": chance.randrange(90),
                "city": f"city {chance.randrange(20)}",
            }
            for at in range(size)
        ]
        self.edges = [(at % size, chance.randrange(size)) for at in range(size * DEGREE)]


def merged_names() -> list[str]:
    """A thousand names, every other one new."""
    return [f"name {at if at % 2 else random.random()}" for at in range(1000)]


def plain(value: Any) -> Any:
    """An answer that compares with those of other engines."""
    if isinstance(value, (Vertex, Edge)):
        return value.properties.get("name")
    if isinstance(value, (GMap, dict)):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, Path)):
        return [plain(each) for each in value]
    return float(value) if isinstance(value, (int, float)) else value


def unordered(values: Iterable[Any]) -> list[Any]:
    return sorted(map(plain, values), key=repr)


# ---------------------------------------------------------------------------- engines


class Gremlin:
    """This package, in Gremlin."""

    def __init__(self, graph: PropertyGraph) -> None:
        self.graph = graph

    def asking(self, question: Question) -> Callable[[], Any]:
        text = question.gremlin.format(v="'v7'", w="'v9'")
        return lambda: execute(self.graph, text)

    def answer(self, question: Question) -> list[Any]:
        """Maps of groups are told entry by entry."""
        found = self.asking(question)()
        if "group" in question.gremlin:
            found = [list(each) for each in found[0].items()]
        elif "project" in question.gremlin:
            found = [list(each.values()) for each in found]
        return unordered(found)

    def merge(self) -> None:
        rows = ",".join(f"[(T.label):'person','name':'{name}']" for name in merged_names())
        execute(self.graph, f"g.inject({rows}).mergeV(identity()).iterate()")


class Cypher:
    """This package, in openCypher."""

    def __init__(self, graph: PropertyGraph) -> None:
        self.graph = graph

    def asking(self, question: Question) -> Callable[[], Any]:
        text = question.cypher.format(v="'v7'", w="'v9'")
        return lambda: opencypher.execute(self.graph, text, {})

    def answer(self, question: Question) -> list[Any]:
        rows = self.asking(question)().rows
        return unordered(row[0] if len(row) == 1 else row for row in rows)

    def merge(self) -> None:
        """With the rows in the text, as Gremlin has to."""
        rows = ",".join(f"{{name: '{name}'}}" for name in merged_names())
        opencypher.execute(self.graph, MERGE_CYPHER.replace("$rows", f"[{rows}]"), {})

    def merge_parameters(self) -> None:
        rows = [{"name": name} for name in merged_names()]
        opencypher.execute(self.graph, MERGE_CYPHER, {"rows": rows})


class Grafeo:
    """grafeo, in Gremlin. Its vertices have numbers for ids."""

    def __init__(self, data: Data) -> None:
        import grafeo

        self.db = grafeo.GrafeoDB()
        ids = self.db.batch_create_nodes_with_props("person", data.people)
        self.db.batch_create_edges([(ids[start], ids[end], "knows") for start, end in data.edges])
        self.db.create_property_index("name")
        self.ids = {"v": ids[7], "w": ids[9]}

    def asking(self, question: Question) -> Callable[[], Any]:
        text = question.gremlin.format(**self.ids)
        return lambda: list(self.db.execute_gremlin(text))

    def answer(self, question: Question) -> list[Any]:
        found = self.asking(question)()
        values = [
            next(iter(row.values())) if len(row) == 1 else list(row.values()) for row in found
        ]
        if "group" in question.gremlin:
            values = [list(each) for each in values[0].items()]
        return unordered(each["name"] if isinstance(each, dict) else each for each in values)


def build(data: Data) -> PropertyGraph:
    """The graph of this package."""
    graph = PropertyGraph()
    ids = [f"v{at}" for at in range(data.size)]
    columns = [
        [person["name"] for person in data.people],
        [Int(person["age"]) for person in data.people],
        [person["city"] for person in data.people],
    ]
    graph.add_vertices(ids, [("person",)] * data.size, ("name", "age", "city"), columns)
    graph.add_edges(
        [f"e{at}" for at in range(len(data.edges))],
        ["knows"] * len(data.edges),
        [ids[start] for start, _ in data.edges],
        [ids[end] for _, end in data.edges],
        (),
        (),
    )
    graph.vertices()
    return graph


# ---------------------------------------------------------------------------- timing


def median_ms(action: Callable[[], object], seconds: float) -> float:
    """The median of as many runs as fit into the time, three to fifty, after a warm-up."""
    action()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or (len(times) < 50 and time.perf_counter() < end):
        before = time.perf_counter()
        action()
        times.append((time.perf_counter() - before) * 1000)
    return statistics.median(times)


def grafeo_cell(engine: Grafeo | None, question: Question, due: list[Any], seconds: float) -> str:
    """Its figure, or why there is none."""
    if engine is None:
        return "not installed"
    try:
        found = engine.answer(question)
    except Exception:  # whatever it lacks
        return "not supported"
    if found != due:
        return "another answer"
    return f"{median_ms(engine.asking(question), seconds):.3f}"


def compare(size: int, seconds: float) -> None:
    """Print the table for one size."""
    data = Data(size)
    graph = build(data)
    ours, cypher = Gremlin(graph), Cypher(graph)
    try:
        other: Grafeo | None = Grafeo(data)
    except ImportError:
        other = None
    print(f"\n{size:,} vertices, {size * DEGREE:,} edges; median ms\n")
    print(
        "| question | Gremlin | openCypher | ratio | grafeo's Gremlin |\n|---|---:|---:|---:|---:|"
    )
    for name, question in QUESTIONS.items():
        due = ours.answer(question)
        assert due == cypher.answer(question), name
        mine = median_ms(ours.asking(question), seconds)
        theirs = median_ms(cypher.asking(question), seconds)
        cell = grafeo_cell(other, question, due, seconds)
        print(f"| {name} | {mine:.3f} | {theirs:.3f} | {mine / theirs:.2f} | {cell} |", flush=True)
    mine = median_ms(ours.merge, seconds)
    for how, merge in (("in the text", cypher.merge), ("as parameters", cypher.merge_parameters)):
        theirs = median_ms(merge, seconds)
        name = f"mergeV of 1,000 rows; openCypher has them {how}"
        print(f"| {name} | {mine:.1f} | {theirs:.1f} | {mine / theirs:.2f} | – |")


def main() -> None:
    """Print all tables."""
    options = argparse.ArgumentParser()
    options.add_argument("--vertices", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--seconds", type=float, default=1.0)
    chosen = options.parse_args()
    for size in chosen.vertices:
        compare(size, chosen.seconds)
    text = QUESTIONS["shortest path by repeat/until"].gremlin.format(v="'v7'", w="'v9'")
    print(f"\nparse: {median_ms(lambda: parse(text), 1) * 1000:.0f} µs")
    compile_text(text)
    print(f"compiled text from the cache: {median_ms(lambda: compile_text(text), 1) * 1000:.1f} µs")


if __name__ == "__main__":
    main()
