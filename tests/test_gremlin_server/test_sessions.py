"""Sessions and ``g.tx()``: several requests in one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

pytest.importorskip("gremlin_python")

from gremlin_python.driver.client import Client
from gremlin_python.driver.driver_remote_connection import DriverRemoteConnection
from gremlin_python.driver.protocol import GremlinServerError
from gremlin_python.process.anonymous_traversal import traversal
from gremlin_python.process.traversal import Bytecode, T

from moto_neptunedata.graph import Change
from moto_neptunedata.gremlin_server import sessions
from moto_neptunedata.handle import Neptune
from tests.support.raw import Raw, framed, message

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.getLogger("gremlinpython").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("gremlinpython").setLevel(logging.NOTSET)


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    """A client without a session, which sees what is committed."""
    found = Client(url, "g", pool_size=1)
    yield found
    found.close()


@pytest.fixture
def own(url: str) -> Iterator[Client]:
    """A client with a session."""
    found = Client(url, "g", session="mine")
    yield found
    found.close()


@pytest.fixture
def g(url: str) -> Iterator[Any]:
    """A source of traversals without a session."""
    connection = DriverRemoteConnection(url, "g", pool_size=1)
    yield traversal().with_remote(connection)
    connection.close()


def ask(client: Client, text: str) -> Any:
    return client.submit(text).all().result()


def control(client: Client, operation: Any) -> Any:
    return client.submit(operation).all().result()


def error_of(call: Callable[[], Any]) -> tuple[int, str, str]:
    """Status code, code and message of what goes wrong."""
    with pytest.raises(GremlinServerError) as caught:
        call()
    told = json.loads(caught.value.status_message)
    return caught.value.status_code, told["code"], told["message"]


def changes() -> list[Change]:
    """All that was ever committed, as streams tell it."""
    return [change for commit in Neptune().graph.log for change in commit]


# ---------------------------------------------------------------------------- scripts


def test_a_session_of_scripts_is_committed_when_it_is_closed(url: str, client: Client) -> None:
    own = Client(url, "g", session="mine")
    ask(own, "g.addV('x').property(id,'a').property('n',1)")
    ask(own, "g.addV('x').property(id,'b').addE('to').from(V('a')).property('w',2)")
    ask(own, "g.V('a').property(single,'n',3)")
    assert ask(own, "g.V('a').out('to').id()") == ["b"]
    assert ask(own, "g.V('a').values('n')") == [3]
    assert ask(client, "g.V().count()") == [0]
    assert changes() == []
    own.close()
    assert ask(client, "g.V('a').out('to').id()") == ["b"]
    assert ask(client, "g.V('a').values('n')") == [3]
    assert len(Neptune().graph.log) == 1, "one transaction is one commit"


def test_a_failure_undoes_the_whole_session(url: str, client: Client) -> None:
    own = Client(url, "g", session="mine")
    ask(own, "g.addV('x').property(id,'a')")
    _, code, _ = error_of(lambda: ask(own, "g.V('a').fail('no')"))
    assert code == "FailureByQueryException"
    status, code, text = error_of(lambda: ask(own, "g.V().count()"))
    assert (status, code) == (500, "FailureByQueryException")
    assert "begin another session" in text
    own.close()
    assert ask(client, "g.V().count()") == [0]
    assert changes() == []


def test_a_text_that_cannot_be_read_is_a_failure_too(own: Client, client: Client) -> None:
    ask(own, "g.addV('x')")
    error_of(lambda: ask(own, "g.nonsense("))
    own.close()
    assert ask(client, "g.V().count()") == [0]


def test_a_connection_that_breaks_commits_nothing(address: tuple[str, int], client: Client) -> None:
    broken = Raw(address)
    broken.send(framed(message("eval", "session", session="mine", gremlin="g.addV('x')")))
    assert broken.answer()["status"]["code"] == 200
    broken.close()
    assert ask(client, "g.V().count()") == [0]


def test_two_sessions_do_not_see_each_other(url: str, own: Client, client: Client) -> None:
    other = Client(url, "g", session="other")
    ask(own, "g.addV('x').property(id,'a')")
    ask(other, "g.addV('x').property(id,'b')")
    assert ask(own, "g.V().id()") == ["a"]
    assert ask(other, "g.V().id()") == ["b"]
    other.close()
    assert sorted(ask(own, "g.V().id()")) == ["a", "b"], "what is committed is seen"
    own.close()
    assert sorted(ask(client, "g.V().id()")) == ["a", "b"]


# ---------------------------------------------------------------------------- g.tx()


@pytest.mark.parametrize(("end", "count"), [("commit", 2), ("rollback", 0), ("close", 0)])
def test_transactions(g: Any, end: str, count: int) -> None:
    transaction = g.tx()
    own = transaction.begin()
    own.add_v("x").property(T.id, "a").iterate()
    own.add_v("y").iterate()
    assert own.V().count().next() == 2
    assert g.V().count().next() == 0
    getattr(transaction, end)()
    assert g.V().count().next() == count


def test_after_a_commit_the_next_transaction_begins(own: Client, client: Client) -> None:
    ask(own, "g.addV('x')")
    control(own, Bytecode.GraphOp.commit())
    assert ask(client, "g.V().count()") == [1]
    ask(own, "g.addV('y')")
    control(own, Bytecode.GraphOp.rollback())
    assert ask(own, "g.V().count()") == [1]


def test_a_rollback_after_a_failure_begins_anew(own: Client, client: Client) -> None:
    ask(own, "g.addV('x')")
    error_of(lambda: ask(own, "g.fail()"))
    error_of(lambda: control(own, Bytecode.GraphOp.commit()))
    control(own, Bytecode.GraphOp.rollback())
    ask(own, "g.addV('y')")
    control(own, Bytecode.GraphOp.commit())
    assert ask(client, "g.V().label()") == ["y"]


def test_removals(own: Client, client: Client) -> None:
    ask(client, "g.addV('x').property(id,'a').property('n',1).addE('to').to(addV('y'))")
    ask(own, "g.V('a').drop()")
    assert ask(own, "g.E().count()") == [0]
    assert ask(client, "g.V('a').out('to').label()") == ["y"]
    control(own, Bytecode.GraphOp.commit())
    assert ask(client, "g.V().label()") == ["y"]


CONFLICTS = {
    "the same id": ("g.addV('x').property(id,'new')", "g.addV('y').property(id,'new')"),
    "a vertex that is gone": ("g.V('a').property('n',5)", "g.V('a').drop()"),
    "a property of an edge": ("g.E('e').property('w',5)", "g.E('e').property('w',6)"),
    "an edge that is gone": ("g.E('e').drop()", "g.E('e').drop()"),
    "a value": ("g.V('a').property(single,'n',5)", "g.V('a').property(single,'n',6)"),
    "an end that is gone": ("g.addE('to').from(V('a')).to(V('b'))", "g.V('b').drop()"),
    "a vertex that has got an edge": (
        "g.V('c').drop()",
        "g.addE('to').from(V('a')).to(V('c'))",
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_undoes_the_session(own: Client, client: Client, name: str) -> None:
    ask(
        client,
        "g.addV('x').property(id,'a').property('n',1).as('a')"
        ".addV('x').property(id,'b').as('b').addV('x').property(id,'c')"
        ".addE('to').property(id,'e').from('a').to('b').property('w',1)",
    )
    mine, theirs = CONFLICTS[name]
    ask(own, "g.addV('mine')")
    ask(own, mine)
    ask(client, theirs)
    before = changes()
    status, code, _ = error_of(lambda: control(own, Bytecode.GraphOp.commit()))
    assert (status, code) == (500, "ConcurrentModificationException")
    assert changes() == before
    assert ask(client, "g.V().hasLabel('mine').count()") == [0]
    ask(own, "g.addV('mine')")
    control(own, Bytecode.GraphOp.commit())
    assert ask(client, "g.V().hasLabel('mine').count()") == [1]


def test_a_conflict_is_found_by_the_next_request_too(own: Client, client: Client) -> None:
    ask(own, "g.addV('x').property(id,'a')")
    ask(client, "g.addV('y').property(id,'a')")
    assert error_of(lambda: ask(own, "g.V().count()"))[1] == "ConcurrentModificationException"
    assert ask(client, "g.V().label()") == ["y"]


@pytest.mark.parametrize("how", ["moto", "cluster", "fast reset"])
def test_nothing_of_a_session_gets_into_other_data(
    url: str, own: Client, client: Client, how: str
) -> None:
    from moto.core.base_backend import BackendDict

    scripted = Client(url, "g", session="scripted")
    ask(scripted, "g.addV('x')")
    ask(own, "g.addV('y')")
    ways: dict[str, Callable[[], object]] = {
        "moto": BackendDict.reset,
        "cluster": Neptune().cluster("default").reset,
        "fast reset": lambda: fast_reset(url),
    }
    ways[how]()
    scripted.close()
    status, code, text = error_of(lambda: control(own, Bytecode.GraphOp.commit()))
    assert (status, code) == (500, "ConcurrentModificationException")
    assert "reset or restored" in text
    assert ask(client, "g.V().count()") == [0]
    ask(own, "g.addV('z')")
    control(own, Bytecode.GraphOp.commit())
    assert ask(client, "g.V().label()") == ["z"]


def fast_reset(url: str) -> None:
    """Empty the cluster as a client does."""
    endpoint = url.replace("ws:", "http:").removesuffix("/gremlin")
    data = boto3.client("neptunedata", region_name="us-east-1", endpoint_url=endpoint)
    token = data.execute_fast_reset(action="initiateDatabaseReset")["payload"]["token"]
    data.execute_fast_reset(action="performDatabaseReset", token=token)
    while data.get_engine_status()["status"] != "healthy":
        pass  # each look is a step


def test_a_session_that_stays_open_for_too_long(
    own: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(own, "g.addV('x')")
    monkeypatch.setattr(sessions, "LIFETIME", -1.0)
    _, code, text = error_of(lambda: ask(own, "g.V().count()"))
    assert code == "TimeLimitExceededException"
    assert "10 minutes" in text
    monkeypatch.undo()
    assert ask(own, "g.V().count()") == [0]


def test_transactions_need_a_session(client: Client) -> None:
    _, code, text = error_of(lambda: control(client, Bytecode.GraphOp.commit()))
    assert code == "UnsupportedOperationException"
    assert "commit" in text
