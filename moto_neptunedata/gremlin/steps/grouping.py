"""``group``, ``groupCount``, and their side effect forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from ..arguments import check_argument_count, read_texts
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..errors import InvalidQuery
from ..modulators import By, identity, list_pipelines
from ..pipeline import BarrierStage, Batch, Context, Opened, Pipeline, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser
from ..values import GMap, Value, hkey
from .ranges import DedupStep
from .reducing import CountStep

_NOTHING_TYPE: Final = type(NOTHING)
#: From how many traversers on it pays to look at all their keys first.
_MANY: Final = 64


class Grouping:
    """The values of one group, gathered one by one. ``value`` may be asked repeatedly."""

    def add(self, traverser: Traverser) -> None:
        raise NotImplementedError

    def value(self) -> Value:
        """What the group is worth, or ``NOTHING``."""
        raise NotImplementedError


class _Listed(Grouping):
    """``by(key)`` and the like: a list of what is drawn."""

    def __init__(self, draw: Draw, context: Context) -> None:
        self.draw = draw
        self.context = context
        self.values: list[Value] = []

    def add(self, traverser: Traverser) -> None:
        value = self.draw(traverser)
        if value is not NOTHING:
            self.values.extend([value] * traverser.bulk)
            if traverser.bulk > 1:
                self.context.tick(len(self.values))

    def value(self) -> Value:
        return list(self.values)


class _Last(Grouping):
    """``by(traversal)`` without a barrier in it: the first result for the last traverser."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.held: Value = NOTHING

    def add(self, traverser: Traverser) -> None:
        value = self.draw(traverser)
        if value is not NOTHING:
            self.held = value

    def value(self) -> Value:
        return self.held


class _Streamed(Grouping):
    """``by(traversal)`` with a barrier: the first result for the whole group."""

    def __init__(self, parts: _Parts) -> None:
        self.parts = parts
        self.stage = parts.barrier_stage()

    def add(self, traverser: Traverser) -> None:
        for batch in self.parts.before.each(traverser):
            self.stage.add(batch)

    def value(self) -> Value:
        return self.parts.first(self.stage.finish())


class _Held(Grouping):
    """Keeps all traversers, for what must see the group as one stream or be asked repeatedly."""

    def __init__(self, pipeline: Pipeline, context: Context) -> None:
        self.pipeline = pipeline
        self.context = context
        self.traversers: Batch = []

    def add(self, traverser: Traverser) -> None:
        self.traversers.append(traverser)
        self.context.tick(len(self.traversers))

    def value(self) -> Value:
        run = self.pipeline.open(self.context)
        for batch in run.drive((self.traversers,)):
            if batch:
                return batch[0].value
        return NOTHING


class _Parts:
    """A pipeline cut at its first barrier, opened for one run."""

    def __init__(self, pipeline: Pipeline, context: Context) -> None:
        at = pipeline.barriers[0]
        self.context = context
        self.barrier = pipeline.steps[at]
        self.before = Pipeline(pipeline.steps[:at]).open(context)
        self.after = Pipeline(pipeline.steps[at + 1 :]).open(context)

    def barrier_stage(self) -> BarrierStage:
        stage = self.barrier.open(self.context)
        assert isinstance(stage, BarrierStage)
        return stage

    def first(self, feed: Iterable[Batch]) -> Value:
        self.after.reset()
        for batch in self.after.drive(feed):
            if batch:
                return batch[0].value
        return NOTHING


def choose_grouping(by: By, context: Context, repeatable: bool) -> Callable[[], Grouping]:
    """A function that makes an empty group."""
    pipeline = by.pipeline
    if pipeline is None:
        draw = by.open(context)
        return lambda: _Listed(draw, context)
    first = next(
        (each for each in pipeline.steps if each.barrier or isinstance(each, DedupStep)), None
    )
    if first is None:
        drawn = by.open(context)
        return lambda: _Last(drawn)
    if repeatable or not first.barrier:
        return lambda: _Held(pipeline, context)
    parts = _Parts(pipeline, context)
    return lambda: _Streamed(parts)


class Groups:
    """All groups by key."""

    def __init__(self, key: Draw, make: Callable[[], Grouping], context: Context) -> None:
        self.key = key
        self.make = make
        self.context = context
        self.groups: dict[Value, tuple[Value, Grouping]] = {}

    def add(self, batch: Batch) -> None:
        groups, key_of = self.groups, self.key
        for traverser in batch:
            key = key_of(traverser)
            if key is NOTHING:
                continue
            slot = hkey(key)
            entry = groups.get(slot)
            if entry is None:
                entry = groups[slot] = (key, self.make())
            entry[1].add(traverser)
        self.context.tick(len(groups))

    def snapshot(self) -> GMap:
        """The map as it is now."""
        pairs = ((key, group.value()) for key, group in self.groups.values())
        return GMap(pair for pair in pairs if pair[1] is not NOTHING)


