"""The page at ``/moto-api/neptunedata`` and what it asks for, all of it read only.

Answers are JSON objects; a mistake in a request answers 400, what does not exist 404, both with
``{"Error": text}``. ``cluster``, ``region`` and ``account`` name a cluster that is in use; looking
makes none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from ..cluster import reporting
from ..graph.drawing import picture
from ..handle import Neptune
from . import overview, statements, static_files
from .routes import ROOT

if TYPE_CHECKING:
    from ..cluster import Cluster

Query = dict[str, list[str]]
Answer = tuple[int, dict[str, str], str]

_HEADERS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}

# Nothing from elsewhere; styles in attributes are what the drawing library sets.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)


class NotThere(Exception):
    """What is asked for does not exist."""


def respond(request: Any, full_url: str) -> Answer:
    """Answer a request for the page, one of its files, or its data."""
    if request.method not in ("GET", "HEAD"):
        return _json(405, {"Error": "Use the method GET"}, Allow="GET, HEAD")
    url = urlsplit(full_url)
    path = url.path.removeprefix(ROOT).strip("/").removeprefix("look/")
    if not path:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}
        return 200, {**headers, **_HEADERS}, static_files.read_text("page.html")
    if path in static_files.TYPES:
        return (
            200,
            {"Content-Type": static_files.TYPES[path], **_HEADERS},
            static_files.read_text(path),
        )
    try:
        return _json(200, DATA[path](parse_qs(url.query, keep_blank_values=True)))
    except (NotThere, LookupError) as error:
        return _json(404, {"Error": str(error.args[0])})
    except ValueError as error:
        return _json(400, {"Error": str(error)})


def _json(status: int, told: Any, **headers: str) -> Answer:
    content = {"Content-Type": "application/json", **_HEADERS, **headers}
    return status, content, json.dumps(told)


# ---------------------------------------------------------------------------- what is asked


def _one(query: Query, name: str) -> str:
    return query.get(name, [""])[-1]


def _number(query: Query, name: str, default: int) -> int:
    text = _one(query, name)
    try:
        return int(text) if text else default
    except ValueError:
        raise ValueError(f"{name} must be a whole number, not {text!r}") from None


def _chosen(query: Query) -> Cluster | None:
    """The cluster that is named. Raises NotThere for one that is not in use."""
    wanted = tuple(_one(query, name) for name in ("account", "region", "cluster"))
    if not any(wanted):
        return None
    for cluster in Neptune().clusters():
        if cluster.key == wanted:
            return cluster
    raise NotThere("This cluster is not in use: {2!r} in {1!r} of {0!r}".format(*wanted))


def _cluster(query: Query) -> Cluster:
    found = _chosen(query)
    if found is None:
        raise ValueError("Name the cluster: account, region and cluster")
    return found


# ---------------------------------------------------------------------------- data


def _overview(query: Query) -> dict[str, Any]:
    return overview.describe(_chosen(query))


def _job(query: Query) -> dict[str, Any]:
    return reporting.describe_job(_cluster(query).loader, _one(query, "loadId"))


def _picture(query: Query) -> dict[str, Any]:
    return picture.draw(
        _cluster(query).graph,
        _number(query, "limit", picture.LIMIT),
        query.get("around", ()),
        query.get("expanded", ()),
    )


def _search(query: Query) -> dict[str, Any]:
    text = _one(query, "text")
    if not text:
        raise ValueError("text must not be empty")
    limit = _number(query, "limit", 50)
    found = picture.search(_cluster(query).graph, text, limit + 1)
    return {"found": found[:limit], "more": len(found) > limit}


def _statements(query: Query) -> dict[str, Any]:
    limit = _number(query, "limit", statements.LIMIT)
    return statements.draw(_cluster(query).rdf, limit, _one(query, "text"))


#: The data by its path below ``look/``.
DATA: Final[dict[str, Callable[[Query], dict[str, Any]]]] = {
    "overview": _overview,
    "job": _job,
    "picture": _picture,
    "search": _search,
    "statements": _statements,
}
