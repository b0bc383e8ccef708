"""Many clients at once, on a server and in process: nothing is lost, doubled or mixed up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from moto_neptunedata import Neptune
from tests.support.helpers import finish, start
from tests.support.serving import BIN, running

pytestmark = pytest.mark.slow

CLUSTERS = ("one", "two", "three", "four")
HOST = "{}.cluster-abc.us-east-1.neptune.amazonaws.com:8182"
MARKS = 3  # vertices that each worker makes, in each way
CANCELLED = "LOAD_CANCELLED_BY_USER"


class Worker(NamedTuple):
    """One client, its name and where it sends SPARQL."""

    name: str
    cluster: str
    client: Any
    sparql: Callable[[str, str], requests.Response]


class Done(NamedTuple):
    """What a worker has started, and whether it has cancelled that."""

    load_id: str
    cancelled: bool


def work(worker: Worker) -> Done:
    """Everything that a worker does; every answer has to be about itself."""
    name, client = worker.name, worker.client
    source = f"s3://loads/{name}/"
    load_id = start(client, source, queueRequest=True, parallelism="HIGH")
    assert load_id in client.list_loader_jobs()["payload"]["loadIds"]
    for number in range(MARKS):
        created = client.execute_open_cypher_query(
            openCypherQuery="CREATE (n:Cypher {marker: $name, number: $number}) "
            "RETURN n.marker AS m",
            parameters=json.dumps({"name": name, "number": number}),
        )
        assert created["results"] == [{"m": name}]
        found = client.execute_gremlin_query(
            gremlinQuery=f"g.addV('Gremlin').property('marker', '{name}').values('marker')"
        )
        assert name in json.dumps(found["result"])
        sent = worker.sparql("update", f'INSERT DATA {{ <urn:{name}> <urn:is> "{number}" }}')
        assert sent.status_code == 200, sent.text
    overall = client.get_loader_job_status(loadId=load_id)["payload"]["overallStatus"]
    assert overall["fullUri"] == source
    assert client.get_propertygraph_statistics()["status"] == "200 OK"
    assert (
        client.get_propertygraph_stream(limit=1, iteratorType="TRIM_HORIZON")["totalRecords"] == 1
    )
    cancelled = False
    if int(name[1:]) % 3 == 0:
        try:
            client.cancel_loader_job(loadId=load_id)
            cancelled = True
        except client.exceptions.BulkLoadIdNotFoundException as error:
            assert load_id in str(error)  # it has ended already
    found = client.execute_open_cypher_query(
        openCypherQuery="MATCH (n:Cypher {marker: $name}) RETURN n.marker AS m, n.number AS n "
        "ORDER BY n",
        parameters=json.dumps({"name": name}),
    )
    assert found["results"] == [{"m": name, "n": number} for number in range(MARKS)]
    answer = worker.sparql(
        "query", f"SELECT ?s ?o {{ VALUES ?s {{ <urn:{name}> }} ?s <urn:is> ?o }}"
    )
    rows = answer.json()["results"]["bindings"]
    assert {row["s"]["value"] for row in rows} == {f"urn:{name}"}
    assert sorted(row["o"]["value"] for row in rows) == [str(number) for number in range(MARKS)]
    with pytest.raises(ClientError) as refused:
        client.execute_open_cypher_query(openCypherQuery=f"RETURN {name} AS x")
    assert name in str(refused.value)
    assert refused.value.response["Error"]["Code"] == "MalformedQueryException"
    return Done(load_id, cancelled)


def run_all(workers: list[Worker], s3: Any) -> None:
    """Let all work at once, and look at what is there afterwards."""
    s3.create_bucket(Bucket="loads")
    for worker in workers:
        lines = "".join(f"{worker.name}-{number},Loaded,{worker.name}\n" for number in range(MARKS))
        body = f"~id,~label,marker:String\n{lines}".encode()
        s3.put_object(Bucket="loads", Key=f"{worker.name}/v.csv", Body=body)
    with ThreadPoolExecutor(len(workers)) as pool:
        done = list(pool.map(work, workers))
    assert len({each.load_id for each in done}) == len(workers)
    for cluster in CLUSTERS:
        of_cluster = [
            pair for pair in zip(workers, done, strict=True) if pair[0].cluster == cluster
        ]
        look(of_cluster)


def look(of_cluster: list[tuple[Worker, Done]]) -> None:
    """What holds on one cluster when all of its workers are done."""
    client = of_cluster[0][0].client
    listed = client.list_loader_jobs()["payload"]["loadIds"]
    assert sorted(listed) == sorted(done.load_id for _, done in of_cluster)
    loaded = Counter(
        row["m"]
        for row in client.execute_open_cypher_query(
            openCypherQuery="MATCH (n:Loaded) RETURN n.marker AS m"
        )["results"]
    )
    for worker, done in of_cluster:
        for _ in range(2):  # an end is the end
            overall = finish(client, done.load_id)["overallStatus"]
            assert overall["status"] == (CANCELLED if done.cancelled else "LOAD_COMPLETED")
            assert overall["fullUri"] == f"s3://loads/{worker.name}/"
        if done.cancelled:
            assert loaded[worker.name] in (0, MARKS)
    counted = client.execute_open_cypher_query(
        openCypherQuery="MATCH (n) WITH labels(n)[0] AS label, n.marker AS m "
        "RETURN label, m, count(*) AS c"
    )["results"]
    counts = {(row["label"], row["m"]): row["c"] for row in counted}
    for worker, done in of_cluster:
        assert counts.pop(("Cypher", worker.name)) == MARKS
        assert counts.pop(("Gremlin", worker.name)) == MARKS
        rest = counts.pop(("Loaded", worker.name), 0)
        assert rest == MARKS or (done.cancelled and rest == 0)
    assert counts == {}
    answer = of_cluster[0][0].sparql("query", "SELECT (COUNT(*) AS ?c) { ?s <urn:is> ?o }").json()
    (row,) = answer["results"]["bindings"]
    assert int(row["c"]["value"]) == MARKS * len(of_cluster)
    for call in (client.list_open_cypher_queries, client.list_gremlin_queries):
        assert call()["runningQueryCount"] == 0


def test_64_clients_of_a_server(tmp_path: Path) -> None:
    with running([str(BIN / "moto_neptunedata_server")], tmp_path / "log") as server:
        workers = [_remote(server.url, number) for number in range(64)]
        run_all(workers, boto3.client("s3", endpoint_url=server.url))
        shown = requests.get(f"{server.url}/moto-api/data.json", timeout=30).json()
        jobs = shown["neptunedata"]["LoaderJob"]
        assert Counter(job["cluster"] for job in jobs) == dict.fromkeys(CLUSTERS, 16)
    log = server.log.read_text()
    assert log.count(" 200 -") > 64 * 14
    assert "Traceback" not in log
    assert '" 5' not in log


def _remote(url: str, number: int) -> Worker:
    cluster = CLUSTERS[number % len(CLUSTERS)]
    host = HOST.format(cluster)
    client = boto3.client("neptunedata", endpoint_url=url)
    client.meta.events.register(
        "before-sign.neptunedata",
        lambda request, **_: request.headers.add_header("Host", host),
    )
    session = requests.Session()

    def sparql(kind: str, text: str) -> requests.Response:
        return session.post(f"{url}/sparql", {kind: text}, headers={"Host": host}, timeout=60)

    assert client.exceptions
    return Worker(f"w{number}", cluster, client, sparql)


def test_32_clients_in_process(neptune: Neptune) -> None:
    workers = [_local(number) for number in range(32)]
    run_all(workers, boto3.client("s3"))
    assert sorted(cluster.name for cluster in neptune.clusters()) == sorted(CLUSTERS)
    calls = Counter(call.outcome for call in neptune.calls)
    assert set(calls) <= {"ok", "MalformedQueryException", "BulkLoadIdNotFoundException"}


def _local(number: int) -> Worker:
    cluster = CLUSTERS[number % len(CLUSTERS)]
    url = f"https://{HOST.format(cluster)}"
    client = boto3.client("neptunedata", endpoint_url=url)

    def sparql(kind: str, text: str) -> requests.Response:
        return requests.post(f"{url}/sparql", {kind: text}, timeout=60)

    assert client.exceptions
    return Worker(f"w{number}", cluster, client, sparql)
