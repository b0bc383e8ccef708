"""Steps that remember: ``aggregate``, ``store``, ``cap``, ``sack``, ``subgraph`` and the like."""

from __future__ import annotations

from collections.abc import Iterable

from ...graph import Edge
from ..arguments import check_argument_count, read_texts
from ..ast import Call, Traversal
from ..builder import Builder, Built, Modulators, step
from ..enums import Operator, Scope
from ..errors import InvalidQuery, QueryFailed
from ..modulators import By
from ..operators import OPERATORS, add_all
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser, take_one
from ..values import BulkSet, GMap, Scalar, Subgraph, Value
from .base import CollectingStage, choose_move
from .reducing import ReducingStage, ReducingStep
from .scoping import detach, read_side_effect


def remember(context: Context, name: str, bag: BulkSet) -> None:
    """Add values to a side effect, with its reducer."""
    reducer = context.reducers.get(name, Operator.addAll)
    held = context.side_effects[name]
    if reducer is Operator.assign:
        context.side_effects[name] = bag
    elif reducer is Operator.addAll:
        if isinstance(held, BulkSet):
            for value, count in bag.counts():
                held.add(value, count)
        else:
            context.side_effects[name] = add_all(held, bag)
    else:
        operate = OPERATORS[reducer]
        for value in bag:
            held = operate(held, value)
        context.side_effects[name] = held


class AggregateStep(Step):
    """``aggregate`` of the whole stream: it waits for all."""

    title = "AggregateGlobalStep"
    moves = False
    barrier = True
    stateful = True

    def __init__(self, name: str, by: By) -> None:
        self.name = name
        self.by = by

    def open(self, context: Context) -> Opened:
        context.side_effects.setdefault(self.name, BulkSet())
        return _AggregateStage(context, self.name, self.by.open(context))

    def children(self) -> Iterable[Pipeline]:
        return self.by.children()

    def describe(self) -> str:
        return f"{self.title}({self.name})"


class _AggregateStage(CollectingStage):
    def __init__(self, context: Context, name: str, draw: Draw) -> None:
        super().__init__(context)
        self.name = name
        self.draw = draw

    def release(self, held: Batch) -> Iterable[Batch]:
        bag = BulkSet()
        for traverser in held:
            value = self.draw(traverser)
            if value is not NOTHING:
                bag.add(value, traverser.bulk)
        remember(self.context, self.name, bag)
        return (held,)


class StoreStep(AggregateStep):
    """``aggregate(local)`` and ``store``: one traverser at a time."""

    title = "AggregateLocalStep"
    barrier = False
    stateful = False
    observable = True

    def open(self, context: Context) -> Opened:
        context.side_effects.setdefault(self.name, BulkSet())
        draw, name = self.by.open(context), self.name

        def stage(batch: Batch) -> Batch:
            for traverser in batch:
                value = draw(traverser)
                if value is not NOTHING:
                    bag = BulkSet()
                    bag.add(value, traverser.bulk)
                    remember(context, name, bag)
            return batch

        return stage


