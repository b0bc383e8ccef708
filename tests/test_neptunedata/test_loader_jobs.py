"""StartLoaderJob, GetLoaderJobStatus and ListLoaderJobs: the life of a job."""

from __future__ import annotations

import gzip
from typing import Any

import boto3
import pytest
import requests
from freezegun import freeze_time
from moto.moto_api import state_manager

from moto_neptunedata import Neptune, mock_neptunedata
from tests.support.helpers import EDGES, ROLE, VERTICES, finish, put, start, status

URL = "https://neptune-db.us-east-1.amazonaws.com:8182/loader"


@pytest.fixture(autouse=True)
def _data(s3: Any) -> None:
    put(v_csv=VERTICES)


@pytest.fixture
def transition() -> Any:
    """Set the pace of loader jobs for one test."""
    yield lambda **how: state_manager.set_transition("neptunedata::loaderjob", how)
    state_manager.unset_transition("neptunedata::loaderjob")


# ---------------------------------------------------------------------------- the happy path


def test_life(client: Any, neptune: Neptune) -> None:
    put(e_csv=EDGES)
    with freeze_time("2026-01-02 03:04:05"):
        load_id = start(client)
        assert neptune.jobs[0].status == "LOAD_NOT_STARTED"
        payload = client.get_loader_job_status(loadId=load_id)["payload"]
        assert payload["feedCount"] == [{"LOAD_NOT_STARTED": 1}, {"LOAD_IN_PROGRESS": 1}]
        assert payload["overallStatus"] == {
            "fullUri": "s3://data/",
            "runNumber": 1,
            "retryNumber": 0,
            "status": "LOAD_IN_PROGRESS",
            "totalTimeSpent": 0,
            "startTime": 1767323045,
            "totalRecords": 0,
            "totalDuplicates": 0,
            "parsingErrors": 0,
            "datatypeMismatchErrors": 0,
            "insertErrors": 0,
        }
    with freeze_time("2026-01-02 03:04:11"):
        payload = client.get_loader_job_status(loadId=load_id)["payload"]
    assert set(payload) == {"feedCount", "overallStatus"}
    assert payload["feedCount"] == [{"LOAD_COMPLETED": 2}]
    overall = payload["overallStatus"]
    assert (overall["status"], overall["totalTimeSpent"]) == ("LOAD_COMPLETED", 6)
    # Two vertices with a label and two properties each, one edge with one property.
    assert overall["totalRecords"] == 8
    assert neptune.graph.vertex_count == 2
    edge = neptune.graph.edge("e1")
    assert edge is not None
    assert (edge.out_v.id, edge.label, edge.in_v.id) == ("v1", "knows", "v2")
    assert edge.properties == {"weight": 0.5}
    assert client.get_loader_job_status(loadId=load_id)["payload"] == payload


@pytest.mark.parametrize(
    ("flags", "keys"),
    [
        ({}, {"feedCount", "overallStatus"}),
        ({"details": True}, {"feedCount", "overallStatus", "failedFeeds"}),
        ({"errors": True}, {"feedCount", "overallStatus", "errors"}),
        (
            {"details": True, "errors": True},
            {"feedCount", "overallStatus", "failedFeeds", "errors"},
        ),
        ({"details": False, "errors": False}, {"feedCount", "overallStatus"}),
    ],
)
def test_flags(client: Any, flags: dict[str, bool], keys: set[str]) -> None:
    payload = finish(client, start(client), **flags)
    assert set(payload) == keys
    assert payload.get("failedFeeds", []) == []
    assert payload.get("errors", {}).get("errorLogs", []) == []


