"""Typed property values.

Neptune keeps the exact type of every value (user guide, "Property graph data types").
The commonest types are Python's own, the others subclasses of them, so that a value computes,
compares and prints like the Python number it is:

========  ===========================================
Neptune   Python
========  ===========================================
Bool      ``bool``
Byte      :class:`Byte` (an ``int``)
Short     :class:`Short` (an ``int``)
Int       :class:`Int` (an ``int``)
Long      ``int``
Float     :class:`Float` (a ``float``)
Double    ``float``
String    ``str``
DateTime  ``datetime.datetime``, aware, in UTC
========  ===========================================

A property with one value holds that value; one with several holds a ``tuple`` of them.
The standard openCypher dialect also stores lists (``list``); Neptune itself has none.
"""

from __future__ import annotations

import enum
from datetime import datetime, timezone
from typing import Any, Final, TypeAlias

Value: TypeAlias = bool | int | float | str | datetime


class Byte(int):
    """A whole number of 8 bits."""

    __slots__ = ()


class Short(int):
    """A whole number of 16 bits."""

    __slots__ = ()


class Int(int):
    """A whole number of 32 bits."""

    __slots__ = ()


class Float(float):
    """A floating-point number of 32 bits (already rounded to them)."""

    __slots__ = ()


class _Missing(enum.Enum):
    """The type of :data:`MISSING`."""

    MISSING = "no value"


#: Stands in a column for "this element has no value here".
MISSING: Final = _Missing.MISSING

_TYPE_NAMES: Final[dict[type, str]] = {
    bool: "Bool",
    Byte: "Byte",
    Short: "Short",
    Int: "Int",
    int: "Long",
    Float: "Float",
    float: "Double",
    str: "String",
    datetime: "DateTime",
    list: "List",
}


def type_name(value: Any) -> str:
    """Neptune's name of the type of ``value``: ``"Int"``, ``"String"``, …

    Raises ``TypeError`` for what cannot be a property value.
    """
    for kind in type(value).__mro__:
        name = _TYPE_NAMES.get(kind)
        if name is not None:
            return name
    raise TypeError(f"{type(value).__name__} is not a property value")


def same_value(left: Any, right: Any) -> bool:
    """Whether two values are one and the same: same type, equal, NaN equal to itself.

    ``1`` (Long), ``Int(1)``, ``1.0`` and ``True`` are four different values.
    """
    return type(left) is type(right) and (left == right or (left != left and right != right))


def values_of(stored: Any) -> tuple[Any, ...]:
    """The values that a property holds, as a tuple, one or many."""
    return stored if type(stored) is tuple else (stored,)


def utc_text(value: datetime) -> str:
    """A DateTime as a text in UTC: ``2026-01-31T00:00:00Z``."""
    return f"{value.astimezone(timezone.utc).replace(tzinfo=None).isoformat()}Z"
