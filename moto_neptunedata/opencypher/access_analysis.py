"""What a query does to the graph, as its text says: read, write, delete.

A read-only replica refuses what writes, and IAM has an action for each of the three.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import ast as t
from .ast_traversal import walk


@dataclass(frozen=True, slots=True)
class Access:
    """``writes`` is true for every change, ``deletes`` where there is a clause DELETE.

    ``adds`` and ``removes`` are what IAM asks: whether something may come, whether something may
    go. SET does both, because it may replace (user guide, iam-data-access-policies).
    """

    reads: bool
    writes: bool
    deletes: bool
    adds: bool
    removes: bool


def analyze_access(query: t.Query) -> Access:
    """What a parsed query does. MERGE reads and writes; SET and REMOVE write."""
    reads = deletes = adds = removes = False
    for node in walk(query):
        if isinstance(node, (t.Match, t.PatternPredicate, t.PatternComprehension)):
            reads = True
        elif isinstance(node, t.Merge):
            reads = adds = True
        elif isinstance(node, t.Create):
            adds = True
        elif isinstance(node, (t.SetProperty, t.SetProperties, t.SetLabels)):
            adds = removes = True
        elif isinstance(node, (t.RemoveProperty, t.RemoveLabels)):
            removes = True
        elif isinstance(node, t.Delete):
            deletes = removes = True
    writes = adds or removes
    return Access(reads or not writes, writes, deletes, adds, removes)
