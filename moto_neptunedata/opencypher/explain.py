"""The text of ExecuteOpenCypherExplainQuery (user guide, access-graph-opencypher-explain).

The tables look like Neptune's; the operators are those that really run here, under the names of
Neptune's own operators that do the like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ..graph import PropertyGraph
from .engine import Explanation, OperatorCount, Options, explain_query
from .errors import COMPILE, CypherError

#: The values of the parameter ``explain`` (botocore: OpenCypherExplainMode).
MODES: Final = ("static", "dynamic", "details")

_HEADERS: Final = (
    *("ID", "Out #1", "Out #2", "Name", "Arguments", "Mode", "Units In", "Units Out"),
    *("Ratio", "Time (ms)"),
)
_NAMES: Final = {
    "NodeScan": "DFEPipelineScan",
    "NodeByLabel": "DFEPipelineScan",
    "NodeById": "DFEPipelineScan",
    "NodeByProperty": "DFEPipelineScan",
    "RelationshipScan": "DFEPipelineScan",
    "RelationshipById": "DFEPipelineScan",
    "Expand": "DFEPipelineJoin",
    "ExpandInto": "DFEPipelineJoin",
    "VarExpand": "DFELoopSubQuery",
    "BoundRelationship": "DFERelationalJoin",
    "BoundRelationships": "DFERelationalJoin",
    "Path": "DFEApply",
    "Filter": "DFEFilter",
    "Optional": "DFEOptionalJoin",
    "Unwind": "DFEApply",
    "Project": "DFEProject",
    "Extend": "DFEApply",
    "Distinct": "DFEDistinctRelation",
    "Sort": "DFESort",
    "Skip": "DFESelectRows",
    "Limit": "DFESelectRows",
    "Aggregate": "DFEGroupByHashIndex",
    "Union": "DFEMergeChunks",
    "Subquery": "DFEChunkLocalSubQuery",
}


def explain_text(
    graph: PropertyGraph,
    query: str,
    mode: str,
    parameters: Mapping[str, object] | None = None,
    options: Options | None = None,
) -> str:
    """The explain output; ``static`` does not run the query.

    Raises InvalidParameterException for an unknown mode, UnsupportedOperationException for a
    query that writes, and whatever running it raises.
    """
    if mode not in MODES:
        raise CypherError(
            "InvalidParameter",
            "InvalidParameter",
            f"Invalid explain mode '{mode}': expected one of {', '.join(MODES)}",
            COMPILE,
        )
    explained = explain_query(graph, query, parameters, options or Options(), run=mode != "static")
    parts = [f"Query:\n{query}\n"]
    parts.append(_format_table(_make_outline(explained)))
    parts.append("\nsubQuery1\n" + _format_table(_make_steps(explained.operators)))
    if mode == "details":
        parts.append("\n" + _format_details(graph, explained))
    return "\n".join(parts) + "\n"


def _make_outline(explained: Explanation) -> list[_Row]:
    """Neptune's own frame around every query."""
    result = explained.result
    rows = None if result is None else len(result.rows)
    columns = ", ".join(f"?{name}" for name in explained.columns)
    return [
        _Row(0, "1", "SolutionInjection", "solutions=[{}]", 0 if result else None, 1),
        _Row(1, "2", "DFESubquery", "subQuery=subQuery1", 1, rows),
        _Row(2, "-", "TermResolution", f"vars=[{columns}]", rows, rows, "id2value_opencypher"),
    ]


def _make_steps(operators: Sequence[OperatorCount]) -> list[_Row]:
    rows = []
    for op in operators:
        name = "  " * op.depth + _NAMES[op.name]
        arguments = f"{op.name}({op.arguments})"
        following = op.id + 1
        counts = op.rows_in, op.rows_out
        rows.append(
            _Row(op.id, str(following), name, arguments, *counts, milliseconds=op.milliseconds)
        )
    last = next((op.rows_out for op in reversed(operators) if op.depth == 0), None)
    rows.append(_Row(len(operators), "-", "DFEDrain", "-", last, 0))
    return rows


class _Row(NamedTuple):
    """One row of the table of operators; the units are None where nothing ran."""

    id: int
    out: str
    name: str
    arguments: str
    units_in: int | None
    units_out: int | None
    mode: str = "-"
    milliseconds: float | None = None

    def format_cells(self) -> tuple[str, ...]:
        return (str(self.id), self.out, "-", self.name, self.arguments, self.mode, *self._measure())

    def _measure(self) -> tuple[str, str, str, str]:
        if self.units_in is None or self.units_out is None:
            return ("-", "-", "-", "-")
        ratio = self.units_out / self.units_in if self.units_in else 0.0
        time = "0" if self.milliseconds is None else f"{self.milliseconds:.2f}"
        return (str(self.units_in), str(self.units_out), f"{ratio:.2f}", time)


def _format_table(rows: Sequence[_Row]) -> str:
    lines = [row.format_cells() for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEADERS, *lines)]

    def format_line(cells: Sequence[str]) -> str:
        padded = (f" {cell:<{width}} " for cell, width in zip(cells, widths))
        return "║" + "│".join(padded) + "║"

    def format_rule(left: str, fill: str, cross: str, right: str) -> str:
        return left + cross.join(fill * (width + 2) for width in widths) + right

    between = format_rule("╟", "─", "┼", "╢")
    body = f"\n{between}\n".join(map(format_line, lines))
    return "\n".join(
        (
            format_rule("╔", "═", "╤", "╗"),
            format_line(_HEADERS),
            format_rule("╠", "═", "╪", "╣"),
            body,
            format_rule("╚", "═", "╧", "╝"),
        )
    )


def _format_details(graph: PropertyGraph, explained: Explanation) -> str:
    """What the details mode adds: how many elements the scans could have met."""
    lines = [
        "Range estimates",
        f"  nodes={graph.vertex_count}",
        f"  relationships={graph.edge_count}",
    ]
    lines += [
        f"  {op.name}({op.arguments})={op.rows_out}"
        for op in explained.operators
        if _NAMES[op.name] == "DFEPipelineScan"
    ]
    return "\n".join(lines)
