"""A cluster without moto: its clocks go a step an asking, and it knows no S3."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from moto_neptunedata.cluster import Cluster, ClusterEnvironment, ClusterKey
from moto_neptunedata.management import ml
from moto_neptunedata.management.clock import StepClock


@pytest.fixture
def cluster() -> Cluster:
    numbers = count(1)
    reader: Any = None
    return Cluster(
        ClusterKey("123456789012", "us-east-1", "plain"),
        ClusterEnvironment(readers=reader, new_id=lambda: f"id{next(numbers)}"),
    )


def test_clock() -> None:
    clock = StepClock("any", (("a", "b"), ("b", "c")))
    seen = [clock.status]
    for _ in range(3):
        clock.advance()
        seen.append(clock.status)
    assert seen == ["a", "b", "c", "c"]


def test_jobs(cluster: Cluster) -> None:
    jobs = cluster.management.ml
    params = {"inputDataS3Location": "s3://in/", "processedDataS3Location": "s3://out/"}
    id = jobs.start_data_processing(params)["id"]
    assert id == "id1"
    told = [jobs.get_data_processing({"id": id})["status"] for _ in range(3)]
    assert told == ["InProgress", "Completed", "Completed"]
    jobs.cancel(ml.DATA_PROCESSING, {"id": id, "clean": True})


def test_rebuilds_without_a_token(cluster: Cluster) -> None:
    rebuild = cluster.management.index_rebuilds.start()
    assert rebuild.status == "PREPARING"
    assert [rebuild.ask()["status"] for _ in range(2)] == ["REBUILDING", "COMPLETED"]
    assert cluster.management.index_rebuilds.start().id == "id2"


def test_health(cluster: Cluster) -> None:
    assert cluster.management.ask_health() == "healthy"
    cluster.management.recover()
    assert not cluster.management.is_healthy
    assert [cluster.management.ask_health() for _ in range(2)] == ["recovery", "healthy"]
    assert cluster.management.is_healthy


def test_the_old_name_of_management(cluster: Cluster) -> None:
    with pytest.warns(DeprecationWarning, match=r"Cluster\.management"):
        assert cluster.analytics is cluster.management
