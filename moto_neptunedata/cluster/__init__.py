"""A Neptune cluster: its data and settings, snapshots of both, and what it reports of them."""

from __future__ import annotations

from ..testing.scope import ClusterKey
from .cluster import LANGUAGES, Cluster, Source
from .data import ClusterEnvironment

__all__ = ("LANGUAGES", "Cluster", "ClusterEnvironment", "ClusterKey", "Source")
