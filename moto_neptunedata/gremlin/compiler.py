"""A statement of the syntax tree to something that runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from . import steps as _steps  # noqa: F401  (fills the table of builders)
from .ast import Call, Predicate, Script, Statement, Strategy, Traversal
from .builder import Builder
from .dialect import Dialect
from .enums import Operator
from .errors import InvalidQuery, Unsupported
from .pipeline import Pipeline
from .planner import optimize
from .statement_settings import StatementSettings
from .strategies import VERIFICATIONS, all_calls, check_known, mutations, option, restrict_settings
from .values import Value

#: Steps that read whole paths.
_PATH_READERS: Final = frozenset(("path", "simplePath", "cyclicPath", "tree", "otherV"))


@dataclass(frozen=True)
class CompiledStatement:
    """One statement, ready to run, any number of times and in any thread."""

    statement: Statement
    pipeline: Pipeline
    mutations: frozenset[str]
    side_effects: tuple[tuple[str, Value], ...]
    reducers: tuple[tuple[str, Operator], ...]
    sack: Value
    sack_merge: Operator | None
    bulk: bool
    seed: int | None
    #: Of ``evaluationTimeout``, in milliseconds.
    timeout: int | None
    query_id: str | None
    terminal: str
    amount: int | None
    #: Whether ``profile()`` stands at the end, so that the metrics are the one result.
    profiled: bool


@dataclass(frozen=True)
class CompiledScript:
    """All statements of a text."""

    script: Script
    statements: tuple[CompiledStatement, ...]

    @cached_property
    def mutations(self) -> frozenset[str]:
        """The kinds of change that it may make: ``write``, ``delete``."""
        return frozenset(kind for each in self.statements for kind in each.mutations)

    @cached_property
    def timeout(self) -> int | None:
        """The smallest ``evaluationTimeout`` that is asked for, in milliseconds."""
        given = [each.timeout for each in self.statements if each.timeout is not None]
        return min(given) if given else None

    @property
    def query_id(self) -> str | None:
        """What ``Neptune#queryId`` says."""
        return next((each.query_id for each in self.statements if each.query_id), None)


