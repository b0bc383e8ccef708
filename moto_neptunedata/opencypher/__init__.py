"""openCypher over a property graph: text, tokens, syntax tree, checks, plan, rows.

:func:`execute` runs a query, :func:`explain_query` shows how it would or did run,
:func:`access` says what it would do. Every failure is a :class:`CypherError`, a
``NeptuneError`` with a modeled code.
"""

from __future__ import annotations

from .access_analysis import Access
from .context import Stats
from .dialect import NEPTUNE, STANDARD, Dialect
from .engine import Explanation, OperatorCount, Options, Result, access, execute, explain_query
from .errors import CypherError
from .limits import Limits
from .values import Path

__all__ = (
    "NEPTUNE",
    "STANDARD",
    "Access",
    "CypherError",
    "Dialect",
    "Explanation",
    "Limits",
    "OperatorCount",
    "Options",
    "Path",
    "Result",
    "Stats",
    "access",
    "execute",
    "explain_query",
)
