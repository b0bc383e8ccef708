"""Checks of the clauses that change the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ast as t
from ..dialect import Dialect
from ..errors import ENTITY_EXPECTED, MAP_EXPECTED
from .expressions import ExpressionAnalyzer
from .static_types import ENTITIES, UNKNOWN, Scope, get_kind


class UpdateAnalyzer(ExpressionAnalyzer):
    """Checks CREATE, MERGE, SET, REMOVE and DELETE."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        super().__init__(text, dialect)
        self._changes: dict[type, Callable[[Any, Scope], None]] = {
            t.SetProperty: self._check_set_property,
            t.SetProperties: self._check_set_properties,
            t.SetLabels: self._check_set_labels,
            t.RemoveProperty: self._check_target,
            t.RemoveLabels: self._check_set_labels,
        }

    def check_create(self, clause: t.Create, scope: Scope) -> Scope:
        for part in clause.parts:
            scope = self._bind_new_part(part, scope, "CREATE")
        return scope

    def _bind_new_part(self, part: t.PatternPart, scope: Scope, what: str) -> Scope:
        """The scope with what CREATE or MERGE of a part binds."""
        before = scope
        scope = dict(scope)
        for node in part.nodes:
            name = node.variable
            if name in scope:
                if get_kind(scope[name]) not in ("node", *UNKNOWN):
                    self.fail_conflict(node.pos, name, scope[name])
                if node.labels or node.properties is not None or not part.rels:
                    self.fail_already_bound(node.pos, name)
            self._check_new_properties(node.properties, scope if what == "CREATE" else before, what)
            scope[name] = "node"
        for rel in part.rels:
            if rel.variable in scope:
                self.fail_already_bound(rel.pos, rel.variable)
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
            self._check_new_properties(rel.properties, scope if what == "CREATE" else before, what)
            scope[rel.variable] = "rel"
        if part.path is not None:
            if part.path in scope:
                self.fail_already_bound(part.pos, part.path)
            scope[part.path] = "path"
        return scope

    def _check_new_properties(self, properties: t.Expr | None, scope: Scope, what: str) -> None:
        if what == "MERGE":
            self.check_match_properties(properties, scope)
        elif properties is not None:
            self.check_expression(properties, scope)

    def check_merge(self, clause: t.Merge, scope: Scope) -> Scope:
        scope = self._bind_new_part(clause.part, scope, "MERGE")
        for change in (*clause.on_create, *clause.on_match):
            self._changes[type(change)](change, scope)
        return scope

    def check_set(self, clause: t.Set, scope: Scope) -> Scope:
        for item in clause.items:
            self._changes[type(item)](item, scope)
        return scope

    def _check_target(self, item: Any, scope: Scope, *more: str) -> None:
        kind = get_kind(self.check_expression(item.target, scope))
        if kind not in ("node", "rel", *more, *UNKNOWN):
            self.fail_mismatch(item.pos, "Node or Relationship", kind)

    def _check_set_property(self, item: t.SetProperty, scope: Scope) -> None:
        self._check_target(item, scope)
        self.check_expression(item.value, scope)

    def _check_set_properties(self, item: t.SetProperties, scope: Scope) -> None:
        self._check_target(item, scope)
        kind = get_kind(self.check_expression(item.value, scope))
        if kind not in ("map", "node", "rel", *UNKNOWN):
            self.fail(
                item.pos,
                "InvalidArgumentType",
                MAP_EXPECTED,
            )

    def _check_set_labels(self, item: Any, scope: Scope) -> None:
        kind = get_kind(self.check_expression(item.target, scope))
        if kind not in ("node", *UNKNOWN):
            self.fail_mismatch(item.pos, "Node", kind)

    def check_delete(self, clause: t.Delete, scope: Scope) -> Scope:
        for target in clause.targets:
            if type(target) is t.HasLabels:
                self.fail(target.pos, "InvalidDelete", "DELETE does not remove labels or types")
            kind = get_kind(self.check_expression(target, scope))
            if kind not in (*ENTITIES, *UNKNOWN):
                self.fail(
                    target.pos,
                    "InvalidArgumentType",
                    ENTITY_EXPECTED.format(kind),
                )
        return scope
