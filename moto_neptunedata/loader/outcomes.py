"""What the loader has to know of a load whose end is written beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .feeds import FeedReport


class LoadOutcome(Protocol):
    """How a load ends; see :class:`moto_neptunedata.testing.loader_outcomes.LoadOutcome`."""

    @property
    def status(self) -> str | None:
        """The status of the load, None for that which comes of its feeds."""

    @property
    def reads_feeds(self) -> bool:
        """Whether the load comes to reading feeds at all."""

    @property
    def reads_on(self) -> bool:
        """Whether the load ends well, and with it every feed that is read."""

    def limit(self, status: str) -> str:
        """The status that a load may have when its clock says ``status``."""

    def check(self, uris: Iterable[str]) -> None:
        """Raises LookupError when a feed that is to fail is none of these."""

    def feed_status(self, uri: str) -> str | None:
        """What a feed ends in without being read; None when it is read."""

    def blame(self, report: FeedReport, status: str | None) -> None:
        """Enter the counters and error logs into the report of the feed that has them."""

    def log(self, report: FeedReport, status: str) -> None:
        """Log why a feed was not read, if nothing else is logged."""


class LoadScript(Protocol):
    """Knows beforehand how loads end."""

    def find(self, source: str) -> LoadOutcome | None:
        """The outcome that is written for the next load of a source."""

    def use(self, outcome: LoadOutcome) -> None:
        """A load has this outcome now."""
