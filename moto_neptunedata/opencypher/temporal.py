"""The temporal values of the standard dialect, as far as made from a map, compared and printed.

Neptune itself knows only DateTime, which is Python's ``datetime`` here; see the dialect's table.
Each class is ordered by ``key`` and prints as openCypher writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date as civil_date
from typing import Any, Final

from .errors import CypherError


class _Temporal:
    __slots__ = ("key", "text")

    def __init__(self, key: tuple[Any, ...], text: str) -> None:
        self.key = key
        self.text = text

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.key == other.key

    def __lt__(self, other: _Temporal) -> bool:
        return self.key < other.key

    def __le__(self, other: _Temporal) -> bool:
        return self.key <= other.key

    def __hash__(self) -> int:
        return hash((type(self), self.key))

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class Date(_Temporal):
    __slots__ = ()


class LocalTime(_Temporal):
    __slots__ = ()


class Time(_Temporal):
    __slots__ = ()


class LocalDateTime(_Temporal):
    __slots__ = ()


class ZonedDateTime(_Temporal):
    __slots__ = ()


class Duration(_Temporal):
    """``key`` is (months, days, nanoseconds). Durations have no order."""

    __slots__ = ()


TEMPORAL_TYPES: Final = (ZonedDateTime, LocalDateTime, Date, Time, LocalTime)

_DATE_FIELDS: Final = ("year", "month", "day")
_TIME_FIELDS: Final = ("hour", "minute", "second", "nanosecond")
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)$")


def _take_numbers(
    fields: dict[str, Any], names: tuple[str, ...], defaults: tuple[int, ...]
) -> list[int]:
    numbers = []
    ended = False
    for name, default in zip(names, defaults):
        value = fields.pop(name, None)
        if value is None:
            ended = True
            numbers.append(default)
        elif type(value) is not int or (ended and name != "nanosecond"):
            raise _unsupported_error(name)
        else:
            numbers.append(value)
    return numbers


def _unsupported_error(what: str) -> CypherError:
    return CypherError("Unsupported", "Unsupported", f"A temporal value with {what} here")


def _take_date(fields: dict[str, Any]) -> tuple[int, str]:
    if fields.get("year") is None:
        raise _unsupported_error("no year")
    year, month, day = _take_numbers(fields, _DATE_FIELDS, (1, 1, 1))
    try:
        made = civil_date(year, month, day)
    except ValueError as error:
        raise CypherError("ArgumentError", "InvalidArgumentValue", str(error)) from None
    return made.toordinal(), made.isoformat()


def _take_time(fields: dict[str, Any]) -> tuple[int, str]:
    """Nanoseconds since midnight, and the text with as few digits as will do."""
    hour, minute, second, nano = _take_numbers(fields, _TIME_FIELDS, (0, 0, 0, 0))
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= nano < 10**9):
        raise CypherError("ArgumentError", "InvalidArgumentValue", "Not a time of the day")
    nanos = ((hour * 60 + minute) * 60 + second) * 10**9 + nano
    return nanos, _format_clock(nanos)


def _format_clock(nanos: int) -> str:
    seconds, nano = divmod(nanos, 10**9)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    if second or nano:
        text += f":{second:02}"
    return text + (f".{nano:09}".rstrip("0") if nano else "")


def _take_zone(fields: dict[str, Any]) -> tuple[int, str]:
    """Seconds east of UTC, and the text."""
    zone = fields.pop("timezone", None)
    if zone is None or zone in ("Z", "+00:00"):
        return 0, "Z"
    match = _OFFSET.match(zone) if type(zone) is str else None
    if match is None:
        raise _unsupported_error(f"the timezone {zone}")
    sign, hours, minutes = match.groups()
    seconds = (int(hours) * 60 + int(minutes)) * 60
    return (-seconds if sign == "-" else seconds), f"{sign}{hours}:{minutes}"


def _make_date(fields: dict[str, Any]) -> _Temporal:
    day, text = _take_date(fields)
    return Date((day,), text)


def _make_local_time(fields: dict[str, Any]) -> _Temporal:
    nanos, text = _take_time(fields)
    return LocalTime((nanos,), text)


def _make_time(fields: dict[str, Any]) -> _Temporal:
    nanos, text = _take_time(fields)
    offset, zone = _take_zone(fields)
    return Time((nanos - offset * 10**9, offset), text + zone)


def _make_local_date_time(fields: dict[str, Any]) -> _Temporal:
    day, date_text = _take_date(fields)
    nanos, text = _take_time(fields)
    return LocalDateTime((day, nanos), f"{date_text}T{text}")


def _make_date_time(fields: dict[str, Any]) -> _Temporal:
    day, date_text = _take_date(fields)
    nanos, text = _take_time(fields)
    offset, zone = _take_zone(fields)
    total = day * 86_400 * 10**9 + nanos - offset * 10**9
    return ZonedDateTime((total, offset), f"{date_text}T{text}{zone}")


_UNITS: Final = {
    "years": (0, 12),
    "quarters": (0, 3),
    "months": (0, 1),
    "weeks": (1, 7),
    "days": (1, 1),
    "hours": (2, 3600 * 10**9),
    "minutes": (2, 60 * 10**9),
    "seconds": (2, 10**9),
    "milliseconds": (2, 10**6),
    "microseconds": (2, 1000),
    "nanoseconds": (2, 1),
}


def _make_duration(fields: dict[str, Any]) -> _Temporal:
    parts = [0, 0, 0]
    for unit, (part, size) in _UNITS.items():
        number = fields.pop(unit, 0)
        if type(number) is not int or number < 0:
            raise _unsupported_error(f"the {unit} {number}")
        parts[part] += number * size
    months, days, nanos = parts
    minutes, rest = divmod(nanos, 60 * 10**9)
    seconds = f"{rest // 10**9}" + (f".{rest % 10**9:09}".rstrip("0") if rest % 10**9 else "")
    dates = _format_units(("Y", months // 12), ("M", months % 12), ("D", days))
    times = _format_units(("H", minutes // 60), ("M", minutes % 60), ("S", seconds if rest else 0))
    text = f"P{dates}" + (f"T{times}" if times or not dates else "")
    return Duration(tuple(parts), text if len(text) > 2 else "PT0S")


def _format_units(*units: tuple[str, Any]) -> str:
    return "".join(f"{number}{letter}" for letter, number in units if number)


_DAY: Final = 86_400 * 10**9


def add_duration(value: _Temporal, duration: Duration) -> _Temporal:
    """``value + duration``: months first, cut to the month's last day, then days, then time."""
    months, days, nanos = duration.key
    if isinstance(value, (LocalTime, Time)):
        offset = value.key[1] if isinstance(value, Time) else 0
        clock = (value.key[0] + offset * 10**9 + nanos) % _DAY
        if isinstance(value, LocalTime):
            return LocalTime((clock,), _format_clock(clock))
        return Time((clock - offset * 10**9, offset), _format_clock(clock) + _format_offset(offset))
    if isinstance(value, Date):
        if nanos:
            raise _unsupported_error("hours added to a date")
        day, clock, offset = value.key[0], 0, 0
    elif isinstance(value, LocalDateTime):
        (day, clock), offset = value.key, 0
    else:
        offset = value.key[1]
        day, clock = divmod(value.key[0] + offset * 10**9, _DAY)
    carried, clock = divmod(clock + nanos, _DAY)
    try:
        moved = _add_months(civil_date.fromordinal(day), months).toordinal() + days + carried
        day_text = civil_date.fromordinal(moved).isoformat()
    except (ValueError, OverflowError):
        raise CypherError("ArithmeticError", "NumberOutOfRange", "date out of range") from None
    if isinstance(value, Date):
        return Date((moved,), day_text)
    text = f"{day_text}T{_format_clock(clock)}"
    if isinstance(value, LocalDateTime):
        return LocalDateTime((moved, clock), text)
    return ZonedDateTime(
        (moved * _DAY + clock - offset * 10**9, offset), text + _format_offset(offset)
    )


def _add_months(day: civil_date, months: int) -> civil_date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = civil_date(year + (month == 11), (month + 1) % 12 + 1, 1).toordinal() - 1
    return day.replace(
        year=year, month=month + 1, day=min(day.day, civil_date.fromordinal(last).day)
    )


def _format_offset(seconds: int) -> str:
    if seconds == 0:
        return "Z"
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


_MAKERS: Final[dict[str, Callable[[dict[str, Any]], _Temporal]]] = {
    "date": _make_date,
    "localtime": _make_local_time,
    "time": _make_time,
    "localdatetime": _make_local_date_time,
    "datetime": _make_date_time,
    "duration": _make_duration,
}


def make_temporal(name: str, fields: Any) -> _Temporal | None:
    """``date({year: 1984, …})`` and its kin. Refuses every other kind of argument by name."""
    if fields is None:
        return None
    if type(fields) is not dict:
        raise CypherError("Unsupported", "Unsupported", f"{name}() of anything but a map")
    left = dict(fields)
    made = _MAKERS[name](left)
    if left:
        raise _unsupported_error(next(iter(left)))
    return made
