"""aiobotocore and aiomoto beside the mock; needs an environment of its own (make test-async),
because aiobotocore holds botocore at the versions that it knows.
"""

# ruff: noqa: E402

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

aiobotocore_session = pytest.importorskip(
    "aiobotocore.session", reason="aiobotocore is not installed: make test-async"
)

from aiobotocore.config import AioConfig
from botocore.exceptions import ReadTimeoutError

from moto_neptunedata import Neptune, mock_neptunedata
from tests.support.helpers import ROLE, moto_server

ENDPOINT = "https://graph.cluster-abc.us-east-1.neptune.amazonaws.com:8182"
LOAD = {"source": "s3://data/", "format": "csv", "s3BucketRegion": "us-east-1", "iamRoleArn": ROLE}
PAGE = Path(__file__).parents[2] / "docs" / "async.md"
SESSIONS = ("AIOHTTPSession", "HttpxSession")

Work = Callable[[Any], Coroutine[Any, Any, Any]]


def config(session: str = "AIOHTTPSession", **options: Any) -> Any:
    """A configuration with one of aiobotocore's HTTP sessions; skips where it cannot be had."""
    if session == "AIOHTTPSession":
        return AioConfig(**options)
    pytest.importorskip("httpx2", reason="httpx2 is not installed")
    from aiobotocore.httpxsession import HttpxSession

    return AioConfig(http_session_cls=HttpxSession, **options)


def run(work: Work, service: str = "neptunedata", **how: Any) -> Any:
    """Do some work with an asynchronous client."""

    async def with_client() -> Any:
        session = aiobotocore_session.get_session()
        async with session.create_client(service, region_name="us-east-1", **how) as client:
            return await work(client)

    return asyncio.run(with_client())


async def followed(client: Any) -> list[str]:
    """Start a load and follow it; gives the statuses."""
    load_id = (await client.start_loader_job(**LOAD))["payload"]["loadId"]
    seen: list[str] = []
    while len(seen) < 10 and seen[-1:] != ["LOAD_COMPLETED"]:
        payload = (await client.get_loader_job_status(loadId=load_id))["payload"]
        seen.append(payload["overallStatus"]["status"])
    return seen


# ---------------------------------------------------------------------------- in process


@pytest.mark.parametrize("session", SESSIONS)
def test_queries(neptune: Neptune, session: str) -> None:
    neptune.cluster(ENDPOINT).load("~id,~label\nv1,person\n")

    async def ask(client: Any) -> Any:
        return await client.execute_open_cypher_query(openCypherQuery="MATCH (n) RETURN id(n) AS n")

    answer = run(ask, endpoint_url=ENDPOINT, config=config(session))
    assert answer["results"] == [{"n": "v1"}]
    neptune.calls.assert_made("ExecuteOpenCypherQuery", times=1)


def test_a_load(neptune: Neptune, s3: Any) -> None:
    s3.put_object(Bucket="data", Key="v.csv", Body=b"~id\nv1\n")
    assert run(followed, endpoint_url=ENDPOINT) == ["LOAD_IN_PROGRESS", "LOAD_COMPLETED"]
    assert neptune.cluster(ENDPOINT).graph.vertex_count == 1


def test_many_at_once(neptune: Neptune) -> None:
    async def create(client: Any) -> None:
        query = "CREATE (:person {number: $n})"
        calls = (
            client.execute_open_cypher_query(openCypherQuery=query, parameters=f'{{"n": {number}}}')
            for number in range(20)
        )
        await asyncio.gather(*calls)

    run(create)
    assert neptune.graph.vertex_count == 20


def test_streamed_outputs(neptune: Neptune) -> None:
    """Results that are no JSON come as a stream, read at once or bit by bit."""

    async def explain(client: Any) -> None:
        how = {"openCypherQuery": "RETURN 1", "explainMode": "static"}
        body = (await client.execute_open_cypher_explain_query(**how))["results"]
        assert body.readable()
        whole = await body.read()
        assert b"Query" in whole
        assert not body.readable()
        async with (await client.execute_open_cypher_explain_query(**how))["results"] as body:
            assert await body.read(5) + await body.read() == whole

    run(explain)


