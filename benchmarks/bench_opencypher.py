"""Times everyday openCypher queries, here and on the two other engines that pip can install.

    python benchmarks/bench_opencypher.py [--nodes 1000 100000] [--seconds 1.0]

The graph: N people with ``id`` and ``age``, each knows three others, one in ten is an Admin.
Every engine gets the same rows and the same queries, its rows read to the end. arcadedb-embedded
and graphdblite take part when they are installed. The result is the median time of a query.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

Rows = list[dict[str, Any]]

#: name -> (query, parameters, whether it writes); {n} is the number of nodes
QUERIES: dict[str, tuple[str, dict[str, Any], bool]] = {
    "lookup by id": ("MATCH (n:Person) WHERE id(n) = $id RETURN n.age AS age", {"id": ""}, False),
    "lookup by property": (
        "MATCH (n:Person {pid: $pid}) RETURN n.age AS age",
        {"pid": "p77"},
        False,
    ),
    "3-hop expansion": (
        "MATCH (a:Person {pid: $pid})-[:KNOWS]->(b)-[:KNOWS]->(c)-[:KNOWS]->(d) "
        "RETURN count(DISTINCT d.pid) AS c",
        {"pid": "p77"},
        False,
    ),
    "variable length": (
        "MATCH (a:Person {pid: $pid})-[:KNOWS*1..4]->(b) RETURN count(b) AS c",
        {"pid": "p77"},
        False,
    ),
    "aggregation": (
        "MATCH (n:Person) RETURN n.age AS age, count(*) AS c, avg(n.score) AS s "
        "ORDER BY c DESC LIMIT 5",
        {},
        False,
    ),
    "filter": (
        "MATCH (n:Person) WHERE n.age > 70 AND n.score < 0.5 RETURN count(n) AS c",
        {},
        False,
    ),
    "MERGE of 1,000 rows": (
        "UNWIND $rows AS row MERGE (n:Item {key: row.key}) SET n.value = row.value",
        {"rows": [{"key": f"k{i}", "value": i} for i in range(1000)]},
        True,
    ),
    "schema": (
        "MATCH (a)-[e:`KNOWS`]->(b) WITH a,e,b LIMIT 3000 "
        "RETURN DISTINCT labels(a) AS from, type(e) AS edge, labels(b) AS to LIMIT 10",
        {},
        False,
    ),
}  # fmt: skip


def people(count: int) -> Rows:
    """The nodes."""
    return [{"pid": f"p{i}", "age": 18 + i * 7 % 60, "score": i % 97 / 97} for i in range(count)]


def friendships(count: int) -> list[tuple[int, int]]:
    """The edges, as positions of nodes."""
    return [(i, (i * k + k) % count) for i in range(count) for k in (3, 7, 11)]


class Engine(Protocol):
    """``first_id`` is the id of one node, in whatever form the engine gives it."""

    first_id: Any

    def load(self, nodes: Rows, edges: list[tuple[int, int]]) -> None: ...

    def run(self, query: str, parameters: dict[str, Any], writes: bool) -> Rows: ...

    def close(self) -> None: ...


class Ours:
    first_id: Any = "p77"

    def __init__(self) -> None:
        from moto_neptunedata.graph import PropertyGraph
        from moto_neptunedata.opencypher import execute

        self.graph = PropertyGraph()
        self.execute = execute

    def load(self, nodes: Rows, edges: list[tuple[int, int]]) -> None:
        ids = [node["pid"] for node in nodes]
        labels = [("Person", "Admin") if i % 10 == 0 else ("Person",) for i in range(len(nodes))]
        keys = ("pid", "age", "score")
        self.graph.add_vertices(ids, labels, keys, [[node[key] for node in nodes] for key in keys])
        sources, targets = [ids[a] for a, _ in edges], [ids[b] for _, b in edges]
        edge_ids = [f"e{i}" for i in range(len(edges))]
        self.graph.add_edges(edge_ids, ["KNOWS"] * len(edges), sources, targets, (), [])

    def run(self, query: str, parameters: dict[str, Any], writes: bool) -> Rows:
        from moto_neptunedata.opencypher.result_serialization import serialize_result

        return list(serialize_result(self.execute(self.graph, query, parameters))["results"])

    def close(self) -> None:
        pass


def _batches(items: list[Any], size: int = 5000) -> Iterable[list[Any]]:
    return (items[i : i + size] for i in range(0, len(items), size))


class _Cypher:
    """An engine that is filled by queries."""

    first_id: Any = None

    def run(self, query: str, parameters: dict[str, Any], writes: bool) -> Rows:
        raise NotImplementedError

    def index(self) -> None:
        """Whatever makes ``pid`` and ``key`` quick to look up."""

    def load(self, nodes: Rows, edges: list[tuple[int, int]]) -> None:
        self.index()
        for batch in _batches(nodes):
            self.run(
                "UNWIND $rows AS row "
                "CREATE (:Person {pid: row.pid, age: row.age, score: row.score})",
                {"rows": batch},
                True,
            )
        ids = [node["pid"] for node in nodes]
        for pairs in _batches(edges):
            rows = [{"a": ids[a], "b": ids[b]} for a, b in pairs]
            self.run(
                "UNWIND $rows AS row MATCH (a:Person {pid: row.a}), (b:Person {pid: row.b}) "
                "CREATE (a)-[:KNOWS]->(b)",
                {"rows": rows},
                True,
            )
        [found] = self.run("MATCH (n:Person {pid: 'p77'}) RETURN id(n) AS id", {}, False)
        self.first_id = found["id"]


class Arcade(_Cypher):
    def __init__(self) -> None:
        import arcadedb_embedded

        self.folder = tempfile.TemporaryDirectory()
        self.db = arcadedb_embedded.create_database(f"{self.folder.name}/db")

    def index(self) -> None:
        for type_, key in (("Person", "pid"), ("Item", "key")):
            for text in (
                f"CREATE VERTEX TYPE {type_}",
                f"CREATE PROPERTY {type_}.{key} STRING",
                f"CREATE INDEX ON {type_} ({key}) UNIQUE",
            ):
                self.db.command("sql", text)

    def run(self, query: str, parameters: dict[str, Any], writes: bool) -> Rows:
        if not writes:
            return [row.to_dict() for row in self.db.query("opencypher", query, parameters)]
        with self.db.transaction():
            return [row.to_dict() for row in self.db.command("opencypher", query, parameters)]

    def close(self) -> None:
        self.db.drop()


class GraphDbLite(_Cypher):
    def __init__(self) -> None:
        import graphdblite

        self.db = graphdblite.Database.open_memory()

    def load(self, nodes: Rows, edges: list[tuple[int, int]]) -> None:
        with self.db.begin_write() as tx:
            tx.create_index("Person", "pid")
            tx.create_index("Item", "key")
            ids = [id for batch in _batches(nodes) for id in tx.batch_create_nodes("Person", batch)]
            for pairs in _batches(edges):
                tx.batch_create_edges("KNOWS", [(ids[a], ids[b]) for a, b in pairs])
        self.first_id = ids[77]

    def run(self, query: str, parameters: dict[str, Any], writes: bool) -> Rows:
        call = self.db.execute if writes else self.db.query
        return list(call(query, parameters))

    def close(self) -> None:
        self.db.close()


ENGINES: dict[str, Callable[[], Engine]] = {
    "moto_neptunedata": Ours,
    "arcadedb-embedded": Arcade,
    "graphdblite": GraphDbLite,
}


def timed(call: Callable[[], Any], seconds: float) -> float:
    """The median of as many runs as fit into the time, three at least, in milliseconds."""
    call()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def measure(name: str, nodes: int, seconds: float, only: str | None) -> dict[str, float | str]:
    engine = ENGINES[name]()
    started = time.perf_counter()
    engine.load(people(nodes), friendships(nodes))
    found: dict[str, float | str] = {"load": (time.perf_counter() - started) * 1000}
    for title, (query, parameters, writes) in QUERIES.items():
        if only is not None and only not in title:
            continue
        if "id" in parameters:
            parameters = {"id": engine.first_id}
        try:
            found[title] = timed(lambda: engine.run(query, parameters, writes), seconds)  # noqa: B023
        except Exception as error:  # an engine may lack something
            found[title] = f"{type(error).__name__}"
    engine.close()
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--nodes", type=int, nargs="+", default=[1_000, 100_000])
    options.add_argument("--seconds", type=float, default=1.0)
    options.add_argument("--engine", nargs="+", default=list(ENGINES))
    options.add_argument("--only", help="a part of a query's title")
    chosen = options.parse_args()
    for nodes in chosen.nodes:
        columns = {}
        for name in chosen.engine:
            try:
                columns[name] = measure(name, nodes, chosen.seconds, chosen.only)
            except ImportError:
                print(f"{name} is not installed", file=sys.stderr)
        print(f"\n{nodes:,} nodes, {3 * nodes:,} edges; median ms\n")
        print("| query | " + " | ".join(columns) + " |")
        print("|---|" + "---:|" * len(columns))
        for title in ("load", *QUERIES):
            cells = [found.get(title, "") for found in columns.values()]
            if any(cells):
                shown = [f"{cell:.3f}" if isinstance(cell, float) else cell for cell in cells]
                print(f"| {title} | " + " | ".join(shown) + " |")


if __name__ == "__main__":
    main()
