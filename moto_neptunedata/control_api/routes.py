"""The paths of :mod:`.actions` and :mod:`.dashboard`, and the way there; light, because moto's API
is imported often.
"""

from __future__ import annotations

from typing import Final

#: Where everything is.
ROOT: Final = "/moto-api/neptunedata"

#: Paths below the root; :data:`.actions.ACTIONS` has what each method does there.
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

#: The page that shows what is in the mock, its files and its data, below the root.
LOOK: Final = "look"
LOOK_PATHS: Final = (
    f"{LOOK}/page.css",
    f"{LOOK}/page.js",
    f"{LOOK}/drawing.js",
    f"{LOOK}/cytoscape/cytoscape.min.js",
    f"{LOOK}/overview",
    f"{LOOK}/job",
    f"{LOOK}/picture",
    f"{LOOK}/search",
    f"{LOOK}/statements",
)

#: As moto's ``url_paths``.
URL_PATHS: Final = (
    f"{{0}}{ROOT}/?$",
    *(f"{{0}}{ROOT}/{path}$" for path in (*PATHS, *LOOK_PATHS)),
    f"{{0}}{STATIC}$",
)
