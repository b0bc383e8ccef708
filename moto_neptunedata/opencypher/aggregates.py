"""The aggregating functions. Each is a class: ``add`` a value (never null), then ``result``."""

from __future__ import annotations

import math
from typing import Final, Protocol

from .errors import CypherError, argument_error
from .values import INTEGERS, NUMBERS, Value, check_integer, get_type_name, make_order_key


class Aggregate(Protocol):
    def add(self, value: Value) -> None: ...

    def result(self) -> Value: ...


class Count:
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def add(self, value: Value) -> None:
        self.count += 1

    def result(self) -> int:
        return self.count


class Collect:
    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: list[Value] = []

    def add(self, value: Value) -> None:
        self.values.append(value)

    def result(self) -> list[Value]:
        return self.values


class Sum:
    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total: Value = 0

    def add(self, value: Value) -> None:
        kind = type(value)
        self.total += value if kind is int or kind is float else to_number("sum", value)

    def result(self) -> Value:
        return check_integer(self.total) if type(self.total) is int else self.total


class Avg(Sum):
    __slots__ = ("count",)

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def add(self, value: Value) -> None:
        kind = type(value)
        self.total += value if kind is float or kind is int else to_number("avg", value)
        self.count += 1

    def result(self) -> Value:
        return self.total / self.count if self.count else None


class Min:
    __slots__ = ("best", "key")

    def __init__(self) -> None:
        self.key: Value = None
        self.best: Value = None

    def add(self, value: Value) -> None:
        key = make_order_key(value)
        if self.key is None or key < self.key:
            self.key, self.best = key, value

    def result(self) -> Value:
        return self.best


class Max(Min):
    __slots__ = ()

    def add(self, value: Value) -> None:
        key = make_order_key(value)
        if self.key is None or key > self.key:
            self.key, self.best = key, value


class Deviation(Collect):
    """stDev: the deviation of a sample."""

    __slots__ = ()
    less: int = 1

    def add(self, value: Value) -> None:
        self.values.append(float(to_number("stDev", value)))

    def result(self) -> Value:
        count = len(self.values)
        if count < 2:
            return 0.0
        mean = math.fsum(self.values) / count
        return math.sqrt(math.fsum((x - mean) ** 2 for x in self.values) / (count - self.less))


class PopulationDeviation(Deviation):
    """stDevP: the deviation of a whole population."""

    __slots__ = ()
    less = 0


class PercentileCont(Collect):
    """The percentile by linear interpolation; ``add`` takes (value, percentile)."""

    __slots__ = ("percentile",)

    def __init__(self) -> None:
        super().__init__()
        self.percentile = 0.0

    def add(self, value: Value) -> None:
        item, percentile = value
        if type(percentile) not in NUMBERS or not 0 <= percentile <= 1:
            raise CypherError(
                "ArgumentError",
                "NumberOutOfRange",
                f"A percentile is a number between 0.0 and 1.0, not {percentile!r}",
            )
        self.percentile = percentile
        if item is not None:
            self.values.append(to_number("percentile", item))

    def result(self) -> Value:
        if not self.values:
            return None
        self.values.sort()
        place = self.percentile * (len(self.values) - 1)
        low, high = math.floor(place), math.ceil(place)
        if low == high:
            return float(self.values[low])
        return self.values[low] * (high - place) + self.values[high] * (place - low)


class PercentileDisc(PercentileCont):
    """The percentile as one of the values."""

    __slots__ = ()

    def result(self) -> Value:
        if not self.values:
            return None
        self.values.sort()
        place = math.ceil(self.percentile * len(self.values)) - 1
        return self.values[max(place, 0)]


def to_number(name: str, value: Value) -> Value:
    kind = type(value)
    if kind in INTEGERS:
        return int(value)
    if kind in NUMBERS:
        return float(value)
    raise argument_error(name, get_type_name(value))


#: name -> (class, number of arguments, static type of the result)
AGGREGATES: Final[dict[str, tuple[type[Aggregate], int, str]]] = {
    "count": (Count, 1, "int"),
    "collect": (Collect, 1, "list"),
    "sum": (Sum, 1, "number"),
    "avg": (Avg, 1, "float"),
    "min": (Min, 1, "any"),
    "max": (Max, 1, "any"),
    "stdev": (Deviation, 1, "float"),
    "stdevp": (PopulationDeviation, 1, "float"),
    "percentilecont": (PercentileCont, 2, "float"),
    "percentiledisc": (PercentileDisc, 2, "any"),
}
