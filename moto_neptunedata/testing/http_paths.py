"""The paths of :mod:`.http_api`, and the way there; light, because moto's API is imported often."""

from __future__ import annotations

from typing import Any, Final

#: Where everything is.
ROOT: Final = "/moto-api/neptunedata"

#: Paths below the root; :data:`.http_api.ACTIONS` has what each method does there.
PATHS: Final = (
    "provoked",
    "faults",
    "delays",
    "load-outcomes",
    "expected-results",
    "calls",
    "settings",
    "data",
    "held-queries",
    "snapshots",
    "snapshots/restore",
)

#: The name of expected results in the manner of moto's own services.
STATIC: Final = "/moto-api/static/neptunedata/query-results"

#: As moto's ``url_paths``.
URL_PATHS: Final = (*(f"{{0}}{ROOT}/{path}$" for path in PATHS), f"{{0}}{STATIC}$")


def answer(request: Any, full_url: str, headers: Any) -> tuple[int, dict[str, str], str]:
    """Answer a request to one of the paths, as moto calls for it."""
    from . import http_api

    return http_api.respond(request, full_url, headers)
