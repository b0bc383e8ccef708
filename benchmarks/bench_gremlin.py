"""Times the Gremlin engine: ``python benchmarks/bench_gremlin.py [vertices …]``.

A graph of so many vertices, each with five edges to pseudo-random others; every question is asked
several times after one warm-up, and the median is told, in milliseconds.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

from moto_neptunedata.graph import Int, PropertyGraph
from moto_neptunedata.gremlin import compile_text, execute
from moto_neptunedata.gremlin.parser import parse

SIZES = (1_000, 100_000)
DEGREE = 5

#: Name -> text, for a graph of ``n`` vertices.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("V(id)", "g.V('v7')"),
    ("has(key,value)", "g.V().has('name','name 7').values('age')"),
    ("hasLabel().count()", "g.V().hasLabel('person').count()"),
    ("3-hop count from one", "g.V('v7').out().out().out().count()"),
    ("3-hop count from all", "g.V().out().out().out().count()"),
    (
        "repeat/until path search",
        "g.V('v7').repeat(out().simplePath()).until(hasId('v9').or().loops().is(6)).hasId('v9')"
        ".path().limit(1)",
    ),
    ("group().by().by(count())", "g.V().group().by('city').by(count())"),
    ("groupCount().by()", "g.V().groupCount().by('city')"),
    ("order().by().limit()", "g.V().order().by('age').limit(10).values('name')"),
    ("filter, project", "g.V().has('age',gt(60)).project('n','d').by('name').by(out().count())"),
)


def build(size: int) -> PropertyGraph:
    """A graph of ``size`` vertices."""
    chance = random.Random(size)
    graph = PropertyGraph()
    ids = [f"v{at}" for at in range(size)]
    graph.add_vertices(
        ids,
        [("person",)] * size,
        ("name", "age", "city"),
        [
            [f"name {at}" for at in range(size)],
            [Int(chance.randrange(90)) for _ in range(size)],
            [f"city {chance.randrange(20)}" for _ in range(size)],
        ],
    )
    ends = range(size * DEGREE)
    graph.add_edges(
        [f"e{at}" for at in ends],
        ["knows"] * len(ends),
        [ids[at % size] for at in ends],
        [ids[chance.randrange(size)] for _ in ends],
        (),
        (),
    )
    graph.vertices()
    return graph


def median_ms(action: Callable[[], object], most: float = 3.0) -> float:
    """The median of up to 20 runs within ``most`` seconds, after a warm-up."""
    action()
    times: list[float] = []
    started = time.perf_counter()
    while len(times) < 20 and (not times or time.perf_counter() - started < most):
        before = time.perf_counter()
        action()
        times.append((time.perf_counter() - before) * 1000)
    return statistics.median(times)


def asking(graph: PropertyGraph, text: str) -> Callable[[], object]:
    """An action that asks a text."""
    return lambda: execute(graph, text)


def merging(graph: PropertyGraph) -> Callable[[], object]:
    """An action that merges a thousand vertices."""
    return lambda: merge_thousand(graph)


def merge_thousand(graph: PropertyGraph) -> None:
    """A thousand ``mergeV``, half of them new each time."""
    rows = ",".join(
        f"[(T.label):'person','name':'name {at if at % 2 else random.random()}']"
        for at in range(1000)
    )
    execute(graph, f"g.inject({rows}).mergeV(identity()).iterate()")


def main(sizes: list[int]) -> None:
    """Print the table."""
    for size in sizes:
        graph = build(size)
        print(f"\n{size} vertices, {size * DEGREE} edges\n")
        print("| question | median ms |\n|---|---|")
        for name, text in QUESTIONS:
            print(f"| {name} | {median_ms(asking(graph, text)):.3f} |")
        print(f"| mergeV of 1,000 rows | {median_ms(merging(graph)):.1f} |")
    text = QUESTIONS[5][1]
    print(f"\nparse: {median_ms(lambda: parse(text)) * 1000:.0f} µs")
    compile_text(text)
    print(f"compiled text from the cache: {median_ms(lambda: compile_text(text)) * 1000:.1f} µs")


if __name__ == "__main__":
    main([int(arg) for arg in sys.argv[1:]] or list(SIZES))
