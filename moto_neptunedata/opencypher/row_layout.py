"""Where variables stand in a row."""

from __future__ import annotations

from .ast import HIDDEN


class Layout:
    """Slots of the variables in scope. Slot 0 holds the context; rows have ``size`` elements."""

    __slots__ = ("size", "slots")

    def __init__(self, slots: dict[str, int], size: int) -> None:
        self.slots = slots
        self.size = size

    @classmethod
    def of(cls, *names: str) -> Layout:
        """A row of just these variables, in this order."""
        return cls({name: i + 1 for i, name in enumerate(names)}, len(names) + 1)

    def bind(self, *names: str) -> Layout:
        """The layout of a row with these variables added at its end."""
        slots = dict(self.slots)
        for i, name in enumerate(names):
            slots[name] = self.size + i
        return Layout(slots, self.size + len(names))

    def list_visible(self) -> list[str]:
        """The variables that the query text names."""
        return [name for name in self.slots if not name.startswith(HIDDEN)]
