# ruff: noqa: RUF005  # adding tuples is faster than unpacking them, and rows are many
"""The steps of a plan: each takes an iterator of rows and gives one.

Reading operators stream, so that LIMIT stops them. Operators hold no state of an execution: a
plan may run on several threads at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from operator import attrgetter, itemgetter
from typing import Any, Final

from ..graph import Edge, Vertex
from .aggregates import Collect
from .context import Context, Count, Row
from .errors import CypherError, type_error
from .values import Path, equals, group_key, order_key, value_type

Rows = Iterator[Row]
Eval = Callable[[Row], Any]
#: Finds relationships, given the context and a row.
Finder = Callable[[Context, Row], Collection[Edge]]
#: Slots of relationships matched before in the same MATCH: (slot, whether it holds a list)
Others = tuple[tuple[int, bool], ...]


class Operator:
    """``name`` and ``arguments`` are what explain shows; ``inner`` the pipelines within.

    ``eager`` operators write: all that they do is done before the next operator starts.
    """

    __slots__ = ("arguments", "eager", "inner", "name")

    def __init__(self, name: str, arguments: str = "", eager: bool = False) -> None:
        self.name = name
        self.eager = eager
        self.arguments = arguments
        self.inner: tuple[Pipeline, ...] = ()

    def run(self, ctx: Context, rows: Rows) -> Rows:
        raise NotImplementedError


class Pipeline:
    """Operators that run one after the other."""

    __slots__ = ("operators",)

    def __init__(self, operators: Iterable[Operator] = ()) -> None:
        self.operators = tuple(operators)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        if ctx.counts is not None:
            return self._run_counted(ctx, rows)
        for operator in self.operators:
            rows = operator.run(ctx, rows)
            if operator.eager:
                # Also keeps a query of a thousand clauses from nesting as many generators.
                rows = iter(list(rows))
        return rows

    def _run_counted(self, ctx: Context, rows: Rows) -> Rows:
        assert ctx.counts is not None
        for operator in self.operators:
            count = ctx.counts.setdefault(id(operator), Count())
            rows = count.after(operator.run(ctx, count.before(rows)))
        return rows


# ---------------------------------------------------------------------- starting points


#: Rows that pass through an operator cost about this little, next to one tick.
_ROWS_A_TICK: Final = 16

NodeFinder = Callable[[Context, Row], Collection[Vertex]]


class Scan(Operator):
    """Binds a node to each of the candidates that ``find(ctx, row)`` gives."""

    __slots__ = ("find",)

    def __init__(self, name: str, arguments: str, find: NodeFinder) -> None:
        super().__init__(name, arguments)
        self.find = find

    def run(self, ctx: Context, rows: Rows) -> Rows:
        # chain, zip and repeat make the rows without running Python code for each.
        return chain.from_iterable(self._matches(ctx, row) for row in rows)

    def _matches(self, ctx: Context, row: Row) -> Iterable[Row]:
        candidates = self.find(ctx, row)
        ctx.tick(1 + len(candidates) // _ROWS_A_TICK)
        return zip(*map(repeat, row), candidates)


def all_nodes(ctx: Context, row: Row) -> Collection[Vertex]:
    return ctx.graph.vertices()


def nodes_by_label(label: str) -> NodeFinder:
    return lambda ctx, row: ctx.graph.vertices_by_label(label)


def nodes_by_id(value: Eval, many: bool) -> NodeFinder:
    """The node with the id that ``value`` gives, or those in the list that it gives."""

    def find(ctx: Context, row: Row) -> Collection[Vertex]:
        found = []
        for wanted in _wanted(value(row), many):
            if type(wanted) is str:
                node = ctx.graph.vertex(wanted)
                if node is not None:
                    found.append(node)
        return found

    return find


def nodes_by_property(key: str, value: Eval, many: bool) -> NodeFinder:
    """Candidates by the property index; the caller filters."""

    def find(ctx: Context, row: Row) -> Collection[Vertex]:
        wanted = _wanted(value(row), many)
        if any(type(one) in (list, dict) for one in wanted):
            return ctx.graph.vertices()  # lists are not in the index
        by_property = ctx.graph.vertices_by_property
        if len(wanted) == 1:
            return by_property(key, wanted[0])
        return dict.fromkeys(chain.from_iterable(by_property(key, one) for one in wanted))

    return find


def _wanted(value: Any, many: bool) -> Sequence[Any]:
    if not many:
        return () if value is None else (value,)
    if value is None:
        return ()
    if type(value) is not list:
        raise type_error(f"IN needs a List, not a {value_type(value)}", "InvalidArgumentType")
    return list({group_key(one): one for one in value if one is not None}.values())


class EdgeScan(Operator):
    """Binds a relationship and its two ends; both ways round when it is undirected."""

    __slots__ = ("direction", "find", "others")

    def __init__(
        self, name: str, arguments: str, find: Finder, direction: str, others: Others
    ) -> None:
        super().__init__(name, arguments)
        self.find = find
        self.direction = direction
        self.others = others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        if self.direction == "both" or self.others:
            return self._checked(ctx, rows)
        return chain.from_iterable(self._matches(ctx, row) for row in rows)

    def _matches(self, ctx: Context, row: Row) -> Iterable[Row]:
        edges = self.find(ctx, row)
        ctx.tick(1 + len(edges) // _ROWS_A_TICK)
        ends = (_SOURCE, _TARGET) if self.direction == "out" else (_TARGET, _SOURCE)
        return zip(*map(repeat, row), edges, *(map(end, edges) for end in ends))

    def _checked(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            edges = self.find(ctx, row)
            ctx.tick(1 + len(edges) // _ROWS_A_TICK)
            for edge in edges:
                if not _used(edge, row, self.others):
                    for left, right in _orientations(edge, self.direction):
                        yield row + (edge, left, right)


_SOURCE: Final = attrgetter("out_v")
_TARGET: Final = attrgetter("in_v")


def edges_by_type(types: tuple[str, ...]) -> Finder:
    if not types:
        return lambda ctx, row: ctx.graph.edges()
    if len(types) == 1:
        only = types[0]
        return lambda ctx, row: ctx.graph.edges_by_label(only)
    names = tuple(dict.fromkeys(types))
    return lambda ctx, row: list(chain.from_iterable(map(ctx.graph.edges_by_label, names)))


def edges_by_id(value: Eval, many: bool, types: tuple[str, ...]) -> Finder:
    def find(ctx: Context, row: Row) -> Collection[Edge]:
        found = []
        for wanted in _wanted(value(row), many):
            edge = ctx.graph.edge(wanted) if type(wanted) is str else None
            if edge is not None and (not types or edge.label in types):
                found.append(edge)
        return found

    return find


# ---------------------------------------------------------------------- expanding

Edges = Callable[[dict[str, list[Edge]]], Iterable[Edge]]

_NO_EDGES: Final[list[Edge]] = []


def edges_of_types(types: tuple[str, ...]) -> Edges:
    """A function of a node's ``out`` or ``in_`` that gives the edges of these types."""
    if not types:
        return lambda ways: chain.from_iterable(ways.values())
    if len(types) == 1:
        only = types[0]
        return lambda ways: ways.get(only, _NO_EDGES)
    names = tuple(dict.fromkeys(types))
    return lambda ways: chain.from_iterable(ways.get(name, _NO_EDGES) for name in names)


