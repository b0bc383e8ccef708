"""Everything that a tester has set up, and the calls that came: one object for all clusters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

from .calls import CallLog, Calls
from .expected_results import ExpectedResults
from .faults import Delay, Fault
from .loader_outcomes import LoadOutcomes
from .rules import Rules
from .scope import ClusterKey

# What a test may have left unused: the attribute, and what its things wait for.
_WAITING: Final = ("faults", "delays", "load_outcomes", "expected")


class ControlState:
    """What is provoked and expected, for all clusters or for one; reset forgets all of it.

    ``settings`` are those that :meth:`Neptune.configure` gave to all clusters. ``ended_calls`` are
    the calls before the last reset, for those who look when a mock has ended.
    """

    def __init__(self) -> None:
        self.ended_calls = Calls()
        self.log = CallLog()
        self._start()

    def _start(self) -> None:
        self.faults: Rules[Fault] = Rules()
        self.delays: Rules[Delay] = Rules()
        self.load_outcomes = LoadOutcomes()
        self.expected = ExpectedResults()
        self.settings: dict[str, Any] = {}
        self.snapshots: dict[str, Any] = {}
        self.holds: dict[tuple[ClusterKey, str], ExitStack] = {}

    @property
    def is_armed(self) -> bool:
        """Whether a request has to be looked at before it is answered."""
        return bool(self.faults or self.delays or self.expected)

    def reset(self) -> None:
        """Forget everything, and let held queries go."""
        self.ended_calls = self.log.calls() or self.ended_calls
        self.log.clear()
        for hold in self.holds.values():
            hold.close()
        self._start()

    def forget_ended(self) -> None:
        """Forget the calls of mocks that have ended."""
        self.ended_calls = Calls()

    def clear(self, scope: ClusterKey | None = None) -> None:
        """End what is provoked and expected on one cluster, or everywhere; the calls stay."""
        for part in (self.faults, self.delays, self.load_outcomes, self.expected):
            part.clear(scope)

    def waiting(self, scope: ClusterKey | None = None) -> list[Any]:
        """What may still come into effect, for one cluster alone or for all."""
        return [
            each
            for each in self._all()
            if scope is None or each.scope is None or each.scope == scope
        ]

    def unused(self, scope: ClusterKey | None = None) -> list[Any]:
        """What waits for calls, queries or loads that did not come."""
        return [each for each in self.waiting(scope) if each.is_unused]

    def _all(self) -> Iterator[Any]:
        for part in _WAITING:
            yield from getattr(self, part)

    def lines(self) -> list[str]:
        """What waits, a line each."""
        return [repr(each) for each in self._all()]


#: That of this process; moto's reset resets it.
CONTROL_STATE: Final = ControlState()
