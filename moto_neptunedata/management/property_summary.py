"""The summary of a property graph, kept up from its change log.

What a vertex or an edge contributes is its *profile*: labels, property keys, labels of outgoing
edges. Many elements share one, so a summary is folded from the counts of profiles, and bringing it
up to date costs as much as there were changes, however large the graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, TypeVar

from ..graph import Change, Commit, Edge, PropertyGraph, Vertex
from ..graph.batches import EdgeBatch, VertexBatch
from ..graph.gc_control import pause_gc
from ..graph.log_cursor import LogCursor

Names: TypeAlias = tuple[str, ...]
P = TypeVar("P")
E = TypeVar("E")


class VertexProfile(NamedTuple):
    """What a vertex contributes; ``further_values`` are those beyond one a property."""

    labels: Names
    keys: Names
    out_labels: Names
    further_values: int


class EdgeProfile(NamedTuple):
    """What an edge contributes."""

    label: str
    keys: Names


@dataclass(frozen=True, slots=True)
class PropertyGraphSummary:
    """A property graph in numbers. Each counter maps a name or a structure to how many elements
    have it; the structures of vertices are pairs of property keys and outgoing edge labels.
    """

    node_labels: Counter[str]
    edge_labels: Counter[str]
    node_properties: Counter[str]
    edge_properties: Counter[str]
    node_structures: Counter[tuple[frozenset[str], frozenset[str]]]
    edge_structures: Counter[frozenset[str]]
    node_values: int
    edge_values: int

    @property
    def nodes(self) -> int:
        """How many vertices there are."""
        return self.node_structures.total()

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return self.edge_structures.total()

    @property
    def statements(self) -> int:
        """How many quads Neptune stores for it: one a label, an edge, a property value."""
        return self.node_labels.total() + self.edges + self.node_values + self.edge_values

    @property
    def predicates(self) -> int:
        """How many different property keys and edge labels there are."""
        return len({*self.node_properties, *self.edge_properties, *self.edge_labels})

    def signature_info(self) -> dict[str, int]:
        """``signatureInfo`` of GetPropertygraphStatistics: an edge counts where it has properties,
        as it has statements of its own only then.
        """
        bare = self.edge_structures.get(frozenset(), 0)
        return {
            "signatureCount": len(self.node_structures)
            + len(self.edge_structures)
            - (1 if bare else 0),
            "instanceCount": self.nodes + self.edges - bare,
            "predicateCount": self.predicates,
        }

    def graph_summary(self, detailed: bool) -> dict[str, object]:
        """``graphSummary`` of GetPropertygraphSummary; the commonest first, then by name."""
        answer: dict[str, object] = {
            "numNodes": self.nodes,
            "numEdges": self.edges,
            "numNodeLabels": len(self.node_labels),
            "numEdgeLabels": len(self.edge_labels),
            "nodeLabels": sorted(self.node_labels),
            "edgeLabels": sorted(self.edge_labels),
            "numNodeProperties": len(self.node_properties),
            "numEdgeProperties": len(self.edge_properties),
            "nodeProperties": list_counts(self.node_properties),
            "edgeProperties": list_counts(self.edge_properties),
            "totalNodePropertyValues": self.node_values,
            "totalEdgePropertyValues": self.edge_values,
        }
        if detailed:
            answer["nodeStructures"] = [
                {
                    "count": count,
                    "nodeProperties": keys,
                    "distinctOutgoingEdgeLabels": out_labels,
                }
                for count, keys, out_labels in sorted(
                    (
                        (count, sorted(keys), sorted(out))
                        for (keys, out), count in self.node_structures.items()
                    ),
                    key=lambda row: (-row[0], row[1:]),
                )
            ]
            answer["edgeStructures"] = [
                {"count": count, "edgeProperties": keys}
                for count, keys in sorted(
                    ((count, sorted(keys)) for keys, count in self.edge_structures.items()),
                    key=lambda row: (-row[0], row[1:]),
                )
            ]
        return answer


def list_counts(counts: Counter[str]) -> list[dict[str, int]]:
    """Single-key maps of a name to its count, the commonest first, then by name."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{name: count} for name, count in ordered]


