"""Records of CSV files: blocks of text cut at record borders, and their cells.

RFC 4180 as the loader reads it: spaces round a delimiter do not count, a blank cell differs from
a quoted empty one, and a record that breaks the rules ends with its line. Python's ``csv`` module
knows neither of the last two.

There are two ways from text to cells. :func:`split_columns` takes a regular block apart at once,
with a few calls that run in C; :func:`records` reads any text record by record. Where the first
gives an answer, the second gives the same one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

# Other encodings are read as UTF-8 all the same (user guide, "Load data formats").
_DECODER: Final = codecs.getincrementaldecoder("utf-8-sig")
_DECODING_ERRORS: Final = "replace"

#: About how many characters a block has.
BLOCK_SIZE: Final = 1 << 16

#: A header that has not ended after so many characters is none.
MAX_HEADER: Final = 1 << 24

#: A quoted empty cell, in columns; a blank one is "".
EMPTY: Final = "\x00"
_QUOTED: Final = "\x01"  # stands for a quoted cell while a block is split

#: What "spaces round a delimiter" are.
_SPACE: Final = " "

_BESIDE_DELIMITERS: Final = (f"{_SPACE},", f",{_SPACE}", f"{_SPACE}\n", f"\n{_SPACE}")

_UNQUOTED: Final = re.compile(r'[^",\r\n]*').match
_SPACES: Final = re.compile(" *").match

# No AWS page shows the texts of these.
STRAY_QUOTE: Final = "Unexpected quote in an unquoted field"
STRAY_BREAK: Final = "Unexpected line break in an unquoted field"
TEXT_AFTER_QUOTE: Final = "Unexpected text after a quoted field"
UNTERMINATED: Final = "Quoted field is not terminated"
NO_HEADER: Final = "Header is too long"


class Record(NamedTuple):
    """One record: its cells (None when blank), or what is wrong with it.

    ``line`` counts from 1 at the line after the header; a record has the number of its first.
    """

    line: int
    cells: list[str | None]
    problem: str = ""


class Block(NamedTuple):
    """Whole records: as columns where ``text`` is regular, else as ``irregular`` records.

    Columns have "" for a blank cell and :data:`EMPTY` for a quoted empty one.
    """

    text: str
    line: int
    columns: list[list[str]] | None
    irregular: list[Record]

    @property
    def records(self) -> Iterator[Record]:
        """The records one by one."""
        if self.columns is None:
            return iter(self.irregular)
        return records(self.text, self.line)


class RecordReader:
    """Reads a CSV file: :meth:`header` once, then :meth:`blocks`.

    It holds one block, or one record where a record is longer than that.
    """

    def __init__(self, stream: BinaryIO, block_size: int = BLOCK_SIZE) -> None:
        self._stream = stream
        self._size = block_size
        self._decoder = _DECODER(_DECODING_ERRORS)
        self._text = ""
        self._line = 1
        self._final = False

    def header(self) -> Record | None:
        """The first record, blank lines before it left out; None for a file without any."""
        size = self._size
        while True:
            self._fill(size)
            for record, end in _scan(self._text, 0, self._final):
                if record.problem or record.cells != [None]:
                    self._text = self._text[end:]
                    return record
            if self._final:
                return None
            if len(self._text) > MAX_HEADER:
                return Record(0, [], NO_HEADER)
            size = 2 * len(self._text)

    def blocks(self, width: int) -> Iterator[Block]:
        """All other records; ``width`` is the number of columns of a regular one."""
        size = self._size
        while True:
            self._fill(size)
            if not self._text:
                return
            block, used = self._next_block(width)
            if used:
                self._text = self._text[used:]
                size = self._size
                yield block
            else:  # the buffer ends within its first record
                size = 2 * len(self._text)

    def _next_block(self, width: int) -> tuple[Block, int]:
        line = self._line
        cut = _border(self._text, self._final)
        if cut:
            text = self._text[:cut]
            columns = split_columns(text, width)
            if columns is not None:
                self._line += text.count("\n")
                return Block(text, line, columns, []), cut
        found: list[Record] = []
        used = 0
        for record, end in _scan(self._text, line, self._final):
            found.append(record)
            used = end
            if used >= self._size:
                break
        self._line += self._text.count("\n", 0, used)
        return Block("", line, None, found), used

    def _fill(self, size: int) -> None:
        """Have ``size`` characters at hand, if there are so many left."""
        parts = [self._text]
        have = len(self._text)
        while have < size and not self._final:
            data = self._stream.read(max(self._size, size - have))
            self._final = not data
            part = self._decoder.decode(data, self._final)
            parts.append(part)
            have += len(part)
        self._text = "".join(parts)


def _border(text: str, final: bool) -> int:
    """The end of the last record that is surely whole, if the text is regular; 0 if none is."""
    if final:
        return len(text)
    end = text.rfind("\n")
    quotes = text.count('"', 0, max(end, 0))
    while end >= 0 and quotes % 2:
        # This line break is within quotes: go back before the opening one.
        opening = text.rfind('"', 0, end)
        before = text.rfind("\n", 0, opening)
        quotes -= text.count('"', max(before, 0), end)
        end = before
    return end + 1


def split_columns(text: str, width: int) -> list[list[str]] | None:
    """The columns of whole records, or None unless each has ``width`` well-formed cells."""
    if EMPTY in text or _QUOTED in text:
        return None
    quoted: list[str] = []
    body = text
    if '"' in body:
        pieces = body.replace('""', EMPTY).split('"')
        if len(pieces) % 2 == 0:
            return None
        body = _QUOTED.join(pieces[::2])
        quoted = pieces[1::2]
    if "\r" in body:
        body = body.replace("\r\n", "\n")
        if body.endswith("\r"):
            body = body[:-1]
        if "\r" in body:
            return None
    body = body.rstrip("\n")
    rows = body.count("\n") + 1
    # A mark after each row: all marks in their places mean that all rows have their width.
    cells = body.replace("\n", ",\n,").split(",")
    stride = width + 1
    if len(cells) != rows * stride - 1 or cells[width::stride].count("\n") != rows - 1:
        return None
    if _has_outer_spaces(body):
        cells = [cell.strip(_SPACE) for cell in cells]
    if '"' in text and not _unmask(cells, body, quoted):
        return None
    return [cells[at::stride] for at in range(width)]


def _has_outer_spaces(body: str) -> bool:
    """Whether spaces may stand at the beginning or the end of a cell."""
    return _SPACE in body and (
        body.startswith(_SPACE)
        or body.endswith(_SPACE)
        or any(beside in body for beside in _BESIDE_DELIMITERS)
    )


def _unmask(cells: list[str], body: str, quoted: list[str]) -> bool:
    """Put quoted cells where they belong; false when a cell is quoted only in part."""
    if cells.count(_QUOTED) != len(quoted) or cells.count(EMPTY) != body.count(EMPTY):
        return False
    if not quoted:
        return True
    texts = iter([text.replace(EMPTY, '"') for text in quoted])
    cells[:] = [next(texts) if cell == _QUOTED else cell for cell in cells]
    return True


def records(text: str, line: int) -> Iterator[Record]:
    """Read whole records, the first of which stands in line ``line``."""
    return (record for record, _ in _scan(text, line, True))


def _scan(text: str, line: int, final: bool) -> Iterator[tuple[Record, int]]:
    """Each record with its end. Unless ``final``, an unfinished record at the end is left."""
    start = 0
    while start < len(text):
        cells, problem, end = _read_record(text, start, final)
        if end < 0:
            return
        yield Record(line, cells, problem), end
        line += text.count("\n", start, end)
        start = end


_Read = tuple[list["str | None"], str, int]
_UNFINISHED: Final[_Read] = ([], "", -1)


def _read_record(text: str, start: int, final: bool) -> _Read:
    """The cells, the problem and the end of the record at ``start``; -1 if it is unfinished."""
    end = text.find("\n", start)
    if end < 0:
        if not final:
            return _UNFINISHED
        end = len(text)
    if text.find('"', start, end) >= 0:
        return _read_quoted(text, start, final)
    line = text[start:end]
    if line.endswith("\r"):
        line = line[:-1]
    if "\r" in line:
        return [], STRAY_BREAK, end + 1
    return [cell.strip(_SPACE) or None for cell in line.split(",")], "", end + 1


def _read_quoted(text: str, start: int, final: bool) -> _Read:
    cells: list[str | None] = []
    at = start
    while True:
        end = _end(_UNQUOTED(text, at))
        raw = text[at:end].strip(_SPACE)
        if text.startswith('"', end):
            if raw:
                return _abandon(text, end, STRAY_QUOTE, final)
            close = _closing_quote(text, end + 1)
            if close < 0:
                return ([], UNTERMINATED, len(text)) if final else _UNFINISHED
            cells.append(text[end + 1 : close].replace('""', '"'))
            end = _end(_SPACES(text, close + 1))
            if end < len(text) and text[end] not in ",\r\n":
                return _abandon(text, end, TEXT_AFTER_QUOTE, final)
        else:
            cells.append(raw or None)
        if text.startswith(",", end):
            at = end + 1
            continue
        if text.startswith("\n", end):
            return cells, "", end + 1
        if text.startswith("\r\n", end):
            return cells, "", end + 2
        if end + 1 >= len(text):  # nothing is left, or a CR whose LF is still to come
            return (cells, "", len(text)) if final else _UNFINISHED
        return _abandon(text, end, STRAY_BREAK, final)


def _closing_quote(text: str, at: int) -> int:
    """Where the quote is that ends a cell, -1 if nowhere; doubled ones do not."""
    while (at := text.find('"', at)) >= 0 and text.startswith('"', at + 1):
        at += 2
    return at


def _abandon(text: str, at: int, problem: str, final: bool) -> _Read:
    """Give up a record; the next one starts on the next line."""
    end = text.find("\n", at)
    if end < 0:
        return ([], problem, len(text)) if final else _UNFINISHED
    return [], problem, end + 1


def _end(match: re.Match[str] | None) -> int:
    assert match is not None  # both patterns match nothing, too
    return match.end()
