"""ExecuteFastReset: the token, what is cleared, and the time until the cluster is back."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from freezegun import freeze_time
from moto.moto_api import state_manager

from moto_neptunedata import Neptune, service_model
from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.neptunedata import neptunedata_backends
from tests.support.helpers import VERTICES, finish, put, start
from tests.support.places import (
    PLACES,
    Server,
    elsewhere,
    message,
    reader,
    refused,
    writer,
)

BUSY = "Database reset is in progress. Please retry the query after the cluster is available."


def initiate(client: Any) -> str:
    return str(client.execute_fast_reset(action="initiateDatabaseReset")["payload"]["token"])


def perform(client: Any, token: str | None = None) -> Any:
    token = initiate(client) if token is None else token
    return client.execute_fast_reset(action="performDatabaseReset", token=token)


def wait(client: Any) -> list[str]:
    """Ask until the cluster is healthy; gives all that was told."""
    told = [""]
    while told[-1] != "healthy":
        told.append(client.get_engine_status()["status"])
    return told[1:]


def test_flow(client: Any) -> None:
    answer = client.execute_fast_reset(action="initiateDatabaseReset")
    assert answer["status"] == "200 OK"
    assert set(answer["payload"]) == {"token"}
    answer = perform(client, answer["payload"]["token"])
    answer.pop("ResponseMetadata")
    assert answer == {"status": "200 OK"}
    assert wait(client) == ["recovery", "healthy"]


def test_it_clears_everything(client: Any, neptune: Neptune, s3: Any) -> None:
    put(v_csv=VERTICES)
    finish(client, start(client))
    neptune.load("<urn:a> <urn:p> <urn:b> .", format="ntriples")
    client.get_propertygraph_statistics()
    client.manage_sparql_statistics(mode="disableAutoCompute")
    client.start_ml_data_processing_job(
        inputDataS3Location="s3://in/", processedDataS3Location="s3://out/"
    )
    client.start_index_rebuild()
    with freeze_time("2030-01-01"):
        perform(client)
    wait(client)
    assert (neptune.graph.vertex_count, len(neptune.cluster().rdf)) == (0, 0)
    assert client.list_loader_jobs()["payload"]["loadIds"] == []
    assert client.list_ml_data_processing_jobs()["ids"] == []
    assert client.list_index_rebuilds()["rebuildIds"] == []
    assert client.get_propertygraph_statistics()["payload"]["active"] is False
    assert client.get_sparql_statistics()["payload"]["autoCompute"] is True
    refused(client.get_propertygraph_summary, "StatisticsNotAvailableException")
    for read in (client.get_propertygraph_stream, client.get_sparql_stream):
        refused(read, "StreamRecordsNotFoundException", iteratorType="TRIM_HORIZON")
    assert client.get_storage_info()["quads"]["PG"]["SPOG"]["count"] == 0
    assert client.get_engine_status()["startTime"] == "Tue Jan 01 00:00:00 UTC 2030"
    put(v_csv=VERTICES)
    finish(client, start(client))
    page = client.get_propertygraph_stream(iteratorType="TRIM_HORIZON")
    assert page["records"][0]["eventId"]["commitNum"] == 1, "numbers start again"


def test_settings_stay(client: Any, neptune: Neptune) -> None:
    neptune.cluster().settings.engine_version = "1.4.0.0"
    perform(client)
    assert client.get_engine_status()["dbEngineVersion"] == "1.4.0.0"


def test_nothing_happens_before_it_is_performed(client: Any, neptune: Neptune) -> None:
    neptune.load(VERTICES)
    initiate(client)
    assert neptune.graph.vertex_count == 2
    assert client.get_engine_status()["status"] == "healthy"


# ---------------------------------------------------------------------------- tokens


def assert_wrong(client: Any, neptune: Neptune, token: str) -> None:
    response = refused(
        client.execute_fast_reset,
        "InvalidParameterException",
        action="performDatabaseReset",
        token=token,
    )
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["detailedMessage"] == (
        f"System command parameter 'token' : '{token}' does not match database reset token"
    )
    assert neptune.graph.vertex_count == 2
    assert client.get_engine_status()["status"] == "healthy"


@pytest.fixture
def loaded(neptune: Neptune) -> Neptune:
    neptune.load(VERTICES)
    return neptune


def test_a_wrong_token(client: Any, loaded: Neptune) -> None:
    token = initiate(client)
    assert_wrong(client, loaded, "wrong")
    perform(client, token)  # which a failed attempt does not use up
    assert loaded.graph.vertex_count == 0


def test_an_old_token(client: Any, loaded: Neptune) -> None:
    old = initiate(client)
    initiate(client)
    assert_wrong(client, loaded, old)


def test_a_stale_token(client: Any, loaded: Neptune) -> None:
    with freeze_time("2024-01-01T00:00:00"):
        token = initiate(client)
    with freeze_time("2024-01-01T01:00:01"):
        assert_wrong(client, loaded, token)
    with freeze_time("2024-01-01T01:00:00"):
        perform(client, token)


def test_a_used_token(client: Any, loaded: Neptune) -> None:
    token = initiate(client)
    perform(client, token)
    wait(client)
    loaded.load(VERTICES)
    code = "PreconditionsFailedException"
    refused(client.execute_fast_reset, code, action="performDatabaseReset", token=token)
    initiate(client)
    assert_wrong(client, loaded, token)


def test_no_token(client: Any, loaded: Neptune) -> None:
    initiate(client)
    perform_only = {"action": "performDatabaseReset"}
    text = message(client.execute_fast_reset, "MissingParameterException", **perform_only)
    assert text == "Missing required parameters: [token]"


def test_not_initiated(client: Any, loaded: Neptune) -> None:
    asked = {"action": "performDatabaseReset", "token": "x"}
    text = message(client.execute_fast_reset, "PreconditionsFailedException", **asked)
    assert "initiateDatabaseReset" in text


def test_actions(client: Any) -> None:
    text = message(client.execute_fast_reset, "InvalidParameterException", action="explode")
    assert text == "System command parameter 'action' has unsupported value 'explode'"
    url = "https://neptune-db.us-east-1.amazonaws.com:8182/system"
    assert requests.post(url, json={}).json()["code"] == "MissingParameterException"
    assert requests.get(url).json()["code"] == "MethodNotAllowedException"
    form = requests.post(url, data={"action": "initiateDatabaseReset"}).json()
    assert form["payload"]["token"]


def test_on_a_reader(neptune: Neptune) -> None:
    neptune.load(VERTICES)
    token = initiate(writer())
    for asked in ({"action": "initiateDatabaseReset"}, {"action": "performDatabaseReset"}):
        refused(reader().execute_fast_reset, "ReadOnlyViolationException", token=token, **asked)
    perform(writer(), token)


# ---------------------------------------------------------------------------- recovery


def test_other_requests_meanwhile(client: Any) -> None:
    perform(client)
    for call, code in (
        (client.get_storage_info, "ServerShutdownException"),
        (client.get_loader_job_status, "InternalFailureException"),
        (client.list_ml_endpoints, "ServerShutdownException"),
    ):
        params = {"loadId": "x"} if code == "InternalFailureException" else {}
        response = refused(call, code, **params)
        assert response["detailedMessage"] == BUSY
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 500
    answer = requests.get(
        "https://neptune-db.us-east-1.amazonaws.com:8182/sparql", params={"query": "ASK {}"}
    )
    assert (answer.status_code, answer.json()["detailedMessage"]) == (500, BUSY)
    assert client.get_engine_status()["status"] == "recovery"
    assert message(client.get_storage_info, "ServerShutdownException") == BUSY
    assert client.get_engine_status()["status"] == "healthy"
    client.get_storage_info()


@pytest.mark.parametrize("operation", service_model.operations())
def test_the_error_is_one_of_the_operations_own(client: Any, operation: str) -> None:
    """Where it has a fitting one."""
    perform(client)
    backend = neptunedata_backends["123456789012"]["us-east-1"]
    with pytest.raises(NeptuneError) as caught:
        backend.check_available(backend.cluster(), operation)
    model = service_model.botocore_model().operation_model(operation)
    own = {shape.name for shape in model.error_shapes}
    fitting = {"ServerShutdownException", "FailureByQueryException", "InternalFailureException"}
    assert caught.value.code in (own & fitting or {"ServerShutdownException"})


@pytest.mark.parametrize(
    ("transition", "told"),
    [
        ({"progression": "immediate"}, ["healthy"]),
        ({"progression": "manual", "times": 2}, ["recovery"] * 3 + ["healthy"]),
    ],
)
def test_transitions(client: Any, transition: dict[str, Any], told: list[str]) -> None:
    state_manager.set_transition("neptunedata::fastreset", transition)
    try:
        perform(client)
        assert wait(client) == told
    finally:
        state_manager.unset_transition("neptunedata::fastreset")


def test_a_tester_can_end_it(client: Any, neptune: Neptune) -> None:
    perform(client)
    neptune.reset()
    client.get_storage_info()


@pytest.mark.parametrize("place", PLACES)
def test_elsewhere(client: Any, loaded: Neptune, place: str) -> None:
    token = initiate(client)
    other = elsewhere(place)
    asked = {"action": "performDatabaseReset", "token": token}
    refused(other.execute_fast_reset, "PreconditionsFailedException", **asked)
    perform(other)
    assert client.get_engine_status()["status"] == "healthy"
    assert loaded.cluster(boto3.client("neptunedata")).graph.vertex_count == 2


def test_server() -> None:
    server = Server()
    _, body = server.ask("POST", "/system", {"action": "initiateDatabaseReset"})
    asked = {"action": "performDatabaseReset", **body["payload"]}
    assert server.ask("POST", "/system", asked) == (200, {"status": "200 OK"})
    assert server.ask("GET", "/storage/info")[0] == 500
    told = [server.ask("GET", "/status")[1]["status"] for _ in range(2)]
    assert told == ["recovery", "healthy"]
