"""The moto service: same files and names as a service inside moto."""

from __future__ import annotations

from .models import neptunedata_backends

__all__ = ("neptunedata_backends",)