class Counts:
    """How many traversers there are by key."""

    def __init__(self, keys: Callable[[Batch], list[Value]], context: Context) -> None:
        self.keys = keys
        self.context = context
        self.counts: dict[Value, list[Value]] = {}

    def add(self, batch: Batch) -> None:
        counts = self.counts
        for key, bulk in self._bulks(batch):
            slot = hkey(key)
            entry = counts.get(slot)
            if entry is None:
                counts[slot] = [key, bulk]
            else:
                entry[1] += bulk
        self.context.tick(len(counts))

    def _bulks(self, batch: Batch) -> Iterable[tuple[Value, int]]:
        keys = self.keys(batch)
        pairs = ((key, each.bulk) for key, each in zip(keys, batch) if key is not NOTHING)
        if len(batch) < _MANY or any(each.bulk != 1 for each in batch):
            return pairs
        if _NOTHING_TYPE in map(type, keys):
            keys = [key for key in keys if key is not NOTHING]
        # Texts are the same when Python says so.
        return Counter(keys).items() if set(map(type, keys)) == {str} else pairs

    def snapshot(self) -> GMap:
        """The map as it is now."""
        return GMap((key, count) for key, count in self.counts.values())


class GroupStep(Step):
    """``group()`` and ``groupCount()``: one map at the end."""

    barrier = True
    stateful = True
    moves = True

    def __init__(self, settings: StatementSettings, key: By, value: By | None) -> None:
        self.title = "GroupCountStep" if value is None else "GroupStep"
        self.key = key
        self.value = value
        self.track_paths = settings.track_paths
        pipeline = None if value is None else value.pipeline
        #: Whether ``by(count())`` makes it a count of the traversers by key.
        self.counts = (
            pipeline is not None
            and len(pipeline.steps) == 1
            and type(pipeline.steps[0]) is CountStep
        )

    def gather(self, context: Context, repeatable: bool = False) -> Groups | Counts:
        """Empty groups for one run."""
        if self.value is None or self.counts:
            return Counts(self.key.open_column(context), context)
        key = self.key.open(context)
        return Groups(key, choose_grouping(self.value, context, repeatable), context)

    def open(self, context: Context) -> Opened:
        return _GroupStage(self, context)

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines([self.key] if self.value is None else [self.key, self.value])


class _GroupStage(BarrierStage):
    def __init__(self, step: GroupStep, context: Context) -> None:
        self.step = step
        self.context = context
        self.groups = step.gather(context)

    def add(self, batch: Batch) -> None:
        self.groups.add(batch)

    def finish(self) -> Iterable[Batch]:
        found = self.groups.snapshot()
        self.groups = self.step.gather(self.context)
        return ([self.context.new_traverser(found, self.step.track_paths)],)


class GroupSideEffectStep(Step):
    """``group("a")`` and ``groupCount("a")``: traversers go on, the map is a side effect."""

    moves = False
    observable = True

    def __init__(self, group: GroupStep, name: str) -> None:
        self.title = group.title.replace("Step", "SideEffectStep")
        self.group = group
        self.name = name

    def open(self, context: Context) -> Opened:
        held = context.side_effects.get(self.name)
        if not isinstance(held, (Groups, Counts)):
            groups = self.group.gather(context, repeatable=True)
            if isinstance(held, GMap) and isinstance(groups, Counts):
                for key, count in held.items():
                    groups.counts[hkey(key)] = [key, count]
            context.side_effects[self.name] = held = groups
        gathered = held
        # Several steps may add to one map, each with its own ``by``.
        mine = self.group.gather(context, repeatable=True)
        _share(mine, gathered)

        def stage(batch: Batch) -> Batch:
            mine.add(batch)
            return batch

        return stage

    def children(self) -> Iterable[Pipeline]:
        return self.group.children()


def _share(mine: Groups | Counts, shared: Groups | Counts) -> None:
    if isinstance(mine, Groups) and isinstance(shared, Groups):
        mine.groups = shared.groups
    elif isinstance(mine, Counts) and isinstance(shared, Counts):
        mine.counts = shared.counts
    else:
        raise InvalidQuery("group() and groupCount() cannot share a side effect")


@step("group", takes=("by",))
def group(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    bys = builder.bys(modulators)
    if len(bys) > 2:
        raise InvalidQuery("The key and value traversals for group()-step have already been set")
    key = bys[0] if bys else builder.make_by(())
    value = bys[1] if len(bys) > 1 else By(identity)
    # The value is never made up: only keys are.
    plain = By(value.draw, value.pipeline, value.order)
    return _place(GroupStep(builder.settings, key, plain), call)


@step("groupCount", takes=("by",))
def group_count(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    return _place(GroupStep(builder.settings, builder.one_by(modulators), None), call)


def _place(found: GroupStep, call: Call) -> Step:
    names = read_texts(call)
    return GroupSideEffectStep(found, names[0]) if names else found
