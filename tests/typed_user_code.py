"""What users write, all of it typed; held against mypy --strict by test_types.py, never run.

A comment after a reveal_type says what mypy has to reveal.
"""

# ruff: noqa: F821, PT022

import re
import unittest
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from moto.core.config import DefaultConfig
from mypy_boto3_neptunedata import NeptuneDataClient

from moto_neptunedata import MockNeptuneData, Neptune, NeptuneError, mock_neptunedata

if TYPE_CHECKING:
    from moto_neptunedata.cluster.snapshots import Snapshot


@mock_neptunedata
def load(client: NeptuneDataClient, *, name: str = "x") -> int:
    return 1


reveal_type(load)  # def (client: NeptuneDataClient, *, name: str =) -> int


@mock_neptunedata(config={"neptunedata": {"role": "reader"}, "core": {"reset_boto3_session": True}})
async def read(name: str) -> list[str]:
    return [name]


reveal_type(read)  # def (name: str) -> Coroutine[Any, Any, list[str]]


@pytest.fixture
@mock_neptunedata()
def client() -> Iterator[NeptuneDataClient]:
    yield boto3.client("neptunedata")


@mock_neptunedata
class TestClass:
    def test_method(self) -> str:
        return ""


reveal_type(TestClass().test_method())  # str


@mock_neptunedata
class TestCase(unittest.IsolatedAsyncioTestCase):
    async def test_coroutine(self) -> None:
        reveal_type(Neptune().graph.vertex_count)  # int


@mock_aws
@mock_neptunedata
def both() -> float:
    return 0.5


async def streamed() -> AsyncIterator[int]:
    with mock_neptunedata() as neptune:
        reveal_type(neptune)  # Neptune
        yield neptune.graph.edge_count


def test_with() -> None:
    config: DefaultConfig = {"core": {"mock_credentials": False}}
    mock: MockNeptuneData = mock_neptunedata(config=config)
    neptune = mock.start()
    client: NeptuneDataClient = boto3.client("neptunedata")
    cluster = neptune.cluster(client)
    reveal_type(cluster)  # Cluster
    neptune.cluster("https://graph:8182", region="eu-west-1", account="111111111111")
    mock.stop()


def test_handle(neptune: Neptune, neptunedata_client: NeptuneDataClient, tmp_path: Path) -> None:
    neptune.load("~id,~label\nv,person\n", b"~id\nw\n", tmp_path / "e.csv", format="csv")
    vertex = neptune.graph.vertex("v")
    assert vertex is not None
    reveal_type(vertex.labels)  # tuple[str, ...]
    for edge in neptune.graph.edges():
        reveal_type(edge.out_v.id)  # str
    for job in neptune.jobs:
        reveal_type(job.status)  # str
    snapshot: Snapshot = neptune.snapshot()
    neptune.restore(snapshot)
    reveal_type(neptune.export_csv(tmp_path))  # list[Path]

    fault = neptune.fail_next("StartLoaderJob", "S3Exception", times=2, where={"mode": "NEW"})
    reveal_type(fault.hits)  # int
    with neptune.fail_always(None, neptunedata_client.exceptions.S3Exception):
        neptune.throttle(["cancel_loader_job"], per_second=5, where=lambda given: not given)
    neptune.delay("ExecuteGremlinQuery", 1.5)
    neptune.next_load("s3://data/*", failed_feeds={"e.csv": "LOAD_FAILED"}, insert_errors=1)
    neptune.expect_result(re.compile("algo"), [{"id": "v", "rank": 0.9}])
    neptune.expect_result("g.V()", lambda given: [1], language="gremlin", times=None)
    neptune.expect_result(None, True, language="sparql")
    with neptune.hold_queries("gremlin") as held:
        reveal_type(held.wait()[0].id)  # str

    reveal_type(neptune.calls.last.outcome)  # str
    reveal_type(len(neptune.calls.of("StartLoaderJob")))  # int
    neptune.calls.assert_made("StartLoaderJob", times=1, mode="NEW")
    neptune.configure(role="reader")
    neptune.cluster().settings.role = "writer"
    reveal_type(neptune.cluster().settings.query_timeout_ms)  # int
    error = NeptuneError("S3Exception", "text")
    reveal_type(error.code)  # str
