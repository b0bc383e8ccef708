"""The entry points: run a text, and say what a text would do."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from ..graph import PropertyGraph, Transaction
from ..graph.gc_control import pause_gc
from .comparability import Incomparable
from .compiler import CompiledScript, CompiledStatement, compile_script
from .dialect import NEPTUNE, Dialect
from .errors import TEXTS, GremlinError, InvalidQuery, MemoryLimitExceeded, QueryFailed
from .limits import Limits, RunLimits
from .metrics import collect_metrics
from .operators import OPERATORS
from .parser import parse
from .pipeline import Context, Counters
from .plan_text import format_steps
from .traverser import START, Traverser
from .values import BulkSet, GMap, GSet

#: How many compiled texts are kept.
CACHE_SIZE: Final = 512
#: Longer texts are compiled each time.
_MAX_CACHED_TEXT: Final = 20_000


def _uuid() -> str:
    return str(uuid.uuid4())


def _never() -> bool:
    return False


@lru_cache(maxsize=CACHE_SIZE)
def _compile_cached(text: str, dialect: Dialect) -> CompiledScript:
    return _compile(text, dialect, {})


def _compile(text: str, dialect: Dialect, bindings: Mapping[str, Any]) -> CompiledScript:
    try:
        with pause_gc():  # a long text makes many objects, all of which stay
            return compile_script(parse(text, bindings), dialect)
    except RecursionError:
        raise InvalidQuery(TEXTS["query depth"].text) from None


def compile_text(
    text: str, dialect: Dialect = NEPTUNE, bindings: Mapping[str, Any] | None = None
) -> CompiledScript:
    """The compiled form of a text; kept for the next time unless there are bindings.

    Raises ``MalformedQueryException`` and ``UnsupportedOperationException``.
    """
    if bindings:
        return _compile(text, dialect, bindings)
    if len(text) > _MAX_CACHED_TEXT:
        return _compile(text, dialect, {})
    return _compile_cached(text, dialect)


def mutations(text: str, dialect: Dialect = NEPTUNE) -> frozenset[str]:
    """What a text may do besides reading: ``{"write"}``, ``{"delete"}``, both, or neither.

    Does not run it. Raises as :func:`compile_text`.
    """
    return compile_text(text, dialect).mutations


def execute(
    graph: PropertyGraph,
    text: str,
    *,
    dialect: Dialect = NEPTUNE,
    limits: Limits | None = None,
    new_id: Callable[[], str] = _uuid,
    cancelled: Callable[[], bool] = _never,
    bindings: Mapping[str, Any] | None = None,
) -> list[Any]:
    """Run all statements of a text in one transaction; the results of the last one.

    ``new_id`` gives the ids of new elements, ``cancelled`` is asked now and then. Results are
    stored elements and the types of :mod:`.values`. Whatever goes wrong is a
    :class:`~..errors.NeptuneError`, and then the graph is as it was.
    """
    script = compile_text(text, dialect, bindings)
    return run(graph, script, dialect, limits or Limits(), new_id, cancelled)


def run(
    graph: PropertyGraph,
    script: CompiledScript,
    dialect: Dialect,
    limits: Limits,
    new_id: Callable[[], str] = _uuid,
    cancelled: Callable[[], bool] = _never,
    counters: Counters | None = None,
) -> list[Any]:
    """Run a compiled text; see :func:`execute`. ``counters`` is filled for profile."""
    timeout = limits.timeout
    if script.timeout is not None:
        timeout = min(timeout, script.timeout / 1000)
    run_limits = RunLimits(time.monotonic() + timeout, limits.max_traversers, cancelled)
    results: list[Any] = []
    # Traversers do not refer to each other, so that looking for cycles among them is waste.
    with pause_gc(), graph.lock, graph.transaction() if script.mutations else _READING as changes:
        last = script.statements[-1]
        for statement in script.statements:
            if statement is not last and not statement.terminal:
                # Without a terminal step nothing pulls, in TinkerPop as in Neptune.
                continue
            context = Context(graph, changes, dialect, new_id, run_limits)
            context.counters = counters
            results = _run_statement(statement, context)
    return results


#: What stands for the transaction of a text that changes nothing.
_READING: Final[AbstractContextManager[Transaction | None]] = nullcontext()


def _run_statement(statement: CompiledStatement, context: Context) -> list[Any]:
    context.side_effects = {name: _copy_collection(value) for name, value in statement.side_effects}
    context.reducers = dict(statement.reducers)
    context.sack_initial = statement.sack
    if statement.sack_merge is not None:
        context.sack_merge = OPERATORS[statement.sack_merge]
    context.bulk = statement.bulk
    if statement.seed is not None:
        context.random.seed(statement.seed)
    try:
        context.tick(0)
        values = (
            _run_for_metrics(statement, context)
            if statement.profiled
            else _run_for_values(statement, context)
        )
        return _FINISHERS[statement.terminal](values, statement)
    except Incomparable:
        return []
    except RecursionError:
        raise QueryFailed(TEXTS["query depth"].text) from None
    except GremlinError:
        raise
    except MemoryError:
        raise MemoryLimitExceeded from None


def _run_for_values(statement: CompiledStatement, context: Context) -> Iterator[Any]:
    start = Traverser(START, 1, None, statement.sack)
    held = 0
    for batch in statement.pipeline.open(context).drive(([start],)):
        for traverser in batch:
            if traverser.value is START:
                continue
            held += traverser.bulk
            context.tick(held)
            for _ in range(traverser.bulk):
                yield traverser.value


def _run_for_metrics(statement: CompiledStatement, context: Context) -> Iterator[Any]:
    """The metrics of the statement, all of which has run."""
    if context.counters is None:
        context.counters = {}
    for _ in _run_for_values(statement, context):
        pass
    yield collect_metrics(statement.pipeline.steps, context.counters)


def _copy_collection(value: Any) -> Any:
    """A copy of a collection of the text, which stays as it is."""
    if isinstance(value, list):
        return list(value)
    if isinstance(value, GSet):
        return GSet(value)
    return value.copy() if isinstance(value, GMap) else value


def _all(values: Iterator[Any], statement: CompiledStatement) -> list[Any]:
    return list(values)


def _next(values: Iterator[Any], statement: CompiledStatement) -> list[Any]:
    if statement.amount is not None:
        return list(islice(values, max(statement.amount, 0)))
    found = list(islice(values, 1))
    if not found:
        raise QueryFailed("java.util.NoSuchElementException")
    return found


def _try_next(values: Iterator[Any], statement: CompiledStatement) -> list[Any]:
    return list(islice(values, 1))


def _has_next(values: Iterator[Any], statement: CompiledStatement) -> list[Any]:
    return [bool(list(islice(values, 1)))]


def _iterate(values: Iterator[Any], statement: CompiledStatement) -> list[Any]:
    for _ in values:
        pass
    return []


def _explain(values: Iterator[Any], statement: CompiledStatement) -> list[Any]:
    return [format_steps(statement)]


_FINISHERS: Final[dict[str, Callable[[Iterator[Any], CompiledStatement], list[Any]]]] = {
    "": _all,
    "toList": _all,
    "toSet": lambda values, statement: list(GSet(values)),
    "toBulkSet": lambda values, statement: list(BulkSet(values)),
    "next": _next,
    "tryNext": _try_next,
    "hasNext": _has_next,
    "iterate": _iterate,
    "explain": _explain,
}
