"""From a syntax tree to steps: the table of builders, and what they build with.

A builder is a function registered under the names of its steps. It gets the call, the modulators
that follow it, and this module's :class:`Builder` for the traversals among the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .ast import Call, Predicate, Traversal
from .connectives import fold_connectives
from .enums import Column, Direction, Order, Pop, Scope, T
from .errors import InvalidQuery, Unsupported
from .labels import label_step
from .modulators import By, identity, make_column_getter, make_property_getter, make_token_getter
from .pipeline import Pipeline, Step
from .predicates import Test, compile_test, is_equal
from .statement_settings import StatementSettings
from .values import Value

Built = Step | Sequence[Step]


@dataclass
class Modulators:
    """The calls that follow a step and change it, by name, in order."""

    calls: list[Call] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def find(self, *names: str) -> list[Call]:
        return [call for call in self.calls if call.name in names]


class Registered(NamedTuple):
    """A builder and the modulators that its step takes."""

    build: Callable[[Builder, Call, Modulators], Built]
    takes: frozenset[str]


BUILDERS: Final[dict[str, Registered]] = {}

#: Calls that are nothing by themselves.
MODULATORS: Final = frozenset(("as", "by", "from", "option", "with", "times", "until", "emit"))


def step(
    *names: str, takes: tuple[str, ...] = ()
) -> Callable[
    [Callable[[Builder, Call, Modulators], Built]], Callable[[Builder, Call, Modulators], Built]
]:
    """Register a builder."""

    def register(
        build: Callable[[Builder, Call, Modulators], Built],
    ) -> Callable[[Builder, Call, Modulators], Built]:
        for name in names:
            BUILDERS[name] = Registered(build, frozenset(takes))
        return build

    return register


#: ``(steps of a row, settings, whether it is the body of a repeat) -> steps``; see :mod:`.planner`.
Optimize = Callable[[list[Step], StatementSettings, bool], list[Step]]


class Builder:
    """Builds the steps of one statement."""

    def __init__(self, settings: StatementSettings, optimize: Optimize) -> None:
        self.settings = settings
        self.optimize = optimize
        self.dialect = settings.dialect
        #: Inside a filter, an error of comparison goes up to the outermost one.
        self.filtering = False
        #: The row of calls being built is the body of a ``repeat``.
        self.in_repeat = False
        #: How many steps that may give several results came before, in the row being built.
        self.flat_maps = 0
        #: The steps before, in the row being built.
        self.before: list[Step] = []

    # ------------------------------------------------------------------ pipelines

    def pipeline(
        self, calls: Sequence[Call], *, filtering: bool = False, in_repeat: bool = False
    ) -> Pipeline:
        """The pipeline of a row of calls."""
        saved = self.filtering, self.in_repeat, self.flat_maps, self.before
        self.filtering, self.in_repeat, self.flat_maps = filtering, in_repeat, 0
        steps: list[Step] = []
        self.before = steps
        try:
            self._row(fold_connectives(calls), steps)
            return Pipeline(self.optimize(steps, self.settings, in_repeat))
        finally:
            self.filtering, self.in_repeat, self.flat_maps, self.before = saved

    def _row(self, calls: Sequence[Call], steps: list[Step]) -> None:
        at, end = 0, len(calls)
        while at < end:
            call = calls[at]
            at += 1
            modulators = Modulators()
            if call.name == "as":
                modulators.labels.extend(self.label_names(call))
            else:
                registered = self._find_registered(call)
                takes = registered.takes
                while at < end and (
                    calls[at].name == "as" or self._modulates(calls[at], call, takes)
                ):
                    following = calls[at]
                    if following.name == "as":
                        modulators.labels.extend(self.label_names(following))
                    else:
                        modulators.calls.append(following)
                    at += 1
                built = registered.build(self, call, modulators)
                steps.extend([built] if isinstance(built, Step) else built)
            if modulators.labels:
                steps.extend(self._label_steps(steps, modulators.labels))

    def _find_registered(self, call: Call) -> Registered:
        registered = BUILDERS.get(call.name)
        if registered is not None:
            return registered
        if call.name in MODULATORS:
            raise InvalidQuery(f"The {call.name}() modulator does not follow a step that takes it")
        raise Unsupported(f"The step {call.name}() is not supported")

    @staticmethod
    def _modulates(following: Call, call: Call, takes: frozenset[str]) -> bool:
        if following.name not in takes:
            return False
        if following.name == "to":
            return not (following.args and isinstance(following.args[0], Direction))
        return True

    def _label_steps(self, steps: list[Step], labels: list[str]) -> list[Step]:
        return [label_step(self.settings, steps, tuple(dict.fromkeys(labels)))]

    @staticmethod
    def label_names(call: Call) -> list[str]:
        """The labels of ``as``."""
        if not call.args or not all(isinstance(label, str) for label in call.args):
            raise InvalidQuery("as() takes texts")
        return list(call.args)

    # ------------------------------------------------------------------ arguments

    def child(self, traversal: Value, *, filtering: bool = False) -> Pipeline:
        """The pipeline of a traversal among the arguments."""
        if not isinstance(traversal, Traversal):
            raise InvalidQuery(f"a traversal is expected, not {traversal!r}")
        return self.pipeline(traversal.calls, filtering=filtering)

    def children(self, traversals: Sequence[Value]) -> list[Pipeline]:
        """The pipelines of several traversals."""
        return [self.child(traversal) for traversal in traversals]

    def bys(self, modulators: Modulators) -> list[By]:
        """What ``by`` says, in order."""
        return [self.by(call) for call in modulators.find("by")]

    def by(self, call: Call) -> By:
        """What one ``by`` says."""
        return self.make_by(call.args)

    def make_by(self, args: tuple[Value, ...]) -> By:
        """The meaning of the arguments of ``by``."""
        order = Order.asc
        if args and isinstance(args[-1], Order):
            order, args = args[-1], args[:-1]
        if not args:
            return By(identity, order=order)
        if len(args) > 1:
            raise InvalidQuery("by() takes a key, a token or a traversal, and an order")
        arg, productive = args[0], self.settings.productive
        if isinstance(arg, str):
            return By(make_property_getter(arg), order=order, productive=productive, key=arg)
        if isinstance(arg, T):
            return By(make_token_getter(arg), order=order, productive=productive)
        if isinstance(arg, Column):
            return By(make_column_getter(arg), order=order, productive=productive)
        if isinstance(arg, Traversal):
            return By(None, self.child(arg), order, productive)
        raise InvalidQuery(f"by() does not take {arg!r}")

    def one_by(self, modulators: Modulators) -> By:
        """What the last of at most one ``by`` says; the value itself when there is none."""
        calls = modulators.find("by")
        return self.by(calls[-1]) if calls else self.make_by(())

    def test(self, value: Value) -> Test:
        """The test that an argument means: a predicate, or being equal to a value."""
        return compile_test(value) if isinstance(value, Predicate) else is_equal(value)

    @staticmethod
    def split_scope(args: tuple[Value, ...]) -> tuple[Scope, tuple[Value, ...]]:
        """The scope, global unless said, and the other arguments."""
        if args and isinstance(args[0], Scope):
            return args[0], args[1:]
        return Scope.global_, args

    @staticmethod
    def split_pop(
        args: tuple[Value, ...], default: Pop = Pop.last
    ) -> tuple[Pop, tuple[Value, ...]]:
        """The ``Pop``, and the other arguments."""
        if args and isinstance(args[0], Pop):
            return args[0], args[1:]
        return default, args
