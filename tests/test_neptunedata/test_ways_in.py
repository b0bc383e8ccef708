"""Every way to start the mock and every endpoint to talk to it, in this process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from moto.core.exceptions import ServiceNotWhitelisted

from moto_neptunedata import Neptune, mock_neptunedata
from tests.support.helpers import EDGES, VERTICES, finish, put, start, status

pytestmark = pytest.mark.slow

Early = boto3.client("neptunedata", endpoint_url="https://early:8182")


def load_ids(**how: Any) -> list[str]:
    """The loads on a cluster; fails where nothing is mocked."""
    return list(boto3.client("neptunedata", **how).list_loader_jobs()["payload"]["loadIds"])


def run_a_load() -> None:
    """A load through S3, from an empty cluster to a full one."""
    assert load_ids() == []
    put(v_csv=VERTICES)
    client = boto3.client("neptunedata")
    assert finish(client, start(client))["overallStatus"]["status"] == "LOAD_COMPLETED"


# ---------------------------------------------------------------------------- decorators


@pytest.mark.parametrize("decorate", [mock_neptunedata, mock_neptunedata(), moto.mock_aws])
def test_function(decorate: Any) -> None:
    @decorate
    def function(number: int, *, word: str) -> tuple[int, str]:
        """Says something."""
        run_a_load()
        return number, word

    assert function(1, word="x") == (1, "x")
    assert function(2, word="y") == (2, "y"), "each call starts from nothing"
    assert (function.__name__, function.__doc__) == ("function", "Says something.")


@pytest.mark.parametrize("decorate", [mock_neptunedata, mock_neptunedata()])
def test_coroutine_function(decorate: Any) -> None:
    @decorate
    async def function(number: int) -> int:
        await asyncio.sleep(0)
        run_a_load()
        return number

    assert asyncio.run(function(1)) == 1
    assert asyncio.run(function(2)) == 2


def test_generator_function() -> None:
    @mock_neptunedata
    def fixture() -> Iterator[Any]:
        run_a_load()
        yield boto3.client("neptunedata")

    for client in fixture():
        assert len(client.list_loader_jobs()["payload"]["loadIds"]) == 1


@mock_neptunedata
class TestPlainClass:
    def test_one(self) -> None:
        run_a_load()

    def test_two(self) -> None:
        run_a_load()

    def test_async(self) -> None:
        asyncio.run(self.run_async())

    async def run_async(self) -> None:
        run_a_load()


@mock_neptunedata
class TestCaseWithSetUp(unittest.TestCase):
    def setUp(self) -> None:
        self.client = boto3.client("neptunedata")
        put(v_csv=VERTICES)
        self.load_id = start(self.client)

    def test_set_up_is_seen(self) -> None:
        assert load_ids() == [self.load_id]

    def test_each_test_starts_afresh(self) -> None:
        assert status(self.client, self.load_id) == "LOAD_IN_PROGRESS"
        assert load_ids() == [self.load_id]


@mock_neptunedata
class TestAsyncCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        put(v_csv=VERTICES)
        self.load_id = start(boto3.client("neptunedata"))

    async def test_one(self) -> None:
        await asyncio.sleep(0)
        assert load_ids() == [self.load_id]

    async def test_two(self) -> None:
        assert load_ids() == [self.load_id]


@mock_neptunedata
class TestAsyncCaseWithoutSetUp(unittest.IsolatedAsyncioTestCase):
    async def test_one(self) -> None:
        run_a_load()

    async def test_two(self) -> None:
        run_a_load()


@moto.mock_aws
class TestMotosOwnDecorator(unittest.TestCase):
    def setUp(self) -> None:
        put(v_csv=VERTICES)

    def test_it(self) -> None:
        client = boto3.client("neptunedata")
        assert finish(client, start(client))["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_what_cannot_be_decorated() -> None:
    with pytest.raises(TypeError, match="cannot decorate 5"):
        mock_neptunedata(5)


# ---------------------------------------------------------------------------- context managers


def test_context_manager() -> None:
    with mock_neptunedata() as neptune:
        run_a_load()
        assert neptune.graph.vertex_count == 2
    with mock_neptunedata() as neptune:
        assert neptune.clusters() == []
        assert load_ids() == []


def test_nested_mocks_share_their_state() -> None:
    with mock_neptunedata() as outer:
        run_a_load()
        with mock_neptunedata() as inner, moto.mock_aws():
            assert len(load_ids()) == 1
            assert inner.graph is outer.graph
        assert len(load_ids()) == 1


def test_start_and_stop() -> None:
    mock = mock_neptunedata()
    neptune = mock.start()
    run_a_load()
    assert isinstance(neptune, Neptune)
    mock.stop(remove_data=False)
    mock.start(reset=False)
    assert len(load_ids()) == 1
    mock.stop()
    with pytest.raises(RuntimeError, match="before start"):
        mock.stop()


def test_one_object_used_twice_at_once() -> None:
    mock = mock_neptunedata()
    with mock, mock:
        run_a_load()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing", "the environment is as it was"


def test_other_services_work_inside(neptune: Neptune) -> None:
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    boto3.client("iam").create_user(UserName="ann")
    boto3.client("sqs").create_queue(QueueName="q")
    assert len(boto3.client("dynamodb").list_tables()["TableNames"]) == 0


# ---------------------------------------------------------------------------- moto's configuration


def test_whitelist() -> None:
    with mock_neptunedata(config={"core": {"service_whitelist": ["neptunedata"]}}):
        assert load_ids() == []
        with pytest.raises(ServiceNotWhitelisted):
            boto3.client("sqs").list_queues()
    with (
        mock_neptunedata(config={"core": {"service_whitelist": ["sqs"]}}),
        pytest.raises(ServiceNotWhitelisted),
    ):
        load_ids()
    with mock_neptunedata():
        assert load_ids() == []


PASSED_THROUGH = {"services": ["neptunedata"]}, {"urls": [r"http://127\.0\.0\.1:1/.*"]}


@pytest.mark.parametrize("passthrough", PASSED_THROUGH)
def test_passthrough(passthrough: dict[str, list[str]]) -> None:
    # To a port where nobody listens, so that reaching the network is seen and harms nobody.
    config = {"core": {"passthrough": passthrough}}
    with (
        mock_neptunedata(config=config),
        pytest.raises(Exception, match="Could not connect to the endpoint URL"),
    ):
        load_ids(endpoint_url="http://127.0.0.1:1")
    with mock_neptunedata():
        assert load_ids(endpoint_url="http://127.0.0.1:1") == []


# ---------------------------------------------------------------------------- endpoints

CLUSTER = "graph.cluster-abc123.us-east-1.neptune.amazonaws.com"
ENDPOINTS = [
    None,
    f"https://{CLUSTER}",
    f"https://{CLUSTER}:8182",
    f"http://{CLUSTER}:8182",
    f"https://{CLUSTER.upper()}:8182",
    "https://graph.cluster-custom-abc123.us-east-1.neptune.amazonaws.com:8182",
    "https://instance1.abc123.us-east-1.neptune.amazonaws.com:8182",
    "https://graph.cluster-abc123.us-east-1.rds.amazonaws.com:8182",
    "https://s3-load.cluster-abc123.us-east-1.neptune.amazonaws.com:8182",
    "https://graph.cluster-abc123.neptune.cn-north-1.amazonaws.com.cn:8182",
    "https://graph.cluster-abc123.cn-north-1.neptune.amazonaws.com.cn:8182",
    "https://neptune-db.eu-west-1.amazonaws.com:8182",
    "https://test:8182",
    "https://neptune.internal.example.com:8182/",
    "http://localhost:8182",
    "http://127.0.0.1:8182",
    "http://[::1]:8182",
]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_endpoints(neptune: Neptune, endpoint: str | None) -> None:
    put(v_csv=VERTICES, e_csv=EDGES)
    client = boto3.client("neptunedata", endpoint_url=endpoint)
    load_id = start(client)
    assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert neptune.cluster(client).graph.edge_count == 1
    assert neptune.cluster().graph.edge_count == 1, "the only cluster in use"
    with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
        client.cancel_loader_job(loadId=load_id)


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "ap-southeast-2"])
def test_regions(neptune: Neptune, region: str) -> None:
    assert load_ids(region_name=region) == []
    (cluster,) = neptune.clusters()
    assert cluster.region == region


def test_region_of_the_host_goes_before_the_clients(neptune: Neptune) -> None:
    client = boto3.client(
        "neptunedata",
        region_name="us-east-1",
        endpoint_url="https://g.cluster-abc.eu-west-3.neptune.amazonaws.com:8182",
    )
    client.list_loader_jobs()
    (cluster,) = neptune.clusters()
    assert (cluster.name, cluster.region) == ("g", "eu-west-3")


def test_endpoints_of_motos_neptune_service(neptune: Neptune) -> None:
    control = boto3.client("neptune")
    cluster = control.create_db_cluster(DBClusterIdentifier="mine", Engine="neptune")["DBCluster"]
    hosts = [cluster["ReaderEndpoint"]]
    if moto.__version__ >= "5.0.17":  # before that, moto had Neptune clusters but no instances
        control.create_db_instance(
            DBInstanceIdentifier="mine-1",
            DBInstanceClass="db.r5.large",
            Engine="neptune",
            DBClusterIdentifier="mine",
        )
        found = control.describe_db_instances(DBInstanceIdentifier="mine-1")["DBInstances"][0]
        hosts.append(found["Endpoint"]["Address"])
    put(v_csv=VERTICES)
    writer = boto3.client("neptunedata", endpoint_url=f"https://{cluster['Endpoint']}:8182")
    load_id = start(writer)
    for host in hosts:
        assert load_ids(endpoint_url=f"https://{host}:8182") == [load_id], host
    assert [cluster.name for cluster in neptune.clusters()] == ["mine"]


def test_clusters_of_a_region_are_apart(neptune: Neptune) -> None:
    one = boto3.client("neptunedata", endpoint_url=f"https://{CLUSTER}:8182")
    put(v_csv=VERTICES)
    finish(one, start(one))
    other = boto3.client("neptunedata", endpoint_url="https://other:8182")
    assert other.list_loader_jobs()["payload"]["loadIds"] == []
    assert load_ids() == []
    counts = {cluster.name: cluster.graph.vertex_count for cluster in neptune.clusters()}
    assert counts == {"graph": 2, "other": 0, "default": 0}


def test_unsigned_client(neptune: Neptune) -> None:
    config = Config(signature_version=UNSIGNED)
    assert load_ids(config=config, endpoint_url="https://test:8182") == []


def test_client_made_before_the_mock(neptune: Neptune) -> None:
    assert Early.list_loader_jobs()["payload"]["loadIds"] == []
    assert [cluster.name for cluster in neptune.clusters()] == ["early"]


@pytest.mark.parametrize(
    "url",
    [
        "https://neptune-db.us-east-1.amazonaws.com/loader",
        f"https://{CLUSTER}:8182/loader",
        "https://graph.cluster-abc123.neptune.cn-north-1.amazonaws.com.cn:8182/loader",
        "https://graph.cluster-abc123.us-east-1.rds.amazonaws.com:8182/loader",
    ],
)
def test_requests_users(neptune: Neptune, url: str) -> None:
    answer = requests.get(url)
    assert answer.json() == {"status": "200 OK", "payload": {"loadIds": []}}
    assert answer.headers["Content-Type"] == "application/json"
    assert requests.get(url.replace("/loader", "/nope")).status_code == 404
    assert requests.get(url.replace("/loader", "")).status_code == 404
    refused = requests.put(url)
    assert (refused.status_code, refused.json()["code"]) == (405, "MethodNotAllowedException")
    assert len(neptune.clusters()) == 1


def test_buckets_with_neptunes_names_are_still_s3s(neptune: Neptune) -> None:
    s3 = boto3.client("s3")
    for name in ("x.neptune", "neptune", "neptune-db"):
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="k", Body=b"v")
        assert requests.get(f"https://{name}.s3.amazonaws.com/k").status_code in (200, 403)
    assert neptune.clusters() == []


# ---------------------------------------------------------------------------- other processes


def run_python(code: str, *arguments: str, **environment: str) -> str:
    """Run code in a fresh interpreter; gives what it prints."""
    command = [sys.executable, *(arguments or ("-c", textwrap.dedent(code)))]
    found = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout.strip()


def test_a_client_made_before_moto_was_imported() -> None:
    code = """
        import boto3
        client = boto3.client("neptunedata", endpoint_url="https://test:8182")
        from moto_neptunedata import mock_neptunedata
        with mock_neptunedata():
            print(client.list_loader_jobs()["payload"])
    """
    assert run_python(code) == "{'loadIds': []}"


def test_mock_aws_outside_pytest_after_importing_this_package() -> None:
    for imports in ("import moto_neptunedata, moto", "import moto, moto_neptunedata"):
        code = f"""
            {imports}
            import boto3
            with moto.mock_aws():
                print(boto3.client("neptunedata").list_loader_jobs()["payload"])
        """
        assert run_python(code) == "{'loadIds': []}"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder with a test file that knows nothing of this package."""
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent(
            """
            import sys, boto3

            def test_without_moto():
                assert "moto" not in sys.modules
                assert "pyoxigraph" not in sys.modules

            def test_with_moto():
                from moto import mock_aws
                with mock_aws():
                    client = boto3.client("neptunedata", region_name="us-east-1")
                    assert client.list_loader_jobs()["payload"] == {"loadIds": []}
            """
        )
    )
    return tmp_path


def test_plain_mock_aws_under_pytest(suite: Path) -> None:
    arguments = ("-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", str(suite))
    assert "2 passed" in run_python("", *arguments)


def test_importing_is_light() -> None:
    code = """
        import sys, moto_neptunedata
        heavy = ("moto", "boto3", "botocore", "pyoxigraph", "werkzeug", "csv")
        print([name for name in heavy if name in sys.modules])
    """
    assert run_python(code) == "[]"


def test_heavy_modules_wait_until_they_are_used() -> None:
    code = """
        import sys, boto3
        from moto_neptunedata import mock_neptunedata
        with mock_neptunedata():
            boto3.client("neptunedata", region_name="us-east-1").list_loader_jobs()
        heavy = ("pyoxigraph", "csv_feed", "rdf", "opencypher", "gremlin")
        print(sorted(name for name in sys.modules if name.rpartition(".")[2] in heavy))
    """
    assert run_python(code) == "[]"