def _used(edge: Edge, row: Row, others: Others) -> bool:
    for slot, is_list in others:  # noqa: SIM110  # any() would make a generator each time
        if (edge in row[slot]) if is_list else (edge is row[slot]):
            return True
    return False


class Expand(Operator):
    """From a bound node over one relationship to a node that it binds."""

    __slots__ = ("edges", "in_", "label", "others", "out", "slot")

    def __init__(
        self,
        arguments: str,
        slot: int,
        direction: str,
        types: tuple[str, ...],
        label: str | None,
        others: Others,
    ) -> None:
        super().__init__("Expand", arguments)
        self.slot = slot
        self.out = direction != "in"
        self.in_ = direction != "out"
        self.edges = edges_of_types(types)
        self.label = label
        self.others = others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        slot, edges, label, others = self.slot, self.edges, self.label, self.others
        out, in_ = self.out, self.in_
        for row in rows:
            ctx.tick()
            node = row[slot]
            if node is None:
                continue
            if out:
                for edge in edges(node.out):
                    end = edge.in_v
                    if label is not None and label not in end.labels:
                        continue
                    if others and _used(edge, row, others):
                        continue
                    yield row + (edge, end)
            if in_:
                for edge in edges(node.in_):
                    end = edge.out_v
                    if out and end is node:
                        continue
                    if label is not None and label not in end.labels:
                        continue
                    if others and _used(edge, row, others):
                        continue
                    yield row + (edge, end)


