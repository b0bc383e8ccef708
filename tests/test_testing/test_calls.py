"""The calls that were made, and assertions on them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.testing.calls import Call, CallLog, Calls
from moto_neptunedata.testing.scope import ClusterKey
from tests.support.helpers import VERTICES, put, start

KEY = ClusterKey("1", "us-east-1", "default")


def made(operation: str, **parameters: Any) -> Call:
    """A call that went well."""
    return Call(operation, parameters, "ok", "", 200, KEY, 0.0, 0.0)


def test_what_a_call_tells(neptune: Neptune, client: Any) -> None:
    put(v_csv=VERTICES)
    load_id = start(client)
    client.get_loader_job_status(loadId=load_id, details=True)
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
        client.cancel_loader_job(loadId="nope")
    one, two, three = neptune.calls
    assert (one.operation, one.outcome, one.status, one.failed) == (
        "StartLoaderJob",
        "ok",
        200,
        False,
    )
    assert one.parameters["source"] == "s3://data/"
    assert (one.cluster.name, one.cluster.region, one.attempts) == ("default", "us-east-1", 1)
    assert one.time <= two.time <= three.time
    assert one.duration > 0
    assert two.parameters == {"loadId": load_id, "details": True}
    assert (three.outcome, three.status, three.failed) == ("BulkLoadIdNotFoundException", 404, True)
    assert three.message == "The load with id = nope does not exist or not active"
    assert neptune.calls.failed[0] == three == neptune.calls.last
    assert neptune.cluster(client).calls[:1].last is one
    assert str(three) == (
        "CancelLoaderJob(loadId='nope') on default in us-east-1 -> "
        "BulkLoadIdNotFoundException: The load with id = nope does not exist or not active"
    )
    assert repr(neptune.calls[1:2]).startswith("<Calls: 1>\n  GetLoaderJobStatus(loadId=")


def test_calls_of_an_operation(neptune: Neptune, client: Any) -> None:
    client.list_loader_jobs(limit=3)
    client.list_loader_jobs()
    client.get_engine_status()
    assert len(neptune.calls.of("ListLoaderJobs")) == 2
    assert len(neptune.calls.of("list_loader_jobs", limit=3)) == 1
    assert len(neptune.calls.of("ListLoaderJobs", "GetEngineStatus")) == 3
    assert len(neptune.calls.of(limit=3)) == 1
    with pytest.raises(ValueError, match="Did you mean ListLoaderJobs"):
        neptune.calls.of("ListLoaderJob")


def test_requests_that_mean_nothing(neptune: Neptune) -> None:
    url = "https://neptune-db.us-east-1.amazonaws.com"
    requests.get(f"{url}/nowhere")
    requests.post(f"{url}/loader", json={"source": 5})
    requests.get(f"{url}/loader?limit=x")
    told = [(call.operation, call.outcome) for call in neptune.calls]
    assert told == [
        ("GET /nowhere", "ResourceNotFoundException"),
        ("StartLoaderJob", "MissingParameterException"),
        ("ListLoaderJobs", "InvalidParameterException"),
    ]


def test_clusters_apart(neptune: Neptune, client: Any) -> None:
    boto3.client("neptunedata", endpoint_url="https://other:8182").get_engine_status()
    client.get_engine_status()
    assert [call.cluster.name for call in neptune.calls] == ["other", "default"]
    assert len(neptune.cluster("other").calls) == 1


def test_assert_made(neptune: Neptune, client: Any) -> None:
    client.list_loader_jobs(limit=3)
    assert len(neptune.calls.assert_made("ListLoaderJobs", limit=3)) == 1
    neptune.calls.assert_made("list_loader_jobs", times=1)
    neptune.calls.assert_made("GetEngineStatus", times=0)
    with pytest.raises(AssertionError) as told:
        neptune.calls.assert_made("ListLoaderJobs", limit=4)
    assert str(told.value) == (
        "Expected at least one call of ListLoaderJobs(limit=4), but there were 0. "
        "The calls of ListLoaderJobs were:\n"
        "  ListLoaderJobs(limit=3) on default in us-east-1 -> ok"
    )
    with pytest.raises(AssertionError, match=r"Expected 2 calls of ListLoaderJobs.*were 1"):
        neptune.calls.assert_made("ListLoaderJobs", times=2)
    with pytest.raises(AssertionError, match="The calls were:\n  ListLoaderJobs"):
        neptune.calls.assert_made("GetEngineStatus")


def test_assert_not_made(neptune: Neptune, client: Any) -> None:
    client.list_loader_jobs(limit=3)
    neptune.calls.assert_not_made("ListLoaderJobs", limit=4)
    with pytest.raises(AssertionError, match=r"no call of ListLoaderJobs\(\), but found:\n  List"):
        neptune.calls.assert_not_made("ListLoaderJobs")


def test_no_call_at_all(neptune: Neptune) -> None:
    assert not neptune.calls
    assert repr(neptune.calls) == "<Calls: 0>\n  none"
    with pytest.raises(AssertionError, match="No call was made"):
        neptune.calls.last  # noqa: B018


def test_the_newest_are_kept() -> None:
    log = CallLog(size=3)
    for number in range(5):
        log.add(made("A", n=number))
    assert [call.parameters["n"] for call in log.calls()] == [2, 3, 4]
    log.add(Call("A", {}, "X", "", 500, KEY, 0.0, 0.0, invocation_id="gone"), is_first=False)
    assert log.calls().last.outcome == "X", "its first attempt is no longer known"
    log.clear()
    assert len(log.calls()) == 0


def test_long_reports_are_cut() -> None:
    calls = Calls(made("A", text="x" * 500) for _ in range(100))
    lines = calls.report().splitlines()
    assert len(lines) == 31
    assert lines[0] == "  … 70 earlier calls"
    assert all(len(line) < 200 for line in lines)
    assert str(Call("A", {}, "ok", "", 200, KEY, 0, 0, 2.0, 3)).endswith("ok (3 attempts, 2 s)")


def test_the_calls_of_ended_mocks_are_forgotten() -> None:
    with mock_neptunedata() as neptune:
        boto3.client("neptunedata").get_engine_status()
        assert len(neptune.calls) == 1
    with mock_neptunedata() as neptune:
        assert len(neptune.calls) == 0


def test_accounts(neptune: Neptune, client: Any) -> None:
    url = "https://neptune-db.us-east-1.amazonaws.com/status"
    requests.get(url, headers={"x-moto-account-id": "111111111111"})
    assert neptune.calls.last.cluster.account_id == "111111111111"
    with pytest.raises(ClientError):
        client.get_gremlin_query_status(queryId="x")
    assert len(neptune.calls.failed) == 1
