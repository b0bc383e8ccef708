"""The compiled steps of a statement as text, for ``explain`` and ``profile``."""

from __future__ import annotations

from collections.abc import Iterable

from .compiler import CompiledStatement
from .pipeline import Step


def format_steps(statement: CompiledStatement) -> str:
    """The steps as they run, those inside others indented."""
    lines: list[str] = []
    _add_lines(statement.pipeline.steps, 1, lines)
    return "Neptune steps:\n[\n" + "\n".join(lines) + "\n]"


def _add_lines(steps: Iterable[Step], depth: int, lines: list[str]) -> None:
    for step in steps:
        merged = " {merged}" if getattr(step, "merges", False) else ""
        lines.append(f"{'    ' * depth}{step.describe()}{merged}")
        for child in step.children():
            _add_lines(child.steps, depth + 1, lines)