class ExpandInto(Operator):
    """Binds the relationships between two bound nodes."""

    __slots__ = ("direction", "edges", "end", "others", "start")

    def __init__(
        self,
        arguments: str,
        start: int,
        end: int,
        direction: str,
        types: tuple[str, ...],
        others: Others,
    ) -> None:
        super().__init__("ExpandInto", arguments)
        self.start = start
        self.end = end
        self.direction = direction
        self.edges = edges_of_types(types)
        self.others = others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        others = self.others
        for row in rows:
            ctx.tick()
            start, end = row[self.start], row[self.end]
            if start is None or end is None:
                continue
            for edge in self._between(start, end):
                if not (others and _used(edge, row, others)):
                    yield row + (edge,)

    def _between(self, start: Vertex, end: Vertex) -> Iterator[Edge]:
        if self.direction != "in":
            yield from self._from_to(start, end)
        if self.direction != "out" and not (start is end and self.direction == "both"):
            yield from self._from_to(end, start)

    def _from_to(self, source: Vertex, target: Vertex) -> Iterator[Edge]:
        if _degree(source.out) <= _degree(target.in_):
            return (edge for edge in self.edges(source.out) if edge.in_v is target)
        return (edge for edge in self.edges(target.in_) if edge.out_v is source)


def _degree(ways: dict[str, list[Edge]]) -> int:
    return sum(map(len, ways.values()))


class VarExpand(Operator):
    """From a bound node over many relationships; binds their list and, unless given, the end."""

    __slots__ = (
        "direction",
        "edges",
        "end",
        "least",
        "most",
        "others",
        "properties",
        "reverse",
        "start",
    )

    def __init__(
        self,
        arguments: str,
        start: int,
        end: int | None,
        direction: str,
        types: tuple[str, ...],
        length: tuple[int, int | None],
        properties: Eval | None,
        others: Others,
        reverse: bool,
    ) -> None:
        super().__init__("VarExpand", arguments)
        self.start = start
        self.end = end
        self.direction = direction
        self.edges = edges_of_types(types)
        self.least, self.most = length
        self.properties = properties
        self.others = others
        self.reverse = reverse

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            ctx.tick()
            start = row[self.start]
            if start is None:
                continue
            end = None if self.end is None else row[self.end]
            if self.end is not None and end is None:
                continue
            for path, reached in self._walks(ctx, row, start):
                if self.reverse:
                    path.reverse()
                if self.end is None:
                    yield row + (path, reached)
                elif reached is end:
                    yield row + (path,)

    def _walks(self, ctx: Context, row: Row, start: Vertex) -> Iterator[tuple[list[Edge], Vertex]]:
        """Every walk within the bounds that uses no edge twice, depth first, without recursion."""
        if self.least == 0:
            yield [], start
        if self.most is not None and (self.most == 0 or self.most < self.least):
            return
        wanted = None if self.properties is None else list(self.properties(row).items())
        path: list[Edge] = []
        used: set[Edge] = set()
        stack = [self._steps(start)]
        while stack:
            ctx.tick()
            for edge, reached in stack[-1]:
                if edge in used or _used(edge, row, self.others):
                    continue
                if wanted is not None and not _has_all(edge, wanted):
                    continue
                path.append(edge)
                if len(path) >= self.least:
                    yield path[:], reached
                if self.most is None or len(path) < self.most:
                    used.add(edge)
                    stack.append(self._steps(reached))
                    break
                path.pop()
            else:
                stack.pop()
                if path:
                    used.discard(path.pop())

    def _steps(self, node: Vertex) -> Iterator[tuple[Edge, Vertex]]:
        if self.direction != "in":
            for edge in self.edges(node.out):
                yield edge, edge.in_v
        if self.direction != "out":
            for edge in self.edges(node.in_):
                if self.direction == "in" or edge.out_v is not node:
                    yield edge, edge.out_v


