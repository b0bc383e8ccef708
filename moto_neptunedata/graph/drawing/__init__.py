"""Pictures of a property graph: what is drawn of it, and the page that draws it."""

from __future__ import annotations
