"""Checks of patterns: which variables they bind, and whether their types agree."""

from __future__ import annotations

from typing import NoReturn

from .. import ast as t
from .base import Analyzer
from .static_types import UNKNOWN, Scope, Type, get_element_type, get_kind


class PatternAnalyzer(Analyzer):
    """Checks the patterns of MATCH and of expressions."""

    def bind_pattern(self, parts: tuple[t.PatternPart, ...], scope: Scope) -> Scope:
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
                    self.fail_already_bound(part.pos, part.path)
                inner[part.path] = "path"
        for part in parts:
            for element in part.elements:
                self.check_match_properties(element.properties, inner)
        return inner

    def fail_already_bound(self, pos: int, name: str) -> NoReturn:
        self.fail(pos, "VariableAlreadyBound", f"Variable `{name}` already declared")

    def fail_conflict(self, pos: int, name: str, found: Type) -> NoReturn:
        self.fail(
            pos,
            "VariableTypeConflict",
            f"Type mismatch: `{name}` already defined with conflicting type {get_kind(found)}",
        )

    def _bind_node(self, node: t.NodePattern, scope: Scope) -> None:
        found = scope.setdefault(node.variable, "node")
        if get_kind(found) not in ("node", *UNKNOWN):
            self.fail_conflict(node.pos, node.variable, found)

    def _bind_rel(self, rel: t.RelPattern, scope: Scope, own: set[str]) -> None:
        wanted: Type = "rel" if rel.length is None else ("list", "rel")
        found = scope.setdefault(rel.variable, wanted)
        if found not in (wanted, *UNKNOWN) and not (
            get_kind(found) == "list" == get_kind(wanted) and get_element_type(found) in UNKNOWN
        ):
            self.fail_conflict(rel.pos, rel.variable, found)
        if rel.variable in own:
            self.fail(
                rel.pos,
                "RelationshipUniquenessViolation",
                f"Cannot use the same relationship variable `{rel.variable}` twice in a pattern",
            )
        own.add(rel.variable)

    def check_match_properties(self, properties: t.Expr | None, scope: Scope) -> None:
        if properties is None:
            return
        if type(properties) is t.Parameter:
            self.fail(
                properties.pos,
                "InvalidParameterUse",
                "Parameter maps cannot be used in MATCH and MERGE patterns",
            )
        self.check_expression(properties, scope)
