"""Runs queries: text in, rows out; plans are kept by their text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import lru_cache
from typing import Final

from ..graph import Change, PropertyGraph
from .access_analysis import Access
from .context import Context, Count, Stats, make_random_id
from .dialect import NEPTUNE, STANDARD, Dialect
from .errors import COMPILE, CypherError, nesting_error, unplaced_unsupported_error
from .limits import Limits
from .operators import Operator, Pipeline
from .parser import parse
from .planner import Plan, plan
from .semantic_analysis import check
from .values import MAX_INT, MIN_INT, Value

#: How many plans are kept, over both dialects.
CACHED_PLANS: Final = 512
#: Longer texts are planned anew each time, so that they cannot fill the memory.
_MAX_CACHED_TEXT: Final = 20_000

_DIALECTS: Final = {dialect.name: dialect for dialect in (STANDARD, NEPTUNE)}


@dataclass(frozen=True, slots=True)
class OperatorCount:
    """One operator of a plan as explain shows it; the counts are None where nothing ran."""

    id: int
    depth: int
    name: str
    arguments: str
    rows_in: int | None = None
    rows_out: int | None = None
    milliseconds: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """``columns`` are the RETURN items' names; ``rows`` have one value a column.

    Nodes and relationships are the graph's own objects: read them before you let go of the
    graph's lock if others may change it.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Value, ...]]
    stats: Stats = field(default_factory=Stats)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The operators of a plan and, when it ran, its result."""

    columns: tuple[str, ...]
    operators: list[OperatorCount]
    result: Result | None
    access: Access


@dataclass(frozen=True, slots=True)
class Options:
    """How to run a query.

    ``new_id`` makes the ids of new elements; ``cancelled`` is asked now and then whether to stop.
    """

    dialect: Dialect = NEPTUNE
    limits: Limits = field(default_factory=Limits)
    new_id: Callable[[], str] = make_random_id
    cancelled: Callable[[], bool] | None = None


_DEFAULTS: Final = Options()


def execute(
    graph: PropertyGraph,
    query: str,
    parameters: Mapping[str, object] | None = None,
    options: Options = _DEFAULTS,
) -> Result:
    """Run a query in a transaction: all of it happens, or nothing and ``CypherError`` is raised."""
    try:
        planned = _get_plan(query, options.dialect)
        ctx = _make_context(planned, graph, parameters or {}, options)
        return _run(planned, ctx)
    except RecursionError:
        raise nesting_error() from None


def explain_query(
    graph: PropertyGraph,
    query: str,
    parameters: Mapping[str, object] | None = None,
    options: Options = _DEFAULTS,
    *,
    run: bool,
) -> Explanation:
    """The plan of a query; with ``run`` it is run, and each operator's rows are counted.

    Raises UnsupportedOperationException for a query that writes, as Neptune does
    (user guide, access-graph-opencypher-explain).
    """
    try:
        planned = _get_plan(query, options.dialect)
        if planned.access.writes:
            raise unplaced_unsupported_error("Explain of a query that writes", COMPILE)
        if not run:
            return Explanation(
                planned.columns, _list_operators(planned.pipeline, None), None, planned.access
            )
        ctx = _make_context(planned, graph, parameters or {}, options)
        ctx.counts = {}
        result = _run(planned, ctx)
        return Explanation(
            planned.columns, _list_operators(planned.pipeline, ctx.counts), result, planned.access
        )
    except RecursionError:
        raise nesting_error() from None


def access(query: str, dialect: Dialect = NEPTUNE) -> Access:
    """What a query would do, without running it. Raises ``CypherError`` for a faulty one."""
    try:
        return _get_plan(query, dialect).access
    except RecursionError:
        raise nesting_error() from None


# ---------------------------------------------------------------------- planning


def _get_plan(query: str, dialect: Dialect) -> Plan:
    if len(query) > _MAX_CACHED_TEXT or _DIALECTS.get(dialect.name) is not dialect:
        return _make_plan(query, dialect)
    return _get_cached_plan(query, dialect.name)


@lru_cache(maxsize=CACHED_PLANS)
def _get_cached_plan(query: str, dialect: str) -> Plan:
    return _make_plan(query, _DIALECTS[dialect])


def _make_plan(query: str, dialect: Dialect) -> Plan:
    tree = parse(query)
    check(tree, query, dialect)
    return plan(tree, dialect, query)


# ---------------------------------------------------------------------- running


def _make_context(
    planned: Plan, graph: PropertyGraph, parameters: Mapping[str, object], options: Options
) -> Context:
    for name in sorted(planned.parameters):
        if name not in parameters:
            raise CypherError(
                "ParameterMissing",
                "MissingParameter",
                f"MissingParameter: Expected parameter(s): {name}",
                COMPILE,
            )
    limits = options.limits
    if planned.timeout is not None and (limits.timeout is None or planned.timeout < limits.timeout):
        limits = replace(limits, timeout=planned.timeout)
    used = {name: _convert_parameter(name, parameters[name]) for name in planned.parameters}
    return Context(graph, used, options.dialect, limits, options.new_id, options.cancelled)


def _convert_parameter(name: str, value: Value) -> Value:
    """A parameter's value, made only of what queries know."""
    kind = type(value)
    if kind is str or kind is bool or kind is float or value is None:
        return value
    if kind is datetime:
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    if kind is int:
        if MIN_INT <= value <= MAX_INT:
            return value
        raise CypherError(
            "ArithmeticError", "IntegerOverflow", f"The parameter {name} has a number out of range"
        )
    if kind is list or kind is tuple:
        return [_convert_parameter(name, item) for item in value]
    if kind is dict:
        return {str(key): _convert_parameter(name, held) for key, held in value.items()}
    raise CypherError(
        "TypeError", "InvalidArgumentType", f"The parameter {name} has a {kind.__name__} in it"
    )


