"""Both functions with the events that AWS sends them, against the mocked S3 and Neptune."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import load_on_upload
import pytest
from load_on_upload import LoadFailed, TryAgain

from moto_neptunedata import Neptune, mock_neptunedata

ENDPOINT = "https://people.cluster-abc.eu-west-1.neptune.amazonaws.com:8182"


@pytest.fixture
def neptune(monkeypatch: pytest.MonkeyPatch) -> Iterator[Neptune]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("NEPTUNE_ENDPOINT", ENDPOINT)
    monkeypatch.setenv("LOAD_ROLE_ARN", "arn:aws:iam::123456789012:role/NeptuneLoadFromS3")
    with mock_neptunedata() as handle:
        yield handle


def uploaded(key: str, body: bytes) -> dict[str, Any]:
    """Put an object; gives the event that S3 sends for it."""
    s3 = boto3.client("s3")
    where: Any = {"LocationConstraint": "eu-west-1"}
    if not s3.list_buckets()["Buckets"]:
        s3.create_bucket(Bucket="uploads", CreateBucketConfiguration=where)
    s3.put_object(Bucket="uploads", Key=key, Body=body)
    about = {"bucket": {"name": "uploads"}, "object": {"key": key.replace(" ", "+")}}
    return {"Records": [{"eventSource": "aws:s3", "awsRegion": "eu-west-1", "s3": about}]}


def polled(load_id: str, times: int = 10) -> dict[str, Any]:
    """Invoke ``poll`` as the one who waits does: again for as long as it says so."""
    for _ in range(times):
        try:
            return load_on_upload.poll({"loadId": load_id})
        except TryAgain:
            continue
    raise AssertionError(f"{load_id} never ends")


def test_an_upload_is_loaded(neptune: Neptune) -> None:
    event = uploaded("new people.csv", b"~id,~label,name\nann,person,Ann\n")
    (load_id,) = load_on_upload.on_upload(event)["loadIds"]
    with pytest.raises(TryAgain, match="LOAD_IN_PROGRESS"):
        load_on_upload.poll({"loadId": load_id})
    assert polled(load_id) == {"loadId": load_id, "records": 2}
    ann = neptune.cluster(ENDPOINT).graph.vertex("ann")
    assert ann is not None
    assert ann.properties == {"name": "Ann"}


def test_a_second_upload_waits_in_the_queue(neptune: Neptune) -> None:
    loads = [
        load_on_upload.on_upload(uploaded(f"{name}.csv", f"~id\n{name}\n".encode()))["loadIds"][0]
        for name in ("ann", "bob")
    ]
    with pytest.raises(TryAgain, match="LOAD_IN_QUEUE"):
        load_on_upload.poll({"loadId": loads[1]})
    for load_id in loads:
        polled(load_id)
    assert neptune.graph.vertex_count == 2


def test_other_files_are_left_alone(neptune: Neptune) -> None:
    assert load_on_upload.on_upload(uploaded("notes.txt", b"-")) == {"loadIds": []}
    neptune.calls.assert_not_made("StartLoaderJob")


def test_throttled_start_is_tried_again(neptune: Neptune) -> None:
    event = uploaded("people.csv", b"~id\nann\n")
    neptune.fail_next("StartLoaderJob", "ThrottlingException", times=2)
    for _ in range(2):
        with pytest.raises(TryAgain, match="ThrottlingException"):
            load_on_upload.on_upload(event)
    assert neptune.jobs == []  # a call that fails does nothing
    (load_id,) = load_on_upload.on_upload(event)["loadIds"]
    polled(load_id)
    assert [call.outcome for call in neptune.calls.of("StartLoaderJob")] == [
        "ThrottlingException",
        "ThrottlingException",
        "ok",
    ]
    neptune.assert_all_used()


def test_throttled_poll_is_tried_again(neptune: Neptune) -> None:
    (load_id,) = load_on_upload.on_upload(uploaded("people.csv", b"~id\nann\n"))["loadIds"]
    neptune.fail_next("GetLoaderJobStatus", "TooManyRequestsException")
    with pytest.raises(TryAgain, match="TooManyRequestsException"):
        load_on_upload.poll({"loadId": load_id})
    assert polled(load_id)["records"] == 1


def test_a_failed_load_tells_why(neptune: Neptune) -> None:
    event = uploaded("people.csv", b"~id,~label,age:Int\nann,person,old\nbob,person,40\n")
    (load_id,) = load_on_upload.on_upload(event)["loadIds"]
    with pytest.raises(LoadFailed, match="LOAD_FAILED") as failed:
        polled(load_id)
    assert "s3://uploads/people.csv" in str(failed.value)
    assert "PARSING_ERROR" in str(failed.value)
    assert neptune.graph.vertex("bob") is not None  # failOnError=False: the rest is loaded


def test_a_failure_that_data_cannot_bring_about(neptune: Neptune) -> None:
    event = uploaded("people.csv", b"~id\nann\n")
    neptune.next_load(status="LOAD_S3_READ_ERROR", insert_errors=1, message="Access denied")
    (load_id,) = load_on_upload.on_upload(event)["loadIds"]
    with pytest.raises(LoadFailed, match="LOAD_S3_READ_ERROR") as failed:
        polled(load_id)
    assert "Access denied" in str(failed.value)


@pytest.mark.parametrize("function", [load_on_upload.on_upload, load_on_upload.poll])
def test_other_errors_are_not_retried(neptune: Neptune, function: Any) -> None:
    event = {**uploaded("people.csv", b"~id\nann\n"), "loadId": "unknown"}
    neptune.fail_always(None, "AccessDeniedException")
    with pytest.raises(Exception, match="AccessDenied") as failed:
        function(event)
    assert not isinstance(failed.value, TryAgain)
