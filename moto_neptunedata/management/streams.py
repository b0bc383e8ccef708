"""Neptune Streams: the change log of a data model, read in pages (user guide, "Calling the Neptune
Streams API", "… Response Format", "… Exceptions" and "Serialization Formats").
"""

from __future__ import annotations

import json
import math
import time
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from ..errors import OUR_CHOICE, ErrorCatalog, NeptuneError
from ..graph import Change, ChangeLog, Commit, type_name
from ..loader.feeds import DEFAULT_NAMED_GRAPH_URI
from ..settings import ClusterSettings
from .records import CommitRecords

if TYPE_CHECKING:
    from ..graph.rdf_dataset import QuadChange

T = TypeVar("T")

DEFAULT_LIMIT: Final = 10
#: A page ends with the record that reaches this size, in bytes of JSON.
MAX_PAGE_BYTES: Final = 10 * 1024 * 1024
_DAY_MS: Final = 86_400_000
# json.dumps() would make an encoder for each record.
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
#: Records of so many commits are kept findable; a consumer reads one after the other.
_REMEMBERED: Final = 8

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "invalid": (
            "InvalidParameterException",
            "An invalid or out-of-range value was supplied as an input parameter.",
            'user guide, "Neptune Streams API Exceptions"',
        ),
        "expired": (
            "ExpiredStreamException",
            "All of the requested records exceed the maximum age allowed and have expired.",
            'user guide, "Neptune Streams API Exceptions"',
        ),
        "future": (
            "StreamRecordsNotFoundException",
            "Requested startEventId is from the future. "
            "Last valid eventId is [commitNum = {commit}, opNum = {op}]",
            'user guide, "Neptune Streams API Exceptions"',
        ),
        "empty": (
            "StreamRecordsNotFoundException",
            "Requested startEventId is from the future.",
            'user guide, "Neptune Streams API Exceptions"',
        ),
        "disabled": (
            "UnsupportedOperationException",
            "Neptune Streams is not enabled: set the cluster parameter neptune_streams to 1",
            OUR_CHOICE,
        ),
    }
)

#: Names of types where streams have others than the graph (GraphSON's and Java's).
_DATA_TYPES: Final = {"Bool": "Boolean", "DateTime": "Date"}


