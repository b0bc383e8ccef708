"""Walks a state machine of Amazon States Language (JSONPath), in this process and without waiting.

Has the states Task, Wait, Choice (StringEquals), Succeed and Fail; Retry, Catch, Parameters
and ResultPath of a Task. Anything else raises NotImplementedError, so that a test never passes
because something was left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Task = Callable[[dict[str, Any]], Any]


@dataclass
class Execution:
    """How a run ended: ``SUCCEEDED`` or ``FAILED``, where it came by, how long it would have
    waited (seconds).
    """

    status: str = "RUNNING"
    output: Any = None
    error: str = ""
    cause: str = ""
    visited: list[str] = field(default_factory=list)
    waited: float = 0


class StateMachine:
    """``tasks`` are Lambda functions by the name at the end of a state's Resource."""

    def __init__(self, definition: Mapping[str, Any], tasks: Mapping[str, Task]) -> None:
        self._start: str = definition["StartAt"]
        self._states: Mapping[str, Mapping[str, Any]] = definition["States"]
        self._tasks = tasks
        for name, state in self._states.items():
            known = _KNOWN.get(state["Type"])
            unknown = {state["Type"]} if known is None else set(state) - known - _ANY
            if unknown:
                raise NotImplementedError(f"{name}: {', '.join(sorted(unknown))}")

    def run(self, data: dict[str, Any], max_states: int = 100) -> Execution:
        """Run to the end. Raises RuntimeError when it has not ended after ``max_states``."""
        run = Execution(output=data)
        name = self._start
        for _ in range(max_states):
            run.visited.append(name)
            state = self._states[name]
            match state["Type"]:
                case "Task":
                    name = self._task(state, run)
                case "Wait":
                    run.waited += state["Seconds"]
                    name = state["Next"]
                case "Choice":
                    name = _chosen(state, run.output)
                case "Succeed":
                    run.status = "SUCCEEDED"
                    return run
                case "Fail":
                    run.error = _found(state["ErrorPath"], run.output)
                    run.cause = _found(state["CausePath"], run.output)
                    run.status = "FAILED"
                    return run
        raise RuntimeError(f"not at an end after {max_states} states: {run.visited}")

    def _task(self, state: Mapping[str, Any], run: Execution) -> str:
        task = self._tasks[state["Resource"].rpartition(":")[2]]
        event = {
            key.removesuffix(".$"): _found(value, run.output) if key.endswith(".$") else value
            for key, value in state["Parameters"].items()
        }
        attempts = 0
        while True:
            try:
                _put(run.output, state["ResultPath"], task(event))
            except Exception as error:
                retry = _rule(state.get("Retry", ()), error)
                if retry is not None and attempts < retry["MaxAttempts"]:
                    run.waited += retry["IntervalSeconds"] * retry["BackoffRate"] ** attempts
                    attempts += 1
                    continue
                catch = _rule(state.get("Catch", ()), error)
                if catch is None:
                    raise
                failure = {"Error": type(error).__name__, "Cause": str(error)}
                _put(run.output, catch["ResultPath"], failure)
                next_state: str = catch["Next"]
                return next_state
            return str(state["Next"])


_ANY = {"Type", "Comment", "Next"}
_KNOWN: dict[str, set[str]] = {
    "Task": {"Resource", "Parameters", "ResultPath", "Retry", "Catch"},
    "Wait": {"Seconds"},
    "Choice": {"Choices", "Default"},
    "Succeed": set(),
    "Fail": {"ErrorPath", "CausePath"},
}


def _rule(rules: Any, error: Exception) -> Mapping[str, Any] | None:
    """The first rule of Retry or Catch that is for this error."""
    wanted = {"States.ALL", type(error).__name__}
    return next((rule for rule in rules if wanted & set(rule["ErrorEquals"])), None)


def _chosen(state: Mapping[str, Any], data: Any) -> str:
    for choice in state["Choices"]:
        if set(choice) != {"Variable", "StringEquals", "Next"}:
            raise NotImplementedError(f"a choice by {', '.join(sorted(choice))}")
        if _found(choice["Variable"], data) == choice["StringEquals"]:
            return str(choice["Next"])
    return str(state["Default"])


def _found(path: str, data: Any) -> Any:
    """What a path such as ``$.load.loadId`` leads to."""
    for key in _keys(path):
        data = data[key]
    return data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = _keys(path)
    for key in parents:
        data = data.setdefault(key, {})
    data[last] = value


def _keys(path: str) -> list[str]:
    start, *keys = path.split(".")
    if start != "$" or not all(key.isidentifier() for key in keys):
        raise NotImplementedError(f"the path {path}")
    return keys
