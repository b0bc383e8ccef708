"""CancelLoaderJob, by every state a job can be in and every way to ask."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from moto_neptunedata import Neptune, errors, service_model
from moto_neptunedata.neptunedata.responses import NeptuneDataResponse
from tests.support.helpers import EDGES, VERTICES, finish, put, start, status

TEXT = "The load with id = {} does not exist or not active"
ENDPOINT = "https://graph.cluster-abc.us-east-1.neptune.amazonaws.com:8182"


@pytest.fixture(autouse=True)
def _data(s3: Any) -> None:
    put(v_csv=VERTICES)


def assert_not_found(client: Any, load_id: str) -> None:
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException) as caught:
        client.cancel_loader_job(loadId=load_id)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert response["Error"] == {
        "Code": "BulkLoadIdNotFoundException",
        "Message": TEXT.format(load_id),
    }
    assert response["code"] == "BulkLoadIdNotFoundException"
    assert response["detailedMessage"] == TEXT.format(load_id)
    assert response["requestId"] == response["ResponseMetadata"]["RequestId"]


def test_not_started(client: Any) -> None:
    load_id = start(client)
    answer = client.cancel_loader_job(loadId=load_id)
    assert answer["status"] == "200 OK"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    payload = client.get_loader_job_status(loadId=load_id, details=True)["payload"]
    assert payload["overallStatus"]["status"] == "LOAD_CANCELLED_BY_USER"
    assert payload["overallStatus"]["startTime"] == 0
    assert payload["feedCount"] == [{"LOAD_CANCELLED_BY_USER": 1}]
    assert payload["failedFeeds"] == []


def test_running(client: Any, neptune: Neptune) -> None:
    load_id = start(client)
    assert status(client, load_id) == "LOAD_IN_PROGRESS"
    client.cancel_loader_job(loadId=load_id)
    payload = client.get_loader_job_status(loadId=load_id)["payload"]
    assert payload["overallStatus"]["status"] == "LOAD_CANCELLED_BY_USER"
    assert payload["overallStatus"]["startTime"] > 0
    assert neptune.graph.vertex_count == 0, "a cancelled load has loaded nothing"


def test_queued_leaves_the_others_alone(client: Any) -> None:
    running = start(client)
    first = start(client, queueRequest=True)
    second = start(client, queueRequest=True)
    client.cancel_loader_job(loadId=first)
    assert status(client, first) == "LOAD_CANCELLED_BY_USER"
    assert client.list_loader_jobs()["payload"]["loadIds"] == [second, first, running]
    assert finish(client, running)["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert finish(client, second)["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_running_lets_the_next_one_start(client: Any) -> None:
    running = start(client)
    queued = start(client, queueRequest=True)
    client.cancel_loader_job(loadId=running)
    assert status(client, queued) == "LOAD_IN_PROGRESS"


def test_loaded_data_stays(client: Any, neptune: Neptune) -> None:
    finish(client, start(client))
    put(e_csv=EDGES)
    load_id = start(client)
    client.cancel_loader_job(loadId=load_id)
    assert (neptune.graph.vertex_count, neptune.graph.edge_count) == (2, 0)
    payload = client.get_loader_job_status(loadId=load_id)["payload"]
    assert payload["feedCount"] == [{"LOAD_COMPLETED": 1}, {"LOAD_CANCELLED_BY_USER": 1}]


def test_completed(client: Any) -> None:
    load_id = start(client)
    finish(client, load_id)
    assert_not_found(client, load_id)
    assert status(client, load_id) == "LOAD_COMPLETED"


def test_failed(client: Any) -> None:
    put(bucket="bad", x_csv=b"~id,age:Int\nv1,old\n")
    load_id = start(client, "s3://bad/")
    assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_FAILED"
    assert_not_found(client, load_id)
    assert status(client, load_id) == "LOAD_FAILED"


def test_twice(client: Any) -> None:
    load_id = start(client)
    client.cancel_loader_job(loadId=load_id)
    assert_not_found(client, load_id)
    assert status(client, load_id) == "LOAD_CANCELLED_BY_USER"


@pytest.mark.parametrize(
    "load_id",
    [
        "0a237328-afd5-4574-a0bc-c29ce5f54802",
        "nonsense",
        "a b/c?d=e&f#g%h",
        "ünï",
        "..",
        "{loadId}",
        "x" * 2000,
    ],
)
def test_unknown(client: Any, load_id: str) -> None:
    assert_not_found(client, load_id)


def test_empty_id(client: Any) -> None:
    start(client)
    with pytest.raises(client.exceptions.MissingParameterException) as caught:
        client.cancel_loader_job(loadId="")
    assert caught.value.response["Error"]["Message"] == "Missing required parameters: [loadId]"


@pytest.mark.parametrize(
    "other",
    [
        {"region_name": "eu-west-1"},
        {"endpoint_url": ENDPOINT},
        {"aws_access_key_id": "other"},
    ],
    ids=["region", "cluster", "account"],
)
def test_from_elsewhere(client: Any, other: dict[str, str]) -> None:
    load_id = start(client)
    if "aws_access_key_id" in other:
        sts = boto3.client("sts")
        role = sts.assume_role(
            RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="other"
        )["Credentials"]
        other = {
            "aws_access_key_id": role["AccessKeyId"],
            "aws_secret_access_key": role["SecretAccessKey"],
            "aws_session_token": role["SessionToken"],
        }
    assert_not_found(boto3.client("neptunedata", **other), load_id)  # type: ignore[call-overload]
    assert status(client, load_id) == "LOAD_IN_PROGRESS"


def test_by_query_parameter(client: Any) -> None:
    load_id = start(client)
    url = "https://neptune-db.us-east-1.amazonaws.com:8182/loader"
    answer = requests.delete(url, params={"loadId": load_id})
    assert (answer.status_code, answer.json()) == (200, {"status": "200 OK"})
    answer = requests.delete(url, params={"loadId": load_id})
    assert answer.status_code == 404
    assert answer.json()["code"] == "BulkLoadIdNotFoundException"
    assert answer.headers["x-amzn-ErrorType"] == "BulkLoadIdNotFoundException"
    assert requests.delete(url).json()["code"] == "MissingParameterException"


def test_dependents_fail(client: Any) -> None:
    running = start(client)
    child = start(client, queueRequest=True, dependencies=[running])
    grandchild = start(client, queueRequest=True, dependencies=[child])
    stranger = start(client, queueRequest=True)
    client.cancel_loader_job(loadId=running)
    for dependent in (child, grandchild):
        assert status(client, dependent) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"
    assert status(client, stranger) == "LOAD_IN_PROGRESS"


def test_a_queued_jobs_dependents_fail(client: Any) -> None:
    running = start(client)
    queued = start(client, queueRequest=True)
    child = start(client, queueRequest=True, dependencies=[queued])
    client.cancel_loader_job(loadId=queued)
    assert status(client, child) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"
    assert finish(client, running)["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_a_failing_cancel_changes_nothing_in_three_attempts(neptune: Neptune) -> None:
    config = Config(retries={"total_max_attempts": 3, "mode": "standard"})
    client = boto3.client("neptunedata", config=config)
    running = start(client)
    queued = start(client, queueRequest=True)
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException) as caught:
        client.cancel_loader_job(loadId="unknown")
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert client.list_loader_jobs()["payload"]["loadIds"] == [queued, running]
    assert [job.status for job in neptune.jobs] == ["LOAD_NOT_STARTED", "LOAD_IN_QUEUE"]


def test_on_a_reader(client: Any) -> None:
    reader = boto3.client("neptunedata", endpoint_url=ENDPOINT.replace("cluster-", "cluster-ro-"))
    load_id = start(boto3.client("neptunedata", endpoint_url=ENDPOINT))
    with pytest.raises(client.exceptions.MethodNotAllowedException) as caught:
        reader.cancel_loader_job(loadId=load_id)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 405
    text = "Load cancellation is not permitted on a read replica instance."
    assert caught.value.response["Error"]["Message"] == text
    assert status(reader, load_id) == "LOAD_IN_PROGRESS"


MODELED = [
    shape.name
    for shape in service_model.botocore_model().operation_model("CancelLoaderJob").error_shapes
]


def test_the_model_lists_thirteen_exceptions() -> None:
    assert len(MODELED) == 13


@pytest.mark.parametrize("name", MODELED)
def test_modeled_exceptions_arrive_typed(
    client: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: NeptuneDataResponse) -> Any:
        raise errors.NeptuneError(name, "provoked")

    load_id = start(client)
    monkeypatch.setattr(NeptuneDataResponse, "cancel_loader_job", refuse)
    monkeypatch.setattr(
        "moto_neptunedata.neptunedata.responses._methods", lambda: {"CancelLoaderJob": refuse}
    )
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        client.cancel_loader_job(loadId=load_id)
    response = caught.value.response
    assert (response["Error"]["Code"], response["Error"]["Message"]) == (name, "provoked")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == service_model.error_statuses()[name]
    assert response["detailedMessage"] == "provoked"
