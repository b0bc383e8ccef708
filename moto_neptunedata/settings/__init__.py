"""What a tester can set about clusters, and where the values of settings come from."""

from __future__ import annotations

from .cluster_settings import DEFAULT_ENGINE_VERSION, ClusterSettings, version_tuple

__all__ = ("DEFAULT_ENGINE_VERSION", "ClusterSettings", "version_tuple")
