"""Texts and numbers to dates. All dates are aware and in UTC, as they are stored."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

from .errors import TEXTS, QueryFailed

_ISO: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*([Zz]|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


def parse_datetime(text: str) -> datetime:
    """An ISO 8601 text as a date; no offset means UTC, no time midnight. Raises ``QueryFailed``."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise QueryFailed(TEXTS["date"].text.format(value=text))
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        local = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")[:6]),
            tzinfo=timezone.utc,
        )
        return local - _offset(offset)
    except (ValueError, OverflowError):
        raise QueryFailed(TEXTS["date"].text.format(value=text)) from None


def _offset(text: str | None) -> timedelta:
    if text is None or text in "Zz":
        return timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def from_millis(millis: int) -> datetime:
    """Milliseconds since 1970 as a date. Raises ``QueryFailed``."""
    try:
        return EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        raise QueryFailed(TEXTS["date"].text.format(value=millis)) from None


def to_millis(date: datetime) -> int:
    """A date as milliseconds since 1970."""
    return (date - EPOCH) // timedelta(milliseconds=1)


def add_seconds(date: datetime, seconds: int) -> datetime:
    """A date some seconds later. Raises ``QueryFailed`` beyond the calendar."""
    try:
        return date + timedelta(seconds=seconds)
    except OverflowError:
        raise QueryFailed("the date is out of range") from None


def iso_text(date: datetime) -> str:
    """``2023-08-02T00:00:00Z``, with milli- or microseconds where there are some."""
    precise = "microseconds" if date.microsecond % 1000 else "milliseconds"
    return date.isoformat(timespec=precise if date.microsecond else "seconds")[:-6] + "Z"
