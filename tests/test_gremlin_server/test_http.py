"""The forms of Gremlin and openCypher that plain HTTP clients use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from moto_neptunedata import Neptune
from tests.support.helpers import EDGES, VERTICES

URL = "https://neptune-db.us-east-1.amazonaws.com:8182"
UNTYPED = {"Accept": "application/vnd.gremlin-v3.0+json;types=false"}
COUNT = "g.V().count()"


@pytest.fixture(autouse=True)
def _data(neptune: Neptune) -> None:
    neptune.load(VERTICES, EDGES)


def data(answer: requests.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]["data"]


@pytest.mark.parametrize(
    ("method", "path", "how"),
    [
        ("GET", "/gremlin", {"params": {"gremlin": COUNT}}),
        ("GET", "/", {"params": {"gremlin": COUNT}}),
        ("POST", "/gremlin", {"json": {"gremlin": COUNT}}),
        ("POST", "/gremlin", {"data": {"gremlin": COUNT}}),
        ("POST", "/gremlin", {"params": {"gremlin": COUNT}}),
        ("POST", "/gremlin", {"data": COUNT}),
        ("POST", "/gremlin", {"data": COUNT, "headers": {"Content-Type": "text/plain"}}),
        (
            "POST",
            "/gremlin",
            {"data": COUNT, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        ),
        (
            "POST",
            "/",
            {
                "data": f'{{"gremlin":"{COUNT}"}}',
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            },
        ),
    ],
)
def test_gremlin(method: str, path: str, how: dict[str, Any]) -> None:
    how = {**how, "headers": {**UNTYPED, **how.get("headers", {})}}
    assert data(requests.request(method, URL + path, **how)) == [2]


@pytest.mark.parametrize(
    ("method", "how"),
    [
        ("GET", {"params": {"query": "MATCH (n) RETURN count(n) AS n"}}),
        ("POST", {"json": {"query": "MATCH (n) RETURN count(n) AS n"}}),
    ],
)
@pytest.mark.parametrize("path", ["/openCypher", "/opencypher"])
def test_open_cypher(method: str, path: str, how: dict[str, Any]) -> None:
    answer = requests.request(method, URL + path, **how)
    assert answer.json() == {"results": [{"n": 2}]}


def test_open_cypher_explain() -> None:
    form = {"query": "MATCH (n) RETURN n", "explain": "static"}
    answer = requests.post(f"{URL}/openCypher", data=form)
    assert "Query:" in answer.text


def test_what_is_no_query() -> None:
    for how in ({"json": {}}, {"data": {"a": "b"}}, {}):
        answer = requests.post(f"{URL}/gremlin", **how)  # type: ignore[arg-type]
        assert answer.json()["code"] == "MissingParameterException"
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{URL}/gremlin", data=COUNT, headers=headers)
    assert answer.json()["code"] == "BadRequestException"
    answer = requests.post(f"{URL}/gremlin", data="a && b")
    assert answer.json()["code"] == "MalformedQueryException"
    assert requests.post(f"{URL}/").status_code == 404
    assert requests.put(f"{URL}/gremlin", data=COUNT).json()["code"] == "MethodNotAllowedException"


LANGUAGES = {
    "gremlin": ("/gremlin", "gremlin", "g.V().count()"),
    "opencypher": ("/openCypher", "query", "MATCH (n) RETURN n"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_and_cancel(neptune: Neptune, language: str) -> None:
    path, name, text = LANGUAGES[language]
    status = f"{URL}{path}/status"
    with ThreadPoolExecutor(1) as pool, neptune.cluster().hold_queries(language) as held:
        future = pool.submit(requests.post, URL + path, data={name: text, "queryId": "mine"})
        held.wait()
        for answer in (
            requests.get(status),
            requests.post(status, data={"includeWaiting": "true"}),
        ):
            assert [query["queryId"] for query in answer.json()["queries"]] == ["mine"]
        asked = {"queryId": "mine"}
        for answer in (requests.get(status, params=asked), requests.post(status, data=asked)):
            assert answer.json()["queryString"] == text
        answer = requests.post(status, data={"cancelQuery": "", "queryId": "mine"})
        assert answer.json()["status"] == "200 OK"
        assert future.result(10).json()["code"] == "CancelledByUserException"
    answer = requests.get(status, params={"cancelQuery": "true"})
    assert answer.json()["code"] == "MissingParameterException"
    answer = requests.get(status, params={"queryId": "mine"})
    assert answer.json()["message"] == "Supplied queryId mine is invalid"
