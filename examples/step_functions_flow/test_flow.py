"""The flow from its start to both of its ends, with loads that really run on the mock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import boto3
import pytest
import tasks
from botocore.exceptions import ClientError
from state_machine import Execution, StateMachine

from moto_neptunedata import Neptune, mock_neptunedata

DEFINITION = json.loads((Path(__file__).parent / "flow.asl.json").read_text())
TASKS = {
    "start_load": tasks.start_load,
    "load_status": tasks.load_status,
    "count": tasks.count,
    "explain": tasks.explain,
}
INPUT = {"vertices": "s3://graph/vertices/", "edges": "s3://graph/edges/"}
VERTICES = b"~id,~label,age:Int\nann,person,30\nbob,person,40\n"
EDGES = b"~id,~from,~to,~label\ne1,ann,bob,knows\n"


@pytest.fixture
def neptune(monkeypatch: pytest.MonkeyPatch) -> Iterator[Neptune]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv(
        "NEPTUNE_ENDPOINT", "https://graph.cluster-abc.us-east-1.neptune.amazonaws.com:8182"
    )
    monkeypatch.setenv("LOAD_ROLE_ARN", "arn:aws:iam::123456789012:role/NeptuneLoadFromS3")
    with mock_neptunedata() as handle:
        put("vertices/people.csv", VERTICES)
        put("edges/knows.csv", EDGES)
        yield handle


def put(key: str, body: bytes) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="graph")
    s3.put_object(Bucket="graph", Key=key, Body=body)


def run(definition: Any = DEFINITION) -> Execution:
    return StateMachine(definition, TASKS).run(dict(INPUT))


def test_success(neptune: Neptune) -> None:
    done = run()
    assert done.status == "SUCCEEDED"
    assert done.output["counts"] == {"vertices": 2, "edges": 1}
    assert done.visited[:3] == ["StartVertices", "StartEdges", "Wait"]
    assert done.visited[-3:] == ["IsItDone", "Count", "Done"]
    assert done.waited == 30 * done.visited.count("Wait") > 0


def test_edges_wait_in_the_queue_for_the_vertices(neptune: Neptune) -> None:
    done = run()
    vertices, edges = neptune.jobs
    assert list(edges.request.dependencies) == [vertices.id]
    assert (vertices.status, edges.status) == ("LOAD_COMPLETED", "LOAD_COMPLETED")
    assert done.visited.count("Wait") > 1


def test_throttling_is_waited_out(neptune: Neptune) -> None:
    neptune.fail_next("StartLoaderJob", "ThrottlingException", times=2)
    done = run()
    assert done.status == "SUCCEEDED"
    assert done.waited % 30 == 2 + 4
    neptune.assert_all_used()


def test_throttling_that_does_not_end(neptune: Neptune) -> None:
    neptune.fail_always("StartLoaderJob", "ThrottlingException")
    done = run()
    assert (done.status, done.error) == ("FAILED", "Throttled")
    assert done.visited == ["StartVertices", "Failed"]
    assert len(neptune.calls.of("StartLoaderJob")) == 4


def test_bad_vertices_let_the_edges_fail(neptune: Neptune) -> None:
    put("vertices/people.csv", b"~id,~label,age:Int\nann,person,old\n")
    done = run()
    assert (done.status, done.error) == ("FAILED", "LoadFailed")
    assert done.visited[-2:] == ["Explain", "Failed"]
    assert "verticesLoad: LOAD_FAILED" in done.cause
    assert "edgesLoad: LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED" in done.cause
    assert neptune.graph.edge_count == 0


def test_a_load_that_cannot_be_started(neptune: Neptune) -> None:
    done = StateMachine(DEFINITION, TASKS).run({**INPUT, "vertices": "s3://no-such-bucket/"})
    assert (done.status, done.error) == ("FAILED", "BadRequestException")
    assert neptune.jobs == []


def test_what_the_driver_does_not_know_is_refused() -> None:
    changed = deepcopy(DEFINITION)
    changed["States"]["Count"]["ResultSelector"] = {}
    with pytest.raises(NotImplementedError, match="Count: ResultSelector"):
        StateMachine(changed, TASKS)


def test_moto_accepts_the_definition(neptune: Neptune) -> None:
    """moto parses it as Step Functions would, where it has what that takes."""
    pytest.importorskip("antlr4", reason="moto[stepfunctions] is not installed")
    with mock_neptunedata(config={"stepfunctions": {"execute_state_machine": True}}):
        role = "arn:aws:iam::123456789012:role/flow"
        client = boto3.client("stepfunctions")
        arn = client.create_state_machine(
            name="flow", definition=json.dumps(DEFINITION), roleArn=role
        )["stateMachineArn"]
        assert client.describe_state_machine(stateMachineArn=arn)["status"] == "ACTIVE"
        broken = json.dumps({**DEFINITION, "States": {"A": {"Type": "Nothing"}}})
        with pytest.raises(ClientError, match="Nothing"):
            client.create_state_machine(name="broken", definition=broken, roleArn=role)
