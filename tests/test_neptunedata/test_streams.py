"""The two streams, as boto3 and plain HTTP clients read them."""

from __future__ import annotations

import gzip
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from freezegun import freeze_time

from moto_neptunedata import Neptune
from moto_neptunedata.graph import PropertyGraph
from tests.support.graphs import Replica, contents
from tests.support.helpers import EDGES, VERTICES, finish, put, start
from tests.support.places import (
    PLACES,
    Server,
    elsewhere,
    message,
    reader,
    refused,
    writer,
)

STREAMS = {
    "get_propertygraph_stream": ("/propertygraph/stream", "csv", VERTICES.decode(), "PG_JSON", 6),
    "get_sparql_stream": (
        "/sparql/stream",
        "ntriples",
        "<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <urn:c> .\n",
        "NQUADS",
        2,
    ),
}
INVALID = "An invalid or out-of-range value was supplied as an input parameter."
FUTURE = "Requested startEventId is from the future."


@pytest.fixture(params=STREAMS)
def name(request: Any) -> str:
    return str(request.param)


def load(neptune: Neptune, name: str, cluster: Any = None) -> None:
    _, format, text, *_ = STREAMS[name]
    neptune.cluster(cluster).load(text, format=format)


def test_a_page(client: Any, neptune: Neptune, name: str) -> None:
    with freeze_time("2024-01-01"):
        load(neptune, name)
        answer = getattr(client, name)(iteratorType="TRIM_HORIZON")
    *_, format, total = STREAMS[name]
    assert (answer["format"], answer["totalRecords"]) == (format, total)
    assert answer["lastEventId"] == {"commitNum": 1, "opNum": total}
    assert answer["lastTrxTimestampInMillis"] == 1_704_067_200_000
    for number, record in enumerate(answer["records"], start=1):
        assert record["commitTimestampInMillis"] == 1_704_067_200_000
        assert record["eventId"] == {"commitNum": 1, "opNum": number}
        assert record["op"] == "ADD"
        assert record.get("isLastOp") is (True if number == total else None)


def test_records(client: Any, neptune: Neptune) -> None:
    for name in STREAMS:
        load(neptune, name)
    (record,) = client.get_propertygraph_stream(commitNum=1, opNum=3, limit=1)["records"]
    assert record["data"] == {
        "id": "v1",
        "type": "vp",
        "key": "age",
        "value": {"value": 30, "dataType": "Int"},
    }
    (record,) = client.get_sparql_stream(iteratorType="LATEST")["records"]
    assert record["data"] == {"stmt": "<urn:a> <urn:p> <urn:c> .\n"}


def test_iterators(client: Any, neptune: Neptune, name: str) -> None:
    load(neptune, name)
    read = getattr(client, name)
    total = STREAMS[name][-1]
    for position, first in (
        ({"iteratorType": "TRIM_HORIZON", "commitNum": 9}, 1),
        ({"iteratorType": "LATEST"}, total),
        ({"commitNum": 1}, 1),
        ({"iteratorType": "AT_SEQUENCE_NUMBER", "commitNum": 1, "opNum": 2}, 2),
        ({"iteratorType": "AFTER_SEQUENCE_NUMBER", "commitNum": 1, "opNum": 1}, 2),
    ):
        assert read(**position)["records"][0]["eventId"]["opNum"] == first
    assert read(commitNum=1, limit=1)["totalRecords"] == 1


def test_refusals(client: Any, neptune: Neptune, name: str) -> None:
    read = getattr(client, name)
    assert message(read, "StreamRecordsNotFoundException", iteratorType="LATEST") == FUTURE
    load(neptune, name)
    last = f"{FUTURE} Last valid eventId is [commitNum = 1, opNum = {STREAMS[name][-1]}]"
    for position in (
        {"commitNum": 2**63 - 1},
        {
            "iteratorType": "AFTER_SEQUENCE_NUMBER",
            "commitNum": 1,
            "opNum": STREAMS[name][-1],
        },
    ):
        response = refused(read, "StreamRecordsNotFoundException", **position)
        assert response["detailedMessage"] == last
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    for position in (
        {},
        {"iteratorType": "AFTER_SEQUENCE_NUMBER"},
        {"iteratorType": "BAD", "commitNum": 1},
        {"commitNum": -1},
        {"commitNum": 1, "opNum": -1},
        {"commitNum": 1, "limit": 100_001},
    ):
        assert message(read, "InvalidParameterException", **position) == INVALID


def test_expired(client: Any, neptune: Neptune, name: str) -> None:
    with freeze_time("2024-01-01"):
        load(neptune, name)
    text = message(getattr(client, name), "ExpiredStreamException", commitNum=1)
    assert text == "All of the requested records exceed the maximum age allowed and have expired."
    neptune.cluster().settings.streams_expiry_days = 36_500
    assert getattr(client, name)(commitNum=1)["totalRecords"] == STREAMS[name][-1]


