"""Server mode: moto's server with this service in it, in every form, and moto's proxy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from tests.support.helpers import EDGES, ROLE, VERTICES, finish, start, status

pytestmark = pytest.mark.slow

# A cluster endpoint, told by the Host header where the server is reached by another name.
CLUSTER = "graph.cluster-abc.eu-west-1.neptune.amazonaws.com:8182"
BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[str]) -> None:
    """Return as soon as something answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not start")


def run_server(script: str, port: int, **environment: str) -> Iterator[str]:
    """Run one of the console scripts; gives its URL."""
    process = subprocess.Popen(
        [str(BIN / script), "-p", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/moto-api/data.json", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def standalone() -> Iterator[str]:
    yield from run_server("moto_neptunedata_server", free_port())


@pytest.fixture
def server(standalone: str) -> str:
    """The URL of the standalone server, empty."""
    requests.post(f"{standalone}/moto-api/reset")
    return standalone


def clients(url: str, **how: Any) -> tuple[Any, Any]:
    """A neptunedata and an S3 client, and a bucket with a small graph."""
    s3: Any = boto3.client("s3", endpoint_url=url, **how)
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="v.csv", Body=VERTICES)
    s3.put_object(Bucket="data", Key="e.csv", Body=EDGES)
    return boto3.client("neptunedata", endpoint_url=url, **how), s3


def run_a_load(client: Any) -> str:
    load_id = start(client)
    assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"
    return load_id


def test_standalone(server: str) -> None:
    client, _ = clients(server)
    load_id = run_a_load(client)
    queued = [start(client, queueRequest=True) for _ in range(3)]
    assert client.cancel_loader_job(loadId=queued[1])["status"] == "200 OK"
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException) as caught:
        client.cancel_loader_job(loadId=queued[1])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert caught.value.response["code"] == "BulkLoadIdNotFoundException"
    for strange in ("a/b c", "ü", "a%2Fb", "?"):
        with pytest.raises(client.exceptions.BulkLoadIdNotFoundException, match="does not exist"):
            client.get_loader_job_status(loadId=strange)
    with pytest.raises(client.exceptions.MissingParameterException):
        client.cancel_loader_job(loadId="")
    assert client.list_loader_jobs()["payload"]["loadIds"][-1] == load_id
    requests.post(f"{server}/moto-api/reset")
    assert client.list_loader_jobs()["payload"]["loadIds"] == []


def test_accounts_and_regions(server: str) -> None:
    client, _ = clients(server)
    load_id = run_a_load(client)
    role = boto3.client("sts", endpoint_url=server).assume_role(
        RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="other"
    )["Credentials"]
    others: tuple[Any, ...] = (
        boto3.client("neptunedata", endpoint_url=server, region_name="eu-west-1"),
        boto3.client(
            "neptunedata",
            endpoint_url=server,
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
        ),
    )
    for other in others:
        with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
            status(other, load_id)


def test_unsigned_requests(server: str) -> None:
    clients(server)
    form = {"source": "s3://data/", "format": "csv", "region": "us-east-1", "iamRoleArn": ROLE}
    for body in ({"json": form}, {"data": form}, {"data": json.dumps(form)}):
        answer = requests.post(f"{server}/loader", **body)  # type: ignore[arg-type]
        load_id = answer.json()["payload"]["loadId"]
        answer = requests.get(f"{server}/loader", params={"loadId": load_id, "details": "TRUE"})
        assert answer.json()["payload"]["overallStatus"]["status"] == "LOAD_IN_PROGRESS"
        assert requests.get(f"{server}/loader/{load_id}").status_code == 200
        answer = requests.delete(f"{server}/loader", params={"loadId": load_id})
        assert answer.json()["code" if answer.status_code == 404 else "status"]
    curl = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{server}/loader", data=json.dumps(form), headers=curl)
    assert answer.status_code == 200, answer.text
    assert requests.get(f"{server}/loader", headers={"Host": CLUSTER}).json() == {
        "status": "200 OK",
        "payload": {"loadIds": []},
    }
    answer = requests.get(f"{server}/nope", headers={"Host": CLUSTER})
    assert answer.json()["code"] == "ResourceNotFoundException"


def test_paths_of_neptune_do_not_hide_buckets(server: str) -> None:
    s3 = boto3.client("s3", endpoint_url=server)
    for bucket in ("loader", "status"):
        s3.create_bucket(Bucket=bucket, ACL="public-read")
        s3.put_object(Bucket=bucket, Key="k", Body=b"v", ACL="public-read")
        assert requests.get(f"{server}/{bucket}/k").content == b"v"
        assert b"<ListBucketResult" in requests.get(f"{server}/{bucket}").content


def test_other_services_are_beside_it(server: str) -> None:
    assert boto3.client("sqs", endpoint_url=server).list_queues().get("QueueUrls", []) == []
    found = boto3.client("sts", endpoint_url=server).get_caller_identity()
    assert found["Account"] == "123456789012"


