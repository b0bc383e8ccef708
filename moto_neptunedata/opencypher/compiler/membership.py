"""IN on long lists, and what must be a list."""

from __future__ import annotations

from typing import Final

from ..errors import type_error
from ..values import INTEGERS, NUMBERS, Value, get_type_name

#: Lists as long as this are made into a set when they are looked through again.
LONG_LIST: Final = 12

HASHED_TYPES: Final = INTEGERS | {str}


class MemberSet:
    """A list that IN looks through for row after row, as a set from the second time on."""

    __slots__ = ("_absent", "_values", "source")

    def __init__(self, source: list[Value]) -> None:
        self.source = source
        self._values: set[Value] | None = None
        self._absent: bool | None = False

    def has(self, wanted: str | int) -> bool | None:
        if self._values is None:
            self._values = {v for v in self.source if type(v) is str or type(v) in NUMBERS}
            self._absent = None if None in self.source else False
        return True if wanted in self._values else self._absent


def to_list(value: Value, what: str) -> list[Value]:
    if type(value) is not list:
        raise type_error(
            f"{what} needs a List, not a {get_type_name(value)}", "InvalidArgumentType"
        )
    return value
