# tables of queries, one a line
"""Results as JSON."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from moto_neptunedata.graph import Float, Int, PropertyGraph
from moto_neptunedata.opencypher import CypherError, execute
from moto_neptunedata.opencypher.result_serialization import serialize_result
from tests.test_opencypher.support import people, run

NODE = {
    "~id": "c",
    "~entityType": "node",
    "~labels": ["Person", "Chef"],
    "~properties": {"name": "Cid", "age": 50.5},
}
CITY = {"~id": "o", "~entityType": "node", "~labels": ["City"], "~properties": {"name": "Bonn"}}
RELATIONSHIP = {
    "~id": "co",
    "~entityType": "relationship",
    "~start": "c",
    "~end": "o",
    "~type": "LIVES_IN",
    "~properties": {},
}


def test_elements() -> None:
    [row] = run(people(), "MATCH p = (c:Chef)-[r]->(o) RETURN c, r, p, [c, null] AS l, {n: o} AS m")
    assert row == {
        "c": NODE,
        "r": RELATIONSHIP,
        "p": [NODE, RELATIONSHIP, CITY],
        "l": [NODE, None],
        "m": {"n": CITY},
    }


def test_values() -> None:
    graph = PropertyGraph()
    with graph.transaction() as tx:
        node = tx.add_vertex("x", ("A",))
        tx.set_property(node, "i", Int(7))
        tx.set_property(node, "f", Float(0.5))
        tx.set_property(node, "t", datetime(2023, 1, 1, tzinfo=timezone.utc))
        tx.add_value(node, "many", "a")
        tx.add_value(node, "many", "b")
    [row] = run(
        graph, "MATCH (n) RETURN n, 0.0 / 0 AS nan, 1 / 0.0 AS inf, -1 / 0.0 AS neg, n.t AS t"
    )
    assert json.dumps(row["n"]["~properties"]) == (
        '{"i": 7, "f": 0.5, "t": "2023-01-01T00:00:00Z", "many": ["a", "b"]}'
    )
    assert (row["nan"], row["inf"], row["neg"]) == ("NaN", "Infinity", "-Infinity")
    assert row["t"] == "2023-01-01T00:00:00Z"


def test_values_that_nest_too_deeply() -> None:
    result = execute(PropertyGraph(), "RETURN reduce(s = [], x IN range(1, 100000) | [s]) AS x")
    with pytest.raises(CypherError, match="nests too deeply"):
        serialize_result(result)
