"""The files that draw: our own script, a page for one graph, and Cytoscape.js."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=8)
def read_text(name: str) -> str:
    """The text of a file, named by its path below ``static``."""
    return files(__package__).joinpath("static", *name.split("/")).read_text(encoding="utf-8")
