"""Frame by frame: what gremlinpython never sends."""

from __future__ import annotations

import json
import socket
import struct
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsproto.events import Pong

from moto_neptunedata.gremlin_server import messages
from moto_neptunedata.gremlin_server.graphbinary import GraphBinarySerializer
from moto_neptunedata.gremlin_server.graphson import GraphSonSerializer
from moto_neptunedata.gremlin_server.messages import BadMessage
from moto_neptunedata.gremlin_server.serializers import GRAPHBINARY, open_message
from tests.support.raw import (
    ID,
    MIME,
    AcceptConnection,
    Ping,
    Raw,
    RejectConnection,
    framed,
    message,
)


@pytest.fixture
def raw(address: tuple[str, int]) -> Iterator[Raw]:
    connection = Raw(address)
    assert isinstance(connection.greeting, AcceptConnection)
    yield connection
    connection.socket.close()


def status(answer: Any) -> tuple[int, str]:
    """Status code and Neptune's code of an error."""
    return answer["status"]["code"], json.loads(answer["status"]["message"])["code"]


def test_an_answer_as_the_protocol_has_it(raw: Raw) -> None:
    raw.send(framed(message(gremlin="g.inject(1,2,3)", batchSize=2)))
    empty = {"@type": "g:Map", "@value": []}

    def told(code: int, *values: int) -> dict[str, Any]:
        data = [{"@type": "g:Int32", "@value": value} for value in values]
        return {
            "requestId": ID,
            "status": {"code": code, "message": "", "attributes": empty},
            "result": {"data": {"@type": "g:List", "@value": data}, "meta": empty},
        }

    assert raw.answer() == told(206, 1, 2)
    assert raw.answer() == told(200, 3)
    raw.send(framed(message(gremlin="g.V()")))
    answer = raw.answer()
    assert (answer["status"]["code"], answer["result"]["data"]) == (204, None)
    raw.close()


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        (b"application/vnd.gremlin-v1.0+json", [1]),
        (b"application/vnd.gremlin-v2.0+json", [{"@type": "g:Int32", "@value": 1}]),
        (b"application/vnd.gremlin-v3.0+json;types=false", [1]),
        (
            b"application/json",
            {"@type": "g:List", "@value": [{"@type": "g:Int32", "@value": 1}]},
        ),
    ],
)
def test_versions_of_graphson(raw: Raw, mime: bytes, data: Any) -> None:
    raw.send(framed(message(gremlin="g.inject(1)"), mime))
    answer = raw.message()
    assert isinstance(answer, bytes)
    assert json.loads(answer)["result"]["data"] == data


def test_a_text_message(raw: Raw) -> None:
    raw.send(json.dumps(message(gremlin="g.inject('a')")))
    answer = raw.message()
    assert isinstance(answer, str)
    assert json.loads(answer)["result"]["data"]["@value"] == ["a"]


def test_a_message_in_parts_and_a_ping(raw: Raw) -> None:
    from wsproto.events import BytesMessage

    whole = framed(message(gremlin="g.inject(1)"))
    raw.write(Ping(b"hello"))
    raw.write(BytesMessage(data=whole[:20], message_finished=False))
    raw.write(BytesMessage(data=whole[20:], message_finished=True))
    pong = raw.event()
    assert isinstance(pong, Pong)
    assert bytes(pong.payload) == b"hello"
    assert raw.answer()["status"]["code"] == 200


def test_several_requests_at_once_are_answered_in_order(raw: Raw) -> None:
    for number in range(3):
        raw.send(framed({**message(gremlin=f"g.inject({number})"), "requestId": str(number)}))
    assert [raw.answer()["requestId"] for _ in range(3)] == ["0", "1", "2"]


