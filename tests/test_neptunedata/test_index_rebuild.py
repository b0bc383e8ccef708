"""Index rebuilds: their states, their tokens, and where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
import requests
from freezegun import freeze_time
from moto.moto_api import state_manager

from moto_neptunedata import Neptune
from tests.support.places import (
    PLACES,
    Server,
    elsewhere,
    message,
    reader,
    refused,
    writer,
)

MODEL = "neptunedata::indexrebuild"


def begin(client: Any, **params: Any) -> str:
    return str(client.start_index_rebuild(**params)["rebuildId"])


def ask(client: Any, id: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get_index_rebuild_status(rebuildId=id)
    answer.pop("ResponseMetadata")
    return answer


@pytest.fixture
def immediate() -> Iterator[None]:
    state_manager.set_transition(MODEL, {"progression": "immediate"})
    yield
    state_manager.unset_transition(MODEL)


def test_life(client: Any) -> None:
    with freeze_time("2026-01-01T00:00:00Z") as clock:
        answer = client.start_index_rebuild()
        answer.pop("ResponseMetadata")
        id = answer.pop("rebuildId")
        assert answer == {
            "status": "PREPARING",
            "scope": "ALL",
            "concurrency": 1,
            "writeBufferSize": "LOW",
        }
        clock.tick(60)
        began = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
        common = {**answer, "startTime": began}
        assert ask(client, id) == {
            **common,
            "status": "REBUILDING",
            "progressPercentage": 50,
            "estimatedEndTime": began + timedelta(minutes=10),
        }
        done = {
            **common,
            "status": "COMPLETED",
            "progressPercentage": 100,
            "endTime": began + timedelta(minutes=1),
        }
        assert ask(client, id) == done
        clock.tick(60)
        assert ask(client, id) == done


def test_parameters(client: Any) -> None:
    asked = {"scope": "QUADS", "concurrency": 3, "writeBufferSize": "HIGH"}
    answer = client.start_index_rebuild(**asked)
    assert asked.items() <= answer.items()
    assert asked.items() <= ask(client, answer["rebuildId"]).items()
    answer = client.cancel_index_rebuild(rebuildId=answer["rebuildId"])
    assert (answer["concurrency"], answer["writeBufferSize"]) == (3, "HIGH")


def test_concurrency_is_cut_down_to_the_vcpus(client: Any, neptune: Neptune) -> None:
    neptune.cluster().settings.instance_class = "db.r6g.2xlarge"
    assert client.start_index_rebuild(concurrency=1000)["concurrency"] == 8


@pytest.mark.parametrize(
    "asked", [{"scope": "SOME"}, {"writeBufferSize": "HUGE"}], ids=["scope", "buffer"]
)
def test_bad_values(client: Any, asked: dict[str, Any]) -> None:
    refused(client.start_index_rebuild, "InvalidParameterException", **asked)
    assert client.list_index_rebuilds()["rebuildIds"] == []


def test_tokens(client: Any, immediate: None) -> None:
    first = begin(client, clientToken="a")
    assert begin(client, clientToken="a") == first
    assert begin(client, clientToken="b") != first
    assert begin(client) not in ("", first)
    text = message(
        client.start_index_rebuild, "InvalidParameterException", clientToken="a", scope="QUADS"
    )
    assert "other parameters" in text


def test_a_token_finds_an_active_one(client: Any) -> None:
    first = begin(client, clientToken="a")
    assert begin(client, clientToken="a") == first
    text = message(client.start_index_rebuild, "ConcurrentModificationException")
    assert first in text
    assert client.list_index_rebuilds()["rebuildIds"] == [first]


def test_list(client: Any, immediate: None) -> None:
    assert client.list_index_rebuilds()["rebuildIds"] == []
    first, second = begin(client), begin(client)
    assert client.list_index_rebuilds()["rebuildIds"] == [second, first]


def test_cancel(client: Any) -> None:
    id = begin(client)
    ask(client, id)
    for _ in range(2):
        answer = client.cancel_index_rebuild(rebuildId=id)
        answer.pop("ResponseMetadata")
        assert answer == {"status": "CANCELLING", "concurrency": 1, "writeBufferSize": "LOW"}
    told = ask(client, id)
    assert (told["status"], told["progressPercentage"]) == ("CANCELLED", 50)
    assert told["endTime"] >= told["startTime"]
    assert begin(client) != id, "another one can start"


def test_cancel_what_has_ended(client: Any, immediate: None) -> None:
    id = begin(client)
    text = message(client.cancel_index_rebuild, "ValidationException", rebuildId=id)
    assert text == f"The index rebuild {id} has ended: COMPLETED"


def test_unknown(client: Any) -> None:
    for call in (client.get_index_rebuild_status, client.cancel_index_rebuild):
        text = message(call, "InvalidParameterException", rebuildId="x/1")
        assert text == "There is no index rebuild with id x/1"


def test_on_a_reader(neptune: Neptune) -> None:
    id = begin(writer())
    refused(reader().start_index_rebuild, "ReadOnlyViolationException")
    refused(reader().cancel_index_rebuild, "ReadOnlyViolationException", rebuildId=id)
    assert ask(reader(), id)["status"] == "REBUILDING"
    assert reader().list_index_rebuilds()["rebuildIds"] == [id]


def test_serverless(client: Any, neptune: Neptune) -> None:
    neptune.cluster().settings.serverless = True
    refused(client.start_index_rebuild, "UnsupportedOperationException")


def test_an_old_engine(client: Any, neptune: Neptune) -> None:
    neptune.cluster().settings.engine_version = "1.4.6.3"
    for call, params in (
        (client.start_index_rebuild, {}),
        (client.cancel_index_rebuild, {"rebuildId": "x"}),
        (client.get_storage_info, {}),
    ):
        assert "1.4.6.3" in message(call, "UnsupportedOperationException", **params)


def test_an_old_cluster_of_motos_neptune(neptune: Neptune) -> None:
    boto3.client("neptune").create_db_cluster(
        DBClusterIdentifier="graph", Engine="neptune", EngineVersion="1.3.2.0"
    )
    assert "1.3.2.0" in message(writer().get_storage_info, "UnsupportedOperationException")


@pytest.mark.parametrize("place", PLACES)
def test_elsewhere(client: Any, place: str) -> None:
    id = begin(client)
    other = elsewhere(place)
    refused(other.get_index_rebuild_status, "InvalidParameterException", rebuildId=id)
    assert other.list_index_rebuilds()["rebuildIds"] == []
    begin(other)


def test_server() -> None:
    server = Server()
    path = "/storage/indexes/rebuilds"
    _, begun = server.ask("POST", f"{path}?scope=QUADS&concurrency=2", {"clientToken": "t"})
    assert (begun["scope"], begun["concurrency"]) == ("QUADS", 2)
    one = f"{path}/{begun['rebuildId']}"
    assert server.ask("GET", path) == (200, {"rebuildIds": [begun["rebuildId"]]})
    assert server.ask("GET", one)[1]["status"] == "REBUILDING"
    assert server.ask("POST", f"{one}/cancel")[1]["status"] == "CANCELLING"
    assert server.ask("DELETE", path)[1]["code"] == "MethodNotAllowedException"


def test_method(client: Any) -> None:
    url = "https://neptune-db.us-east-1.amazonaws.com:8182/storage/info"
    assert requests.post(url).json()["code"] == "MethodNotAllowedException"