@step("aggregate", "store", takes=("by",))
def aggregate(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if len(args) != 1 or not isinstance(args[0], str):
        raise InvalidQuery(f"{call.name}() takes the name of a side effect")
    by = builder.one_by(modulators)
    if call.name == "store" or scope is Scope.local:
        return StoreStep(args[0], by)
    return AggregateStep(args[0], by)


class CapStep(ReducingStep):
    """``cap``: waits for all, then gives side effects."""

    def __init__(self, settings: StatementSettings, names: list[str]) -> None:
        super().__init__(settings, "SideEffectCapStep", lambda held, value, bulk: held, lambda: 0)
        self.names = names

    def open(self, context: Context) -> ReducingStage:
        stage = super().open(context)
        names = self.names

        def result(_: Value) -> Value:
            for name in names:
                if name not in context.side_effects:
                    raise QueryFailed(f"The side-effect key does not exist: {name}")
            if len(names) == 1:
                return detach(read_side_effect(context, names[0]))
            return GMap((name, detach(read_side_effect(context, name))) for name in names)

        stage.step = _CapResult(self, result)
        return stage


class _CapResult:
    """The step as its stage sees it, with a result of this run."""

    def __init__(self, step: CapStep, result: Scalar) -> None:
        self.reduce = step.reduce
        self.seed = step.seed
        self.track_paths = step.track_paths
        self.result = result


@step("cap")
def cap(builder: Builder, call: Call, modulators: Modulators) -> Built:
    names = read_texts(call)
    if not names:
        raise InvalidQuery("cap() takes names of side effects")
    return CapStep(builder.settings, names)


class SideEffectStep(Step):
    """``sideEffect(traversal)``: run for what it does."""

    title = "TraversalSideEffectStep"
    moves = False
    observable = True

    def __init__(self, child: Pipeline) -> None:
        self.child = child

    def open(self, context: Context) -> Opened:
        run = self.child.open(context)

        def stage(batch: Batch) -> Batch:
            for traverser in batch:
                for _ in run.each(take_one(traverser)):
                    pass
            return batch

        return stage

    def children(self) -> Iterable[Pipeline]:
        return (self.child,)


@step("sideEffect")
def side_effect_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    if not isinstance(call.args[0], Traversal):
        raise InvalidQuery("sideEffect() takes a traversal")
    return SideEffectStep(builder.child(call.args[0]))


# ------------------------------------------------------------------ sacks


class SackStep(Step):
    """``sack()``: what the traverser carries."""

    title = "SackStep"
    moves = True

    def __init__(self, settings: StatementSettings) -> None:
        self.move = choose_move(settings)

    def process(self, batch: Batch, context: Context) -> Batch:
        return [self.move(traverser, traverser.sack) for traverser in batch]


class SackValueStep(Step):
    """``sack(operator).by(…)``: change what the traverser carries."""

    title = "SackValueStep"
    moves = False

    def __init__(self, operator: Operator, by: By) -> None:
        self.operator = operator
        self.by = by

    def open(self, context: Context) -> Opened:
        draw, operate = self.by.open(context), OPERATORS[self.operator]

        def stage(batch: Batch) -> Batch:
            found = []
            for each in batch:
                value = draw(each)
                if value is not NOTHING:
                    sack = operate(each.sack, value)
                    found.append(Traverser(each.value, each.bulk, each.path, sack, each.loops))
            return found

        return stage

    def children(self) -> Iterable[Pipeline]:
        return self.by.children()


@step("sack", takes=("by",))
def sack(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    if not call.args:
        return SackStep(builder.settings)
    if not isinstance(call.args[0], Operator):
        raise InvalidQuery("sack() takes an operator")
    return SackValueStep(call.args[0], builder.one_by(modulators))


# ------------------------------------------------------------------ subgraph


class SubgraphStep(Step):
    """``subgraph("a")``: collects edges with their ends."""

    title = "SubgraphStep"
    moves = False
    observable = True

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, context: Context) -> Opened:
        held = context.side_effects.setdefault(self.name, Subgraph())

        def stage(batch: Batch) -> Batch:
            for traverser in batch:
                edge = traverser.value
                if not isinstance(edge, Edge):
                    raise QueryFailed("subgraph() takes edges")
                held.edges[edge] = None
                held.vertices[edge.out_v] = held.vertices[edge.in_v] = None
            return batch

        return stage


@step("subgraph")
def subgraph(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    return SubgraphStep(read_texts(call)[0])


class FailStep(Step):
    """``fail``: ends the query with an error."""

    title = "FailStep"
    moves = False
    observable = True

    def __init__(self, message: str) -> None:
        self.message = message

    def process(self, batch: Batch, context: Context) -> Batch:
        if batch:
            raise QueryFailed(self.message)
        return batch


@step("fail")
def fail(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    found = read_texts(call)
    return FailStep(found[0] if found else "fail() step triggered")
