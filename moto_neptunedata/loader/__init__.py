"""The bulk loader: jobs, their queue, and the formats they read."""

from __future__ import annotations

from .jobs import LoadJob, LoadRequest
from .loader import Loader

__all__ = ("LoadJob", "LoadRequest", "Loader")
