"""Rules about calls: to which ones they apply, and to which of those in turn.

Nothing here knows what a rule does to a call; see :mod:`.faults`.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import RLock
from types import TracebackType
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar

from .scope import ClusterKey, covers

#: ``"call"``: a call is one however often botocore sends it; ``"attempt"``: each sending is one.
Retries: TypeAlias = Literal["call", "attempt"]
RETRIES: Final = ("call", "attempt")

#: A predicate on the parameters, or the parameters that a call must have, by botocore's names.
Where: TypeAlias = Callable[[dict[str, Any]], bool] | Mapping[str, Any]

# So many calls are known again when botocore repeats them.
_REMEMBERED_CALLS: Final = 1_024


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way to a cluster. ``invocation_id`` is the same for all attempts of a call
    (header ``amz-sdk-invocation-id`` of every AWS SDK), empty for plain HTTP.
    """

    operation: str
    params: dict[str, Any]
    cluster: ClusterKey
    invocation_id: str = ""


# ---------------------------------------------------------------------------- schedules


class Schedule(Protocol):
    """Which of the calls that a rule matches it applies to."""

    def applies(self, count: int) -> bool:
        """Whether to the ``count``-th call, from 1."""

    def is_spent(self, count: int) -> bool:
        """Whether to no further call, when ``count`` calls have been seen."""


@dataclass(frozen=True, slots=True)
class FirstTimes:
    """The first ``times`` calls."""

    times: int

    def applies(self, count: int) -> bool:
        return count <= self.times

    def is_spent(self, count: int) -> bool:
        return count >= self.times

    def __str__(self) -> str:
        return f"the next {self.times} calls" if self.times != 1 else "the next call"


@dataclass(frozen=True, slots=True)
class EveryNth:
    """Each ``nth`` call."""

    nth: int

    def applies(self, count: int) -> bool:
        return count % self.nth == 0

    def is_spent(self, count: int) -> bool:
        return False

    def __str__(self) -> str:
        return f"one call in {self.nth}" if self.nth != 1 else "every call"


@dataclass(slots=True)
class BeyondRate:
    """The calls beyond ``per_second`` within a second; time as ``time.time`` tells it."""

    per_second: int
    _second: float = 0.0
    _let_through: int = 0

    def applies(self, count: int) -> bool:
        now = time.time()
        if not self._second <= now < self._second + 1:
            self._second, self._let_through = now, 0
        self._let_through += 1
        return self._let_through > self.per_second

    def is_spent(self, count: int) -> bool:
        return False

    def __str__(self) -> str:
        return f"calls beyond {self.per_second} a second"


# ---------------------------------------------------------------------------- rules


@dataclass(eq=False)
class Rule:
    """What is to be done to some calls. Also a context manager that ends with its block.

    ``hits`` counts the calls (or attempts) that it was applied to so far.
    """

    operations: frozenset[str] | None
    schedule: Schedule
    scope: ClusterKey | None = None
    where: Where | None = None
    retries: Retries = "call"
    hits: int = 0
    is_cleared: bool = False
    _seen: int = field(default=0, repr=False)

    def matches(self, asked: Asked) -> bool:
        """Whether this is about such a call."""
        if self.operations is not None and asked.operation not in self.operations:
            return False
        if not covers(self.scope, asked.cluster):
            return False
        if isinstance(self.where, Mapping):
            given = self.where.items()
            return all(name in asked.params and asked.params[name] == held for name, held in given)
        return self.where is None or bool(self.where(asked.params))

    def take(self) -> bool:
        """Count a call that matches; whether it is one of those to be touched."""
        self._seen += 1
        return self.schedule.applies(self._seen)

    @property
    def is_spent(self) -> bool:
        """Whether it will not be applied to a further call."""
        return self.is_cleared or self.schedule.is_spent(self._seen)

    @property
    def is_unused(self) -> bool:
        """Whether calls that it waits for never came."""
        bounded = isinstance(self.schedule, FirstTimes)
        return not self.is_cleared and (not self.is_spent if bounded else not self.hits)

    def clear(self) -> None:
        """End it. Doing so again changes nothing."""
        self.is_cleared = True

    def __enter__(self: R) -> R:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def describe(self) -> str:
        """To whom it applies, in words."""
        names = "any operation" if self.operations is None else ", ".join(sorted(self.operations))
        where = "" if self.where is None else f" where {_describe_where(self.where)}"
        scope = "" if self.scope is None else f" on {self.scope}"
        return f"{names}{where}{scope}: {self.schedule}"


R = TypeVar("R", bound=Rule)


class Rules(Generic[R]):
    """Rules in the order in which they were made; the first that wants a call has it."""

    def __init__(self) -> None:
        self._rules: list[R] = []
        # What was done to a call, so that the same is done to its further attempts.
        self._decided: OrderedDict[str, R | None] = OrderedDict()
        self._lock = RLock()

    def __bool__(self) -> bool:
        return bool(self._rules or self._decided)

    def __iter__(self) -> Iterator[R]:
        """The rules that may still apply."""
        return iter([rule for rule in list(self._rules) if not rule.is_spent])

    def add(self, rule: R) -> R:
        """Put a rule behind those that there are."""
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self, scope: ClusterKey | None = None) -> None:
        """End the rules of one cluster, or all of them."""
        with self._lock:
            for rule in self._rules:
                if scope is None or rule.scope == scope:
                    rule.clear()
            self._drop_spent()
            if not self._rules:
                self._decided.clear()

    def decide(self, asked: Asked) -> R | None:
        """The rule that has this request, which counts as its hit."""
        with self._lock:
            rule = self._found(asked)
            if rule is not None:
                rule.hits += 1
            self._drop_spent()
            return rule

    def _found(self, asked: Asked) -> R | None:
        is_repeated = asked.invocation_id in self._decided
        if is_repeated:
            before = self._decided[asked.invocation_id]
            if before is not None and not before.is_cleared:
                before.hits -= 1  # the same call still
                return before
        for rule in self._rules:
            if rule.is_spent or (is_repeated and rule.retries == "call"):
                continue
            if rule.matches(asked) and rule.take():
                if rule.retries == "call":
                    self._remember(asked.invocation_id, rule)
                return rule
        if not is_repeated:
            self._remember(asked.invocation_id, None)
        return None

    def _remember(self, invocation_id: str, rule: R | None) -> None:
        if invocation_id and (rule is not None or any(r.retries == "call" for r in self._rules)):
            self._decided[invocation_id] = rule
            if len(self._decided) > _REMEMBERED_CALLS:
                self._decided.popitem(last=False)

    def _drop_spent(self) -> None:
        self._rules = [rule for rule in self._rules if not rule.is_spent]


def _describe_where(where: Where) -> str:
    if isinstance(where, Mapping):
        return " and ".join(f"{name} is {held!r}" for name, held in where.items())
    return f"{getattr(where, '__name__', where)}(parameters)"


def check_retries(retries: str) -> Retries:
    """``retries``, if it is ``"call"`` or ``"attempt"``. Raises ValueError."""
    if retries not in RETRIES:
        raise ValueError(f'retries is "call" or "attempt", not {retries!r}')
    return retries  # type: ignore[return-value]


def check_count(name: str, value: int) -> int:
    """A whole number of 1 or more. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a whole number of 1 or more, not {value!r}")
    return value