def test_switched_off(client: Any, neptune: Neptune, name: str) -> None:
    neptune.cluster().settings.streams = False
    refused(getattr(client, name), "UnsupportedOperationException", iteratorType="LATEST")


def test_a_reader_may(neptune: Neptune, name: str) -> None:
    load(neptune, name, writer())
    assert getattr(reader(), name)(commitNum=1)["totalRecords"] == STREAMS[name][-1]


@pytest.mark.parametrize("place", PLACES)
def test_elsewhere(client: Any, neptune: Neptune, name: str, place: str) -> None:
    load(neptune, name)
    read = getattr(elsewhere(place), name)
    assert message(read, "StreamRecordsNotFoundException", iteratorType="LATEST") == FUTURE


def test_gzip_with_boto3(client: Any, neptune: Neptune, name: str) -> None:
    load(neptune, name)
    plain = getattr(client, name)(commitNum=1)
    assert getattr(client, name)(commitNum=1, encoding="gzip")["records"] == plain["records"]


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("deflate, gzip;q=1.0", True),
        ("GZIP; q=0.5", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_gzip_over_http(
    client: Any, neptune: Neptune, name: str, accepted: str, is_packed: bool
) -> None:
    load(neptune, name)
    url = f"https://neptune-db.us-east-1.amazonaws.com:8182{STREAMS[name][0]}?commitNum=1"
    answer = requests.get(url, headers={"Accept-Encoding": accepted})
    assert answer.json()["totalRecords"] == STREAMS[name][-1]
    assert (answer.headers.get("Content-Encoding") == "gzip") is is_packed


def test_server(name: str) -> None:
    server = Server()
    path, *_ = STREAMS[name]
    server.ask(
        "POST",
        "/sparql",
        data="update=INSERT DATA { <urn:a> <urn:p> 1 }",
        content_type="application/x-www-form-urlencoded",
    )
    answer = server.app.get(path + "?iteratorType=LATEST", headers={"Accept-Encoding": "gzip"})
    body = answer.data
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    assert (b"NQUADS" in body) is (name == "get_sparql_stream")
    headers = {"Accept-Encoding": "gzip", "User-Agent": "Boto3/1.44 Botocore/1.44"}
    answer = server.app.get(path + "?iteratorType=LATEST", headers=headers)
    assert "Content-Encoding" not in answer.headers, "botocore cannot decompress"
    assert server.ask("DELETE", path)[1]["code"] == "MethodNotAllowedException"


@pytest.mark.parametrize("path", ["/pg/stream", "/gremlin/stream"])
def test_other_spellings(client: Any, neptune: Neptune, path: str) -> None:
    load(neptune, "get_propertygraph_stream")
    url = f"https://neptune-db.us-east-1.amazonaws.com:8182{path}?iteratorType=LATEST"
    assert requests.get(url).json()["format"] == "PG_JSON"


def replica_of(client: Any) -> tuple[PropertyGraph, int]:
    """What a consumer has after it has read all there is, and how many records those were."""
    replica, seen = Replica(), 0
    position: dict[str, Any] = {"iteratorType": "TRIM_HORIZON"}
    while True:
        try:
            page = client.get_propertygraph_stream(limit=3, **position)
        except client.exceptions.StreamRecordsNotFoundException:
            return replica.graph, seen
        for record in page["records"]:
            replica.take(record)
        seen += page["totalRecords"]
        position = {"iteratorType": "AFTER_SEQUENCE_NUMBER", **page["lastEventId"]}


def test_a_consumer(neptune: Neptune, s3: Any) -> None:
    client = boto3.client(
        "neptunedata", config=Config(retries={"total_max_attempts": 3, "mode": "standard"})
    )
    put(v_csv=VERTICES, e_csv=EDGES)
    finish(client, start(client))
    with neptune.graph.transaction() as tx:
        ann = neptune.graph.vertex("v1")
        assert ann is not None
        tx.set_property(ann, "name", "Anna")
        tx.remove_vertex(ann, detach=True)
    replica, seen = replica_of(client)
    assert contents(replica) == contents(neptune.graph)
    assert seen == sum(change.kind != "v" for commit in neptune.graph.log for change in commit)


def test_a_million_records_are_found_at_once(client: Any, neptune: Neptune) -> None:
    size = 100_000
    ids = [f"v{number}" for number in range(size)]
    columns = [["x"] * size for _ in range(9)]
    keys = tuple("abcdefghi")
    neptune.graph.add_vertices(ids, [("person",)] * size, keys, columns)
    page = client.get_propertygraph_stream(commitNum=1, opNum=999_991)
    assert page["totalRecords"] == 10
    assert page["records"][-1]["isLastOp"] is True
    assert page["records"][-1]["data"]["id"] == "v99999"
