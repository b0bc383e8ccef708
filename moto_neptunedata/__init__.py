"""Mock the Amazon Neptune Data API (``boto3.client("neptunedata")``) on top of moto."""

from __future__ import annotations

from ._version import __version__

__all__ = ("__version__",)
