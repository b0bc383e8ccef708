"""What is done for aiobotocore, without it; with it: test_async.py."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from moto_neptunedata import Neptune
from moto_neptunedata.hooks import aio, registration

MODULE = "aiobotocore.httpsession"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """A session like aiobotocore's, which would send to the network."""

    class AIOHTTPSession:
        _timeout = None

        async def send(self, request: Any) -> str:
            return f"sent to {request.url}"

    module = ModuleType(MODULE)
    module.AIOHTTPSession = AIOHTTPSession  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, MODULE, module)
    monkeypatch.setitem(sys.modules, "aiobotocore", ModuleType("aiobotocore"))
    return AIOHTTPSession


async def awaited(value: Any) -> Any:
    return await value


def test_content_is_read_and_awaited() -> None:
    raw = MockRawResponse(b"{}")
    response = AWSResponse("http://graph", 200, {}, raw)  # type: ignore[arg-type]
    aio.adapt(response, b"{}")
    assert response.content == b"{}"
    assert asyncio.run(awaited(response.content)) == b"{}"
    assert raw.read() == b"{}", "left for others to read"


def test_streams() -> None:
    reader = aio.AsyncReader(b"abc")
    assert asyncio.run(reader.read(2)) == b"ab"
    assert not reader.at_eof()
    assert asyncio.run(reader.read()) == b"c"
    assert reader.at_eof()


def request_of(client: Any) -> Any:
    """A request of this client as it is sent."""
    sent = []

    def keep(request: Any, **_: Any) -> None:
        sent.append(request)

    client.meta.events.register_first("before-send.neptunedata", keep)
    client.list_loader_jobs()
    return sent[0]


@pytest.mark.usefixtures("session")
def test_botocore_beside_aiobotocore(client: Any) -> None:
    assert aio.is_used()
    assert client.list_loader_jobs()["payload"] == {"loadIds": []}


def test_the_last_gate(session: type[Any], client: Any, neptune: Neptune) -> None:
    request = request_of(client)
    registration._HOOKS[MODULE]()
    before = len(neptune.calls)
    answer = asyncio.run(session().send(request))
    assert answer.status_code == 200
    assert b"loadIds" in asyncio.run(awaited(answer.content))
    assert len(neptune.calls) == before + 1


def test_the_last_gate_lets_others_through(session: type[Any], client: Any) -> None:
    request = request_of(client)
    registration._HOOKS[MODULE]()
    request.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=x/1/us-east-1/s3/aws4_request"
    assert asyncio.run(session().send(request)) == f"sent to {request.url}"


def test_the_last_gate_without_a_mock(session: type[Any]) -> None:
    from moto_neptunedata import mock_neptunedata

    with mock_neptunedata():
        request = request_of(boto3.client("neptunedata"))
    registration._HOOKS[MODULE]()
    assert asyncio.run(session().send(request)) == f"sent to {request.url}"
