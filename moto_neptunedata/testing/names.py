"""Names that testers write: found out at once when they are wrong, with what was likely meant."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

#: The operation that boto3 does not have: a query or update that comes over plain HTTP.
SPARQL_QUERY: Final = "ExecuteSparqlQuery"

#: What stands for every operation.
EVERY: Final = "*"

#: The message of errors of a load that come without one.
LOAD_MESSAGE: Final = "This load was told to end like that"

# Beyond so many, only names that are close are told.
_SHOWN_NAMES: Final = 20


def known(kind: str, name: str, names: Collection[str]) -> str:
    """``name``, if it is one of ``names``.

    Raises ValueError that tells what ``kind`` of name it is and what was likely meant.
    """
    if name in names:
        return name
    by_lower = {each.lower(): each for each in names}
    close = [by_lower[each] for each in get_close_matches(str(name).lower(), by_lower, 3, 0.6)]
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    if len(names) <= _SHOWN_NAMES or not close:
        hint += f" Known are: {', '.join(sorted(names))}."
    raise ValueError(f"There is no {kind} {name!r}.{hint}")


def operations(given: str | Iterable[str] | None) -> frozenset[str] | None:
    """Operation names out of what a tester writes: one, several, or ``None`` or ``"*"`` for all.

    Names are botocore's (``"CancelLoaderJob"``) or boto3's methods (``"cancel_loader_job"``).
    Raises ValueError for an unknown one.
    """
    if given is None or given == EVERY:
        return None
    by_method = _operations_by_method()
    names = {*by_method.values(), SPARQL_QUERY}
    found = frozenset(
        known("operation", by_method.get(name, name), names)
        for name in ([given] if isinstance(given, str) else given)
    )
    if not found:
        raise ValueError('No operation is named. Write None or "*" for all of them.')
    return found


def error(given: str | type[BaseException]) -> str:
    """The name of a modeled error, from its name or its class in ``client.exceptions``.

    Raises ValueError for one that the Data API does not have.
    """
    from ..neptunedata.wire import error_statuses

    name = given if isinstance(given, str) else getattr(given, "__name__", repr(given))
    return known("error", name, error_statuses())


@lru_cache(maxsize=64)
def error_text(name: str) -> str:
    """What botocore's model says of an error, as its message."""
    from ..neptunedata.wire import service_model

    documentation = service_model().shape_for(name).documentation
    return html.unescape(re.sub(r"<[^>]+>", "", documentation)).strip() or name


@lru_cache(maxsize=1)
def _operations_by_method() -> dict[str, Any]:
    from ..neptunedata.wire import operations

    return {operation.method_name: name for name, operation in operations().items()}