class PropertyGraphTracker:
    """Follows a property graph; :meth:`summary` costs what has changed since it was last asked."""

    def __init__(self, graph: PropertyGraph) -> None:
        self._graph = graph
        self._cursor: LogCursor[Change] = LogCursor(graph.log)
        self._forget()

    def _forget(self) -> None:
        self._vertices: dict[str, VertexProfile] = {}
        self._edges: dict[str, EdgeProfile] = {}
        self._vertex_counts: Counter[VertexProfile] = Counter()
        self._edge_counts: Counter[EdgeProfile] = Counter()

    def summary(self) -> PropertyGraphSummary:
        """The graph as it is now."""
        with self._graph.lock:
            self._follow()
            return _fold(self._vertex_counts, self._edge_counts)

    def _follow(self) -> None:
        commits, void = self._cursor.move()
        if void:
            self._forget()
        if not commits:
            return
        with pause_gc():
            vertices, edges = _find_touched(commits)
            find = self._graph
            _update(
                vertices, find.vertex, _make_vertex_profile, self._vertices, self._vertex_counts
            )
            _update(edges, find.edge, _make_edge_profile, self._edges, self._edge_counts)


def _find_touched(commits: Iterable[Commit[Change]]) -> tuple[set[str], set[str]]:
    """The ids of the vertices and of the edges whose profiles may have changed."""
    vertices: set[str] = set()
    edges: set[str] = set()
    for commit in commits:
        for part in commit.parts:
            if isinstance(part, VertexBatch):
                vertices.update(part.ids)
            elif isinstance(part, EdgeBatch):
                edges.update(part.ids)
                vertices.update(part.from_ids)
            else:
                for change in part:
                    (edges if change.kind in ("e", "ep") else vertices).add(change.id)
                    if change.from_id is not None:
                        vertices.add(change.from_id)
    return vertices, edges


def _update(
    ids: Iterable[str],
    find: Callable[[str], E | None],
    profile_of: Callable[[E], P],
    profiles: dict[str, P],
    counts: Counter[P],
) -> None:
    """Take out what these elements contributed and put in what they contribute now."""
    shared = {profile: profile for profile in counts}
    for id in ids:
        known = profiles.pop(id, None)
        if known is not None:
            counts[known] -= 1
        element = find(id)
        if element is not None:
            profile = profile_of(element)
            profile = profiles[id] = shared.setdefault(profile, profile)
            counts[profile] += 1
    for profile in [profile for profile, count in counts.items() if not count]:
        del counts[profile]


def _make_vertex_profile(vertex: Vertex) -> VertexProfile:
    stored = vertex.properties.values()
    further = 0
    if tuple in map(type, stored):
        further = sum(len(held) - 1 for held in stored if type(held) is tuple)
    return VertexProfile(vertex.labels, tuple(vertex.properties), tuple(vertex.out), further)


def _make_edge_profile(edge: Edge) -> EdgeProfile:
    return EdgeProfile(edge.label, tuple(edge.properties))


def _fold(vertices: Counter[VertexProfile], edges: Counter[EdgeProfile]) -> PropertyGraphSummary:
    summary = PropertyGraphSummary(
        node_labels=_spread((profile.labels, count) for profile, count in vertices.items()),
        edge_labels=_spread(((profile.label,), count) for profile, count in edges.items()),
        node_properties=_spread((profile.keys, count) for profile, count in vertices.items()),
        edge_properties=_spread((profile.keys, count) for profile, count in edges.items()),
        node_structures=Counter(),
        edge_structures=Counter(),
        node_values=sum(
            (len(profile.keys) + profile.further_values) * count
            for profile, count in vertices.items()
        ),
        edge_values=sum(len(profile.keys) * count for profile, count in edges.items()),
    )
    for profile, count in vertices.items():
        structure = frozenset(profile.keys), frozenset(profile.out_labels)
        summary.node_structures[structure] += count
    for edge_profile, count in edges.items():
        summary.edge_structures[frozenset(edge_profile.keys)] += count
    return summary


def _spread(weighted: Iterable[tuple[Names, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for names, count in weighted:
        for name in names:
            counts[name] += count
    return counts
