"""moto's own tools: reset, data.json, seed, recorder, state manager, accounts, IAM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto.core import set_initial_no_auth_action_count
from moto.moto_api import recorder, state_manager

from moto_neptunedata import Neptune, mock_neptunedata
from tests.helpers import VERTICES, finish, put, start, status

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


# ---------------------------------------------------------------------------- IAM


def user(*actions: str, effect: str = "Allow") -> dict[str, str]:
    """A user with a policy; gives the credentials as client arguments."""
    iam = boto3.client("iam")
    iam.create_user(UserName="ann")
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}
            if effect == "Deny"
            else {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
            {"Effect": effect, "Action": list(actions), "Resource": "*"},
        ],
    }
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    return {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }


ALLOWED = [
    (("neptune-db:*",), "Allow", True),
    (("neptune-db:ListLoaderJobs", "neptune-db:CancelLoaderJob"), "Allow", True),
    (("neptune-db:StartLoaderJob",), "Allow", False),
    (("neptune-db:ListLoaderJobs",), "Deny", False),
    (("neptune-db:StartLoaderJob",), "Deny", True),
]


@pytest.mark.parametrize(("actions", "effect", "allowed"), ALLOWED)
@pytest.mark.parametrize("endpoint", [None, CLUSTER, "https://test:8182"])
def test_iam(actions: tuple[str, ...], effect: str, allowed: bool, endpoint: str | None) -> None:
    credentials: Any = user(*actions, effect=effect)

    @set_initial_no_auth_action_count(0)
    def call() -> None:
        client = boto3.client("neptunedata", endpoint_url=endpoint, **credentials)
        if allowed:
            assert client.list_loader_jobs()["payload"]["loadIds"] == []
            assert client.list_loader_jobs(limit=5)["payload"]["loadIds"] == []
            return
        with pytest.raises(client.exceptions.AccessDeniedException) as caught:
            client.list_loader_jobs()
        response = caught.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert "neptune-db:ListLoaderJobs" in response["Error"]["Message"]

    call()


def test_iam_with_a_body() -> None:
    credentials: Any = user("neptune-db:StartLoaderJob")

    @set_initial_no_auth_action_count(0)
    def call() -> str:
        return start(boto3.client("neptunedata", **credentials))

    assert len(call()) == 36


READ = "MATCH (n) RETURN n", "g.V()"
WRITE = "CREATE (:x)", "g.addV('x')"
DELETE = "MATCH (n:y) DETACH DELETE n", "g.V().hasLabel('y').drop()"
FAULTY = "MATCH (", "g.V("
QUERIES = [
    (("ReadDataViaQuery",), READ, True),
    (("ReadDataViaQuery",), WRITE, False),
    (("ReadDataViaQuery",), DELETE, False),
    (("WriteDataViaQuery",), WRITE, True),
    (("WriteDataViaQuery", "ReadDataViaQuery"), DELETE, False),
    (("DeleteDataViaQuery", "ReadDataViaQuery"), DELETE, True),
    (("WriteDataViaQuery",), READ, False),
    (("WriteDataViaQuery",), FAULTY, False),
    (("ExecuteOpenCypherQuery", "ExecuteGremlinQuery"), READ, False),
]


@pytest.mark.parametrize(("actions", "queries", "allowed"), QUERIES)
def test_iam_of_queries(actions: tuple[str, ...], queries: tuple[str, str], allowed: bool) -> None:
    credentials: Any = user(*(f"neptune-db:{action}" for action in actions))
    cypher, gremlin = queries

    @set_initial_no_auth_action_count(0)
    def call() -> None:
        client = boto3.client("neptunedata", **credentials)
        for run in (
            lambda: client.execute_open_cypher_query(openCypherQuery=cypher),
            lambda: client.execute_gremlin_query(gremlinQuery=gremlin),
        ):
            if allowed:
                assert run()["ResponseMetadata"]["HTTPStatusCode"] == 200
            else:
                with pytest.raises(client.exceptions.AccessDeniedException):
                    run()

    call()


def test_iam_of_status_operations() -> None:
    credentials: Any = user("neptune-db:GetQueryStatus")

    @set_initial_no_auth_action_count(0)
    def call() -> None:
        client = boto3.client("neptunedata", **credentials)
        assert client.list_gremlin_queries()["queries"] == []
        with pytest.raises(client.exceptions.AccessDeniedException, match="CancelQuery"):
            client.cancel_gremlin_query(queryId="q")

    call()


def test_iam_with_a_wrong_secret_and_without_a_signature(neptune: Neptune) -> None:
    credentials: Any = {**user("neptune-db:*"), "aws_secret_access_key": "wrong"}

    @set_initial_no_auth_action_count(0)
    def call() -> None:
        client = boto3.client("neptunedata", **credentials)
        with pytest.raises(client.exceptions.AccessDeniedException, match="signature"):
            client.list_loader_jobs()
        answer = requests.get("https://neptune-db.us-east-1.amazonaws.com/loader")
        assert answer.status_code == 403
        assert answer.json()["code"] == "AccessDeniedException"
        assert answer.json()["message"] == "Missing Authentication Token"

    call()
    assert neptune.clusters() == []


def test_access_keys_are_marked_as_used() -> None:
    with mock_neptunedata():
        credentials: Any = user("neptune-db:*")
        boto3.client("neptunedata", **credentials).list_loader_jobs()
        used = boto3.client("iam").get_access_key_last_used(
            AccessKeyId=credentials["aws_access_key_id"]
        )
        assert used["AccessKeyLastUsed"]["ServiceName"] == "neptunedata"
