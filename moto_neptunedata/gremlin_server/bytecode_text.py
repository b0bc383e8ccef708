"""Bytecode as the status operations show it: ``[[], [V(ann), out(knows)]]``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..gremlin.ast import Call, Predicate, Script, Strategy, Traversal, VertexReference
from ..gremlin.java_text import to_java_text


def bytecode_text(script: Script) -> str:
    """The one statement of a script made of bytecode."""
    [statement] = script.statements
    return f"[{_format_calls(statement.source)}, {_format_calls(statement.calls)}]"


def _format_calls(calls: Iterable[Call]) -> str:
    told = (f"{call.name}({', '.join(map(_argument, call.args))})" for call in calls)
    return f"[{', '.join(told)}]"


def _argument(arg: Any) -> str:
    if isinstance(arg, Traversal):
        return _format_calls(arg.calls)
    if isinstance(arg, Predicate):
        return f"{arg.name}({', '.join(map(_argument, arg.args))})"
    if isinstance(arg, Strategy):
        return arg.name
    return f"v[{arg.id}]" if isinstance(arg, VertexReference) else to_java_text(arg)
