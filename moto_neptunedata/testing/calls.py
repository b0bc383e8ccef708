"""The calls that were made: what a test looks at and asserts on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, overload

from . import names
from .scope import ClusterKey

#: So many calls are kept, the newest.
MAX_CALLS: Final = 1_000

#: The outcome of a call that did not fail.
OK: Final = "ok"

# What is shown of a long value, and of a long list.
_SHOWN_CHARACTERS: Final = 80
_SHOWN_CALLS: Final = 30


@dataclass(slots=True)
class Call:
    """One call as its caller sees it, however often botocore sent it.

    ``parameters`` are by botocore's member names, empty where they could not be read. ``outcome``
    is ``"ok"`` or the name of the error of the last attempt, with its ``message`` and HTTP
    ``status`` (0 where there was no answer). ``time`` is when it came, in epoch seconds,
    ``duration`` the seconds that the mock took, ``latency`` those that it was told to take.
    """

    operation: str
    parameters: dict[str, Any]
    outcome: str
    message: str
    status: int
    cluster: ClusterKey
    time: float
    duration: float
    latency: float = 0.0
    attempts: int = 1
    invocation_id: str = ""

    @property
    def failed(self) -> bool:
        """Whether its last attempt failed."""
        return self.outcome != OK

    def to_dict(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {
            "operation": self.operation,
            "parameters": self.parameters,
            "outcome": self.outcome,
            "message": self.message,
            "status": self.status,
            "cluster": self.cluster._asdict(),
            "time": self.time,
            "duration": self.duration,
            "latency": self.latency,
            "attempts": self.attempts,
        }

    def __str__(self) -> str:
        given = ", ".join(f"{name}={_cut(repr(held))}" for name, held in self.parameters.items())
        outcome = f"{self.outcome}: {_cut(self.message)}" if self.message else self.outcome
        notes = [f"{self.attempts} attempts"] if self.attempts > 1 else []
        notes += [f"{self.latency:g} s"] if self.latency else []
        note = f" ({', '.join(notes)})" if notes else ""
        return f"{self.operation}({given}) on {self.cluster} -> {outcome}{note}"


class Calls(Sequence[Call]):
    """Calls, oldest first, as they were when one asked for them."""

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        self._calls = tuple(calls)

    @overload
    def __getitem__(self, at: int) -> Call: ...

    @overload
    def __getitem__(self, at: slice) -> Calls: ...

    def __getitem__(self, at: int | slice) -> Call | Calls:
        return Calls(self._calls[at]) if isinstance(at, slice) else self._calls[at]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    # ------------------------------------------------------------------ picking

    def of(self, *operations: str, **parameters: Any) -> Calls:
        """The calls of these operations (all, if none is named) with these parameters.

        Names are botocore's or boto3's methods. Raises ValueError for an unknown one.
        """
        wanted = names.operations(operations) if operations else None
        return Calls(
            call
            for call in self._calls
            if (wanted is None or call.operation in wanted)
            and all(call.parameters.get(name, _NONE) == held for name, held in parameters.items())
        )

    def to(self, cluster: ClusterKey) -> Calls:
        """The calls to a cluster."""
        return Calls(call for call in self._calls if call.cluster == cluster)

    @property
    def failed(self) -> Calls:
        """The calls that failed."""
        return Calls(call for call in self._calls if call.failed)

    @property
    def last(self) -> Call:
        """The newest call. Raises AssertionError when there is none."""
        if not self._calls:
            raise AssertionError("No call was made")
        return self._calls[-1]

    # ------------------------------------------------------------------ asserting

    def assert_made(self, operation: str, times: int | None = None, **parameters: Any) -> Calls:
        """The calls of an operation with these parameters, of which there must be one, or
        ``times``. Raises AssertionError that shows the calls there are.
        """
        found = self.of(operation, **parameters)
        if len(found) != times if times is not None else not found:
            expected = "at least one call" if times is None else f"{times} calls"
            wanted = _signature(operation, parameters)
            near = self.of(operation)
            shown, what = (near, f"calls of {operation}") if near else (self, "calls")
            raise AssertionError(
                f"Expected {expected} of {wanted}, but there were {len(found)}. "
                f"The {what} were:\n{shown.report()}"
            )
        return found

    def assert_not_made(self, operation: str, **parameters: Any) -> None:
        """Raises AssertionError that shows the calls of this operation with these parameters."""
        found = self.of(operation, **parameters)
        if found:
            wanted = _signature(operation, parameters)
            raise AssertionError(f"Expected no call of {wanted}, but found:\n{found.report()}")

    # ------------------------------------------------------------------ showing

    def report(self) -> str:
        """One line a call, the newest at the end; the oldest of very many are left out."""
        shown = self._calls[-_SHOWN_CALLS:]
        left_out = len(self._calls) - len(shown)
        lines = [f"  … {left_out} earlier calls"] if left_out else []
        return "\n".join([*lines, *(f"  {call}" for call in shown)]) or "  none"

    def __repr__(self) -> str:
        return f"<Calls: {len(self)}>\n{self.report()}"


class CallLog:
    """Keeps the newest calls."""

    def __init__(self, size: int = MAX_CALLS) -> None:
        self._calls: deque[Call] = deque(maxlen=size)

    def add(self, call: Call, is_first: bool = True) -> None:
        """Log a call, or, when it is not its first attempt, a further attempt of it."""
        if not is_first:
            for known in reversed(self._calls.copy()):
                if known.invocation_id == call.invocation_id:
                    known.attempts += 1
                    known.outcome, known.message = call.outcome, call.message
                    known.status = call.status
                    known.duration += call.duration
                    known.latency += call.latency
                    return
        self._calls.append(call)

    def calls(self) -> Calls:
        """The calls as they are now."""
        return Calls(self._calls.copy())

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()


_NONE: Final = object()


def _signature(operation: str, parameters: dict[str, Any]) -> str:
    return f"{operation}({', '.join(f'{name}={held!r}' for name, held in parameters.items())})"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
