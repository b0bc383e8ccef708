"""Parts of a cluster whose state can be captured and restored, as snapshots do."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import ClassVar, TypeAlias

#: The state of a part: its attributes by name.
State: TypeAlias = Mapping[str, object]


class Stateful:
    """A part that says of each of its attributes whether it is state.

    ``VALUES`` are state that is replaced but never changed, ``COPIED`` state that changes, so that
    it is copied; ``FIXED`` is no state: what the part was made with, and what follows the data.
    """

    VALUES: ClassVar[tuple[str, ...]] = ()
    COPIED: ClassVar[tuple[str, ...]] = ()
    FIXED: ClassVar[tuple[str, ...]] = ()

    def capture(self) -> State:
        """The state as it is now; what happens later does not change it."""
        copied = deepcopy({name: getattr(self, name) for name in self.COPIED})
        return {**{name: getattr(self, name) for name in self.VALUES}, **copied}

    def restore(self, saved: State) -> None:
        """Go back to a state that was captured; that can be done any number of times."""
        for name in self.VALUES:
            setattr(self, name, saved[name])
        for name, value in deepcopy({name: saved[name] for name in self.COPIED}).items():
            setattr(self, name, value)
