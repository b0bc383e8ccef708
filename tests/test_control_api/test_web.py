"""The page's files and data over HTTP: in this process, and through a server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.control_api import dashboard, routes, static_files
from moto_neptunedata.graph.drawing import files
from tests.support.helpers import EDGES, VERTICES, finish, put, start

HERE = "http://motoapi.amazonaws.com"
DEFAULT = {"account": "123456789012", "region": "us-east-1", "cluster": "default"}


class Look:
    """The data below the page."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/moto-api/neptunedata"

    def get(self, path: str, expect: int = 200, **parameters: Any) -> Any:
        answer = requests.get(f"{self.url}/look/{path}", params=parameters)
        assert answer.status_code == expect, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()


@pytest.fixture
def look(neptune: Neptune) -> Look:
    return Look(HERE)


@pytest.fixture(params=["in process", "server"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "in process":
        with mock_neptunedata():
            yield HERE
    else:
        yield request.getfixturevalue("place").url


def test_paths_are_those_of_the_tables() -> None:
    parts = {f"look/{path}" for path in (*static_files.TYPES, *dashboard.DATA)}
    assert set(routes.LOOK_PATHS) == parts


@pytest.mark.parametrize("path", ["", "/"])
def test_page(url: str, path: str) -> None:
    answer = requests.get(f"{url}/moto-api/neptunedata{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.text == static_files.read_text("page.html")


@pytest.mark.parametrize("path", static_files.TYPES)
def test_files(url: str, path: str) -> None:
    answer = requests.get(f"{url}/moto-api/neptunedata/look/{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == static_files.TYPES[path]
    answer.encoding = "utf-8"
    assert answer.text == static_files.read_text(path)


def test_nothing_else(url: str) -> None:
    look = f"{url}/moto-api/neptunedata/look"
    for path in ("nope", "page.html", "../../look/web.py", "cytoscape/LICENSE"):
        assert requests.get(f"{look}/{path}").status_code == 404
    answer = requests.post(f"{look}/overview", json={})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_files_name_no_other_host() -> None:
    own = [static_files.read_text(name) for name in ("page.html", "page.js")]
    drawing = [files.read_text(name) for name in ("graph.html", "page.css", "drawing.js")]
    for text in (*own, *drawing):
        assert "://" not in text
        assert "innerHTML" not in text


def test_nothing_in_use(url: str) -> None:
    told = Look(url).get("overview")
    assert (told["clusters"], told["chosen"], told["jobs"], told["calls"]) == ([], None, [], [])
    assert Look(url).get("overview")["clusters"] == [], "looking makes none"


def test_clusters(neptune: Neptune, look: Look, client: Any) -> None:
    client.get_engine_status()
    other = neptune.cluster("other", region="eu-west-1")
    other.load(VERTICES, EDGES)
    other.configure(role="reader", engine_version="1.4.1.0", ml_iam_roles=["a"])
    told = look.get("overview")
    plain, own = told["clusters"]
    assert (plain["name"], plain["role"], plain["settings"]) == ("default", "writer", {})
    assert plain["engine_version"] == "1.5.0.0"
    assert (own["name"], own["region"], own["role"]) == ("other", "eu-west-1", "reader")
    assert own["counts"] == {"vertices": 2, "edges": 1, "quads": 0, "jobs": 0}
    assert own["settings"] == {
        "engine_version": "1.4.1.0",
        "role": "reader",
        "ml_iam_roles": "('a',)",
    }
    assert own["engine_version"] == "1.4.1.0"
    assert told["chosen"]["name"] == "other", "the first that holds anything"
    assert look.get("overview", **DEFAULT)["chosen"]["name"] == "default"


def test_state_tells_of_changes(neptune: Neptune, look: Look, client: Any) -> None:
    states = []
    for query in ("g.V()", "g.addV('x')", "g.V().property('a', 1)", "g.V().count()"):
        client.execute_gremlin_query(gremlinQuery=query)
        states.append(look.get("overview")["clusters"][0]["graph_state"])
    neptune.reset()
    states.append(look.get("overview")["clusters"][0]["graph_state"])
    empty, one, changed, same, _ = states
    assert len({empty, one, changed}) == 3
    assert same == changed


def test_many_are_bounded(neptune: Neptune, look: Look, client: Any) -> None:
    put(v_csv=VERTICES)
    for number in range(60):
        neptune.cluster(f"c{number}", region="us-west-2")
        start(client, queueRequest=True)
    for _ in range(70):
        client.get_engine_status()
    client.execute_open_cypher_query(openCypherQuery=f"RETURN '{'x' * 5_000}' AS x")
    for _ in range(120):
        neptune.fail_next("GetEngineStatus", "ThrottlingException")
    told = look.get("overview", **DEFAULT)
    assert (len(told["clusters"]), told["cluster_count"]) == (50, 61)
    assert (len(told["jobs"]), told["job_count"]) == (50, 60)
    assert (len(told["calls"]), told["call_count"]) == (100, 131)
    assert told["calls"][0]["operation"] == "ExecuteOpenCypherQuery", "the newest first"
    assert len(told["calls"][0]["parameters"]["openCypherQuery"]) < 2_100
    assert (len(told["provoked"]), told["provoked_count"]) == (100, 120)


def test_looking_moves_no_job(neptune: Neptune, look: Look, client: Any) -> None:
    put(v_csv=VERTICES, e_csv=EDGES)
    load_id = start(client)
    for _ in range(3):
        (job,) = look.get("overview")["jobs"]
        assert (job["id"], job["status"]) == (load_id, "LOAD_NOT_STARTED")
        assert look.get("job", **DEFAULT, loadId=load_id)["status"] == "LOAD_NOT_STARTED"
    finish(client, load_id)
    told = look.get("job", **DEFAULT, loadId=load_id)
    assert (told["status"], told["feed_count"], told["errors"]) == ("LOAD_COMPLETED", 2, [])
    assert told["request"]["source"] == "s3://data/"
    assert [feed["fullUri"] for feed in told["feeds"]] == ["s3://data/v.csv", "s3://data/e.csv"]
    assert neptune.calls.of("GetLoaderJobStatus"), "the client's own calls"
    assert len(neptune.calls) == look.get("overview")["call_count"], "looking is no call"


def test_errors_of_a_job_are_bounded(neptune: Neptune, look: Look, client: Any) -> None:
    rows = "".join(f"v{number},bad\n" for number in range(150))
    put(v_csv=f"~id,age:Int\n{rows}".encode())
    load_id = start(client, failOnError=False)
    finish(client, load_id)
    told = look.get("job", **DEFAULT, loadId=load_id)
    assert (len(told["errors"]), told["error_count"]) == (100, 150)
    assert told["errors"][-1]["recordNum"] > told["errors"][0]["recordNum"]


def test_running_queries(neptune: Neptune, look: Look, client: Any) -> None:
    with ThreadPoolExecutor(1) as pool, neptune.hold_queries("gremlin") as held:
        running = pool.submit(client.execute_gremlin_query, gremlinQuery="g.V().count()")
        (query,) = held.wait()
        (told,) = look.get("overview")["queries"]
        assert (told["id"], told["language"]) == (query.id, "gremlin")
        assert (told["text"], told["cancelled"]) == ("g.V().count()", False)
    running.result()
    assert look.get("overview")["queries"] == []


def test_picture_and_search(neptune: Neptune, look: Look) -> None:
    neptune.load(VERTICES, EDGES)
    told = look.get("picture", **DEFAULT)
    assert [each["id"] for each in told["vertices"]] == ["v1", "v2"]
    told = look.get("picture", **DEFAULT, limit=1, around=["v2"])
    assert [each["id"] for each in told["vertices"]] == ["v2"]
    told = look.get("picture", **DEFAULT, limit=1, around="v2", expanded=["v1", "gone"])
    assert (len(told["vertices"]), len(told["edges"])) == (2, 1)
    told = look.get("search", **DEFAULT, text="person", limit=1)
    assert ([hit["id"] for hit in told["found"]], told["more"]) == (["v1"], True)


def test_statements(neptune: Neptune, look: Look) -> None:
    neptune.load("<urn:a> <urn:b> <urn:c> , <urn:d> .", format="turtle")
    told = look.get("statements", **DEFAULT, limit=1, text="urn:d")
    assert (told["count"], [row[2] for row in told["statements"]]) == (2, ["<urn:d>"])


MISTAKES: tuple[tuple[str, dict[str, Any], int, str], ...] = (
    ("picture", {}, 400, "Name the cluster: account, region and cluster"),
    ("picture", {**DEFAULT, "limit": "many"}, 400, "limit must be a whole number, not 'many'"),
    ("picture", {**DEFAULT, "limit": 0}, 400, "limit must be between 1 and 1,000"),
    ("picture", {**DEFAULT, "around": "x"}, 404, "There is no vertex 'x'"),
    ("overview", {**DEFAULT, "cluster": "x"}, 404, "not in use: 'x' in 'us-east-1'"),
    ("overview", {"cluster": "default"}, 404, "This cluster is not in use"),
    ("job", {**DEFAULT, "loadId": "x"}, 404, "There is no load 'x'"),
    ("search", {**DEFAULT}, 400, "text must not be empty"),
    ("statements", {**DEFAULT, "limit": 1_001}, 400, "limit must be between 1 and 1,000"),
)


@pytest.mark.parametrize(("path", "parameters", "status", "text"), MISTAKES)
def test_mistakes(
    neptune: Neptune,
    client: Any,
    look: Look,
    path: str,
    parameters: dict[str, Any],
    status: int,
    text: str,
) -> None:
    client.get_engine_status()
    assert text in look.get(path, status, **parameters)["Error"]
    assert len(neptune.clusters()) == 1


@pytest.mark.slow
def test_nothing_is_imported_before_somebody_looks() -> None:
    script = (
        "import sys, boto3, moto_neptunedata\n"
        "from moto_neptunedata import mock_neptunedata\n"
        "with mock_neptunedata() as neptune:\n"
        "    boto3.client('neptunedata', region_name='us-east-1').get_engine_status()\n"
        "    repr(neptune)\n"
        "print([name for name in sys.modules if name.startswith('moto_neptunedata.look')])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_another_account(neptune: Neptune, look: Look) -> None:
    neptune.cluster(account="111111111111").load(VERTICES)
    where = {**DEFAULT, "account": "111111111111"}
    assert look.get("overview", **where)["chosen"]["account_id"] == "111111111111"
    assert look.get("picture", **where)["vertex_count"] == 2
    look.get("picture", 404, **DEFAULT)
    assert boto3.client("neptunedata").get_engine_status()
    look.get("picture", 200, **DEFAULT)
