"""The syntax tree: what a Gremlin text says, before anybody asks whether it makes sense.

All nodes are immutable. Arguments are plain values (:mod:`.values`, ``str``, ``Int``, …),
constants of :mod:`.enums`, or nodes of this module. Positions are offsets into the text.
"""

from __future__ import annotations

from typing import NamedTuple

from .values import Value


class Call(NamedTuple):
    """``name(args)``: one step, or one modulator."""

    name: str
    args: tuple[Value, ...] = ()
    position: int = -1


class Traversal(NamedTuple):
    """An anonymous traversal that is an argument: ``__.out().in()`` or ``out().in()``."""

    calls: tuple[Call, ...]


class Predicate(NamedTuple):
    """``P.name(args)`` or ``TextP.name(args)``; ``and`` and ``or`` have predicates as arguments."""

    name: str
    args: tuple[Value, ...]


class Strategy(NamedTuple):
    """``new Name(option: value, …)`` in ``withStrategies``."""

    name: str
    options: tuple[tuple[str, Value], ...] = ()


class VertexReference(NamedTuple):
    """``new Vertex(id, label)``: stands for the stored vertex with this id."""

    id: Value
    label: str = "vertex"


class Statement(NamedTuple):
    """``g``, its configuration, steps, and how the result is asked for (``""`` for all of it)."""

    source: tuple[Call, ...]
    calls: tuple[Call, ...]
    terminal: Call


class Script(NamedTuple):
    """All statements of one text, which run in one transaction."""

    text: str
    statements: tuple[Statement, ...]
