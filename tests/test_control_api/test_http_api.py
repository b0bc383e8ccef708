"""Everything of the handle over HTTP: in this process, and through a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.control_api import actions, routes
from tests.support.helpers import EDGES, ROLE, VERTICES

HERE = "http://motoapi.amazonaws.com"
OTHER = "https://other:8182"


class Api:
    """Moto's API at some address, and a client of what is mocked there."""

    def __init__(self, url: str, client: Any) -> None:
        self.url = url
        self.client = client

    def ask(self, method: str, path: str, body: Any = None, expect: int | None = None) -> Any:
        """The JSON of an answer."""
        answer = requests.request(method, f"{self.url}/moto-api/neptunedata/{path}", json=body)
        assert answer.status_code == (expect or (201 if method == "POST" else 200)), answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """POST a JSON object."""
        return self.ask("POST", path, body)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["in process", "server"])
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    if request.param == "in process":
        with mock_neptunedata():
            yield Api(HERE, boto3.client("neptunedata"))
    else:
        url = request.getfixturevalue("server")
        requests.post(f"{url}/moto-api/reset")
        yield Api(url, boto3.client("neptunedata", endpoint_url=url))
        requests.post(f"{url}/moto-api/reset")


def test_paths_are_those_of_the_table() -> None:
    assert set(routes.PATHS) == set(actions.ACTIONS)


def test_faults(api: Api) -> None:
    told = api.post("faults", operation="GetEngineStatus", error="ThrottlingException", times=2)
    assert told == {
        "error": "ThrottlingException",
        "message": told["message"],
        "operations": ["GetEngineStatus"],
        "when": "the next 2 calls",
        "cluster": None,
        "hits": 0,
    }
    with pytest.raises(api.client.exceptions.ThrottlingException):
        api.client.get_engine_status()
    (fault,) = api.ask("GET", "faults")["faults"]
    assert fault["hits"] == 1
    api.ask("DELETE", "faults")
    assert api.client.get_engine_status()["status"] == "healthy"
    assert api.ask("GET", "faults") == {"faults": []}


@pytest.mark.parametrize(
    ("body", "when"),
    [
        ({"error": "S3Exception"}, "the next call"),
        ({"error": "S3Exception", "nth": 3}, "one call in 3"),
        ({"error": "S3Exception", "always": True}, "every call"),
        ({"per_second": 4}, "calls beyond 4 a second"),
        ({"operation": "*", "error": "S3Exception", "retries": "attempt"}, "the next call"),
        ({"error": "S3Exception", "where": {"loadId": "x"}, "message": "m"}, "the next call"),
    ],
)
def test_kinds_of_faults(api: Api, body: Any, when: str) -> None:
    assert api.post("faults", **body)["when"] == when


def test_conditions(api: Api) -> None:
    api.post("faults", error="S3Exception", always=True, where={"loadId": "x"}, operation=None)
    with pytest.raises(api.client.exceptions.S3Exception):
        api.client.get_loader_job_status(loadId="x")
    assert api.client.get_engine_status()["status"] == "healthy"


def test_one_cluster(api: Api) -> None:
    api.post("faults", error="S3Exception", cluster=OTHER, always=True)
    api.post("delays", seconds=1, cluster=OTHER)
    api.post("load-outcomes", status="LOAD_FAILED", cluster="other")
    api.post("expected-results", query="x", result=[], cluster="other")
    assert api.client.get_engine_status()["status"] == "healthy"
    provoked = api.ask("GET", "provoked?cluster=other")
    assert {name: each[0]["cluster"] for name, each in provoked.items()} == {
        "faults": "other",
        "delays": "other",
        "load-outcomes": "other",
        "expected-results": "other",
    }
    assert not any(api.ask("GET", "provoked?cluster=default").values())
    api.ask("DELETE", "provoked?cluster=default")
    assert api.ask("GET", "provoked") == provoked
    api.ask("DELETE", "faults?cluster=other")
    assert api.ask("GET", "provoked")["faults"] == []
    api.ask("DELETE", "provoked")
    assert not any(api.ask("GET", "provoked").values())


def test_delays(api: Api) -> None:
    told = api.post("delays", operation="GetEngineStatus", seconds=0.2, real=True, times=1)
    assert (told["seconds"], told["real"], told["happens"]) == (0.2, True, True)
    started = time.perf_counter()
    api.client.get_engine_status()
    assert time.perf_counter() - started >= 0.2
    api.post("delays", seconds=1)
    api.ask("DELETE", "delays")
    assert api.ask("GET", "delays") == {"delays": []}


def test_query_timeouts(api: Api) -> None:
    api.post("settings", query_timeout_ms=5_000)
    api.post("delays", seconds=10)
    with pytest.raises(api.client.exceptions.TimeLimitExceededException):
        api.client.execute_open_cypher_query(openCypherQuery="RETURN 1")


