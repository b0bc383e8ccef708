"""Walking and rewriting syntax trees without knowing each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from . import ast as t
from .aggregates import AGGREGATES

Found = frozenset[str]
_NONE: Final[Found] = frozenset()


_FIELD_NAMES: Final[dict[type, tuple[str, ...]]] = {}


def _get_field_names(kind: Any) -> tuple[str, ...]:
    names = _FIELD_NAMES.get(kind)
    if names is None:
        names = _FIELD_NAMES[kind] = tuple(f.name for f in fields(kind) if f.name != "pos")
    return names


def children(node: t.Node) -> Iterator[t.Node]:
    """The nodes directly within a node, in the order of the text."""
    for name in _get_field_names(type(node)):
        yield from _iterate_nodes(getattr(node, name))


def _iterate_nodes(value: Any) -> Iterator[t.Node]:
    if isinstance(value, t.Node):
        yield value
    elif type(value) is tuple:
        for item in value:
            yield from _iterate_nodes(item)


def walk(node: t.Node) -> Iterator[t.Node]:
    """A node and all nodes below it."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(children(node))


def is_aggregate(node: t.Node) -> bool:
    """Whether a node is itself a call of an aggregating function."""
    return type(node) is t.CountStar or (type(node) is t.Call and node.name in AGGREGATES)


def has_aggregate(node: t.Node) -> bool:
    """Whether an expression aggregates; what a subquery does within itself does not count."""
    if is_aggregate(node):
        return True
    if type(node) is t.ExistsSubquery:
        return False
    return any(map(has_aggregate, children(node)))


# ---------------------------------------------------------------------- free variables


def find_free_variables(node: t.Node) -> Found:
    """The variables that an expression needs from outside.

    For a pattern or subquery these are all its names, since which of them it binds anew depends
    on what is bound where it stands.
    """
    special = _FREE.get(type(node))
    if special is not None:
        return special(node)
    return _NONE.union(*map(find_free_variables, children(node)))


def _find_free_in(*nodes: t.Node | None) -> Found:
    return _NONE.union(*(find_free_variables(node) for node in nodes if node is not None))


def _find_in_comprehension(node: Any) -> Found:
    return _find_free_in(node.source) | (
        _find_free_in(node.predicate, node.projection) - {node.variable}
    )


def _find_in_quantifier(node: Any) -> Found:
    return _find_free_in(node.source) | (_find_free_in(node.predicate) - {node.variable})


def _find_in_reduce(node: Any) -> Found:
    outer = _find_free_in(node.initial, node.source)
    return outer | (_find_free_in(node.body) - {node.variable, node.accumulator})


def _find_in_part(part: Any) -> Found:
    names = frozenset(
        element.variable for element in part.elements if not element.variable.startswith(t.HIDDEN)
    )
    return names | _find_free_in(*(element.properties for element in part.elements))


_FREE: Final[dict[type, Callable[[Any], Found]]] = {
    t.Variable: lambda node: frozenset((node.name,)),
    t.ListComprehension: _find_in_comprehension,
    t.Quantifier: _find_in_quantifier,
    t.Reduce: _find_in_reduce,
    t.PatternPart: _find_in_part,
}

# ---------------------------------------------------------------------- substitution


def substitute(node: Any, mapping: Mapping[t.Expr, t.Expr]) -> Any:
    """The node with every sub-expression that is in ``mapping`` replaced, outermost first."""
    if not mapping:
        return node
    found = mapping.get(node) if isinstance(node, t.Expr) else None
    if found is not None:
        return found
    bound = _find_bound(node)
    if bound:
        mapping = {
            expr: new for expr, new in mapping.items() if not bound & find_free_variables(expr)
        }
    changes = {}
    for name in _get_field_names(type(node)):
        old = getattr(node, name)
        new = _substitute_within(old, mapping)
        if new is not old:
            changes[name] = new
    return replace(node, **changes) if changes else node


def _substitute_within(value: Any, mapping: Mapping[t.Expr, t.Expr]) -> Any:
    if isinstance(value, t.Node):
        return substitute(value, mapping)
    if type(value) is tuple:
        new = tuple(_substitute_within(item, mapping) for item in value)
        return value if all(a is b for a, b in zip(new, value)) else new
    return value


def _find_bound(node: Any) -> Found:
    if type(node) in (t.ListComprehension, t.Quantifier):
        return frozenset((node.variable,))
    if type(node) is t.Reduce:
        return frozenset((node.variable, node.accumulator))
    if type(node) in (t.PatternPredicate, t.PatternComprehension, t.ExistsSubquery):
        return _find_names(node)
    return _NONE


def _find_names(node: t.Node) -> Found:
    return frozenset(
        below.variable
        for below in walk(node)
        if isinstance(below, t.Element) and below.variable[0] != t.HIDDEN
    )
