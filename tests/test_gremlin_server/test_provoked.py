"""What a tester has prepared happens to requests over the WebSocket too, and they are logged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from moto_neptunedata.handle import Neptune
from tests.support.raw import Raw, RejectConnection, framed, message


@pytest.fixture
def neptune(address: tuple[str, int]) -> Neptune:
    """The handle of the server in this process."""
    return Neptune()


@pytest.fixture
def raw(address: tuple[str, int]) -> Iterator[Raw]:
    """A connection."""
    found = Raw(address)
    yield found
    found.close()


def ask(raw: Raw, text: str, **given: Any) -> Any:
    """The plain data of an answer in one message."""
    mime = b"application/vnd.gremlin-v3.0+json;types=false"
    raw.send(framed(message(gremlin=text, **given), mime))
    answer = raw.answer()
    assert answer["status"]["code"] in (200, 204), answer
    return answer["result"]["data"]


def error_of(raw: Raw, text: str) -> tuple[int, str]:
    raw.send(framed(message(gremlin=text)))
    status = raw.answer()["status"]
    return status["code"], re.findall(r'"code":"(\w+)"', status["message"])[0]


def test_a_provoked_error_and_then_none(neptune: Neptune, raw: Raw) -> None:
    neptune.fail_next("ExecuteGremlinQuery", "ConcurrentModificationException")
    assert error_of(raw, "g.addV('x')") == (500, "ConcurrentModificationException")
    assert ask(raw, "g.V().count()") == [0]
    neptune.assert_all_used()


def test_errors_of_other_operations_do_not_happen(neptune: Neptune, raw: Raw) -> None:
    neptune.fail_next("ExecuteOpenCypherQuery", "ThrottlingException")
    assert ask(raw, "g.inject(1)") == [1]


def test_calls_are_logged(neptune: Neptune, raw: Raw) -> None:
    ask(raw, "g.inject(1)")
    error_of(raw, "g.nonsense(")
    made = neptune.calls.of("ExecuteGremlinQuery")
    assert [(call.parameters, call.outcome, call.status) for call in made] == [
        ({"gremlinQuery": "g.inject(1)"}, "ok", 200),
        ({"gremlinQuery": "g.nonsense("}, "MalformedQueryException", 400),
    ]
    assert made.last.message.startswith("Query parsing failed at line 1")


def test_bytecode_is_logged_as_the_status_operations_show_it(neptune: Neptune, raw: Raw) -> None:
    step = {"@type": "g:Bytecode", "@value": {"step": [["V", "a"], ["out"]]}}
    raw.send(framed(message("bytecode", "traversal", gremlin=step)))
    assert raw.answer()["status"]["code"] == 204
    neptune.calls.assert_made("ExecuteGremlinQuery", gremlinQuery="[[], [V(a), out()]]")


def test_an_expected_result(neptune: Neptune, raw: Raw) -> None:
    neptune.expect_result("g.call('service')", [1, "two", {"three": [3.5, 4]}], language="gremlin")
    assert ask(raw, "g.call('service')") == [1, "two", {"three": [3.5, 4]}]
    assert error_of(raw, "g.call('service')") == (498, "UnsupportedOperationException")


def test_an_expected_result_in_graphson(neptune: Neptune, raw: Raw) -> None:
    vertex = {"@type": "g:Vertex", "@value": {"id": "a", "label": "city"}}
    neptune.expect_result("g.call()", {"@type": "g:List", "@value": [vertex]}, language="gremlin")
    [told] = ask(raw, "g.call()")
    assert (told["id"], told["label"]) == ("a", "city")


def test_an_expected_result_of_a_type_that_cannot_be_sent(neptune: Neptune, raw: Raw) -> None:
    edge = {"@type": "g:Edge", "@value": {}}
    neptune.expect_result("g.call()", {"@type": "g:List", "@value": [edge]}, language="gremlin")
    raw.send(framed(message(gremlin="g.call()")))
    status = raw.answer()["status"]
    assert status["code"] == 498
    assert "g:Edge" in status["message"]


def test_a_cluster_that_does_not_exist_where_it_has_to(
    neptune: Neptune, address: tuple[str, int]
) -> None:
    neptune.configure(strict=True)
    refused = Raw(address)
    assert isinstance(refused.greeting, RejectConnection)
    assert refused.greeting.status_code == 404


def test_a_cluster_that_is_gone(neptune: Neptune, raw: Raw) -> None:
    neptune.configure(strict=True)
    code, name = error_of(raw, "g.V()")
    assert (code, name) == (500, "ResourceNotFoundException")


def test_a_provoked_delay_is_told(neptune: Neptune, raw: Raw) -> None:
    neptune.delay("ExecuteGremlinQuery", 0.25, real=False)
    ask(raw, "g.inject(1)")
    assert neptune.calls.last.latency == 0.25


def test_http_and_websocket_share_what_is_provoked(
    neptune: Neptune, raw: Raw, address: tuple[str, int]
) -> None:
    neptune.fail_next("ExecuteGremlinQuery", "ThrottlingException")
    client = boto3.client(
        "neptunedata", region_name="us-east-1", endpoint_url=f"http://{address[0]}:{address[1]}"
    )
    with pytest.raises(client.exceptions.ThrottlingException):
        client.execute_gremlin_query(gremlinQuery="g.V()")
    assert ask(raw, "g.inject(1)") == [1]
