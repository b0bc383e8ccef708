# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""Expressions to closures: each is compiled once a plan and takes a row.

A closure that binds a name (a comprehension's variable) appends its value to the row, so a row
must be exactly as long as the layout that the expression was compiled for.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, Final, Protocol

from ..graph import Edge, Vertex
from . import tree as t
from .arithmetic import ARITHMETIC, negate
from .context import Evaluator, Row
from .describing import describe
from .dialect import ID_KEY, Dialect
from .errors import CypherError, type_error
from .functions import properties_of, readable
from .layout import Layout
from .operators import Filter, Pipeline
from .values import INTEGERS, NUMBERS, equals, is_in, less, less_equal, value_type

#: Functions that look into an element, which a deleted one does not allow.
_LOOKS_INSIDE: Final = frozenset(("labels", "properties", "keys"))


#: Expressions whose value is true, false or null whatever is in them.
_BOOLEAN: Final = (
    *(t.Comparison, t.Logic, t.Not, t.StringTest, t.In, t.IsNull, t.HasLabels),
    *(t.Quantifier, t.PatternPredicate, t.ExistsSubquery),
)


class Subplanner(Protocol):
    """Plans the patterns and subqueries that stand in expressions."""

    def pattern(
        self, parts: tuple[t.PatternPart, ...], where: t.Expr | None, layout: Layout
    ) -> tuple[Pipeline, Layout]: ...

    def subquery(self, query: t.Query, layout: Layout) -> tuple[Pipeline, Layout]: ...


class Compiler:
    """Compiles the expressions of one plan.

    ``deletes``: whether the query deletes, so that reading an element must make sure it is there.
    """

    def __init__(self, dialect: Dialect, deletes: bool, planner: Subplanner) -> None:
        self.dialect = dialect
        self.deletes = deletes
        self.planner = planner
        self._handlers: dict[type, Callable[[Any, Layout], Evaluator]] = {
            t.Literal_: self._literal,
            t.Parameter: self._parameter,
            t.Variable: self._variable,
            t.Property: self._property,
            t.ListLiteral: self._list,
            t.MapLiteral: self._map,
            t.MapProjection: self._map_projection,
            t.Index: self._index,
            t.Slice: self._slice,
            t.Not: self._not,
            t.Sign: self._sign,
            t.Arithmetic: self._arithmetic,
            t.Comparison: self._comparison,
            t.Logic: self._logic,
            t.StringTest: self._string_test,
            t.In: self._in,
            t.IsNull: self._is_null,
            t.HasLabels: self._has_labels,
            t.Call: self._call,
            t.Case: self._case,
            t.ListComprehension: self._list_comprehension,
            t.Quantifier: self._quantifier,
            t.Reduce: self._reduce,
            t.PatternPredicate: self._pattern_predicate,
            t.PatternComprehension: self._pattern_comprehension,
            t.ExistsSubquery: self._exists,
        }

    def compile(self, e: t.Expr, layout: Layout) -> Evaluator:
        """A function of a row of this layout."""
        return self._handlers[type(e)](e, layout)

    def filter(self, e: t.Expr, layout: Layout) -> Filter:
        """The operator that keeps the rows for which an expression is true."""
        return Filter(describe(e), self.compile(e, layout), isinstance(e, _BOOLEAN))

    # ------------------------------------------------------------------ atoms

    def _literal(self, e: t.Literal_, layout: Layout) -> Evaluator:
        value = e.value
        return lambda row: value

    def _parameter(self, e: t.Parameter, layout: Layout) -> Evaluator:
        name = e.name
        return lambda row: row[0].parameters[name]

    def _variable(self, e: t.Variable, layout: Layout) -> Evaluator:
        return itemgetter(layout.slots[e.name])

    def _list(self, e: t.ListLiteral, layout: Layout) -> Evaluator:
        items = [self.compile(item, layout) for item in e.items]
        if all(type(item) is t.Literal_ for item in e.items):
            constant = [item.value for item in e.items if isinstance(item, t.Literal_)]
            return lambda row: constant
        return lambda row: [item(row) for item in items]

    def _map(self, e: t.MapLiteral, layout: Layout) -> Evaluator:
        entries = [(key, self.compile(value, layout)) for key, value in e.entries]
        return lambda row: {key: value(row) for key, value in entries}

    def _map_projection(self, e: t.MapProjection, layout: Layout) -> Evaluator:
        target = self.compile(e.target, layout)
        entries = [
            (key, None if key is None else self.compile(value, layout)) for key, value in e.entries
        ]

        def project(row: Row) -> Any:
            value = target(row)
            if value is None:
                return None
            made: dict[str, Any] = {}
            for key, entry in entries:
                if key is None or entry is None:
                    made.update(properties_of(value))
                else:
                    made[key] = entry(row)
            return made

        return project

    # ------------------------------------------------------------------ looking inside

    def _property(self, e: t.Property, layout: Layout) -> Evaluator:
        key = e.key
        target = self.compile(e.target, layout)
        if key == ID_KEY and self.dialect.custom_ids:
            return lambda row: _element_id(target(row))
        if self.deletes:
            return lambda row: _read_existing(row[0].deleted, target(row), key)
        if type(e.target) is not t.Variable:
            return lambda row: read_property(target(row), key)
        slot = layout.slots[e.target.name]

        def read(row: Row) -> Any:
            value = row[slot]
            kind = type(value)
            if kind is Vertex or kind is Edge:
                held = value.properties.get(key)
                return list(held) if type(held) is tuple else held
            return read_property(value, key)

        return read

    def _index(self, e: t.Index, layout: Layout) -> Evaluator:
        target, index = self.compile(e.target, layout), self.compile(e.index, layout)
        dynamic = "dynamic property" not in self.dialect.excluded

        def get(row: Row) -> Any:
            value, at = target(row), index(row)
            if value is None or at is None:
                return None
            kind = type(value)
            if kind is list:
                if type(at) not in INTEGERS:
                    raise type_error(
                        f"A list index is an Integer, not a {value_type(at)}",
                        "ListElementAccessByNonInteger",
                    )
                return value[at] if -len(value) <= at < len(value) else None
            if type(at) is not str:
                if kind in (dict, Vertex, Edge):
                    raise type_error(
                        f"A map key is a String, not a {value_type(at)}",
                        "MapElementAccessByNonString",
                    )
            elif kind is dict:
                return value.get(at)
            elif kind is Vertex or kind is Edge:
                if not dynamic:
                    raise CypherError(
                        "Unsupported",
                        "Unsupported",
                        "Access to a property by a computed key is not supported in this release",
                    )
                return _read_existing(row[0].deleted, value, at)
            raise type_error(f"Cannot index a {value_type(value)}", "InvalidElementAccess")

        return get

    def _slice(self, e: t.Slice, layout: Layout) -> Evaluator:
        target = self.compile(e.target, layout)
        bounds = [None if b is None else self.compile(b, layout) for b in (e.start, e.stop)]

        def cut(row: Row) -> Any:
            value = target(row)
            ends = []
            for bound in bounds:
                end = None if bound is None else bound(row)
                if bound is not None and end is None:
                    return None
                if end is not None and type(end) not in INTEGERS:
                    raise type_error(f"Cannot slice at a {value_type(end)}", "InvalidArgumentType")
                ends.append(end)
            if value is None:
                return None
            if type(value) is not list:
                raise type_error(f"Cannot slice a {value_type(value)}", "InvalidArgumentType")
            return value[ends[0] : ends[1]]

        return cut

    # ------------------------------------------------------------------ operators

    def _not(self, e: t.Not, layout: Layout) -> Evaluator:
        operand = self.compile(e.operand, layout)

        def invert(row: Row) -> Any:
            value = operand(row)
            if value is True:
                return False
            if value is False:
                return True
            _null_boolean(value)
            return None

        return invert

    def _sign(self, e: t.Sign, layout: Layout) -> Evaluator:
        operand = self.compile(e.operand, layout)
        if e.op == "-":
            return lambda row: negate(operand(row))
        return lambda row: negate(negate(operand(row)))

    def _arithmetic(self, e: t.Arithmetic, layout: Layout) -> Evaluator:
        compute = ARITHMETIC[e.op]
        left, right = self.compile(e.left, layout), self.compile(e.right, layout)
        return lambda row: compute(left(row), right(row))

    def _comparison(self, e: t.Comparison, layout: Layout) -> Evaluator:
        operands = [self.compile(operand, layout) for operand in e.operands]
        if len(operands) == 2:
            return _compare(e.ops[0], operands[0], operands[1], e.operands[1])
        tests = [_TESTS[op] for op in e.ops]

        def chain(row: Row) -> Any:
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

    def _logic(self, e: t.Logic, layout: Layout) -> Evaluator:
        operands = [self.compile(operand, layout) for operand in e.operands]
        return _LOGIC[e.op](operands)

    def _string_test(self, e: t.StringTest, layout: Layout) -> Evaluator:
        test = _STRING_TESTS[e.op]
        left, right = self.compile(e.left, layout), self.compile(e.right, layout)

        def compare(row: Row) -> Any:
            text, other = left(row), right(row)
            return test(text, other) if type(text) is str and type(other) is str else None

        return compare

    def _in(self, e: t.In, layout: Layout) -> Evaluator:
        item, source = self.compile(e.item, layout), self.compile(e.source, layout)
        place = object()

        def contains(row: Row) -> Any:
            values = source(row)
            if values is None:
                return None
            wanted = item(row)
            if len(_list_of(values, "IN")) < _LONG_LIST or type(wanted) not in _QUICK:
                return is_in(wanted, values)
            known: dict[object, _Members] = row[0].members
            members = known.get(place)
            if members is None or members.source is not values:
                known[place] = _Members(values)
                return is_in(wanted, values)
            return members.has(wanted)

        return contains

    def _is_null(self, e: t.IsNull, layout: Layout) -> Evaluator:
        operand = self.compile(e.operand, layout)
        if e.negated:
            return lambda row: operand(row) is not None
        return lambda row: operand(row) is None

    def _has_labels(self, e: t.HasLabels, layout: Layout) -> Evaluator:
        target, labels = self.compile(e.target, layout), e.labels

        def test(row: Row) -> Any:
            value = target(row)
            if type(value) is Vertex:
                return all(label in value.labels for label in labels)
            if type(value) is Edge:
                return all(label == value.label for label in labels)
            if value is None:
                return None
            raise type_error(f"A {value_type(value)} has no labels", "InvalidArgumentType")

        return test

    # ------------------------------------------------------------------ functions

    def _call(self, e: t.Call, layout: Layout) -> Evaluator:
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
            return _call_many(call, args)
        only = args[0]
        if self.deletes and e.name in _LOOKS_INSIDE:
            return lambda row: (
                None if (value := only(row)) is None else call(_existing(row[0].deleted, value))
            )
        if type(e.args[0]) is t.Variable:
            slot = layout.slots[e.args[0].name]
            return lambda row: None if (value := row[slot]) is None else call(value)
        return lambda row: None if (value := only(row)) is None else call(value)

    def _case(self, e: t.Case, layout: Layout) -> Evaluator:
        default: Evaluator = (
            (lambda row: None) if e.default is None else self.compile(e.default, layout)
        )
        whens = [
            (self.compile(condition, layout), self.compile(value, layout))
            for condition, value in e.whens
        ]
        if e.subject is None:

            def search(row: Row) -> Any:
                for condition, value in whens:
                    if condition(row) is True:
                        return value(row)
                return default(row)

            return search
        subject = self.compile(e.subject, layout)

        def select(row: Row) -> Any:
            wanted = subject(row)
            for candidate, value in whens:
                if equals(wanted, candidate(row)):
                    return value(row)
            return default(row)

        return select

    # ------------------------------------------------------------------ lists

    def _list_comprehension(self, e: t.ListComprehension, layout: Layout) -> Evaluator:
        source = self.compile(e.source, layout)
        inner = layout.bind(e.variable)
        predicate = None if e.predicate is None else self.compile(e.predicate, inner)
        project = None if e.projection is None else self.compile(e.projection, inner)

        def comprehend(row: Row) -> Any:
            values = source(row)
            if values is None:
                return None
            row[0].tick(len(_list_of(values, "A list comprehension")))
            if predicate is not None:
                values = [value for value in values if _holds(predicate(row + (value,)))]
            if project is not None:
                values = [project(row + (value,)) for value in values]
            return values

        return comprehend

    def _quantifier(self, e: t.Quantifier, layout: Layout) -> Evaluator:
        source = self.compile(e.source, layout)
        predicate = self.compile(e.predicate, layout.bind(e.variable))
        decide = _QUANTIFIERS[e.kind]

        def test(row: Row) -> Any:
            values = source(row)
            if values is None:
                return None
            row[0].tick(len(_list_of(values, f"{e.kind}()")))
            return decide(_truth(predicate(row + (value,))) for value in values)

        return test

    def _reduce(self, e: t.Reduce, layout: Layout) -> Evaluator:
        initial, source = self.compile(e.initial, layout), self.compile(e.source, layout)
        body = self.compile(e.body, layout.bind(e.accumulator, e.variable))

        def fold(row: Row) -> Any:
            result, values = initial(row), source(row)
            if values is None:
                return None
            row[0].tick(len(_list_of(values, "reduce()")))
            for value in values:
                result = body(row + (result, value))
            return result

        return fold

    # ------------------------------------------------------------------ patterns

    def _pattern_predicate(self, e: t.PatternPredicate, layout: Layout) -> Evaluator:
        pipeline, _ = self.planner.pattern((e.part,), None, layout)
        return _any_row(pipeline)

    def _exists(self, e: t.ExistsSubquery, layout: Layout) -> Evaluator:
        pipeline, _ = self.planner.subquery(e.query, layout)
        return _any_row(pipeline)

    def _pattern_comprehension(self, e: t.PatternComprehension, layout: Layout) -> Evaluator:
        pipeline, inner = self.planner.pattern((e.part,), e.predicate, layout)
        project = self.compile(e.projection, inner)
        return lambda row: [project(found) for found in pipeline.run(row[0], iter((row,)))]


# ---------------------------------------------------------------------- run time


def _any_row(pipeline: Pipeline) -> Evaluator:
    def test(row: Row) -> bool:
        for _ in pipeline.run(row[0], iter((row,))):
            return True
        return False

    return test


def _call_many(call: Callable[..., Any], args: list[Evaluator]) -> Evaluator:
    def run(row: Row) -> Any:
        values = [arg(row) for arg in args]
        return None if None in values else call(*values)

    return run


def read_property(value: Any, key: str) -> Any:
    """``value.key``: null for a missing one."""
    kind = type(value)
    if kind is Vertex or kind is Edge:
        return readable(value.properties.get(key))
    if kind is dict:
        return value.get(key)
    if value is None:
        return None
    raise type_error(
        f"Type mismatch: expected a map, node or relationship but was {value_type(value)}",
        "InvalidArgumentType",
    )


def _existing(deleted: set[Any], value: Any) -> Any:
    if type(value) in (Vertex, Edge) and value in deleted:
        raise CypherError(
            "EntityNotFound", "DeletedEntityAccess", f"Element {value.id} was deleted in this query"
        )
    return value


def _read_existing(deleted: set[Any], value: Any, key: str) -> Any:
    return read_property(_existing(deleted, value), key)


def _element_id(value: Any) -> Any:
    if type(value) is Vertex or type(value) is Edge:
        return value.id
    return read_property(value, ID_KEY)


#: Lists as long as this are made into a set when they are looked through again.
_LONG_LIST: Final = 12
_QUICK: Final = INTEGERS | {str}


class _Members:
    """A list that IN looks through for row after row, as a set from the second time on."""

    __slots__ = ("_absent", "_values", "source")

    def __init__(self, source: list[Any]) -> None:
        self.source = source
        self._values: set[Any] | None = None
        self._absent: bool | None = False

    def has(self, wanted: str | int) -> bool | None:
        if self._values is None:
            self._values = {v for v in self.source if type(v) is str or type(v) in NUMBERS}
            self._absent = None if None in self.source else False
        return True if wanted in self._values else self._absent


def _list_of(value: Any, what: str) -> list[Any]:
    if type(value) is not list:
        raise type_error(f"{what} needs a List, not a {value_type(value)}", "InvalidArgumentType")
    return value


def _null_boolean(value: Any) -> None:
    """What is left when a boolean operand is neither true nor false."""
    if value is not None:
        raise type_error(f"Expected a Boolean but was {value_type(value)}", "InvalidArgumentType")


def _truth(value: Any) -> bool | None:
    if value is True:
        return True
    if value is False:
        return False
    _null_boolean(value)
    return None


def _holds(value: Any) -> bool:
    return _truth(value) is True


def _and(operands: list[Evaluator]) -> Evaluator:
    if len(operands) == 2:
        return _and_two(*operands)

    def test(row: Row) -> Any:
        result: bool | None = True
        for operand in operands:
            value = operand(row)
            if value is False:
                return False
            if value is not True:
                _null_boolean(value)
                result = None
        return result

    return test


def _and_two(one: Evaluator, other: Evaluator) -> Evaluator:
    def test(row: Row) -> Any:
        value = one(row)
        if value is True:
            return _truth(other(row))
        if value is False:
            return False
        _null_boolean(value)
        return False if _truth(other(row)) is False else None

    return test


def _or(operands: list[Evaluator]) -> Evaluator:
    def test(row: Row) -> Any:
        result: bool | None = False
        for operand in operands:
            value = operand(row)
            if value is True:
                return True
            if value is not False:
                _null_boolean(value)
                result = None
        return result

    return test


def _xor(operands: list[Evaluator]) -> Evaluator:
    def test(row: Row) -> Any:
        result: bool | None = False
        for operand in operands:
            value = _truth(operand(row))
            result = None if value is None or result is None else result is not value
        return result

    return test


def _regex(text: str, pattern: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except (re.error, RecursionError, OverflowError) as error:
        raise CypherError(
            "ArgumentError", "InvalidArgumentValue", f"Invalid regular expression: {error}"
        ) from None


def _not_equal(left: Any, right: Any) -> bool | None:
    same = equals(left, right)
    return None if same is None else not same


def _greater(left: Any, right: Any) -> bool | None:
    return less(right, left)


def _greater_equal(left: Any, right: Any) -> bool | None:
    return less_equal(right, left)


_TESTS: Final[dict[str, Callable[[Any, Any], bool | None]]] = {
    "=": equals,
    "<>": _not_equal,
    "<": less,
    "<=": less_equal,
    ">": _greater,
    ">=": _greater_equal,
}


#: What Python itself answers for two numbers, and for two strings.
_NATIVE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(op: str, left: Evaluator, right: Evaluator, right_expr: t.Expr) -> Evaluator:
    test = _TESTS[op]
    if type(right_expr) is not t.Literal_ or right_expr.kind not in ("int", "float", "string"):
        return lambda row: test(left(row), right(row))
    constant, native = right_expr.value, _NATIVE[op]
    if right_expr.kind == "string":

        def compare_text(row: Row) -> bool | None:
            value = left(row)
            return native(value, constant) if type(value) is str else test(value, constant)

        return compare_text

    def compare_number(row: Row) -> bool | None:
        value = left(row)
        kind = type(value)
        if kind is int or kind is float:
            return native(value, constant)
        return test(value, constant)

    return compare_number


_LOGIC: Final[dict[str, Callable[[list[Evaluator]], Evaluator]]] = {
    "AND": _and,
    "OR": _or,
    "XOR": _xor,
}

_STRING_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "STARTS": str.startswith,
    "ENDS": str.endswith,
    "CONTAINS": str.__contains__,
    "=~": _regex,
}


def _all(results: Iterator[bool | None]) -> bool | None:
    outcome: bool | None = True
    for result in results:
        if result is False:
            return False
        if result is None:
            outcome = None
    return outcome


def _any(results: Iterator[bool | None]) -> bool | None:
    outcome: bool | None = False
    for result in results:
        if result is True:
            return True
        if result is None:
            outcome = None
    return outcome


def _none(results: Iterator[bool | None]) -> bool | None:
    found = _any(results)
    return None if found is None else not found


def _single(results: Iterator[bool | None]) -> bool | None:
    count, unknown = 0, False
    for result in results:
        if result is True:
            count += 1
            if count > 1:
                return False
        elif result is None:
            unknown = True
    return None if unknown else count == 1


_QUANTIFIERS: Final[dict[str, Callable[[Iterator[bool | None]], bool | None]]] = {
    "all": _all,
    "any": _any,
    "none": _none,
    "single": _single,
}