UNREADABLE = {
    "nothing": b"",
    "no media type": b"\x00{}",
    "another media type": framed(message(gremlin="g.V()"), b"text/plain"),
    "a media type that is cut": b"\x21application",
    "no JSON": framed(b"{"),
    "no object": framed(b"[1]"),
    "deep JSON": framed(b"[" * 100_000),
    "no request id": framed({"op": "eval", "args": {"gremlin": "g.V()"}}),
    "no op": framed({"requestId": ID, "args": {}}),
    "a text": "g.V()",
    "no GraphBinary": framed(b"\x01", GRAPHBINARY.encode()),
    "GraphBinary that is cut": framed(b"\x81\x00", GRAPHBINARY.encode()),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read(raw: Raw, name: str) -> None:
    raw.send(UNREADABLE[name])
    answer: Any = raw.message()
    if GRAPHBINARY in str(UNREADABLE[name]):
        assert struct.unpack(">i", answer[18:22]) == (498,)
    else:
        answer = json.loads(answer)
        assert answer["requestId"] == messages.NO_ID
        assert status(answer) == (498, "MalformedQueryException")
    assert raw.closed() == 1007


def bytecode(*steps: Any, source: Any = ()) -> Any:
    return {"@type": "g:Bytecode", "@value": {"source": list(source), "step": list(steps)}}


WRONG: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "another op": (message("nonsense"), (498, "MalformedQueryException")),
    "another processor": (
        message(processor="x", gremlin="g.V()"),
        (498, "MalformedQueryException"),
    ),
    "no text": (message(), (499, "InvalidParameterException")),
    "no bytecode": (
        message("bytecode", "traversal", gremlin=1),
        (499, "InvalidParameterException"),
    ),
    "no session": (message("eval", "session", gremlin="g"), (499, "InvalidParameterException")),
    "no map": ({**message(), "args": [1]}, (498, "MalformedQueryException")),
    "no such type": (
        message(gremlin={"@type": "g:Nonsense", "@value": 1}),
        (498, "UnsupportedOperationException"),
    ),
    "no number": (
        message(gremlin={"@type": "g:Int32", "@value": "x"}),
        (498, "MalformedQueryException"),
    ),
    "no such constant": (
        message(gremlin={"@type": "g:T", "@value": "x"}),
        (498, "MalformedQueryException"),
    ),
    "no decimal": (
        message(gremlin={"@type": "gx:BigDecimal", "@value": "x"}),
        (498, "MalformedQueryException"),
    ),
    "half a map": (
        message(gremlin={"@type": "g:Map", "@value": [1]}),
        (498, "MalformedQueryException"),
    ),
    "a lambda": (
        message(gremlin={"@type": "g:Lambda", "@value": {}}),
        (498, "UnsupportedOperationException"),
    ),
    "no such step": (
        message("bytecode", "traversal", gremlin=bytecode(["V"], ["nonsense"])),
        (498, "MalformedQueryException"),
    ),
    "no steps": (
        message("bytecode", "traversal", gremlin=bytecode()),
        (498, "MalformedQueryException"),
    ),
    "no such predicate": (
        message(
            "bytecode",
            "traversal",
            gremlin=bytecode(
                ["V"], ["is", {"@type": "g:P", "@value": {"predicate": "like", "value": 1}}]
            ),
        ),
        (498, "MalformedQueryException"),
    ),
    "half a predicate": (
        message(
            "bytecode",
            "traversal",
            gremlin=bytecode(
                ["V"], ["is", {"@type": "g:P", "@value": {"predicate": "between", "value": 1}}]
            ),
        ),
        (498, "MalformedQueryException"),
    ),
    "another call of tx": (
        message("bytecode", "session", session="s", gremlin=bytecode(source=[["tx", "readWrite"]])),
        (498, "UnsupportedOperationException"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_request_that_is_wrong_does_not_end_the_connection(raw: Raw, name: str) -> None:
    sent, wanted = WRONG[name]
    raw.send(framed(sent))
    answer = raw.answer()
    assert answer["requestId"] == ID
    assert status(answer) == wanted
    raw.send(framed(message(gremlin="g.inject(1)")))
    assert raw.answer()["status"]["code"] == 200


def typed(kind: str, value: Any) -> dict[str, Any]:
    return {"@type": kind, "@value": value}


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (typed("g:Double", "NaN"), typed("g:Double", "NaN")),
        (typed("g:Float", 0.5), typed("g:Float", 0.5)),
        (typed("gx:BigInteger", 1 << 70), typed("gx:BigInteger", 1 << 70)),
        (typed("gx:BigDecimal", 1.25), typed("gx:BigDecimal", 1.25)),
        (typed("gx:Int16", 3), typed("gx:Int16", 3)),
        (typed("gx:Byte", 3), typed("gx:Byte", 3)),
        (typed("g:Int64", 3), typed("g:Int64", 3)),
        (typed("g:UUID", ID), ID),
        (typed("g:Date", 1000), typed("g:Date", 1000)),
        (typed("g:DateTime", "1970-01-01T00:00:01Z"), typed("g:Date", 1000)),
        (typed("g:T", "id"), typed("g:T", "id")),
        (
            typed("g:Set", [typed("g:Int32", 1), typed("g:Int32", 1)]),
            typed("g:Set", [typed("g:Int32", 1)]),
        ),
        (
            typed("g:BulkSet", ["a", typed("g:Int64", 2)]),
            typed("g:List", ["a", "a"]),
        ),
        ({"a": ["b"]}, typed("g:Map", ["a", typed("g:List", ["b"])])),
        (typed("g:Binding", {"key": "x", "value": "y"}), "y"),
    ],
)
def test_values_of_graphson(raw: Raw, sent: Any, wanted: Any) -> None:
    raw.send(framed(message("bytecode", "traversal", gremlin=bytecode(["inject", sent]))))
    [found] = raw.answer()["result"]["data"]["@value"]
    assert found == typed("g:Traverser", {"bulk": typed("g:Int64", 1), "value": wanted})


# ---------------------------------------------------------------------------- GraphBinary


def text(value: str) -> bytes:
    return struct.pack(">i", len(value)) + value.encode()


def binary(*args: tuple[str, bytes], op: str = "bytecode", processor: str = "traversal") -> bytes:
    body = b"\x81" + uuid.UUID(ID).bytes + text(op) + text(processor)
    body += struct.pack(">i", len(args))
    for name, value in args:
        body += b"\x03\x00" + text(name) + value
    return framed(body, GRAPHBINARY.encode())


def injected(value: bytes) -> bytes:
    """Bytecode that injects a value."""
    told = b"\x15\x00" + struct.pack(">i", 1) + text("inject") + struct.pack(">i", 1) + value
    return binary(("gremlin", told + struct.pack(">i", 0)))


def result_of(answer: bytes) -> tuple[int, bytes]:
    """Status code, and the value of the first traverser."""
    (code,) = struct.unpack(">i", answer[18:22])
    at = 23 + 4 + struct.unpack(">i", answer[23:27])[0] + 8
    # a list, its length, a traverser and its bulk
    return code, answer[at + 2 + 4 + 2 + 8 :] if code == 200 else answer[23:at]


ROUND: dict[str, bytes] = {
    "int": b"\x01\x00" + struct.pack(">i", -5),
    "long": b"\x02\x00" + struct.pack(">q", 5),
    "string": b"\x03\x00" + text("a"),
    "date": b"\x04\x00" + struct.pack(">q", 1234),
    "double": b"\x07\x00" + struct.pack(">d", 1.5),
    "float": b"\x08\x00" + struct.pack(">f", 1.5),
    "list": b"\x09\x00" + struct.pack(">i", 1) + b"\x27\x00\x01",
    "map": b"\x0a\x00" + struct.pack(">i", 1) + b"\x27\x00\x01" + b"\xfe\x01",
    "set": b"\x0b\x00" + struct.pack(">i", 1) + b"\x24\x00\x05",
    "T": b"\x20\x00" + b"\x03\x00" + text("id"),
    "decimal": b"\x22\x00" + struct.pack(">ii", 2, 1) + b"\x83",
    "big": b"\x23\x00" + struct.pack(">i", 2) + b"\x00\x80",
    "byte": b"\x24\x00\xff",
    "short": b"\x26\x00\x01\x00",
    "bool": b"\x27\x00\x00",
    "null": b"\xfe\x01",
    "null of a type": b"\x01\x01",
}


@pytest.mark.parametrize("name", ROUND)
def test_values_of_graphbinary(raw: Raw, name: str) -> None:
    raw.send(injected(ROUND[name]))
    answer = raw.message()
    assert isinstance(answer, bytes)
    wanted = ROUND["null"] if name.startswith("null") else ROUND[name]
    assert result_of(answer) == (200, wanted)


OTHER: dict[str, tuple[bytes, bytes]] = {
    "timestamp": (b"\x05\x00" + struct.pack(">q", 1234), ROUND["date"]),
    "uuid": (b"\x0c\x00" + uuid.UUID(ID).bytes, b"\x03\x00" + text(ID)),
    "binding": (b"\x14\x00" + text("x") + ROUND["int"], ROUND["int"]),
    "bulk set": (
        b"\x2a\x00" + struct.pack(">i", 1) + ROUND["bool"] + struct.pack(">q", 2),
        b"\x09\x00" + struct.pack(">i", 2) + ROUND["bool"] * 2,
    ),
    "char": (b"\x80\x00" + "é".encode(), b"\x03\x00" + struct.pack(">i", 2) + "é".encode()),
    "date with an offset": (
        b"\x88\x00" + struct.pack(">ibbqi", 1970, 1, 1, 3601 * 10**9, 3600),
        b"\x04\x00" + struct.pack(">q", 1000),
    ),
}


@pytest.mark.parametrize("name", OTHER)
def test_other_values_of_graphbinary(raw: Raw, name: str) -> None:
    sent, wanted = OTHER[name]
    raw.send(injected(sent))
    answer = raw.message()
    assert isinstance(answer, bytes)
    assert result_of(answer) == (200, wanted)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"\x7f\x00", "UnsupportedOperationException"),
        (b"\x1d\x00", "UnsupportedOperationException"),
        (b"\x20\x00\x03\x00" + text("nonsense"), "MalformedQueryException"),
        (b"\x09\x00" + struct.pack(">i", -1), "MalformedQueryException"),
        (b"\x09\x00" + struct.pack(">i", 1 << 30), "UnsupportedOperationException"),
        (b"\x03\x00" + struct.pack(">i", 2) + b"\xff\xff", "MalformedQueryException"),
        (b"\x03\x00" + struct.pack(">i", 1 << 30), "MalformedQueryException"),
        ((b"\x09\x00" + struct.pack(">i", 1)) * 5000 + ROUND["int"], "MalformedQueryException"),
    ],
)
def test_graphbinary_that_is_wrong(raw: Raw, value: bytes, code: str) -> None:
    raw.send(injected(value))
    answer = raw.message()
    assert isinstance(answer, bytes)
    found, told = result_of(answer)
    assert found == 498
    assert f'"code":"{code}"'.encode() in told
    raw.send(injected(ROUND["int"]))
    answer = raw.message()
    assert isinstance(answer, bytes)
    assert result_of(answer)[0] == 200


