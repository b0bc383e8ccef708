"""Checks of whole queries before anything runs: names, types as far as known, composition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from .. import ast as t
from ..dialect import Dialect
from ..errors import compile_error
from .base import UPDATES
from .projections import ProjectionAnalyzer, has_leading_with
from .static_types import Scope, find_common_type, get_element_type, get_kind
from .updates import UpdateAnalyzer


def check(query: t.Query, text: str, dialect: Dialect) -> None:
    """Raises ``CypherError`` of phase compile time for what cannot run."""
    _QueryAnalyzer(text, dialect).check_query(query, {})


class _QueryAnalyzer(ProjectionAnalyzer, UpdateAnalyzer):
    def __init__(self, text: str, dialect: Dialect) -> None:
        super().__init__(text, dialect)
        self._clauses: dict[type, Callable[[Any, Scope], Scope]] = {
            t.Match: self._check_match,
            t.Unwind: self._check_unwind,
            t.Projection: self.check_projection,
            t.Create: self.check_create,
            t.Merge: self.check_merge,
            t.Set: self.check_set,
            t.Delete: self.check_delete,
            t.CallSubquery: self._check_subquery,
            t.CallProcedure: self._check_procedure,
        }

    def check_query(self, query: t.Query, scope: Scope) -> Scope:
        """The scope that the query returns: its columns."""
        return self.check_parts(query, scope)

    def check_parts(self, query: t.Query, scope: Scope, in_exists: bool = False) -> Scope:
        if len(set(query.union_all)) > 1:
            self._fail_mixed_union(query.parts[1].pos)
        results = [self._check_single(part, scope, in_exists) for part in query.parts]
        for part, result in zip(query.parts[1:], results[1:]):
            if list(result) != list(results[0]):
                self._fail_different_columns(part.pos)
        if len(query.parts) > 1:
            for part in query.parts:
                for clause in part.clauses:
                    if isinstance(clause, UPDATES):
                        self.refuse(clause.pos, "UNION of writes")
        return (
            {name: find_common_type([result[name] for result in results]) for name in results[0]}
            if results
            else {}
        )

    def _fail_mixed_union(self, pos: int) -> NoReturn:
        self.fail(pos, "InvalidClauseComposition", "UNION and UNION ALL cannot be mixed")

    def _fail_different_columns(self, pos: int) -> NoReturn:
        self.fail(
            pos,
            "DifferentColumnsInUnion",
            "All sub queries in an UNION must have the same column names",
        )

    def _check_single(self, query: t.SingleQuery, scope: Scope, in_exists: bool) -> Scope:
        self._check_composition(query, in_exists)
        for clause in query.clauses:
            scope = self._clauses[type(clause)](clause, scope)
        last = query.clauses[-1]
        return scope if type(last) is t.Projection and last.final else {}

    def _check_composition(self, query: t.SingleQuery, in_exists: bool) -> None:
        def fail(clause: t.Clause, message: str) -> NoReturn:
            self.fail(clause.pos, "InvalidClauseComposition", message)

        updated = False
        for clause in query.clauses[:-1]:
            if type(clause) is t.Projection and clause.final:
                fail(clause, "RETURN can only be used at the end of the query")
        for clause in query.clauses:
            if isinstance(clause, UPDATES):
                updated = True
            elif type(clause) is t.Projection:
                updated = False
            elif updated:
                fail(clause, "WITH is required between an updating clause and a reading one")
        last = query.clauses[-1]
        if in_exists or isinstance(last, (*UPDATES, t.CallSubquery, t.CallProcedure)):
            return
        if type(last) is not t.Projection or not last.final:
            fail(last, "A query must end with RETURN or an updating clause")

    def _check_match(self, clause: t.Match, scope: Scope) -> Scope:
        inner = self.bind_pattern(clause.parts, scope)
        if clause.where is not None:
            self.check_predicate(clause.where, inner)
        return inner

    def _check_unwind(self, clause: t.Unwind, scope: Scope) -> Scope:
        source = self.check_expression(clause.source, scope)
        if clause.variable in scope:
            self.fail_already_bound(clause.pos, clause.variable)
        kind = get_kind(source)
        element = get_element_type(source) if kind == "list" else "any" if kind == "null" else kind
        return {**scope, clause.variable: element}

    def _check_subquery(self, clause: t.CallSubquery, scope: Scope) -> Scope:
        results = [
            self._check_single(part, self._select_imports(clause, part, scope), False)
            for part in clause.query.parts
        ]
        if any(list(result) != list(results[0]) for result in results):
            self._fail_different_columns(clause.pos)
        if len(set(clause.query.union_all)) > 1:
            self._fail_mixed_union(clause.pos)
        for name in results[0]:
            if name in scope:
                self.fail_already_bound(clause.pos, name)
        return {**scope, **results[0]}

    def _select_imports(self, clause: t.CallSubquery, part: t.SingleQuery, scope: Scope) -> Scope:
        """What a subquery sees: the variables it names, or those of its leading WITH."""
        if clause.imports is not None:
            for name in clause.imports:
                if name not in scope:
                    self.fail_undefined(clause.pos, name)
            return {name: scope[name] for name in clause.imports}
        return scope if has_leading_with(part) else {}

    def _check_procedure(self, clause: t.CallProcedure, scope: Scope) -> Scope:
        self.refuse(clause.pos, "CALL")
        raise compile_error(
            self.text,
            clause.pos,
            "ProcedureNotFound",
            f"There is no procedure with the name `{clause.name}`",
            "ProcedureError",
        )
