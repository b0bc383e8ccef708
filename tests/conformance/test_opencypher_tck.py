"""The openCypher TCK, where its data is: what passes goes on passing, and no row is wrong."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance import tck

pytestmark = pytest.mark.skipif(
    not tck.SUITE.exists(), reason=f"the TCK's data is not at {tck.SUITE}"
)

#: How many scenarios must pass.
LEAST_PASSED = 1943

#: (feature, scenario) -> why it does not pass
KNOWN_FAILURES: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], tck.Outcome]:
    """What each scenario came to."""
    scenarios, graphs = tck.load()
    return {tck.key_of(s): tck.run_scenario(s, graphs) for s in scenarios}


def test_nothing_fails_but_what_is_known_to(
    outcomes: dict[tuple[str, str], tck.Outcome],
) -> None:
    failed = {key: outcome for key, outcome in outcomes.items() if outcome.status != "passed"}
    assert failed.keys() == KNOWN_FAILURES.keys(), failed


def test_no_scenario_answers_wrong_rows(outcomes: dict[tuple[str, str], tck.Outcome]) -> None:
    wrong = {key for key, outcome in outcomes.items() if outcome.status.startswith("wrong")}
    assert not wrong


def test_how_many_pass(outcomes: dict[tuple[str, str], tck.Outcome]) -> None:
    counts = Counter(outcome.status for outcome in outcomes.values())
    assert counts["passed"] >= LEAST_PASSED
    assert counts["passed"] >= 0.99 * len(outcomes)
