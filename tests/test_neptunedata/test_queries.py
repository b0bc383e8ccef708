"""openCypher and Gremlin through boto3: twelve operations; the engines have tests of their own."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from moto_neptunedata import Neptune
from tests.support.helpers import EDGES, VERTICES

READER = "https://graph.cluster-ro-abc.us-east-1.neptune.amazonaws.com:8182"
URL = "https://neptune-db.us-east-1.amazonaws.com:8182"


@pytest.fixture(autouse=True)
def _data(neptune: Neptune) -> None:
    neptune.load(VERTICES, EDGES)


def cypher(client: Any, query: str, **parameters: Any) -> Any:
    given = {"parameters": json.dumps(parameters)} if parameters else {}
    return client.execute_open_cypher_query(openCypherQuery=query, **given)["results"]


def gremlin(client: Any, query: str, serializer: str = "") -> Any:
    given = {"serializer": serializer} if serializer else {}
    answer = client.execute_gremlin_query(gremlinQuery=query, **given)
    assert answer["status"]["code"] == 200
    return answer["result"]["data"]


UNTYPED = "application/vnd.gremlin-v3.0+json;types=false"


# ---------------------------------------------------------------------------- results


def test_open_cypher_results(client: Any) -> None:
    found = cypher(
        client, "MATCH (a)-[r:knows]->(b) WHERE a.age = $age RETURN a, r, b.name", age=30
    )
    assert found == [
        {
            "a": {
                "~id": "v1",
                "~entityType": "node",
                "~labels": ["person"],
                "~properties": {"name": "Ann", "age": 30},
            },
            "r": {
                "~id": "e1",
                "~entityType": "relationship",
                "~start": "v1",
                "~end": "v2",
                "~type": "knows",
                "~properties": {"weight": 0.5},
            },
            "b.name": "Bob",
        }
    ]
    assert cypher(client, "MATCH (n:nobody) RETURN n") == []


def test_gremlin_results(client: Any) -> None:
    assert gremlin(client, "g.V('v1').out('knows').values('name')") == {
        "@type": "g:List",
        "@value": ["Bob"],
    }
    assert gremlin(client, "g.V('v1').out('knows').values('name')", UNTYPED) == ["Bob"]
    assert gremlin(client, "g.V().values('age').sum()", UNTYPED) == [70]


def test_one_graph_for_both_languages(client: Any, neptune: Neptune) -> None:
    cypher(client, "CREATE (:city {`~id`: 'lis', name: 'Lisbon'})")
    assert gremlin(client, "g.V('lis').values('name')", UNTYPED) == ["Lisbon"]
    gremlin(client, "g.addV('city').property(id, 'par').property('name', 'Paris').next()")
    found = cypher(client, "MATCH (c:city) RETURN c.name AS name ORDER BY name")
    assert found == [{"name": "Lisbon"}, {"name": "Paris"}]
    assert neptune.graph.vertex_count == 4


def test_plain_http_dialects(client: Any) -> None:
    query = "MATCH (n) WHERE n.name = $name RETURN id(n) AS id"
    for path in ("/openCypher", "/opencypher"):
        for body in (
            {"json": {"query": query, "parameters": {"name": "Bob"}}},
            {"json": {"query": query, "parameters": '{"name": "Bob"}'}},
            {"data": {"query": query, "parameters": '{"name": "Bob"}'}},
        ):
            answer = requests.post(URL + path, **body)  # type: ignore[arg-type]
            assert answer.json() == {"results": [{"id": "v2"}]}
    answer = requests.post(f"{URL}/gremlin", json={"gremlin": "g.V().count()"})
    assert answer.json()["result"]["data"]["@value"] == [{"@type": "g:Int64", "@value": 2}]
    assert answer.headers["Content-Type"] == "application/vnd.gremlin-v3.0+json"


def test_explain_and_profile(client: Any, neptune: Neptune) -> None:
    for mode in ("static", "dynamic", "details"):
        answer = client.execute_open_cypher_explain_query(
            openCypherQuery="MATCH (n:person) RETURN count(n)", explainMode=mode
        )
        text = answer["results"].read().decode()
        assert "Query:" in text, text
        assert "DFEPipelineScan" in text
    create = "g.addV('x')"
    text = client.execute_gremlin_explain_query(gremlinQuery=create)["output"].read().decode()
    assert "Neptune Gremlin Explain" in text
    assert neptune.graph.vertex_count == 2, "explain runs nothing"
    answer = client.execute_gremlin_profile_query(
        gremlinQuery=create, results=True, chop=10, indexOps=True, serializer=UNTYPED
    )
    text = answer["output"].read().decode()
    assert "Neptune Gremlin Profile" in text
    assert f"Response serializer: {UNTYPED}" in text
    assert neptune.graph.vertex_count == 3, "profile runs the query"


# ---------------------------------------------------------------------------- errors

CYPHER_ERRORS = [
    ("MATCH (n", "", "MalformedQueryException", "line 1, column"),
    ("RETURN x", "", "MalformedQueryException", "x"),
    ("RETURN $x", "{}", "MalformedQueryException", "MissingParameter"),
    ("RETURN 1", "[1]", "BadRequestException", "JSON object"),
    ("RETURN 1", "{", "BadRequestException", "JSON object"),
    ("MATCH (n {name: 'Ann'}) DELETE n", "", "BadRequestException", "still has relationships"),
    ("CREATE ({`~id`: 'v1'})", "", "ConstraintViolationException", "v1"),
    ("CALL db.labels() YIELD label RETURN label", "", "UnsupportedOperationException", "CALL"),
]


@pytest.mark.parametrize(("query", "parameters", "name", "text"), CYPHER_ERRORS)
def test_open_cypher_errors(
    client: Any, neptune: Neptune, query: str, parameters: str, name: str, text: str
) -> None:
    commits = len(neptune.graph.log)
    given = {"parameters": parameters} if parameters else {}
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        client.execute_open_cypher_query(openCypherQuery=query, **given)
    assert text in caught.value.response["Error"]["Message"]
    assert len(neptune.graph.log) == commits


GREMLIN_ERRORS = [
    ("g.V(", "MalformedQueryException", "Query parsing failed at line 1, character position at"),
    ("[1]", "MalformedQueryException", "Query parsing failed at line 1"),
    ("g.V().map{it}", "MalformedQueryException", "Query parsing failed"),
    ("g.addV().property(id, 'v1')", "ConstraintViolationException", "already exists: v1"),
    ("g.V().property(list, 'a', 1)", "UnsupportedOperationException", "List cardinality"),
]


@pytest.mark.parametrize(("query", "name", "text"), GREMLIN_ERRORS)
def test_gremlin_errors(client: Any, neptune: Neptune, query: str, name: str, text: str) -> None:
    commits = len(neptune.graph.log)
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        client.execute_gremlin_query(gremlinQuery=query)
    assert text in caught.value.response["Error"]["Message"]
    assert len(neptune.graph.log) == commits


def test_gremlin_serializer_that_nobody_knows(client: Any) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException, match="Unsupported serializer"):
        gremlin(client, "g.V()", "application/nonsense")


def test_reader(neptune: Neptune) -> None:
    reader = boto3.client("neptunedata", endpoint_url=READER)
    neptune.cluster(reader).load(VERTICES)
    assert cypher(reader, "MATCH (n) RETURN count(n) AS n") == [{"n": 2}]
    assert gremlin(reader, "g.V().count()", UNTYPED) == [2]
    with pytest.raises(reader.exceptions.ReadOnlyViolationException, match="read-only replica"):
        cypher(reader, "CREATE ()")
    for call in (reader.execute_gremlin_query, reader.execute_gremlin_profile_query):
        with pytest.raises(reader.exceptions.ReadOnlyViolationException, match="read-only"):
            call(gremlinQuery="g.addV()")
    assert neptune.cluster(reader).graph.vertex_count == 2


def test_timeout(client: Any, neptune: Neptune) -> None:
    neptune.cluster().settings.query_timeout_ms = 50
    long = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*)"
    with pytest.raises(client.exceptions.TimeLimitExceededException):
        cypher(client, long)
    with pytest.raises(client.exceptions.TimeLimitExceededException):
        gremlin(client, "g.inject(1).repeat(identity()).times(2000000000).count()")


# ---------------------------------------------------------------------------- status and cancel

LANGUAGES = {
    "opencypher": (
        lambda client: cypher(client, "CREATE (n:held) RETURN n.x AS x"),
        "list_open_cypher_queries",
        "get_open_cypher_query_status",
        "cancel_open_cypher_query",
        "CREATE (n:held) RETURN n.x AS x",
    ),
    "gremlin": (
        lambda client: gremlin(client, "g.addV('held').count()", UNTYPED),
        "list_gremlin_queries",
        "get_gremlin_query_status",
        "cancel_gremlin_query",
        "g.addV('held').count()",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs(client: Any, language: str) -> None:
    _, listed, found, cancel, _ = LANGUAGES[language]
    answer = getattr(client, listed)()
    assert (answer["acceptedQueryCount"], answer["runningQueryCount"]) == (0, 0)
    assert answer["queries"] == []
    for call in (getattr(client, found), getattr(client, cancel)):
        with pytest.raises(client.exceptions.InvalidParameterException) as caught:
            call(queryId="nope")
        assert caught.value.response["Error"]["Message"] == "Supplied queryId nope is invalid"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_held_query_is_seen_and_goes_on(client: Any, neptune: Neptune, language: str) -> None:
    run, listed, found, _, text = LANGUAGES[language]
    cluster = neptune.cluster()
    with ThreadPoolExecutor(1) as pool:
        with cluster.hold_queries(language) as held:
            future = pool.submit(run, client)
            (query,) = held.wait()
            answer = getattr(client, listed)(includeWaiting=True)
            assert answer["runningQueryCount"] == answer["acceptedQueryCount"] == 1
            (shown,) = answer["queries"]
            assert shown["queryId"] == query.id
            assert shown["queryString"] == text
            assert shown["queryEvalStats"]["cancelled"] is False
            assert shown["queryEvalStats"]["elapsed"] >= 0
            one = getattr(client, found)(queryId=query.id)
            assert (one["queryId"], one["queryString"]) == (query.id, text)
            assert repr(query) == f"<Query {query.id} {text!r}>"
            assert cluster.graph.vertex_count == 2
        future.result(10)
    assert cluster.graph.vertex_count == 3
    assert getattr(client, listed)()["queries"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_held_query_is_cancelled(client: Any, neptune: Neptune, language: str) -> None:
    run, _, _, cancel, _ = LANGUAGES[language]
    cluster = neptune.cluster()
    with ThreadPoolExecutor(1) as pool, cluster.hold_queries(language) as held:
        future = pool.submit(run, client)
        (query,) = held.wait()
        assert getattr(client, cancel)(queryId=query.id)["status"] == "200 OK"
        with pytest.raises(client.exceptions.CancelledByUserException, match="cancelled"):
            future.result(10)
    assert cluster.graph.vertex_count == 2


def test_a_query_is_cancelled_silently(client: Any, neptune: Neptune) -> None:
    with ThreadPoolExecutor(1) as pool, neptune.cluster().hold_queries("opencypher") as held:
        future = pool.submit(cypher, client, "MATCH (n) RETURN n")
        (query,) = held.wait()
        answer = client.cancel_open_cypher_query(queryId=query.id, silent=True)
        assert (answer["status"], answer["payload"]) == ("200 OK", True)
        assert future.result(10) == []


def test_a_long_query_is_cancelled_while_it_runs(client: Any, neptune: Neptune) -> None:
    long = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*)"
    queries = neptune.cluster().queries["opencypher"]
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(cypher, client, long)
        with neptune.cluster().hold_queries("opencypher") as held:
            (query,) = held.wait()
        queries.cancel(query.id)
        with pytest.raises(client.exceptions.CancelledByUserException):
            future.result(30)


def test_a_held_query_times_out(client: Any, neptune: Neptune) -> None:
    neptune.cluster().settings.query_timeout_ms = 20
    with (
        neptune.cluster().hold_queries("gremlin") as held,
        pytest.raises(client.exceptions.TimeLimitExceededException, match="timed out"),
    ):
        gremlin(client, "g.V()")
    with pytest.raises(TimeoutError, match="0 of 1 queries run"):
        held.wait(timeout=0.01)


def test_query_ids_by_the_caller(client: Any, neptune: Neptune) -> None:
    config = Config(retries={"total_max_attempts": 1})
    other = boto3.client("neptunedata", config=config)
    query = "g.with('Neptune#queryId', 'mine').V().count()"
    with ThreadPoolExecutor(1) as pool:
        with neptune.cluster().hold_queries("gremlin") as held:
            future = pool.submit(gremlin, client, query, UNTYPED)
            held.wait()
            assert client.get_gremlin_query_status(queryId="mine")["queryId"] == "mine"
            with pytest.raises(other.exceptions.InvalidParameterException, match="mine is running"):
                gremlin(other, query)
        assert future.result(10) == [2]


def test_which_queries_can_be_held(neptune: Neptune) -> None:
    with pytest.raises(KeyError, match="sql"):
        neptune.cluster().hold_queries("sql")
