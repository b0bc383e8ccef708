"""``select`` and ``project``."""

from __future__ import annotations

from collections.abc import Iterable

from ..arguments import read_texts
from ..ast import Call, Traversal
from ..builder import Builder, Built, Modulators, step
from ..enums import Column, Pop
from ..errors import InvalidQuery
from ..modulators import By, list_pipelines, make_column_getter
from ..pipeline import Context, Opened, Pipeline
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser
from ..values import GMap, Value
from .base import DrawStep, MapStep
from .scoping import detach, lookup

Draws = list[Draw]


@step("select", takes=("by",))
def select(builder: Builder, call: Call, modulators: Modulators) -> Built:
    pop, args = builder.split_pop(call.args)
    if not args:
        raise InvalidQuery("select() takes labels, a column or a traversal")
    settings = builder.settings
    if isinstance(args[0], Column):
        draw = make_column_getter(args[0])
        bys = builder.bys(modulators)
        if bys:
            raise InvalidQuery("select() of a column takes no by()")
        return MapStep(settings, "TraversalMapStep", draw)
    bys = builder.bys(modulators)
    if isinstance(args[0], Traversal):
        return TraversalSelectStep(settings, builder.child(args[0]), bys, pop)
    labels = tuple(read_texts(call, args))
    if len(labels) == 1:
        return _select_one(settings, pop, labels[0], bys)
    return _select_several(settings, pop, labels, bys)


def _select_one(settings: StatementSettings, pop: Pop, label: str, bys: list[By]) -> Built:
    track_paths = settings.track_paths

    def draw(traverser: Traverser, draws: Draws, context: Context) -> Value:
        value = detach(lookup(context, traverser, label, pop))
        if value is NOTHING or not draws:
            return value
        return draws[-1](context.new_traverser(value, track_paths))

    return DrawStep(settings, f"SelectOneStep({pop.name},{label})", bys, draw)


def _select_several(
    settings: StatementSettings, pop: Pop, labels: tuple[str, ...], bys: list[By]
) -> Built:
    track_paths = settings.track_paths

    def draw(traverser: Traverser, draws: Draws, context: Context) -> Value:
        found = GMap()
        for at, label in enumerate(labels):
            value = detach(lookup(context, traverser, label, pop))
            if value is not NOTHING and draws:
                value = draws[at % len(draws)](context.new_traverser(value, track_paths))
            if value is NOTHING:
                return NOTHING
            found[label] = value
        return found

    return DrawStep(settings, f"SelectStep({pop.name},[{', '.join(labels)}])", bys, draw)


class TraversalSelectStep(DrawStep):
    """``select(traversal)``: the key is what the traversal gives."""

    def __init__(self, settings: StatementSettings, key: Pipeline, bys: list[By], pop: Pop) -> None:
        super().__init__(settings, "TraversalSelectStep", bys, self._select)
        self.key = key
        self.pop = pop
        self.track_paths = settings.track_paths

    def open(self, context: Context) -> Opened:
        key_of = self.key.value_of(context)
        draws = [by.open(context) for by in self.bys]
        move = self.move

        def stage(batch: list[Traverser]) -> list[Traverser]:
            found = []
            for traverser in batch:
                key = key_of(traverser)
                value = NOTHING if key is NOTHING else self._value(context, traverser, key)
                if value is not NOTHING and draws:
                    value = draws[-1](context.new_traverser(value, self.track_paths))
                if value is not NOTHING:
                    found.append(move(traverser, value))
            return found

        return stage

    def _select(self, traverser: Traverser, draws: Draws, context: Context) -> Value:
        raise AssertionError("the stage does it")

    def _value(self, context: Context, traverser: Traverser, key: Value) -> Value:
        held = traverser.value
        if isinstance(held, GMap):
            return held.get(key, NOTHING)
        if isinstance(key, str):
            return detach(lookup(context, traverser, key, self.pop))
        return NOTHING

    def children(self) -> Iterable[Pipeline]:
        return [self.key, *list_pipelines(self.bys)]


@step("project", takes=("by",))
def project(builder: Builder, call: Call, modulators: Modulators) -> Built:
    keys = tuple(read_texts(call))
    if not keys:
        raise InvalidQuery("project() takes keys")
    if len(set(keys)) != len(keys):
        raise InvalidQuery("keys must be unique in ProjectStep")
    bys = builder.bys(modulators)

    def draw(traverser: Traverser, draws: Draws, context: Context) -> Value:
        found = GMap()
        for at, key in enumerate(keys):
            value = draws[at % len(draws)](traverser) if draws else traverser.value
            if value is not NOTHING:
                found[key] = value
        return found

    return DrawStep(builder.settings, f"ProjectStep([{', '.join(keys)}])", bys, draw)
