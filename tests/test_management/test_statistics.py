"""Statistics: live and frozen, with and without auto-compute, deleted, and out of bounds."""

from __future__ import annotations

from typing import Any

import pytest
from freezegun import freeze_time

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.management import statistics as module
from moto_neptunedata.management.property_summary import PropertyGraphTracker
from moto_neptunedata.management.statistics import Statistics, format_time
from moto_neptunedata.settings import ClusterSettings


class Setup:
    def __init__(self) -> None:
        self.graph = PropertyGraph()
        self.settings = ClusterSettings()
        self.statistics = Statistics(
            PropertyGraphTracker(self.graph), self.graph.log, self.settings
        )

    def add(self, *ids: str) -> None:
        with self.graph.transaction() as tx:
            for id in ids:
                tx.add_vertex(id, ["person"])

    @property
    def nodes(self) -> int:
        nodes: int = self.statistics.summary(False)["graphSummary"]["numNodes"]
        return nodes


@pytest.fixture
def made() -> Setup:
    return Setup()


def assert_none(made: Setup) -> None:
    with pytest.raises(NeptuneError) as caught:
        made.statistics.summary(False)
    assert caught.value.code == "StatisticsNotAvailableException"
    status = made.statistics.status()
    assert (status["active"], status["statisticsId"]) == (False, -1)
    assert "date" not in status


def test_without_data_there_are_none(made: Setup) -> None:
    assert_none(made)
    assert made.statistics.signatures == 0
    assert made.statistics.delete() is False


def test_a_refresh_without_data_gives_zeros(made: Setup) -> None:
    assert made.statistics.manage("refresh") == made.statistics.status()["statisticsId"]
    assert made.nodes == 0


def test_live_follows_the_data(made: Setup) -> None:
    made.add("a")
    first = made.statistics.status()
    assert made.nodes == 1
    assert made.statistics.status() == first, "nothing has changed"
    made.add("b")
    assert made.nodes == 2
    assert made.statistics.status()["statisticsId"] > first["statisticsId"]


@freeze_time("2023-01-24T00:47:43.319Z")
def test_status(made: Setup) -> None:
    made.add("a")
    status = made.statistics.status()
    assert status == {
        "autoCompute": True,
        "active": True,
        "statisticsId": 1674521263319,
        "note": "",
        "date": "2023-01-24T00:47:43.319Z",
        "signatureInfo": {"signatureCount": 1, "instanceCount": 1, "predicateCount": 0},
    }
    assert made.statistics.manage("refresh") == 1674521263320, "each has an id of its own"
    summary = made.statistics.summary(True)
    assert (summary["version"], summary["lastStatisticsComputationTime"]) == ("v1", status["date"])


def test_frozen_follows_refreshes_only(made: Setup) -> None:
    made.settings.statistics = "frozen"
    made.add("a")
    assert_none(made)
    made.statistics.manage("refresh")
    made.add("b")
    assert made.nodes == 1
    made.statistics.manage("refresh")
    assert made.nodes == 2


def test_auto_compute(made: Setup) -> None:
    made.add("a")
    assert made.statistics.manage("disableAutoCompute") is None
    made.add("b")
    assert made.nodes == 1, "as it was when the automatism ended"
    assert made.statistics.status()["autoCompute"] is False
    assert made.statistics.manage("enableAutoCompute") is None
    assert made.nodes == 2
    assert made.statistics.status()["autoCompute"] is True


def test_delete(made: Setup) -> None:
    made.add("a")
    assert made.statistics.delete() is True
    assert_none(made)
    assert made.statistics.delete() is False
    made.add("b")
    assert made.nodes == 2, "the next change makes them anew"


def test_a_rewind_is_a_change(made: Setup) -> None:
    made.add("a")
    made.add("b")
    assert made.nodes == 2
    made.graph.rewind(1)
    assert made.nodes == 1


@pytest.mark.parametrize(
    "change",
    [
        {"statistics_enabled": False},
        {"instance_class": "db.t3.medium"},
        {"instance_class": "db.t4g.medium"},
    ],
)
def test_disabled(made: Setup, change: dict[str, Any]) -> None:
    made.add("a")
    for name, value in change.items():
        setattr(made.settings, name, value)
    statistics = made.statistics
    for call in (
        statistics.status,
        lambda: statistics.summary(False),
        lambda: statistics.manage("refresh"),
        statistics.delete,
    ):
        with pytest.raises(NeptuneError, match="Statistics is disabled") as caught:
            call()
        assert caught.value.code == "BadRequestException"


def test_a_mode_is_needed(made: Setup) -> None:
    with pytest.raises(NeptuneError) as caught:
        made.statistics.manage(None)
    assert caught.value.code == "MissingParameterException"


@pytest.mark.parametrize("limit", ["MAX_SIGNATURES", "MAX_PREDICATES"])
def test_too_many(made: Setup, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, limit, 0)
    with made.graph.transaction() as tx:
        tx.set_property(tx.add_vertex("a", ["person"]), "name", "Ann")
    assert_none(made)
    assert "50000 characteristic sets" in made.statistics.status()["note"]
    assert made.statistics.manage("refresh") == -1


def test_iso_time() -> None:
    assert format_time(1674521263319) == "2023-01-24T00:47:43.319Z"
    assert format_time(0) == "1970-01-01T00:00:00.000Z"
