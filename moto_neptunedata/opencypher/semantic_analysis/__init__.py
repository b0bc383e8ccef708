"""Checks of a syntax tree before anything runs; :func:`check` is the way in."""

from __future__ import annotations

from .projections import has_leading_with, map_projected_columns
from .queries import check

__all__ = ("check", "has_leading_with", "map_projected_columns")
