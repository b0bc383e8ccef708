"""Checks of expressions, each to its static type."""

from __future__ import annotations

from .. import ast as t
from ..aggregates import AGGREGATES
from ..ast_traversal import walk
from ..dialect import Dialect
from ..errors import unsupported_error
from .base import UPDATES
from .patterns import PatternAnalyzer
from .static_types import UNKNOWN, Scope, Type, find_common_type, get_element_type, get_kind


class ExpressionAnalyzer(PatternAnalyzer):
    """Checks expressions; subclasses know how to check a subquery."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        super().__init__(text, dialect)
        self._expressions = {
            t.Literal_: lambda e, scope: e.kind,
            t.Parameter: lambda e, scope: "any",
            t.Variable: self._check_variable,
            t.Property: self._check_property,
            t.ListLiteral: self._check_list,
            t.MapLiteral: self._check_map,
            t.MapProjection: self._check_map_projection,
            t.Index: self._check_index,
            t.Slice: self._check_slice,
            t.Not: self._check_not,
            t.Sign: self._check_sign,
            t.Arithmetic: self._check_arithmetic,
            t.Comparison: self._check_comparison,
            t.Logic: self._check_logic,
            t.StringTest: self._check_string_test,
            t.In: self._check_in,
            t.IsNull: self._check_is_null,
            t.HasLabels: self._check_has_labels,
            t.Call: self._check_call,
            t.CountStar: self._check_count_star,
            t.Case: self._check_case,
            t.ListComprehension: self._check_list_comprehension,
            t.Quantifier: self._check_quantifier,
            t.Reduce: self._check_reduce,
            t.PatternPredicate: self._check_pattern_predicate,
            t.PatternComprehension: self._check_pattern_comprehension,
            t.ExistsSubquery: self._check_exists,
        }

    def check_parts(self, query: t.Query, scope: Scope, in_exists: bool = False) -> Scope:
        """The columns of a query, by what it sees."""
        raise NotImplementedError

    def _check_variable(self, e: t.Variable, scope: Scope) -> Type:
        if e.name not in scope:
            self.fail_undefined(e.pos, e.name)
        return scope[e.name]

    def _check_property(self, e: t.Property, scope: Scope) -> Type:
        kind = get_kind(self.check_expression(e.target, scope))
        if kind not in ("node", "rel", "map", *UNKNOWN):
            self.fail_mismatch(e.pos, "Node, Relationship or Map", kind, "TypeError")
        return "any"

    def _check_list(self, e: t.ListLiteral, scope: Scope) -> Type:
        return ("list", find_common_type([self.check_expression(item, scope) for item in e.items]))

    def _check_map(self, e: t.MapLiteral, scope: Scope) -> Type:
        for _, value in e.entries:
            self.check_expression(value, scope)
        return "map"

    def _check_map_projection(self, e: t.MapProjection, scope: Scope) -> Type:
        kind = get_kind(self.check_expression(e.target, scope))
        if kind not in ("node", "rel", "map", *UNKNOWN):
            self.fail_mismatch(e.pos, "Node, Relationship or Map", kind)
        for key, value in e.entries:
            if key is not None:
                self.check_expression(value, scope)
        return "map"

    def _check_index(self, e: t.Index, scope: Scope) -> Type:
        target = self.check_expression(e.target, scope)
        index = get_kind(self.check_expression(e.index, scope))
        kind = get_kind(target)
        if kind not in ("list", "map", "node", "rel", *UNKNOWN):
            self.fail_mismatch(e.pos, "List or Map", kind, "TypeError")
        if kind == "list" and index not in ("int", "number", *UNKNOWN):
            self.fail_mismatch(e.index.pos, "Integer", index, "TypeError")
        return get_element_type(target)

    def _check_slice(self, e: t.Slice, scope: Scope) -> Type:
        target = self.check_expression(e.target, scope)
        if get_kind(target) not in ("list", *UNKNOWN):
            self.fail_mismatch(e.pos, "List", get_kind(target), "TypeError")
        for bound in (e.start, e.stop):
            kind = "int" if bound is None else get_kind(self.check_expression(bound, scope))
            if kind not in ("int", "number", *UNKNOWN):
                self.fail_mismatch(e.pos, "Integer", kind, "TypeError")
        return target

    def _check_not(self, e: t.Not, scope: Scope) -> Type:
        self.check_boolean(e.operand, scope)
        return "bool"

    def _check_logic(self, e: t.Logic, scope: Scope) -> Type:
        for operand in e.operands:
            self.check_boolean(operand, scope)
        return "bool"

    def _check_sign(self, e: t.Sign, scope: Scope) -> Type:
        kind = get_kind(self.check_expression(e.operand, scope))
        if kind not in ("int", "float", "number", *UNKNOWN):
            self.fail_mismatch(e.pos, "Float or Integer", kind)
        return kind

    def _check_arithmetic(self, e: t.Arithmetic, scope: Scope) -> Type:
        left, right = self.check_expression(e.left, scope), self.check_expression(e.right, scope)
        kinds = (get_kind(left), get_kind(right))
        if e.op == "+":
            return self._check_sum(e, left, right)
        for kind in kinds:
            if kind not in ("int", "float", "number", *UNKNOWN):
                self.fail_mismatch(e.pos, "Float or Integer", kind)
        if "any" in kinds:
            return "any"
        if e.op == "^":
            return "float"
        return "int" if kinds == ("int", "int") else "float" if "float" in kinds else "number"

    def _check_sum(self, e: t.Arithmetic, left: Type, right: Type) -> Type:
        kinds = (get_kind(left), get_kind(right))
        if "list" in kinds:
            return ("list", "any")
        if "any" in kinds or "null" in kinds:
            return "any"
        if "string" in kinds and all(k in ("string", "int", "float", "number") for k in kinds):
            return "string"
        for kind in kinds:
            if kind not in ("int", "float", "number"):
                self.fail_mismatch(e.pos, "Float, Integer, String or List", kind)
        return "int" if kinds == ("int", "int") else "float" if "float" in kinds else "number"

    def _check_comparison(self, e: t.Comparison, scope: Scope) -> Type:
        for operand in e.operands:
            self.check_expression(operand, scope)
        return "bool"

    def _check_string_test(self, e: t.StringTest, scope: Scope) -> Type:
        self.refuse(e.pos, e.op)
        self.check_expression(e.left, scope)
        self.check_expression(e.right, scope)
        return "bool"

    def _check_in(self, e: t.In, scope: Scope) -> Type:
        self.check_expression(e.item, scope)
        kind = get_kind(self.check_expression(e.source, scope))
        if kind not in ("list", *UNKNOWN):
            self.fail_mismatch(e.source.pos, "List", kind)
        return "bool"

    def _check_is_null(self, e: t.IsNull, scope: Scope) -> Type:
        self.check_expression(e.operand, scope)
        return "bool"

    def _check_has_labels(self, e: t.HasLabels, scope: Scope) -> Type:
        kind = get_kind(self.check_expression(e.target, scope))
        if kind not in ("node", "rel", *UNKNOWN):
            self.fail_mismatch(e.pos, "Node or Relationship", kind)
        return "bool"

    def _check_count_star(self, e: t.CountStar, scope: Scope) -> Type:
        self._check_aggregation(e)
        return "int"

    def _check_aggregation(self, e: t.Expr) -> None:
        if self._aggregation_state == "no":
            self.fail(
                e.pos, "InvalidAggregation", "Invalid use of aggregating functions in this context"
            )
        if self._aggregation_state == "inside":
            self.fail(
                e.pos,
                "NestedAggregation",
                "Can't use aggregate functions inside of aggregate functions",
            )

    def _check_call(self, e: t.Call, scope: Scope) -> Type:
        if e.name in AGGREGATES:
            self._check_aggregation(e)
            with self.restrict_aggregation("inside"):
                for arg in e.args:
                    self.check_expression(arg, scope)
            _, count, result = AGGREGATES[e.name]
            self._check_argument_count(e, count, count)
            return result
        if e.distinct:
            self.fail(e.pos, "UnexpectedSyntax", f"DISTINCT is not for the function '{e.name}'")
        if e.name == "exists":
            return self._check_exists_call(e, scope)
        function = self.dialect.functions.get(e.name)
        if function is None:
            refused = self.dialect.excluded_functions.get(e.name)
            if refused is not None:
                raise unsupported_error(self.text, e.pos, f"The function {refused.construct}")
            self.fail(e.pos, "UnknownFunction", f"Unknown function '{e.name}'")
        if self._aggregation_state == "inside" and not function.constant:
            self.fail(
                e.pos,
                "NonConstantExpression",
                "Can't use non-deterministic functions inside of aggregate functions",
            )
        types = [self.check_expression(arg, scope) for arg in e.args]
        self._check_argument_count(e, function.least, function.most)
        if function.kinds and get_kind(types[0]) not in (*function.kinds, *UNKNOWN):
            expected = " or ".join(kind.capitalize() for kind in function.kinds)
            self.fail_mismatch(e.args[0].pos, expected, get_kind(types[0]))
        return function.result

    def _check_argument_count(self, e: t.Call, least: int, most: int) -> None:
        if not least <= len(e.args) <= most:
            self.fail(
                e.pos,
                "InvalidNumberOfArguments",
                f"The function '{e.name}' cannot take {len(e.args)} arguments",
            )

    def _check_exists_call(self, e: t.Call, scope: Scope) -> Type:
        self._check_argument_count(e, 1, 1)
        if type(e.args[0]) is t.PatternPredicate:
            self.check_predicate(e.args[0], scope)
        elif type(e.args[0]) in (t.Property, t.Index):
            self.check_expression(e.args[0], scope)
        else:
            self.fail(e.pos, "InvalidArgumentType", "exists() takes a property or a pattern")
        return "bool"

    def _check_case(self, e: t.Case, scope: Scope) -> Type:
        if e.subject is not None:
            self.check_expression(e.subject, scope)
        types = [] if e.default is None else [self.check_expression(e.default, scope)]
        for condition, value in e.whens:
            if e.subject is None:
                self.check_predicate(condition, scope)
            else:
                self.check_expression(condition, scope)
            types.append(self.check_expression(value, scope))
        return find_common_type(types)

    def _check_source(self, e: t.Expr, scope: Scope) -> Type:
        source = self.check_expression(e, scope)
        if get_kind(source) not in ("list", *UNKNOWN):
            self.fail_mismatch(e.pos, "List", get_kind(source))
        return get_element_type(source)

    def _check_list_comprehension(self, e: t.ListComprehension, scope: Scope) -> Type:
        element = self._check_source(e.source, scope)
        inner = {**scope, e.variable: element}
        with self.restrict_aggregation("no"):
            if e.predicate is not None:
                self.check_predicate(e.predicate, inner)
            if e.projection is not None:
                element = self.check_expression(e.projection, inner)
        return ("list", element)

    def _check_quantifier(self, e: t.Quantifier, scope: Scope) -> Type:
        element = self._check_source(e.source, scope)
        with self.restrict_aggregation("no"):
            self.check_predicate(e.predicate, {**scope, e.variable: element})
        return "bool"

    def _check_reduce(self, e: t.Reduce, scope: Scope) -> Type:
        self.check_expression(e.initial, scope)
        element = self._check_source(e.source, scope)
        with self.restrict_aggregation("no"):
            self.check_expression(e.body, {**scope, e.variable: element, e.accumulator: "any"})
        return "any"

    def _check_pattern_predicate(self, e: t.PatternPredicate, scope: Scope) -> Type:
        if not self._allows_pattern:
            self.fail(e.pos, "UnexpectedSyntax", "A pattern is not a value; use it in WHERE")
        for element in e.part.elements:
            name = element.variable
            if not name.startswith(t.HIDDEN) and name not in scope:
                self.fail_undefined(element.pos, name)
        with self.restrict_aggregation("no"):
            self.bind_pattern((e.part,), scope)
        return "bool"

    def _check_pattern_comprehension(self, e: t.PatternComprehension, scope: Scope) -> Type:
        with self.restrict_aggregation("no"):
            inner = self.bind_pattern((e.part,), scope)
            if e.predicate is not None:
                self.check_predicate(e.predicate, inner)
            return ("list", self.check_expression(e.projection, inner))

    def _check_exists(self, e: t.ExistsSubquery, scope: Scope) -> Type:
        for node in walk(e.query):
            if isinstance(node, t.Clause) and isinstance(node, UPDATES):
                self.fail(node.pos, "InvalidClauseComposition", "EXISTS { } cannot contain updates")
        with self.restrict_aggregation("no"):
            self.check_parts(e.query, scope, in_exists=True)
        return "bool"