def test_errors(neptune: Neptune) -> None:
    async def cancel(client: Any) -> str:
        with pytest.raises(client.exceptions.BulkLoadIdNotFoundException) as caught:
            await client.cancel_loader_job(loadId="unknown")
        return str(caught.value)

    assert "unknown" in run(cancel)


def test_provoked_errors_and_retries(neptune: Neptune) -> None:
    neptune.fail_next("GetEngineStatus", "ThrottlingException", retries="attempt")

    async def ask(client: Any) -> Any:
        return await client.get_engine_status()

    retries = {"mode": "standard", "total_max_attempts": 2}
    assert run(ask, config=config(retries=retries))["status"] == "healthy"
    assert neptune.calls.last.attempts == 2


@pytest.mark.parametrize("session", SESSIONS)
def test_timeouts(neptune: Neptune, session: str) -> None:
    neptune.delay("GetEngineStatus", 15)

    async def ask(client: Any) -> Any:
        return await client.get_engine_status()

    patient = config(session, read_timeout=20)
    assert run(ask, config=patient)["status"] == "healthy"
    hasty = config(session, read_timeout=10, retries={"total_max_attempts": 1})
    with pytest.raises(ReadTimeoutError):
        run(ask, config=hasty)


def test_a_client_that_was_made_before(s3: Any) -> None:
    async def use(client: Any) -> Any:
        client.meta.events.unregister("before-send", _stubber())
        with mock_neptunedata() as neptune:
            neptune.cluster(ENDPOINT).load("~id\nv1\n")
            query = "MATCH (n) RETURN count(n) AS n"
            return await client.execute_open_cypher_query(openCypherQuery=query)

    assert run(use, endpoint_url=ENDPOINT)["results"] == [{"n": 1}]


def _stubber() -> Any:
    from moto.core.models import botocore_stubber

    return botocore_stubber


def test_other_services_are_motos_affair(neptune: Neptune) -> None:
    """What docs/async.md says does not work; when moto answers aiobotocore, the page is wrong."""

    async def list_buckets(client: Any) -> Any:
        return await client.list_buckets()

    with pytest.raises(TypeError, match="await"):
        run(list_buckets, "s3")


# ---------------------------------------------------------------------------- with aiomoto


def test_aiomoto() -> None:
    """aiomoto's mock answers the other services, and this one by the package's registration."""
    aiomoto = pytest.importorskip("aiomoto", reason="aiomoto is not installed")

    async def work() -> list[str]:
        session = aiobotocore_session.get_session()
        async with (
            aiomoto.mock_aws(),
            session.create_client("s3", region_name="us-east-1") as s3,
            session.create_client(
                "neptunedata", region_name="us-east-1", endpoint_url=ENDPOINT
            ) as client,
        ):
            await s3.create_bucket(Bucket="data")
            await s3.put_object(Bucket="data", Key="v.csv", Body=b"~id\nv1\n")
            seen = await followed(client)
            assert Neptune().cluster(client).graph.vertex_count == 1
            return seen

    assert asyncio.run(work()) == ["LOAD_IN_PROGRESS", "LOAD_COMPLETED"]


# ---------------------------------------------------------------------------- with a server


@pytest.fixture
def server() -> Iterator[str]:
    with moto_server() as url:
        yield url


def test_server(server: str) -> None:
    async def put(client: Any) -> None:
        await client.create_bucket(Bucket="data")
        await client.put_object(Bucket="data", Key="v.csv", Body=b"~id\nv1\n")

    run(put, "s3", endpoint_url=server)
    assert run(followed, endpoint_url=server) == ["LOAD_IN_PROGRESS", "LOAD_COMPLETED"]

    async def fail(client: Any) -> None:
        with pytest.raises(client.exceptions.BulkLoadIdNotFoundException):
            await client.cancel_loader_job(loadId="unknown")

    run(fail, endpoint_url=server)


# ---------------------------------------------------------------------------- the page

_BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", _BLOCKS)
def test_the_page(block: str) -> None:
    if "aiomoto" in block:
        pytest.importorskip("aiomoto", reason="aiomoto is not installed")
    names: dict[str, Any] = {}
    exec(block, names)
    tests = [work for name, work in names.items() if name.startswith("test_")]
    assert tests
    for test in tests:
        if inspect.iscoroutinefunction(test):
            asyncio.run(test())
        else:
            test()
