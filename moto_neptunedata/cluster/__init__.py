"""A Neptune cluster: its data and settings, snapshots of both, and what it reports of them."""

from __future__ import annotations

from .cluster import LANGUAGES, Cluster, Source

__all__ = ("LANGUAGES", "Cluster", "Source")
