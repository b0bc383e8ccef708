"""Gremlin: text -> syntax tree -> compiled traversal -> results, on the property graph.

``execute`` runs a text, ``mutations`` says what a text would change. docs/gremlin.md has the rest.
"""

from __future__ import annotations

from .compiler import CompiledScript
from .dialect import NEPTUNE, STANDARD, Dialect
from .engine import compile_text, execute, mutations, run
from .errors import GremlinError
from .limits import Limits

__all__ = (
    "NEPTUNE",
    "STANDARD",
    "CompiledScript",
    "Dialect",
    "GremlinError",
    "Limits",
    "compile_text",
    "execute",
    "mutations",
    "run",
)
