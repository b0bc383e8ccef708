"""``Operator``: two values to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from .enums import Operator
from .errors import QueryFailed
from .numeric import add, divide, larger, multiply, smaller, subtract
from .values import BulkSet, GMap, GSet, Path, Value

Operate = Callable[[Value, Value], Value]


def add_all(held: Value, more: Value) -> Value:
    """A collection with the values of another one, as a new collection."""
    if held is None or more is None:
        return more if held is None else held
    if isinstance(held, GMap) and isinstance(more, GMap):
        joined = held.copy()
        joined.update(more)
        return joined
    if isinstance(held, BulkSet):
        bag = held.copy()
        for value, count in _list_counts(more):
            bag.add(value, count)
        return bag
    if isinstance(held, GSet):
        return GSet([*held, *(value for value, _ in _list_counts(more))])
    if isinstance(held, list):
        return [*held, *_values(more)]
    raise QueryFailed(f"addAll does not take {held!r}")


def _values(more: Value) -> Iterable[Value]:
    if isinstance(more, (list, GSet, BulkSet, Path)):
        return more
    raise QueryFailed(f"addAll does not take {more!r}")


def _list_counts(more: Value) -> Iterable[tuple[Value, int]]:
    if isinstance(more, BulkSet):
        return more.counts()
    return ((value, 1) for value in _values(more))


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise QueryFailed(f"{value!r} is not a boolean")
    return value


OPERATORS: Final[dict[Operator, Operate]] = {
    Operator.sum: add,
    Operator.sumLong: add,
    Operator.minus: subtract,
    Operator.mult: multiply,
    Operator.div: divide,
    Operator.min: smaller,
    Operator.max: larger,
    Operator.assign: lambda held, value: value,
    Operator.and_: lambda held, value: _truth(held) and _truth(value),
    Operator.or_: lambda held, value: _truth(held) or _truth(value),
    Operator.addAll: add_all,
}
