"""The table of builders."""

from __future__ import annotations

import moto_neptunedata.gremlin.steps  # noqa: F401  (fills the table of builders)
from moto_neptunedata.gremlin.builder import BUILDERS, MODULATORS
from moto_neptunedata.gremlin.keywords import STEPS


def test_every_step_of_the_grammar_is_built_or_refused_by_name() -> None:
    assert BUILDERS.keys() | MODULATORS == STEPS
