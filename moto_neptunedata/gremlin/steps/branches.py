"""Steps that send traversers through child traversals: ``union``, ``choose``, ``local``, …"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..arguments import check_argument_count
from ..ast import Call, Predicate, Traversal
from ..builder import Builder, Built, Modulators, step
from ..comparability import Incomparable, equals
from ..enums import Pick, T
from ..errors import TEXTS, InvalidQuery, QueryFailed
from ..pipeline import BarrierStage, Batch, Context, Opened, Pipeline, Run, Step, walk
from ..predicates import Test
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser, take_one
from ..values import Value
from .base import choose_move
from .ranges import DedupStep

#: Opened, it says whether a traverser with this choice goes through an option.
Picker = Callable[[Context], Callable[[Traverser, Value], bool]]


def has_waiting_step(pipelines: Iterable[Pipeline]) -> bool:
    """Whether some step inside must see all traversers before it can go on."""
    return any(
        each.barrier or isinstance(each, DedupStep)
        for pipeline in pipelines
        for each in walk(pipeline.steps)
    )


class _BranchStep(Step):
    """Base of the steps whose children see all traversers, not one at a time."""

    lazy = True
    moves = True
    stateful = True
    branches = True
    expands = True

    def __init__(self, title: str, pipelines: list[Pipeline]) -> None:
        self.title = title
        self.pipelines = pipelines
        self.waits = has_waiting_step(pipelines)

    def children(self) -> Iterable[Pipeline]:
        return self.pipelines


class UnionStep(_BranchStep):
    """``union``: every traverser through every child."""

    def open(self, context: Context) -> Opened:
        runs = [pipeline.open(context) for pipeline in self.pipelines]
        if self.waits:
            return lambda batch: self._send_all(batch, runs)
        return lambda batch: self._send_each(batch, runs)

    @staticmethod
    def _send_each(batch: Batch, runs: list[Run]) -> Iterator[Batch]:
        for traverser in batch:
            for run in runs:
                yield from run.drive(([traverser],))

    @staticmethod
    def _send_all(batch: Batch, runs: list[Run]) -> Iterator[Batch]:
        for run in runs:
            yield from run.drive((batch,))


class WaitingUnionStep(UnionStep):
    """``union`` with a child that must see all traversers: a barrier itself."""

    lazy = False
    barrier = True

    def open(self, context: Context) -> Opened:
        runs = [pipeline.open(context) for pipeline in self.pipelines]
        return _WaitingStage(context, lambda batch: self._send_all(batch, runs))


class _WaitingStage(BarrierStage):
    """Keeps all traversers, then sends them on together."""

    def __init__(self, context: Context, send: Callable[[Batch], Iterator[Batch]]) -> None:
        self.context = context
        self.send = send
        self.held: Batch = []

    def add(self, batch: Batch) -> None:
        self.held.extend(batch)
        self.context.tick(len(self.held))

    def finish(self) -> Iterator[Batch]:
        held, self.held = self.held, []
        if held:
            yield from self.send(held)


@step("union")
def union(builder: Builder, call: Call, modulators: Modulators) -> Built:
    pipelines = builder.children(call.args)
    kind = WaitingUnionStep if has_waiting_step(pipelines) else UnionStep
    return kind("UnionStep", pipelines)


# ------------------------------------------------------------------ branch and choose


class ChoiceStep(_BranchStep):
    """``branch`` and ``choose``: what ``choice`` gives picks the children."""

    def __init__(
        self,
        title: str,
        choice: Callable[[Context], Draw],
        chooser: list[Pipeline],
        options: list[tuple[Value, Pipeline]],
        pickers: list[Picker],
        default: list[Pipeline],
        always: list[Pipeline],
    ) -> None:
        super().__init__(title, [pipeline for _, pipeline in options] + default + always)
        self.choice = choice
        self.chooser = chooser
        self.options = options
        self.pickers = pickers
        self.default = default
        self.always = always

    def children(self) -> Iterable[Pipeline]:
        return [*self.chooser, *self.pipelines]

    def open(self, context: Context) -> Opened:
        choice = self.choice(context)
        options = [
            (pipeline.open(context), picker(context))
            for (_, pipeline), picker in zip(self.options, self.pickers)
        ]
        default = [pipeline.open(context) for pipeline in self.default]
        always = [pipeline.open(context) for pipeline in self.always]
        order = [run for run, _ in options] + default + always

        def runs_for(traverser: Traverser) -> list[Run]:
            chosen = choice(traverser)
            picked = [run for run, test in options if test(traverser, chosen)]
            return (picked or default) + always

        def send_each(batch: Batch) -> Iterator[Batch]:
            for traverser in batch:
                for run in runs_for(traverser):
                    yield from run.drive(([traverser],))

        def send_all(batch: Batch) -> Iterator[Batch]:
            shares: dict[int, Batch] = {}
            for traverser in batch:
                for run in runs_for(traverser):
                    shares.setdefault(id(run), []).append(traverser)
            for run in order:
                share = shares.get(id(run))
                if share:
                    yield from run.drive((share,))

        if self.barrier:
            return _WaitingStage(context, send_all)
        return send_each


class WaitingChoiceStep(ChoiceStep):
    """The same with a child that must see all its traversers."""

    lazy = False
    barrier = True


def _choice_step(
    builder: Builder,
    title: str,
    chooser: Pipeline,
    options: list[tuple[Value, Pipeline]],
) -> Step:
    default = [pipeline for pick, pipeline in options if pick is Pick.none]
    always = [pipeline for pick, pipeline in options if pick is Pick.any]
    picked = [(pick, pipeline) for pick, pipeline in options if not isinstance(pick, Pick)]
    pickers = [_picker(builder, pick) for pick, _ in picked]
    inner = [pick for pick, _ in picked if isinstance(pick, Pipeline)]
    kind = (
        WaitingChoiceStep if has_waiting_step(pipeline for _, pipeline in options) else ChoiceStep
    )

    def choice(context: Context) -> Draw:
        value_of = chooser.value_of(context)

        def choose_value(traverser: Traverser) -> Value:
            value = value_of(traverser)
            if value is NOTHING:
                raise QueryFailed(TEXTS["no value"].text.format(value=traverser.value))
            return value

        return choose_value

    return kind(title, choice, [chooser, *inner], picked, pickers, default, always)


def _picker(builder: Builder, pick: Value) -> Picker:
    if isinstance(pick, Pipeline):

        def open_picker(context: Context) -> Callable[[Traverser, Value], bool]:
            value_of = pick.value_of(context)
            return lambda traverser, chosen: (
                value_of(Traverser(chosen, 1, traverser.path, traverser.sack, traverser.loops))
                is not NOTHING
            )

        return open_picker
    if isinstance(pick, Predicate):
        test: Test = builder.test(pick)
    else:

        def test(chosen: Value) -> bool:
            return equals(chosen, pick)

    def passes(traverser: Traverser, chosen: Value) -> bool:
        try:
            return test(chosen)
        except Incomparable:
            return False

    return lambda context: passes


def _options(builder: Builder, modulators: Modulators) -> list[tuple[Value, Pipeline]]:
    found = []
    for call in modulators.find("option"):
        if len(call.args) == 1:
            found.append((Pick.any, builder.child(call.args[0])))
            continue
        if len(call.args) != 2:
            raise InvalidQuery("option() takes a pick and a traversal")
        pick, traversal = call.args
        if isinstance(pick, Traversal):
            pick = builder.child(pick, filtering=True)
        found.append((pick, builder.child(traversal)))
    return found


def _chooser(builder: Builder, arg: Value) -> Pipeline:
    if isinstance(arg, T):
        return builder.pipeline((Call(arg.name),))
    return builder.child(arg)


@step("branch", takes=("option",))
def branch(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    return _choice_step(
        builder, "BranchStep", _chooser(builder, call.args[0]), _options(builder, modulators)
    )


@step("choose", takes=("option",))
def choose(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 3)
    if len(call.args) == 1:
        return _choice_step(
            builder, "ChooseStep", _chooser(builder, call.args[0]), _options(builder, modulators)
        )
    condition, *branches = call.args
    if isinstance(condition, Predicate):
        test = builder.pipeline((Call("is", (condition,)),), filtering=True)
    else:
        test = builder.child(condition, filtering=True)
    yes = builder.child(branches[0])
    no = builder.child(branches[1]) if len(branches) > 1 else builder.pipeline(())

    def choice(context: Context) -> Draw:
        value_of = test.value_of(context)

        def choose_value(traverser: Traverser) -> bool:
            try:
                return value_of(traverser) is not NOTHING
            except Incomparable:
                return False

        return choose_value

    kind = WaitingChoiceStep if has_waiting_step((yes, no)) else ChoiceStep
    picked = [(True, yes), (False, no)]
    pickers = [_picker(builder, pick) for pick, _ in picked]
    return kind("ChooseStep", choice, [test], picked, pickers, [], [])


# ------------------------------------------------------------------ one traverser at a time


class LocalStep(Step):
    """``local``: each traverser alone through the child; its path goes on."""

    title = "LocalStep"
    lazy = True
    moves = True
    stateful = True
    branches = True
    expands = True

    def __init__(self, child: Pipeline) -> None:
        self.child = child

    def open(self, context: Context) -> Opened:
        run = self.child.open(context)
        if self.child.simple:
            return lambda batch: self._simple(batch, run)
        return lambda batch: self._batches(batch, run)

    @staticmethod
    def _simple(batch: Batch, run: Run) -> Iterator[Batch]:
        for traverser in batch:
            yield from run.each(traverser)

    @staticmethod
    def _batches(batch: Batch, run: Run) -> Iterator[Batch]:
        for traverser in batch:
            # What counts or limits must not see several as one.
            for _ in range(traverser.bulk):
                yield from run.each(take_one(traverser))

    def children(self) -> Iterable[Pipeline]:
        return (self.child,)


@step("local")
def local(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    return LocalStep(builder.child(call.args[0]))


class OptionalStep(LocalStep):
    """``optional``: the results of the child, or the traverser itself."""

    title = "OptionalStep"

    def open(self, context: Context) -> Opened:
        run = self.child.open(context)
        return lambda batch: self._or_itself(batch, run)

    @staticmethod
    def _or_itself(batch: Batch, run: Run) -> Iterator[Batch]:
        for traverser in batch:
            empty = True
            for found in run.each(traverser):
                if found:
                    empty = False
                    yield found
            if empty:
                yield [traverser]


@step("optional")
def optional(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    return OptionalStep(builder.child(call.args[0]))


class ValuesStep(Step):
    """``map``, ``flatMap`` and ``coalesce``: the results of children, the path inside forgotten."""

    lazy = True
    moves = True
    expands = True
    stateful = True

    def __init__(
        self, settings: StatementSettings, title: str, pipelines: list[Pipeline], first_only: bool
    ) -> None:
        self.title = title
        self.pipelines = pipelines
        self.first_only = first_only
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        if self.first_only:
            value_of = self.pipelines[0].value_of(context)
            return lambda batch: self._firsts(batch, value_of)
        runs = [pipeline.open(context) for pipeline in self.pipelines]
        return lambda batch: self._alls(batch, runs)

    def _firsts(self, batch: Batch, value_of: Draw) -> Iterator[Batch]:
        for traverser in batch:
            value = value_of(traverser)
            if value is not NOTHING:
                yield [self.move(traverser, value)]

    def _alls(self, batch: Batch, runs: list[Run]) -> Iterator[Batch]:
        for traverser in batch:
            start = take_one(traverser)
            for run in runs:
                empty = True
                for found in run.each(start):
                    if found:
                        empty = False
                        yield [self._move(traverser, each) for each in found]
                if not empty:
                    break

    def _move(self, traverser: Traverser, found: Traverser) -> Traverser:
        moved = self.move(traverser, found.value)
        moved.bulk *= found.bulk
        return moved

    def children(self) -> Iterable[Pipeline]:
        return self.pipelines


@step("map", "flatMap")
def map_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    first_only = call.name == "map"
    title = "TraversalMapStep" if first_only else "TraversalFlatMapStep"
    return ValuesStep(builder.settings, title, [builder.child(call.args[0])], first_only)


@step("coalesce")
def coalesce(builder: Builder, call: Call, modulators: Modulators) -> Built:
    pipelines = builder.children(call.args)
    return ValuesStep(builder.settings, "CoalesceStep", pipelines, False)