def test_errors_are_paged(client: Any) -> None:
    rows = b"".join(b"v%d,old\n" % number for number in range(5))
    put(bucket="bad", x_csv=b"~id,age:Int\n" + rows)
    load_id = start(client, "s3://bad/x.csv", failOnError=False)
    payload = finish(client, load_id, details=True, errors=True, page=1, errorsPerPage=3)
    errors = payload["errors"]
    assert (errors["startIndex"], errors["endIndex"], errors["loadId"]) == (1, 3, load_id)
    assert [log["recordNum"] for log in errors["errorLogs"]] == [1, 2, 3]
    assert {log["errorCode"] for log in errors["errorLogs"]} == {"PARSING_ERROR"}
    assert {log["fileName"] for log in errors["errorLogs"]} == {"s3://bad/x.csv"}
    assert payload["failedFeeds"][0]["fullUri"] == "s3://bad/x.csv"
    assert payload["failedFeeds"][0]["datatypeMismatchErrors"] == 5

    def page(**which: int) -> tuple[int, int, int]:
        found = client.get_loader_job_status(loadId=load_id, errors=True, **which)
        errors = found["payload"]["errors"]
        return errors["startIndex"], errors["endIndex"], len(errors["errorLogs"])

    assert page(page=2, errorsPerPage=3) == (4, 5, 2)
    assert page(page=3, errorsPerPage=3) == (0, 0, 0)
    assert page() == (1, 5, 5)
    assert page(errorsPerPage=1) == (1, 1, 1)


def test_only_the_last_ten_thousand_errors_are_kept(client: Any) -> None:
    rows = b"".join(b"v%d,old\n" % number for number in range(10_050))
    put(bucket="bad", x_csv=b"~id,age:Int\n" + rows)
    load_id = start(client, "s3://bad/x.csv", failOnError=False)
    payload = finish(client, load_id, errors=True, page=1, errorsPerPage=20_000)
    assert payload["overallStatus"]["datatypeMismatchErrors"] == 10_050
    logs = payload["errors"]["errorLogs"]
    assert len(logs) == 10_000
    assert (logs[0]["recordNum"], logs[-1]["recordNum"]) == (51, 10_050)


def test_unknown_id(client: Any) -> None:
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException) as caught:
        client.get_loader_job_status(loadId="nope")
    text = "The load with id = nope does not exist"
    assert caught.value.response["Error"]["Message"] == text


# ---------------------------------------------------------------------------- queue


def test_one_load_at_a_time(client: Any) -> None:
    start(client)
    with pytest.raises(client.exceptions.BadRequestException) as caught:
        start(client)
    assert caught.value.response["Error"]["Message"] == (
        "Failed to start new load for the source s3://data/. "
        "Max concurrent load limit breached. Limit is 1"
    )


def test_queue_is_first_come_first_served(client: Any, neptune: Neptune) -> None:
    ids = [start(client, queueRequest=True) for _ in range(4)]
    assert [job.status for job in neptune.jobs] == ["LOAD_NOT_STARTED"] + ["LOAD_IN_QUEUE"] * 3
    ended = []
    for _ in range(20):
        status(client, ids[-1])
        ended += [job.id for job in neptune.jobs if not job.is_active and job.id not in ended]
    assert ended == ids, "polling the last one moved those ahead of it, in order"


def test_queued_status(client: Any) -> None:
    start(client)
    queued = start(client, queueRequest=True)
    payload = client.get_loader_job_status(loadId=queued, details=True, errors=True)["payload"]
    assert payload["feedCount"] == [{"LOAD_IN_QUEUE": 1}]
    assert payload["overallStatus"]["status"] == "LOAD_IN_QUEUE"
    assert payload["overallStatus"]["fullUri"] == "s3://data/"
    assert payload["overallStatus"]["startTime"] == payload["overallStatus"]["totalRecords"] == 0
    assert payload["failedFeeds"] == []


def test_queue_holds_64(client: Any) -> None:
    running = start(client)
    for _ in range(64):
        start(client, queueRequest=True)
    with pytest.raises(client.exceptions.BadRequestException) as caught:
        start(client, queueRequest=True)
    assert caught.value.response["Error"]["Message"] == (
        "Failed to start new load for the source s3://data/. "
        "Max load task queue size limit breached. Limit is 64"
    )
    assert len(client.list_loader_jobs()["payload"]["loadIds"]) == 65
    client.cancel_loader_job(loadId=running)
    start(client, queueRequest=True)


