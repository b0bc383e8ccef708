"""``and()`` and ``or()`` between steps, which join what stands on their sides."""

from __future__ import annotations

from collections.abc import Sequence

from .ast import Call, Traversal


def fold_connectives(calls: Sequence[Call]) -> Sequence[Call]:
    """``a.and().b.or().c`` made ``or(and(a, b), c)``; what a graph step gives stays before it."""
    if not any(call.name in ("and", "or") and not call.args for call in calls):
        return calls
    start = 1 if calls[0].name in ("V", "E") else 0
    alternatives = [_join("and", _split(part, "and")) for part in _split(calls[start:], "or")]
    joined = _join("or", alternatives)
    return [*calls[:start], *joined]


def _split(calls: Sequence[Call], name: str) -> list[Sequence[Call]]:
    parts: list[Sequence[Call]] = []
    start = 0
    for at, call in enumerate(calls):
        if call.name == name and not call.args:
            parts.append(calls[start:at])
            start = at + 1
    parts.append(calls[start:])
    return parts


def _join(name: str, parts: Sequence[Sequence[Call]]) -> Sequence[Call]:
    if len(parts) == 1:
        return parts[0]
    return (Call(name, tuple(Traversal(tuple(part)) for part in parts if part)),)