def test_trees_bags_and_subgraphs_in_graphbinary(raw: Raw) -> None:
    def run(query: str) -> tuple[int, bytes]:
        raw.send(binary(("gremlin", b"\x03\x00" + text(query)), op="eval", processor=""))
        answer = raw.message()
        assert isinstance(answer, bytes)
        code, told = result_of(answer)
        return code, told

    run("g.addV('x').property(id,'a').addE('y').property(id,'e').to(V('a'))")
    assert run("g.V('a').tree()")[0] == 200
    assert run("g.V().aggregate('x').cap('x')")[0] == 200
    assert run("g.V().valueMap(true).unfold()")[0] == 200
    code, told = run("g.E().subgraph('x').cap('x')")
    assert code == 498
    assert b"ask for GraphSON" in told


# ---------------------------------------------------------------------------- handshakes


def test_a_message_that_is_too_big(address: tuple[str, int], monkeypatch: Any) -> None:
    from moto_neptunedata.gremlin_server import endpoint

    monkeypatch.setattr(endpoint, "MAX_REQUEST_BYTES", 1000)
    raw = Raw(address)
    raw.send(b"x" * 2000)
    assert raw.closed() == 1009


def test_a_frame_that_breaks_the_rules(raw: Raw) -> None:
    raw.socket.sendall(b"\xff\xff" + b"\x00" * 20)
    assert raw.closed() == 1002


