"""What the tests of the openCypher engine share."""

from __future__ import annotations

from typing import Any

from moto_neptunedata.graph import Edge, PropertyGraph, Vertex
from moto_neptunedata.opencypher import NEPTUNE, Dialect, Options, Path, execute
from moto_neptunedata.opencypher.result_serialization import serialize_result


def run(graph: PropertyGraph, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a query in the Neptune dialect, as the API gives them."""
    return list(serialize_result(execute(graph, query, parameters))["results"])


def rows(
    graph: PropertyGraph, query: str, dialect: Dialect = NEPTUNE, **parameters: Any
) -> list[tuple[Any, ...]]:
    """The rows of a query with elements written as short texts."""
    found = execute(graph, query, parameters, Options(dialect=dialect)).rows
    return [tuple(map(brief, row)) for row in found]


def brief(value: Any) -> Any:
    """Elements as texts: a node's name property, a relationship's type, a path of both."""
    if isinstance(value, Vertex):
        return f"({value.properties.get('name', '')})"
    if isinstance(value, Edge):
        return f"[{value.label}]"
    if isinstance(value, Path):
        texts = [brief(value.nodes[0])]
        for rel, node in zip(value.relationships, value.nodes[1:]):
            texts += [brief(rel), brief(node)]
        return "".join(texts)
    if isinstance(value, list):
        return list(map(brief, value))
    if isinstance(value, dict):
        return {key: brief(held) for key, held in value.items()}
    return value


def people() -> PropertyGraph:
    """Ann knows Bob (2001) and Cid (2002), Bob knows Cid (2003); all live in Ulm or Bonn."""
    graph = PropertyGraph()
    execute(
        graph,
        """
        CREATE (a:Person {`~id`: 'a', name: 'Ann', age: 30}),
               (b:Person {`~id`: 'b', name: 'Bob', age: 40}),
               (c:Person:Chef {`~id`: 'c', name: 'Cid', age: 50.5}),
               (u:City {`~id`: 'u', name: 'Ulm'}), (o:City {`~id`: 'o', name: 'Bonn'}),
               (a)-[:KNOWS {`~id`: 'ab', since: 2001}]->(b),
               (a)-[:KNOWS {`~id`: 'ac', since: 2002}]->(c),
               (b)-[:KNOWS {`~id`: 'bc', since: 2003}]->(c),
               (a)-[:LIVES_IN {`~id`: 'au'}]->(u), (b)-[:LIVES_IN {`~id`: 'bu'}]->(u),
               (c)-[:LIVES_IN {`~id`: 'co'}]->(o)
        """,
    )
    return graph


def picture(graph: PropertyGraph) -> tuple[Any, ...]:
    """All that a graph holds, to tell whether anything changed."""
    return (
        {v.id: (set(v.labels), dict(v.properties)) for v in graph.vertices()},
        {e.id: (e.label, e.out_v.id, e.in_v.id, dict(e.properties)) for e in graph.edges()},
        graph.log.last_num,
        [tuple(commit) for commit in graph.log],
    )
