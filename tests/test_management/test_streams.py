"""Streams: replicas, consumers, pages, positions, expiry, and what they refuse."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph import MISSING, Change, PropertyGraph
from moto_neptunedata.graph.rdf_dataset import QuadChange, RdfDataset
from moto_neptunedata.loader.feeds import DEFAULT_NAMED_GRAPH_URI
from moto_neptunedata.management import streams as module
from moto_neptunedata.management.records import CommitRecords, RecordCounter, count_records
from moto_neptunedata.management.streams import (
    Stream,
    serialize_change,
    serialize_quad_change,
    to_json_value,
)
from moto_neptunedata.settings import ClusterSettings
from tests.support.graphs import Replica, contents, histories, live

DEFAULT = NamedNode(DEFAULT_NAMED_GRAPH_URI)


def stream_of(graph: PropertyGraph, **options: Any) -> Stream[Change]:
    settings = ClusterSettings(**options)
    return Stream(graph.log, graph.lock, settings, "PG_JSON", serialize_change)


def rdf_stream_of(rdf: RdfDataset) -> Stream[QuadChange]:
    return Stream(rdf.log, rdf.lock, ClusterSettings(), "NQUADS", serialize_quad_change)


def consume(stream: Stream[Any], limit: int = 10) -> Iterator[dict[str, Any]]:
    """All records, as a consumer reads them."""
    position: tuple[Any, ...] = ("TRIM_HORIZON",)
    while True:
        try:
            page = stream.read(*position, limit=limit)
        except NeptuneError as error:
            if error.code != "StreamRecordsNotFoundException":
                raise
            return
        assert page["totalRecords"] == len(page["records"]) <= limit
        yield from page["records"]
        last = page["lastEventId"]
        assert last == page["records"][-1]["eventId"]
        assert page["lastTrxTimestamp"] == page["records"][-1]["commitTimestamp"]
        position = "AFTER_SEQUENCE_NUMBER", last["commitNum"], last["opNum"]


def ids(records: Any) -> list[tuple[int, int]]:
    return [(record["eventId"]["commitNum"], record["eventId"]["opNum"]) for record in records]


def refused(stream: Stream[Any], *position: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(NeptuneError) as caught:
        stream.read(*position, **options)
    return caught.value.code, caught.value.message


# ---------------------------------------------------------------------------- hypothesis


@settings(deadline=None, max_examples=80)
@given(histories, st.integers(1, 7))
def test_a_replica_is_the_same_graph(history: Any, limit: int) -> None:
    graph = PropertyGraph()
    stream = stream_of(graph)
    live(graph, history)
    replica = Replica()
    for record in consume(stream, limit):
        replica.take(record)
    assert contents(replica.graph) == contents(graph)


@settings(deadline=None, max_examples=60)
@given(histories, st.integers(1, 7), st.randoms())
def test_a_consumer_sees_each_change_once(history: Any, limit: int, random: Any) -> None:
    graph = PropertyGraph()
    stream = stream_of(graph)
    live(graph, history)
    expected = [
        (commit.num, number, change)
        for commit in graph.log
        for number, change in enumerate((c for c in commit if c.kind != "v"), start=1)
    ]
    records = list(consume(stream, limit))
    assert ids(records) == [(commit, number) for commit, number, _ in expected]
    assert [record["data"] for record in records] == [
        serialize_change(change) for *_, change in expected
    ]
    lasts = {commit: number for commit, number, _ in expected}
    assert [r["eventId"]["opNum"] for r in records if "isLastOp" in r] == list(lasts.values())
    for commit, number, change in random.sample(expected, min(5, len(expected))):
        (record,) = stream.read("AT_SEQUENCE_NUMBER", commit, number, limit=1)["records"]
        assert record["data"] == serialize_change(change)
    assert RecordCounter(graph.log).total() == len(expected)


@settings(deadline=None, max_examples=60)
@given(histories, st.data())
def test_any_slice_of_a_commit(history: Any, data: Any) -> None:
    graph = PropertyGraph()
    live(graph, history)
    for commit in graph.log:
        records = CommitRecords(commit)
        shown = [change for change in commit if change.kind != "v"]
        assert len(records) == len(shown) == count_records([commit])
        start = data.draw(st.integers(0, len(shown)))
        stop = data.draw(st.integers(start, len(shown)))
        assert list(records.slice(start, stop)) == shown[start:stop]


nodes = st.sampled_from([NamedNode("urn:a"), NamedNode("urn:b"), BlankNode("b")])
objects = nodes | st.sampled_from([Literal("x\n"), Literal("y", language="en"), Literal(1)])
graph_names = st.sampled_from([DEFAULT, NamedNode("urn:g"), BlankNode("g")])
quads = st.builds(Quad, nodes, st.just(NamedNode("urn:p")), objects, graph_names)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "bulk"]), st.lists(quads, max_size=5))))
def test_a_replica_is_the_same_dataset(history: list[tuple[str, list[Quad]]]) -> None:
    rdf = RdfDataset()
    for kind, some in history:
        if kind == "bulk":
            rdf.add_quads(some, DEFAULT)
        else:
            with rdf.transaction() as tx:
                for quad in some:
                    (tx.add if kind == "add" else tx.remove)(quad)
    replica: set[Quad] = set()
    for record in consume(rdf_stream_of(rdf), limit=3):
        (quad,) = parse(record["data"]["stmt"].encode(), RdfFormat.N_QUADS)
        assert quad not in replica if record["op"] == "ADD" else quad in replica
        (replica.add if record["op"] == "ADD" else replica.remove)(quad)
    written = {
        Quad(quad.subject, quad.predicate, quad.object) if quad.graph_name == DEFAULT else quad
        for quad in rdf
    }
    assert replica == written
    assert RecordCounter(rdf.log).total() == sum(map(len, rdf.log))


# ---------------------------------------------------------------------------- by hand


@pytest.fixture
def graph() -> PropertyGraph:
    """Commit 1 has 3 records, commit 2 has 2, commit 3 has none to show, commit 4 has 1."""
    graph = PropertyGraph()
    graph.add_vertices(["a", "b"], [("person",)] * 2, ("name",), [["Ann", MISSING]])
    with graph.transaction() as tx:
        ann, bob = graph.vertex("a"), graph.vertex("b")
        assert ann is not None
        assert bob is not None
        tx.set_property(tx.add_edge("e", "knows", ann, bob), "since", 2020)
    with graph.transaction() as tx:
        tx.add_vertex("bare")
    with graph.transaction() as tx:
        tx.add_label(ann, "boss")
    return graph


def test_records(graph: PropertyGraph) -> None:
    page = stream_of(graph).read("TRIM_HORIZON")
    stamps = [commit.timestamp for commit in graph.log]
    assert page["format"] == "PG_JSON"
    assert ids(page["records"]) == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (4, 1)]
    assert page["records"][2:5] == [
        {
            "commitTimestamp": stamps[0],
            "eventId": {"commitNum": 1, "opNum": 3},
            "data": {
                "id": "b",
                "type": "vl",
                "key": "label",
                "value": {"value": "person", "dataType": "String"},
            },
            "op": "ADD",
            "isLastOp": True,
        },
        {
            "commitTimestamp": stamps[1],
            "eventId": {"commitNum": 2, "opNum": 1},
            "data": {
                "id": "e",
                "type": "e",
                "key": "label",
                "value": {"value": "knows", "dataType": "String"},
                "from": "a",
                "to": "b",
            },
            "op": "ADD",
        },
        {
            "commitTimestamp": stamps[1],
            "eventId": {"commitNum": 2, "opNum": 2},
            "data": {
                "id": "e",
                "type": "ep",
                "key": "since",
                "value": {"value": 2020, "dataType": "Long"},
            },
            "op": "ADD",
            "isLastOp": True,
        },
    ]


@pytest.mark.parametrize(
    ("position", "first"),
    [
        (("TRIM_HORIZON",), (1, 1)),
        (("TRIM_HORIZON", 2, 2), (1, 1)),
        (("LATEST",), (4, 1)),
        (("LATEST", 1), (4, 1)),
        (("AT_SEQUENCE_NUMBER", 1), (1, 1)),
        (("AT_SEQUENCE_NUMBER", 1, 3), (1, 3)),
        (("AT_SEQUENCE_NUMBER", 1, 4), (2, 1)),
        (("AT_SEQUENCE_NUMBER", 3), (4, 1)),
        (("AT_SEQUENCE_NUMBER", 0), (1, 1)),
        (("AT_SEQUENCE_NUMBER", 1, 0), (1, 1)),
        (("AFTER_SEQUENCE_NUMBER", 0, 0), (1, 1)),
        (("AFTER_SEQUENCE_NUMBER", 1), (1, 2)),
        (("AFTER_SEQUENCE_NUMBER", 1, 3), (2, 1)),
        (("AFTER_SEQUENCE_NUMBER", 2, 2), (4, 1)),
    ],
)
def test_positions(graph: PropertyGraph, position: tuple[Any, ...], first: tuple[int, int]) -> None:
    records = stream_of(graph).read(*position)["records"]
    assert ids(records)[0] == first
    if position[0] == "LATEST":
        assert len(records) == 1


FUTURE = "Requested startEventId is from the future. "
LAST = FUTURE + "Last valid eventId is [commitNum = 4, opNum = 1]"
INVALID = "An invalid or out-of-range value was supplied as an input parameter."


@pytest.mark.parametrize(
    ("position", "code", "text"),
    [
        (("AFTER_SEQUENCE_NUMBER", 4, 1), "StreamRecordsNotFoundException", LAST),
        (("AT_SEQUENCE_NUMBER", 4, 2), "StreamRecordsNotFoundException", LAST),
        (("AT_SEQUENCE_NUMBER", 2**63 - 1), "StreamRecordsNotFoundException", LAST),
        (("AT_SEQUENCE_NUMBER",), "InvalidParameterException", INVALID),
        (("AFTER_SEQUENCE_NUMBER",), "InvalidParameterException", INVALID),
        (("AT_SEQUENCE_NUMBER", -1), "InvalidParameterException", INVALID),
        (("AT_SEQUENCE_NUMBER", 1, -1), "InvalidParameterException", INVALID),
    ],
)
def test_refusals(graph: PropertyGraph, position: tuple[Any, ...], code: str, text: str) -> None:
    assert refused(stream_of(graph), *position) == (code, text)


@pytest.mark.parametrize("kind", ["TRIM_HORIZON", "LATEST"])
def test_empty(kind: str) -> None:
    code, text = refused(stream_of(PropertyGraph()), kind)
    assert (code, text) == ("StreamRecordsNotFoundException", FUTURE.strip())
    graph = PropertyGraph()
    with graph.transaction() as tx:
        tx.add_vertex("bare")
    assert refused(stream_of(graph), kind) == (code, text), "nothing that streams show"


def test_off(graph: PropertyGraph) -> None:
    code, text = refused(stream_of(graph, streams=False), "TRIM_HORIZON")
    assert code == "UnsupportedOperationException"
    assert "neptune_streams" in text


def test_limit(graph: PropertyGraph) -> None:
    stream = stream_of(graph)
    assert ids(stream.read("TRIM_HORIZON", limit=4)["records"])[-1] == (2, 1)
    assert len(stream.read("TRIM_HORIZON", limit=100_000)["records"]) == 6
    graph.add_vertices([f"n{i}" for i in range(20)], [("x",)] * 20, (), [])
    assert stream.read("TRIM_HORIZON")["totalRecords"] == 10


def test_a_page_is_full_at_its_size(graph: PropertyGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stream_of(graph)
    monkeypatch.setattr(module, "MAX_PAGE_BYTES", 1)
    assert stream.read("TRIM_HORIZON")["totalRecords"] == 1, "what exceeds it is still told"
    assert len(list(consume(stream))) == 6


def test_ten_megabytes() -> None:
    graph = PropertyGraph()
    graph.add_vertices(["a", "b", "c"], [("x",)] * 3, ("big",), [["y" * 6_000_000] * 3])
    page = stream_of(graph).read("TRIM_HORIZON", limit=100)
    assert ids(page["records"]) == [(1, 1), (1, 2), (1, 3), (1, 4)]
    assert "isLastOp" not in page["records"][-1]


def test_expiry() -> None:
    graph = PropertyGraph()
    with freeze_time("2024-01-01", tick=False) as clock:
        for id in ("a", "b", "c"):
            with graph.transaction() as tx:
                tx.add_vertex(id, ["person"])
            clock.tick(86_400)
        stream = stream_of(graph, streams_expiry_days=2)
        clock.move_to("2024-01-03T00:00:01")
        assert ids(stream.read("TRIM_HORIZON")["records"]) == [(2, 1), (3, 1)]
        code, text = refused(stream, "AT_SEQUENCE_NUMBER", 1)
        assert code == "ExpiredStreamException"
        assert text == (
            "All of the requested records exceed the maximum age allowed and have expired."
        )
        assert refused(stream, "AFTER_SEQUENCE_NUMBER", 0, 0)[0] == "ExpiredStreamException"
        assert ids(stream.read("AFTER_SEQUENCE_NUMBER", 1, 1)["records"])[0] == (2, 1)
        clock.move_to("2024-02-01")
        for kind in ("TRIM_HORIZON", "LATEST"):
            assert refused(stream, kind)[1].endswith("[commitNum = 3, opNum = 1]")
        with graph.transaction() as tx:
            tx.add_vertex("d", ["person"])
        assert ids(stream.read("TRIM_HORIZON")["records"]) == [(4, 1)]


def test_a_rewound_commit_is_forgotten(graph: PropertyGraph) -> None:
    stream = stream_of(graph)
    counter = RecordCounter(graph.log)
    assert stream.read("LATEST")["records"][0]["data"]["value"]["value"] == "boss"
    assert counter.total() == 6
    graph.rewind(3)
    with graph.transaction() as tx:
        tx.add_vertex("z", ["other", "labels"])
    assert stream.read("AT_SEQUENCE_NUMBER", 4)["records"][0]["data"]["id"] == "z"
    assert counter.total() == 7


def test_many_commits_of_which_few_are_remembered() -> None:
    graph = PropertyGraph()
    for number in range(30):
        with graph.transaction() as tx:
            tx.add_vertex(f"v{number}", ["x", "y"])
    stream = stream_of(graph)
    assert len(list(consume(stream, limit=7))) == 60
    assert len(stream._known) <= 8


@pytest.mark.parametrize(
    ("value", "told"),
    [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (1.5, 1.5), ([1], [1])],
)
def test_json_values(value: Any, told: Any) -> None:
    assert to_json_value(value) == told


def test_statements() -> None:
    rdf = RdfDataset()
    subject, predicate = NamedNode("https://test.com/s"), NamedNode("https://test.com/p")
    for graph in (DEFAULT, NamedNode("urn:g")):
        rdf.add_quads([Quad(subject, predicate, Literal("o"), graph)], DEFAULT)
    page = rdf_stream_of(rdf).read("TRIM_HORIZON")
    assert page["format"] == "NQUADS"
    assert [record["data"]["stmt"] for record in page["records"]] == [
        '<https://test.com/s> <https://test.com/p> "o" .\n',
        '<https://test.com/s> <https://test.com/p> "o" <urn:g> .\n',
    ]
