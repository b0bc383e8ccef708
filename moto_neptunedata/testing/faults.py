"""What can be done to a call: let it fail, or let it take its time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from . import names
from .rules import (
    BeyondRate,
    EveryNth,
    FirstTimes,
    Rule,
    Schedule,
    Where,
    check_count,
    check_retries,
)
from .scope import ClusterKey

#: The longest that a call really sleeps, in seconds.
MAX_SLEEP: Final = 30.0

#: The error of a cluster that is asked too often (429).
THROTTLED: Final = "TooManyRequestsException"


@dataclass(eq=False, repr=False)
class Fault(Rule):
    """Calls that fail with an error of the Data API, before anything has happened."""

    error: str = THROTTLED
    message: str = ""

    def __repr__(self) -> str:
        return f"<Fault {self.error} for {self.describe()}; {self.hits} so far>"


@dataclass(eq=False, repr=False)
class Delay(Rule):
    """Calls that take ``seconds``; see :meth:`.provoking.Provoking.delay`."""

    seconds: float = 0.0
    real: bool = False
    happens: bool = True

    def __repr__(self) -> str:
        kind = "real" if self.real else "told"
        return f"<Delay of {self.seconds:g} s ({kind}) for {self.describe()}; {self.hits} so far>"


def make_fault(
    operation: str | Iterable[str] | None,
    error: str | type[BaseException],
    schedule: Schedule,
    scope: ClusterKey | None = None,
    message: str | None = None,
    where: Where | None = None,
    retries: str = "call",
) -> Fault:
    """A fault out of what a tester writes. Raises ValueError for unknown names."""
    name = names.error(error)
    return Fault(
        names.operations(operation),
        schedule,
        scope,
        where,
        check_retries(retries),
        error=name,
        message=names.error_text(name) if message is None else message,
    )


def make_delay(
    operation: str | Iterable[str] | None,
    seconds: float,
    scope: ClusterKey | None = None,
    times: int | None = None,
    where: Where | None = None,
    real: bool = False,
    happens: bool = True,
) -> Delay:
    """A delay out of what a tester writes. Raises ValueError for unknown names and for seconds
    that are negative, not finite, or, real, more than :data:`MAX_SLEEP`.
    """
    most = MAX_SLEEP if real else math.inf
    is_number = isinstance(seconds, int | float)
    if not is_number or not 0 <= seconds <= most or math.isinf(seconds):
        raise ValueError(f"seconds must be between 0 and {most:g}, not {seconds!r}")
    schedule = always() if times is None else first(times)
    return Delay(
        names.operations(operation),
        schedule,
        scope,
        where,
        seconds=float(seconds),
        real=real,
        happens=happens,
    )


def first(times: int) -> Schedule:
    """The first ``times`` calls."""
    return FirstTimes(check_count("times", times))


def every(nth: int) -> Schedule:
    """Each ``nth`` call."""
    return EveryNth(check_count("nth", nth))


def always() -> Schedule:
    """Every call."""
    return EveryNth(1)


def beyond(per_second: int) -> Schedule:
    """The calls beyond so many a second; 0 lets none through."""
    if per_second == 0:
        return always()
    return BeyondRate(check_count("per_second", per_second))


def to_dict(rule: Fault | Delay) -> dict[str, Any]:
    """A rule as JSON tells it."""
    shared = {
        "operations": None if rule.operations is None else sorted(rule.operations),
        "when": str(rule.schedule),
        "cluster": None if rule.scope is None else rule.scope.name,
        "hits": rule.hits,
    }
    if isinstance(rule, Fault):
        return {"error": rule.error, "message": rule.message, **shared}
    return {"seconds": rule.seconds, "real": rule.real, "happens": rule.happens, **shared}
