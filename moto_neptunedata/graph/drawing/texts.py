"""Values as people read them, of bounded length."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from .. import utc_text

#: So many characters of one value are shown.
MAX_TEXT: Final = 1_000


def cut(text: str, most: int = MAX_TEXT) -> str:
    """``text``, or its first ``most`` characters and a note of how long it is."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def value_text(value: Any, most: int = MAX_TEXT) -> str:
    """A property value as a text of bounded length: ``true``, ``1.5``, ``2026-01-31T00:00:00Z``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return utc_text(value)
    return cut(str(value), most)
