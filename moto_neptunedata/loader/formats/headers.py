"""Errors in the header of a CSV file, and what both CSV formats look for in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

# No AWS page shows the texts of these.
BLANK_COLUMN: Final = "Header has a blank column"
DUPLICATE: Final = "Header has the column {} more than once"
UNKNOWN_SYSTEM: Final = "Header has an unknown system column {}"
MALFORMED: Final = "Header has a malformed column {}"
UNKNOWN_TYPE: Final = "Header has an unknown type in column {}"
LACKS: Final = "Header lacks the required column {}"
FORBIDDEN: Final = "Header must not have the column {}"


class HeaderError(Exception):
    """The header is wrong, and with it the whole file."""


def find_duplicate(names: Iterable[str]) -> str | None:
    """The first name that comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
