"""A picture of one graph as a page of its own, or as a frame in a notebook."""

from __future__ import annotations

import json
import re
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from . import files, picture

if TYPE_CHECKING:
    from .. import PropertyGraph

#: What a frame in a notebook has at most: vertices, and characters of one value.
FRAME_LIMIT: Final = 100
FRAME_TEXT: Final = 200

# What may not stand in a script element as it is: the end of it, and the beginning of a comment.
_IN_SCRIPT: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}

# Where the template has a file of this name, or the data.
_PLACE: Final = re.compile(r"/\* here: (\S+) \*/")

_FRAME: Final = (
    '<div>{counts}</div><iframe title="Picture of the graph" sandbox="allow-scripts" '
    'style="width: 100%; height: 480px; border: 1px solid #8888; border-radius: 6px" '
    'srcdoc="{page}"></iframe>'
)


def graph_page(
    graph: PropertyGraph,
    path: str | PathLike[str] | None = None,
    limit: int | None = None,
    around: str | None = None,
) -> str:
    """The page of :meth:`PropertyGraph.to_html`."""
    limit = picture.LIMIT if limit is None else limit
    page = _page(picture.draw(graph, limit, () if around is None else (around,)))
    if path is not None:
        Path(path).write_text(page, encoding="utf-8")
    return page


def graph_frame(graph: PropertyGraph) -> str:
    """Counts and a frame; scripts in the output of a notebook run only in such a frame."""
    counts = escape(f"{graph.vertex_count:,} vertices, {graph.edge_count:,} edges")
    if not graph.vertex_count:
        return f"<div>{counts}</div>"
    page = _page(picture.draw(graph, FRAME_LIMIT, most_text=FRAME_TEXT))
    return _FRAME.format(counts=counts, page=escape(page))


def _page(drawn: dict[str, Any]) -> str:
    data = json.dumps(drawn)
    for character, escaped in _IN_SCRIPT.items():
        data = data.replace(character, escaped)

    def part(found: re.Match[str]) -> str:
        return data if found[1] == "data" else files.read_text(found[1])

    return _PLACE.sub(part, files.read_text("graph.html"))
