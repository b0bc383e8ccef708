"""The syntax tree: immutable, and equal where two pieces of text mean the same.

``pos`` is the offset in the query text and takes no part in equality, so that an expression in
ORDER BY can be found again among the projected ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["out", "in", "both"]

#: Names that the parser makes up (anonymous pattern elements) start with this; no query can.
HIDDEN = "\0"


@dataclass(frozen=True, slots=True)
class Node:
    """Base of everything in the tree."""


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """Base of all expressions."""

    pos: int = field(default=0, compare=False, kw_only=True)


# ---------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Literal_(Expr):
    """A number, string, boolean or null; ``kind`` tells ``1``, ``1.0`` and ``true`` apart."""

    value: str | int | float | bool | None
    kind: str


@dataclass(frozen=True, slots=True)
class Parameter(Expr):
    name: str


@dataclass(frozen=True, slots=True)
class Variable(Expr):
    name: str


@dataclass(frozen=True, slots=True)
class Property(Expr):
    target: Expr
    key: str


@dataclass(frozen=True, slots=True)
class ListLiteral(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class MapLiteral(Expr):
    entries: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class MapProjection(Expr):
    """``n {.key, .*, other: 1, v}``; a ``.*`` entry has the key None."""

    target: Variable
    entries: tuple[tuple[str | None, Expr], ...]


@dataclass(frozen=True, slots=True)
class Index(Expr):
    target: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Slice(Expr):
    target: Expr
    start: Expr | None
    stop: Expr | None


@dataclass(frozen=True, slots=True)
class Not(Expr):
    operand: Expr


@dataclass(frozen=True, slots=True)
class Sign(Expr):
    """Unary ``+`` or ``-``."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(Expr):
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Comparison(Expr):
    """``a < b <= c``: each neighbouring pair must hold."""

    operands: tuple[Expr, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    """AND, OR or XOR over two or more operands, kept flat so that long chains are not deep."""

    op: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class StringTest(Expr):
    """STARTS WITH, ENDS WITH, CONTAINS or ``=~``."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Expr):
    item: Expr
    source: Expr


@dataclass(frozen=True, slots=True)
class IsNull(Expr):
    operand: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class HasLabels(Expr):
    target: Expr
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function call; ``name`` in lower case."""

    name: str
    args: tuple[Expr, ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class CountStar(Expr):
    pass


@dataclass(frozen=True, slots=True)
class Case(Expr):
    subject: Expr | None
    whens: tuple[tuple[Expr, Expr], ...]
    default: Expr | None


@dataclass(frozen=True, slots=True)
class ListComprehension(Expr):
    variable: str
    source: Expr
    predicate: Expr | None
    projection: Expr | None


@dataclass(frozen=True, slots=True)
class Quantifier(Expr):
    """all, any, none or single."""

    kind: str
    variable: str
    source: Expr
    predicate: Expr


@dataclass(frozen=True, slots=True)
class Reduce(Expr):
    accumulator: str
    initial: Expr
    variable: str
    source: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class PatternPredicate(Expr):
    part: PatternPart


@dataclass(frozen=True, slots=True)
class PatternComprehension(Expr):
    part: PatternPart
    predicate: Expr | None
    projection: Expr


@dataclass(frozen=True, slots=True)
class ExistsSubquery(Expr):
    query: Query


# ---------------------------------------------------------------------- patterns


@dataclass(frozen=True, slots=True)
class Element(Node):
    """A node or relationship of a pattern.

    ``variable`` is made up (``HIDDEN``) when the text has none.
    """

    variable: str
    properties: Expr | None
    pos: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NodePattern(Element):
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelPattern(Element):
    """``length`` is None for one relationship, else (least, most) with None for no upper bound."""

    types: tuple[str, ...]
    direction: Direction
    length: tuple[int, int | None] | None
    both_arrows: bool = False


@dataclass(frozen=True, slots=True)
class PatternPart(Node):
    """Nodes and relationships in turn, a node first and last."""

    path: str | None
    nodes: tuple[NodePattern, ...]
    rels: tuple[RelPattern, ...]
    pos: int = field(default=0, compare=False)

    @property
    def elements(self) -> tuple[Element, ...]:
        return (*self.nodes, *self.rels)


# ---------------------------------------------------------------------- clauses


@dataclass(frozen=True, slots=True)
class Clause(Node):
    pos: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Match(Clause):
    optional: bool
    parts: tuple[PatternPart, ...]
    where: Expr | None


@dataclass(frozen=True, slots=True)
class Unwind(Clause):
    source: Expr
    variable: str


@dataclass(frozen=True, slots=True)
class ProjectionItem(Node):
    """``explicit`` tells whether the alias was written; else it is the expression's own text."""

    expr: Expr
    alias: str
    explicit: bool
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SortItem(Node):
    expr: Expr
    descending: bool


@dataclass(frozen=True, slots=True)
class Projection(Clause):
    """WITH or RETURN: ``star`` stands for all variables in scope, before the items."""

    final: bool
    distinct: bool
    star: bool
    items: tuple[ProjectionItem, ...]
    order: tuple[SortItem, ...]
    skip: Expr | None
    limit: Expr | None
    where: Expr | None


@dataclass(frozen=True, slots=True)
class Create(Clause):
    parts: tuple[PatternPart, ...]


@dataclass(frozen=True, slots=True)
class SetProperty(Clause):
    target: Expr
    key: str
    value: Expr


@dataclass(frozen=True, slots=True)
class SetProperties(Clause):
    """``n = map`` or, with ``merge``, ``n += map``."""

    target: Expr
    value: Expr
    merge: bool


@dataclass(frozen=True, slots=True)
class SetLabels(Clause):
    target: Expr
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveProperty(Clause):
    target: Expr
    key: str


@dataclass(frozen=True, slots=True)
class RemoveLabels(Clause):
    target: Expr
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Set(Clause):
    """SET or REMOVE: changes to elements, in order."""

    items: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Merge(Clause):
    part: PatternPart
    on_create: tuple[Clause, ...]
    on_match: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Delete(Clause):
    targets: tuple[Expr, ...]
    detach: bool


@dataclass(frozen=True, slots=True)
class CallSubquery(Clause):
    query: Query
    imports: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CallProcedure(Clause):
    name: str


@dataclass(frozen=True, slots=True)
class SingleQuery(Node):
    clauses: tuple[Clause, ...]
    pos: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Query(Node):
    """One query, or several joined by UNION; ``union_all`` has an entry for each join."""

    parts: tuple[SingleQuery, ...]
    union_all: tuple[bool, ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