def _has_all(edge: Edge, wanted: list[tuple[str, Any]]) -> bool:
    return all(equals(edge.properties.get(key), value) for key, value in wanted)


class BoundRel(Operator):
    """A pattern's relationship that an earlier clause bound: checks or binds its ends."""

    __slots__ = ("direction", "left", "others", "rel", "right", "types")

    def __init__(
        self,
        arguments: str,
        rel: int,
        left: int | None,
        right: int | None,
        direction: str,
        types: tuple[str, ...],
        others: Others,
    ) -> None:
        super().__init__("BoundRelationship", arguments)
        self.rel = rel
        self.left = left
        self.right = right
        self.direction = direction
        self.types = types
        self.others = others

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            edge = row[self.rel]
            if edge is None or (self.types and edge.label not in self.types):
                continue
            if type(edge) is not Edge:
                raise type_error(f"Expected a Relationship but was {value_type(edge)}")
            if _used(edge, row, self.others):
                continue
            for left, right in _orientations(edge, self.direction):
                if self.left is not None and row[self.left] is not left:
                    continue
                if self.right is not None and row[self.right] is not right:
                    continue
                new = (left,) if self.left is None else ()
                yield row + new + ((right,) if self.right is None else ())


def _orientations(edge: Edge, direction: str) -> list[tuple[Vertex, Vertex]]:
    ways = []
    if direction != "in":
        ways.append((edge.out_v, edge.in_v))
    if direction != "out" and not (direction == "both" and edge.out_v is edge.in_v):
        ways.append((edge.in_v, edge.out_v))
    return ways


class BoundVarRel(Operator):
    """A list of relationships that an earlier clause bound, walked from a bound node."""

    __slots__ = ("direction", "end", "length", "properties", "rels", "reverse", "start", "types")

    def __init__(
        self,
        arguments: str,
        rels: int,
        start: int,
        end: int | None,
        direction: str,
        types: tuple[str, ...],
        length: tuple[int, int | None],
        properties: Eval | None,
        reverse: bool,
    ) -> None:
        super().__init__("BoundRelationships", arguments)
        self.rels = rels
        self.start = start
        self.end = end
        self.direction = direction
        self.types = types
        self.length = length
        self.properties = properties
        self.reverse = reverse

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            ctx.tick()
            edges, node = row[self.rels], row[self.start]
            if edges is None or node is None:
                continue
            if type(edges) is not list or any(type(edge) is not Edge for edge in edges):
                raise type_error("Expected a List of Relationships")
            wanted = [] if self.properties is None else list(self.properties(row).items())
            if not all(_has_all(edge, wanted) for edge in edges):
                continue
            end = self._walk(edges[::-1] if self.reverse else edges, node)
            if end is None:
                continue
            if self.end is None:
                yield row + (end,)
            elif row[self.end] is end:
                yield row

    def _walk(self, edges: list[Edge], node: Vertex) -> Vertex | None:
        least, most = self.length
        if len(edges) < least or (most is not None and len(edges) > most):
            return None
        if len(set(edges)) < len(edges):
            return None
        for edge in edges:
            if self.types and edge.label not in self.types:
                return None
            if self.direction != "in" and edge.out_v is node:
                node = edge.in_v
            elif self.direction != "out" and edge.in_v is node:
                node = edge.out_v
            else:
                return None
        return node


