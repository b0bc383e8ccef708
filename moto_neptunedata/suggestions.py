"""Names that users write: a wrong one is found at once, with what was likely meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

# Of more names than these, an error lists only those that are close.
_MAX_LISTED_NAMES: Final = 20


def check_known(kind: str, name: str, names: Collection[str]) -> str:
    """``name``, if it is one of ``names``.

    Raises ValueError that says what ``kind`` of name it is and what was likely meant.
    """
    if name in names:
        return name
    by_lower = {each.lower(): each for each in names}
    close = [by_lower[each] for each in get_close_matches(str(name).lower(), by_lower, 3, 0.6)]
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    if len(names) <= _MAX_LISTED_NAMES or not close:
        hint += f" Known are: {', '.join(sorted(names))}."
    raise ValueError(f"There is no {kind} {name!r}.{hint}")
