"""The clock of a loader job, which moto's state manager governs."""

from __future__ import annotations

from typing import Any, Final

from moto.core.common_models import BaseModel
from moto.moto_api._internal.managed_state_model import ManagedState

from ..cluster import Cluster
from ..loader import LoadJob, statuses

#: The name under which moto's state manager knows loader jobs.
LOADER_JOB_MODEL: Final = "neptunedata::loaderjob"

_LOADER_JOB_TRANSITIONS: Final = [
    (statuses.NOT_STARTED, statuses.IN_PROGRESS),
    (statuses.IN_PROGRESS, statuses.COMPLETED),
]


class LoaderJob(BaseModel, ManagedState):
    """The clock of a loader job, as moto's state manager winds it; its public attributes are what
    moto's dashboard and ``data.json`` show.
    """

    def __init__(self, job: LoadJob, cluster: Cluster) -> None:
        self.job = job
        self._is_wound = False
        self.cluster = cluster.name
        self.region = cluster.region
        self.account_id = cluster.account_id
        self._reset()

    def _reset(self) -> None:
        ManagedState.__init__(self, LOADER_JOB_MODEL, list(_LOADER_JOB_TRANSITIONS))

    def wind(self) -> None:
        """Start the clock, which stood still while the job waited in the queue."""
        if not self._is_wound:
            self._is_wound = True
            self._reset()

    @property
    def load_id(self) -> str:
        """The job's id."""
        return self.job.id

    @property
    def source(self) -> str:
        """What it loads."""
        return self.job.request.source

    @property
    def overall_status(self) -> dict[str, Any]:
        """As GetLoaderJobStatus tells it."""
        return self.job.overall_status()
