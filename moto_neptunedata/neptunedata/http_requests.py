"""Requests as moto's callers hand them over, as requests of this service."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from .http import HttpRequest


def read_request(request: Any, url: str, headers: Any) -> HttpRequest:
    """A request of any of moto's callers: of werkzeug, of ``requests`` or of botocore."""
    parts = urlsplit(url)
    if hasattr(request, "environ"):
        # The path as it was sent: werkzeug's own is decoded, and %2F belongs to a label.
        raw_path = request.environ.get("RAW_URI") or quote(request.path)
        path = urlsplit(raw_path).path if "://" in raw_path else raw_path.partition("?")[0]
        body = request.get_data() or _form_body(request)
        query = request.query_string.decode("ascii", "replace")
        return HttpRequest(request.method, path, query, request.headers, body)
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    return HttpRequest(request.method, parts.path, parts.query, headers, body)


def _form_body(request: Any) -> bytes:
    """The body of a form that werkzeug has parsed already."""
    items = list(request.form.items(multi=True))
    if len(items) == 1 and items[0][0].lstrip().startswith("{"):
        # JSON sent as a form, as curl does without a Content-Type.
        return "=".join(part for part in items[0] if part).encode()
    return "&".join(f"{quote(key)}={quote(value)}" for key, value in items).encode()