class _Source:
    """What the configuration of ``g`` says, gathered."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.side_effects: list[tuple[str, Value]] = []
        self.reducers: list[tuple[str, Operator]] = []
        self.has_sack = False
        self.sack: Value = None
        self.sack_merge: Operator | None = None
        self.bulk = True
        self.path = False
        self.seed: int | None = None
        self.timeout: int | None = None
        self.query_id: str | None = None
        self.strategies: dict[str, Strategy] = {}

    def read(self, calls: Iterable[Call]) -> None:
        for call in calls:
            reader = _READERS.get(call.name)
            if reader is None:
                raise Unsupported(f"{call.name}() is not supported: there is no graph computer")
            reader(self, call)

    def with_option(self, call: Call) -> None:
        if not 1 <= len(call.args) <= 2 or not isinstance(call.args[0], str):
            raise InvalidQuery("with() takes a name and a value")
        name = call.args[0]
        value = call.args[1] if len(call.args) > 1 else True
        if name in self.dialect.timeout_options:
            if not isinstance(value, int) or isinstance(value, bool):
                raise InvalidQuery(f"{name} takes milliseconds, not {value!r}")
            self.timeout = int(value) if self.timeout is None else min(self.timeout, int(value))
        elif name == f"{self.dialect.hint_prefix}queryId":
            self.query_id = str(value)

    def with_side_effect(self, call: Call) -> None:
        if not 2 <= len(call.args) <= 3 or not isinstance(call.args[0], str):
            raise InvalidQuery("withSideEffect() takes a name, a value and an operator")
        if isinstance(call.args[1], (Traversal, Predicate)):
            raise InvalidQuery("withSideEffect() takes a value")
        self.side_effects.append((call.args[0], call.args[1]))
        if len(call.args) > 2:
            if not isinstance(call.args[2], Operator):
                raise InvalidQuery("withSideEffect() takes an operator at the end")
            self.reducers.append((call.args[0], call.args[2]))

    def with_sack(self, call: Call) -> None:
        if not 1 <= len(call.args) <= 2:
            raise InvalidQuery("withSack() takes a value and an operator")
        self.has_sack = True
        self.sack = call.args[0]
        if len(call.args) > 1:
            if not isinstance(call.args[1], Operator):
                raise InvalidQuery("withSack() takes an operator at the end")
            self.sack_merge = call.args[1]

    def with_bulk(self, call: Call) -> None:
        if len(call.args) != 1 or not isinstance(call.args[0], bool):
            raise InvalidQuery("withBulk() takes true or false")
        self.bulk = call.args[0]

    def with_path(self, call: Call) -> None:
        self.path = True

    def with_strategies(self, call: Call) -> None:
        for strategy in call.args:
            if isinstance(strategy, Strategy) and strategy.name == "OptionsStrategy":
                # How clients send with() in bytecode.
                for pair in strategy.options:
                    self.with_option(Call("with", pair))
                continue
            check_known(strategy)
            self.strategies[strategy.name] = strategy

    def without_strategies(self, call: Call) -> None:
        for strategy in call.args:
            if not isinstance(strategy, Strategy):
                raise InvalidQuery("withoutStrategies() takes strategies")
            self.strategies.pop(strategy.name, None)


_READERS: Final = {
    "with": _Source.with_option,
    "withBulk": _Source.with_bulk,
    "withPath": _Source.with_path,
    "withSack": _Source.with_sack,
    "withSideEffect": _Source.with_side_effect,
    "withStrategies": _Source.with_strategies,
    "withoutStrategies": _Source.without_strategies,
}


def compile_script(script: Script, dialect: Dialect) -> CompiledScript:
    """All statements of a text, ready to run. Raises ``InvalidQuery`` and ``Unsupported``."""
    return CompiledScript(
        script, tuple(compile_statement(each, dialect) for each in script.statements)
    )


def compile_statement(statement: Statement, dialect: Dialect) -> CompiledStatement:
    """One statement, ready to run."""
    source = _Source(dialect)
    source.read(statement.source)
    for name, verify in VERIFICATIONS.items():
        if name in source.strategies:
            verify(source.strategies[name], statement)
    settings = _read_settings(statement, source)
    calls = statement.calls
    profiled = calls[-1].name == "profile" and not calls[-1].args
    if profiled:
        calls = calls[:-1]
    if "PartitionStrategy" in source.strategies or "SubgraphStrategy" in source.strategies:
        settings = restrict_settings(settings, source.strategies)
    pipeline = Builder(settings, optimize).pipeline(calls)
    terminal, amount = _read_terminal(statement.terminal)
    return CompiledStatement(
        statement,
        pipeline,
        frozenset(mutations(statement)),
        tuple(source.side_effects),
        tuple(source.reducers),
        source.sack,
        source.sack_merge,
        source.bulk,
        _read_seed(source),
        source.timeout,
        source.query_id,
        terminal,
        amount,
        profiled,
    )


def _read_settings(statement: Statement, source: _Source) -> StatementSettings:
    names = {call.name for call in all_calls(statement.calls)}
    return StatementSettings(
        source.dialect,
        track_paths=source.path or bool(names & _PATH_READERS),
        sacks=source.has_sack or "sack" in names,
        productive="ProductiveByStrategy" in source.strategies,
    )


def _read_seed(source: _Source) -> int | None:
    strategy = source.strategies.get("SeedStrategy")
    if strategy is None:
        return None
    seed = option(strategy, "seed")
    if not isinstance(seed, int):
        raise InvalidQuery("SeedStrategy takes a number as seed")
    return int(seed)


def _read_terminal(call: Call) -> tuple[str, int | None]:
    if not call.args:
        return call.name, None
    if call.name != "next" or len(call.args) != 1 or not isinstance(call.args[0], int):
        raise InvalidQuery(f"{call.name}() does not take these arguments")
    return call.name, int(call.args[0])
