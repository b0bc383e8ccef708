"""Which operations of botocore's model there are, which work, and which IAM action each needs."""

from __future__ import annotations

from typing import Any

import pytest

from moto_neptunedata import errors, service_model
from moto_neptunedata.neptunedata.iam_actions import iam_actions
from moto_neptunedata.neptunedata.responses import NeptuneDataResponse, implemented_operations
from tests.support.places import refused

#: What does not work yet; empty it, and the test holds for all.
MISSING: set[str] = set()

#: The actions of the user guide's IAM pages; operations that are not here have their own name.
ACTIONS = {
    "CancelGremlinQuery": "CancelQuery",
    "CancelOpenCypherQuery": "CancelQuery",
    "DeletePropertygraphStatistics": "DeleteStatistics",
    "DeleteSparqlStatistics": "DeleteStatistics",
    "ExecuteFastReset": "ResetDatabase",
    "ExecuteGremlinExplainQuery": "ReadDataViaQuery WriteDataViaQuery DeleteDataViaQuery",
    "ExecuteGremlinProfileQuery": "ReadDataViaQuery",
    "ExecuteGremlinQuery": "ReadDataViaQuery WriteDataViaQuery DeleteDataViaQuery",
    "ExecuteOpenCypherExplainQuery": "ReadDataViaQuery",
    "ExecuteOpenCypherQuery": "ReadDataViaQuery WriteDataViaQuery DeleteDataViaQuery",
    "GetGremlinQueryStatus": "GetQueryStatus",
    "GetMLDataProcessingJob": "GetMLDataProcessingJobStatus",
    "GetMLEndpoint": "GetMLEndpointStatus",
    "GetMLModelTrainingJob": "GetMLModelTrainingJobStatus",
    "GetMLModelTransformJob": "GetMLModelTransformJobStatus",
    "GetOpenCypherQueryStatus": "GetQueryStatus",
    "GetPropertygraphStatistics": "GetStatisticsStatus",
    "GetPropertygraphStream": "GetStreamRecords",
    "GetPropertygraphSummary": "GetGraphSummary",
    "GetRDFGraphSummary": "GetGraphSummary",
    "GetSparqlStatistics": "GetStatisticsStatus",
    "GetSparqlStream": "GetStreamRecords",
    "ListGremlinQueries": "GetQueryStatus",
    "ListOpenCypherQueries": "GetQueryStatus",
    "ManagePropertygraphStatistics": "ManageStatistics",
    "ManageSparqlStatistics": "ManageStatistics",
}


def test_botocores_model_has_at_least_48_operations() -> None:
    assert len(service_model.operations()) >= 48


def test_every_operation_works_but_those_that_are_named() -> None:
    missing = set(service_model.operations()) - set(implemented_operations())
    assert missing <= MISSING, f"not implemented: {sorted(missing - MISSING)}"


def test_nothing_unknown_is_named() -> None:
    assert set(service_model.operations()) >= MISSING


@pytest.mark.parametrize("name", implemented_operations())
def test_each_has_a_method_of_boto3s_name(name: str) -> None:
    assert callable(getattr(NeptuneDataResponse, service_model.operations()[name].method_name))


@pytest.mark.parametrize("name", service_model.operations())
def test_iam_actions(name: str) -> None:
    assert iam_actions()[name] == tuple(ACTIONS.get(name, name).split())


def least_params(operation: service_model.Operation) -> dict[str, Any]:
    """Values for the required members of an operation."""
    return {
        member.name: (getattr(member.shape, "enum", None) or ["x"])[0]
        for member in operation.members
        if member.required
    }


@pytest.mark.parametrize("name", service_model.operations())
def test_each_modeled_error_arrives_typed(
    client: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = service_model.operations()[name]
    call = getattr(client, operation.method_name)
    for shape in service_model.botocore_model().operation_model(name).error_shapes:

        def refuse(self: NeptuneDataResponse, code: str = shape.name) -> Any:
            raise errors.NeptuneError(code, f"provoked {code}")

        monkeypatch.setattr(
            "moto_neptunedata.neptunedata.responses._methods",
            lambda refuse=refuse: {name: refuse},
        )
        response = refused(call, shape.name, **least_params(operation))
        assert response["Error"]["Message"] == f"provoked {shape.name}"
        status = shape.metadata["error"]["httpStatusCode"]
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
