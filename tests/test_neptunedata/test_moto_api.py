"""moto's own tools: reset, data.json, seed, recorder, state manager, accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto.moto_api import recorder, state_manager

from moto_neptunedata import Neptune, mock_neptunedata
from tests.support.helpers import VERTICES, finish, put, start, status
from tests.support.signers import ALLOW_ALL, user

API = "http://motoapi.amazonaws.com/moto-api"
CLUSTER = "https://graph.cluster-abc.us-east-1.neptune.amazonaws.com:8182"


@pytest.fixture(autouse=True)
def _data(s3: Any) -> None:
    put(v_csv=VERTICES)


def test_reset(client: Any, neptune: Neptune) -> None:
    finish(client, start(client))
    requests.post(f"{API}/reset")
    assert client.list_loader_jobs()["payload"]["loadIds"] == []
    assert neptune.graph.vertex_count == 0


def test_data_json(client: Any) -> None:
    load_id = start(client)
    queued = start(client, queueRequest=True)
    models = requests.get(f"{API}/data.json").json()["neptunedata"]
    assert [job["load_id"] for job in models["LoaderJob"]] == [load_id, queued]
    job = models["LoaderJob"][0]
    assert (job["source"], job["cluster"], job["region"]) == ("s3://data/", "default", "us-east-1")
    assert job["overall_status"]["status"] == "LOAD_NOT_STARTED", "looking moves nothing"
    assert status(client, load_id) == "LOAD_IN_PROGRESS"


def test_seed(client: Any) -> None:
    found = []
    for _ in range(2):
        requests.post(f"{API}/seed?a=42")
        load_id = start(client, queueRequest=True)
        found.append((load_id, client.list_loader_jobs()["ResponseMetadata"]["RequestId"]))
    assert found[0] == found[1]


@pytest.mark.parametrize("endpoint", [None, CLUSTER, "https://test:8182"])
def test_recorder(
    endpoint: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, neptune: Neptune
) -> None:
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    client = boto3.client("neptunedata", endpoint_url=endpoint)
    requests.post(f"{API}/seed?a=7")
    recorder.start_recording()
    try:
        load_id = start(client)
        finish(client, load_id)
        client.list_loader_jobs()
    finally:
        recorder.stop_recording()
    before = [(cluster.name, cluster.graph.vertex_count) for cluster in neptune.clusters()]
    requests.post(f"{API}/reset")
    put(v_csv=VERTICES)  # an older moto cannot record it
    requests.post(f"{API}/seed?a=7")
    recorder.replay_recording()
    assert [(c.name, c.graph.vertex_count) for c in neptune.clusters()] == before
    assert status(client, load_id) == "LOAD_COMPLETED"
    lines = (tmp_path / "recording").read_text().splitlines()
    assert sum("/loader" in json.loads(line)["url"] for line in lines) == 4


def test_state_manager_over_http(client: Any) -> None:
    start(client)  # which registers the model
    assert "neptunedata::loaderjob" in state_manager.get_registered_models()
    body = {
        "model_name": "neptunedata::loaderjob",
        "transition": {"progression": "manual", "times": 2},
    }
    requests.post(f"{API}/state-manager/set-transition", json=body)
    try:
        load_id = client.list_loader_jobs()["payload"]["loadIds"][0]
        assert [status(client, load_id) for _ in range(3)] == [
            "LOAD_NOT_STARTED",
            "LOAD_IN_PROGRESS",
            "LOAD_IN_PROGRESS",
        ]
        found = requests.get(
            f"{API}/state-manager/get-transition?model_name=neptunedata::loaderjob"
        )
        assert found.json() == body["transition"]
    finally:
        requests.post(
            f"{API}/state-manager/unset-transition",
            json={"model_name": "neptunedata::loaderjob"},
        )
    assert state_manager.get_transition("neptunedata::loaderjob") == {
        "progression": "manual",
        "times": 1,
    }


def assume_role(account: str) -> dict[str, str]:
    """Credentials of another account, as client arguments."""
    role = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/other", RoleSessionName="other"
    )["Credentials"]
    return {
        "aws_access_key_id": role["AccessKeyId"],
        "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }


def test_a_second_account(client: Any, neptune: Neptune) -> None:
    load_id = start(client)
    other: Any = boto3.client("neptunedata", **assume_role("111111111111"))  # type: ignore[call-overload]
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
        status(other, load_id)
    other_id = start(other)  # buckets are everybody's
    assert other.list_loader_jobs()["payload"]["loadIds"] == [other_id]
    assert {cluster.account_id for cluster in neptune.clusters()} == {
        "123456789012",
        "111111111111",
    }
    assert neptune.cluster(account="111111111111").jobs[0].id == other_id


def test_another_accounts_bucket_when_moto_keeps_accounts_apart(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    other: Any = boto3.client("neptunedata", **assume_role("111111111111"))  # type: ignore[call-overload]
    with pytest.raises(client.exceptions.S3Exception, match="Unable to perform S3 list operation"):
        start(other)


def test_account_by_environment_and_header(
    client: Any, neptune: Neptune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "222222222222")
    client.list_loader_jobs()
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    url = "https://neptune-db.us-east-1.amazonaws.com/loader"
    requests.get(url, headers={"x-moto-account-id": "333333333333"})
    assert {c.account_id for c in neptune.clusters()} == {"222222222222", "333333333333"}


def test_access_keys_are_marked_as_used() -> None:
    with mock_neptunedata():
        credentials: Any = user(ALLOW_ALL)
        boto3.client("neptunedata", **credentials).list_loader_jobs()
        used = boto3.client("iam").get_access_key_last_used(
            AccessKeyId=credentials["aws_access_key_id"]
        )
        assert used["AccessKeyLastUsed"]["ServiceName"] == "neptunedata"
