"""No text makes the engine raise anything but a modeled error, or write half of something."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moto_neptunedata.opencypher import NEPTUNE, STANDARD, CypherError, Limits, Options, execute
from moto_neptunedata.opencypher.result_serialization import serialize_result
from tests.test_opencypher.support import people, picture
from tests.test_opencypher.test_language import CHANGES, EXPRESSIONS, QUERIES
from tests.test_opencypher.test_neptune_clients import READS

pytestmark = pytest.mark.slow

_SEEDS = [
    *(query for query, _ in QUERIES),
    *(query for query, _, _ in READS),
    *(query for queries, _ in CHANGES for query in queries),
    *(f"MATCH (n) WHERE n.age = 30 RETURN {expression}" for expression, _ in EXPRESSIONS),
]
_PIECES = sorted({piece for seed in _SEEDS for piece in re.findall(r"\w+|\s+|[^\w\s]", seed)})
_LIMITS = Limits(timeout=0.2, max_rows=2000)

_mutated = st.tuples(
    st.sampled_from(_SEEDS), st.integers(0, 80), st.integers(0, 12), st.sampled_from(_PIECES)
).map(lambda m: m[0][: m[1]] + m[3] + m[0][m[1] + m[2] :])
_shuffled = st.lists(st.sampled_from(_PIECES), max_size=25).map(" ".join)
_spliced = st.tuples(
    st.sampled_from(_SEEDS), st.integers(0, 60), st.sampled_from(_SEEDS), st.integers(0, 60)
).map(lambda m: m[0][: m[1]] + " " + m[2][m[3] :])


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(_mutated, _spliced, _shuffled, st.text(max_size=60)), st.booleans())
def test_any_text(text: str, standard: bool) -> None:
    graph = people()
    before = picture(graph)
    parameters = dict.fromkeys(("x", "p", "id", "ids", "n", "v", "names", "row"), 1)
    dialect = STANDARD if standard else NEPTUNE
    try:
        result = execute(graph, text, parameters, Options(dialect, _LIMITS))
        if not standard:
            serialize_result(result)
    except CypherError:
        assert picture(graph) == before
    except RecursionError:
        raise AssertionError(text) from None
    else:
        changes = [change for commit in list(graph.log)[1:] for change in commit]
        assert bool(changes) == bool(result.stats) or not result.stats
    for edge in graph.edges():
        assert graph.vertex(edge.out_v.id) is edge.out_v
        assert graph.vertex(edge.in_v.id) is edge.in_v
