"""The moto service: same files and names as a service inside moto.

``neptunedata_backends`` is imported when it is first asked for, because it brings moto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import neptunedata_backends

__all__ = ("neptunedata_backends",)


def __getattr__(name: str) -> Any:
    if name == "neptunedata_backends":
        from .models import neptunedata_backends  # noqa: PLC0415 - brings moto

        return neptunedata_backends
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
