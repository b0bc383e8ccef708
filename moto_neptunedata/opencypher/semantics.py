"""Checks of a syntax tree before anything runs: names, types as far as known, composition.

A static type is a name (``"any"`` when unknown) or ``("list", element type)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

from . import tree as t
from .aggregates import AGGREGATES
from .dialect import Dialect
from .errors import compile_error, unsupported
from .rewrite import children, free_variables, has_aggregate, is_aggregate, substitute, walk

Type = Any
Scope = dict[str, Type]

_UNKNOWN: Final = ("any", "null")
_ENTITIES: Final = ("node", "rel", "path")
_UPDATES: Final = (t.Create, t.Merge, t.Set, t.Delete)
_KEEPS_PATTERN: Final = (t.Logic, t.Not, t.PatternPredicate)


def check(query: t.Query, text: str, dialect: Dialect) -> None:
    """Raises ``CypherError`` of phase compile time for what cannot run."""
    _Checker(text, dialect).query(query, {})


def _kind(type_: Type) -> str:
    return type_ if type(type_) is str else "list"


def _element(type_: Type) -> Type:
    return "any" if type(type_) is str else type_[1]


def _common(types: Iterable[Type]) -> Type:
    """The type of a value that is of one of these types."""
    kinds = {type_ for type_ in types if type_ != "null"}
    if len(kinds) == 1:
        return kinds.pop()
    return "number" if kinds and kinds <= {"int", "float", "number"} else "any"


class _Checker:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self._aggregation = "no"  # or "allowed", "inside"
        self._pattern_allowed = False
        self._expressions: dict[type, Callable[[Any, Scope], Type]] = {
            t.Literal_: lambda e, scope: e.kind,
            t.Parameter: lambda e, scope: "any",
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
            t.CountStar: self._count_star,
            t.Case: self._case,
            t.ListComprehension: self._list_comprehension,
            t.Quantifier: self._quantifier,
            t.Reduce: self._reduce,
            t.PatternPredicate: self._pattern_predicate,
            t.PatternComprehension: self._pattern_comprehension,
            t.ExistsSubquery: self._exists,
        }
        self._clauses: dict[type, Callable[[Any, Scope], Scope]] = {
            t.Match: self._match,
            t.Unwind: self._unwind,
            t.Projection: self._projection,
            t.Create: self._create,
            t.Merge: self._merge,
            t.Set: self._set,
            t.Delete: self._delete,
            t.CallSubquery: self._subquery,
            t.CallProcedure: self._procedure,
        }
        self._changes: dict[type, Callable[[Any, Scope], None]] = {
            t.SetProperty: self._set_property,
            t.SetProperties: self._set_properties,
            t.SetLabels: self._set_labels,
            t.RemoveProperty: self._changed,
            t.RemoveLabels: self._set_labels,
        }

    # ------------------------------------------------------------------ helpers

    def fail(self, pos: int, detail: str, message: str, kind: str = "SyntaxError") -> NoReturn:
        raise compile_error(self.text, pos, detail, message, kind)

    def refuse(self, pos: int, what: str) -> None:
        """Refuse what the dialect's table leaves out."""
        exclusion = self.dialect.excluded.get(what)
        if exclusion is not None:
            raise unsupported(self.text, pos, exclusion.construct)

    @contextmanager
    def _aggregating(self, state: str) -> Iterator[None]:
        before, self._aggregation = self._aggregation, state
        yield
        self._aggregation = before

    def expr(self, e: t.Expr, scope: Scope) -> Type:
        """The static type of an expression."""
        handler = self._expressions[type(e)]
        if not self._pattern_allowed or isinstance(e, _KEEPS_PATTERN):
            return handler(e, scope)
        self._pattern_allowed = False
        result = handler(e, scope)
        self._pattern_allowed = True
        return result

    def predicate(self, e: t.Expr, scope: Scope) -> None:
        """An expression that must be a boolean and may be a pattern."""
        before, self._pattern_allowed = self._pattern_allowed, True
        self._want_boolean(e, scope)
        self._pattern_allowed = before

    def _want_boolean(self, e: t.Expr, scope: Scope) -> None:
        kind = _kind(self.expr(e, scope))
        if kind not in ("bool", *_UNKNOWN):
            self._mismatch(e.pos, "Boolean", kind)

    def _mismatch(self, pos: int, expected: str, found: str, kind: str = "SyntaxError") -> NoReturn:
        self.fail(
            pos,
            "InvalidArgumentType",
            f"Type mismatch: expected {expected} but was {found.capitalize()}",
            kind,
        )

    # ------------------------------------------------------------------ expressions

    def _variable(self, e: t.Variable, scope: Scope) -> Type:
        if e.name not in scope:
            self.fail(e.pos, "UndefinedVariable", f"Variable `{e.name}` not defined")
        return scope[e.name]

    def _property(self, e: t.Property, scope: Scope) -> Type:
        kind = _kind(self.expr(e.target, scope))
        if kind not in ("node", "rel", "map", *_UNKNOWN):
            self._mismatch(e.pos, "Node, Relationship or Map", kind, "TypeError")
        return "any"

    def _list(self, e: t.ListLiteral, scope: Scope) -> Type:
        return ("list", _common([self.expr(item, scope) for item in e.items]))

    def _map(self, e: t.MapLiteral, scope: Scope) -> Type:
        for _, value in e.entries:
            self.expr(value, scope)
        return "map"

    def _map_projection(self, e: t.MapProjection, scope: Scope) -> Type:
        kind = _kind(self.expr(e.target, scope))
        if kind not in ("node", "rel", "map", *_UNKNOWN):
            self._mismatch(e.pos, "Node, Relationship or Map", kind)
        for key, value in e.entries:
            if key is not None:
                self.expr(value, scope)
        return "map"

    def _index(self, e: t.Index, scope: Scope) -> Type:
        target = self.expr(e.target, scope)
        index = _kind(self.expr(e.index, scope))
        kind = _kind(target)
        if kind not in ("list", "map", "node", "rel", *_UNKNOWN):
            self._mismatch(e.pos, "List or Map", kind, "TypeError")
        if kind == "list" and index not in ("int", "number", *_UNKNOWN):
            self._mismatch(e.index.pos, "Integer", index, "TypeError")
        return _element(target)

    def _slice(self, e: t.Slice, scope: Scope) -> Type:
        target = self.expr(e.target, scope)
        if _kind(target) not in ("list", *_UNKNOWN):
            self._mismatch(e.pos, "List", _kind(target), "TypeError")
        for bound in (e.start, e.stop):
            kind = "int" if bound is None else _kind(self.expr(bound, scope))
            if kind not in ("int", "number", *_UNKNOWN):
                self._mismatch(e.pos, "Integer", kind, "TypeError")
        return target

    def _not(self, e: t.Not, scope: Scope) -> Type:
        self._want_boolean(e.operand, scope)
        return "bool"

    def _logic(self, e: t.Logic, scope: Scope) -> Type:
        for operand in e.operands:
            self._want_boolean(operand, scope)
        return "bool"

    def _sign(self, e: t.Sign, scope: Scope) -> Type:
        kind = _kind(self.expr(e.operand, scope))
        if kind not in ("int", "float", "number", *_UNKNOWN):
            self._mismatch(e.pos, "Float or Integer", kind)
        return kind

    def _arithmetic(self, e: t.Arithmetic, scope: Scope) -> Type:
        left, right = self.expr(e.left, scope), self.expr(e.right, scope)
        kinds = (_kind(left), _kind(right))
        if e.op == "+":
            return self._sum_type(e, left, right)
        for kind in kinds:
            if kind not in ("int", "float", "number", *_UNKNOWN):
                self._mismatch(e.pos, "Float or Integer", kind)
        if "any" in kinds:
            return "any"
        if e.op == "^":
            return "float"
        return "int" if kinds == ("int", "int") else "float" if "float" in kinds else "number"

    def _sum_type(self, e: t.Arithmetic, left: Type, right: Type) -> Type:
        kinds = (_kind(left), _kind(right))
        if "list" in kinds:
            return ("list", "any")
        if "any" in kinds or "null" in kinds:
            return "any"
        if "string" in kinds and all(k in ("string", "int", "float", "number") for k in kinds):
            return "string"
        for kind in kinds:
            if kind not in ("int", "float", "number"):
                self._mismatch(e.pos, "Float, Integer, String or List", kind)
        return "int" if kinds == ("int", "int") else "float" if "float" in kinds else "number"

    def _comparison(self, e: t.Comparison, scope: Scope) -> Type:
        for operand in e.operands:
            self.expr(operand, scope)
        return "bool"

    def _string_test(self, e: t.StringTest, scope: Scope) -> Type:
        self.refuse(e.pos, e.op)
        self.expr(e.left, scope)
        self.expr(e.right, scope)
        return "bool"

    def _in(self, e: t.In, scope: Scope) -> Type:
        self.expr(e.item, scope)
        kind = _kind(self.expr(e.source, scope))
        if kind not in ("list", *_UNKNOWN):
            self._mismatch(e.source.pos, "List", kind)
        return "bool"

    def _is_null(self, e: t.IsNull, scope: Scope) -> Type:
        self.expr(e.operand, scope)
        return "bool"

    def _has_labels(self, e: t.HasLabels, scope: Scope) -> Type:
        kind = _kind(self.expr(e.target, scope))
        if kind not in ("node", "rel", *_UNKNOWN):
            self._mismatch(e.pos, "Node or Relationship", kind)
        return "bool"

    def _count_star(self, e: t.CountStar, scope: Scope) -> Type:
        self._want_aggregation(e)
        return "int"

    def _want_aggregation(self, e: t.Expr) -> None:
        if self._aggregation == "no":
            self.fail(
                e.pos, "InvalidAggregation", "Invalid use of aggregating functions in this context"
            )
        if self._aggregation == "inside":
            self.fail(
                e.pos,
                "NestedAggregation",
                "Can't use aggregate functions inside of aggregate functions",
            )

    def _call(self, e: t.Call, scope: Scope) -> Type:
        if e.name in AGGREGATES:
            self._want_aggregation(e)
            with self._aggregating("inside"):
                for arg in e.args:
                    self.expr(arg, scope)
            _, count, result = AGGREGATES[e.name]
            self._want_arguments(e, count, count)
            return result
        if e.distinct:
            self.fail(e.pos, "UnexpectedSyntax", f"DISTINCT is not for the function '{e.name}'")
        if e.name == "exists":
            return self._exists_call(e, scope)
        function = self.dialect.functions.get(e.name)
        if function is None:
            refused = self.dialect.excluded_functions.get(e.name)
            if refused is not None:
                raise unsupported(self.text, e.pos, f"The function {refused.construct}")
            self.fail(e.pos, "UnknownFunction", f"Unknown function '{e.name}'")
        if self._aggregation == "inside" and not function.constant:
            self.fail(
                e.pos,
                "NonConstantExpression",
                "Can't use non-deterministic functions inside of aggregate functions",
            )
        types = [self.expr(arg, scope) for arg in e.args]
        self._want_arguments(e, function.least, function.most)
        if function.kinds and _kind(types[0]) not in (*function.kinds, *_UNKNOWN):
            expected = " or ".join(kind.capitalize() for kind in function.kinds)
            self._mismatch(e.args[0].pos, expected, _kind(types[0]))
        return function.result

    def _want_arguments(self, e: t.Call, least: int, most: int) -> None:
        if not least <= len(e.args) <= most:
            self.fail(
                e.pos,
                "InvalidNumberOfArguments",
                f"The function '{e.name}' cannot take {len(e.args)} arguments",
            )

    def _exists_call(self, e: t.Call, scope: Scope) -> Type:
        self._want_arguments(e, 1, 1)
        if type(e.args[0]) is t.PatternPredicate:
            self.predicate(e.args[0], scope)
        elif type(e.args[0]) in (t.Property, t.Index):
            self.expr(e.args[0], scope)
        else:
            self.fail(e.pos, "InvalidArgumentType", "exists() takes a property or a pattern")
        return "bool"

    def _case(self, e: t.Case, scope: Scope) -> Type:
        if e.subject is not None:
            self.expr(e.subject, scope)
        types = [] if e.default is None else [self.expr(e.default, scope)]
        for condition, value in e.whens:
            if e.subject is None:
                self.predicate(condition, scope)
            else:
                self.expr(condition, scope)
            types.append(self.expr(value, scope))
        return _common(types)

    def _source(self, e: t.Expr, scope: Scope) -> Type:
        source = self.expr(e, scope)
        if _kind(source) not in ("list", *_UNKNOWN):
            self._mismatch(e.pos, "List", _kind(source))
        return _element(source)

    def _list_comprehension(self, e: t.ListComprehension, scope: Scope) -> Type:
        element = self._source(e.source, scope)
        inner = {**scope, e.variable: element}
        with self._aggregating("no"):
            if e.predicate is not None:
                self.predicate(e.predicate, inner)
            if e.projection is not None:
                element = self.expr(e.projection, inner)
        return ("list", element)

    def _quantifier(self, e: t.Quantifier, scope: Scope) -> Type:
        element = self._source(e.source, scope)
        with self._aggregating("no"):
            self.predicate(e.predicate, {**scope, e.variable: element})
        return "bool"

    def _reduce(self, e: t.Reduce, scope: Scope) -> Type:
        self.expr(e.initial, scope)
        element = self._source(e.source, scope)
        with self._aggregating("no"):
            self.expr(e.body, {**scope, e.variable: element, e.accumulator: "any"})
        return "any"

    def _pattern_predicate(self, e: t.PatternPredicate, scope: Scope) -> Type:
        if not self._pattern_allowed:
            self.fail(e.pos, "UnexpectedSyntax", "A pattern is not a value; use it in WHERE")
        for element in e.part.elements:
            name = element.variable
            if not name.startswith(t.HIDDEN) and name not in scope:
                self.fail(element.pos, "UndefinedVariable", f"Variable `{name}` not defined")
        with self._aggregating("no"):
            self._bind_pattern((e.part,), scope)
        return "bool"

    def _pattern_comprehension(self, e: t.PatternComprehension, scope: Scope) -> Type:
        with self._aggregating("no"):
            inner = self._bind_pattern((e.part,), scope)
            if e.predicate is not None:
                self.predicate(e.predicate, inner)
            return ("list", self.expr(e.projection, inner))

    def _exists(self, e: t.ExistsSubquery, scope: Scope) -> Type:
        for node in walk(e.query):
            if isinstance(node, t.Clause) and isinstance(node, _UPDATES):
                self.fail(node.pos, "InvalidClauseComposition", "EXISTS { } cannot contain updates")
        with self._aggregating("no"):
            self._parts(e.query, scope, in_exists=True)
        return "bool"

    # ------------------------------------------------------------------ patterns

    def _bind_pattern(self, parts: tuple[t.PatternPart, ...], scope: Scope) -> Scope:
        """The scope with what a pattern to be matched binds; checks the pattern's names."""
        inner = dict(scope)
        own_rels: set[str] = set()
        for part in parts:
            for node in part.nodes:
                self._bind_node(node, inner)
            for rel in part.rels:
                self._bind_rel(rel, inner, own_rels)
            if part.path is not None:
                if part.path in inner:
                    self._already_bound(part.pos, part.path)
                inner[part.path] = "path"
        for part in parts:
            for element in part.elements:
                self._match_properties(element.properties, inner)
        return inner

    def _already_bound(self, pos: int, name: str) -> NoReturn:
        self.fail(pos, "VariableAlreadyBound", f"Variable `{name}` already declared")

    def _conflict(self, pos: int, name: str, found: Type) -> NoReturn:
        self.fail(
            pos,
            "VariableTypeConflict",
            f"Type mismatch: `{name}` already defined with conflicting type {_kind(found)}",
        )

    def _bind_node(self, node: t.NodePattern, scope: Scope) -> None:
        found = scope.setdefault(node.variable, "node")
        if _kind(found) not in ("node", *_UNKNOWN):
            self._conflict(node.pos, node.variable, found)

    def _bind_rel(self, rel: t.RelPattern, scope: Scope, own: set[str]) -> None:
        wanted: Type = "rel" if rel.length is None else ("list", "rel")
        found = scope.setdefault(rel.variable, wanted)
        if found not in (wanted, *_UNKNOWN) and not (
            _kind(found) == "list" == _kind(wanted) and _element(found) in _UNKNOWN
        ):
            self._conflict(rel.pos, rel.variable, found)
        if rel.variable in own:
            self.fail(
                rel.pos,
                "RelationshipUniquenessViolation",
                f"Cannot use the same relationship variable `{rel.variable}` twice in a pattern",
            )
        own.add(rel.variable)

    def _match_properties(self, properties: t.Expr | None, scope: Scope) -> None:
        if properties is None:
            return
        if type(properties) is t.Parameter:
            self.fail(
                properties.pos,
                "InvalidParameterUse",
                "Parameter maps cannot be used in MATCH and MERGE patterns",
            )
        self.expr(properties, scope)

    # ------------------------------------------------------------------ queries

    def query(self, query: t.Query, scope: Scope) -> Scope:
        """The scope that the query returns: its columns."""
        return self._parts(query, scope)

    def _parts(self, query: t.Query, scope: Scope, in_exists: bool = False) -> Scope:
        if len(set(query.union_all)) > 1:
            self.fail(
                query.parts[1].pos,
                "InvalidClauseComposition",
                "UNION and UNION ALL cannot be mixed",
            )
        results = [self._single(part, scope, in_exists) for part in query.parts]
        for part, result in zip(query.parts[1:], results[1:]):
            if list(result) != list(results[0]):
                self.fail(
                    part.pos,
                    "DifferentColumnsInUnion",
                    "All sub queries in an UNION must have the same column names",
                )
        if len(query.parts) > 1:
            for part in query.parts:
                for clause in part.clauses:
                    if isinstance(clause, _UPDATES):
                        self.refuse(clause.pos, "UNION of writes")
        return (
            {name: _common([result[name] for result in results]) for name in results[0]}
            if results
            else {}
        )

    def _single(self, query: t.SingleQuery, scope: Scope, in_exists: bool) -> Scope:
        self._composition(query, in_exists)
        for clause in query.clauses:
            scope = self._clauses[type(clause)](clause, scope)
        last = query.clauses[-1]
        return scope if type(last) is t.Projection and last.final else {}

    def _composition(self, query: t.SingleQuery, in_exists: bool) -> None:
        def fail(clause: t.Clause, message: str) -> NoReturn:
            self.fail(clause.pos, "InvalidClauseComposition", message)

        updated = False
        for clause in query.clauses[:-1]:
            if type(clause) is t.Projection and clause.final:
                fail(clause, "RETURN can only be used at the end of the query")
        for clause in query.clauses:
            if isinstance(clause, _UPDATES):
                updated = True
            elif type(clause) is t.Projection:
                updated = False
            elif updated:
                fail(clause, "WITH is required between an updating clause and a reading one")
        last = query.clauses[-1]
        if in_exists or isinstance(last, (*_UPDATES, t.CallSubquery, t.CallProcedure)):
            return
        if type(last) is not t.Projection or not last.final:
            fail(last, "A query must end with RETURN or an updating clause")

    # ------------------------------------------------------------------ reading clauses

    def _match(self, clause: t.Match, scope: Scope) -> Scope:
        inner = self._bind_pattern(clause.parts, scope)
        if clause.where is not None:
            self.predicate(clause.where, inner)
        return inner

    def _unwind(self, clause: t.Unwind, scope: Scope) -> Scope:
        source = self.expr(clause.source, scope)
        if clause.variable in scope:
            self._already_bound(clause.pos, clause.variable)
        kind = _kind(source)
        element = _element(source) if kind == "list" else "any" if kind == "null" else kind
        return {**scope, clause.variable: element}

    def _projection(self, clause: t.Projection, scope: Scope) -> Scope:
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
            with self._aggregating("allowed"):
                type_ = self.expr(item.expr, scope)
            if item.alias in result:
                self.fail(
                    item.pos,
                    "ColumnNameConflict",
                    f"Multiple result columns with the same name `{item.alias}`",
                )
            result[item.alias] = type_
        self._ordering(clause, scope, result)
        for what, bound in (("SKIP", clause.skip), ("LIMIT", clause.limit)):
            if bound is not None:
                self._row_count(what, bound)
        return result

    def _ordering(self, clause: t.Projection, scope: Scope, result: Scope) -> None:
        aggregating = any(has_aggregate(item.expr) for item in clause.items)
        if aggregating:
            self._unambiguous(clause, scope)
        closed = aggregating or clause.distinct
        visible = result if closed else {**scope, **result}
        for sort in clause.order:
            self._order_item(clause, sort.expr, scope, visible, closed, aggregating)
        if clause.where is not None:
            self.predicate(clause.where, visible)

    def _order_item(
        self,
        clause: t.Projection,
        e: t.Expr,
        scope: Scope,
        visible: Scope,
        closed: bool,
        aggregating: bool,
    ) -> None:
        if not closed:
            self.expr(e, visible)
            return
        if has_aggregate(e) and not aggregating:
            with self._aggregating("no"):
                self.expr(e, scope)
        left = substitute(e, order_mapping(clause, e, aggregating))
        for name in sorted(free_variables(left)):
            if name not in visible and (name in scope or not _bound_within(left, name)):
                grouped = any(
                    name in free_variables(item.expr)
                    for item in clause.items
                    if not has_aggregate(item.expr)
                )
                if aggregating and grouped and has_aggregate(e) and not has_aggregate(left):
                    self._ambiguous(e.pos)
                self.fail(e.pos, "UndefinedVariable", f"Variable `{name}` not defined")
        with self._aggregating("no"):
            self.expr(left, visible)

    def _ambiguous(self, pos: int) -> NoReturn:
        self.fail(
            pos,
            "AmbiguousAggregationExpression",
            "An expression that aggregates may otherwise use only grouping keys",
        )

    def _unambiguous(self, clause: t.Projection, scope: Scope) -> None:
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
            name = _named_by(node)
            if name in scope and name not in local and t.Variable(name) not in keys:
                self._ambiguous(node.pos)  # type: ignore[attr-defined]
            if isinstance(node, (t.ListComprehension, t.Quantifier, t.Reduce)):
                local |= {node.variable, getattr(node, "accumulator", node.variable)}
            for child in children(node):
                visit(child, local)

        for item in clause.items:
            if has_aggregate(item.expr):
                visit(item.expr, frozenset())

    def _row_count(self, what: str, e: t.Expr) -> None:
        if free_variables(e):
            self.fail(
                e.pos, "NonConstantExpression", f"It is not allowed to use variables in {what}"
            )
        if has_aggregate(e):
            self.fail(e.pos, "InvalidAggregation", f"{what} cannot aggregate")
        if type(e) is t.Literal_:
            if e.kind != "int":
                self._mismatch(e.pos, "Integer", e.kind)
            if e.value < 0:
                self.fail(e.pos, "NegativeIntegerArgument", f"{what} must not be negative")
        elif any(type(node) is t.Call for node in walk(e)):
            self.refuse(e.pos, f"computed {what}")
        self.expr(e, {})

    def _subquery(self, clause: t.CallSubquery, scope: Scope) -> Scope:
        results = [
            self._single(part, self._imported(clause, part, scope), False)
            for part in clause.query.parts
        ]
        if any(list(result) != list(results[0]) for result in results):
            self.fail(
                clause.pos,
                "DifferentColumnsInUnion",
                "All sub queries in an UNION must have the same column names",
            )
        if len(set(clause.query.union_all)) > 1:
            self.fail(clause.pos, "InvalidClauseComposition", "UNION and UNION ALL cannot be mixed")
        for name in results[0]:
            if name in scope:
                self._already_bound(clause.pos, name)
        return {**scope, **results[0]}

    def _imported(self, clause: t.CallSubquery, part: t.SingleQuery, scope: Scope) -> Scope:
        """What a subquery sees: the variables it names, or those of its leading WITH."""
        if clause.imports is not None:
            for name in clause.imports:
                if name not in scope:
                    self.fail(clause.pos, "UndefinedVariable", f"Variable `{name}` not defined")
            return {name: scope[name] for name in clause.imports}
        return scope if imports(part) else {}

    def _procedure(self, clause: t.CallProcedure, scope: Scope) -> Scope:
        self.refuse(clause.pos, "CALL")
        raise compile_error(
            self.text,
            clause.pos,
            "ProcedureNotFound",
            f"There is no procedure with the name `{clause.name}`",
            "ProcedureError",
        )

    # ------------------------------------------------------------------ writing clauses

    def _create(self, clause: t.Create, scope: Scope) -> Scope:
        for part in clause.parts:
            scope = self._new_part(part, scope, "CREATE")
        return scope

    def _new_part(self, part: t.PatternPart, scope: Scope, what: str) -> Scope:
        """The scope with what CREATE or MERGE of a part binds."""
        before = scope
        scope = dict(scope)
        for node in part.nodes:
            name = node.variable
            if name in scope:
                if _kind(scope[name]) not in ("node", *_UNKNOWN):
                    self._conflict(node.pos, name, scope[name])
                if node.labels or node.properties is not None or not part.rels:
                    self._already_bound(node.pos, name)
            self._new_properties(node.properties, scope if what == "CREATE" else before, what)
            scope[name] = "node"
        for rel in part.rels:
            if rel.variable in scope:
                self._already_bound(rel.pos, rel.variable)
            if rel.length is not None:
                self.fail(
                    rel.pos,
                    "CreatingVarLength",
                    f"Variable length relationships cannot be used in {what}",
                )
            if len(rel.types) != 1:
                self.fail(
                    rel.pos,
                    "NoSingleRelationshipType",
                    f"Exactly one relationship type must be specified for {what}",
                )
            if rel.both_arrows or (what == "CREATE" and rel.direction == "both"):
                self.fail(
                    rel.pos,
                    "RequiresDirectedRelationship",
                    f"Only directed relationships are supported in {what}",
                )
            self._new_properties(rel.properties, scope if what == "CREATE" else before, what)
            scope[rel.variable] = "rel"
        if part.path is not None:
            if part.path in scope:
                self._already_bound(part.pos, part.path)
            scope[part.path] = "path"
        return scope

    def _new_properties(self, properties: t.Expr | None, scope: Scope, what: str) -> None:
        if what == "MERGE":
            self._match_properties(properties, scope)
        elif properties is not None:
            self.expr(properties, scope)

    def _merge(self, clause: t.Merge, scope: Scope) -> Scope:
        scope = self._new_part(clause.part, scope, "MERGE")
        for change in (*clause.on_create, *clause.on_match):
            self._changes[type(change)](change, scope)
        return scope

    def _set(self, clause: t.Set, scope: Scope) -> Scope:
        for item in clause.items:
            self._changes[type(item)](item, scope)
        return scope

    def _changed(self, item: Any, scope: Scope, *more: str) -> None:
        kind = _kind(self.expr(item.target, scope))
        if kind not in ("node", "rel", *more, *_UNKNOWN):
            self._mismatch(item.pos, "Node or Relationship", kind)

    def _set_property(self, item: t.SetProperty, scope: Scope) -> None:
        self._changed(item, scope)
        self.expr(item.value, scope)

    def _set_properties(self, item: t.SetProperties, scope: Scope) -> None:
        self._changed(item, scope)
        kind = _kind(self.expr(item.value, scope))
        if kind not in ("map", "node", "rel", *_UNKNOWN):
            self.fail(
                item.pos,
                "InvalidArgumentType",
                "Expected Map for Set properties but didn't find one.",
            )

    def _set_labels(self, item: Any, scope: Scope) -> None:
        kind = _kind(self.expr(item.target, scope))
        if kind not in ("node", *_UNKNOWN):
            self._mismatch(item.pos, "Node", kind)

    def _delete(self, clause: t.Delete, scope: Scope) -> Scope:
        for target in clause.targets:
            if type(target) is t.HasLabels:
                self.fail(target.pos, "InvalidDelete", "DELETE does not remove labels or types")
            kind = _kind(self.expr(target, scope))
            if kind not in (*_ENTITIES, *_UNKNOWN):
                self.fail(
                    target.pos,
                    "InvalidArgumentType",
                    f"Expected one of [node, relationship, path] but got a {kind}",
                )
        return scope


def imports(part: t.SingleQuery) -> bool:
    """Whether a part of a subquery begins with WITH, which brings in outer variables."""
    first = part.clauses[0]
    return type(first) is t.Projection and not first.final


def order_mapping(clause: t.Projection, e: t.Expr, aggregating: bool) -> dict[t.Expr, t.Expr]:
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


def _named_by(node: t.Node) -> str:
    """The variable that a node of the tree stands for, if it is one that does."""
    if isinstance(node, t.Variable):
        return node.name
    return node.variable if isinstance(node, t.Element) else ""


def _bound_within(e: t.Expr, name: str) -> bool:
    """Whether a pattern or subquery in the expression binds the name itself."""
    return any(
        isinstance(node, (t.PatternComprehension, t.ExistsSubquery))
        and name in free_variables(node)
        for node in walk(e)
    )
