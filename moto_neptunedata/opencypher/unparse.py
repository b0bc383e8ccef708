"""Pieces of a query in brief, as explain shows them."""

from __future__ import annotations

from . import ast as t


def unparse_name(name: str) -> str:
    """A variable's name, or ``_`` for one that the query does not name."""
    return "_" if name.startswith(t.HIDDEN) else name


def unparse_relationship(left: str, rel: t.RelPattern, right: str) -> str:
    """``(a)-[r:T*1..2]->(b)``"""
    name = "" if rel.variable.startswith(t.HIDDEN) else rel.variable
    types = f":{'|'.join(rel.types)}" if rel.types else ""
    length = ""
    if rel.length is not None:
        least, most = rel.length
        length = f"*{least}..{'' if most is None else most}"
    before = "<-" if rel.direction == "in" else "-"
    after = "->" if rel.direction == "out" else "-"
    return f"({unparse_name(left)}){before}[{name}{types}{length}]{after}({unparse_name(right)})"


def unparse(e: t.Expr) -> str:
    """An expression in brief, for explain."""
    return _unparse(e, 3)


def _unparse(e: t.Expr, depth: int) -> str:
    if depth == 0:
        return "…"
    if isinstance(e, t.Variable):
        return unparse_name(e.name)
    if isinstance(e, t.Parameter):
        return f"${e.name}"
    if isinstance(e, t.Literal_):
        return repr(e.value) if e.kind == "string" else str(e.value)
    if isinstance(e, t.Property):
        return f"{_unparse(e.target, depth)}.{e.key}"
    if isinstance(e, t.HasLabels):
        return f"{_unparse(e.target, depth)}:{':'.join(e.labels)}"
    if isinstance(e, t.Comparison):
        texts = [_unparse(operand, depth - 1) for operand in e.operands]
        return texts[0] + "".join(f" {op} {text}" for op, text in zip(e.ops, texts[1:]))
    if isinstance(e, t.Logic):
        return f" {e.op} ".join(_unparse(operand, depth - 1) for operand in e.operands)
    if isinstance(e, t.Call):
        return f"{e.name}({', '.join(_unparse(arg, depth - 1) for arg in e.args)})"
    if isinstance(e, t.CountStar):
        return "count(*)"
    if isinstance(e, t.In):
        return f"{_unparse(e.item, depth - 1)} IN {_unparse(e.source, depth - 1)}"
    return type(e).__name__
