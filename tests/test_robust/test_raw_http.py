"""Bytes that no client would send, over a real socket to moto's server in this process."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moto_neptunedata import Neptune, service_model
from tests.support.helpers import EDGES, VERTICES
from tests.support.malformed import Sent, malformed
from tests.support.sending import Answered, check, digest

pytestmark = pytest.mark.slow

HOST = b"Host: neptune-db.us-east-1.amazonaws.com\r\n"
SIGNED = b"Authorization: AWS4-HMAC-SHA256 Credential=key/20260101/%s/neptune-db/aws4_request\r\n"


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """A server with a small graph in it."""
    from moto.core.base_backend import BackendDict
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    Neptune().load(VERTICES.decode(), EDGES.decode())
    yield server.get_host_and_port()
    server.stop()
    BackendDict.reset()


def exchange(address: tuple[str, int], data: bytes, hang_up: bool = False) -> bytes:
    """All that the server sends in answer to these bytes, until it closes the connection."""
    with socket.create_connection(address, timeout=20) as connection:
        received = b""
        try:
            connection.sendall(data)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:  # it need not read to the end what it refuses
            pass
    return received


def answered(received: bytes) -> Answered:
    """The last answer among what was received."""
    while True:
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        if status != 100:
            break
        received = body
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    if headers.get("Transfer-Encoding") == "chunked":
        size, _, body = body.partition(b"\r\n")
        body = body[: int(size, 16)]  # one chunk is all that is ever sent here
    return Answered(status, headers, body)


def request(line: bytes, *headers: bytes, body: bytes = b"", host: bytes = HOST) -> bytes:
    return b"".join([line, b" HTTP/1.1\r\n", host, *headers, b"\r\n", body])


def length(size: int) -> bytes:
    return b"Content-Length: %d\r\n" % size


JSON = b"Content-Type: application/json\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
POST = b"POST /opencypher"
CHUNK = b'14\r\n{"query":"RETURN 1"}\r\n0\r\n\r\n'
PART = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"

#: Bytes, and the code of the error, or None for a success.
ANSWERED: dict[str, tuple[bytes, str | None]] = {
    "no host": (b"GET /loader HTTP/1.1\r\n\r\n", None),
    "http 1.0": (b"GET /loader HTTP/1.0\r\n\r\n", None),
    "bare line feeds": (request(b"GET /loader").replace(b"\r", b""), None),
    "folded header": (request(b"GET /loader", b"X: a\r\n b\r\n"), None),
    "header without a colon": (request(b"GET /loader", b"rubbish\r\n"), None),
    "bytes in a header": (request(b"GET /loader", b"X\xff: \x00\xff\r\n"), None),
    "a long header": (request(b"GET /loader", b"X: " + b"a" * 60_000 + b"\r\n"), None),
    "an absolute path": (request(b"GET http://elsewhere/loader"), None),
    "bytes in the path": (request(b"GET /loader/\xff\xfe"), "BulkLoadIdNotFoundException"),
    "nul in the path": (request(b"GET /loader/\x00"), "BulkLoadIdNotFoundException"),
    "encodings": (request(b"GET /loader/%zz%C3%28%00"), "BulkLoadIdNotFoundException"),
    "line ends in the path": (request(b"GET /loader/%0d%0aX:y"), "BulkLoadIdNotFoundException"),
    "a slash too many": (request(b"GET /loader//x"), "ResourceNotFoundException"),
    "dots": (request(b"GET /../loader"), "ResourceNotFoundException"),
    "odd query": (request(b"GET /loader?%zz=%ff&&&=;limit=x\xff"), None),
    "bad parameter": (request(b"GET /loader?limit=x%ff"), "InvalidParameterException"),
    "long query": (request(b"GET /loader?" + b"a=b&" * 15_000), None),
    "no operation": (request(b"POST /", length(2), body=b"{}"), "ResourceNotFoundException"),
    "no parameters": (request(b"POST /loader", length(2), body=b"{}"), "MissingParameterException"),
    "length of less": (request(b"POST /loader", length(1), body=b"{}"), "BadRequestException"),
    "no length": (request(b"POST /loader", body=b"{}"), "MissingParameterException"),
    "two lengths": (request(b"POST /loader", length(2), length(3), body=b"{}x"), None),
    "length no number": (
        request(b"POST /loader", b"Content-Length: x\r\n", body=b"{}"),
        "MissingParameterException",
    ),
    "length negative": (
        request(b"POST /loader", length(-5), body=b"{}"),
        "MissingParameterException",
    ),
    "length of more": (request(b"POST /loader", length(10**20), body=b"{}"), "BadRequestException"),
    "chunks": (request(POST, CHUNKED, JSON, body=CHUNK), None),
    "chunks of a form": (
        request(POST, CHUNKED, FORM, body=b"e\r\nquery=RETURN+1\r\n0\r\n\r\n"),
        None,
    ),
    "chunks that are none": (request(POST, CHUNKED, body=b"zz\r\n{}"), "BadRequestException"),
    "chunks that break off": (request(POST, CHUNKED, body=b"ff\r\n{}"), "BadRequestException"),
    "chunks of less than 0": (request(POST, CHUNKED, body=b"-5\r\n{}"), "BadRequestException"),
    "parts": (request(b"POST /loader", MULTIPART, length(9), body=b"--x\r\n\r\na\r\n"), None),
    "many parts": (
        request(b"POST /loader", MULTIPART, length(2000 * len(PART)), body=PART * 2000),
        None,
    ),
    "a large form": (
        request(b"POST /loader", FORM, length(900_000), body=b"a=bbbbbb&" * 100_000),
        "MissingParameterException",
    ),
    "bytes in a form": (
        request(b"POST /loader", FORM, length(6), body=b"\xff=%ff&"),
        "MissingParameterException",
    ),
    "expects": (
        request(b"POST /loader", b"Expect: 100-continue\r\n", length(2), body=b"{}"),
        "MissingParameterException",
    ),
    "authorization is bytes": (request(b"GET /loader", b"Authorization: \xff\xfe\r\n"), None),
    "authorization is empty": (request(b"GET /loader", b"Authorization:\r\n"), None),
    "authorization of others": (request(b"GET /loader", b"Authorization: Basic eA==\r\n"), None),
    "a bearer": (
        request(POST, b"Authorization: Bearer x\r\n", length(0)),
        "MissingParameterException",
    ),
    "a credential of nothing": (
        request(b"GET /loader", b"Authorization: AWS4-HMAC-SHA256 Credential=/////\r\n"),
        None,
    ),
    "an unknown region": (
        request(b"GET /loader", SIGNED % b"nowhere", host=b""),
        "BadRequestException",
    ),
    "another unknown region": (
        request(b"GET /loader", host=b"Host: a.b.nowhere-east-1.neptune.amazonaws.com:8182\r\n"),
        "BadRequestException",
    ),
    "an odd account": (request(b"GET /loader", b"x-moto-account-id: ../../x\r\n"), None),
    "no host name": (request(b"GET /loader", SIGNED % b"us-east-1", host=b"Host: a:b:c\r\n"), None),
    "a host with a path": (request(b"GET /loader", host=b"Host: a/b?c\r\n"), None),
    "a host of bytes": (request(b"GET /loader", host=b"Host: \xff\xfe\r\n"), None),
    "half an address": (request(b"GET /loader", host=b"Host: [::1\r\n"), None),
    "a large port": (
        request(b"GET /loader", host=b"Host: a.b.us-east-1.neptune.amazonaws.com:99999999\r\n"),
        None,
    ),
    "another upgrade": (request(b"GET /loader", b"Upgrade: h2c\r\n"), None),
    "no handshake": (request(b"GET /gremlin", b"Upgrade: websocket\r\n"), "BadRequestException"),
    "a wrong method": (request(b"PUT /loader", length(0)), "MethodNotAllowedException"),
}
# What these are answered with is not ours to say, but it is one of the modeled errors.
_ANY = ("two lengths", "parts", "many parts")


@pytest.mark.parametrize("name", ANSWERED)
def test_odd_bytes(address: tuple[str, int], name: str, capfd: pytest.CaptureFixture[str]) -> None:
    data, code = ANSWERED[name]
    before = digest(Neptune())
    found = check(answered(exchange(address, data, hang_up=True)))
    assert found == code or name in _ANY
    assert found in (None, *service_model.error_statuses())
    assert digest(Neptune()) == before
    assert "Traceback" not in capfd.readouterr().err


#: Bytes that are no HTTP, or too much of it, which never come as far as Neptune.
REFUSED: dict[str, bytes] = {
    "a long line": request(b"GET /loader?" + b"a" * 70_000),
    "a longer header": request(b"GET /loader", b"X: " + b"a" * 70_000 + b"\r\n"),
    "many headers": request(b"GET /loader", *(b"X%d: a\r\n" % number for number in range(150))),
    "an unknown method": request(b"BREW /loader"),
    "an unknown version": b"GET /loader HTTP/9.9\r\n\r\n",
    "no version": b"GET /loader HTPP\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 50 + b"\r\n\r\n",
    "nothing": b"\r\n\r\n",
    "a host of dots": request(b"GET /loader", host=b"Host: ..neptune.amazonaws.com\r\n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_http(
    address: tuple[str, int], name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    received = exchange(address, REFUSED[name], hang_up=True)
    if received.startswith(b"HTTP/"):
        assert 400 <= answered(received).status < 500
    else:
        assert b"200" not in received  # an answer of HTTP 0.9 has no status line
    assert "Traceback" not in capfd.readouterr().err
    assert check(answered(exchange(address, request(b"GET /status")))) is None  # it goes on


def as_bytes(sent: Sent) -> bytes:
    """A request as it goes over the wire; what cannot be sent is made so that it can."""
    target = sent.path + (f"?{sent.query}" if sent.query else "")
    target = target.replace(" ", "%20").replace("\r", "").replace("\n", "")
    method = sent.method if sent.method in ("GET", "POST", "PUT", "PATCH", "DELETE") else "POST"
    headers = {"Host": "localhost", **sent.headers, "Content-Length": str(len(sent.body))}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "Connection: close", "", ""])
    return head.encode("latin-1", "replace") + sent.body


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(sent=malformed())
def test_every_answer_of_a_server_is_modeled(address: tuple[str, int], sent: Sent) -> None:
    before = digest(Neptune())
    data = as_bytes(Sent(sent.method, sent.path, sent.query, sent.headers, sent.body))
    data = data.replace(b"Host: localhost", HOST.strip(), 1)
    found = answered(exchange(address, data))
    if "Content-Encoding" in found.headers:
        import gzip

        found = found._replace(body=gzip.decompress(found.body))
    code = check(found)
    assert code is None or digest(Neptune()) == before


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    data=st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([b"GET ", b"POST ", b"/loader", b" HTTP/1.1", b"\r\n", b": ", HOST]),
            st.sampled_from([CHUNKED, JSON, FORM, b"Content-Length: 5\r\n", b"{}", b"/gremlin?"]),
        ),
        max_size=12,
    ).map(b"".join)
)
def test_any_bytes(address: tuple[str, int], data: bytes) -> None:
    before = digest(Neptune())
    received = exchange(address, data, hang_up=True)
    assert not received.startswith(b"HTTP/1.1 5"), received
    assert digest(Neptune()) == before


def test_a_body_that_is_no_json_changes_nothing(address: tuple[str, int]) -> None:
    query: dict[str, Any] = {"query": "CREATE (n) RETURN 1"}
    body = json.dumps(query).encode()
    before = digest(Neptune())
    for broken in (body[:-1], b"\xff" + body, body.replace(b'"query"', b"query"), body + b"}"):
        sent = request(POST, JSON, length(len(broken)), body=broken)
        assert check(answered(exchange(address, sent))) == "BadRequestException"
        assert digest(Neptune()) == before
    sent = request(POST, JSON, length(len(body)), body=body)
    assert check(answered(exchange(address, sent))) is None
    assert digest(Neptune()) != before
