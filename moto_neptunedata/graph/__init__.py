"""The stores of record: a property graph, an RDF dataset, and the change log of each.

Nothing in this package knows a query language, HTTP or moto.
"""

from __future__ import annotations

from .change_log import Change, ChangeLog, Commit
from .elements import Edge, Vertex, in_edges, out_edges
from .errors import (
    DuplicateEdgeError,
    DuplicateVertexError,
    GraphError,
    MissingVertexError,
    VertexHasEdgesError,
)
from .property_graph import PropertyGraph, Transaction
from .values import (
    MISSING,
    Byte,
    Float,
    Int,
    Short,
    Value,
    same_value,
    type_name,
    utc_text,
    values_of,
)

__all__ = (
    "MISSING",
    "Byte",
    "Change",
    "ChangeLog",
    "Commit",
    "DuplicateEdgeError",
    "DuplicateVertexError",
    "Edge",
    "Float",
    "GraphError",
    "Int",
    "MissingVertexError",
    "PropertyGraph",
    "Short",
    "Transaction",
    "Value",
    "Vertex",
    "VertexHasEdgesError",
    "in_edges",
    "out_edges",
    "same_value",
    "type_name",
    "utc_text",
    "values_of",
)