def test_aws_cli(server: str) -> None:
    aws = shutil.which("aws", path=str(BIN)) or shutil.which("aws")
    if aws is None:
        pytest.skip("the AWS CLI is not installed")
    clients(server)

    def call(*arguments: str) -> Any:
        found = subprocess.run(
            [aws, "--endpoint-url", server, "neptunedata", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "AWS_PAGER": ""},
            timeout=60,
        )
        return json.loads(found.stdout) if found.returncode == 0 else found.stderr

    answer = call(
        "start-loader-job",
        "--source=s3://data/",
        "--format=csv",
        "--s3-bucket-region=us-east-1",
        f"--iam-role-arn={ROLE}",
    )
    load_id = answer["payload"]["loadId"]
    assert call("list-loader-jobs")["payload"]["loadIds"] == [load_id]
    shown = call("get-loader-job-status", "--load-id", load_id)
    assert shown["payload"]["overallStatus"]["status"] == "LOAD_IN_PROGRESS"
    assert call("cancel-loader-job", "--load-id", load_id)["status"] == "200 OK"
    assert "BulkLoadIdNotFoundException" in call("cancel-loader-job", "--load-id", load_id)


def test_many_clients_at_once(server: str) -> None:
    client, _ = clients(server)

    def work(number: int) -> str:
        load_id = start(client, queueRequest=True)
        if number % 2:
            client.cancel_loader_job(loadId=load_id)
        return load_id

    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(work, range(48)))
    assert len(set(ids)) == 48
    assert set(client.list_loader_jobs()["payload"]["loadIds"]) == set(ids)
    for number, load_id in enumerate(ids):
        wanted = "LOAD_CANCELLED_BY_USER" if number % 2 else "LOAD_COMPLETED"
        assert finish(client, load_id)["overallStatus"]["status"] == wanted


def test_threaded_server_in_this_process() -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client, _ = clients(f"http://{host}:{port}")
        run_a_load(client)
        assert requests.get(f"http://{host}:{port}/loader").json()["status"] == "200 OK"
    finally:
        server.stop()
        requests_reset()


def requests_reset() -> None:
    """Forget what a server in this process holds."""
    from moto.core.base_backend import BackendDict

    BackendDict.reset()


def test_backend_app() -> None:
    from moto.moto_server.werkzeug_app import create_backend_app

    app = create_backend_app("neptunedata").test_client()  # type: ignore[arg-type]
    answer = app.get("/loader")
    assert json.loads(answer.data) == {"status": "200 OK", "payload": {"loadIds": []}}
    assert json.loads(app.delete("/loader/a%2Fb").data)["message"].startswith(
        "The load with id = a/b does not exist"
    )
    requests_reset()


SERVER_MODE = """
import boto3
from moto_neptunedata import mock_neptunedata
from tests.support.helpers import VERTICES, finish, put, start

@mock_neptunedata
def run(endpoint):
    how = {"endpoint_url": endpoint} if endpoint else {}
    client = boto3.client("neptunedata", region_name="us-east-1", **how)
    assert client.list_loader_jobs()["payload"]["loadIds"] == []
    put(v_csv=VERTICES)
    load_id = start(client)
    print(finish(client, load_id)["overallStatus"]["totalRecords"])

for endpoint in (None, "https://graph.cluster-a.us-east-1.neptune.amazonaws.com:8182", "https://x:1"):
    run(endpoint)
with mock_neptunedata() as neptune:
    try:
        neptune.graph
    except RuntimeError as error:
        print(error)
client = boto3.client("neptunedata", region_name="us-east-1", endpoint_url="http://127.0.0.1:1")
try:
    client.list_loader_jobs()
except Exception as error:
    print(type(error).__name__)
"""


def test_test_server_mode(server: str) -> None:
    environment = {
        **os.environ,
        "TEST_SERVER_MODE": "true",
        "TEST_SERVER_MODE_ENDPOINT": server,
    }
    found = subprocess.run(
        [sys.executable, "-c", SERVER_MODE],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines() == [
        "6",
        "6",
        "6",
        "The mocked clusters are in moto's server or proxy, a process of its own: "
        "look at them over HTTP, for example with boto3.",
        "EndpointConnectionError",
    ]


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="moto's proxy needs openssl")
def test_proxy() -> None:
    for url in run_server("moto_neptunedata_proxy", free_port()):
        from botocore.config import Config

        config = Config(proxies={"http": url, "https": url})
        for endpoint in (None, f"http://{CLUSTER}", f"https://{CLUSTER}"):
            # moto's proxy closes each connection without saying so: a client for each call.
            client, other = (
                boto3.client("neptunedata", endpoint_url=endpoint, config=config, verify=False)
                for _ in range(2)
            )
            assert client.list_loader_jobs()["payload"]["loadIds"] == []
            with pytest.raises(other.exceptions.BulkLoadIdNotFoundException):
                other.cancel_loader_job(loadId="a/b")


@pytest.mark.parametrize("script", ["moto_neptunedata_server", "moto_neptunedata_proxy"])
def test_help(script: str) -> None:
    command = [str(BIN / script), "--help"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0
    assert "--port" in found.stdout


def test_server_without_its_requirements(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto_neptunedata import server as console

    monkeypatch.setitem(sys.modules, "moto.server", None)
    with pytest.raises(SystemExit, match=r"moto-neptunedata\[server\]"):
        console.main([])
