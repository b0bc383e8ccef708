"""Checked syntax tree to plan. :func:`plan` is the only way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import ast as t
from . import operators as ops
from .access_analysis import Access, analyze_access
from .aggregates import AGGREGATES
from .ast_traversal import children, has_aggregate, is_aggregate, substitute, walk
from .compiler import Compiler
from .context import Evaluator, Row
from .dialect import Dialect
from .errors import unsupported_error
from .match_planner import MatchPlanner
from .operators import Operator, Pipeline, updates
from .row_layout import Layout
from .semantic_analysis import has_leading_with, map_projected_columns
from .unparse import unparse, unparse_relationship


@dataclass(frozen=True, slots=True)
class Plan:
    """What the engine runs and keeps: ``columns`` name what is after the context in each row."""

    pipeline: Pipeline
    columns: tuple[str, ...]
    parameters: frozenset[str]
    access: Access
    timeout: float | None


def plan(query: t.Query, dialect: Dialect, text: str) -> Plan:
    """The plan of a query that was check_integer."""
    access = analyze_access(query)
    planner = _Planner(dialect, text, access)
    pipeline, columns = planner.plan_query(query, Layout.of())
    parameters = frozenset(node.name for node in walk(query) if isinstance(node, t.Parameter))
    return Plan(pipeline, columns, parameters, access, _read_timeout(query))


def _read_timeout(query: t.Query) -> float | None:
    """The least of the hinted timeouts, in seconds."""
    hinted = [
        int(value) / 1000
        for name, value in query.hints
        if name == "TIMEOUTMILLISECONDS" and value.isdigit() and len(value) < 16
    ]
    return min(hinted) if hinted else None


class _Planner:
    def __init__(self, dialect: Dialect, text: str, access: Access) -> None:
        self.dialect = dialect
        self.text = text
        self.access = access
        self.compiler = Compiler(dialect, access.deletes, self)
        self._clauses: dict[type, Callable[[Any, list[Operator], Layout], Layout]] = {
            t.Match: self._plan_match,
            t.Unwind: self._plan_unwind,
            t.Projection: self._plan_projection,
            t.Create: self._plan_create,
            t.Merge: self._plan_merge,
            t.Set: self._plan_set,
            t.Delete: self._plan_delete,
            t.CallSubquery: self._plan_subquery,
        }
        self._changes: dict[type, Callable[[Any, Layout], updates.Step]] = {
            t.SetProperty: self._plan_set_property,
            t.SetProperties: self._plan_set_properties,
            t.SetLabels: self._plan_set_labels,
            t.RemoveProperty: self._plan_remove_property,
            t.RemoveLabels: self._plan_remove_labels,
        }

    def compile(self, e: t.Expr, layout: Layout) -> Evaluator:
        return self.compiler.compile(e, layout)

    # ------------------------------------------------------------------ queries

    def plan_query(
        self, query: t.Query, layout: Layout, importing: bool = False
    ) -> tuple[Pipeline, tuple[str, ...]]:
        """A pipeline whose rows are the context and the columns; no columns without RETURN.

        ``importing``: a part sees the layout's variables only through a leading WITH.
        """
        hidden = Layout({}, layout.size)
        planned = [
            self._plan_single(part, hidden if importing and not has_leading_with(part) else layout)
            for part in query.parts
        ]
        if len(planned) == 1:
            return planned[0]
        columns = planned[0][1]
        pipelines = [_reorder_columns(pipeline, own, columns) for pipeline, own in planned]
        operators: list[Operator] = [ops.Union(pipelines)]
        if not query.union_all[0]:
            operators.append(ops.Distinct("Distinct"))
        return Pipeline(operators), columns

    def _plan_single(
        self, query: t.SingleQuery, layout: Layout
    ) -> tuple[Pipeline, tuple[str, ...]]:
        operators: list[Operator] = []
        for clause in query.clauses:
            layout = self._clauses[type(clause)](clause, operators, layout)
        last = query.clauses[-1]
        returns = type(last) is t.Projection and last.final
        return Pipeline(operators), tuple(layout.list_visible()) if returns else ()

    def plan_pattern(
        self, parts: tuple[t.PatternPart, ...], where: t.Expr | None, layout: Layout
    ) -> tuple[Pipeline, Layout]:
        """A pattern within an expression; see :class:`.compiler.expressions.Subplanner`."""
        matcher = MatchPlanner(self.compiler, layout)
        matcher.plan(parts, where)
        return Pipeline(matcher.operators), matcher.layout

    def plan_exists(self, query: t.Query, layout: Layout) -> tuple[Pipeline, Layout]:
        """EXISTS { }."""
        pipeline, columns = self.plan_query(query, layout)
        return pipeline, Layout.of(*columns)

    # ------------------------------------------------------------------ reading

    def _plan_match(self, clause: t.Match, operators: list[Operator], layout: Layout) -> Layout:
        pipeline, inner = self.plan_pattern(clause.parts, clause.where, layout)
        if clause.optional:
            operators.append(ops.Optional(pipeline, inner.size - layout.size))
        else:
            operators.extend(pipeline.operators)
        return inner

    def _plan_unwind(self, clause: t.Unwind, operators: list[Operator], layout: Layout) -> Layout:
        source = self.compile(clause.source, layout)
        operators.append(ops.Unwind(f"{unparse(clause.source)} AS {clause.variable}", source))
        return layout.bind(clause.variable)

    # ------------------------------------------------------------------ projecting

    def _plan_projection(
        self, clause: t.Projection, operators: list[Operator], layout: Layout
    ) -> Layout:
        items = [(item.alias, item.expr) for item in clause.items]
        if clause.star:
            # In the order of the alphabet, since slots are in the order of the plan.
            items = [(name, t.Variable(name)) for name in sorted(layout.list_visible())] + items
        order = [(sort.expr, sort.descending) for sort in clause.order]
        names = [name for name, _ in items]
        if any(has_aggregate(e) for _, e in items):
            order = [
                (substitute(e, map_projected_columns(clause, e, True)), down) for e, down in order
            ]
            layout = self._plan_aggregate(items, operators, layout)
            closed = True
        else:
            closed = clause.distinct
            if closed:
                order = [
                    (substitute(e, map_projected_columns(clause, e, False)), down)
                    for e, down in order
                ]
            if closed or not (order or clause.where is not None):
                layout = self._plan_project(items, operators, layout)
                closed = True
            else:
                layout = self._plan_extend(items, operators, layout)
        if clause.distinct:
            operators.append(ops.Distinct("Distinct"))
        self._plan_order(clause, order, operators, layout)
        if clause.where is not None:
            operators.append(self.compiler.filter(clause.where, layout))
        if closed:
            return layout
        slots = [layout.slots[name] for name in names]
        operators.append(ops.Project(", ".join(names), (), slots))
        return Layout.of(*names)

    def _plan_project(
        self, items: list[tuple[str, t.Expr]], operators: list[Operator], layout: Layout
    ) -> Layout:
        slots = None
        if all(type(e) is t.Variable for _, e in items):
            slots = [layout.slots[e.name] for _, e in items if isinstance(e, t.Variable)]
        compiled = [self.compile(e, layout) for _, e in items]
        operators.append(ops.Project(_unparse_items(items), compiled, slots))
        return Layout.of(*[name for name, _ in items])

    def _plan_extend(
        self, items: list[tuple[str, t.Expr]], operators: list[Operator], layout: Layout
    ) -> Layout:
        """Keeps what was in scope, which ORDER BY and WHERE may still use, beside the items."""
        new = [(name, e) for name, e in items if e != t.Variable(name)]
        if not new:
            return layout
        compiled = [self.compile(e, layout) for _, e in new]
        operators.append(ops.Extend(_unparse_items(new), compiled))
        return layout.bind(*[name for name, _ in new])

    def _plan_aggregate(
        self, items: list[tuple[str, t.Expr]], operators: list[Operator], layout: Layout
    ) -> Layout:
        keys = [(name, e) for name, e in items if not has_aggregate(e)]
        calls: dict[t.Expr, t.Expr] = {}
        for _, e in items:
            for call in _find_aggregates(e):
                calls.setdefault(call, t.Variable(f"{t.HIDDEN}call{len(calls)}"))
        aggregations = [self._plan_aggregation(call, layout) for call in calls]
        operators.append(
            ops.Aggregate(
                _unparse_items([*keys, *(("", call) for call in calls)]),
                [self.compile(e, layout) for _, e in keys],
                aggregations,
            )
        )
        hidden = [variable.name for variable in calls.values() if isinstance(variable, t.Variable)]
        after = Layout.of(*[name for name, _ in keys], *hidden)
        if any(
            isinstance(node, t.Element) for _, e in items if has_aggregate(e) for node in walk(e)
        ):
            self._keep_names(keys, after)
        known = {e: t.Variable(name) for name, e in keys} | calls
        results = [
            (name, substitute(e, known) if has_aggregate(e) else t.Variable(name))
            for name, e in items
        ]
        return self._plan_project(results, operators, after)

    def _keep_names(self, keys: list[tuple[str, t.Expr]], after: Layout) -> None:
        """Lets patterns beside aggregates go on naming a grouping key that got an alias."""
        aliases = {name for name, _ in keys}
        for name, e in keys:
            if isinstance(e, t.Variable) and e.name != name:
                if e.name in aliases:
                    what = f"A pattern beside aggregates when `{e.name}` is also an alias"
                    raise unsupported_error(self.text, e.pos, what)
                after.slots[e.name] = after.slots[name]

    def _plan_aggregation(self, call: t.Expr, layout: Layout) -> ops.Aggregation:
        if not isinstance(call, t.Call):
            return ops.Aggregation(AGGREGATES["count"][0], None, False, False)
        make, count, _ = AGGREGATES[call.name]
        args = [self.compile(arg, layout) for arg in call.args]
        if count == 1:
            return ops.Aggregation(make, args[0], call.distinct, False)
        value, percentile = args
        return ops.Aggregation(make, lambda row: (value(row), percentile(row)), call.distinct, True)

    def _plan_order(
        self,
        clause: t.Projection,
        order: Sequence[tuple[t.Expr, bool]],
        operators: list[Operator],
        layout: Layout,
    ) -> None:
        skip, limit = (
            None if e is None else ops.check_row_count(what, self.compile(e, Layout.of()))
            for what, e in (("SKIP", clause.skip), ("LIMIT", clause.limit))
        )
        if order:
            text = ", ".join(unparse(e) + (" DESC" if down else "") for e, down in order)
            wanted = None if limit is None else _add_counts(skip, limit)
            keys = [(self.compile(e, layout), down) for e, down in order]
            operators.append(ops.Sort(text, keys, wanted))
        if skip is not None and clause.skip is not None:
            operators.append(ops.Skip(unparse(clause.skip), skip))
        if limit is not None and clause.limit is not None:
            operators.append(ops.Limit(unparse(clause.limit), limit))

    def _plan_subquery(
        self, clause: t.CallSubquery, operators: list[Operator], layout: Layout
    ) -> Layout:
        if clause.imports is not None:
            inner = Layout.of(*clause.imports)
            slots = [layout.slots[name] for name in clause.imports]
            pick: Callable[[Row], Row] = lambda row: (row[0], *[row[slot] for slot in slots])  # noqa: E731
            pipeline, columns = self.plan_query(clause.query, inner)
        else:
            pick = lambda row: row  # noqa: E731
            pipeline, columns = self.plan_query(clause.query, layout, importing=True)
        eager = analyze_access(clause.query).writes
        operators.append(ops.Subquery(pipeline, pick, bool(columns), eager))
        return layout.bind(*columns)

    # ------------------------------------------------------------------ writing

    def _plan_create(self, clause: t.Create, operators: list[Operator], layout: Layout) -> Layout:
        steps: list[updates.Step] = []
        for part in clause.parts:
            layout = self._plan_creation(part, steps, layout, layout, True)
        text = ", ".join(map(_unparse_part, clause.parts))
        operators.append(updates.Writer("Create", text, steps))
        return layout

    def _plan_creation(
        self,
        part: t.PatternPart,
        steps: list[updates.Step],
        layout: Layout,
        outer: Layout,
        in_order: bool,
    ) -> Layout:
        """Steps that create a part; ``in_order``: later properties may use earlier elements."""
        for node in part.nodes:
            if node.variable not in layout.slots:
                scope = layout if in_order else outer
                properties = self._compile_properties(node.properties, scope)
                steps.append(updates.create_node(node.labels, properties, self.dialect))
                layout = layout.bind(node.variable)
        for i, rel in enumerate(part.rels):
            start, end = (layout.slots[part.nodes[j].variable] for j in (i, i + 1))
            if rel.direction == "in":
                start, end = end, start
            scope = layout if in_order else outer
            properties = self._compile_properties(rel.properties, scope)
            steps.append(updates.create_rel(start, end, rel.types[0], properties, self.dialect))
            layout = layout.bind(rel.variable)
        if part.path is not None:
            nodes = tuple(layout.slots[node.variable] for node in part.nodes)
            rels = tuple((layout.slots[rel.variable], False) for rel in part.rels)
            steps.append(lambda ctx, row: (*row, ops.build_path(row, nodes, rels)))
            layout = layout.bind(part.path)
        return layout

    def _compile_properties(self, properties: t.Expr | None, layout: Layout) -> Evaluator | None:
        return None if properties is None else self.compile(properties, layout)

    def _plan_merge(self, clause: t.Merge, operators: list[Operator], layout: Layout) -> Layout:
        part = clause.part
        pipeline, matched = self.plan_pattern((part,), None, layout)
        create: list[updates.Step] = []
        created = self._plan_creation(part, create, layout, layout, False)
        names = sorted(matched.slots, key=matched.slots.__getitem__)
        slots = [created.slots[name] for name in names if matched.slots[name] >= layout.size]
        size = layout.size
        required = [
            self.compile(element.properties, layout)
            for element in part.elements
            if element.properties is not None
        ]
        steps = updates.MergeSteps(
            create,
            lambda row: row[:size] + tuple(row[slot] for slot in slots),
            self._plan_steps(clause.on_create, matched),
            self._plan_steps(clause.on_match, matched),
        )
        operators.append(updates.Merge(_unparse_part(part), pipeline, required, steps))
        return matched

    def _plan_steps(self, items: tuple[t.Clause, ...], layout: Layout) -> list[updates.Step]:
        return [self._changes[type(item)](item, layout) for item in items]

    def _plan_set(self, clause: t.Set, operators: list[Operator], layout: Layout) -> Layout:
        text = ", ".join(_unparse_change(item) for item in clause.items)
        operators.append(updates.Writer("Set", text, self._plan_steps(clause.items, layout)))
        return layout

    def _plan_set_property(self, item: t.SetProperty, layout: Layout) -> updates.Step:
        target, value = self.compile(item.target, layout), self.compile(item.value, layout)
        return updates.set_property(target, item.key, value)

    def _plan_set_properties(self, item: t.SetProperties, layout: Layout) -> updates.Step:
        target, value = self.compile(item.target, layout), self.compile(item.value, layout)
        return updates.set_properties(target, value, item.merge)

    def _plan_set_labels(self, item: t.SetLabels, layout: Layout) -> updates.Step:
        return updates.set_labels(self.compile(item.target, layout), item.labels)

    def _plan_remove_property(self, item: t.RemoveProperty, layout: Layout) -> updates.Step:
        return updates.set_property(self.compile(item.target, layout), item.key, lambda row: None)

    def _plan_remove_labels(self, item: t.RemoveLabels, layout: Layout) -> updates.Step:
        return updates.remove_labels(self.compile(item.target, layout), item.labels)

    def _plan_delete(self, clause: t.Delete, operators: list[Operator], layout: Layout) -> Layout:
        targets = [self.compile(target, layout) for target in clause.targets]
        text = ", ".join(map(unparse, clause.targets))
        operators.append(updates.Delete(text, targets, clause.detach))
        return layout


def _reorder_columns(
    pipeline: Pipeline, own: tuple[str, ...], columns: tuple[str, ...]
) -> Pipeline:
    """A pipeline that gives its columns in another order."""
    if own == columns:
        return pipeline
    slots = [own.index(name) + 1 for name in columns]
    return Pipeline((*pipeline.operators, ops.Project(", ".join(columns), (), slots)))


def _find_aggregates(e: t.Expr) -> list[t.Expr]:
    """The outermost aggregating calls in an expression, in a fixed order."""
    found: list[t.Expr] = []
    pending: list[t.Node] = [e]
    while pending:
        node = pending.pop()
        if is_aggregate(node) and isinstance(node, t.Expr):
            found.append(node)
        elif not isinstance(node, t.ExistsSubquery):
            pending.extend(reversed(list(children(node))))
    return found


def _add_counts(skip: Evaluator | None, limit: Evaluator) -> Evaluator:
    if skip is None:
        return limit
    return lambda row: skip(row) + limit(row)


def _unparse_items(items: Sequence[tuple[str, t.Expr]]) -> str:
    return ", ".join(
        unparse(e) if not name or e == t.Variable(name) else f"{unparse(e)} AS {name}"
        for name, e in items
    )


def _unparse_part(part: t.PatternPart) -> str:
    if not part.rels:
        return "(" + ":".join(("", *part.nodes[0].labels)) + ")"
    return ", ".join(
        unparse_relationship(part.nodes[i].variable, rel, part.nodes[i + 1].variable)
        for i, rel in enumerate(part.rels)
    )


def _unparse_change(item: Any) -> str:
    what = f".{item.key}" if hasattr(item, "key") else ""
    labels = "".join(f":{label}" for label in getattr(item, "labels", ()))
    return unparse(item.target) + what + labels