def test_a_client_that_just_goes(address: tuple[str, int]) -> None:
    for sent in (b"", framed(message(gremlin="g.inject(1).repeat(identity()).times(20000)"))):
        raw = Raw(address)
        if sent:
            raw.send(sent)
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.socket.close()
    raw = Raw(address)
    raw.send(framed({**message(gremlin="g.inject(1)"), "requestId": "other"}))
    assert raw.answer()["status"]["code"] == 200
    raw.close()


def http(address: tuple[str, int], *lines: str) -> bytes:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall("\r\n".join((*lines, "Host: localhost", "", "")).encode())
        found = b""
        while part := connection.recv(1 << 16):
            found += part
        return found


def test_upgrades_that_are_none(address: tuple[str, int], monkeypatch: Any) -> None:
    upgrade = "Upgrade: websocket"
    found = http(address, "GET /gremlin HTTP/1.1", upgrade)
    assert found.startswith(b"HTTP/1.1 400")
    assert b"BadRequestException" in found
    found = http(address, "GET /loader HTTP/1.1", upgrade)
    assert b'"loadIds"' in found
    found = http(address, "GET /gremlin HTTP/1.1", "Upgrade: h2c")
    assert b"MissingParameterException" in found
    import sys

    monkeypatch.setitem(sys.modules, "moto_neptunedata.gremlin_server.websocket", None)
    found = http(address, "GET /gremlin HTTP/1.1", upgrade)
    assert b"UnsupportedOperationException" in found
    assert b"needs wsproto" in found


