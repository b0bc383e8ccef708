"""SPARQL over plain HTTP: the W3C protocol, the status path, and what updates reach."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests

from moto_neptunedata import Neptune
from tests.support.helpers import finish, put, start
from tests.support.places import ENDPOINT, READER, Server

URL = "https://neptune-db.us-east-1.amazonaws.com:8182/sparql"
SELECT = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"
INSERT = "INSERT DATA { <urn:a> <urn:p> 1, 2 }"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def filled(neptune: Neptune) -> Neptune:
    assert requests.post(URL, data={"update": INSERT}).status_code == 200
    return neptune


def objects(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["o"]["value"] for row in answer.json()["results"]["bindings"]]


# ---------------------------------------------------------------------------- ways to ask


def test_queries(filled: Neptune) -> None:
    for answer in (
        requests.get(URL, params={"query": SELECT}),
        requests.get(URL + "/", params={"query": SELECT}),
        requests.post(URL, data={"query": SELECT}),
        requests.post(URL, data=f"query={SELECT}"),
        requests.post(URL, data=SELECT, headers={"Content-Type": "application/sparql-query"}),
        requests.post(
            URL,
            data=SELECT.encode(),
            headers={"Content-Type": "application/sparql-query; charset=utf-8"},
        ),
    ):
        assert objects(answer) == ["1", "2"]
        assert answer.headers["Content-Type"] == "application/sparql-results+json"
        assert answer.headers["x-amzn-RequestId"]


def test_updates(neptune: Neptune) -> None:
    for number, (body, content_type) in enumerate(
        (
            ("update=INSERT DATA { <urn:a> <urn:p> 0 }", FORM),
            ("INSERT DATA { <urn:a> <urn:p> 1 }", "application/sparql-update"),
        )
    ):
        answer = requests.post(URL, data=body, headers={"Content-Type": content_type})
        event, commit = answer.json()
        assert (event["type"], commit["type"]) == ("UpdateEvent", "Commit")
        assert event["connFlush"] == 0
        assert len(neptune.cluster().rdf) == number + 1


@pytest.mark.parametrize(
    ("accept", "media_type", "body"),
    [
        ("text/csv", "text/csv;charset=utf-8", "o\r\n1\r\n2\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values;charset=utf-8", "?o\n1\n2\n"),
        ("application/sparql-results+xml", "application/sparql-results+xml", None),
        ("application/json", "application/sparql-results+json", None),
    ],
)
def test_formats(filled: Neptune, accept: str, media_type: str, body: str | None) -> None:
    answer = requests.get(URL, params={"query": SELECT}, headers={"Accept": accept})
    assert answer.headers["Content-Type"] == media_type
    assert body is None or answer.text == body


def test_graphs_of_the_protocol(neptune: Neptune) -> None:
    requests.post(URL, data={"update": "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } }"})
    requests.post(URL, data={"update": "INSERT DATA { GRAPH <urn:h> { <urn:a> <urn:p> 2 } }"})
    asked = {"query": SELECT, "default-graph-uri": "urn:h"}
    assert objects(requests.get(URL, params=asked)) == ["2"]
    asked = {"query": SELECT, "named-graph-uri": "urn:h"}
    assert objects(requests.get(URL, params=asked)) == []
    asked["query"] = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    assert objects(requests.post(URL, data=asked)) == ["2"]
    update = {
        "update": "INSERT { ?s <urn:q> 3 } WHERE { ?s ?p 1 }",
        "using-graph-uri": "urn:h",
    }
    requests.post(URL, data=update)
    assert len(neptune.cluster().rdf) == 2
    requests.post(URL, data={**update, "using-graph-uri": "urn:g"})
    assert len(neptune.cluster().rdf) == 3


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("method", "options", "status", "code"),
    [
        ("GET", {}, 400, "MissingParameterException"),
        ("POST", {"data": {"other": "x"}}, 400, "MissingParameterException"),
        ("GET", {"params": {"update": INSERT}}, 405, "MethodNotAllowedException"),
        ("PUT", {"data": {"query": SELECT}}, 405, "MethodNotAllowedException"),
        ("POST", {"data": {"query": SELECT, "update": INSERT}}, 400, "BadRequestException"),
        ("GET", {"params": {"query": "SELEC"}}, 400, "MalformedQueryException"),
        ("POST", {"data": {"update": "INSERT"}}, 400, "MalformedQueryException"),
        (
            "GET",
            {"params": {"query": "ASK { SERVICE <http://x> {} }"}},
            400,
            "UnsupportedOperationException",
        ),
        ("POST", {"data": {"update": "LOAD <http://x>"}}, 400, "UnsupportedOperationException"),
    ],
)
def test_refusals(
    filled: Neptune, method: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = requests.request(method, URL, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["x-amzn-ErrorType"] == code
    assert answer.json()["detailedMessage"]
    assert len(filled.cluster().rdf) == 2


def test_too_large(filled: Neptune, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto_neptunedata.neptunedata import sparql_http

    monkeypatch.setattr(sparql_http, "MAX_REQUEST_BYTES", 10)
    answer = requests.post(URL, data={"query": SELECT})
    assert answer.json()["code"] == "BadRequestException"
    assert "157286400" in answer.json()["message"]


def test_on_a_reader(neptune: Neptune) -> None:
    requests.post(f"{ENDPOINT}/sparql", data={"update": INSERT})
    answer = requests.post(f"{READER}/sparql", data={"update": "DROP ALL"})
    assert (answer.status_code, answer.json()["code"]) == (400, "ReadOnlyViolationException")
    assert objects(requests.get(f"{READER}/sparql", params={"query": SELECT})) == ["1", "2"]


def test_elsewhere(filled: Neptune) -> None:
    for url in (f"{ENDPOINT}/sparql", URL.replace("us-east-1", "eu-west-1")):
        assert objects(requests.get(url, params={"query": SELECT})) == []


# ---------------------------------------------------------------------------- what it reaches


def test_updates_reach_streams_and_statistics(filled: Neptune) -> None:
    client = boto3.client("neptunedata")
    first = client.get_sparql_statistics()["payload"]
    assert first["signatureInfo"]["instanceCount"] == 1
    requests.post(URL, data={"update": "DELETE DATA { <urn:a> <urn:p> 1 }"})
    (record,) = client.get_sparql_stream(iteratorType="LATEST")["records"]
    number = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert record["data"]["stmt"] == f"<urn:a> <urn:p> {number} .\n"
    assert (record["op"], record["eventId"]) == ("REMOVE", {"commitNum": 2, "opNum": 1})
    summary = client.get_rdf_graph_summary()["payload"]["graphSummary"]
    assert (summary["numQuads"], summary["numDistinctSubjects"]) == (1, 1)
    assert client.get_sparql_statistics()["payload"]["statisticsId"] > first["statisticsId"]


def test_loads_are_seen(s3: Any, neptune: Neptune) -> None:
    client = boto3.client("neptunedata")
    put(a_nq=b"<urn:a> <urn:p> <urn:x> .\n<urn:a> <urn:p> <urn:y> <urn:g> .\n")
    finish(client, start(client, format="nquads"))
    assert objects(requests.get(URL, params={"query": SELECT})) == ["urn:x", "urn:y"]
    query = "SELECT ?o { GRAPH <urn:g> { ?s ?p ?o } }"
    assert objects(requests.get(URL, params={"query": query})) == ["urn:y"]


# ---------------------------------------------------------------------------- status and cancel


IDLE = {"acceptedQueryCount": 0, "runningQueryCount": 0, "queries": []}
Answered = tuple[Any, Any, Any]


def cancelled(neptune: Neptune, kind: str, text: str, cancel: str) -> Answered:
    """What a query is answered that is cancelled, what the status was, and what cancelling told."""
    with ThreadPoolExecutor(1) as pool, neptune.cluster().hold_queries("sparql") as held:
        running = pool.submit(requests.post, URL, data={kind: text, "queryId": "q1"})
        held.wait()
        listed = requests.get(f"{URL}/status").json()
        told = requests.post(f"{URL}/status", data=f"cancelQuery&queryId=q1{cancel}").json()
        return running.result(), listed, told


def test_idle(neptune: Neptune) -> None:
    assert requests.get(f"{URL}/status").json() == IDLE
    assert requests.post(f"{URL}/status").json() == IDLE


def test_status(neptune: Neptune) -> None:
    with ThreadPoolExecutor(1) as pool, neptune.cluster().hold_queries("sparql") as held:
        running = pool.submit(requests.get, URL, params={"query": SELECT})
        (query,) = held.wait()
        told = requests.get(f"{URL}/status", params={"queryId": query.id}).json()
        requests.get(f"{URL}/status?cancelQuery&queryId={query.id}&silent=true")
        assert objects(running.result()) == []
    assert (told["queryId"], told["queryString"]) == (query.id, SELECT)
    assert told["queryEvalStats"]["cancelled"] is False


@pytest.mark.parametrize(("kind", "text"), [("query", SELECT), ("update", "DROP ALL")])
def test_cancel(filled: Neptune, kind: str, text: str) -> None:
    answer, listed, told = cancelled(filled, kind, text, "&silent=false")
    assert (listed["runningQueryCount"], listed["queries"][0]["queryString"]) == (1, text)
    assert set(told) == set(IDLE)
    assert (answer.status_code, answer.json()["code"]) == (500, "CancelledByUserException")
    assert answer.json()["detailedMessage"] == "Operation terminated (cancelled by user)"
    assert len(filled.cluster().rdf) == 2
    assert requests.get(f"{URL}/status").json() == IDLE


def test_cancel_silently(filled: Neptune) -> None:
    answer, *_ = cancelled(filled, "query", SELECT, "&silent=true")
    assert answer.json() == {"head": {"vars": ["o"]}, "results": {"bindings": []}}
    answer, *_ = cancelled(filled, "update", "DROP ALL", "&silent=true")
    assert (answer.status_code, answer.json()) == (200, [])
    assert len(filled.cluster().rdf) == 2


def test_cancel_refusals(neptune: Neptune) -> None:
    for url in (f"{URL}/status?cancelQuery&queryId=q1", f"{URL}/status?queryId=q1"):
        answer = requests.get(url)
        assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameterException")
        assert answer.json()["detailedMessage"] == "Supplied queryId q1 is invalid"
    answer = requests.get(f"{URL}/status?cancelQuery")
    assert answer.json()["code"] == "MissingParameterException"


# ---------------------------------------------------------------------------- server mode


def test_server() -> None:
    app = Server().app
    assert app.post("/sparql", data={"update": INSERT}).status_code == 200
    answers = [
        app.get("/sparql", query_string={"query": SELECT}),
        app.post("/sparql", data={"query": SELECT}),
        app.post("/sparql", data=SELECT, content_type="application/sparql-query"),
    ]
    for answer in answers:
        told = json.loads(answer.data)
        assert [row["o"]["value"] for row in told["results"]["bindings"]] == ["1", "2"]
    assert json.loads(app.get("/sparql/status").data)["queries"] == []