def test_no_start_past_the_queue(client: Any) -> None:
    running = start(client)
    queued = start(client, queueRequest=True)
    client.cancel_loader_job(loadId=queued)
    finish(client, running)
    start(client)  # nothing runs or waits any more


def test_dependencies(client: Any) -> None:
    good = start(client)
    child = start(client, queueRequest=True, dependencies=[good])
    unknown = start(client, queueRequest=True, dependencies=["nope", good])
    grandchild = start(client, queueRequest=True, dependencies=[good, unknown])
    assert finish(client, child)["overallStatus"]["status"] == "LOAD_COMPLETED"
    for bad in (unknown, grandchild):
        assert status(client, bad) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"


def test_dependencies_on_an_idle_cluster(client: Any) -> None:
    bad = start(client, dependencies=["nope"])
    payload = client.get_loader_job_status(loadId=bad)["payload"]
    wanted = "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"
    assert payload["overallStatus"]["status"] == wanted
    good = start(client)
    finish(client, good)
    assert status(client, start(client, dependencies=[good])) == "LOAD_IN_PROGRESS"


def test_a_failed_load_fails_its_dependents(client: Any) -> None:
    put(bucket="bad", x_csv=b"~id,age:Int\nv1,old\n")
    bad = start(client, "s3://bad/")
    child = start(client, queueRequest=True, dependencies=[bad])
    assert finish(client, bad)["overallStatus"]["status"] == "LOAD_FAILED"
    assert status(client, child) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"


def test_a_queued_load_with_a_bad_source_fails_on_its_turn(client: Any) -> None:
    running = start(client)
    lost = start(client, "s3://nowhere/", queueRequest=True)
    child = start(client, queueRequest=True, dependencies=[lost])
    after = start(client, queueRequest=True)
    finish(client, running)
    payload = client.get_loader_job_status(loadId=lost, details=True)["payload"]
    assert payload["overallStatus"]["status"] == "LOAD_FAILED_INVALID_REQUEST"
    assert payload["feedCount"] == [{"LOAD_FAILED_INVALID_REQUEST": 1}]
    assert status(client, child) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"
    assert finish(client, after)["overallStatus"]["status"] == "LOAD_COMPLETED"


# ---------------------------------------------------------------------------- list


def test_list_order_and_limit(client: Any) -> None:
    assert client.list_loader_jobs()["payload"] == {"loadIds": []}
    done = start(client)
    finish(client, done)
    running = start(client)
    first = start(client, queueRequest=True)
    second = start(client, queueRequest=True)

    def listed(**how: Any) -> list[str]:
        answer = client.list_loader_jobs(**how)
        assert answer["status"] == "200 OK"
        return list(answer["payload"]["loadIds"])

    assert listed() == [second, first, running, done]
    assert listed(includeQueuedLoads=True) == [second, first, running, done]
    assert listed(includeQueuedLoads=False) == [running, done]
    assert listed(limit=3) == [second, first, running]
    assert listed(limit=1, includeQueuedLoads=False) == [running]


@pytest.mark.slow
def test_list_shows_100_of_1024_jobs(client: Any, transition: Any) -> None:
    transition(progression="immediate")
    ids = [start(client) for _ in range(1_030)]
    assert client.list_loader_jobs()["payload"]["loadIds"] == ids[:-101:-1]
    assert client.list_loader_jobs(limit=100)["payload"]["loadIds"] == ids[:-101:-1]
    assert status(client, ids[6]) == "LOAD_COMPLETED"
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
        status(client, ids[5])


@pytest.mark.parametrize("limit", [101, 1000])
def test_list_limit(client: Any, limit: int) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException) as caught:
        client.list_loader_jobs(limit=limit)
    text = f"Invalid limit: {limit}. It must be between 1 and 100"
    assert caught.value.response["Error"]["Message"] == text


