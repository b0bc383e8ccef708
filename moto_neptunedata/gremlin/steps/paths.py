"""Steps over the path of a traverser: ``path``, ``simplePath``, ``cyclicPath``, ``tree``."""

from __future__ import annotations

from collections.abc import Iterable

from ..arguments import check_argument_count, check_no_arguments
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..errors import InvalidQuery
from ..modulators import By, list_pipelines
from ..pipeline import BarrierStage, Batch, Context, Opened, Pipeline, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, PathNode, Traverser, build_path
from ..values import Path, Tree, Value, hkey
from .base import DrawStep

Bounds = tuple[str | None, str | None]


def read_bounds(modulators: Modulators) -> Bounds:
    """The labels of ``from`` and ``to``."""
    found: list[str | None] = []
    for name in ("from", "to"):
        calls = modulators.find(name)
        if calls and (len(calls[-1].args) != 1 or not isinstance(calls[-1].args[0], str)):
            raise InvalidQuery(f"{name}() takes a label here")
        found.append(calls[-1].args[0] if calls else None)
    return found[0], found[1]


def cut_path(path: Path, bounds: Bounds) -> Path:
    """The path between two labels."""
    low, high = bounds
    start, end = 0, len(path.objects)
    if low is not None:
        start = max((at for at, labels in enumerate(path.labels) if low in labels), default=-1)
        if start < 0:
            return Path([], [])
    if high is not None:
        last = max((at for at, labels in enumerate(path.labels) if high in labels), default=-1)
        end = last + 1
    return Path(path.objects[start:end], path.labels[start:end])


def evaluate_path(
    context: Context,
    traverser: Traverser,
    draws: list[Draw],
    bounds: Bounds,
) -> Value:
    """The path with what ``by`` makes of its objects, or ``NOTHING``."""
    path = cut_path(build_path(traverser.path), bounds)
    if not draws:
        return path
    objects = []
    for at, value in enumerate(path.objects):
        drawn = draws[at % len(draws)](context.new_traverser(value, True))
        if drawn is NOTHING:
            return NOTHING
        objects.append(drawn)
    return Path(objects, path.labels)


@step("path", takes=("by", "from", "to"))
def path_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    bounds = read_bounds(modulators)
    return DrawStep(
        builder.settings,
        "PathStep",
        builder.bys(modulators),
        lambda traverser, draws, context: evaluate_path(context, traverser, draws, bounds),
    )


class PathFilterStep(Step):
    """``simplePath`` and ``cyclicPath``."""

    title = "PathFilterStep"
    moves = False

    def __init__(self, simple: bool, bys: list[By], bounds: Bounds) -> None:
        self.simple = simple
        self.bys = bys
        self.bounds = bounds

    def open(self, context: Context) -> Opened:
        if not self.bys and self.bounds == (None, None):
            simple = self.simple
            return lambda batch: [each for each in batch if _is_simple(each.path) is simple]
        draws = [by.open(context) for by in self.bys]
        return lambda batch: [each for each in batch if self._passes(context, each, draws)]

    def _passes(self, context: Context, traverser: Traverser, draws: list[Draw]) -> bool:
        path = evaluate_path(context, traverser, draws, self.bounds)
        if path is NOTHING:
            return False
        distinct = len({hkey(value) for value in path.objects})
        return (distinct == len(path.objects)) is self.simple

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


def _is_simple(path: PathNode) -> bool:
    """Whether a path never comes to the same object twice."""
    seen = set()
    while path is not None:
        key = hkey(path[1])
        if key in seen:
            return False
        seen.add(key)
        path = path[0]
    return True


@step("simplePath", "cyclicPath", takes=("by", "from", "to"))
def path_filter(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return PathFilterStep(
        call.name == "simplePath", builder.bys(modulators), read_bounds(modulators)
    )


# ------------------------------------------------------------------ tree


class Trees:
    """The tree of all paths that came by."""

    def __init__(self, draws: list[Draw], context: Context) -> None:
        self.draws = draws
        self.context = context
        self.tree = Tree()

    def add(self, batch: Batch) -> None:
        for traverser in batch:
            path = evaluate_path(self.context, traverser, self.draws, (None, None))
            if path is NOTHING:
                continue
            branch = self.tree
            for value in path.objects:
                if value not in branch:
                    branch[value] = Tree()
                branch = branch[value]

    def snapshot(self) -> Tree:
        return self.tree


class TreeStep(Step):
    """``tree()``."""

    title = "TreeStep"
    barrier = True
    stateful = True
    moves = True

    def __init__(self, settings: StatementSettings, bys: list[By]) -> None:
        self.bys = bys
        self.track_paths = settings.track_paths

    def gather(self, context: Context) -> Trees:
        return Trees([by.open(context) for by in self.bys], context)

    def open(self, context: Context) -> Opened:
        return _TreeStage(self, context)

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


class _TreeStage(BarrierStage):
    def __init__(self, step: TreeStep, context: Context) -> None:
        self.step = step
        self.context = context
        self.trees = step.gather(context)

    def add(self, batch: Batch) -> None:
        self.trees.add(batch)

    def finish(self) -> Iterable[Batch]:
        tree = self.trees.tree
        self.trees = self.step.gather(self.context)
        return ([self.context.new_traverser(tree, self.step.track_paths)],)


class TreeSideEffectStep(Step):
    """``tree("a")``."""

    title = "TreeSideEffectStep"
    moves = False
    observable = True

    def __init__(self, tree: TreeStep, name: str) -> None:
        self.tree = tree
        self.name = name

    def open(self, context: Context) -> Opened:
        held = context.side_effects.get(self.name)
        mine = self.tree.gather(context)
        if isinstance(held, Trees):
            mine.tree = held.tree
        else:
            context.side_effects[self.name] = mine

        def stage(batch: Batch) -> Batch:
            mine.add(batch)
            return batch

        return stage

    def children(self) -> Iterable[Pipeline]:
        return self.tree.children()


@step("tree", takes=("by",))
def tree(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    found = TreeStep(builder.settings, builder.bys(modulators))
    if not call.args:
        return found
    if not isinstance(call.args[0], str):
        raise InvalidQuery("tree() takes the name of a side effect")
    return TreeSideEffectStep(found, call.args[0])
