"""A part of an RDF dataset that is small enough to be shown: its first statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ..graph.drawing.picture import check_limit
from ..graph.drawing.texts import cut

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from ..graph.rdf_dataset import RdfDataset

#: So many statements are shown, unless one asks for another number.
LIMIT: Final = 200

#: So many graphs are listed.
MAX_GRAPHS: Final = 100

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LAST_PART: Final = re.compile(r"[^/#:]+(?=[/#:]*\Z)")


def draw(dataset: RdfDataset, limit: int = LIMIT, text: str = "") -> dict[str, Any]:
    """The first statements, those with ``text`` in a term if one is given (in whatever case).

    ``{"count", "graph_count", "graphs": [[name, count], …], "statements": [[subject, predicate,
    object, graph], …], "picture": …}``: terms as in N-Triples, the largest graphs first, the
    picture as in :mod:`.picture`. Raises ValueError for a limit that is not between 1 and 1,000.
    """
    check_limit(limit)
    with dataset.lock:
        sizes = {str(name): size for name, size in dataset.graph_sizes().items()}
        quads = list(islice(_with_text(dataset, text), limit))
        count = len(dataset)
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:MAX_GRAPHS]
    return {
        "count": count,
        "graph_count": len(sizes),
        "graphs": [[cut(name), size] for name, size in largest],
        "statements": [[cut(term) for term in _terms(quad)] for quad in quads],
        "picture": _picture(quads),
    }


def _terms(quad: Quad) -> tuple[str, str, str, str]:
    return str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name)


def _with_text(dataset: RdfDataset, text: str) -> Iterator[Quad]:
    if not text:
        return iter(dataset)
    wanted = text.casefold()
    return (quad for quad in dataset if any(wanted in t.casefold() for t in _terms(quad)))


def _picture(quads: list[Quad]) -> dict[str, Any]:
    """Subjects and objects as vertices, with their types as labels and literals as properties."""
    from pyoxigraph import Literal  # noqa: PLC0415 - brings pyoxigraph

    vertices: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    for quad in quads:
        subject, predicate, object_, graph = _terms(quad)
        start = _vertex(vertices, subject)
        if isinstance(quad.object, Literal):
            _add_literal(start, predicate, quad.object)
        elif predicate == f"<{_RDF_TYPE}>":
            if _short(object_) not in start["labels"]:
                start["labels"].append(_short(object_))
        else:
            _vertex(vertices, object_)
            edges.append(
                {
                    "id": " ".join((subject, predicate, object_, graph)),
                    "label": _short(predicate),
                    "from": subject,
                    "to": object_,
                    "properties": [
                        ["predicate", [["IRI", cut(predicate)]]],
                        ["graph", [["IRI", cut(graph)]]],
                    ],
                }
            )
    return {"vertices": list(vertices.values()), "edges": edges}


def _vertex(vertices: dict[str, dict[str, Any]], term: str) -> dict[str, Any]:
    if term not in vertices:
        vertices[term] = {"id": term, "labels": [], "caption": _short(term), "properties": []}
    return vertices[term]


def _add_literal(vertex: dict[str, Any], predicate: str, literal: Any) -> None:
    kind = f"@{literal.language}" if literal.language else _short(str(literal.datatype))
    value = [kind, cut(literal.value)]
    for key, values in vertex["properties"]:
        if key == predicate:
            values.append(value)
            return
    vertex["properties"].append([predicate, [value]])


def _short(term: str) -> str:
    """The last part of an IRI; a blank node as it is."""
    if not term.startswith("<"):
        return cut(term, 60)
    part = _LAST_PART.search(term.strip("<>"))
    return cut(part[0] if part else term, 60)