class BuildPath(Operator):
    """Binds a path variable; ``rels`` has (slot, whether it holds a list) in pattern order."""

    __slots__ = ("nodes", "rels")

    def __init__(self, arguments: str, nodes: tuple[int, ...], rels: Others) -> None:
        super().__init__("Path", arguments)
        self.nodes = nodes
        self.rels = rels

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            yield row + (build_path(row, self.nodes, self.rels),)


def build_path(row: Row, node_slots: tuple[int, ...], rels: Others) -> Path:
    """The path through bound nodes and relationships."""
    nodes = [row[node_slots[0]]]
    edges: list[Edge] = []
    for (slot, is_list), node_slot in zip(rels, node_slots[1:]):
        if not is_list:
            edges.append(row[slot])
            nodes.append(row[node_slot])
            continue
        for edge in row[slot]:
            edges.append(edge)
            nodes.append(edge.in_v if edge.out_v is nodes[-1] else edge.out_v)
    return Path(tuple(nodes), tuple(edges))


# ---------------------------------------------------------------------- rows


class Filter(Operator):
    """Keeps the rows for which all predicates are true.

    ``boolean`` tells that the predicate can give nothing but true, false and null.
    """

    __slots__ = ("boolean", "predicate")

    def __init__(self, arguments: str, predicate: Eval, boolean: bool) -> None:
        super().__init__("Filter", arguments)
        self.predicate = predicate
        self.boolean = boolean

    def run(self, ctx: Context, rows: Rows) -> Rows:
        return filter(self.predicate, rows) if self.boolean else self._checked(rows)

    def _checked(self, rows: Rows) -> Rows:
        for row in rows:
            kept = self.predicate(row)
            if kept is True:
                yield row
            elif kept is not False and kept is not None:
                raise type_error(
                    f"Expected a Boolean but was {value_type(kept)}", "InvalidArgumentType"
                )


class Optional(Operator):
    """The inner pipeline's rows for each row, or the row with nulls where there are none."""

    __slots__ = ("nulls",)

    def __init__(self, pipeline: Pipeline, width: int) -> None:
        super().__init__("Optional")
        self.inner = (pipeline,)
        self.nulls = (None,) * width

    def run(self, ctx: Context, rows: Rows) -> Rows:
        pipeline = self.inner[0]
        for row in rows:
            empty = True
            for found in pipeline.run(ctx, iter((row,))):
                empty = False
                yield found
            if empty:
                yield row + self.nulls