def test_load_outcomes(api: Api) -> None:
    where = {"endpoint_url": api.url} if api.url != HERE else {}
    s3: Any = boto3.client("s3", **where)  # type: ignore[arg-type]
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="v.csv", Body=VERTICES)
    told = api.post("load-outcomes", failed_feeds=["v.csv"], insert_errors=2, records=10)
    assert (told["failed_feeds"], told["insert_errors"]) == ({"v.csv": "LOAD_FAILED"}, 2)
    load_id = api.client.start_loader_job(
        source="s3://data/", format="csv", s3BucketRegion="us-east-1", iamRoleArn=ROLE
    )["payload"]["loadId"]
    for _ in range(2):
        payload = api.client.get_loader_job_status(loadId=load_id)["payload"]
    overall = payload["overallStatus"]
    assert (overall["status"], overall["insertErrors"]) == ("LOAD_FAILED", 2)
    assert overall["totalRecords"] == 10
    assert api.ask("GET", "load-outcomes") == {"load-outcomes": []}
    api.ask("DELETE", "load-outcomes")


def test_expected_results(api: Api) -> None:
    told = api.post(
        "expected-results",
        results=[
            {"query": "CALL a()", "result": [{"x": 1}]},
            {"pattern": "^CALL", "result": [{"x": 2}], "times": None},
            {"result": ["y"], "language": "gremlin"},
        ],
    )
    assert [each["times"] for each in told["results"]] == [1, None, 1]
    found = [
        api.client.execute_open_cypher_query(openCypherQuery="CALL a()")["results"]
        for _ in range(3)
    ]
    assert found == [[{"x": 1}], [{"x": 2}], [{"x": 2}]]
    api.client.execute_gremlin_query(gremlinQuery="g.nope()")
    (left,) = api.ask("GET", "expected-results")["expected-results"]
    assert (left["pattern"], left["hits"]) == ("^CALL", 2)
    api.ask("DELETE", "expected-results")


def test_expected_results_as_moto_has_them(api: Api) -> None:
    url = f"{api.url}/moto-api/static/neptunedata/query-results"
    answer = requests.post(url, json={"results": [{"query": "x", "result": [{"y": 1}]}]})
    assert answer.status_code == 201
    assert api.client.execute_open_cypher_query(openCypherQuery="x")["results"] == [{"y": 1}]


def test_calls(api: Api) -> None:
    api.client.list_loader_jobs(limit=3)
    api.client.get_engine_status()
    calls = api.ask("GET", "calls")["calls"]
    assert [call["operation"] for call in calls] == ["ListLoaderJobs", "GetEngineStatus"]
    assert (calls[0]["parameters"], calls[0]["outcome"]) == ({"limit": 3}, "ok")
    assert calls[0]["cluster"]["name"] == "default"
    assert len(api.ask("GET", "calls?operation=list_loader_jobs")["calls"]) == 1
    assert api.ask("GET", "calls?cluster=other")["calls"] == []
    api.ask("DELETE", "calls")
    assert api.ask("GET", "calls") == {"calls": []}


def test_settings(api: Api) -> None:
    assert api.ask("GET", "settings")["role"] == "writer"
    told = api.post("settings", engine_version="1.4.1.0", ml_iam_roles=["a"])
    assert (told["engine_version"], told["ml_iam_roles"]) == ("1.4.1.0", ["a"])
    assert api.client.get_engine_status()["dbEngineVersion"] == "1.4.1.0"
    api.post("settings", role="reader", cluster="other")
    assert api.ask("GET", "settings?cluster=default")["role"] == "writer"
    assert api.ask("GET", "settings?cluster=other")["engine_version"] == "1.4.1.0"
    assert api.ask("GET", "settings?cluster=other")["role"] == "reader"


def test_strict(api: Api) -> None:
    api.post("settings", strict=True)
    url = api.url if api.url != HERE else "https://neptune-db.us-east-1.amazonaws.com"
    if api.url == HERE:
        with pytest.raises(requests.ConnectionError, match="create_db_cluster"):
            requests.get(f"{url}/status")
    else:
        answer = requests.get(f"{url}/status")
        assert (answer.status_code, answer.json()["code"]) == (404, "ResourceNotFoundException")
        assert "create_db_cluster" in answer.json()["message"]
        assert api.ask("GET", "settings?cluster=x", expect=400)["Error"].startswith("strict: ")


