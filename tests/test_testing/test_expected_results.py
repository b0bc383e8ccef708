"""Results that are given for queries in place of running them."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
import requests

from moto_neptunedata import Neptune
from moto_neptunedata.graph import Float, Int

SPARQL = "https://neptune-db.us-east-1.amazonaws.com/sparql"


def cypher(client: Any, query: str, **given: Any) -> Any:
    """The results of an openCypher query."""
    return client.execute_open_cypher_query(openCypherQuery=query, **given)["results"]


def gremlin(client: Any, query: str, **given: Any) -> Any:
    """The data of a Gremlin query, plain."""
    serializer = "application/vnd.gremlin-v3.0+json;types=false"
    answer = client.execute_gremlin_query(gremlinQuery=query, serializer=serializer, **given)
    return answer["result"]["data"]


def test_opencypher(neptune: Neptune, client: Any) -> None:
    rows = [{"n": 1, "when": datetime(2020, 1, 2, tzinfo=timezone.utc), "f": float("nan")}]
    neptune.expect_result("CALL neptune.algo.pageRank()", rows)
    assert cypher(client, "CALL\n  neptune.algo.pageRank()") == [
        {"n": 1, "when": "2020-01-02T00:00:00Z", "f": "NaN"}
    ]
    with pytest.raises(client.exceptions.ClientError):
        cypher(client, "CALL neptune.algo.pageRank()")


def test_in_order_and_the_last_one_for_ever(neptune: Neptune, client: Any) -> None:
    neptune.expect_result("RETURN 1", [{"x": "a"}], times=2)
    neptune.expect_result(re.compile("^RETURN"), [{"x": "b"}])
    neptune.expect_result(None, [{"x": "c"}], times=None)
    found = [cypher(client, "RETURN 1")[0]["x"] for _ in range(5)]
    assert found == ["a", "a", "b", "c", "c"]
    assert cypher(client, "nonsense") == [{"x": "c"}]
    neptune.assert_all_used()


def test_other_queries_run_as_ever(neptune: Neptune, client: Any) -> None:
    neptune.expect_result("RETURN 2 AS x", [{"x": "never"}])
    assert cypher(client, "RETURN 1 AS x") == [{"x": 1}]
    assert gremlin(client, "g.inject(1)") == [1]
    with pytest.raises(AssertionError, match=r"<ExpectedResult of ExecuteOpenCypherQuery for 'RE"):
        neptune.assert_all_used()


def test_gremlin_values(neptune: Neptune, client: Any) -> None:
    values = [{"a": [1, {2}], "b": (Int(3), Float(0.5))}, "x", None, True]
    neptune.expect_result("g.V().nope()", values, language="gremlin", times=2)
    assert gremlin(client, "g.V().nope()") == [{"a": [1, [2]], "b": [3, 0.5]}, "x", None, True]
    typed = client.execute_gremlin_query(gremlinQuery="g.V().nope()")["result"]["data"]
    assert typed["@type"] == "g:List"
    assert typed["@value"][0]["@value"][3]["@value"][0] == {"@type": "g:Int32", "@value": 3}


def test_graphson_as_it_is(neptune: Neptune, client: Any) -> None:
    data = {"@type": "g:List", "@value": [{"@type": "g:Whatever", "@value": 1}]}
    neptune.expect_result(None, data, language="gremlin")
    answer = client.execute_gremlin_query(gremlinQuery="g.V()")
    assert answer["result"]["data"] == data
    assert answer["requestId"]


def test_sparql(neptune: Neptune) -> None:
    bindings = {"head": {"vars": ["s"]}, "results": {"bindings": []}}
    for result in (bindings, True, "<urn:a> <urn:b> <urn:c> .", b"raw"):
        neptune.expect_result("SELECT * { SERVICE <x> {} }", result, language="sparql")
    query = {"query": "SELECT * { SERVICE <x> {} }"}
    assert requests.get(SPARQL, params=query).json() == bindings
    answer = requests.post(SPARQL, data=query)
    assert answer.json() == {"head": {}, "boolean": True}
    assert answer.headers["Content-Type"] == "application/sparql-results+json"
    answer = requests.get(SPARQL, params=query, headers={"Accept": "text/turtle"})
    assert answer.text == "<urn:a> <urn:b> <urn:c> ."
    assert answer.headers["Content-Type"] == "text/turtle"
    assert requests.get(SPARQL, params=query).content == b"raw"
    assert requests.get(SPARQL, params=query).status_code == 400


TEXTS = [
    ("ExecuteOpenCypherExplainQuery", "openCypherQuery", "results", {"explainMode": "static"}),
    ("ExecuteGremlinExplainQuery", "gremlinQuery", "output", {}),
    ("ExecuteGremlinProfileQuery", "gremlinQuery", "output", {}),
]


@pytest.mark.parametrize(("operation", "member", "output", "given"), TEXTS)
@pytest.mark.parametrize("text", ["a plan", b"a plan"])
def test_explain_and_profile(
    neptune: Neptune,
    client: Any,
    operation: str,
    member: str,
    output: str,
    given: Any,
    text: str | bytes,
) -> None:
    neptune.expect_result("nonsense", text, operation=operation)
    method = {
        "ExecuteOpenCypherExplainQuery": client.execute_open_cypher_explain_query,
        "ExecuteGremlinExplainQuery": client.execute_gremlin_explain_query,
        "ExecuteGremlinProfileQuery": client.execute_gremlin_profile_query,
    }[operation]
    assert method(**{member: "nonsense"}, **given)[output].read() == b"a plan"


def test_results_from_a_function(neptune: Neptune, client: Any) -> None:
    neptune.expect_result(None, lambda given: [{"given": given["parameters"]}], times=None)
    assert cypher(client, "x", parameters='{"a": 1}') == [{"given": '{"a": 1}'}]


def test_one_cluster_alone(neptune: Neptune, client: Any) -> None:
    other = boto3.client("neptunedata", endpoint_url="https://other:8182")
    neptune.cluster(other).expect_result("RETURN 1 AS x", [{"x": 2}], times=None)
    assert cypher(client, "RETURN 1 AS x") == [{"x": 1}]
    assert cypher(other, "RETURN 1 AS x") == [{"x": 2}]
    neptune.cluster(other).clear_provoked()
    assert cypher(other, "RETURN 1 AS x") == [{"x": 1}]


def test_faults_go_first(neptune: Neptune, client: Any) -> None:
    neptune.expect_result("RETURN 1 AS x", [{"x": 2}])
    neptune.fail_next("ExecuteOpenCypherQuery", "ThrottlingException")
    with pytest.raises(client.exceptions.ThrottlingException):
        cypher(client, "RETURN 1 AS x")
    assert cypher(client, "RETURN 1 AS x") == [{"x": 2}]


def test_held_queries(neptune: Neptune, client: Any) -> None:
    neptune.expect_result("nonsense", [{"x": 2}])
    found: list[Any] = []
    with neptune.hold_queries("opencypher") as held:
        thread = threading.Thread(target=lambda: found.extend(cypher(client, "nonsense")))
        thread.start()
        (query,) = held.wait()
        assert client.list_open_cypher_queries()["runningQueryCount"] == 1
        assert query.text == "nonsense"
    thread.join()
    assert found == [{"x": 2}]


def test_repr_and_reset(neptune: Neptune) -> None:
    neptune.expect_result("RETURN 1", [], times=3)
    neptune.expect_result(re.compile("x+"), [], language="gremlin", times=None)
    neptune.cluster("a").expect_result(None, True, language="sparql")
    assert repr(neptune).splitlines()[2:] == [
        "  <ExpectedResult of ExecuteOpenCypherQuery for 'RETURN 1'; 3 left>",
        "  <ExpectedResult of ExecuteGremlinQuery for 'x+'; stays>",
        "  <ExpectedResult of ExecuteSparqlQuery for any query on a in us-east-1; 1 left>>",
    ]
    neptune.reset()
    assert neptune.provoked == []


@pytest.mark.parametrize(
    ("query", "result", "options", "error", "text"),
    [
        ("x", [], {"language": "sql"}, ValueError, "no query language 'sql'"),
        ("x", [], {"operation": "GetEngineStatus"}, ValueError, "no operation that runs queries"),
        ("x", [], {"times": 0}, ValueError, "times must be"),
        (5, [], {}, TypeError, "a text, a compiled pattern or None, not 5"),
        ("x", {"a": 1}, {}, TypeError, "answers with a list of rows"),
        ("x", [5], {}, TypeError, "A row maps column names to values; 5 does not"),
        ("x", "y", {"language": "gremlin"}, TypeError, "a list of values, or GraphSON"),
        ("x", [1], {"language": "sparql"}, TypeError, "SPARQL JSON as a dict, a bool or a text"),
        ("x", {"a": {1}}, {"language": "sparql"}, TypeError, "not JSON serializable"),
        ("x", [], {"operation": "ExecuteGremlinProfileQuery"}, TypeError, "answers with a text"),
    ],
)
def test_mistakes(
    neptune: Neptune, query: Any, result: Any, options: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        neptune.expect_result(query, result, **options)
    assert neptune.provoked == []
