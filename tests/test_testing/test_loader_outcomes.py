"""Loads whose end is written beforehand."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto.moto_api import state_manager

from moto_neptunedata import Neptune
from moto_neptunedata.loader import statuses
from tests.support.helpers import EDGES, VERTICES, finish, put, start, status

ENDED = [each for each in statuses.LIFE_CYCLE if each not in statuses.ACTIVE]
ALL = {"details": True, "errors": True}


@pytest.fixture
def source(neptune: Neptune) -> str:
    """Where there is a file of vertices and one of edges."""
    put(g__v_csv=VERTICES, g__e_csv=EDGES)
    return "s3://data/g/"


def feeds(payload: dict[str, Any]) -> dict[str, int]:
    """``feedCount`` as a mapping."""
    return {name: count for each in payload["feedCount"] for name, count in each.items()}


@pytest.mark.parametrize("wanted", ENDED)
@pytest.mark.parametrize("fail_on_error", [True, False])
def test_every_status_in_which_a_load_ends(
    neptune: Neptune, client: Any, source: str, wanted: str, fail_on_error: bool
) -> None:
    neptune.next_load(status=wanted)
    payload = finish(client, start(client, source, failOnError=fail_on_error), **ALL)
    assert payload["overallStatus"]["status"] == wanted
    assert sum(feeds(payload).values()) == 2
    loads = wanted in ("LOAD_COMPLETED", "LOAD_COMMITTED_W_WRITE_CONFLICTS")
    assert neptune.graph.edge_count == (1 if loads else 0)
    assert bool(payload["failedFeeds"]) == (
        wanted not in ("LOAD_COMPLETED", "LOAD_CANCELLED_BY_USER")
        and feeds(payload) != {"LOAD_NOT_STARTED": 2}
    )
    assert neptune.provoked == []
    again = finish(client, start(client, source, mode="NEW"))
    assert again["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_feeds_have_the_status_of_failure(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(source, status="LOAD_S3_ACCESS_DENIED_ERROR", message="no way in")
    payload = finish(client, start(client, source), **ALL)
    assert feeds(payload) == {"LOAD_S3_ACCESS_DENIED_ERROR": 2}
    assert {log["errorCode"] for log in payload["errors"]["errorLogs"]} == {
        "S3_ACCESS_DENIED_ERROR"
    }
    assert {log["errorMessage"] for log in payload["errors"]["errorLogs"]} == {"no way in"}


@pytest.mark.parametrize("stuck", ["LOAD_IN_QUEUE", "LOAD_NOT_STARTED", "LOAD_IN_PROGRESS"])
@pytest.mark.parametrize("progression", ["manual", "immediate"])
def test_a_load_that_never_ends(
    neptune: Neptune, client: Any, source: str, stuck: str, progression: str
) -> None:
    state_manager.set_transition("neptunedata::loaderjob", {"progression": progression, "times": 1})
    try:
        neptune.next_load(status=stuck)
        load_id = start(client, source)
        waiting = start(client, source, queueRequest=True)
        assert [status(client, load_id) for _ in range(5)][1:] == [stuck] * 4
        assert status(client, waiting) == "LOAD_IN_QUEUE"
        client.cancel_loader_job(loadId=load_id)
        assert status(client, load_id) == "LOAD_CANCELLED_BY_USER"
        assert finish(client, waiting)["overallStatus"]["status"] == "LOAD_COMPLETED"
    finally:
        state_manager.unset_transition("neptunedata::loaderjob")


def test_a_queued_load_that_never_leaves_the_queue(
    neptune: Neptune, client: Any, source: str
) -> None:
    first = start(client, source)
    neptune.next_load(status="LOAD_IN_QUEUE")
    second = start(client, source, queueRequest=True)
    finish(client, first)
    assert [status(client, second) for _ in range(3)] == ["LOAD_IN_QUEUE"] * 3
    client.cancel_loader_job(loadId=second)


def test_failed_feeds(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(source, failed_feeds=["e.csv"])
    payload = finish(client, start(client, source), **ALL)
    assert payload["overallStatus"]["status"] == "LOAD_FAILED"
    (failed,) = payload["failedFeeds"]
    assert (failed["fullUri"], failed["status"]) == ("s3://data/g/e.csv", "LOAD_FAILED")
    assert (neptune.graph.vertex_count, neptune.graph.edge_count) == (2, 0)


def test_the_first_failed_feed_ends_the_load(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(failed_feeds="s3://data/g/v.csv")
    payload = finish(client, start(client, source), **ALL)
    assert payload["overallStatus"]["status"] == "LOAD_CANCELLED_DUE_TO_ERRORS"
    assert feeds(payload) == {"LOAD_NOT_STARTED": 1, "LOAD_FAILED": 1}


def test_feeds_that_fail_differently(neptune: Neptune, client: Any, source: str) -> None:
    told = {"v.csv": "LOAD_UNEXPECTED_ERROR", "*e.csv": "LOAD_S3_READ_ERROR"}
    neptune.next_load(failed_feeds=told)
    payload = finish(client, start(client, source, failOnError=False), **ALL)
    assert {f["fullUri"][-5:]: f["status"] for f in payload["failedFeeds"]} == {
        "v.csv": "LOAD_UNEXPECTED_ERROR",
        "e.csv": "LOAD_S3_READ_ERROR",
    }
    assert payload["overallStatus"]["status"] == "LOAD_FAILED"


def test_fails_first_and_succeeds_on_resume(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(source, failed_feeds=["e.csv"], insert_errors=1, message="a deadlock")
    first = finish(client, start(client, source), **ALL)
    assert first["overallStatus"]["status"] == "LOAD_FAILED"
    assert first["overallStatus"]["insertErrors"] == 1
    second = finish(client, start(client, source, mode="RESUME"), **ALL)
    assert second["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert (neptune.graph.vertex_count, neptune.graph.edge_count) == (2, 1)


def test_errors_in_records(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(
        source,
        status="LOAD_COMPLETED",
        insert_errors=3,
        parsing_errors=2,
        datatype_mismatch_errors=1,
        duplicates=4,
        records=1_000,
        message="said so",
    )
    payload = finish(client, start(client, source), errorsPerPage=100, **ALL)
    overall = payload["overallStatus"]
    assert overall["status"] == "LOAD_COMPLETED"
    assert (overall["insertErrors"], overall["parsingErrors"]) == (3, 2)
    assert (overall["datatypeMismatchErrors"], overall["totalDuplicates"]) == (1, 4)
    assert overall["totalRecords"] == 1_000 + 2, "and those of the edges"
    logs = payload["errors"]["errorLogs"]
    assert [log["errorCode"] for log in logs].count("FROM_OR_TO_VERTEX_ARE_MISSING") == 3
    assert {log["errorMessage"] for log in logs} == {"said so"}
    assert neptune.graph.edge_count == 1, "the data is loaded"


def test_errors_without_a_status(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(source, insert_errors=12_000, records=20_000)
    payload = finish(client, start(client, source, failOnError=False), **ALL)
    assert payload["overallStatus"]["status"] == "LOAD_FAILED"
    assert payload["overallStatus"]["insertErrors"] == 12_000
    assert payload["errors"]["endIndex"] == 10


def test_only_loads_that_are_meant(neptune: Neptune, client: Any, source: str) -> None:
    outcome = neptune.next_load("s3://other/*", status="LOAD_FAILED", times=2)
    elsewhere = boto3.client("neptunedata", endpoint_url="https://other:8182")
    neptune.cluster(elsewhere).next_load(status="LOAD_DATA_DEADLOCK")
    assert finish(client, start(client, source))["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert outcome.hits == 0
    ended = finish(elsewhere, start(elsewhere, source))
    assert ended["overallStatus"]["status"] == "LOAD_DATA_DEADLOCK"
    put("other", x__v_csv=VERTICES)
    for _ in range(2):
        ended = finish(client, start(client, "s3://other/x/", mode="NEW"))
        assert ended["overallStatus"]["status"] == "LOAD_FAILED"
    ended = finish(client, start(client, "s3://other/x/", mode="NEW"))
    assert ended["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_a_refused_load_uses_nothing_up(neptune: Neptune, client: Any, source: str) -> None:
    outcome = neptune.next_load(status="LOAD_FAILED")
    with pytest.raises(client.exceptions.BadRequestException):
        start(client, "s3://nowhere/")
    assert outcome.hits == 0
    assert repr(outcome) == "<LoadOutcome LOAD_FAILED for any source; 1 left>"


def test_feeds_that_are_not_there(neptune: Neptune, client: Any, source: str) -> None:
    neptune.next_load(failed_feeds=["x.csv"])
    with pytest.raises(LookupError, match=r"No feed of this load is called 'x.csv':\n  s3://data/"):
        start(client, source)
    assert neptune.jobs == []
    neptune.clear_provoked()
    start(client, source)


def test_dependents_of_a_load_that_is_told_to_fail(
    neptune: Neptune, client: Any, source: str
) -> None:
    neptune.next_load(status="LOAD_FAILED")
    first = start(client, source)
    second = start(client, source, queueRequest=True, dependencies=[first])
    finish(client, first)
    assert status(client, second) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"status": "LOAD_FAIL"}, "no load status 'LOAD_FAIL'.*LOAD_FAILED"),
        ({"failed_feeds": {"a": "LOAD_IN_QUEUE"}}, "no status of a failed feed 'LOAD_IN_QUEUE'"),
        ({"failed_feeds": {"a": "LOAD_COMPLETED"}}, "no status of a failed feed"),
        ({"times": 0}, "times must be"),
        ({"insert_errors": -1}, "insert_errors must be a whole number of 0 or more, not -1"),
        ({"records": 1.5}, "records must be"),
        ({"records": 1, "insert_errors": 2}, "2 errors are more than there are records, 1"),
    ],
)
def test_mistakes(neptune: Neptune, options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        neptune.next_load(**options)


def test_telling_and_clearing(neptune: Neptune) -> None:
    neptune.next_load("s3://x/", failed_feeds=["a"], insert_errors=2)
    one = neptune.cluster("one")
    one.next_load(status="LOAD_FAILED")
    assert repr(neptune).splitlines()[2:] == [
        "  <LoadOutcome its own status, a LOAD_FAILED, 2 insert_errors for s3://x/; 1 left>",
        "  <LoadOutcome LOAD_FAILED for any source on one in us-east-1; 1 left>>",
    ]
    with pytest.raises(AssertionError, match="Never used"):
        neptune.assert_all_used()
    one.clear_provoked()
    assert len(neptune.provoked) == 1
    neptune.reset()
    neptune.assert_all_used()
