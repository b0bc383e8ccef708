"""Pieces of a query in brief, as explain shows them."""

from __future__ import annotations

from . import tree as t


def show(name: str) -> str:
    """A variable's name, or ``_`` for one that the query does not name."""
    return "_" if name.startswith(t.HIDDEN) else name


def show_rel(left: str, rel: t.RelPattern, right: str) -> str:
    """``(a)-[r:T*1..2]->(b)``"""
    name = "" if rel.variable.startswith(t.HIDDEN) else rel.variable
    types = f":{'|'.join(rel.types)}" if rel.types else ""
    length = ""
    if rel.length is not None:
        least, most = rel.length
        length = f"*{least}..{'' if most is None else most}"
    before = "<-" if rel.direction == "in" else "-"
    after = "->" if rel.direction == "out" else "-"
    return f"({show(left)}){before}[{name}{types}{length}]{after}({show(right)})"


def describe(e: t.Expr) -> str:
    """An expression in brief, for explain."""
    return _describe(e, 3)


def _describe(e: t.Expr, depth: int) -> str:
    if depth == 0:
        return "…"
    if isinstance(e, t.Variable):
        return show(e.name)
    if isinstance(e, t.Parameter):
        return f"${e.name}"
    if isinstance(e, t.Literal_):
        return repr(e.value) if e.kind == "string" else str(e.value)
    if isinstance(e, t.Property):
        return f"{_describe(e.target, depth)}.{e.key}"
    if isinstance(e, t.HasLabels):
        return f"{_describe(e.target, depth)}:{':'.join(e.labels)}"
    if isinstance(e, t.Comparison):
        texts = [_describe(operand, depth - 1) for operand in e.operands]
        return texts[0] + "".join(f" {op} {text}" for op, text in zip(e.ops, texts[1:]))
    if isinstance(e, t.Logic):
        return f" {e.op} ".join(_describe(operand, depth - 1) for operand in e.operands)
    if isinstance(e, t.Call):
        return f"{e.name}({', '.join(_describe(arg, depth - 1) for arg in e.args)})"
    if isinstance(e, t.CountStar):
        return "count(*)"
    if isinstance(e, t.In):
        return f"{_describe(e.item, depth - 1)} IN {_describe(e.source, depth - 1)}"
    return type(e).__name__
