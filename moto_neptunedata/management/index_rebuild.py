"""Rebuilding the indexes of a cluster (Data API, StartIndexRebuild and its relatives)."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import RLock
from typing import Final

from ..errors import OUR_CHOICE, ErrorCatalog
from ..settings import ClusterSettings
from .clock import Clock, ClockMaker, Transitions
from .stateful import Stateful
from .statistics import format_time

#: The first engine version that can rebuild its indexes.
SINCE: Final = (1, 5)
#: How long a rebuild is estimated to take, in milliseconds.
ESTIMATE_MS: Final = 600_000

PREPARING: Final = "PREPARING"
REBUILDING: Final = "REBUILDING"
COMPLETED: Final = "COMPLETED"
CANCELLING: Final = "CANCELLING"
CANCELLED: Final = "CANCELLED"

TRANSITIONS: Final[Transitions] = (
    (PREPARING, REBUILDING),
    (REBUILDING, COMPLETED),
    (CANCELLING, CANCELLED),
)
_ENDED: Final = frozenset((COMPLETED, CANCELLED))
_PROGRESS: Final = {PREPARING: 0, REBUILDING: 50, COMPLETED: 100}

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "version": (
            "UnsupportedOperationException",
            "{operation} needs engine version 1.5.0.0 or newer; this cluster has {version}",
            OUR_CHOICE,
        ),
        "serverless": (
            "UnsupportedOperationException",
            "Index rebuild is not supported on a serverless writer instance",
            OUR_CHOICE,
        ),
        "busy": (
            "ConcurrentModificationException",
            "The index rebuild {id} is in progress; only one can run at a time",
            OUR_CHOICE,
        ),
        "unknown": (
            "InvalidParameterException",
            "There is no index rebuild with id {id}",
            OUR_CHOICE,
        ),
        "ended": ("ValidationException", "The index rebuild {id} has ended: {status}", OUR_CHOICE),
        "token": (
            "InvalidParameterException",
            "The clientToken {token} was used for an index rebuild with other parameters",
            OUR_CHOICE,
        ),
    }
)


class IndexRebuild:
    """One rebuild; times in epoch milliseconds."""

    def __init__(
        self, id: str, scope: str, concurrency: int, write_buffer_size: str, clock: Clock
    ) -> None:
        self.id = id
        self.scope = scope
        self.concurrency = concurrency
        self.write_buffer_size = write_buffer_size
        self.started_at = int(time.time() * 1000)
        self._clock = clock
        self._ended_at: int | None = None
        self._progress = 0

    @property
    def status(self) -> str:
        """One of the statuses of the Data API; notes when it has ended."""
        status = self._clock.status
        self._progress = _PROGRESS.get(status, self._progress)
        if status in _ENDED and self._ended_at is None:
            self._ended_at = int(time.time() * 1000)
        return status

    def parameters(self) -> dict[str, object]:
        """What it was started with, as far as every answer tells."""
        return {"concurrency": self.concurrency, "writeBufferSize": self.write_buffer_size}

    def ask(self) -> dict[str, object]:
        """The answer of GetIndexRebuildStatus; asking moves it."""
        self._clock.advance()
        status = self.status
        answer: dict[str, object] = {
            "status": status,
            "scope": self.scope,
            **self.parameters(),
            "startTime": format_time(self.started_at),
            "progressPercentage": self._progress,
        }
        if self._ended_at is not None:
            answer["endTime"] = format_time(self._ended_at)
        elif status == REBUILDING:
            answer["estimatedEndTime"] = format_time(self.started_at + ESTIMATE_MS)
        return answer

    def cancel(self) -> None:
        """Stop it; doing so again changes nothing. Raises ValidationException when it has ended."""
        status = self.status
        if status in _ENDED:
            raise ERRORS.error("ended", id=self.id, status=status)
        self._clock.status = CANCELLING


class IndexRebuilds(Stateful):
    """The rebuilds of one cluster, oldest first; at most one is active."""

    COPIED = ("_rebuilds", "_by_token")
    FIXED = ("_settings", "_new_id", "_new_clock", "_lock")

    def __init__(
        self, settings: ClusterSettings, new_id: Callable[[], str], new_clock: ClockMaker
    ) -> None:
        self._settings = settings
        self._new_id = new_id
        self._new_clock = new_clock
        self._rebuilds: dict[str, IndexRebuild] = {}
        self._by_token: dict[str, tuple[IndexRebuild, tuple[object, ...]]] = {}
        self._lock = RLock()

    def start(
        self,
        scope: str = "ALL",
        concurrency: int = 1,
        write_buffer_size: str = "LOW",
        client_token: str | None = None,
    ) -> IndexRebuild:
        """Start a rebuild, or find the one that was started with the same token.

        More concurrency than there are vCPUs is cut down to that. Raises
        UnsupportedOperationException on a serverless writer, ConcurrentModificationException while
        another is active and InvalidParameterException for a token of other parameters.
        """
        if self._settings.serverless:
            raise ERRORS.error("serverless")
        asked = (scope, concurrency, write_buffer_size)
        with self._lock:
            if client_token in self._by_token:
                known, known_asked = self._by_token[client_token]
                if known_asked != asked:
                    raise ERRORS.error("token", token=client_token)
                return known
            for other in self._rebuilds.values():
                if other.status not in _ENDED:
                    raise ERRORS.error("busy", id=other.id)
            rebuild = IndexRebuild(
                self._new_id(),
                scope,
                min(concurrency, self._settings.vcpus),
                write_buffer_size,
                self._new_clock("indexrebuild", TRANSITIONS),
            )
            self._rebuilds[rebuild.id] = rebuild
            if client_token is not None:
                self._by_token[client_token] = rebuild, asked
            return rebuild

    def find(self, id: str) -> IndexRebuild:
        """The rebuild with this id. Raises InvalidParameterException."""
        try:
            return self._rebuilds[id]
        except KeyError:
            raise ERRORS.error("unknown", id=id) from None

    def ids(self) -> list[str]:
        """The ids of all rebuilds, the newest first."""
        return list(reversed(self._rebuilds))
