"""What a query does to the graph, told from its text: read, write, delete.

A read-only replica refuses what writes, and IAM has an action for each of the three.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import tree as t
from .rewrite import walk


@dataclass(frozen=True, slots=True)
class Access:
    """``writes`` is true for every change, ``deletes`` for those that take something away."""

    reads: bool
    writes: bool
    deletes: bool


def access_of(query: t.Query) -> Access:
    """What a parsed query does. MERGE reads and writes; SET and REMOVE write."""
    reads = writes = deletes = False
    for node in walk(query):
        if isinstance(node, (t.Match, t.PatternPredicate, t.PatternComprehension)):
            reads = True
        elif isinstance(node, t.Merge):
            reads = writes = True
        elif isinstance(node, (t.Create, t.Set)):
            writes = True
        elif isinstance(node, t.Delete):
            writes = deletes = True
    return Access(reads or not writes, writes, deletes)
