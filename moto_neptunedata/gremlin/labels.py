"""``as``: names for places on the path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .pipeline import Batch, Context, Step, walk
from .statement_settings import StatementSettings
from .traverser import Traverser


class LabelStep(Step):
    """Gives labels to where the traverser is.

    With ``fresh`` the traverser has moved since its path was last recorded, so that the place is a
    new one even if the value is the same.
    """

    moves = False
    title = "AsStep"

    def __init__(self, labels: tuple[str, ...], track_paths: bool, fresh: bool) -> None:
        self.labels = labels
        self.track_paths = track_paths
        self.fresh = fresh

    def process(self, batch: Batch, context: Context) -> Batch:
        return [self._label(traverser) for traverser in batch]

    def _label(self, traverser: Traverser) -> Traverser:
        value, path = traverser.value, traverser.path
        if path is not None and (self.track_paths or (not self.fresh and path[1] is value)):
            known = path[2]
            labels = known + tuple(label for label in self.labels if label not in known)
            path = (path[0], value, labels)
        else:
            path = (path, value, self.labels)
        return Traverser(value, traverser.bulk, path, traverser.sack, traverser.loops)

    def describe(self) -> str:
        return f"AsStep({', '.join(self.labels)})"


def label_step(
    settings: StatementSettings, before: Sequence[Step], labels: tuple[str, ...]
) -> Step:
    """The step for ``as`` after the steps ``before`` of the same row."""
    fresh = False
    for step in reversed(before):
        if isinstance(step, LabelStep):
            break
        if can_move(step):
            fresh = True
            break
    return LabelStep(labels, settings.track_paths, fresh)


def can_move(step: Step) -> bool:
    """Whether traversers may be elsewhere after the step."""
    return any(getattr(inner, "moves", False) for inner in _through((step,)))


def _through(steps: Iterable[Step]) -> Iterable[Step]:
    """The steps, and those inside branches, which traversers go through."""
    for step in steps:
        yield step
        if getattr(step, "branches", False):
            yield from walk(inner for child in step.children() for inner in child.steps)
