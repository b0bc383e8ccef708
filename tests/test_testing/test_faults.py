"""Errors, throttling and latency that a tester provokes, as callers see them."""

from __future__ import annotations

import threading
import time
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from moto_neptunedata import Neptune, mock_neptunedata, service_model
from moto_neptunedata.testing.fault_injection import FaultInjection
from moto_neptunedata.testing.faults import Fault, first, make_fault
from moto_neptunedata.testing.rules import Asked, Rules
from moto_neptunedata.testing.scope import ClusterKey
from tests.support.helpers import VERTICES, put, start

OTHER = "https://other:8182"
FAST = Config(retries={"mode": "legacy", "max_attempts": 2})


@pytest.fixture
def patient(neptune: Neptune, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client with botocore's three attempts, which do not really wait for each other."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    return boto3.client("neptunedata", config=Config(retries={"mode": "standard"}))


def outcomes(client: Any, count: int, **parameters: Any) -> list[str]:
    """What a number of calls of GetEngineStatus come to."""
    found = []
    for _ in range(count):
        try:
            client.get_engine_status(**parameters)
            found.append("ok")
        except ClientError as error:
            found.append(error.response["Error"]["Code"].removesuffix("Exception"))
    return found


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize("name", sorted(service_model.error_statuses()))
def test_every_error(neptune: Neptune, client: Any, name: str) -> None:
    neptune.fail_next("GetEngineStatus", name, message="told so")
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        client.get_engine_status()
    answer = caught.value.response
    assert answer["detailedMessage"] == answer["Error"]["Message"] == "told so"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == service_model.error_statuses()[name]
    assert client.get_engine_status()["status"] == "healthy"


def test_errors_that_the_operation_does_not_model(neptune: Neptune, client: Any) -> None:
    neptune.fail_next("ListLoaderJobs", client.exceptions.ReadOnlyViolationException)
    with pytest.raises(client.exceptions.ReadOnlyViolationException, match="read-only"):
        client.list_loader_jobs()


def test_times_and_order(neptune: Neptune, client: Any) -> None:
    neptune.fail_next("GetEngineStatus", "ThrottlingException", times=2)
    neptune.fail_next("GetEngineStatus", "InternalFailureException")
    assert outcomes(client, 5) == ["Throttling", "Throttling", "InternalFailure", "ok", "ok"]


@pytest.mark.parametrize("operation", [None, "*"])
def test_every_operation(neptune: Neptune, client: Any, operation: str | None) -> None:
    fault = neptune.fail_always(operation, "ServerShutdownException")
    for call in (client.get_engine_status, client.list_loader_jobs, client.list_ml_endpoints):
        with pytest.raises(client.exceptions.ServerShutdownException):
            call()
    assert fault.hits == 3
    fault.clear()
    fault.clear()
    assert outcomes(client, 1) == ["ok"]


def test_several_operations_by_either_name(neptune: Neptune, client: Any) -> None:
    neptune.fail_always(["get_engine_status", "ListLoaderJobs"], "ThrottlingException")
    assert outcomes(client, 1) == ["Throttling"]
    with pytest.raises(client.exceptions.ThrottlingException):
        client.list_loader_jobs()
    assert client.list_ml_endpoints()["ids"] == []


def test_every_nth(neptune: Neptune, client: Any) -> None:
    neptune.fail_every("GetEngineStatus", "ThrottlingException", nth=3)
    assert outcomes(client, 6) == ["ok", "ok", "Throttling"] * 2


def test_as_long_as_a_block_lasts(neptune: Neptune, client: Any) -> None:
    with neptune.fail_always("GetEngineStatus", "ThrottlingException") as fault:
        assert outcomes(client, 2) == ["Throttling"] * 2
    assert outcomes(client, 1) == ["ok"]
    assert fault.hits == 2


def test_where_parameters_are(neptune: Neptune, client: Any) -> None:
    code = "BulkLoadIdNotFoundException"
    neptune.fail_always("GetLoaderJobStatus", "ThrottlingException", where={"loadId": "a"})
    neptune.fail_always(
        None, "InternalFailureException", where=lambda given: given.get("loadId") == "b"
    )
    for load_id, error in [("a", "ThrottlingException"), ("b", "InternalFailureException")]:
        with pytest.raises(getattr(client.exceptions, error)):
            client.get_loader_job_status(loadId=load_id)
    with pytest.raises(getattr(client.exceptions, code)):
        client.get_loader_job_status(loadId="c")
    assert outcomes(client, 1) == ["ok"]


def test_a_bad_predicate_is_loud(neptune: Neptune, client: Any) -> None:
    neptune.fail_next("GetEngineStatus", "ThrottlingException", where=lambda given: given["x"])
    with pytest.raises(KeyError, match="x"):
        client.get_engine_status()


def test_nothing_happens_before_a_fault(neptune: Neptune, client: Any) -> None:
    put(v_csv=VERTICES)
    neptune.fail_next("StartLoaderJob", "InternalFailureException")
    with pytest.raises(client.exceptions.InternalFailureException):
        start(client)
    assert neptune.jobs == []
    neptune.fail_next("ExecuteOpenCypherQuery", "ConcurrentModificationException")
    with pytest.raises(client.exceptions.ConcurrentModificationException):
        client.execute_open_cypher_query(openCypherQuery="CREATE (n)")
    assert neptune.graph.vertex_count == 0


def test_a_wrong_request_does_not_use_a_fault_up(neptune: Neptune, client: Any) -> None:
    neptune.fail_next("GetMLEndpoint", "ThrottlingException")
    neptune.fail_next("ListLoaderJobs", "ThrottlingException")
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.list_loader_jobs(limit=1_000)
    assert len(neptune.provoked) == 2


# ---------------------------------------------------------------------------- retries


def test_a_call_counts_once_with_all_its_attempts(neptune: Neptune, patient: Any) -> None:
    fault = neptune.fail_next("GetEngineStatus", "TooManyRequestsException")
    assert outcomes(patient, 3) == ["TooManyRequests", "ok", "ok"]
    assert fault.hits == 1
    first, second, _ = neptune.calls.of("GetEngineStatus")
    assert (first.attempts, first.outcome) == (3, "TooManyRequestsException")
    assert (second.attempts, second.outcome) == (1, "ok")


def test_every_nth_call_with_retries(neptune: Neptune, patient: Any) -> None:
    neptune.fail_every("GetEngineStatus", "ThrottlingException", nth=2)
    assert outcomes(patient, 4) == ["ok", "Throttling", "ok", "Throttling"]
    assert [call.attempts for call in neptune.calls] == [1, 3, 1, 3]


def test_attempts_count_when_asked(neptune: Neptune, patient: Any) -> None:
    fault = neptune.fail_next("GetEngineStatus", "ThrottlingException", retries="attempt", times=2)
    assert outcomes(patient, 1) == ["ok"]
    assert fault.hits == 2
    (call,) = neptune.calls
    assert (call.attempts, call.outcome, call.message) == (3, "ok", "")


def test_calls_and_attempts_together(neptune: Neptune, patient: Any) -> None:
    neptune.fail_next("GetEngineStatus", "ThrottlingException", retries="attempt")
    neptune.fail_next("GetEngineStatus", "InternalFailureException")
    assert outcomes(patient, 2) == ["InternalFailure", "ok"]
    (call, _) = neptune.calls
    assert call.attempts == 3


def test_legacy_retries(neptune: Neptune, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    client = boto3.client("neptunedata", config=FAST)
    neptune.fail_next("GetEngineStatus", "InternalFailureException")
    assert outcomes(client, 2) == ["InternalFailure", "ok"]
    assert neptune.calls[0].attempts == 3


def test_a_cleared_fault_lets_the_next_attempt_through(neptune: Neptune, patient: Any) -> None:
    fault = neptune.fail_always("GetEngineStatus", "ThrottlingException")
    patient.meta.events.register_first("needs-retry.neptunedata", lambda **_: fault.clear())
    assert outcomes(patient, 1) == ["ok"]
    assert neptune.calls.last.attempts == 2


def test_plain_http_counts_requests(neptune: Neptune) -> None:
    neptune.fail_next("GetEngineStatus", "ThrottlingException", times=2)
    url = "https://neptune-db.us-east-1.amazonaws.com/status"
    assert [requests.get(url).status_code for _ in range(3)] == [500, 500, 200]


def test_many_threads_get_as_many_errors_as_were_asked_for(neptune: Neptune) -> None:
    fault = neptune.fail_next("GetEngineStatus", "ThrottlingException", times=20)
    found: list[str] = []
    client = boto3.client("neptunedata")
    threads = [
        threading.Thread(target=lambda: found.extend(outcomes(client, 10))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found.count("Throttling"), len(found), fault.hits) == (20, 80, 20)
    assert len(neptune.calls.failed) == 20


# ---------------------------------------------------------------------------- throttling


def test_throttling(neptune: Neptune, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("moto_neptunedata.testing.rules.time.time", lambda: now[0])
    neptune.throttle(per_second=2)
    assert outcomes(client, 4) == ["ok", "ok", "TooManyRequests", "TooManyRequests"]
    now[0] += 1
    assert outcomes(client, 3) == ["ok", "ok", "TooManyRequests"]
    now[0] -= 100  # a clock that is set back
    assert outcomes(client, 1) == ["ok"]


def test_throttling_all(neptune: Neptune, client: Any) -> None:
    fault = neptune.throttle("GetEngineStatus", per_second=0, error="ThrottlingException")
    assert outcomes(client, 2) == ["Throttling"] * 2
    assert client.list_loader_jobs()
    assert "every call" in repr(fault)


# ---------------------------------------------------------------------------- latency


def test_a_client_that_waits_long_enough(neptune: Neptune, client: Any) -> None:
    delay = neptune.delay("GetEngineStatus", 50)
    started = time.perf_counter()
    assert outcomes(client, 2) == ["ok", "ok"]
    assert time.perf_counter() - started < 5
    assert [call.latency for call in neptune.calls] == [50, 50]
    assert delay.hits == 2


def test_a_client_that_gives_up(neptune: Neptune, client: Any) -> None:
    neptune.delay("ExecuteOpenCypherQuery", 60, times=2)
    with pytest.raises(ReadTimeoutError, match="neptune-db"):
        client.execute_open_cypher_query(openCypherQuery="CREATE (n)")
    assert neptune.graph.vertex_count == 1, "as in real life"
    hasty = boto3.client("neptunedata", config=Config(read_timeout=5))
    with pytest.raises(ReadTimeoutError):
        hasty.execute_open_cypher_query(openCypherQuery="nonsense")
    client.execute_open_cypher_query(openCypherQuery="CREATE (n)")
    assert [call.outcome for call in neptune.calls] == ["ReadTimeoutError"] * 2 + ["ok"]
    assert neptune.calls[0].status == 0


def test_what_nobody_waits_for_can_be_left_undone(neptune: Neptune, client: Any) -> None:
    with neptune.delay(None, 100, happens=False), pytest.raises(ReadTimeoutError):
        client.execute_open_cypher_query(openCypherQuery="CREATE (n)")
    assert neptune.graph.vertex_count == 0


def test_retries_of_what_took_too_long(neptune: Neptune, patient: Any) -> None:
    neptune.delay(None, 100, times=1)
    with pytest.raises(ReadTimeoutError):
        patient.execute_open_cypher_query(openCypherQuery="CREATE (n)")
    assert neptune.graph.vertex_count == 3, "botocore sent it three times"
    (call,) = neptune.calls
    assert (call.attempts, call.latency) == (3, 300)


def test_query_timeout_of_the_cluster(neptune: Neptune) -> None:
    client = boto3.client("neptunedata", config=Config(read_timeout=None))
    neptune.configure(query_timeout_ms=20_000)
    neptune.delay(None, 30)
    for call in (
        lambda: client.execute_open_cypher_query(openCypherQuery="CREATE (n)"),
        lambda: client.execute_gremlin_query(gremlinQuery="g.addV()"),
    ):
        with pytest.raises(client.exceptions.TimeLimitExceededException):
            call()
    assert neptune.graph.vertex_count == 0
    assert client.get_engine_status()["status"] == "healthy", "which is no query"
    impatient = boto3.client("neptunedata", config=Config(read_timeout=15))
    with pytest.raises(ReadTimeoutError):
        impatient.execute_gremlin_query(gremlinQuery="g.addV()")
    assert neptune.graph.vertex_count == 0, "it did not come to an end"


def test_real_latency(neptune: Neptune, client: Any) -> None:
    neptune.delay("GetEngineStatus", 0.2, real=True, times=1)
    started = time.perf_counter()
    assert outcomes(client, 1) == ["ok"]
    assert 0.2 <= time.perf_counter() - started < 5
    neptune.delay("GetEngineStatus", 20, real=True)
    hasty = boto3.client("neptunedata", config=Config(read_timeout=0.1))
    started = time.perf_counter()
    with pytest.raises(ReadTimeoutError):
        hasty.get_engine_status()
    assert time.perf_counter() - started < 5


def test_slow_and_failing(neptune: Neptune, client: Any) -> None:
    neptune.delay("GetEngineStatus", 1)
    neptune.fail_next("GetEngineStatus", "ThrottlingException")
    assert outcomes(client, 2) == ["Throttling", "ok"]
    assert [call.latency for call in neptune.calls] == [1, 1]


def test_unsigned_clients_and_requests_users_of_a_slow_cluster(neptune: Neptune) -> None:
    from botocore import UNSIGNED

    neptune.delay(None, 10)
    unsigned = boto3.client(
        "neptunedata", config=Config(signature_version=UNSIGNED, read_timeout=5)
    )
    with pytest.raises(ReadTimeoutError):
        unsigned.get_engine_status()
    url = "https://neptune-db.us-east-1.amazonaws.com/status"
    assert requests.get(url, timeout=1).status_code == 200, "their patience is not known"


# ---------------------------------------------------------------------------- whom it concerns


def test_one_cluster(neptune: Neptune, client: Any) -> None:
    other = boto3.client("neptunedata", endpoint_url=OTHER)
    cluster = neptune.cluster(other)
    cluster.fail_always(None, "ThrottlingException")
    cluster.delay(None, 3)
    assert (outcomes(client, 1), outcomes(other, 1)) == (["ok"], ["Throttling"])
    elsewhere = boto3.client("neptunedata", region_name="eu-west-1", endpoint_url=OTHER)
    assert outcomes(elsewhere, 1) == ["ok"]
    assert [call.latency for call in neptune.calls] == [0, 3, 0]
    assert len(cluster.calls) == 1
    assert neptune.cluster(client).provoked == []
    neptune.cluster(client).clear_provoked()
    assert outcomes(other, 1) == ["Throttling"]
    cluster.clear_provoked()
    assert outcomes(other, 1) == ["ok"]


def test_reset(neptune: Neptune, client: Any) -> None:
    neptune.fail_always(None, "ThrottlingException")
    neptune.delay(None, 1)
    assert outcomes(client, 1) == ["Throttling"]
    neptune.reset()
    assert (outcomes(client, 1), len(neptune.calls)) == (["ok"], 1)
    neptune.fail_always(None, "ThrottlingException")
    requests.post("http://motoapi.amazonaws.com/moto-api/reset")
    assert (outcomes(client, 1), len(neptune.calls)) == (["ok"], 1)
    neptune.fail_always(None, "ThrottlingException")
    with mock_neptunedata():
        assert outcomes(client, 1) == ["Throttling"], "a nested mock shares what it is in"


def test_the_next_mock_starts_from_nothing() -> None:
    with mock_neptunedata() as neptune:
        neptune.fail_always(None, "ThrottlingException")
    with mock_neptunedata() as neptune:
        assert neptune.provoked == []
        assert outcomes(boto3.client("neptunedata"), 1) == ["ok"]


def test_fast_reset_leaves_what_is_provoked(neptune: Neptune, client: Any) -> None:
    neptune.fail_always("ListLoaderJobs", "ThrottlingException")
    token = client.execute_fast_reset(action="initiateDatabaseReset")["payload"]["token"]
    client.execute_fast_reset(action="performDatabaseReset", token=token)
    assert len(neptune.provoked) == 1


# ---------------------------------------------------------------------------- telling


def test_repr(neptune: Neptune) -> None:
    fault = neptune.fail_next("GetEngineStatus", "ThrottlingException", times=3)
    neptune.fail_every(None, "S3Exception", nth=2, where={"loadId": "a"})
    neptune.cluster().throttle(["ListLoaderJobs", "GetEngineStatus"], per_second=5)
    neptune.delay("*", 2.5, where=lambda given: True)
    neptune.delay("*", 1, real=True, times=1)
    lines = repr(neptune).splitlines()[2:]
    assert lines == [
        "  <Fault ThrottlingException for GetEngineStatus: the next 3 calls; 0 so far>",
        "  <Fault S3Exception for any operation where loadId is 'a': one call in 2; 0 so far>",
        "  <Fault TooManyRequestsException for GetEngineStatus, ListLoaderJobs on default in "
        "us-east-1: calls beyond 5 a second; 0 so far>",
        "  <Delay of 2.5 s (told) for any operation where <lambda>(parameters): every call; "
        "0 so far>",
        "  <Delay of 1 s (real) for any operation: the next call; 0 so far>>",
    ]
    assert repr(neptune.provoked[0]) == repr(fault)
    neptune.clear_provoked()
    assert len(repr(neptune).splitlines()) == 2


MISTAKES = [
    (("GetEngineStats", "ThrottlingException"), {}, "operation 'GetEngineStats'.*GetEngineStatus"),
    (("get_engine_statuss", "ThrottlingException"), {}, "Did you mean GetEngineStatus"),
    (("xyz", "ThrottlingException"), {}, "no operation 'xyz'. Known are: CancelGremlinQuery, "),
    (("GetEngineStatus", "Throttling"), {}, "error 'Throttling'.*Did you mean ThrottlingException"),
    (("GetEngineStatus", KeyError), {}, "no error 'KeyError'"),
    (([], "ThrottlingException"), {}, "No operation is named"),
    ((None, "ThrottlingException"), {"times": 0}, "times must be a whole number of 1 or more"),
    ((None, "ThrottlingException"), {"times": True}, "times must be"),
    ((None, "ThrottlingException"), {"retries": "never"}, '"call" or "attempt", not \'never\''),
]


@pytest.mark.parametrize(("arguments", "options", "text"), MISTAKES)
def test_mistakes(
    neptune: Neptune, arguments: tuple[Any, Any], options: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        neptune.fail_next(*arguments, **options)
    assert neptune.provoked == []


def test_more_mistakes(neptune: Neptune) -> None:
    with pytest.raises(ValueError, match="nth must be"):
        neptune.fail_every(None, "S3Exception", nth=0)
    with pytest.raises(ValueError, match="per_second must be"):
        neptune.throttle(per_second=-1)
    for seconds in (-1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="seconds must be between 0 and inf"):
            neptune.delay(None, seconds)
    with pytest.raises(ValueError, match="between 0 and 30"):
        neptune.delay(None, 31, real=True)


def test_all_used(neptune: Neptune, client: Any) -> None:
    neptune.fail_next("GetEngineStatus", "ThrottlingException", times=2)
    neptune.fail_always("ListLoaderJobs", "ThrottlingException")
    outcomes(client, 1)
    with pytest.raises(AssertionError) as told:
        neptune.assert_all_used()
    assert "Never used:\n  <Fault ThrottlingException for GetEngineStatus" in str(told.value)
    assert "for ListLoaderJobs" in str(told.value)
    assert "The calls were:\n  GetEngineStatus() on default in us-east-1 -> " in str(told.value)
    outcomes(client, 1)
    with pytest.raises(client.exceptions.ThrottlingException):
        client.list_loader_jobs()
    neptune.assert_all_used()


def test_sparql_requests(neptune: Neptune) -> None:
    url = "https://neptune-db.us-east-1.amazonaws.com/sparql"
    neptune.fail_next("ExecuteSparqlQuery", "ThrottlingException")
    assert requests.get(f"{url}/status").status_code == 200, "which is no query"
    found = [requests.get(url, params={"query": "ASK {}"}).status_code for _ in range(2)]
    assert found == [500, 200]
    assert [call.operation for call in neptune.calls] == [
        "GetQueryStatus /sparql/status",
        "ExecuteSparqlQuery",
        "ExecuteSparqlQuery",
    ]


def test_only_so_many_calls_are_remembered() -> None:
    rules: Rules[Fault] = Rules()
    rules.add(make_fault("GetEngineStatus", "ThrottlingException", first(1)))
    key = ClusterKey("1", "us-east-1", "default")
    for number in range(1_100):
        rules.decide(Asked("ListLoaderJobs", {}, key, f"call {number}"))
    assert len(rules._decided) == 1_024
    assert rules.decide(Asked("GetEngineStatus", {}, key, "another")) is not None
    assert not list(rules)
    rules.clear()
    assert not rules


def test_the_methods_need_a_place() -> None:
    class Nowhere(FaultInjection):
        """Says neither what keeps things nor whom they are for."""

    for call in (Nowhere().clear_provoked, Nowhere().configure):
        with pytest.raises(NotImplementedError):
            call()
