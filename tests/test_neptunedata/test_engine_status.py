"""GetEngineStatus: what a cluster, its settings and moto's own neptune service tell."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from freezegun import freeze_time

from moto_neptunedata import Neptune
from moto_neptunedata.management.engine_status import start_time, tinkerpop_version
from moto_neptunedata.settings import ClusterSettings, version_tuple
from tests.support.places import Server, elsewhere, reader
from tests.support.signers import ALLOW_ALL, client_of, user


def test_defaults(client: Any) -> None:
    answer = client.get_engine_status()
    answer.pop("ResponseMetadata")
    assert answer.pop("startTime")
    assert answer == {
        "status": "healthy",
        "dbEngineVersion": "1.5.0.0",
        "role": "writer",
        "dfeQueryEngine": "viaQueryHint",
        "gremlin": {"version": "tinkerpop-3.7.1"},
        "sparql": {"version": "sparql-1.1"},
        "opencypher": {"version": "Neptune-9.0.20190305-1.0"},
        "labMode": {"ObjectIndex": "disabled", "ReadWriteConflictDetection": "enabled"},
        "features": {
            "SlowQueryLogs": "disabled",
            "ResultCache": {"status": "disabled"},
            "IAMAuthentication": "disabled",
            "Streams": "enabled",
            "AuditLog": "disabled",
        },
        "settings": {
            "StrictTimeoutValidation": "true",
            "clusterQueryTimeoutInMs": "120000",
            "SlowQueryLogsThreshold": "5000",
        },
    }


def test_settings(neptune: Neptune) -> None:
    settings = neptune.cluster().settings
    settings.engine_version = "1.2.1.0.R7"
    settings.streams = False
    settings.iam_auth = True
    settings.query_timeout_ms = 5
    settings.instance_class = "db.r5d.large"
    settings.lab_mode["ObjectIndex"] = "enabled"
    settings.role = "reader"
    answer = client_of(user(ALLOW_ALL)).get_engine_status()
    assert answer["dbEngineVersion"] == "1.2.1.0.R7"
    assert answer["gremlin"] == {"version": "tinkerpop-3.6.2"}
    assert answer["features"]["Streams"] == "disabled"
    assert answer["features"]["IAMAuthentication"] == "enabled"
    assert answer["features"]["lookupCache"] == {"status": "Available"}
    assert answer["settings"]["clusterQueryTimeoutInMs"] == "5"
    assert answer["labMode"]["ObjectIndex"] == "enabled"
    assert answer["role"] == "reader"
    for place in ("region", "cluster", "account"):
        assert elsewhere(place).get_engine_status()["role"] == "writer"


def test_role_of_an_endpoint(neptune: Neptune) -> None:
    assert reader().get_engine_status()["role"] == "reader"


def test_the_version_of_a_cluster_in_motos_neptune(neptune: Neptune) -> None:
    management = boto3.client("neptune")
    made = management.create_db_cluster(
        DBClusterIdentifier="Graph1", Engine="neptune", EngineVersion="1.3.2.0"
    )["DBCluster"]
    client = boto3.client("neptunedata", endpoint_url=f"https://{made['Endpoint']}:8182")
    answer = client.get_engine_status()
    assert answer["dbEngineVersion"] == "1.3.2.0"
    assert answer["features"]["IAMAuthentication"] == "disabled"
    neptune.cluster(client).settings.engine_version = "1.4.0.0"
    assert client.get_engine_status()["dbEngineVersion"] == "1.4.0.0"
    assert elsewhere("cluster").get_engine_status()["dbEngineVersion"] == "1.5.0.0"


def test_start_time(neptune: Neptune) -> None:
    with freeze_time("2021-12-29T02:29:24Z"):
        status = elsewhere("cluster").get_engine_status()
    assert status["startTime"] == "Wed Dec 29 02:29:24 UTC 2021"
    assert elsewhere("cluster").get_engine_status()["startTime"] == status["startTime"]
    assert start_time(0) == "Thu Jan 01 00:00:00 UTC 1970"


@pytest.mark.parametrize(
    ("engine", "tinkerpop"),
    [("1.5.0.0", "3.7.1"), ("1.3.1.0", "3.6.5"), ("1.2.1.0", "3.6.2"), ("1.1.0.0", "3.5.2")],
)
def test_tinkerpop_version(engine: str, tinkerpop: str) -> None:
    assert tinkerpop_version(engine) == tinkerpop


def test_server() -> None:
    status, body = Server().ask("GET", "/status")
    assert (status, body["status"]) == (200, "healthy")
    assert Server().ask("POST", "/status")[1]["code"] == "MethodNotAllowedException"


@pytest.mark.parametrize(
    ("instance_class", "vcpus"),
    [("db.r6g.large", 2), ("db.r6g.xlarge", 4), ("db.r6g.16xlarge", 64), ("db.t3.medium", 2)],
)
def test_vcpus(instance_class: str, vcpus: int) -> None:
    assert ClusterSettings(instance_class=instance_class).vcpus == vcpus


def test_version_tuple() -> None:
    assert version_tuple("1.4.1.0.R1") == (1, 4, 1, 0) < version_tuple("1.10.0.0")
