"""The statistics and summaries of both data models, as boto3 sees them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, NamedTuple

import pytest
import requests
from freezegun import freeze_time

from moto_neptunedata import Neptune
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


class Model(NamedTuple):
    """The operations of one data model, and how data gets into it."""

    get: str
    manage: str
    delete: str
    summary: str
    path: str
    summary_path: str
    format: str
    data: str
    count: str


MODELS = (
    Model(
        "get_propertygraph_statistics",
        "manage_propertygraph_statistics",
        "delete_propertygraph_statistics",
        "get_propertygraph_summary",
        "/propertygraph/statistics",
        "/propertygraph/statistics/summary",
        "csv",
        VERTICES.decode(),
        "numNodes",
    ),
    Model(
        "get_sparql_statistics",
        "manage_sparql_statistics",
        "delete_sparql_statistics",
        "get_rdf_graph_summary",
        "/sparql/statistics",
        "/rdf/statistics/summary",
        "ntriples",
        "<urn:a> <urn:p> <urn:b> .\n<urn:b> <urn:p> <urn:c> .\n",
        "numDistinctSubjects",
    ),
)


@pytest.fixture(params=MODELS, ids=["propertygraph", "sparql"])
def model(request: Any) -> Model:
    made: Model = request.param
    return made


def load(neptune: Neptune, model: Model, cluster: Any = None) -> None:
    neptune.cluster(cluster).load(model.data, format=model.format)


def test_none_yet(client: Any, model: Model) -> None:
    payload = getattr(client, model.get)()["payload"]
    assert payload == {"autoCompute": True, "active": False, "statisticsId": -1, "note": ""}
    response = refused(getattr(client, model.summary), "StatisticsNotAvailableException")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@freeze_time("2023-01-24T00:47:43.319Z")
def test_get(client: Any, neptune: Neptune, model: Model) -> None:
    load(neptune, model)
    answer = getattr(client, model.get)()
    assert answer["status"] == "200 OK"
    payload = answer["payload"]
    assert (payload["autoCompute"], payload["active"]) == (True, True)
    assert payload["statisticsId"] == 1674521263319
    assert payload["date"] == datetime(2023, 1, 24, 0, 47, 43, 319000, tzinfo=timezone.utc)
    assert payload["signatureInfo"]["instanceCount"] == 2


def test_manage(client: Any, neptune: Neptune, model: Model) -> None:
    load(neptune, model)
    manage = getattr(client, model.manage)
    for mode, flag in (("disableAutoCompute", False), ("enableAutoCompute", True)):
        answer = manage(mode=mode)
        answer.pop("ResponseMetadata")
        assert answer == {"status": "200 OK"}
        assert getattr(client, model.get)()["payload"]["autoCompute"] is flag
    refreshed = manage(mode="refresh")["payload"]
    assert refreshed == {"statisticsId": getattr(client, model.get)()["payload"]["statisticsId"]}


def test_delete(client: Any, neptune: Neptune, model: Model) -> None:
    load(neptune, model)
    answer = getattr(client, model.delete)()
    answer.pop("ResponseMetadata")
    assert answer == {
        "statusCode": 200,
        "status": "200 OK",
        "payload": {"active": False, "statisticsId": -1},
    }
    assert getattr(client, model.get)()["payload"]["active"] is False
    refused(getattr(client, model.summary), "StatisticsNotAvailableException")
    assert getattr(client, model.delete)()["statusCode"] == 204, "nothing is left to delete"
    getattr(client, model.manage)(mode="refresh")
    assert getattr(client, model.summary)()["payload"]["graphSummary"][model.count] == 2


def test_frozen(client: Any, neptune: Neptune, model: Model) -> None:
    neptune.cluster().settings.statistics = "frozen"
    load(neptune, model)
    refused(getattr(client, model.summary), "StatisticsNotAvailableException")
    getattr(client, model.manage)(mode="refresh")
    more = {"csv": "~id,~label\nv3,x\n", "ntriples": "<urn:z> <urn:p> <urn:x> .\n"}
    neptune.load(more[model.format], format=model.format)
    assert getattr(client, model.summary)()["payload"]["graphSummary"][model.count] == 2
    getattr(client, model.manage)(mode="refresh")
    assert getattr(client, model.summary)()["payload"]["graphSummary"][model.count] == 3


def test_modes(client: Any, model: Model) -> None:
    manage, summary = getattr(client, model.manage), getattr(client, model.summary)
    assert "[mode]" in message(manage, "MissingParameterException")
    assert message(manage, "InvalidParameterException", mode="x") == "Invalid mode: x"
    assert message(summary, "InvalidParameterException", mode="x") == "Invalid mode: x"


def test_disabled(client: Any, neptune: Neptune, model: Model) -> None:
    neptune.cluster().settings.instance_class = "db.t4g.medium"
    for name, params in (
        (model.get, {}),
        (model.manage, {"mode": "refresh"}),
        (model.delete, {}),
        (model.summary, {}),
    ):
        text = message(getattr(client, name), "BadRequestException", **params)
        assert text == "Statistics is disabled"


def test_on_a_reader(neptune: Neptune, model: Model) -> None:
    load(neptune, model, writer())
    assert getattr(reader(), model.get)()["payload"]["active"] is True
    assert getattr(reader(), model.summary)()["payload"]["graphSummary"][model.count] == 2
    for name, params in ((model.manage, {"mode": "refresh"}), (model.delete, {})):
        text = message(getattr(reader(), name), "ReadOnlyViolationException", **params)
        assert "read-only restriction" in text
    assert getattr(writer(), model.get)()["payload"]["active"] is True


@pytest.mark.parametrize("place", PLACES)
def test_elsewhere(client: Any, neptune: Neptune, model: Model, place: str) -> None:
    load(neptune, model)
    getattr(client, model.manage)(mode="disableAutoCompute")
    payload = getattr(elsewhere(place), model.get)()["payload"]
    assert (payload["autoCompute"], payload["active"]) == (True, False)
    getattr(elsewhere(place), model.delete)()
    assert getattr(client, model.get)()["payload"]["active"] is True


def test_the_two_models_are_apart(client: Any, neptune: Neptune, model: Model) -> None:
    load(neptune, model)
    (other,) = (one for one in MODELS if one is not model)
    assert getattr(client, other.get)()["payload"]["active"] is False


def test_server(model: Model) -> None:
    server = Server()
    _, refreshed = server.ask("POST", model.path, {"mode": "refresh"})
    assert refreshed["status"] == "200 OK"
    status, body = server.ask("GET", model.path)
    assert body["payload"]["statisticsId"] == refreshed["payload"]["statisticsId"]
    status, body = server.ask("GET", model.summary_path + "?mode=detailed")
    assert (status, body["status"], body["payload"]["version"]) == (200, "200 OK", "v1")
    assert server.ask("DELETE", model.path)[0] == 200
    assert server.ask("DELETE", model.path) == (204, None)


@pytest.mark.parametrize(
    "path", ["/pg/statistics", "/gremlin/statistics", "/rdf/statistics", "/pg/statistics/summary"]
)
def test_other_spellings(client: Any, neptune: Neptune, path: str) -> None:
    for model in MODELS:
        load(neptune, model)
    answer = requests.get(f"https://neptune-db.us-east-1.amazonaws.com:8182{path}").json()
    assert answer["status"] == "200 OK"


# ---------------------------------------------------------------------------- summaries


def test_property_graph_summary(client: Any, s3: Any) -> None:
    put(v_csv=VERTICES, e_csv=EDGES)
    finish(client, start(client))
    answer = client.get_propertygraph_summary()
    assert answer["statusCode"] == 200
    basic = answer["payload"]
    assert basic["version"] == "v1"
    assert isinstance(basic["lastStatisticsComputationTime"], datetime)
    assert basic["graphSummary"] == {
        "numNodes": 2,
        "numEdges": 1,
        "numNodeLabels": 1,
        "numEdgeLabels": 1,
        "nodeLabels": ["person"],
        "edgeLabels": ["knows"],
        "numNodeProperties": 2,
        "numEdgeProperties": 1,
        "nodeProperties": [{"age": 2}, {"name": 2}],
        "edgeProperties": [{"weight": 1}],
        "totalNodePropertyValues": 4,
        "totalEdgePropertyValues": 1,
    }
    detailed = client.get_propertygraph_summary(mode="detailed")["payload"]["graphSummary"]
    assert detailed == {
        **basic["graphSummary"],
        "nodeStructures": [
            {"count": 1, "nodeProperties": ["age", "name"], "distinctOutgoingEdgeLabels": []},
            {
                "count": 1,
                "nodeProperties": ["age", "name"],
                "distinctOutgoingEdgeLabels": ["knows"],
            },
        ],
        "edgeStructures": [{"count": 1, "edgeProperties": ["weight"]}],
    }


def test_rdf_summary(client: Any, neptune: Neptune) -> None:
    neptune.load(
        "<urn:a> a <urn:T> ; <urn:p> 1, 2 . <urn:b> a <urn:T> ; <urn:p> 1 .", format="turtle"
    )
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    basic = client.get_rdf_graph_summary(mode="basic")["payload"]["graphSummary"]
    assert basic == {
        "numDistinctSubjects": 2,
        "numDistinctPredicates": 2,
        "numQuads": 5,
        "numClasses": 1,
        "classes": ["urn:T"],
        "predicates": [{"urn:p": 3}, {rdf_type: 2}],
    }
    detailed = client.get_rdf_graph_summary(mode="detailed")["payload"]["graphSummary"]
    assert detailed["subjectStructures"] == [{"count": 2, "predicates": [rdf_type, "urn:p"]}]
