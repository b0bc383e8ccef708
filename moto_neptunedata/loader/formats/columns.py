"""Property columns of a CSV file: from cells to typed values, a cell or a whole block at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Final

from ...graph.values import MISSING
from .records import EMPTY
from .types import STRING, ValueType

# A column keeps what its texts mean while it has few different ones.
_MAX_REMEMBERED: Final = 8_192


def split_list(text: str) -> list[str]:
    r"""The elements of a cell that holds several, trimmed; ``\;`` is a plain semicolon."""
    if "\\;" not in text:
        return [part.strip() for part in text.split(";")]
    return [part.replace("\\;", ";").strip() for part in re.split(r"(?<!\\);", text)]


@dataclass(frozen=True)
class Property:
    """A property column: its place in a row, its name and what its cells may hold."""

    at: int
    name: str
    type: ValueType
    single: bool = False
    array: bool = False

    def texts(self, cell: str | None, allow_empty: bool) -> list[str]:
        """The texts of the values in a cell; an empty text can only be a String.

        That the switch ``allowEmptyStrings`` decides over elements of arrays and over no type but
        String is inferred.
        """
        if cell is None:
            return []
        texts = split_list(cell) if self.array else [cell]
        keep = allow_empty and self.type is STRING
        return texts if keep else [text for text in texts if text]


class PropertyColumn:
    """Turns the cells of one property column into values, block after block."""

    def __init__(self, property: Property, allow_empty: bool) -> None:
        self._property = property
        self._allow_empty = allow_empty
        self._meanings: dict[str, Any] = {}
        self._remembers = True

    def values(self, cells: list[str], has_empty: bool) -> tuple[Sequence[Any], int]:
        """A value a cell (``MISSING``, or a tuple of several), and how many values there are.

        ``cells`` are as in a block, with :data:`EMPTY` in some column if ``has_empty``.
        Raises ``ValueError`` when a text is not of the type or an array repeats a value.
        """
        if self._remembers:
            different = set(cells)
            if 4 * len(different) <= len(cells) or len(different) <= 16:
                return self._by_meaning(cells, different)
            # Most texts differ, and most likely will in the blocks to come.
            self._remembers = False
            self._meanings.clear()
        if self._property.array:
            found = list(map(self._meaning, cells))
            return found, _count(found)
        return self._at_once(cells, has_empty)

    def _by_meaning(self, cells: list[str], different: set[str]) -> tuple[Sequence[Any], int]:
        meanings = self._meanings
        for text in different - meanings.keys():
            meanings[text] = self._meaning(text)
        found = list(map(meanings.__getitem__, cells))
        if self._property.array:
            count = _count(found)
        else:
            gaps = [mark for mark in ("", EMPTY) if meanings.get(mark) is MISSING]
            count = len(cells) - sum(map(cells.count, different.intersection(gaps)))
        if len(meanings) > _MAX_REMEMBERED:
            meanings.clear()
        return found, count

    def _meaning(self, cell: str) -> Any:
        texts = self._property.texts(_told_apart(cell), self._allow_empty)
        values = tuple(map(self._property.type.parse, texts))
        if len(values) <= 1:
            return values[0] if values else MISSING
        if len(set(values)) < len(values) or any(value != value for value in values):
            raise ValueError  # the same value twice, maybe NaN
        return values

    def _at_once(self, cells: list[str], has_empty: bool) -> tuple[Sequence[Any], int]:
        parse = self._property.type.parse_column
        if has_empty and EMPTY in cells:
            if self._allow_empty and self._property.type is STRING:
                found = [_string(cell) for cell in cells]
                return found, _count(found)
            cells = ["" if cell == EMPTY else cell for cell in cells]
        gaps = cells.count("")
        if not gaps:
            return parse(cells), len(cells)
        if gaps == len(cells):
            return [MISSING] * gaps, 0
        values: Iterator[Any] = iter(parse(list(compress(cells, cells))))
        return [next(values) if cell else MISSING for cell in cells], len(cells) - gaps


def _count(found: list[Any]) -> int:
    """How many values there are among gaps, values and tuples of values."""
    return sum(
        0 if value is MISSING else len(value) if type(value) is tuple else 1 for value in found
    )


def _told_apart(cell: str) -> str | None:
    """A cell of a column as a cell of a record."""
    return "" if cell == EMPTY else cell or None


def _string(cell: str) -> Any:
    return "" if cell == EMPTY else cell or MISSING
