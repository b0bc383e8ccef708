"""Expressions of a query to functions of a row; :class:`Compiler` is the way in."""

from __future__ import annotations

from .expressions import Compiler

__all__ = ("Compiler",)
