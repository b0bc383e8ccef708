"""Checks of WITH and RETURN: their columns, their order and what may aggregate."""

from __future__ import annotations

from typing import NoReturn

from .. import ast as t
from ..ast_traversal import (
    children,
    find_free_variables,
    has_aggregate,
    is_aggregate,
    substitute,
    walk,
)
from ..errors import NEGATIVE_COUNT
from .expressions import ExpressionAnalyzer
from .static_types import Scope


class ProjectionAnalyzer(ExpressionAnalyzer):
    """Checks WITH and RETURN."""

    def check_projection(self, clause: t.Projection, scope: Scope) -> Scope:
        result: Scope = {}
        if clause.star:
            result = {name: held for name, held in scope.items() if name[0:1] != t.HIDDEN}
            if not result and clause.final:
                self.fail(
                    clause.pos, "NoVariablesInScope", "RETURN * is not allowed without variables"
                )
        for item in clause.items:
            if not item.explicit and not clause.final:
                self.fail(
                    item.pos, "NoExpressionAlias", "Expression in WITH must be aliased (use AS)"
                )
            with self.restrict_aggregation("allowed"):
                type_ = self.check_expression(item.expr, scope)
            if item.alias in result:
                self.fail(
                    item.pos,
                    "ColumnNameConflict",
                    f"Multiple result columns with the same name `{item.alias}`",
                )
            result[item.alias] = type_
        self._check_order(clause, scope, result)
        for what, bound in (("SKIP", clause.skip), ("LIMIT", clause.limit)):
            if bound is not None:
                self._check_row_count(what, bound)
        return result

    def _check_order(self, clause: t.Projection, scope: Scope, result: Scope) -> None:
        aggregating = any(has_aggregate(item.expr) for item in clause.items)
        if aggregating:
            self._check_ambiguity(clause, scope)
        closed = aggregating or clause.distinct
        visible = result if closed else {**scope, **result}
        for sort in clause.order:
            self._check_order_item(clause, sort.expr, scope, visible, closed, aggregating)
        if clause.where is not None:
            self.check_predicate(clause.where, visible)

    def _check_order_item(
        self,
        clause: t.Projection,
        e: t.Expr,
        scope: Scope,
        visible: Scope,
        closed: bool,
        aggregating: bool,
    ) -> None:
        if not closed:
            self.check_expression(e, visible)
            return
        if has_aggregate(e) and not aggregating:
            with self.restrict_aggregation("no"):
                self.check_expression(e, scope)
        left = substitute(e, map_projected_columns(clause, e, aggregating))
        for name in sorted(find_free_variables(left)):
            if name not in visible and (name in scope or not _binds_within(left, name)):
                grouped = any(
                    name in find_free_variables(item.expr)
                    for item in clause.items
                    if not has_aggregate(item.expr)
                )
                if aggregating and grouped and has_aggregate(e) and not has_aggregate(left):
                    self._fail_ambiguous(e.pos)
                self.fail_undefined(e.pos, name)
        with self.restrict_aggregation("no"):
            self.check_expression(left, visible)

    def _fail_ambiguous(self, pos: int) -> NoReturn:
        self.fail(
            pos,
            "AmbiguousAggregationExpression",
            "An expression that aggregates may otherwise use only grouping keys",
        )

    def _check_ambiguity(self, clause: t.Projection, scope: Scope) -> None:
        keys = {
            item.expr
            for item in clause.items
            if not has_aggregate(item.expr) and isinstance(item.expr, (t.Variable, t.Property))
        }
        if clause.star:
            keys |= {t.Variable(name) for name in scope}

        def visit(node: t.Node, local: frozenset[str]) -> None:
            if node in keys or is_aggregate(node):
                return
            name = _get_variable(node)
            if name in scope and name not in local and t.Variable(name) not in keys:
                self._fail_ambiguous(node.pos)  # type: ignore[attr-defined]
            if isinstance(node, (t.ListComprehension, t.Quantifier, t.Reduce)):
                local |= {node.variable, getattr(node, "accumulator", node.variable)}
            for child in children(node):
                visit(child, local)

        for item in clause.items:
            if has_aggregate(item.expr):
                visit(item.expr, frozenset())

    def _check_row_count(self, what: str, e: t.Expr) -> None:
        if find_free_variables(e):
            self.fail(
                e.pos, "NonConstantExpression", f"It is not allowed to use variables in {what}"
            )
        if has_aggregate(e):
            self.fail(e.pos, "InvalidAggregation", f"{what} cannot aggregate")
        if type(e) is t.Literal_:
            if e.kind != "int":
                self.fail_mismatch(e.pos, "Integer", e.kind)
            if isinstance(e.value, int) and e.value < 0:
                self.fail(e.pos, "NegativeIntegerArgument", NEGATIVE_COUNT.format(what))
        elif any(type(node) is t.Call for node in walk(e)):
            self.refuse(e.pos, f"computed {what}")
        self.check_expression(e, {})


def has_leading_with(part: t.SingleQuery) -> bool:
    """Whether a part of a subquery begins with WITH, which brings in outer variables."""
    first = part.clauses[0]
    return type(first) is t.Projection and not first.final


def map_projected_columns(
    clause: t.Projection, e: t.Expr, aggregating: bool
) -> dict[t.Expr, t.Expr]:
    """What in an ORDER BY expression stands for a projected column.

    When the projection aggregates, these are the expression as a whole, grouping keys that are
    variables or properties, and expressions that aggregate.
    """
    mapping: dict[t.Expr, t.Expr] = {}
    for item in clause.items:
        if (
            not aggregating
            or item.expr == e
            or isinstance(item.expr, (t.Variable, t.Property))
            or has_aggregate(item.expr)
        ):
            mapping.setdefault(item.expr, t.Variable(item.alias))
    return mapping


def _get_variable(node: t.Node) -> str:
    """The variable that a node of the tree stands for, if it is one that does."""
    if isinstance(node, t.Variable):
        return node.name
    return node.variable if isinstance(node, t.Element) else ""


def _binds_within(e: t.Expr, name: str) -> bool:
    """Whether a pattern or subquery in the expression binds the name itself."""
    return any(
        isinstance(node, (t.PatternComprehension, t.ExistsSubquery))
        and name in find_free_variables(node)
        for node in walk(e)
    )
