"""Plans for patterns: where to start, in which order to expand, how early to filter.

A start is chosen by what the pattern says, best first: a bound node, an id, a property value, a
label, a relationship's type, everything. Every predicate is applied as soon as what it needs is
bound. Plans do not look at the graph, so that they can be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from . import ast as t
from . import operators as ops
from .ast_traversal import find_free_variables
from .compiler import Compiler
from .context import Evaluator
from .dialect import ID_KEY
from .errors import COMPILE, CypherError, nesting_error
from .operators import Operator
from .row_layout import Layout
from .unparse import unparse, unparse_name, unparse_relationship

_FLIPPED: Final[dict[t.Direction, t.Direction]] = {"out": "in", "in": "out", "both": "both"}


@dataclass(slots=True, eq=False)
class _Predicate:
    """Something that must be true; ``needs`` are the variables of the pattern or before it."""

    expr: t.Expr
    needs: frozenset[str]
    done: bool = False


@dataclass(slots=True, eq=False)
class _Rel:
    pattern: t.RelPattern
    left: str
    right: str
    was_bound: bool
    done: bool = False


@dataclass(slots=True)
class _Start:
    """A way to bind the first variable of a part of the pattern that has nothing bound."""

    rank: int
    place: Callable[[], None]


#: A pattern of more nodes takes more stack to match than there is, and long to plan.
MAX_NODES: Final = 1_000


class MatchPlanner:
    """Plans one MATCH clause (or pattern in an expression) onto a growing list of operators."""

    def __init__(self, compiler: Compiler, layout: Layout) -> None:
        self.compiler = compiler
        self.compile = compiler.compile
        self.dialect = compiler.dialect
        self.layout = layout
        self.operators: list[Operator] = []
        self._outer = set(layout.slots)
        self._predicates: list[_Predicate] = []
        self._rels: list[_Rel] = []
        self._nodes: dict[str, None] = {}
        self._matched: list[tuple[_Rel, tuple[str, ...]]] = []

    def plan(self, parts: Iterable[t.PatternPart], where: t.Expr | None) -> None:
        """Fills :attr:`operators` and moves :attr:`layout` on to what the pattern binds."""
        parts = tuple(parts)
        if sum(len(part.nodes) for part in parts) > MAX_NODES:
            raise nesting_error()
        self._gather(parts, where)
        self._filter()
        while True:
            if self._expand_next():
                continue
            if not self._place_start():
                break
        self._build_paths(parts)
        self._filter()
        assert all(predicate.done for predicate in self._predicates)

    # ------------------------------------------------------------------ gathering

    def _gather(self, parts: tuple[t.PatternPart, ...], where: t.Expr | None) -> None:
        found: list[t.Expr] = []
        for part in parts:
            for node in part.nodes:
                self._nodes[node.variable] = None
                variable = t.Variable(node.variable, pos=node.pos)
                found += [t.HasLabels(variable, (label,), pos=node.pos) for label in node.labels]
                found += self._make_property_tests(variable, node.properties)
            for i, rel in enumerate(part.rels):
                ends = part.nodes[i].variable, part.nodes[i + 1].variable
                self._rels.append(_Rel(rel, *ends, rel.variable in self._outer))
                if rel.length is None:
                    variable = t.Variable(rel.variable, pos=rel.pos)
                    found += self._make_property_tests(variable, rel.properties)
        names = self._outer | set(self._nodes) | {rel.pattern.variable for rel in self._rels}
        names |= {part.path for part in parts if part.path is not None}
        if where is not None:
            found += _split_conjuncts(where)
        self._predicates = [_Predicate(e, find_free_variables(e) & names) for e in found]

    def _make_property_tests(self, variable: t.Expr, properties: t.Expr | None) -> list[t.Expr]:
        if not isinstance(properties, t.MapLiteral):
            return []
        return [
            t.Comparison((t.Property(variable, key, pos=value.pos), value), ("=",), pos=value.pos)
            for key, value in properties.entries
        ]

    # ------------------------------------------------------------------ filtering

    def _is_bound(self, name: str) -> bool:
        return name in self.layout.slots

    def _is_ready(self, predicate: _Predicate) -> bool:
        return not predicate.done and all(map(self._is_bound, predicate.needs))

    def _filter(self) -> None:
        """Apply all predicates that can be by now."""
        ready = [predicate for predicate in self._predicates if self._is_ready(predicate)]
        if not ready:
            return
        for predicate in ready:
            predicate.done = True
        exprs = tuple(predicate.expr for predicate in ready)
        whole = exprs[0] if len(exprs) == 1 else t.Logic("AND", exprs)
        self._add(self.compiler.filter(whole, self.layout))

    def _add(self, operator: Operator, *names: str) -> None:
        self.operators.append(operator)
        self.layout = self.layout.bind(*names)

    # ------------------------------------------------------------------ starting

    def _place_start(self) -> bool:
        starts = [self._find_node_start(name) for name in self._nodes if not self._is_bound(name)]
        starts += [
            start
            for rel in self._rels
            if not rel.done and (start := self._find_rel_start(rel)) is not None
        ]
        if not starts:
            return False
        min(starts, key=lambda start: start.rank).place()
        self._filter()
        return True

    def _find_node_start(self, name: str) -> _Start:
        best = _Start(
            7, lambda: self._add(ops.Scan("NodeScan", unparse_name(name), ops.find_all_nodes), name)
        )
        for predicate in self._predicates:
            if predicate.done or not all(
                self._is_bound(other) for other in predicate.needs if other != name
            ):
                continue
            start = self._seek(name, predicate)
            if start is not None and start.rank < best.rank:
                best = start
        return best

    def _seek(self, name: str, predicate: _Predicate) -> _Start | None:
        e = predicate.expr
        if type(e) is t.HasLabels:
            if e.target != t.Variable(name):
                return None
            label = e.labels[0]

            def scan() -> None:
                predicate.done = len(e.labels) == 1
                find = ops.find_nodes_by_label(label)
                self._add(ops.Scan("NodeByLabel", f"{unparse_name(name)}:{label}", find), name)

            return _Start(5, scan)
        looked_up = self._find_lookup(name, e)
        if looked_up is None:
            return None
        key, value, many = looked_up
        if key == ID_KEY:

            def by_id() -> None:
                find = ops.find_nodes_by_id(self.compile(value, self.layout), many)
                self._add(ops.Scan("NodeById", unparse(e), find), name)

            return _Start(2 if many else 1, by_id)

        def by_property() -> None:
            find = ops.find_nodes_by_property(key, self.compile(value, self.layout), many)
            self._add(ops.Scan("NodeByProperty", unparse(e), find), name)

        return _Start(4 if many else 3, by_property)

    def _find_lookup(self, name: str, e: t.Expr) -> tuple[str, t.Expr, bool] | None:
        """``(key, value, whether a list)`` when an expression fixes a property, or ``~id``."""
        if type(e) is t.In:
            sides, many = [(e.item, e.source)], True
        elif type(e) is t.Comparison and e.ops == ("=",):
            sides, many = [e.operands, e.operands[::-1]], False  # type: ignore[list-item]
        else:
            return None
        for side, value in sides:
            key = self._get_fixed_key(name, side)
            if key is not None and name not in find_free_variables(value):
                return key, value, many
        return None

    def _get_fixed_key(self, name: str, e: t.Expr) -> str | None:
        variable = t.Variable(name)
        if type(e) is t.Property and e.target == variable:
            return e.key if e.key != ID_KEY or self.dialect.custom_ids else None
        if type(e) is t.Call and e.name == "id" and e.args == (variable,):
            return ID_KEY
        return None

    def _find_rel_start(self, rel: _Rel) -> _Start | None:
        pattern = rel.pattern
        if pattern.length is not None:
            return None
        if self._is_bound(rel.left) or self._is_bound(rel.right) or rel.left == rel.right:
            return None
        for predicate in self._predicates:
            needed = predicate.needs - {pattern.variable}
            if predicate.done or not all(map(self._is_bound, needed)):
                continue
            looked_up = self._find_lookup(pattern.variable, predicate.expr)
            if looked_up is not None and looked_up[0] == ID_KEY:
                return _Start(2, partial(self._scan_rel_by_id, rel, *looked_up[1:]))
        return _Start(6, lambda: self._scan_rels(rel))

    def _scan_rel_by_id(self, rel: _Rel, value: t.Expr, many: bool) -> None:
        find = ops.find_edges_by_id(self.compile(value, self.layout), many, rel.pattern.types)
        self._scan_edges("RelationshipById", rel, find)

    def _scan_rels(self, rel: _Rel) -> None:
        self._scan_edges("RelationshipScan", rel, ops.find_edges_by_type(rel.pattern.types))

    def _scan_edges(self, name: str, rel: _Rel, find: ops.Finder) -> None:
        pattern = rel.pattern
        arguments = unparse_relationship(rel.left, pattern, rel.right)
        operator = ops.EdgeScan(name, arguments, find, self._make_spec(rel))
        self._add(operator, pattern.variable, rel.left, rel.right)
        self._finish(rel)

    def _place_bound_rel(self, rel: _Rel) -> None:
        slots = self.layout.slots
        left = slots.get(rel.left)
        right = slots.get(rel.right)
        if rel.left == rel.right and left is None:
            # (a)-[r]-(a) with only r bound: bind a second name and compare.
            twin = f"{t.HIDDEN}{rel.right}"
            self._add_bound_rel(rel, None, None, rel.left, twin)
            same = t.Comparison((t.Variable(rel.left), t.Variable(twin)), ("=",))
            self._add(self.compiler.filter(same, self.layout))
        else:
            names = [n for n, slot in ((rel.left, left), (rel.right, right)) if slot is None]
            self._add_bound_rel(rel, left, right, *names)
        self._finish(rel)

    def _add_bound_rel(self, rel: _Rel, left: int | None, right: int | None, *names: str) -> None:
        pattern = rel.pattern
        operator = ops.BoundRel(
            unparse_relationship(rel.left, pattern, rel.right),
            self.layout.slots[pattern.variable],
            left,
            right,
            self._make_spec(rel),
        )
        self._add(operator, *names)

    # ------------------------------------------------------------------ expanding

    def _expand_next(self) -> bool:
        """Expand over the best relationship that touches what is bound, if there is one."""
        best: tuple[int, _Rel] | None = None
        for rel in self._rels:
            if rel.done:
                continue
            rank = self._rank_expansion(rel)
            if rank is not None and (best is None or rank < best[0]):
                best = (rank, rel)
        if best is None:
            return False
        self._expand(best[1])
        self._filter()
        return True

    def _rank_expansion(self, rel: _Rel) -> int | None:
        left, right = self._is_bound(rel.left), self._is_bound(rel.right)
        if rel.was_bound and rel.pattern.length is None:
            return 0
        if not left and not right:
            return None
        return (1 if left and right else 2) + (2 if rel.pattern.length is not None else 0)

    def _expand(self, rel: _Rel) -> None:
        pattern = rel.pattern
        if rel.was_bound and pattern.length is None:
            self._place_bound_rel(rel)
            return
        forward = self._is_bound(rel.left)
        start, end = (rel.left, rel.right) if forward else (rel.right, rel.left)
        into = self.layout.slots[end] if self._is_bound(end) else None
        slot = self.layout.slots[start]
        arguments = unparse_relationship(rel.left, pattern, rel.right)
        new_end = () if into is not None else (end,)
        if pattern.length is not None:
            self._expand_many(rel, slot, into, forward, *new_end)
        elif into is not None:
            spec = self._make_spec(rel, forward)
            self._add(ops.ExpandInto(arguments, slot, into, spec), pattern.variable)
        else:
            label = self._take_label(end)
            arguments += f":{label}" if label else ""
            expand = ops.Expand(arguments, slot, label, self._make_spec(rel, forward))
            self._add(expand, pattern.variable, end)
        self._finish(rel)

    def _expand_many(
        self, rel: _Rel, slot: int, into: int | None, forward: bool, *new_end: str
    ) -> None:
        pattern = rel.pattern
        arguments = unparse_relationship(rel.left, pattern, rel.right)
        spec = self._make_spec(rel, forward)
        if rel.was_bound:
            rels = self.layout.slots[pattern.variable]
            self._add(ops.BoundVarRel(arguments, rels, slot, into, spec), *new_end)
        else:
            self._add(ops.VarExpand(arguments, slot, into, spec), pattern.variable, *new_end)

    def _make_spec(self, rel: _Rel, forward: bool = True) -> ops.RelSpec:
        """The relationship as an operator sees it that starts at its left end, or its right."""
        pattern = rel.pattern
        direction = pattern.direction if forward else _FLIPPED[pattern.direction]
        others = self._find_others(rel)
        if pattern.length is None:
            return ops.RelSpec(direction, pattern.types, others)
        properties = self._compile_walk_properties(pattern)
        return ops.RelSpec(
            direction, pattern.types, others, pattern.length, properties, not forward
        )

    def _compile_walk_properties(self, pattern: t.RelPattern) -> Evaluator | None:
        """The properties that every relationship of a walk must have."""
        if pattern.properties is None:
            return None
        if not all(map(self._is_bound, find_free_variables(pattern.properties))):
            raise CypherError(
                "Unsupported",
                "Unsupported",
                "Properties of a variable length relationship that depend on the same pattern "
                "are not supported in this release",
                COMPILE,
            )
        return self.compile(pattern.properties, self.layout)

    def _take_label(self, name: str) -> str | None:
        """A label that the node must have, which expanding checks before it makes a row."""
        for predicate in self._predicates:
            e = predicate.expr
            if not predicate.done and type(e) is t.HasLabels and e.target == t.Variable(name):
                predicate.done = len(e.labels) == 1
                return e.labels[0]
        return None

    def _find_others(self, rel: _Rel) -> ops.Others:
        """The relationships matched before that could be this one again."""
        types = set(rel.pattern.types)
        return tuple(
            (self.layout.slots[other.pattern.variable], other.pattern.length is not None)
            for other, other_types in self._matched
            if not types or not other_types or types & set(other_types)
        )

    def _finish(self, rel: _Rel) -> None:
        rel.done = True
        self._matched.append((rel, rel.pattern.types))

    def _build_paths(self, parts: tuple[t.PatternPart, ...]) -> None:
        slots = self.layout.slots
        for part in parts:
            if part.path is not None:
                nodes = tuple(slots[node.variable] for node in part.nodes)
                rels = tuple((slots[rel.variable], rel.length is not None) for rel in part.rels)
                self._add(ops.BuildPath(part.path, nodes, rels), part.path)


def _split_conjuncts(e: t.Expr) -> list[t.Expr]:
    if type(e) is t.Logic and e.op == "AND":
        return [conjunct for operand in e.operands for conjunct in _split_conjuncts(operand)]
    return [e]