# ---------------------------------------------------------------------------- the clock


def test_nothing_else_moves_a_job(client: Any, neptune: Neptune) -> None:
    load_id = start(client)
    client.list_loader_jobs()
    for call in (
        lambda: client.get_loader_job_status(loadId="nope"),
        lambda: client.cancel_loader_job(loadId="nope"),
        lambda: start(client),
        lambda: client.list_loader_jobs(limit=101),
        lambda: requests.get(f"{URL}/{load_id}?page=0").raise_for_status(),
    ):
        with pytest.raises((client.exceptions.ClientError, requests.HTTPError)):
            call()
    assert neptune.jobs[0].status == "LOAD_NOT_STARTED"


def test_immediate(client: Any, neptune: Neptune, transition: Any) -> None:
    transition(progression="immediate")
    load_id = start(client)
    assert neptune.jobs[0].status == "LOAD_COMPLETED"
    assert neptune.graph.vertex_count == 2
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
        client.cancel_loader_job(loadId=load_id)
    start(client)


def test_immediate_set_while_jobs_wait(client: Any, neptune: Neptune, transition: Any) -> None:
    ids = [start(client, queueRequest=True) for _ in range(5)]
    transition(progression="immediate")
    assert status(client, ids[2]) == "LOAD_COMPLETED"
    assert {job.status for job in neptune.jobs} == {"LOAD_COMPLETED"}


def test_manual_times(client: Any, transition: Any) -> None:
    transition(progression="manual", times=3)
    load_id = start(client)
    seen = [status(client, load_id) for _ in range(7)]
    assert seen == ["LOAD_NOT_STARTED"] * 2 + ["LOAD_IN_PROGRESS"] * 3 + ["LOAD_COMPLETED"] * 2


def test_time(client: Any, neptune: Neptune, transition: Any) -> None:
    transition(progression="time", seconds=60)
    with freeze_time("2026-01-01") as clock:
        load_id = start(client)
        queued = start(client, queueRequest=True)
        assert status(client, load_id) == "LOAD_NOT_STARTED"
        clock.tick(61)
        assert status(client, load_id) == "LOAD_IN_PROGRESS"
        assert status(client, queued) == "LOAD_IN_QUEUE"
        clock.tick(61)
        assert status(client, queued) == "LOAD_NOT_STARTED"
        assert status(client, load_id) == "LOAD_COMPLETED"
        clock.tick(61)
        client.list_loader_jobs()
        clock.tick(61)
        start(client)  # time alone has ended the others
        assert [job.is_active for job in neptune.jobs] == [False, False, True]


# ---------------------------------------------------------------------------- modes and outcomes


