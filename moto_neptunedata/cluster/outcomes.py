"""How the loads of one cluster are to end, as its loader asks for it."""

from __future__ import annotations

from ..loader.outcomes import LoadOutcome
from ..testing import loader_outcomes
from ..testing.control_state import ControlState
from ..testing.scope import ClusterKey


class OutcomesOfCluster:
    """The outcomes of one cluster's loads, as its loader asks for them."""

    def __init__(self, control_state: ControlState, cluster: ClusterKey) -> None:
        self._control_state = control_state
        self._cluster = cluster

    def find(self, source: str) -> LoadOutcome | None:
        """The outcome of the next load of a source, if it is written."""
        waiting = self._control_state.load_outcomes
        return waiting.find(self._cluster, source) if waiting else None

    def use(self, outcome: LoadOutcome) -> None:
        """A load has it now."""
        assert isinstance(outcome, loader_outcomes.LoadOutcome)
        self._control_state.load_outcomes.use(outcome)
