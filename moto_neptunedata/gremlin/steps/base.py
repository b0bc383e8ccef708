"""Kinds of steps that many steps are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..modulators import By, list_pipelines
from ..pipeline import BarrierStage, Batch, Context, Opened, Pipeline, Step, pieces
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser, move_plain, move_with_path
from ..values import Scalar, Value


def choose_move(settings: StatementSettings) -> Callable[[Traverser, Value], Traverser]:
    """How traversers move in this statement."""
    return move_with_path if settings.track_paths else move_plain


class MapStep(Step):
    """Each value to one other, or to ``NOTHING``."""

    moves = True

    def __init__(self, settings: StatementSettings, title: str, function: Scalar) -> None:
        self.title = title
        self.function = function
        self.move = choose_move(settings)

    def process(self, batch: Batch, context: Context) -> Batch:
        function, move = self.function, self.move
        found = []
        for traverser in batch:
            value = function(traverser.value)
            if value is not NOTHING:
                found.append(move(traverser, value))
        return found

    def scalar(self, context: Context) -> Scalar | None:
        return None if self.move is move_with_path else self.function


class FlatMapStep(Step):
    """Each value to any number of others."""

    moves = True
    expands = True

    def __init__(
        self, settings: StatementSettings, title: str, function: Callable[[Value], Iterable[Value]]
    ) -> None:
        self.title = title
        self.function = function
        self.move = choose_move(settings)

    def process(self, batch: Batch, context: Context) -> Batch:
        function, move = self.function, self.move
        return pieces(
            batch,
            context,
            lambda part: [
                move(traverser, value) for traverser in part for value in function(traverser.value)
            ],
        )


class DrawStep(Step):
    """Each traverser to one value, or to ``NOTHING``, by what ``draws`` give for it.

    ``function`` gets the traverser and the opened ``by`` functions.
    """

    moves = True

    def __init__(
        self,
        settings: StatementSettings,
        title: str,
        bys: list[By],
        function: Callable[[Traverser, list[Draw], Context], Value],
    ) -> None:
        self.title = title
        self.bys = bys
        self.function = function
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        draws = [by.open(context) for by in self.bys]
        function, move = self.function, self.move

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                value = function(traverser, draws, context)
                if value is not NOTHING:
                    found.append(move(traverser, value))
            return found

        return stage

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


class FilterStep(Step):
    """Keeps the values that pass a test."""

    moves = False

    def __init__(self, title: str, test: Callable[[Value], bool]) -> None:
        self.title = title
        self.test = test

    def process(self, batch: Batch, context: Context) -> Batch:
        test = self.test
        return [traverser for traverser in batch if test(traverser.value)]

    def scalar(self, context: Context) -> Scalar | None:
        test = self.test
        return lambda value: value if test(value) else NOTHING


class CollectingStage(BarrierStage):
    """Keeps all traversers until the end."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.held: Batch = []

    def add(self, batch: Batch) -> None:
        self.held.extend(batch)
        self.context.tick(len(self.held))

    def finish(self) -> Iterable[Batch]:
        held, self.held = self.held, []
        return self.release(held) if held else ()

    def release(self, held: Batch) -> Iterable[Batch]:
        """What comes out of all that came in."""
        raise NotImplementedError