class Unwind(Operator):
    """One row for each element of a list; none for null; one for any other value."""

    __slots__ = ("source",)

    def __init__(self, arguments: str, source: Eval) -> None:
        super().__init__("Unwind", arguments)
        self.source = source

    def run(self, ctx: Context, rows: Rows) -> Rows:
        source = self.source
        for row in rows:
            values = source(row)
            ctx.tick(1 + (len(values) // _ROWS_A_TICK if type(values) is list else 0))
            if type(values) is list:
                for value in values:
                    yield row + (value,)
            elif values is not None:
                yield row + (values,)


class Project(Operator):
    """Rows of the values of some expressions; ``slots`` where all of them are variables."""

    __slots__ = ("items", "pick")

    def __init__(
        self, arguments: str, items: Sequence[Eval], slots: Sequence[int] | None = None
    ) -> None:
        super().__init__("Project", arguments)
        self.items = tuple(items)
        self.pick = itemgetter(0, *slots) if slots else None

    def run(self, ctx: Context, rows: Rows) -> Rows:
        items = self.items
        if self.pick is not None:
            return map(self.pick, rows)
        if len(items) == 1:
            only = items[0]
            return ((ctx, only(row)) for row in rows)
        if len(items) == 2:
            one, other = items
            return ((ctx, one(row), other(row)) for row in rows)
        if len(items) == 3:
            one, other, third = items
            return ((ctx, one(row), other(row), third(row)) for row in rows)
        return ((ctx, *[item(row) for item in items]) for row in rows)


class Extend(Operator):
    """Adds the values of some expressions to each row."""

    __slots__ = ("items",)

    def __init__(self, arguments: str, items: Sequence[Eval]) -> None:
        super().__init__("Extend", arguments)
        self.items = tuple(items)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        items = self.items
        for row in rows:
            yield (*row, *[item(row) for item in items])


class Distinct(Operator):
    """Drops rows whose values came before."""

    __slots__ = ()

    def run(self, ctx: Context, rows: Rows) -> Rows:
        seen: set[Any] = set()
        for row in rows:
            key = tuple([v if type(v) is str else group_key(v) for v in row[1:]])
            if key not in seen:
                seen.add(key)
                ctx.hold(1)
                yield row


#: Up to so many wanted rows, the best are picked without sorting all.
_HEAP_SIZE: Final = 10_000


class Sort(Operator):
    """Sorts by several keys; ``limit`` is how many rows are wanted, where that is known."""

    __slots__ = ("keys", "limit")

    def __init__(
        self, arguments: str, keys: Sequence[tuple[Eval, bool]], limit: Eval | None
    ) -> None:
        super().__init__("Sort", arguments)
        self.keys = tuple(keys)
        self.limit = limit

    def run(self, ctx: Context, rows: Rows) -> Rows:
        descending = {down for _, down in self.keys}
        count = None if self.limit is None else self.limit((ctx,))
        if count is not None and count <= _HEAP_SIZE and len(descending) == 1:
            evaluate = [key for key, _ in self.keys]
            if len(evaluate) == 1:
                only = evaluate[0]
                best = _best(count, rows, lambda row: order_key(only(row)), descending == {True})
            else:
                best = _best(
                    count,
                    rows,
                    lambda row: [order_key(key(row)) for key in evaluate],
                    descending == {True},
                )
            ctx.hold(len(best))
            yield from best
            return
        held = ctx.hold_all(rows)
        for key, down in reversed(self.keys):
            held.sort(key=_sort_key(key), reverse=down)
        yield from held


def _best(count: int, rows: Rows, key: Callable[[Row], Any], descending: bool) -> list[Row]:
    return (heapq.nlargest if descending else heapq.nsmallest)(count, rows, key=key)


def _sort_key(key: Eval) -> Callable[[Row], Any]:
    return lambda row: order_key(key(row))


class Skip(Operator):
    __slots__ = ("count",)

    def __init__(self, arguments: str, count: Eval) -> None:
        super().__init__("Skip", arguments)
        self.count = count

    def run(self, ctx: Context, rows: Rows) -> Rows:
        return islice(rows, self.count((ctx,)), None)


class Limit(Operator):
    __slots__ = ("count",)

    def __init__(self, arguments: str, count: Eval) -> None:
        super().__init__("Limit", arguments)
        self.count = count

    def run(self, ctx: Context, rows: Rows) -> Rows:
        return islice(rows, self.count((ctx,)))


def row_count(what: str, value: Eval) -> Eval:
    """The number of rows that SKIP or LIMIT names, checked."""

    def count(row: Row) -> int:
        number = value(row)
        if type(number) is not int:
            raise CypherError(
                "SyntaxError",
                "InvalidArgumentType",
                f"{what} needs an Integer, not a {value_type(number)}",
            )
        if number < 0:
            raise CypherError(
                "SyntaxError", "NegativeIntegerArgument", f"{what} must not be negative"
            )
        return min(number, 2**62)

    return count


class Aggregation:
    """One aggregating call: how to make its state, and its argument (None for ``count(*)``)."""

    __slots__ = ("argument", "distinct", "make", "pair")

    def __init__(self, make: type[Any], argument: Eval | None, distinct: bool, pair: bool) -> None:
        self.make = make
        self.argument = argument
        self.distinct = distinct
        self.pair = pair


class Aggregate(Operator):
    """Groups rows by keys; rows of the keys and the results of the aggregating calls."""

    __slots__ = ("calls", "keys")

    def __init__(self, arguments: str, keys: Sequence[Eval], calls: Sequence[Aggregation]) -> None:
        super().__init__("Aggregate", arguments)
        self.keys = tuple(keys)
        self.calls = tuple(calls)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        keys = self.keys
        if not keys and len(self.calls) == 1 and self.calls[0].argument is None:
            yield (ctx, sum(1 for _ in rows))
            return
        groups: dict[Any, _Group] = {}
        single = keys[0] if len(keys) == 1 else None
        evaluated = [call for call in self.calls if call.argument is not None]
        first: Eval | None
        first, *others = [call.argument for call in evaluated if call.argument] or [None]  # type: ignore[list-item]
        for row in rows:
            if single is not None:
                value = single(row)
                kind = type(value)
                key = value if kind is str or kind is int else group_key(value)
            else:
                value = [each(row) for each in keys]
                key = tuple(map(group_key, value))
            group = groups.get(key)
            if group is None:
                ctx.hold(1)
                values = [value] if single is not None else value
                group = groups[key] = _Group(ctx, values, evaluated)
            group.rows += 1
            if first is not None:
                value = first(row)
                if value is not None:
                    group.adders[0](value)
            for argument, add in zip(others, group.adders[1:]) if others else ():
                value = argument(row)
                if value is not None:
                    add(value)
        if not groups and not keys:
            groups[()] = _Group(ctx, [], evaluated)
        for group in groups.values():
            results = iter(group.states)
            yield (
                ctx,
                *group.values,
                *[
                    group.rows if call.argument is None else next(results).result()
                    for call in self.calls
                ],
            )


class _Group:
    """The rows of equal keys: how many, and the states of the calls that have arguments."""

    __slots__ = ("adders", "rows", "states", "values")

    def __init__(self, ctx: Context, values: list[Any], calls: Sequence[Aggregation]) -> None:
        self.rows = 0
        self.values = values
        self.states = [call.make() for call in calls]
        self.adders = [_adder(ctx, call, state) for call, state in zip(calls, self.states)]


def _adder(ctx: Context, call: Aggregation, state: Any) -> Callable[[Any], None]:
    """The function that takes a value into a state, with DISTINCT and the bound on memory."""
    add: Callable[[Any], None] = state.add
    if call.distinct:
        seen: set[Any] = set()

        def add_distinct(value: Any) -> None:
            key = group_key(value[0] if call.pair else value)
            if key not in seen:
                ctx.hold(1)
                seen.add(key)
                add(value)

        return add_distinct
    if not isinstance(state, Collect):
        return add

    def add_held(value: Any) -> None:
        ctx.hold(1)
        add(value)

    return add_held


class Union(Operator):
    """The rows of several queries, one after the other."""

    __slots__ = ()

    def __init__(self, pipelines: Sequence[Pipeline]) -> None:
        super().__init__("Union")
        self.inner = tuple(pipelines)

    def run(self, ctx: Context, rows: Rows) -> Rows:
        for row in rows:
            for pipeline in self.inner:
                yield from pipeline.run(ctx, iter((row,)))


class Subquery(Operator):
    """CALL { }: the inner rows' columns added to each row; without RETURN the row itself."""

    __slots__ = ("imports", "returns")

    def __init__(
        self, pipeline: Pipeline, imports: Callable[[Row], Row], returns: bool, eager: bool
    ) -> None:
        super().__init__("Subquery", eager=eager)
        self.inner = (pipeline,)
        self.imports = imports
        self.returns = returns

    def run(self, ctx: Context, rows: Rows) -> Rows:
        pipeline = self.inner[0]
        for row in ctx.hold_all(rows) if self.eager else rows:
            ctx.tick()
            found = pipeline.run(ctx, iter((self.imports(row),)))
            if self.returns:
                for inner in found:
                    yield row + inner[1:]
            else:
                for _ in found:
                    pass
                yield row
