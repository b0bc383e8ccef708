"""Requests to the paths of :mod:`.routes`, as moto's API hands them over; light until one comes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .routes import LOOK, ROOT


def answer(request: Any, full_url: str, headers: Any) -> tuple[int, dict[str, str], str]:
    """Answer a request to one of the paths, as moto calls for it."""
    path = urlsplit(full_url).path
    if path.rstrip("/") == ROOT or path.startswith(f"{ROOT}/{LOOK}/"):
        from . import dashboard  # noqa: PLC0415 - only when it is asked for

        return dashboard.respond(request, full_url)
    from . import actions  # noqa: PLC0415 - only when it is asked for

    return actions.respond(request, full_url, headers)