class Stream(Generic[T]):
    """The stream of one data model. ``data`` makes the ``data`` member of a change's record."""

    def __init__(
        self,
        log: ChangeLog[T],
        lock: AbstractContextManager[object],
        settings: ClusterSettings,
        format: str,
        data: Callable[[T], dict[str, object]],
    ) -> None:
        self._log = log
        self._lock = lock
        self._settings = settings
        self._format = format
        self._data = data
        self._known: OrderedDict[int, CommitRecords[T]] = OrderedDict()

    def read(
        self,
        iterator_type: str = "AT_SEQUENCE_NUMBER",
        commit_num: int | None = None,
        op_num: int | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> dict[str, object]:
        """The answer of GetPropertygraphStream or GetSparqlStream, by its names on the wire.

        Raises InvalidParameterException (no or negative numbers), ExpiredStreamException,
        StreamRecordsNotFoundException and, where streams are off, UnsupportedOperationException.
        """
        if not self._settings.streams:
            raise ERRORS.error("disabled")
        with self._lock:
            commits = self._log.commits
            if iterator_type == "TRIM_HORIZON":
                index, op = self._find_first_retained(), 0
            elif iterator_type == "LATEST":
                index, op, limit = *self._find_last_record(), 1
                index = len(commits) if index < self._find_first_retained() else index
            else:
                is_after = iterator_type == "AFTER_SEQUENCE_NUMBER"
                index, op = _parse_position(commit_num, op_num, is_after)
            while index < len(commits) and op >= len(self._records(index)):
                index, op = index + 1, 0
            if index >= len(commits):
                raise self._make_future_error()
            if index < self._find_first_retained():
                raise ERRORS.error("expired")
            return self._page(index, op, limit)

    # ------------------------------------------------------------------ inside

    def _page(self, index: int, op: int, limit: int) -> dict[str, object]:
        records: list[dict[str, object]] = []
        size = 0
        for record in self._read_from(index, op, limit):
            records.append(record)
            size += len(_encode(record))
            if size >= MAX_PAGE_BYTES:
                break
        return {
            "lastEventId": records[-1]["eventId"],
            "lastTrxTimestamp": records[-1]["commitTimestamp"],
            "format": self._format,
            "records": records,
            "totalRecords": len(records),
        }

    def _read_from(self, index: int, op: int, limit: int) -> Iterator[dict[str, object]]:
        """``limit`` records from a position on, if there are as many."""
        while index < len(self._log.commits) and limit:
            commit, records = self._log.commits[index], self._records(index)
            total = len(records)
            for change in records.slice(op, min(total, op + limit)):
                op += 1
                limit -= 1
                yield self._record(commit, op, op == total, change)
            index, op = index + 1, 0

    def _record(self, commit: Commit[T], op: int, is_last: bool, change: T) -> dict[str, object]:
        record = {
            "commitTimestamp": commit.timestamp,
            "eventId": {"commitNum": commit.num, "opNum": op},
            "data": self._data(change),
            "op": change.op,  # type: ignore[attr-defined]
        }
        if is_last:
            record["isLastOp"] = True
        return record

    def _records(self, index: int) -> CommitRecords[T]:
        commit = self._log.commits[index]
        known = self._known.get(index)
        if known is None or known.commit is not commit:  # a failed load takes its commits back
            known = self._known[index] = CommitRecords(commit)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known

    def _find_first_retained(self) -> int:
        oldest = int(time.time() * 1000) - self._settings.streams_expiry_days * _DAY_MS
        return bisect_left(self._log.commits, oldest, key=lambda commit: commit.timestamp)

    def _find_last_record(self) -> tuple[int, int]:
        """Index of the commit and number from 0 of the newest record, -1 and 0 without any."""
        for index in range(len(self._log.commits) - 1, -1, -1):
            total = len(self._records(index))
            if total:
                return index, total - 1
        return -1, 0

    def _make_future_error(self) -> NeptuneError:
        index, op = self._find_last_record()
        if index < 0:
            return ERRORS.error("empty")
        return ERRORS.error("future", commit=index + 1, op=op + 1)


def _parse_position(commit_num: int | None, op_num: int | None, is_after: bool) -> tuple[int, int]:
    if commit_num is None:
        raise ERRORS.error("invalid")
    op_num = 1 if op_num is None else op_num
    if commit_num < 0 or op_num < 0:
        raise ERRORS.error("invalid")
    if commit_num == 0:
        return 0, 0  # nothing is before the first record
    return commit_num - 1, op_num if is_after else max(op_num - 1, 0)


# ---------------------------------------------------------------------------- serialisation


def serialize_change(change: Change) -> dict[str, object]:
    """``data`` of a ``PG_JSON`` record."""
    data: dict[str, object] = {
        "id": change.id,
        "type": change.kind,
        "key": change.key,
        "value": {"value": to_json_value(change.value), "dataType": get_data_type(change.value)},
    }
    if change.kind == "e":
        data["from"] = change.from_id
        data["to"] = change.to_id
    return data


def get_data_type(value: object) -> str:
    """``dataType`` of a value: ``Int``, ``String``, ``Boolean``, ``Date``, …"""
    name = type_name(value)
    return _DATA_TYPES.get(name, name)


def to_json_value(value: object) -> object:
    """A value as JSON can carry it: a date in epoch milliseconds, NaN and infinities by their
    Java names.
    """
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def serialize_quad_change(change: QuadChange) -> dict[str, object]:
    """``data`` of an ``NQUADS`` record; a statement that was written without a graph has none."""
    quad = change.quad
    graph = quad.graph_name
    terms: list[object] = [quad.subject, quad.predicate, quad.object]
    if getattr(graph, "value", None) != DEFAULT_NAMED_GRAPH_URI:
        terms.append(graph)
    return {"stmt": " ".join(map(str, terms)) + " .\n"}
