"""The clocks by which long-running things move on.

Whoever makes a cluster says what its clocks are (the moto service gives ``ManagedState``); a
domain module only starts, asks and advances them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

#: Pairs of a status and the one that follows; the first pair's first is where a clock starts.
Transitions: TypeAlias = Sequence[tuple[str, str]]


class Clock(Protocol):
    """A status that moves along its transitions."""

    @property
    def status(self) -> str:
        """Where it is now; reading may move it when time has passed."""

    @status.setter
    def status(self, value: str) -> None: ...

    def advance(self) -> None:
        """Somebody has asked; that may be what it waits for."""


#: Makes a clock from the name of its kind (``"mldataprocessing"``) and its transitions.
ClockMaker: TypeAlias = Callable[[str, Transitions], Clock]


class StepClock:
    """The plain clock: each :meth:`advance` is one step."""

    def __init__(self, kind: str, transitions: Transitions) -> None:
        self.kind = kind
        self._next = dict(transitions)
        self.status = transitions[0][0]

    def advance(self) -> None:
        """Go one step, if there is one left."""
        self.status = self._next.get(self.status, self.status)
