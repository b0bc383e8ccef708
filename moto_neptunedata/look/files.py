"""The files beside the code: the page's own, and the library that draws."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Final

#: What the page is made of, by the path that it has below ``look/`` on a server.
TYPES: Final = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "drawing.js": "text/javascript; charset=utf-8",
    "cytoscape/cytoscape.min.js": "text/javascript; charset=utf-8",
}


@lru_cache(maxsize=8)
def text(name: str) -> str:
    """The text of a file, named by its path below ``static``."""
    return files(__package__).joinpath("static", *name.split("/")).read_text(encoding="utf-8")
