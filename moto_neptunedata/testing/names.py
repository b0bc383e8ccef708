"""Names that testers write: found out at once when they are wrong, with what was likely meant."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from ..suggestions import check_known

#: The operation that boto3 does not have: a query or update that comes over plain HTTP.
SPARQL_QUERY: Final = "ExecuteSparqlQuery"

#: What stands for every operation.
EVERY: Final = "*"

#: The message of errors of a load that come without one.
LOAD_MESSAGE: Final = "This load was told to end like that"


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
        check_known("operation", by_method.get(name, name), names)
        for name in ([given] if isinstance(given, str) else given)
    )
    if not found:
        raise ValueError('No operation is named. Write None or "*" for all of them.')
    return found


def error(given: str | type[BaseException]) -> str:
    """The name of a modeled error, from its name or its class in ``client.exceptions``.

    Raises ValueError for one that the Data API does not have.
    """
    name = given if isinstance(given, str) else getattr(given, "__name__", repr(given))
    from .. import service_model  # noqa: PLC0415 - brings botocore

    return check_known("error", name, service_model.error_statuses())


@lru_cache(maxsize=64)
def error_text(name: str) -> str:
    """What botocore's model says of an error, as its message."""
    from .. import service_model  # noqa: PLC0415 - brings botocore

    documentation = service_model.botocore_model().shape_for(name).documentation
    return html.unescape(re.sub(r"<[^>]+>", "", documentation)).strip() or name


@lru_cache(maxsize=1)
def _operations_by_method() -> dict[str, Any]:
    from .. import service_model  # noqa: PLC0415 - brings botocore

    return {operation.method_name: name for name, operation in service_model.operations().items()}