def _run(planned: Plan, ctx: Context) -> Result:
    if not planned.access.writes:
        with ctx.graph.lock:
            return Result(planned.columns, _fetch_rows(planned, ctx))
    with ctx.graph.transaction() as tx:
        ctx.tx = tx
        rows = _fetch_rows(planned, ctx)
        stats = _count_changes(tx.changes)
    return Result(planned.columns, rows, stats)


def _fetch_rows(planned: Plan, ctx: Context) -> list[tuple[Value, ...]]:
    ctx.check()
    found = planned.pipeline.run(ctx, iter(((ctx,),)))
    held = ctx.hold_all(found)
    return [row[1:] for row in held] if planned.columns else []


_COUNTED: Final = {
    ("ADD", "v"): "nodes_created",
    ("REMOVE", "v"): "nodes_deleted",
    ("ADD", "e"): "relationships_created",
    ("REMOVE", "e"): "relationships_deleted",
    ("ADD", "vp"): "properties_set",
    ("ADD", "ep"): "properties_set",
    ("ADD", "vl"): "labels_added",
    ("REMOVE", "vl"): "labels_removed",
}


def _count_changes(changes: list[Change]) -> Stats:
    stats = Stats()
    for change in changes:
        name = _COUNTED.get((change.op, change.kind))
        if name is not None:
            setattr(stats, name, getattr(stats, name) + 1)
    return stats


# ---------------------------------------------------------------------- explaining


def _list_operators(pipeline: Pipeline, counts: dict[int, Count] | None) -> list[OperatorCount]:
    found: list[OperatorCount] = []

    def visit(pipeline: Pipeline, depth: int) -> None:
        for operator in pipeline.operators:
            found.append(_describe_operator(len(found), depth, operator, counts))
            for inner in operator.inner:
                visit(inner, depth + 1)

    visit(pipeline, 0)
    return found


def _describe_operator(
    number: int, depth: int, operator: Operator, counts: dict[int, Count] | None
) -> OperatorCount:
    described = OperatorCount(number, depth, operator.name, operator.arguments)
    if counts is None:
        return described
    count = counts.get(id(operator)) or Count()
    return replace(
        described,
        rows_in=count.rows_in,
        rows_out=count.rows_out,
        milliseconds=max(count.seconds, 0.0) * 1000,
    )
