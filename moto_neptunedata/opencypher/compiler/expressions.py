# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""Expressions to closures: each is compiled once a plan and takes a row.

A closure that binds a name (a comprehension's variable) appends its value to the row, so a row
must be exactly as long as the layout that the expression was compiled for.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, Protocol

from ...graph import Edge, Vertex
from .. import ast as t
from ..arithmetic import ARITHMETIC, negate
from ..context import Evaluator, Row
from ..dialect import ID_KEY, Dialect
from ..errors import type_error, unplaced_unsupported_error
from ..functions import get_properties
from ..operators import Filter, Pipeline
from ..row_layout import Layout
from ..unparse import unparse
from ..values import INTEGERS, Value, equals, get_type_name, is_in
from .comparison import COMPARISONS, STRING_TESTS, compile_comparison
from .logic import LOGIC, QUANTIFIERS, check_null_boolean, is_true, to_truth
from .membership import HASHED_TYPES, LONG_LIST, MemberSet, to_list
from .property_access import check_existing, read_existing_property, read_id, read_property

#: Functions that look into an element, which a deleted one does not allow.
_READS_ELEMENT: Final = frozenset(("labels", "properties", "keys"))

#: Expressions whose value is true, false or null whatever is in them.
_BOOLEAN: Final = (
    *(t.Comparison, t.Logic, t.Not, t.StringTest, t.In, t.IsNull, t.HasLabels),
    *(t.Quantifier, t.PatternPredicate, t.ExistsSubquery),
)


class Subplanner(Protocol):
    """Plans the patterns and subqueries that stand in expressions."""

    def plan_pattern(
        self, parts: tuple[t.PatternPart, ...], where: t.Expr | None, layout: Layout
    ) -> tuple[Pipeline, Layout]: ...

    def plan_exists(self, query: t.Query, layout: Layout) -> tuple[Pipeline, Layout]: ...


class Compiler:
    """Compiles the expressions of one plan.

    ``deletes``: whether the query deletes, so that reading an element must make sure it is there.
    """

    def __init__(self, dialect: Dialect, deletes: bool, planner: Subplanner) -> None:
        self.dialect = dialect
        self.deletes = deletes
        self.planner = planner
        self._handlers: dict[type, Callable[[Any, Layout], Evaluator]] = {
            t.Literal_: self._compile_literal,
            t.Parameter: self._compile_parameter,
            t.Variable: self._compile_variable,
            t.Property: self._compile_property,
            t.ListLiteral: self._compile_list,
            t.MapLiteral: self._compile_map,
            t.MapProjection: self._compile_map_projection,
            t.Index: self._compile_index,
            t.Slice: self._compile_slice,
            t.Not: self._compile_not,
            t.Sign: self._compile_sign,
            t.Arithmetic: self._compile_arithmetic,
            t.Comparison: self._compile_comparison,
            t.Logic: self._compile_logic,
            t.StringTest: self._compile_string_test,
            t.In: self._compile_in,
            t.IsNull: self._compile_is_null,
            t.HasLabels: self._compile_has_labels,
            t.Call: self._compile_call,
            t.Case: self._compile_case,
            t.ListComprehension: self._compile_list_comprehension,
            t.Quantifier: self._compile_quantifier,
            t.Reduce: self._compile_reduce,
            t.PatternPredicate: self._compile_pattern_predicate,
            t.PatternComprehension: self._compile_pattern_comprehension,
            t.ExistsSubquery: self._compile_exists,
        }

    def compile(self, e: t.Expr, layout: Layout) -> Evaluator:
        """A function of a row of this layout."""
        return self._handlers[type(e)](e, layout)

    def filter(self, e: t.Expr, layout: Layout) -> Filter:
        """The operator that keeps the rows for which an expression is true."""
        return Filter(unparse(e), self.compile(e, layout), isinstance(e, _BOOLEAN))

    # ------------------------------------------------------------------ atoms

    def _compile_literal(self, e: t.Literal_, layout: Layout) -> Evaluator:
        value = e.value
        return lambda row: value

    def _compile_parameter(self, e: t.Parameter, layout: Layout) -> Evaluator:
        name = e.name
        return lambda row: row[0].parameters[name]

    def _compile_variable(self, e: t.Variable, layout: Layout) -> Evaluator:
        return itemgetter(layout.slots[e.name])

    def _compile_list(self, e: t.ListLiteral, layout: Layout) -> Evaluator:
        items = [self.compile(item, layout) for item in e.items]
        if all(type(item) is t.Literal_ for item in e.items):
            constant = [item.value for item in e.items if isinstance(item, t.Literal_)]
            return lambda row: constant
        return lambda row: [item(row) for item in items]

    def _compile_map(self, e: t.MapLiteral, layout: Layout) -> Evaluator:
        entries = [(key, self.compile(value, layout)) for key, value in e.entries]
        return lambda row: {key: value(row) for key, value in entries}

    def _compile_map_projection(self, e: t.MapProjection, layout: Layout) -> Evaluator:
        target = self.compile(e.target, layout)
        entries = [
            (key, None if key is None else self.compile(value, layout)) for key, value in e.entries
        ]

        def project(row: Row) -> Value:
            value = target(row)
            if value is None:
                return None
            made: dict[str, Value] = {}
            for key, entry in entries:
                if key is None or entry is None:
                    made.update(get_properties(value))
                else:
                    made[key] = entry(row)
            return made

        return project

    # ------------------------------------------------------------------ looking inside

    def _compile_property(self, e: t.Property, layout: Layout) -> Evaluator:
        key = e.key
        target = self.compile(e.target, layout)
        if key == ID_KEY and self.dialect.custom_ids:
            return lambda row: read_id(target(row))
        if self.deletes:
            return lambda row: read_existing_property(row[0].deleted, target(row), key)
        if type(e.target) is not t.Variable:
            return lambda row: read_property(target(row), key)
        slot = layout.slots[e.target.name]

        def read(row: Row) -> Value:
            value = row[slot]
            kind = type(value)
            if kind is Vertex or kind is Edge:
                held = value.properties.get(key)
                return list(held) if type(held) is tuple else held
            return read_property(value, key)

        return read

    def _compile_index(self, e: t.Index, layout: Layout) -> Evaluator:
        target, index = self.compile(e.target, layout), self.compile(e.index, layout)
        exclusion = self.dialect.excluded.get("dynamic property")

        def get(row: Row) -> Value:
            value, at = target(row), index(row)
            if value is None or at is None:
                return None
            kind = type(value)
            if kind is list:
                if type(at) not in INTEGERS:
                    raise type_error(
                        f"A list index is an Integer, not a {get_type_name(at)}",
                        "ListElementAccessByNonInteger",
                    )
                return value[at] if -len(value) <= at < len(value) else None
            if type(at) is not str:
                if kind in (dict, Vertex, Edge):
                    raise type_error(
                        f"A map key is a String, not a {get_type_name(at)}",
                        "MapElementAccessByNonString",
                    )
            elif kind is dict:
                return value.get(at)
            elif kind is Vertex or kind is Edge:
                if exclusion is not None:
                    raise unplaced_unsupported_error(exclusion.construct)
                return read_existing_property(row[0].deleted, value, at)
            raise type_error(f"Cannot index a {get_type_name(value)}", "InvalidElementAccess")

        return get

    def _compile_slice(self, e: t.Slice, layout: Layout) -> Evaluator:
        target = self.compile(e.target, layout)
        bounds = [None if b is None else self.compile(b, layout) for b in (e.start, e.stop)]

        def cut(row: Row) -> Value:
            value = target(row)
            ends = []
            for bound in bounds:
                end = None if bound is None else bound(row)
                if bound is not None and end is None:
                    return None
                if end is not None and type(end) not in INTEGERS:
                    raise type_error(
                        f"Cannot slice at a {get_type_name(end)}", "InvalidArgumentType"
                    )
                ends.append(end)
            if value is None:
                return None
            if type(value) is not list:
                raise type_error(f"Cannot slice a {get_type_name(value)}", "InvalidArgumentType")
            return value[ends[0] : ends[1]]

        return cut

    # ------------------------------------------------------------------ operators

    def _compile_not(self, e: t.Not, layout: Layout) -> Evaluator:
        operand = self.compile(e.operand, layout)

        def invert(row: Row) -> Value:
            value = operand(row)
            if value is True:
                return False
            if value is False:
                return True
            check_null_boolean(value)
            return None

        return invert

    def _compile_sign(self, e: t.Sign, layout: Layout) -> Evaluator:
        operand = self.compile(e.operand, layout)
        if e.op == "-":
            return lambda row: negate(operand(row))
        return lambda row: negate(negate(operand(row)))

    def _compile_arithmetic(self, e: t.Arithmetic, layout: Layout) -> Evaluator:
        compute = ARITHMETIC[e.op]
        left, right = self.compile(e.left, layout), self.compile(e.right, layout)
        return lambda row: compute(left(row), right(row))

    def _compile_comparison(self, e: t.Comparison, layout: Layout) -> Evaluator:
        operands = [self.compile(operand, layout) for operand in e.operands]
        if len(operands) == 2:
            return compile_comparison(e.ops[0], operands[0], operands[1], e.operands[1])
        tests = [COMPARISONS[op] for op in e.ops]

        def chain(row: Row) -> Value:
            result: bool | None = True
            left = operands[0](row)
            for test, operand in zip(tests, operands[1:]):
                right = operand(row)
                holds = test(left, right)
                if holds is False:
                    return False
                if holds is None:
                    result = None
                left = right
            return result

        return chain

    def _compile_logic(self, e: t.Logic, layout: Layout) -> Evaluator:
        operands = [self.compile(operand, layout) for operand in e.operands]
        return LOGIC[e.op](operands)

    def _compile_string_test(self, e: t.StringTest, layout: Layout) -> Evaluator:
        test = STRING_TESTS[e.op]
        left, right = self.compile(e.left, layout), self.compile(e.right, layout)

        def compare(row: Row) -> Value:
            text, other = left(row), right(row)
            return test(text, other) if type(text) is str and type(other) is str else None

        return compare

    def _compile_in(self, e: t.In, layout: Layout) -> Evaluator:
        item, source = self.compile(e.item, layout), self.compile(e.source, layout)
        place = object()

        def contains(row: Row) -> Value:
            values = source(row)
            if values is None:
                return None
            wanted = item(row)
            if len(to_list(values, "IN")) < LONG_LIST or type(wanted) not in HASHED_TYPES:
                return is_in(wanted, values)
            known: dict[object, MemberSet] = row[0].members
            members = known.get(place)
            if members is None or members.source is not values:
                known[place] = MemberSet(values)
                return is_in(wanted, values)
            return members.has(wanted)

        return contains

    def _compile_is_null(self, e: t.IsNull, layout: Layout) -> Evaluator:
        operand = self.compile(e.operand, layout)
        if e.negated:
            return lambda row: operand(row) is not None
        return lambda row: operand(row) is None

    def _compile_has_labels(self, e: t.HasLabels, layout: Layout) -> Evaluator:
        target, labels = self.compile(e.target, layout), e.labels

        def test(row: Row) -> Value:
            value = target(row)
            if type(value) is Vertex:
                return all(label in value.labels for label in labels)
            if type(value) is Edge:
                return all(label == value.label for label in labels)
            if value is None:
                return None
            raise type_error(f"A {get_type_name(value)} has no labels", "InvalidArgumentType")

        return test

    # ------------------------------------------------------------------ functions

    def _compile_call(self, e: t.Call, layout: Layout) -> Evaluator:
        if e.name == "exists":
            if type(e.args[0]) is t.PatternPredicate:
                return self.compile(e.args[0], layout)
            return self.compile(t.IsNull(e.args[0], True), layout)
        function = self.dialect.functions[e.name]
        call = function.call
        args = [self.compile(arg, layout) for arg in e.args]
        if function.null_safe:
            return lambda row: call(*[arg(row) for arg in args])
        if not args:
            return lambda row: call()
        if len(args) > 1:
            return _compile_call(call, args)
        only = args[0]
        if self.deletes and e.name in _READS_ELEMENT:
            return lambda row: (
                None
                if (value := only(row)) is None
                else call(check_existing(row[0].deleted, value))
            )
        if type(e.args[0]) is t.Variable:
            slot = layout.slots[e.args[0].name]
            return lambda row: None if (value := row[slot]) is None else call(value)
        return lambda row: None if (value := only(row)) is None else call(value)

    def _compile_case(self, e: t.Case, layout: Layout) -> Evaluator:
        default: Evaluator = (
            (lambda row: None) if e.default is None else self.compile(e.default, layout)
        )
        whens = [
            (self.compile(condition, layout), self.compile(value, layout))
            for condition, value in e.whens
        ]
        if e.subject is None:

            def search(row: Row) -> Value:
                for condition, value in whens:
                    if condition(row) is True:
                        return value(row)
                return default(row)

            return search
        subject = self.compile(e.subject, layout)

        def select(row: Row) -> Value:
            wanted = subject(row)
            for candidate, value in whens:
                if equals(wanted, candidate(row)):
                    return value(row)
            return default(row)

        return select

    # ------------------------------------------------------------------ lists

    def _compile_list_comprehension(self, e: t.ListComprehension, layout: Layout) -> Evaluator:
        source = self.compile(e.source, layout)
        inner = layout.bind(e.variable)
        predicate = None if e.predicate is None else self.compile(e.predicate, inner)
        project = None if e.projection is None else self.compile(e.projection, inner)

        def comprehend(row: Row) -> Value:
            values = source(row)
            if values is None:
                return None
            row[0].tick(len(to_list(values, "A list comprehension")))
            if predicate is not None:
                values = [value for value in values if is_true(predicate(row + (value,)))]
            if project is not None:
                values = [project(row + (value,)) for value in values]
            return values

        return comprehend

    def _compile_quantifier(self, e: t.Quantifier, layout: Layout) -> Evaluator:
        source = self.compile(e.source, layout)
        predicate = self.compile(e.predicate, layout.bind(e.variable))
        decide = QUANTIFIERS[e.kind]

        def test(row: Row) -> Value:
            values = source(row)
            if values is None:
                return None
            row[0].tick(len(to_list(values, f"{e.kind}()")))
            return decide(to_truth(predicate(row + (value,))) for value in values)

        return test

    def _compile_reduce(self, e: t.Reduce, layout: Layout) -> Evaluator:
        initial, source = self.compile(e.initial, layout), self.compile(e.source, layout)
        body = self.compile(e.body, layout.bind(e.accumulator, e.variable))

        def fold(row: Row) -> Value:
            result, values = initial(row), source(row)
            if values is None:
                return None
            row[0].tick(len(to_list(values, "reduce()")))
            for value in values:
                result = body(row + (result, value))
            return result

        return fold

    # ------------------------------------------------------------------ patterns

    def _compile_pattern_predicate(self, e: t.PatternPredicate, layout: Layout) -> Evaluator:
        pipeline, _ = self.planner.plan_pattern((e.part,), None, layout)
        return _test_any_row(pipeline)

    def _compile_exists(self, e: t.ExistsSubquery, layout: Layout) -> Evaluator:
        pipeline, _ = self.planner.plan_exists(e.query, layout)
        return _test_any_row(pipeline)

    def _compile_pattern_comprehension(
        self, e: t.PatternComprehension, layout: Layout
    ) -> Evaluator:
        pipeline, inner = self.planner.plan_pattern((e.part,), e.predicate, layout)
        project = self.compile(e.projection, inner)
        return lambda row: [project(found) for found in pipeline.run(row[0], iter((row,)))]


def _test_any_row(pipeline: Pipeline) -> Evaluator:
    def test(row: Row) -> bool:
        for _ in pipeline.run(row[0], iter((row,))):
            return True
        return False

    return test


def _compile_call(call: Callable[..., Value], args: list[Evaluator]) -> Evaluator:
    def run(row: Row) -> Value:
        values = [arg(row) for arg in args]
        return None if None in values else call(*values)

    return run
