"""IAM over a WebSocket: the handshake tells who it is, each traversal needs its actions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import requests
from wsproto.events import AcceptConnection, Event, RejectConnection, Request

from tests.support.raw import Raw, framed, message
from tests.support.signers import (
    Keys,
    allow,
    assumed,
    role,
    signature,
    user,
)


@pytest.fixture(autouse=True)
def _on_the_server(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own IAM, with a cluster that asks for it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{address[0]}:{address[1]}")
    monkeypatch.setenv("MOTO_NEPTUNEDATA_IAM_AUTH", "true")


class Signed(Raw):
    """A connection whose handshake is signed."""

    def __init__(self, address: tuple[str, int], keys: Keys) -> None:
        self._keys = keys
        super().__init__(address)

    def write(self, event: Event) -> None:
        if isinstance(event, Request):
            url = f"http://{event.host}{event.target}"
            signed = signature(self._keys, "GET", url)
            headers = [(name.encode(), text.encode()) for name, text in signed.items()]
            event = replace(event, extra_headers=headers)
        super().write(event)


def asked(connection: Raw, gremlin: str) -> tuple[int, str]:
    """Code and text of the answer to a traversal."""
    connection.send(framed(message(gremlin=gremlin)))
    status = connection.answer()["status"]
    return status["code"], status["message"]


def refused(connection: Raw) -> bytes:
    """The body of a handshake that is refused."""
    assert isinstance(connection.greeting, RejectConnection)
    assert connection.greeting.status_code == 403
    body = getattr(connection.event(), "data", b"")
    connection.socket.close()
    return bytes(body)


def test_who_connects(address: tuple[str, int]) -> None:
    keys = user(allow("neptune-db:*"))
    assert b"Missing Authentication Token" in refused(Raw(address))
    wrong = {**keys, "aws_secret_access_key": "wrong"}
    assert b"signature we calculated" in refused(Signed(address, wrong))
    unknown = {**keys, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}
    assert b"security token" in refused(Signed(address, unknown))
    connection = Signed(address, keys)
    assert isinstance(connection.greeting, AcceptConnection)
    assert asked(connection, "g.addV('a')")[0] == 200
    connection.close()


@pytest.mark.parametrize("kind", ["user", "role"])
def test_each_traversal_needs_its_actions(address: tuple[str, int], kind: str) -> None:
    only_gremlin: Any = {"StringEquals": {"neptune-db:QueryLanguage": "Gremlin"}}
    may = allow("ReadDataViaQuery", Condition=only_gremlin)
    connection = Signed(address, user(may) if kind == "user" else assumed(role(may)))
    assert asked(connection, "g.V().count()")[0] == 200
    code, text = asked(connection, "g.addV('a')")
    assert code == 401
    assert "is not authorized to perform: neptune-db:WriteDataViaQuery on resource: arn:" in text
    assert asked(connection, "g.V().count()")[0] == 200
    connection.close()


def test_a_connection_from_before(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has signed it, and then the cluster wants to know who it is."""
    monkeypatch.setenv("MOTO_NEPTUNEDATA_IAM_AUTH", "false")
    connection = Raw(address)
    assert asked(connection, "g.V().count()")[0] == 200
    api = f"http://{address[0]}:{address[1]}/moto-api/neptunedata/settings"
    assert requests.post(api, json={"iam_auth": True}).status_code < 300
    code, text = asked(connection, "g.V().count()")
    assert code == 401
    assert "Missing Authentication Token" in text
    connection.close()