def test_auto_and_resume_skip_what_is_loaded(client: Any, neptune: Neptune) -> None:
    finish(client, start(client))
    put(w_csv=b"~id\nw1\n")
    for mode in ({}, {"mode": "AUTO"}, {"mode": "RESUME"}):
        payload = finish(client, start(client, **mode))
        assert payload["overallStatus"]["status"] == "LOAD_COMPLETED"
        assert payload["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert payload["overallStatus"]["runNumber"] == 4
    assert payload["overallStatus"]["totalRecords"] == 0
    payload = finish(client, start(client, mode="NEW"))
    assert payload["overallStatus"]["totalRecords"] == 7
    assert payload["overallStatus"]["totalDuplicates"] == 7
    assert neptune.graph.vertex_count == 3


def test_resume_loads_the_failed_feeds(client: Any, neptune: Neptune) -> None:
    put(w_csv=b"~id,age:Int\nw1,old\n")
    payload = finish(client, start(client, failOnError=False))
    assert payload["feedCount"] == [{"LOAD_COMPLETED": 1}, {"LOAD_FAILED": 1}]
    put(w_csv=b"~id,age:Int\nw1,7\n")
    payload = finish(client, start(client, mode="RESUME"))
    assert payload["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert payload["overallStatus"]["runNumber"] == 2
    vertex = neptune.graph.vertex("w1")
    assert vertex is not None
    assert vertex.properties == {"age": 7}


def test_run_numbers_count_the_loads_of_a_source(client: Any, neptune: Neptune) -> None:
    for source in ("s3://data/", "s3://data/v.csv", "s3://data/", "s3://data/"):
        start(client, source, queueRequest=True)
    start(client, mode="RESUME", queueRequest=True)
    assert [job.run_number for job in neptune.jobs] == [1, 1, 2, 3, 4]


def test_resume_with_nothing_to_resume(client: Any, neptune: Neptune) -> None:
    with pytest.raises(client.exceptions.BadRequestException) as caught:
        start(client, mode="RESUME")
    assert "no earlier load of the source s3://data/" in str(caught.value)
    assert neptune.jobs == []


@pytest.mark.parametrize(
    ("fail_on_error", "overall", "feeds"),
    [
        (True, "LOAD_CANCELLED_DUE_TO_ERRORS", [{"LOAD_NOT_STARTED": 1}, {"LOAD_FAILED": 1}]),
        (False, "LOAD_FAILED", [{"LOAD_COMPLETED": 1}, {"LOAD_FAILED": 1}]),
    ],
)
def test_fail_on_error(
    client: Any, neptune: Neptune, fail_on_error: bool, overall: str, feeds: list[dict[str, int]]
) -> None:
    put(a_csv=b"~id,age:Int\na1,1\na2,old\na3,3\n")
    payload = finish(client, start(client, failOnError=fail_on_error), details=True)
    assert payload["overallStatus"]["status"] == overall
    assert payload["feedCount"] == feeds
    assert [feed["fullUri"] for feed in payload["failedFeeds"]] == ["s3://data/a.csv"]
    kept = {"a1", "a2"} if fail_on_error else {"a1", "a2", "a3", "v1", "v2"}
    assert set(neptune.graph.vertex_ids) == kept


def test_fail_on_error_in_the_last_feed(client: Any) -> None:
    put(w_csv=b"~id,age:Int\nw1,old\n")
    payload = finish(client, start(client))
    assert payload["overallStatus"]["status"] == "LOAD_FAILED"
    assert payload["feedCount"] == [{"LOAD_COMPLETED": 1}, {"LOAD_FAILED": 1}]


def test_vertex_files_come_first(client: Any, neptune: Neptune) -> None:
    put(a__edges_csv=EDGES)
    assert finish(client, start(client))["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert neptune.graph.edge_count == 1


def test_edge_only_load_takes_files_as_listed(client: Any, neptune: Neptune) -> None:
    put(a__edges_csv=EDGES)
    load_id = start(client, edgeOnlyLoad=True, failOnError=False)
    payload = finish(client, load_id, errors=True)
    assert payload["overallStatus"]["insertErrors"] == 1
    assert payload["errors"]["errorLogs"] == [
        {
            "errorCode": "FROM_OR_TO_VERTEX_ARE_MISSING",
            "errorMessage": ("Either from vertex, 'v1', or to vertex, 'v2', is not present."),
            "fileName": "s3://data/a/edges.csv",
            "recordNum": 0,
        }
    ]


def test_parameters_reach_the_formats(client: Any, neptune: Neptune) -> None:
    finish(client, start(client))
    put(bucket="more", v_csv=b'~id,age:Int(single),note\nv1,31,""\n')
    payload = finish(client, start(client, "s3://more/"), errors=True)
    assert payload["errors"]["errorLogs"][0]["errorCode"] == "SINGLE_CARDINALITY_VIOLATION"
    load_id = start(
        client,
        "s3://more/",
        mode="NEW",
        updateSingleCardinalityProperties=True,
        parserConfiguration={"allowEmptyStrings": "true"},
    )
    assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"
    vertex = neptune.graph.vertex("v1")
    assert vertex is not None
    assert vertex.properties == {"name": "Ann", "age": 31, "note": ""}


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("ntriples", b"<urn:s> <urn:p> <urn:o> .\n"),
        ("nquads", b"<urn:s> <urn:p> <urn:o> <urn:g> .\n"),
        ("turtle", b"<s> <p> <o> ."),
        (
            "rdfxml",
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:">'
            b'<rdf:Description rdf:about="s"><x:p rdf:resource="o"/></rdf:Description></rdf:RDF>',
        ),
        ("opencypher", b":ID,:LABEL\nn1,person\n"),
    ],
)
def test_formats(client: Any, neptune: Neptune, format: str, text: bytes) -> None:
    put(bucket="other", x_txt=text)
    configuration = {"baseUri": "http://base/", "namedGraphUri": "http://graph"}
    load_id = start(client, "s3://other/", format=format, parserConfiguration=configuration)
    payload = finish(client, load_id, errors=True)
    assert payload["overallStatus"]["status"] == "LOAD_COMPLETED", payload
    assert payload["overallStatus"]["totalRecords"] == 1
    if format == "opencypher":
        assert set(neptune.graph.vertex_ids) == {"n1"}
    else:
        (quad,) = neptune.cluster().rdf
        graph = "urn:g" if format == "nquads" else "http://graph"
        assert quad.graph_name.value == graph
        base = "http://base/" if format in ("turtle", "rdfxml") else "urn:"
        assert quad.subject.value == f"{base}s"


def test_opencypher_relationships_without_ids(client: Any, neptune: Neptune) -> None:
    put(bucket="cypher", n_csv=b":ID\nn1\nn2\n", r_csv=b":START_ID,:END_ID,:TYPE\nn1,n2,knows\n")
    load_id = start(client, "s3://cypher/", format="opencypher", userProvidedEdgeIds=False)
    assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"
    (edge,) = neptune.graph.edges()
    assert len(edge.id) == 36


# ---------------------------------------------------------------------------- the source


@pytest.mark.parametrize(
    "source",
    [
        "s3://data/v.csv",
        "s3://data/",
        "s3://data",
        "s3://data/v",
        "https://s3.amazonaws.com/data/v.csv",
        "https://s3.us-east-1.amazonaws.com/data/v.csv",
    ],
)
def test_source_forms(client: Any, neptune: Neptune, source: str) -> None:
    payload = finish(client, start(client, source))
    assert payload["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert payload["overallStatus"]["fullUri"] == source
    assert neptune.graph.vertex_count == 2


def test_prefix_is_a_plain_string_prefix(client: Any, neptune: Neptune) -> None:
    put(
        bucket="b-prefix",
        a__bc=b"~id\n1\n",
        ab__c=b"~id\n2\n",
        ade=b"~id\n3\n",
        bcd=b"~id\n4\n",
        a__=b"",
    )
    payload = finish(client, start(client, "s3://b-prefix/a"))
    assert payload["feedCount"] == [{"LOAD_COMPLETED": 3}]
    assert set(neptune.graph.vertex_ids) == {"1", "2", "3"}


def test_compressed(client: Any, neptune: Neptune) -> None:
    import bz2

    put(bucket="zip", a_csv_gz=gzip.compress(b"~id\n1\n"), b_csv_bz2=bz2.compress(b"~id\n2\n"))
    assert finish(client, start(client, "s3://zip/"))["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert set(neptune.graph.vertex_ids) == {"1", "2"}


def test_truncated_gzip(client: Any) -> None:
    put(bucket="zip", a_csv_gz=gzip.compress(VERTICES)[:-12])
    payload = finish(client, start(client, "s3://zip/"), errors=True)
    assert payload["overallStatus"]["status"] == "LOAD_FAILED"
    assert payload["errors"]["errorLogs"][0]["errorCode"] == "PARSING_ERROR"


START_ERRORS = [
    ({"source": "s3://nowhere/x"}, "BadRequestException", "S3 bucket not found for source"),
    (
        {"source": "s3://data/nothing"},
        "BadRequestException",
        "The source s3://data/nothing does not exist/not reachable",
    ),
    (
        {"s3BucketRegion": "eu-west-1"},
        "BadRequestException",
        "Bucket is not in provided Region (eu-west-1)",
    ),
    ({"format": "xml"}, "InvalidParameterException", "Invalid format: xml"),
    ({"s3BucketRegion": "mars"}, "InvalidParameterException", "Invalid region: mars"),
    ({"mode": "LOAD"}, "InvalidParameterException", "Invalid mode: LOAD"),
    ({"parallelism": "MAX"}, "InvalidParameterException", "Invalid parallelism: MAX"),
    ({"source": "ftp://data/x"}, "InvalidParameterException", "Invalid source: ftp://data/x."),
    ({"source": ""}, "InvalidParameterException", "Invalid source: ."),
    ({"source": "data/x"}, "InvalidParameterException", "Invalid source: data/x."),
]


@pytest.mark.parametrize(("parameters", "name", "text"), START_ERRORS)
def test_start_errors(
    client: Any, neptune: Neptune, parameters: dict[str, str], name: str, text: str
) -> None:
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        start(client, **parameters)
    assert caught.value.response["Error"]["Message"].startswith(text)
    assert neptune.cluster().jobs == []


def test_region_of_the_bucket(client: Any) -> None:
    put(bucket="frankfurt", region="eu-central-1", v_csv=VERTICES)
    load_id = start(client, "s3://frankfurt/", s3BucketRegion="eu-central-1")
    assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_reader_endpoint(neptune: Neptune, s3: Any) -> None:
    reader = boto3.client(
        "neptunedata",
        endpoint_url="https://g.cluster-ro-abc.us-east-1.neptune.amazonaws.com:8182",
    )
    with pytest.raises(reader.exceptions.MethodNotAllowedException) as caught:
        start(reader)
    text = "Start new load operation not permitted on a read replica instance"
    assert caught.value.response["Error"]["Message"] == text
    assert reader.list_loader_jobs()["payload"]["loadIds"] == []


POLICY = """{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
 "Action": "%s", "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}]}"""


def test_bucket_policy_that_denies_listing(client: Any, s3: Any, neptune: Neptune) -> None:
    s3.put_bucket_policy(Bucket="data", Policy=POLICY % "s3:ListBucket")
    with pytest.raises(client.exceptions.S3Exception) as caught:
        start(client)
    text = "Unable to perform S3 list operation"
    assert caught.value.response["Error"]["Message"] == text
    assert neptune.jobs == []


def assert_feed_fault(client: Any, load_id: str, feed_status: str, overall: str, code: str) -> None:
    payload = finish(client, load_id, details=True, errors=True)
    assert payload["overallStatus"]["status"] == overall
    assert payload["feedCount"] == [{feed_status: 1}]
    assert payload["failedFeeds"][0]["status"] == feed_status
    (log,) = payload["errors"]["errorLogs"]
    assert (log["errorCode"], log["fileName"], log["recordNum"]) == (code, "s3://data/v.csv", 0)


ACCESS_DENIED = ("LOAD_S3_ACCESS_DENIED_ERROR", "LOAD_FAILED", "S3_ACCESS_DENIED_ERROR")
MODIFIED = (
    "LOAD_DATA_FAILED_DUE_TO_FEED_MODIFIED_OR_DELETED",
    "LOAD_FAILED",
    "FILE_MODIFICATION_OR_DELETION_ERROR",
)


def test_bucket_policy_that_denies_reading(client: Any, s3: Any) -> None:
    s3.put_bucket_policy(Bucket="data", Policy=POLICY % "s3:GetObject")
    assert_feed_fault(client, start(client), *ACCESS_DENIED)


@pytest.mark.parametrize("usable", [True, False])
def test_kms_key(client: Any, s3: Any, usable: bool) -> None:
    kms = boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    s3.put_object(
        Bucket="data",
        Key="v.csv",
        Body=VERTICES,
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
    )
    load_id = start(client)
    if usable:
        assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"
    else:
        kms.disable_key(KeyId=key)
        assert_feed_fault(client, load_id, *ACCESS_DENIED)


def test_archived_object(client: Any, s3: Any) -> None:
    s3.put_object(Bucket="data", Key="v.csv", Body=VERTICES, StorageClass="GLACIER")
    assert_feed_fault(client, start(client), *ACCESS_DENIED)


def test_object_deleted_after_the_start(client: Any, s3: Any) -> None:
    load_id = start(client)
    s3.delete_object(Bucket="data", Key="v.csv")
    assert_feed_fault(client, load_id, *MODIFIED)


def test_object_changed_after_the_start(client: Any, s3: Any) -> None:
    load_id = start(client)
    put(v_csv=b"~id\nother\n")
    assert_feed_fault(client, load_id, *MODIFIED)


def test_bucket_deleted_after_the_start(client: Any, s3: Any) -> None:
    load_id = start(client)
    s3.delete_object(Bucket="data", Key="v.csv")
    s3.delete_bucket(Bucket="data")
    assert_feed_fault(client, load_id, *MODIFIED)


def test_versions_and_delete_markers(client: Any, s3: Any, neptune: Neptune) -> None:
    s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    put(v_csv=b"~id\nnewest\n", w_csv=b"~id\ngone\n")
    s3.delete_object(Bucket="data", Key="w.csv")
    assert finish(client, start(client))["feedCount"] == [{"LOAD_COMPLETED": 1}]
    assert set(neptune.graph.vertex_ids) == {"newest"}


# ---------------------------------------------------------------------------- plain HTTP


def test_missing_parameters() -> None:
    with mock_neptunedata():
        answer = requests.post(URL, json={"source": "s3://data/", "format": "csv"})
        assert answer.status_code == 400
        body = answer.json()
        assert body["code"] == "MissingParameterException"
        assert body["message"] == "Missing required parameters: [region, iamRoleArn]"
        assert body["detailedMessage"] == body["message"]
        assert body["requestId"] == answer.headers["x-amzn-RequestId"]


def test_form_and_text_booleans(client: Any, neptune: Neptune) -> None:
    form = {
        "source": "s3://data/v.csv",
        "format": "csv",
        "region": "us-east-1",
        "iamRoleArn": ROLE,
        "failOnError": "FALSE",
        "queueRequest": "TRUE",
        "dependencies": '["nope"]',
    }
    answer = requests.post(URL, data=form)
    assert answer.json()["status"] == "200 OK", answer.text
    (job,) = neptune.jobs
    assert not job.request.fail_on_error
    assert job.request.queue_request
    assert job.request.dependencies == ("nope",)
    answer = requests.post(URL, json={**form, "dependencies": ["nope"]})
    assert neptune.jobs[1].request == job.request
    load_id = answer.json()["payload"]["loadId"]
    answer = requests.get(URL, params={"loadId": load_id, "details": "TRUE", "errors": "true"})
    assert set(answer.json()["payload"]) == {"feedCount", "overallStatus", "failedFeeds", "errors"}
    assert requests.get(URL).json()["payload"]["loadIds"][0] == load_id
    assert requests.get(f"{URL}/").json()["code"] == "MissingParameterException"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "BadRequestException"),
        (b"[]", "BadRequestException"),
        (b"\xff\xfe", "BadRequestException"),
        (b"", "MissingParameterException"),
        (b'{"source": 5, "format": "csv", "region": "us-east-1", "iamRoleArn": "r"}', None),
        (b'{"source": "s", "format": [], "region": "us-east-1", "iamRoleArn": "r"}', None),
    ],
)
def test_bad_bodies(neptune: Neptune, body: bytes, code: str | None) -> None:
    answer = requests.post(URL, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == code or "InvalidParameterException"
    assert neptune.clusters() == []