def test_data_and_snapshots(api: Api) -> None:
    counts = api.post("data", sources=[EDGES.decode(), VERTICES.decode()])
    assert counts == {"vertices": 2, "edges": 1, "quads": 0}
    assert api.post("snapshots", name="seed") == {"name": "seed", **counts}
    api.client.execute_gremlin_query(gremlinQuery="g.V().drop()")
    api.post("data", source="<urn:a> <urn:b> <urn:c> .", format="turtle")
    assert api.post("snapshots/restore", name="seed") == {"name": "seed", **counts}
    results = api.client.execute_open_cypher_query(openCypherQuery="MATCH (n) RETURN count(n) AS n")
    assert results["results"] == [{"n": 2}]
    assert api.ask("GET", "snapshots") == {"snapshots": ["seed"]}


def test_held_queries(api: Api) -> None:
    assert api.post("held-queries", language="opencypher") == {"language": "opencypher"}
    api.post("held-queries", language="opencypher")
    found: list[Any] = []

    def run() -> None:
        answer = api.client.execute_open_cypher_query(openCypherQuery="RETURN 1 AS x")
        found.append(answer["results"])

    thread = threading.Thread(target=run)
    thread.start()
    while not api.client.list_open_cypher_queries()["queries"]:
        time.sleep(0.01)
    api.ask("DELETE", "held-queries?language=opencypher")
    api.ask("DELETE", "held-queries?language=opencypher")
    thread.join()
    assert found == [[{"x": 1}]]


def test_reset_lets_held_queries_go(api: Api) -> None:
    api.post("held-queries", language="gremlin")
    api.post("faults", error="S3Exception", always=True, operation="GetEngineStatus")
    requests.post(f"{api.url}/moto-api/reset")
    api.client.execute_gremlin_query(gremlinQuery="g.V()")
    assert api.client.get_engine_status()["status"] == "healthy"


MISTAKES: list[tuple[str, Any, str]] = [
    ("faults", [1], "The body must be a JSON object"),
    ("faults", {"operation": "x", "error": "S3Exception"}, "There is no operation 'x'"),
    ("faults", {}, "Missing: error"),
    ("faults", {"error": "S3Exception", "tiems": 2}, "Unknown: tiems. Known are: cluster, region"),
    ("faults", {"error": "S3Exception", "times": 0}, "times must be a whole number of 1 or more"),
    ("delays", {"seconds": -1}, "seconds must be between 0 and inf"),
    ("delays", {"seconds": "x"}, "seconds must be between 0 and inf, not 'x'"),
    ("load-outcomes", {"status": "LOADED"}, "There is no load status 'LOADED'"),
    ("expected-results", {"results": 5}, "results must be a list of objects"),
    ("expected-results", {"query": "x"}, "Missing: result"),
    ("expected-results", {"query": "x", "pattern": "y", "result": []}, "a query or a pattern"),
    ("expected-results", {"pattern": "(", "result": []}, "is no regular expression"),
    ("settings", {"rôle": 1}, "There is no setting 'rôle'"),
    ("data", {}, "source must be the text of a file"),
    ("data", {"source": "~id,~id\n1,2\n"}, "Nothing was loaded, because of errors in the text"),
    ("data", {"source": "x", "format": "parquet"}, "There is no format 'parquet'. Known are: csv"),
    ("data", {"source": "x", "format": []}, "There is no format []"),
    ("data", {"source": "x", "fail_on_error": "no"}, "fail_on_error must be a bool, not 'no'"),
    ("data", {"source": "x", "new_id": 1}, "There is no option 'new_id'"),
    ("held-queries", {"language": "sql"}, "There is no query language 'sql'"),
    ("snapshots", {"name": 5}, "name must be the name of a snapshot"),
    ("snapshots/restore", {"name": "x"}, "There is no snapshot 'x'"),
]


@pytest.mark.parametrize(("path", "body", "text"), MISTAKES)
def test_mistakes(neptune: Neptune, client: Any, path: str, body: Any, text: str) -> None:
    api = Api(HERE, client)
    assert text in api.ask("POST", path, body, expect=400)["Error"]
    assert neptune.provoked == []


def test_all_results_or_none(neptune: Neptune, client: Any) -> None:
    api = Api(HERE, client)
    results = [{"query": "a", "result": []}, {"query": "b", "result": 5}]
    api.ask("POST", "expected-results", {"results": results}, expect=400)
    assert neptune.provoked == []


def test_methods_and_broken_bodies(api: Api) -> None:
    told = api.ask("PUT", "faults", {}, expect=405)
    assert told == {"Error": "Use one of the methods DELETE, GET, POST"}
    answer = requests.post(f"{api.url}/moto-api/neptunedata/faults", data=b"{")
    assert (answer.status_code, answer.json()["Error"]) == (400, "The body must be a JSON object")
    assert requests.get(f"{api.url}/moto-api/neptunedata/nope").status_code == 404
