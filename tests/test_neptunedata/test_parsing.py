"""The wire contract: routes, parsing and errors of all operations, from botocore's model."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.stub import ANY
from hypothesis import given
from hypothesis import strategies as st

from moto_neptunedata import service_model
from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.neptunedata import http, parsing
from moto_neptunedata.neptunedata.responses import NeptuneDataResponse, implemented_operations

OPERATIONS = service_model.operations()
URL = "https://neptune-db.us-east-1.amazonaws.com"

# Values of members that have no other rule than their type.
SAMPLES: dict[str, Any] = {
    "string": "text",
    "integer": 3,
    "long": 3,
    "boolean": True,
    "list": ["text"],
    "map": {"key": "text"},
    "structure": {"sourceS3DirectoryPath": "s3://bucket/"},
}


def sample(member: service_model.Member) -> Any:
    return (getattr(member.shape, "enum", None) or [SAMPLES[member.shape.type_name]])[0]


def test_all_operations_and_errors_are_known() -> None:
    assert len(OPERATIONS) >= 48
    assert len(service_model.error_statuses()) >= 37
    assert service_model.error_statuses()["BulkLoadIdNotFoundException"] == 404


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_arrives_with_every_parameter(
    client: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = OPERATIONS[name]
    seen: dict[str, Any] = {}

    def method(self: NeptuneDataResponse) -> Any:
        seen.update(self.call.params)
        raise NeptuneError("TooManyRequestsException", name)

    monkeypatch.setattr("moto_neptunedata.neptunedata.responses._methods", lambda: {name: method})
    given = {member.name: sample(member) for member in operation.members}
    call = getattr(client, operation.method_name)
    with pytest.raises(client.exceptions.TooManyRequestsException, match=name):
        call(**given)
    assert seen == given
    required = {member.name: sample(member) for member in operation.members if member.required}
    seen.clear()
    with pytest.raises(client.exceptions.TooManyRequestsException):
        call(**required)
    assert seen == required or name == "StartIndexRebuild"  # botocore fills in clientToken


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_is_not_implemented_is_said_so(client: Any, name: str) -> None:
    if name in implemented_operations():
        return
    operation = OPERATIONS[name]
    required = {member.name: sample(member) for member in operation.members if member.required}
    with pytest.raises(client.exceptions.UnsupportedOperationException) as caught:
        getattr(client, operation.method_name)(**required)
    text = f"{name} is not supported by moto_neptunedata"
    assert caught.value.response["Error"]["Message"] == text


@pytest.mark.parametrize("name", sorted(service_model.error_statuses()))
def test_every_error_arrives_typed(client: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def method(self: NeptuneDataResponse) -> Any:
        raise NeptuneError(name, "because")

    monkeypatch.setattr(
        "moto_neptunedata.neptunedata.responses._methods", lambda: {"ListLoaderJobs": method}
    )
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        client.list_loader_jobs()
    response = caught.value.response
    assert response["Error"] == {"Code": name, "Message": "because"}
    assert response["detailedMessage"] == "because"
    assert response["code"] == name
    assert response["ResponseMetadata"]["HTTPStatusCode"] == service_model.error_statuses()[name]


def parsed(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Any:
    found = {key.replace("_", "-"): value for key, value in headers.items()}
    operation, params = parsing.parse(http.HttpRequest(method, path, query, found, body))
    return operation.name, params


FORM = {"Content_Type": "application/x-www-form-urlencoded"}
PARSED: list[tuple[tuple[Any, ...], dict[str, str], Any]] = [
    (("GET", "/loader"), {}, ("ListLoaderJobs", {})),
    (("GET", "/loader", "limit=5&includeQueuedLoads=FALSE"), {}, ("ListLoaderJobs", ANY)),
    (("GET", "/loader", "loadId=x"), {}, ("GetLoaderJobStatus", {"loadId": "x"})),
    (("GET", "/loader/", "loadId=x"), {}, ("GetLoaderJobStatus", {"loadId": "x"})),
    (("GET", "/loader/a%2Fb%20c"), {}, ("GetLoaderJobStatus", {"loadId": "a/b c"})),
    (("DELETE", "/loader", "loadId=x"), {}, ("CancelLoaderJob", {"loadId": "x"})),
    (
        ("POST", "/storage/indexes/rebuilds/7/cancel"),
        {},
        ("CancelIndexRebuild", {"rebuildId": "7"}),
    ),
    (
        ("POST", "/openCypher", "", b'{"query": "RETURN 1", "parameters": {"a": 1}}'),
        {},
        (
            "ExecuteOpenCypherQuery",
            {"openCypherQuery": "RETURN 1", "parameters": '{"a": 1}'},
        ),
    ),
    (
        ("POST", "/opencypher", "", b"query=RETURN+1%26Action%3Dboo&Action=x"),
        FORM,
        ("ExecuteOpenCypherQuery", {"openCypherQuery": "RETURN 1&Action=boo"}),
    ),
    (
        ("POST", "/gremlin", "", b'{"gremlin": "g.V()&Action=CreateQueue&Version=1"}'),
        {"accept": "application/json"},
        (
            "ExecuteGremlinQuery",
            {
                "gremlinQuery": "g.V()&Action=CreateQueue&Version=1",
                "serializer": "application/json",
            },
        ),
    ),
    (("GET", "/pg/stream", "iteratorType=LATEST"), {}, ("GetPropertygraphStream", ANY)),
    (("GET", "/rdf/statistics"), {}, ("GetSparqlStatistics", {})),
    (("GET", "/rdf/statistics/summary"), {}, ("GetRDFGraphSummary", {})),
    (("GET", "/openCypher/status/q%2F1"), {}, ("GetOpenCypherQueryStatus", {"queryId": "q/1"})),
    (("GET", "/gremlin/status"), {}, ("ListGremlinQueries", {})),
]


@pytest.mark.parametrize(("request_", "headers", "expected"), PARSED)
def test_parsed(request_: tuple[Any, ...], headers: dict[str, str], expected: Any) -> None:
    assert parsed(*request_, **headers) == expected


START = b'{"source":"s3://b","format":"csv","region":"us-east-1","iamRoleArn":"r"%s}'
REFUSED: list[tuple[tuple[Any, ...], str, str]] = [
    (("GET", "/"), "ResourceNotFoundException", "There is no operation at GET /"),
    (("GET", "/nope"), "ResourceNotFoundException", "no operation at GET /nope"),
    (("GET", "/loader/a/b"), "ResourceNotFoundException", "no operation"),
    (("PUT", "/loader"), "MethodNotAllowedException", "PUT is not allowed for /loader"),
    (("POST", "/loader/x"), "MethodNotAllowedException", "POST is not allowed"),
    (("GET", "/system"), "MethodNotAllowedException", "GET is not allowed"),
    (("GET", "/loader/"), "MissingParameterException", "[loadId]"),
    (("DELETE", "/loader"), "MissingParameterException", "[loadId]"),
    (("DELETE", "/loader", "loadId="), "MissingParameterException", "[loadId]"),
    (("GET", "/loader/x", "page=0"), "InvalidParameterException", "must be at least 1"),
    (("GET", "/loader/x", "page=one"), "InvalidParameterException", "Invalid page: one"),
    (("GET", "/loader/x", "details=maybe"), "InvalidParameterException", "Invalid details: maybe"),
    (("GET", "/loader", "limit=0"), "InvalidParameterException", "between 1 and 100"),
    (("GET", "/loader", "limit=101"), "InvalidParameterException", "between 1 and 100"),
    (("GET", "/loader", "limit=9" + "9" * 30), "InvalidParameterException", "Invalid limit"),
    (("POST", "/loader", "", b"{"), "BadRequestException", "Failed to parse request body"),
    (("POST", "/loader", "", b"[" * 100_000), "BadRequestException", "Failed to parse"),
    (("POST", "/loader", "", b""), "MissingParameterException", "[source, format, region, iamRo"),
    (("POST", "/loader", "", START % b',"failOnError":1'), "InvalidParameterException", "failOnE"),
    (("POST", "/loader", "", START % b',"failOnError":"x"'), "InvalidParameterException", "x"),
    (("POST", "/loader", "", START % b',"mode":5'), "InvalidParameterException", "mode: 5"),
    (("POST", "/loader", "", START % b',"dependencies":{}'), "InvalidParameterException", "depe"),
    (("POST", "/loader", "", START % b',"dependencies":[5]'), "InvalidParameterException", "5"),
    (("POST", "/loader", "", START % b',"dependencies":"["'), "InvalidParameterException", "["),
    (
        ("POST", "/loader", "", START % b',"parserConfiguration":{"baseUri":5}'),
        "InvalidParameterException",
        "parserConfiguration.baseUri: 5",
    ),
    (
        (
            "POST",
            "/ml/modeltraining",
            "",
            b'{"dataProcessingJobId":"j","trainModelS3Location":"s3://b",'
            b'"customModelTrainingParameters":{"trainingEntryPointScript":"x"}}',
        ),
        "MissingParameterException",
        "[customModelTrainingParameters.sourceS3DirectoryPath]",
    ),
]


@pytest.mark.parametrize(("request_", "code", "text"), REFUSED)
def test_refused(request_: tuple[Any, ...], code: str, text: str) -> None:
    with pytest.raises(NeptuneError) as caught:
        parsed(*request_)
    assert caught.value.code == code
    assert text in caught.value.message


def test_too_large_a_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_REQUEST_BYTES", 10)
    with pytest.raises(NeptuneError, match="157286400 bytes"):
        parsed("POST", "/loader", "", b"{" + b" " * 20 + b"}")


@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT"]),
    path=st.one_of(
        st.text(max_size=20).map(lambda text: f"/{text}"),
        st.sampled_from([operation.path for operation in OPERATIONS.values()]),
    ),
    query=st.text(max_size=30),
    body=st.one_of(
        st.binary(max_size=60),
        st.dictionaries(
            st.sampled_from(["source", "format", "query", "dependencies", "token", "x"]),
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text())),
        ).map(lambda found: __import__("json").dumps(found).encode()),
    ),
)
def test_no_request_raises_anything_but_a_modeled_error(
    method: str, path: str, query: str, body: bytes
) -> None:
    try:
        operation, params = parsing.parse(http.HttpRequest(method, path, query, {}, body))
    except NeptuneError as error:
        assert error.code in service_model.error_statuses()
    else:
        assert set(params) <= {member.name for member in operation.members}


def test_query_text_does_not_confuse_dispatch(client: Any) -> None:
    for text in ("MATCH (n) RETURN '&Action=boo'", "Action=ListLoaderJobs", "&Action=x&Version=y"):
        for url in (f"{URL}/opencypher/nope", f"{URL}/loader"):
            answer = requests.post(url, data=text, headers={"X-Amz-Target": "Some.Target"})
            assert answer.json()["code"] in service_model.error_statuses()


def test_an_unexpected_fault_is_not_hidden(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def method(self: NeptuneDataResponse) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(
        "moto_neptunedata.neptunedata.responses._methods", lambda: {"ListLoaderJobs": method}
    )
    with pytest.raises(ZeroDivisionError):
        boto3.client("neptunedata").list_loader_jobs()
