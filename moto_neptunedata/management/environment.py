"""What the parts of a cluster take from where the cluster lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .clock import ClockMaker, StepClock
from .ml import ArtifactStore, UnknownStore


@dataclass(kw_only=True, slots=True)
class Environment:
    """Where ids and clocks come from, and the S3 of the cluster's account."""

    new_id: Callable[[], str]
    artifacts: ArtifactStore = field(default_factory=UnknownStore)
    new_clock: ClockMaker = StepClock
