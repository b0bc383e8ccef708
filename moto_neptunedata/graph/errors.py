"""What a property graph refuses. Callers turn these into modeled Neptune errors."""

from __future__ import annotations


class GraphError(Exception):
    """Base of every refusal of the graph; the graph is unchanged when it is raised."""


class DuplicateVertexError(GraphError):
    """A vertex with this id exists already."""

    def __init__(self, vertex_id: str) -> None:
        super().__init__(f"Vertex with id already exists: {vertex_id}")
        self.id = vertex_id


class DuplicateEdgeError(GraphError):
    """An edge with this id exists already."""

    def __init__(self, edge_id: str) -> None:
        super().__init__(f"Edge with id already exists: {edge_id}")
        self.id = edge_id


class MissingVertexError(GraphError):
    """An edge names a vertex that is not in the graph."""

    def __init__(self, vertex_id: str) -> None:
        super().__init__(f"No vertex with id: {vertex_id}")
        self.id = vertex_id


class VertexHasEdgesError(GraphError):
    """A vertex that still has edges cannot be removed without them."""

    def __init__(self, vertex_id: str) -> None:
        super().__init__(f"Vertex still has edges: {vertex_id}")
        self.id = vertex_id
