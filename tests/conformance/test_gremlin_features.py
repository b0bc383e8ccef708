"""TinkerPop's Gremlin scenarios; the data lie beside the project and may be absent."""

from __future__ import annotations

from collections import Counter

import pytest

from . import gremlin_adapter as adapter
from . import gremlin_report as report

pytestmark = pytest.mark.skipif(
    not (report.DATA / "gremlin-features.json").exists(),
    reason=f"the conformance data are not at {report.DATA}",
)

#: So many passed when this was last looked at; fewer is a regression.
PASSED = 931
SCENARIOS = 1049

#: Excluded scenarios that run, and rightly answer something else.
DIFFER = {
    "the numbers of Java's random generator": 1,
    "null as a property value": 2,
    "ids of vertex properties are hashes in Neptune, not numbers in order": 1,
}


@pytest.fixture(scope="module")
def outcomes() -> list[report.Outcome]:
    return report.run_all()


def test_so_many_pass(outcomes: list[report.Outcome]) -> None:
    counts = Counter(outcome.status for outcome in outcomes)
    assert len(outcomes) == SCENARIOS
    assert counts["pass"] >= PASSED
    assert counts["pass"] / (SCENARIOS - counts["excluded"]) >= 0.99


def test_nothing_else_fails(outcomes: list[report.Outcome]) -> None:
    failing = {each.name for each in outcomes if each.status in ("error", "wrong")}
    assert failing == set(report.KNOWN_FAILURES)


def test_what_is_excluded_is_refused(outcomes: list[report.Outcome]) -> None:
    excluded = [each for each in outcomes if each.status == "excluded"]
    assert Counter(each.detail for each in excluded if each.differs) == DIFFER


def test_the_report_is_up_to_date(outcomes: list[report.Outcome]) -> None:
    assert report.REPORT.read_text("utf-8") == report.render(outcomes)


def test_what_is_loaded_is_dumped() -> None:
    vertices, edges = report.read_graph("modern")
    adapter.load(vertices, edges)
    assert adapter.dump() == (vertices, edges)
