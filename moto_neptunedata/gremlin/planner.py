"""What is done to a row of calls or steps before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from .ast import Call, Traversal

if TYPE_CHECKING:
    from .builder import Settings
    from .pipeline import Step


def fold_connectives(calls: Sequence[Call]) -> Sequence[Call]:
    """``a.and().b.or().c`` made ``or(and(a, b), c)``; what a graph step gives stays before it."""
    if not any(call.name in ("and", "or") and not call.args for call in calls):
        return calls
    start = 1 if calls[0].name in ("V", "E") else 0
    alternatives = [_joined("and", _split(part, "and")) for part in _split(calls[start:], "or")]
    joined = _joined("or", alternatives)
    return [*calls[:start], *joined]


def _split(calls: Sequence[Call], name: str) -> list[Sequence[Call]]:
    parts: list[Sequence[Call]] = []
    start = 0
    for at, call in enumerate(calls):
        if call.name == name and not call.args:
            parts.append(calls[start:at])
            start = at + 1
    parts.append(calls[start:])
    return parts


def _joined(name: str, parts: Sequence[Sequence[Call]]) -> Sequence[Call]:
    if len(parts) == 1:
        return parts[0]
    return (Call(name, tuple(Traversal(tuple(part)) for part in parts if part)),)


def _counted_starts(steps: list[Step]) -> list[Step]:
    """Leave out a test that the start's index answers exactly, and count without looking."""
    from .steps.filters import HasStep
    from .steps.reducing import CountStep
    from .steps.sources import GraphCountStep, GraphStep

    first = steps[0] if steps else None
    if type(first) is not GraphStep or first.ids is not None:
        return steps
    if len(steps) > 1 and type(steps[1]) is HasStep and steps[1].exact:
        steps = [first, *steps[2:]]
    if len(steps) > 1 and type(steps[1]) is CountStep:
        steps = [GraphCountStep(first), *steps[1:]]
    return steps


def _bound_orders(steps: list[Step]) -> None:
    """Tell each ``order`` how many of its results are looked at."""
    from .steps.ordering import OrderStep
    from .steps.ranges import RangeStep

    for step, following in pairwise(steps):
        if type(step) is OrderStep and type(following) is RangeStep and following.high >= 0:
            step.most = following.high


def _crowded_start(steps: list[Step]) -> list[Step]:
    """``V().out()`` at once, where in the end it is only counted, so that no order is lost."""
    from .pipeline import walk
    from .steps.expansions import GraphNeighboursStep, VertexStep
    from .steps.reducing import CountStep
    from .steps.sources import GraphStep

    if len(steps) < 2:
        return steps
    first, second = steps[:2]
    if type(first) is not GraphStep or first.edges or first.ids is not None or first.hints:
        return steps
    if type(second) is not VertexStep or not second.merges or len(second.directions) != 1:
        return steps
    needed = next((step for step in steps[2:] if step.barrier or step.limiter), None)
    if type(needed) is not CountStep or any(step.observable for step in walk(steps)):
        return steps
    return [GraphNeighboursStep(second), *steps[2:]]


def _counted_ends(steps: list[Step]) -> list[Step]:
    """``out().out().count()``: neighbours that are only counted, without making them."""
    from .steps.expansions import DegreeStep, VertexStep

    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        if (
            type(step) is DegreeStep
            and type(last) is VertexStep
            and last.merges
            and len(last.directions) == 1
        ):
            found[-1] = DegreeStep(step.inner, last)
        else:
            found.append(step)
    return found


def arrange(steps: list[Step], settings: Settings, in_repeat: bool) -> list[Step]:
    """The steps joined, started from an index where one serves, and told where to merge."""
    from .steps.expansions import DegreeStep, VertexStep
    from .steps.filters import HasStep
    from .steps.reducing import CountStep
    from .steps.sources import GraphStep

    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        if type(step) is HasStep:
            if type(last) is GraphStep and last.ids is None:
                last.hints += [
                    hint for hint in step.hints if not last.edges or hint[0] != "property"
                ]
            if type(last) is HasStep:
                found[-1] = last.joined(step)
                before = found[-2] if len(found) > 1 else None
                if type(before) is GraphStep and before.ids is None:
                    before.hints += [
                        hint for hint in step.hints if not before.edges or hint[0] != "property"
                    ]
                continue
        found.append(step)
    found = _counted_starts(found)
    _bound_orders(found)
    if settings.sacks:
        return found
    last_needed = max(
        (at for at, step in enumerate(found) if step.expands or step.barrier), default=0
    )
    has_expanded = False
    for at, step in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        if type(step) is VertexStep and type(following) is CountStep:
            found[at] = DegreeStep(step)
        elif type(step) is VertexStep and not settings.told and not step.edges:
            step.merges = in_repeat or (has_expanded and at < last_needed)
        has_expanded = has_expanded or found[at].expands
    return _counted_ends(_crowded_start(found))
