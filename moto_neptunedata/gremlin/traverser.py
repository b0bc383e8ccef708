"""Traversers: what moves through the steps.

A traverser is never changed once it is made; a step that moves it makes another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from .values import Path, Value

#: ``None``, or ``(path before, object, labels)``.
PathNode: TypeAlias = Any
#: ``None``, or ``(loops of the repeat around, name, count)``.
Loops: TypeAlias = Any


class _Nothing:
    """The type of :data:`NOTHING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


#: What a traversal that has no result answers; ``None`` is a result.
NOTHING: Final = _Nothing()


class _Start:
    """The type of :data:`START`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "null"


#: The value of the traverser that a statement starts with.
START: Final = _Start()


class Traverser:
    """A value on its way, standing for ``bulk`` equal ones."""

    __slots__ = ("bulk", "loops", "path", "sack", "value")

    def __init__(
        self,
        value: Value,
        bulk: int = 1,
        path: PathNode = None,
        sack: Value = None,
        loops: Loops = None,
    ) -> None:
        self.value = value
        self.bulk = bulk
        self.path = path
        self.sack = sack
        self.loops = loops

    def __repr__(self) -> str:
        return f"<Traverser {self.value!r} x{self.bulk}>"


#: From a traverser to a value, or :data:`NOTHING`.
Draw: TypeAlias = Callable[[Traverser], Value]


def move_plain(traverser: Traverser, value: Value) -> Traverser:
    """The traverser at another value; its path stays as it is."""
    return Traverser(value, traverser.bulk, traverser.path, traverser.sack, traverser.loops)


def move_with_path(traverser: Traverser, value: Value) -> Traverser:
    """The traverser at another value; its path grows."""
    return Traverser(
        value, traverser.bulk, (traverser.path, value, ()), traverser.sack, traverser.loops
    )


def take_one(traverser: Traverser) -> Traverser:
    """The traverser, or one of those that it stands for."""
    if traverser.bulk == 1:
        return traverser
    return Traverser(traverser.value, 1, traverser.path, traverser.sack, traverser.loops)


def list_path_nodes(path: PathNode) -> list[PathNode]:
    """The nodes of a path, first to last."""
    found = []
    while path is not None:
        found.append(path)
        path = path[0]
    found.reverse()
    return found


def build_path(path: PathNode) -> Path:
    """A path as a value."""
    found = list_path_nodes(path)
    return Path([node[1] for node in found], [node[2] for node in found])


def find_labelled(path: PathNode, label: str) -> list[Value]:
    """The objects with this label, first to last."""
    found = []
    while path is not None:
        if label in path[2]:
            found.append(path[1])
        path = path[0]
    found.reverse()
    return found


def find_last_labelled(path: PathNode, label: str) -> Value:
    """The last object with this label, or ``NOTHING``."""
    while path is not None:
        if label in path[2]:
            return path[1]
        path = path[0]
    return NOTHING
