"""A part of a property graph that is small enough to be drawn.

A picture is a JSON object::

    {"vertices": [{"id", "labels", "caption", "properties", "degree"}, …],
     "edges": [{"id", "label", "from", "to", "properties"}, …],
     "vertex_count": all there are, "edge_count": all there are}

``properties`` is a list of ``[key, [[type, text], …]]``, ``degree`` how many edge ends a vertex has
in the whole graph, drawn or not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

from .. import Edge, PropertyGraph, Vertex, type_name, values_of
from .texts import MAX_TEXT, cut, value_text

#: So many vertices are drawn unless one asks for another number, and never more than ``MOST``.
LIMIT: Final = 300
MOST: Final = 1_000

#: So many edges are drawn for each vertex that may be, all in all.
EDGES_PER_VERTEX: Final = 3

#: So many neighbours come with a vertex whose neighbours are asked for.
MAX_NEIGHBOURS: Final = 50

# From one vertex so many others are reached, so that a hub does not fill a picture.
_FAN_OUT: Final = 25
# So much of one element is shown.
_MAX_PROPERTIES: Final = 100
_MAX_VALUES: Final = 50

#: Properties that name a vertex, the first that it has.
_CAPTIONS: Final = ("name", "title", "label", "code")


def draw(
    graph: PropertyGraph,
    limit: int = LIMIT,
    around: Iterable[str] = (),
    expanded: Iterable[str] = (),
    most_text: int = MAX_TEXT,
) -> dict[str, Any]:
    """A picture of at most ``limit`` vertices and what is between them.

    Breadth first from the vertices ``around``, of what they are connected to; without any, from
    the oldest vertices in turn, so that what is drawn hangs together. From one vertex at most 25
    others are reached. The neighbours of the vertices ``expanded`` come on top, 50 more of each;
    ids of these that do not exist (any more) are passed over.

    Raises ValueError for a limit that is not between 1 and 1,000 and LookupError for an id of
    ``around`` that does not exist.
    """
    check_limit(limit)
    with graph.lock:
        centres = [_vertex(graph, id) for id in around]
        chosen = _spread([centres] if centres else ([each] for each in graph.vertices()), limit)
        for vertex in filter(None, map(graph.vertex, expanded)):
            fresh = (each for each in _neighbours(vertex) if each not in chosen)
            chosen[vertex] = None
            chosen.update(dict.fromkeys(islice(fresh, MAX_NEIGHBOURS)))
        edges = islice(_edges_between(chosen), EDGES_PER_VERTEX * max(limit, len(chosen)))
        return {
            "vertices": [vertex_to_dict(vertex, most_text) for vertex in chosen],
            "edges": [edge_to_dict(edge, most_text) for edge in edges],
            "vertex_count": graph.vertex_count,
            "edge_count": graph.edge_count,
        }


def check_limit(limit: int) -> None:
    """Raises ValueError for a limit that is not between 1 and 1,000."""
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit must be between 1 and {MOST:,}, not {limit}")


def _vertex(graph: PropertyGraph, id: str) -> Vertex:
    found = graph.vertex(id)
    if found is None:
        raise LookupError(f"There is no vertex {id!r}")
    return found


def _spread(groups: Iterable[list[Vertex]], limit: int) -> dict[Vertex, None]:
    """Vertices, breadth first from each group in turn, until there are ``limit``."""
    chosen: dict[Vertex, None] = {}
    for group in groups:
        waiting = deque(group)
        while waiting:
            if len(chosen) == limit:
                return chosen
            vertex = waiting.popleft()
            if vertex not in chosen:
                chosen[vertex] = None
                fresh = (each for each in _neighbours(vertex) if each not in chosen)
                waiting.extend(islice(fresh, _FAN_OUT))
    return chosen


def _neighbours(vertex: Vertex) -> Iterator[Vertex]:
    seen: set[Vertex] = set()
    ends = chain(
        (edge.in_v for edge in chain.from_iterable(vertex.out.values())),
        (edge.out_v for edge in chain.from_iterable(vertex.in_.values())),
    )
    for end in ends:
        if end not in seen:
            seen.add(end)
            yield end


def _edges_between(chosen: dict[Vertex, None]) -> Iterator[Edge]:
    for vertex in chosen:
        for edge in chain.from_iterable(vertex.out.values()):
            if edge.in_v in chosen:
                yield edge


# ---------------------------------------------------------------------------- elements


def vertex_to_dict(vertex: Vertex, most_text: int = MAX_TEXT) -> dict[str, Any]:
    """A vertex as a picture has it."""
    return {
        "id": vertex.id,
        "labels": list(vertex.labels),
        "caption": _caption(vertex),
        "properties": _properties(vertex, most_text),
        "degree": sum(map(len, chain(vertex.out.values(), vertex.in_.values()))),
    }


def edge_to_dict(edge: Edge, most_text: int = MAX_TEXT) -> dict[str, Any]:
    """An edge as a picture has it."""
    return {
        "id": edge.id,
        "label": edge.label,
        "from": edge.out_v.id,
        "to": edge.in_v.id,
        "properties": _properties(edge, most_text),
    }


def _caption(vertex: Vertex) -> str:
    """What a vertex is called: by a property that names it, else its id."""
    for key in _CAPTIONS:
        if key in vertex.properties:
            value = values_of(vertex.properties[key])[0]
            if isinstance(value, str) and value.strip():
                return cut(value, 60)
    return cut(vertex.id, 60)


def _properties(element: Vertex | Edge, most: int) -> list[list[Any]]:
    told: list[list[Any]] = [
        [key, _values(values_of(stored), most)]
        for key, stored in islice(element.properties.items(), _MAX_PROPERTIES)
    ]
    more = len(element.properties) - len(told)
    return [*told, [f"… {more:,} more properties", []]] if more else told


def _values(values: tuple[Any, ...], most: int) -> list[list[str]]:
    told = [[type_name(value), value_text(value, most)] for value in values[:_MAX_VALUES]]
    more = len(values) - len(told)
    return [*told, ["", f"… {more:,} more values"]] if more else told


# ---------------------------------------------------------------------------- searching


def search(graph: PropertyGraph, text: str, limit: int = 50) -> list[dict[str, Any]]:
    """What has a text in its id, a label or a property value, in whatever case.

    ``{"kind": "vertex", "id", "around": ids, "caption", "where"}``, where ``around`` are the ids of
    the vertices to draw, ``where`` is ``"id"``, ``"label"`` or the key of the property. Elements
    with just this id come first, then vertices and edges, oldest first; the search ends with the
    first ``limit``.
    """
    wanted = text.casefold()
    with graph.lock:
        found: dict[Vertex | Edge, str] = {}
        for same in (graph.vertex(text), graph.edge(text)):
            if same is not None:
                found[same] = "id"
        for element in chain[Vertex | Edge](graph.vertices(), graph.edges()):
            if len(found) >= limit:
                break
            where = _found_in(element, wanted)
            if where is not None:
                found.setdefault(element, where)
        return [_hit(element, where) for element, where in list(found.items())[:limit]]


def _found_in(element: Vertex | Edge, wanted: str) -> str | None:
    if wanted in element.id.casefold():
        return "id"
    labels = element.labels if isinstance(element, Vertex) else (element.label,)
    if any(wanted in label.casefold() for label in labels):
        return "label"
    for key, stored in element.properties.items():
        for value in values_of(stored):
            shown = value if isinstance(value, str) else value_text(value)
            if wanted in shown.casefold():
                return key
    return None


def _hit(element: Vertex | Edge, where: str) -> dict[str, Any]:
    if isinstance(element, Vertex):
        caption, around, kind = _caption(element), [element.id], "vertex"
    else:
        around, kind = [element.out_v.id, element.in_v.id], "edge"
        caption = cut(f"{_caption(element.out_v)} {element.label} {_caption(element.in_v)}", 120)
    return {"kind": kind, "id": element.id, "caption": caption, "where": where, "around": around}
