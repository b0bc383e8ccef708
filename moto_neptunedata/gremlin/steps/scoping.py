"""What a name means to a traverser: a key of its map, a side effect, or a label of its path."""

from __future__ import annotations

from collections.abc import Callable

from ..enums import Pop
from ..pipeline import Context
from ..traverser import NOTHING, Traverser, find_labelled, find_last_labelled
from ..values import BulkSet, GMap, Value


def lookup(context: Context, traverser: Traverser, name: str, pop: Pop = Pop.last) -> Value:
    """The value of a name, or ``NOTHING``."""
    value = traverser.value
    if isinstance(value, GMap) and name in value:
        return value[name]
    if name in context.side_effects:
        return read_side_effect(context, name)
    if pop is Pop.last:
        return find_last_labelled(traverser.path, name)
    found = find_labelled(traverser.path, name)
    return POPS[pop](found) if found else NOTHING


POPS: dict[Pop, Callable[[list[Value]], Value]] = {
    Pop.first: lambda found: found[0],
    Pop.last: lambda found: found[-1],
    Pop.all: lambda found: found,
    Pop.mixed: lambda found: found[0] if len(found) == 1 else found,
}


def read_side_effect(context: Context, name: str) -> Value:
    """The value of a side effect as it is now."""
    stored = context.side_effects[name]
    snapshot = getattr(stored, "snapshot", None)
    return stored if snapshot is None else snapshot()


def detach(value: Value) -> Value:
    """A value that may go on its own way, for one that may be a side effect still growing."""
    return value.copy() if isinstance(value, BulkSet) else value
