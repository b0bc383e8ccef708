"""What is the same for all steps of a statement."""

from __future__ import annotations

from dataclasses import dataclass

from .ast import Traversal
from .dialect import Dialect
from .values import Value


@dataclass(frozen=True)
class StatementSettings:
    """How the steps of one statement are built: its dialect, its strategies, what they need."""

    dialect: Dialect
    #: Some step reads whole paths, so that every move is recorded.
    track_paths: bool = False
    sacks: bool = False
    #: ``ProductiveByStrategy``: a ``by`` without result gives null.
    productive: bool = False
    #: Criteria of ``SubgraphStrategy`` and ``PartitionStrategy``.
    vertices: Traversal | None = None
    edges: Traversal | None = None
    vertex_properties: Traversal | None = None
    check_adjacent: bool = True
    write_partition: tuple[str, Value] | None = None