def test_iam(address: tuple[str, int]) -> None:
    from moto.core import set_initial_no_auth_action_count

    @set_initial_no_auth_action_count(0)
    def connected() -> Raw:
        return Raw(address)

    refused = connected()
    assert isinstance(refused.greeting, RejectConnection)
    assert refused.greeting.status_code == 403
    refused.socket.close()
    assert isinstance(Raw(address).greeting, AcceptConnection)


# ---------------------------------------------------------------------------- whatever comes


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", MIME, GRAPHBINARY.encode()]))
def test_no_bytes_are_worse_than_unreadable(body: bytes, mime: bytes) -> None:
    with suppress(BadMessage):
        serializer, rest = open_message(framed(body, mime) if mime else body)
        serializer.read(rest)


TYPES = (
    *("g:Int32", "g:Double", "gx:BigInteger", "g:Date", "g:T", "g:Class", "g:Vertex"),
    *("g:Map", "g:List", "g:Set", "g:BulkSet", "g:P", "g:Bytecode", "g:XStrategy"),
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "@value", "a", "conf", "fqcn"]), inner, max_size=3
        )
        | st.fixed_dictionaries(
            {
                "@type": st.sampled_from(TYPES),
                "@value": inner,
            }
        )
    ),
    max_leaves=10,
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(values)
def test_no_json_is_worse_than_unreadable(value: Any) -> None:
    serializer = open_message(framed(b"{}"))[0]
    assert isinstance(serializer, GraphSonSerializer)
    with suppress(BadMessage):
        serializer.read(json.dumps({**message(), "args": {"gremlin": value}}).encode())


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_change_of_graphbinary_is_worse_than_unreadable(data: Any) -> None:
    whole = injected(ROUND["map"])[33:]
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes((data.draw(st.integers(0, 255)),)) + whole[at + 1 :]
    with suppress(BadMessage):
        GraphBinarySerializer().read(changed)
