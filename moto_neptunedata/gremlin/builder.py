"""From a syntax tree to steps: the table of builders, and what they build with.

A builder is a function registered under the names of its steps. It gets the call, the modulators
that follow it, and this module's :class:`Builder` for the traversals among the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from .ast import Call, Predicate, Traversal
from .dialect import Dialect
from .enums import Pop, Scope
from .errors import InvalidQuery, Unsupported
from .modulators import By, make_by
from .pipeline import Pipeline, Step
from .predicates import Test, compile_test, is_equal

Built = Step | Sequence[Step]


@dataclass
class Modulators:
    """The calls that follow a step and change it, by name, in order."""

    calls: list[Call] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def named(self, *names: str) -> list[Call]:
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


@dataclass(frozen=True)
class Settings:
    """What is the same in all of a statement."""

    dialect: Dialect
    #: Some step reads whole paths, so that every move is told.
    told: bool = False
    #: Some step has a label.
    labels: bool = False
    sacks: bool = False
    #: ``ProductiveByStrategy``: a ``by`` without result gives null.
    productive: bool = False
    #: Criteria of ``SubgraphStrategy`` and ``PartitionStrategy``.
    vertices: Traversal | None = None
    edges: Traversal | None = None
    vertex_properties: Traversal | None = None
    check_adjacent: bool = True
    write_partition: tuple[str, Any] | None = None


class Builder:
    """Builds the steps of one statement."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
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
        from .planner import arrange, fold_connectives

        saved = self.filtering, self.in_repeat, self.flat_maps, self.before
        self.filtering, self.in_repeat, self.flat_maps = filtering, in_repeat, 0
        steps: list[Step] = []
        self.before = steps
        try:
            self._row(fold_connectives(calls), steps)
            return Pipeline(arrange(steps, self.settings, in_repeat))
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
                registered = self._registered(call)
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
                steps.extend(self._labelling(steps, modulators.labels))

    def _registered(self, call: Call) -> Registered:
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
            from .enums import Direction

            return not (following.args and isinstance(following.args[0], Direction))
        return True

    def _labelling(self, steps: list[Step], labels: list[str]) -> list[Step]:
        from .steps.labels import label_step

        return [label_step(self.settings, steps, tuple(dict.fromkeys(labels)))]

    @staticmethod
    def label_names(call: Call) -> list[str]:
        """The labels of ``as``."""
        if not call.args or not all(isinstance(label, str) for label in call.args):
            raise InvalidQuery("as() takes texts")
        return list(call.args)

    # ------------------------------------------------------------------ arguments

    def child(self, traversal: Any, *, filtering: bool = False) -> Pipeline:
        """The pipeline of a traversal among the arguments."""
        if not isinstance(traversal, Traversal):
            raise InvalidQuery(f"a traversal is expected, not {traversal!r}")
        return self.pipeline(traversal.calls, filtering=filtering)

    def children(self, traversals: Sequence[Any]) -> list[Pipeline]:
        """The pipelines of several traversals."""
        return [self.child(traversal) for traversal in traversals]

    def bys(self, modulators: Modulators) -> list[By]:
        """What ``by`` says, in order."""
        return [self.by(call) for call in modulators.named("by")]

    def by(self, call: Call) -> By:
        """What one ``by`` says."""
        return make_by(self, call.args)

    def one_by(self, modulators: Modulators) -> By:
        """What the last of at most one ``by`` says; the value itself when there is none."""
        calls = modulators.named("by")
        return self.by(calls[-1]) if calls else make_by(self, ())

    def test(self, value: Any) -> Test:
        """The test that an argument means: a predicate, or being equal to a value."""
        return compile_test(value) if isinstance(value, Predicate) else is_equal(value)

    @staticmethod
    def scoped(args: tuple[Any, ...]) -> tuple[Scope, tuple[Any, ...]]:
        """The scope, global unless said, and the other arguments."""
        if args and isinstance(args[0], Scope):
            return args[0], args[1:]
        return Scope.global_, args

    @staticmethod
    def popped(args: tuple[Any, ...], default: Pop = Pop.last) -> tuple[Pop, tuple[Any, ...]]:
        """The ``Pop``, and the other arguments."""
        if args and isinstance(args[0], Pop):
            return args[0], args[1:]
        return default, args


# ------------------------------------------------------------------ checks of arguments


def no_arguments(call: Call) -> None:
    """Refuse arguments."""
    if call.args:
        raise InvalidQuery(f"{call.name}() takes no arguments")


def texts(call: Call, args: tuple[Any, ...] | None = None, *, nulls: bool = False) -> list[Any]:
    """The arguments, which must be texts."""
    found = list(call.args if args is None else args)
    for arg in found:
        if not isinstance(arg, str) and not (nulls and arg is None):
            raise InvalidQuery(f"{call.name}() takes texts, not {arg!r}")
    return found


def whole_number(call: Call, arg: Any) -> int:
    """The argument, which must be a whole number."""
    if not isinstance(arg, int) or isinstance(arg, bool):
        raise InvalidQuery(f"{call.name}() takes whole numbers, not {arg!r}")
    return int(arg)


def argument_count(call: Call, low: int, high: int) -> None:
    """Refuse fewer or more arguments."""
    if not low <= len(call.args) <= high:
        expected = str(low) if low == high else f"{low} to {high}"
        raise InvalidQuery(f"{call.name}() takes {expected} arguments, not {len(call.args)}")
