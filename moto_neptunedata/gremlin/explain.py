"""What explain and profile answer: texts in Neptune's layout, about the plan that really runs.

Source: Neptune user guide, "Using the Gremlin explain/profile feature". Explain runs nothing.
Labels such as ``# of predicates: `` are what tools look for.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from typing import Final

from ..graph import PropertyGraph
from .ast import Call, Predicate, Traversal
from .compiler import CompiledStatement
from .dialect import NEPTUNE, Dialect
from .engine import compile_text, run
from .graphson import DEFAULT, Serializer, response_body
from .java_text import to_java_text
from .limits import Limits
from .metrics import collect_metrics, format_metrics
from .pipeline import Counters
from .plan_text import format_steps
from .steps.expansions import VertexStep
from .steps.sources import GraphStep
from .values import Value

_LINE: Final = "*" * 55


def explain(graph: PropertyGraph, text: str, dialect: Dialect = NEPTUNE) -> str:
    """The plan of a text. Raises as :func:`~.engine.compile_text`."""
    script = compile_text(text, dialect)
    with graph.lock:
        predicates = count_predicates(graph)
    parts = [_format_banner("Explain"), _format_section("Query String", text)]
    for statement in script.statements:
        parts += [
            _format_section("Original Traversal", _format_calls(statement.statement.calls)),
            _format_section("Converted Traversal", _format_converted(statement)),
            _format_section("Optimized Traversal", format_steps(statement)),
        ]
    parts.append(_format_section("Predicates", f"# of predicates: {predicates}"))
    return "\n".join(parts)


def profile(
    graph: PropertyGraph,
    text: str,
    *,
    dialect: Dialect = NEPTUNE,
    limits: Limits | None = None,
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    cancelled: Callable[[], bool] = lambda: False,
    results: bool = True,
    chop: int = 250,
    serializer: Serializer = DEFAULT,
    index_ops: bool = False,
) -> str:
    """Run a text and tell how it went.

    ``results`` shows what came out, cut to ``chop`` characters (0 is no cut); ``index_ops`` adds
    how often the indexes were asked. Raises as :func:`~.engine.execute`.
    """
    script = compile_text(text, dialect)
    counters: Counters = {}
    with graph.lock:
        started = time.perf_counter()
        found = run(graph, script, dialect, limits or Limits(), new_id, cancelled, counters)
        ran = time.perf_counter()
        body = response_body(found, str(uuid.uuid4()), serializer)
        serialized = time.perf_counter()
        predicates = count_predicates(graph)
    parts = [_format_banner("Profile"), _format_section("Query String", text)]
    for statement in script.statements:
        parts += [
            _format_section("Original Traversal", _format_calls(statement.statement.calls)),
            _format_section("Optimized Traversal", format_steps(statement)),
            _format_section("Physical Pipeline", _format_pipeline(statement)),
        ]
    parts += [
        _format_section(
            "Runtime (ms)",
            f"Query Execution: {(ran - started) * 1000:.3f}\n"
            f"Serialization:   {(serialized - ran) * 1000:.3f}",
        ),
        _format_section("Traversal Metrics", _format_counts(script.statements, counters)),
        _format_section("Predicates", f"# of predicates: {predicates}"),
    ]
    if results:
        parts.append(_format_section("Results", _format_results(found, body, chop, serializer)))
    if index_ops:
        parts.append(_format_section("Index Operations", _format_index_operations(found, counters)))
    return "\n".join(parts)


# ------------------------------------------------------------------ layout


def _format_banner(title: str) -> str:
    return f"{_LINE}\n{' ' * 16}Neptune Gremlin {title}\n{_LINE}\n"


def _format_section(title: str, body: str) -> str:
    return f"{title}\n{'=' * len(title)}\n{body}\n"


def count_predicates(graph: PropertyGraph) -> int:
    """How many predicates the statements of a graph have: property keys and edge labels."""
    keys = {key for vertex in graph.vertices() for key in vertex.properties}
    labels = set()
    for edge in graph.edges():
        labels.add(edge.label)
        keys.update(edge.properties)
    return len(keys) + len(labels)


# ------------------------------------------------------------------ plans


def _format_calls(calls: Iterable[Call]) -> str:
    return "[" + ", ".join(map(_format_call, calls)) + "]"


def _format_call(call: Call) -> str:
    args = ",".join(map(_format_argument, call.args))
    return f"{call.name[0].upper()}{call.name[1:]}Step({args})"


def _format_argument(value: Value) -> str:
    if isinstance(value, Traversal):
        return _format_calls(value.calls)
    if isinstance(value, Predicate):
        return f"{value.name}({','.join(map(_format_argument, value.args))})"
    return to_java_text(value)


def _format_converted(statement: CompiledStatement) -> str:
    lines = [f"    {_format_call(call)}" for call in statement.statement.calls]
    return "Neptune steps:\n[\n" + ",\n".join(lines) + "\n]"


def _format_pipeline(statement: CompiledStatement) -> str:
    lines = ["NeptuneGraphQueryStep", "    |-- StartOp"]
    lines += [f"    |-- {step.describe()}" for step in statement.pipeline.steps]
    return "\n".join(lines)


# ------------------------------------------------------------------ counts


def _format_counts(statements: Iterable[CompiledStatement], counters: Counters) -> str:
    steps = [step for statement in statements for step in statement.pipeline.steps]
    return format_metrics(collect_metrics(steps, counters))


def _format_results(found: list[Value], body: str, chop: int, serializer: Serializer) -> str:
    output = "[" + ", ".join(map(to_java_text, found)) + "]"
    if chop > 0:
        output = output[:chop]
    return (
        f"Count: {len(found)}\nOutput: {output}\n"
        f"Response serializer: {serializer.mime}\n"
        f"Response size (bytes): {len(body.encode('utf-8', 'surrogatepass'))}"
    )


def _format_index_operations(found: list[Value], counters: Counters) -> str:
    touching = [
        entry for entry in counters.values() if isinstance(entry[0], (GraphStep, VertexStep))
    ]
    operations = sum(entry[2] for entry in touching)
    return "\n".join(
        [
            *_format_operations("Query execution:", operations, len(touching), 0),
            *_format_operations("Serialization:", len(found), len(found), len(found)),
        ]
    )


def _format_operations(title: str, operations: int, unique: int, terms: int) -> list[str]:
    ratio = operations / unique if unique else 0.0
    return [
        title,
        f"    # of statement index ops: {operations}",
        f"    # of unique statement index ops: {unique}",
        f"    Duplication ratio: {ratio:.2f}",
        f"    # of terms materialized: {terms}",
    ]
