"""Whatever is wrong with a request: a modeled error that changes nothing, or a fitting answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moto_neptunedata import Neptune, mock_neptunedata, service_model
from tests.support.helpers import EDGES, VERTICES, put
from tests.support.malformed import (
    HOST,
    HOSTS,
    PLAIN,
    RAW_VALUES,
    Sent,
    good_value,
    malformed,
    requests_of,
)
from tests.support.sending import check, digest, send_in_process

BOOLEANS = [
    (operation.name, member.wire_name)
    for operation in service_model.operations().values()
    for member in operation.members
    if member.shape.type_name == "boolean" and member.location == "body"
]


@pytest.fixture(scope="module")
def filled() -> Iterator[Neptune]:
    """A mock that the examples of a test share."""
    with mock_neptunedata() as neptune:
        put(v_csv=VERTICES, e_csv=EDGES)
        neptune.load(VERTICES.decode(), EDGES.decode())
        yield neptune


def refused(neptune: Neptune, sent: Sent) -> str | None:
    """The code of the error with which a request is answered; then nothing has changed."""
    before = digest(neptune)
    code = check(send_in_process(sent))
    assert code is None or digest(neptune) == before, sent
    return code


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(sent=malformed())
def test_every_answer_is_modeled(filled: Neptune, sent: Sent) -> None:
    refused(filled, sent)


@pytest.mark.parametrize("name", sorted(service_model.operations()))
def test_each_operation(filled: Neptune, name: str) -> None:
    seen: list[Any] = []

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(sent=requests_of(service_model.operations()[name]))
    def run(sent: Sent) -> None:
        seen.append(refused(filled, sent))

    run()
    assert len(seen) >= 1


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_requests_that_botocore_does_not_know(filled: Neptune, name: str) -> None:
    for host in HOSTS:
        sent = PLAIN[name]
        refused(filled, Sent(sent.method, sent.path, sent.query, sent.headers, sent.body, host))


@pytest.mark.parametrize("raw", RAW_VALUES, ids=range(len(RAW_VALUES)))
@pytest.mark.parametrize(("operation", "member"), BOOLEANS)
def test_a_boolean_is_nothing_else(filled: Neptune, operation: str, member: str, raw: str) -> None:
    asked = service_model.operations()[operation]
    fields = [
        f'"{each.wire_name}": ' + (raw if each.wire_name == member else _json(good_value(each)))
        for each in asked.members
        if each.location == "body"
    ]
    path = asked.path.replace("{id}", "x")
    body = ("{" + ",".join(fields) + "}").encode("utf-8", "surrogatepass")
    code = refused(filled, Sent(asked.method, path, "", {}, body))
    assert code in ("InvalidParameterException", "BadRequestException")


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


@pytest.mark.parametrize(
    "query",
    ["ASK FROM", "SELECT * FROM NAMED", "PREFIX", "BASE", "ASK FROM }", "ASK FROM NAMED 'x' {}"],
)
def test_a_query_that_breaks_off(filled: Neptune, query: str) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    sent = Sent("POST", "/sparql", "", headers, query.encode())
    assert refused(filled, sent) == "MalformedQueryException"


def test_a_region_that_does_not_exist(filled: Neptune) -> None:
    before = digest(filled)
    client: Any = boto3.client(
        "neptunedata", endpoint_url="https://neptune-db.nowhere.amazonaws.com"
    )
    with pytest.raises(client.exceptions.BadRequestException, match="There is no region nowhere"):
        client.list_loader_jobs()
    client = boto3.client("neptunedata", region_name="nowhere", endpoint_url=f"https://{HOST[:10]}")
    with pytest.raises(client.exceptions.BadRequestException, match="MOTO_ALLOW_NONEXISTENT"):
        client.execute_open_cypher_query(openCypherQuery="CREATE ()")
    assert digest(filled) == before


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(["StartLoaderJob", "StartMLDataProcessingJob", "ExecuteFastReset"]),
    data=st.data(),
)
def test_what_starts_something(filled: Neptune, name: str, data: st.DataObject) -> None:
    """Each odd value alone, the rest being good: nothing starts unless all of it is understood."""
    operation = service_model.operations()[name]
    sent = data.draw(requests_of(operation))
    before = len(filled.jobs)
    code = refused(filled, sent)
    assert len(filled.jobs) == before + (code is None and name == "StartLoaderJob")
