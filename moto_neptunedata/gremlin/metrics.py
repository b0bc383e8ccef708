"""What the step ``profile()`` gives: the counts and times that really happened, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from .pipeline import Counters, Step

#: How the table of steps is laid out; tools look for its columns.
_COLUMNS: Final = "{:<66}{:>8}{:>12}{:>16}{:>9}"


class StepMetrics(NamedTuple):
    """One step. ``seconds`` is its own time, ``percent`` the share of it in the whole."""

    id: str
    name: str
    elements: int
    traversers: int
    seconds: float
    percent: float


class TraversalMetrics(NamedTuple):
    """All steps of a traversal."""

    seconds: float
    steps: tuple[StepMetrics, ...]


def collect_metrics(steps: Iterable[Step], counters: Counters) -> TraversalMetrics:
    """What ``counters``, which a run has filled, says of these steps."""
    entries = [counters.get(id(step), [step, 0, 0, 0.0]) for step in steps]
    total = sum(entry[3] for entry in entries)
    return TraversalMetrics(
        total,
        tuple(
            StepMetrics(
                f"{at}.0.0()",
                step.describe(),
                elements,
                traversers,
                seconds,
                100 * seconds / total if total else 0.0,
            )
            for at, (step, elements, traversers, seconds) in enumerate(entries)
        ),
    )


def format_metrics(*traversals: TraversalMetrics) -> str:
    """The table of one traversal, or of several below each other with one total."""
    header = _COLUMNS.format("Step", "Count", "Traversers", "Time (ms)", "% Dur")
    lines = [header, "-" * len(header)]
    for step in (step for metrics in traversals for step in metrics.steps):
        lines.append(
            _COLUMNS.format(
                step.name[:64],
                step.elements,
                step.traversers,
                f"{step.seconds * 1000:.3f}",
                f"{step.percent:.2f}",
            )
        )
    total = sum(metrics.seconds for metrics in traversals)
    lines.append(_COLUMNS.format(f"{'>TOTAL':>44}", "-", "-", f"{total * 1000:.3f}", "-"))
    return "\n".join(lines)
