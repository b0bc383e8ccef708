"""What is done to a row of steps before it runs, so that it runs faster."""

from __future__ import annotations

from itertools import pairwise

from .pipeline import Step, walk
from .statement_settings import StatementSettings
from .steps.expansions import DegreeStep, GraphNeighboursStep, VertexStep
from .steps.filters import HasStep
from .steps.ordering import OrderStep
from .steps.ranges import RangeStep
from .steps.reducing import CountStep
from .steps.sources import GraphCountStep, GraphStep


def _count_starts(steps: list[Step]) -> list[Step]:
    """Leave out a test that the start's index answers exactly, and count without looking."""
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
    for step, following in pairwise(steps):
        if type(step) is OrderStep and type(following) is RangeStep and following.high >= 0:
            step.most = following.high


def _merge_start(steps: list[Step]) -> list[Step]:
    """``V().out()`` at once, where in the end it is only counted, so that no order is lost."""
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


def _count_ends(steps: list[Step]) -> list[Step]:
    """``out().out().count()``: neighbours that are only counted, without making them."""
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


def optimize(steps: list[Step], settings: StatementSettings, in_repeat: bool) -> list[Step]:
    """The steps joined, started from an index where one serves, and marked where they may merge."""
    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        if type(step) is HasStep:
            if type(last) is GraphStep and last.ids is None:
                last.hints += [
                    hint for hint in step.hints if not last.edges or hint[0] != "property"
                ]
            if type(last) is HasStep:
                found[-1] = last.combine(step)
                before = found[-2] if len(found) > 1 else None
                if type(before) is GraphStep and before.ids is None:
                    before.hints += [
                        hint for hint in step.hints if not before.edges or hint[0] != "property"
                    ]
                continue
        found.append(step)
    found = _count_starts(found)
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
        elif type(step) is VertexStep and not settings.track_paths and not step.edges:
            step.merges = in_repeat or (has_expanded and at < last_needed)
        has_expanded = has_expanded or found[at].expands
    return _count_ends(_merge_start(found))
