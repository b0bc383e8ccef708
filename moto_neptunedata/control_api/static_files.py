"""The files of the dashboard: its own, and those that draw graphs."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Final

from ..graph.drawing import files as drawing_files

#: Media types of the dashboard's own files, by the path that they have below ``look/`` on a server.
OWN_TYPES: Final = {"page.js": "text/javascript; charset=utf-8"}
#: The same for the files that draw.
DRAWING_TYPES: Final = {
    "page.css": "text/css; charset=utf-8",
    "drawing.js": "text/javascript; charset=utf-8",
    "cytoscape/cytoscape.min.js": "text/javascript; charset=utf-8",
}
TYPES: Final = {**OWN_TYPES, **DRAWING_TYPES}


@lru_cache(maxsize=8)
def read_text(name: str) -> str:
    """The text of a file, named as in :data:`TYPES`, or of ``page.html``."""
    if name in DRAWING_TYPES:
        return drawing_files.read_text(name)
    return files(__package__).joinpath("static").joinpath(name).read_text(encoding="utf-8")
