"""gremlinpython, unchanged, against the server."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import boto3
import pytest

pytest.importorskip("gremlin_python")

from aiohttp import ClientError
from gremlin_python.driver import serializer
from gremlin_python.driver.client import Client
from gremlin_python.driver.driver_remote_connection import DriverRemoteConnection
from gremlin_python.driver.protocol import GremlinServerError
from gremlin_python.process.anonymous_traversal import traversal
from gremlin_python.process.graph_traversal import __
from gremlin_python.process.strategies import (
    PartitionStrategy,
    ReadOnlyStrategy,
    SubgraphStrategy,
)
from gremlin_python.process.traversal import (
    Barrier,
    Cardinality,
    CardinalityValue,
    Column,
    Direction,
    Merge,
    Operator,
    Order,
    P,
    Pick,
    Pop,
    Scope,
    T,
    TextP,
)
from gremlin_python.statics import SingleByte, bigdecimal, bigint, long, short, timestamp
from gremlin_python.structure.graph import Edge, Path, Vertex

from moto_neptunedata import mock_neptunedata

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

SERIALIZERS: dict[str, Callable[[], Any]] = {
    "graphbinary": serializer.GraphBinarySerializersV1,
    "graphson3": serializer.GraphSONSerializersV3d0,
    "graphson2": serializer.GraphSONSerializersV2d0,
}
CLUSTER = "graph.cluster-abc.eu-west-1.neptune.amazonaws.com:8182"
READER = "graph.cluster-ro-abc.eu-west-1.neptune.amazonaws.com:8182"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.getLogger("gremlinpython").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("gremlinpython").setLevel(logging.NOTSET)


@pytest.fixture(params=SERIALIZERS)
def connected(url: str, request: Any) -> Iterator[DriverRemoteConnection]:
    connection = DriverRemoteConnection(
        url, "g", pool_size=1, message_serializer=SERIALIZERS[request.param]()
    )
    yield connection
    connection.close()


@pytest.fixture
def g(connected: DriverRemoteConnection) -> Any:
    """A traversal source, and three vertices with two edges."""
    source: Any = traversal().with_remote(connected)
    source.add_v("person").property(T.id, "ann").property("name", "Ann").property(
        "age", 31
    ).iterate()
    source.add_v("person").property(T.id, "bob").property("name", "Bob").property(
        "age", 25
    ).iterate()
    source.add_v("city").property(T.id, "rome").property("name", "Rome").iterate()
    source.add_e("knows").from_(__.V("ann")).to(__.V("bob")).property(T.id, "e1").property(
        "since", 2001
    ).iterate()
    source.add_e("lives").from_(__.V("bob")).to(__.V("rome")).property(T.id, "e2").iterate()
    return source


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    found = Client(url, "g", pool_size=1)
    yield found
    found.close()


def ask(client: Client, text: str, **options: Any) -> Any:
    return client.submit(text, request_options=options or None).all().result()


def error_of(call: Callable[[], Any]) -> tuple[int, dict[str, Any]]:
    """Status code and JSON of what goes wrong."""
    with pytest.raises(GremlinServerError) as caught:
        call()
    return caught.value.status_code, json.loads(caught.value.status_message)


# ---------------------------------------------------------------------------- traversals

READING: list[tuple[Callable[[Any], Any], list[Any]]] = [
    (lambda g: g.V("ann").values("name"), ["Ann"]),
    (lambda g: g.V().count(), [3]),
    (lambda g: g.V().out("nothing"), []),
    (lambda g: g.V().has("age", P.gt(30)).id_(), ["ann"]),
    (lambda g: g.V().has("age", P.between(20, 30)).id_(), ["bob"]),
    (lambda g: g.V().has("age", P.inside(20, 26).or_(P.eq(31))).id_(), ["ann", "bob"]),
    (lambda g: g.V().has("age", P.gt(1).and_(P.lt(30))).id_(), ["bob"]),
    (lambda g: g.V().has("name", P.within("Ann", "Rome")).id_(), ["ann", "rome"]),
    (lambda g: g.V().has("name", P.within(["Ann"])).id_(), ["ann"]),
    (lambda g: g.V().has("name", P.within()).id_(), []),
    (lambda g: g.V().has("name", P.without("Ann")).id_(), ["bob", "rome"]),
    (lambda g: g.V().has("name", TextP.starting_with("R")).id_(), ["rome"]),
    (lambda g: g.V().not_(__.out()).id_(), ["rome"]),
    (lambda g: g.V().where(__.out("lives")).id_(), ["bob"]),
    (lambda g: g.V().order().by("name", Order.desc).limit(1).id_(), ["rome"]),
    (lambda g: g.V().fold().count(Scope.local), [3]),
    (lambda g: g.V("bob").to_e(Direction.BOTH).count(), [2]),
    (lambda g: g.V().group_count().by(T.label), [{"person": 2, "city": 1}]),
    (lambda g: g.V().group().by(T.label).by("age").select(Column.keys), [["person", "city"]]),
    (
        lambda g: g.V("ann").as_("a").out().as_("a").select(Pop.all_, "a").unfold().id_(),
        ["ann", "bob"],
    ),
    (
        lambda g: g.V("ann").choose(__.values("age")).option(31, __.constant("x")).option(
            Pick.none, __.constant("y")
        ),
        ["x"],
    ),
    (lambda g: g.with_sack(1).V("ann").sack(Operator.sum_).by("age").sack(), [32]),
    (lambda g: g.with_sack(1.0).V().barrier(Barrier.norm_sack).count(), [3]),
    (lambda g: g.V(Vertex("ann")).out().id_(), ["bob"]),
    (lambda g: g.V("ann").repeat(__.out()).until(__.has_label("city")).path().by(T.id),
     [["ann", "bob", "rome"]]),
    (lambda g: g.with_side_effect("x", [1, 2]).V("ann").select("x"), [[1, 2]]),
    (lambda g: g.with_("evaluationTimeout", 500).V().count(), [3]),
    (lambda g: g.with_strategies(SubgraphStrategy(vertices=__.has_label("city"))).V().id_(),
     ["rome"]),
    (lambda g: g.with_strategies(
        PartitionStrategy(partition_key="name", read_partitions=["Bob"])).V().id_(), ["bob"]),
    (lambda g: g.without_strategies(ReadOnlyStrategy()).V().count(), [3]),
    (lambda g: g.inject(long(1), long(1 << 40), short(3), 1.5), [1, 1 << 40, 3, 1.5]),
    (lambda g: g.inject(SingleByte(5)), [5]),
    (lambda g: g.inject(bigint(1 << 70)), [1 << 70]),
    (lambda g: g.inject("ü", True, None).fold(), [["ü", True, None]]),
    (lambda g: g.inject({"a": [1, {"b": 2}]}), [{"a": [1, {"b": 2}]}]),
    (lambda g: g.inject([1, 1, 2]).unfold(), [1, 1, 2]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(READING)))
def test_reading(g: Any, number: int) -> None:
    asked, wanted = READING[number]
    found = [each.objects if isinstance(each, Path) else each for each in asked(g).to_list()]
    if wanted and isinstance(wanted[0], list):
        found = [list(each) if isinstance(each, set) else each for each in found]
        found = [
            sorted(each, reverse=True) if each and each[0] == "city" else each for each in found
        ]
    assert found == wanted


def test_elements_are_references(g: Any) -> None:
    """As Neptune has it, which does not know materializeProperties."""
    vertex = g.V("ann").next()
    assert (vertex.id, vertex.label, vertex.properties) == ("ann", "person", [])
    edge = g.E("e1").next()
    assert isinstance(edge, Edge)
    assert (edge.label, edge.outV.id, edge.inV.id) == ("knows", "ann", "bob")
    assert edge.properties == []
    found = g.V("ann").properties("name").next()
    assert (found.key, found.value) == ("name", "Ann")
    found = g.E("e1").properties().next()
    assert (found.key, found.value) == ("since", 2001)


def test_maps_of_elements(g: Any) -> None:
    assert g.V("ann").value_map("name").next() == {"name": ["Ann"]}
    found = g.E("e1").element_map().next()
    assert "knows" in found.values()
    assert g.V("ann").project("a", "b").by("name").by(__.out().count()).next() == {
        "a": "Ann",
        "b": 1,
    }


def test_profile(g: Any) -> None:
    found = g.V().out().profile().next()
    assert [step["counts"]["elementCount"] for step in found["metrics"]] == [3, 2]


def test_dates_and_decimals(g: Any) -> None:
    when = datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    found = g.inject(when).next()
    assert found.replace(tzinfo=timezone.utc) == when
    found = g.inject(timestamp(1577934245)).next()
    assert found.replace(tzinfo=timezone.utc) == when
    assert g.inject(bigdecimal("1.25")).next() in (Decimal("1.25"), bigdecimal("1.25"), 1.25)


def test_changing(g: Any, request: Any) -> None:
    name = request.node.callspec.params["connected"]
    if name == "graphson2":
        pytest.skip("the maps of GraphSON 2 have texts for keys")
    made = g.merge_v({T.id: "cyd", T.label: "person", "name": "Cyd"}).next()
    assert made.id == "cyd"
    merged = g.merge_v({T.id: "cyd"}).option(Merge.on_match, {"age": 7}).values("age").next()
    assert merged == 7
    g.V("cyd").property(Cardinality.single, "age", 8).iterate()
    g.V("cyd").property({"age": CardinalityValue.single(9)}).iterate()
    assert g.V("cyd").values("age").to_list() == [9]
    g.merge_e({T.label: "knows", Direction.OUT: "cyd", Direction.IN: "ann"}).iterate()
    assert g.V("cyd").out("knows").id_().to_list() == ["ann"]
    g.V("cyd").drop().iterate()
    assert not g.V("cyd").has_next()
    assert g.V().has_next()


def test_errors_of_traversals(g: Any) -> None:
    code, told = error_of(lambda: g.add_v("x").property(T.id, "ann").iterate())
    assert (code, told["code"]) == (500, "ConstraintViolationException")
    assert told["detailedMessage"] == told["message"] == "Vertex with id already exists: ann"
    code, told = error_of(lambda: g.V().property(Cardinality.list_, "a", 1).iterate())
    assert (code, told["code"]) == (498, "UnsupportedOperationException")
    code, told = error_of(lambda: g.V().map(lambda: "it.get()").to_list())
    assert (code, told["code"]) == (498, "UnsupportedOperationException")
    assert "Lambdas" in told["message"]
    assert g.V().count().next() == 3, "the connection goes on"


def test_many_results_come_in_batches(g: Any) -> None:
    assert (
        g.inject(0).repeat(__.union(__.identity(), __.identity())).times(11).count().next() == 2048
    )
    found = g.inject(*range(1000)).math("_ + 1").to_list()
    assert found == [float(number + 1) for number in range(1000)]
    assert (
        g.inject(7).repeat(__.union(__.identity(), __.identity())).times(11).to_list() == [7] * 2048
    )


# ---------------------------------------------------------------------------- scripts


@pytest.mark.parametrize("name", SERIALIZERS)
def test_scripts(url: str, name: str) -> None:
    client = Client(url, "g", pool_size=1, message_serializer=SERIALIZERS[name]())
    assert ask(client, "g.addV('x').property(id,'a').property('k',1)")[0].id == "a"
    assert ask(client, "g.V().values('k')") == [1]
    assert ask(client, "g.addV('y').next(); g.V().hasLabel('y').count()") == [1]
    assert ask(client, "g.V().hasLabel('nobody')") == []
    results = client.submit("g.inject(1,2,3,4,5)", request_options={"batchSize": 2})
    assert list(results) == [[1, 2], [3, 4], [5]]
    code, told = error_of(lambda: ask(client, "g.V("))
    assert (code, told["code"]) == (498, "MalformedQueryException")
    assert told["message"].startswith("Query parsing failed at line 1, character position at 4")
    client.close()


def test_request_ids(client: Client) -> None:
    id = "41d2e28a-20a4-4ab0-b379-d810dede3786"
    assert ask(client, "g.V()", requestId=id) == []
    _, told = error_of(lambda: ask(client, "g.V(", requestId=id))
    assert told["requestId"] == id


def test_what_looks_for_the_code_in_the_text(client: Client) -> None:
    with pytest.raises(GremlinServerError, match='"code":"MalformedQueryException"'):
        ask(client, "g.V(")


def test_bindings_are_refused(client: Client) -> None:
    for text in ("g.V(x)", "g.V('a')"):
        _, told = error_of(lambda text=text: client.submit(text, {"x": "a"}).all().result())
        assert told["code"] == "MalformedQueryException"


@pytest.mark.parametrize("options", [{"evaluationTimeout": 30}, {"scriptEvaluationTimeout": 30}])
def test_a_timeout(client: Client, options: dict[str, Any]) -> None:
    started = time.monotonic()
    text = "g.inject(1).repeat(identity()).times(2000000000)"
    code, told = error_of(lambda: ask(client, text, **options))
    assert (code, told["code"]) == (500, "TimeLimitExceededException")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "options", [{"evaluationTimeout": "x"}, {"batchSize": 0}, {"batchSize": True}]
)
def test_options_that_are_wrong(client: Client, options: dict[str, Any]) -> None:
    code, told = error_of(lambda: ask(client, "g.inject(1)", **options))
    assert (code, told["code"]) == (499, "InvalidParameterException")


def test_another_source(url: str) -> None:
    client = Client(url, "other", pool_size=1)
    code, told = error_of(lambda: ask(client, "g.V()"))
    assert code == 499
    assert "[other] for alias [g] is not configured" in told["message"]
    client.close()


# ---------------------------------------------------------------------------- clusters


def test_the_cluster_of_the_host(url: str) -> None:
    clients = {
        host: Client(url, "g", pool_size=1, headers={"Host": host} if host else None)
        for host in ("", CLUSTER, READER)
    }
    ask(clients[CLUSTER], "g.addV('x')")
    assert ask(clients[CLUSTER], "g.V().count()") == [1]
    assert ask(clients[READER], "g.V().count()") == [1]
    assert ask(clients[""], "g.V().count()") == [0]
    _, told = error_of(lambda: ask(clients[READER], "g.addV('x')"))
    assert told["code"] == "ReadOnlyViolationException"
    for client in clients.values():
        client.close()


def test_one_graph_for_the_websocket_and_boto3(address: tuple[str, int], client: Client) -> None:
    host, port = address
    neptune: Any = boto3.client("neptunedata", endpoint_url=f"http://{host}:{port}")
    ask(client, "g.addV('x').property(id,'a').property('k',1)")
    found = neptune.execute_open_cypher_query(openCypherQuery="MATCH (n:x) RETURN n.k AS k")
    assert found["results"] == [{"k": 1}]


def test_queries_are_seen_and_cancelled(address: tuple[str, int], url: str) -> None:
    host, port = address
    neptune: Any = boto3.client("neptunedata", endpoint_url=f"http://{host}:{port}")
    client = Client(url, "g", pool_size=2)
    id = "41d2e28a-20a4-4ab0-b379-d810dede3786"
    text = "g.inject(1).repeat(identity()).times(2000000000)"
    results = client.submit(text, request_options={"requestId": id})
    for _ in range(200):
        listed = neptune.list_gremlin_queries()["queries"]
        if listed:
            break
        time.sleep(0.02)
    assert [(query["queryId"], query["queryString"]) for query in listed] == [(id, text)]
    neptune.cancel_gremlin_query(queryId=id)
    code, told = error_of(lambda: results.all().result())
    assert (code, told["code"]) == (500, "CancelledByUserException")
    client.close()


def test_bytecode_as_the_status_shows_it(address: tuple[str, int], url: str) -> None:
    host, port = address
    neptune: Any = boto3.client("neptunedata", endpoint_url=f"http://{host}:{port}")
    connection = DriverRemoteConnection(url, "g", pool_size=1)
    g: Any = traversal().with_remote(connection)
    asked = (
        g.with_("Neptune#queryId", "mine")
        .with_strategies(ReadOnlyStrategy())
        .V(Vertex("a"))
        .has("k", P.within(1, 2))
        .inject(1)
        .repeat(__.identity())
        .times(2000000000)
    )
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(asked.to_list)
        for _ in range(200):
            listed = neptune.list_gremlin_queries()["queries"]
            if listed:
                break
            time.sleep(0.02)
        neptune.cancel_gremlin_query(queryId="mine")
        with pytest.raises(GremlinServerError):
            future.result(10)
    assert listed[0]["queryString"] == (
        "[[withStrategies(OptionsStrategy), withStrategies(ReadOnlyStrategy)], [V(v[a]), "
        "has(k, within([1, 2])), inject(1), repeat([identity()]), times(2000000000)]]"
    )
    connection.close()


def test_many_clients_at_once(url: str) -> None:
    def work(number: int) -> int:
        connection = DriverRemoteConnection(url, "g", pool_size=1)
        g: Any = traversal().with_remote(connection)
        for at in range(10):
            g.add_v("x").property(T.id, f"{number}-{at}").iterate()
        count = int(g.V().has("nothing").count().next())
        connection.close()
        return count

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [0] * 8
    client = Client(url, "g", pool_size=8, max_workers=8)
    futures = [client.submit_async("g.V().count()") for _ in range(30)]
    assert {tuple(future.result().all().result()) for future in futures} == {(80,)}
    client.close()


def test_a_reset_while_a_client_is_connected(client: Client) -> None:
    from moto.core.base_backend import BackendDict

    ask(client, "g.addV('x')")
    BackendDict.reset()
    assert ask(client, "g.V().count()") == [0]


def test_a_server_that_stops_ends_its_connections() -> None:
    from moto.server import ThreadedMotoServer

    with mock_neptunedata():
        server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        client = Client(f"ws://{host}:{port}/gremlin", "g", pool_size=1)
        assert ask(client, "g.V().count()") == [0]
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5
        with pytest.raises((OSError, RuntimeError, GremlinServerError, ClientError)):
            ask(client, "g.V().count()")
        client.close()
