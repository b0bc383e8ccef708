"""The backend: clusters of one account and region, and what each operation does to them."""

from __future__ import annotations

from threading import RLock
from typing import Any, Final

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.managed_state_model import ManagedState

from ..cluster import Cluster
from ..errors import NeptuneError
from ..loader import Loader, LoadJob, LoadRequest, statuses
from .endpoint import DEFAULT_CLUSTER, Endpoint, Role
from .s3 import MotoS3Reader

#: The name under which moto's state manager knows loader jobs.
LOADER_JOB_MODEL: Final = "neptunedata::loaderjob"

_LOADER_JOB_TRANSITIONS: Final = [
    (statuses.NOT_STARTED, statuses.IN_PROGRESS),
    (statuses.IN_PROGRESS, statuses.COMPLETED),
]

#: What a read replica answers: code and text (user guide, "Neptune Loader Errors").
REPLICA_REFUSALS: Final = {
    "start": "Start new load operation not permitted on a read replica instance",
    "cancel": "Load cancellation is not permitted on a read replica instance.",
}


def new_id() -> str:
    """A random UUID that moto's seed and recorder govern."""
    return str(mock_random.uuid4())


class LoaderJob(BaseModel, ManagedState):
    """The clock of a loader job, as moto's state manager winds it; its public attributes are what
    moto's dashboard and ``data.json`` show.
    """

    def __init__(self, job: LoadJob, cluster: Cluster) -> None:
        self._job = job
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
        return self._job.id

    @property
    def source(self) -> str:
        """What it loads."""
        return self._job.request.source

    @property
    def overall_status(self) -> dict[str, Any]:
        """As GetLoaderJobStatus tells it."""
        return self._job.overall_status()


class NeptuneDataBackend(BaseBackend):
    """The Neptune clusters of one account and region. One method an operation."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}
        self._clocks: dict[str, LoaderJob] = {}
        self._lock = RLock()
        state_manager.register_default_transition(
            LOADER_JOB_MODEL, {"progression": "manual", "times": 1}
        )

    def cluster(self, name: str = DEFAULT_CLUSTER) -> Cluster:
        """The cluster of this name, made when first named."""
        with self._lock:
            if name not in self.clusters:
                reader = MotoS3Reader(self.account_id, self.partition)
                self.clusters[name] = Cluster(
                    name, self.region_name, self.account_id, reader, new_id
                )
            return self.clusters[name]

    def cluster_at(self, endpoint: Endpoint) -> Cluster:
        """The cluster that an endpoint belongs to."""
        return self.cluster(
            self._cluster_of_instance(endpoint.cluster) if endpoint.instance else endpoint.cluster
        )

    def _cluster_of_instance(self, name: str) -> str:
        """The cluster of an instance that was made in moto's ``neptune``, else the name itself."""
        from moto.backends import get_backend

        rds = get_backend("neptune")[self.account_id][self.region_name]
        instance = getattr(rds, "databases", {}).get(name)
        return str(getattr(instance, "db_cluster_identifier", None) or name)

    # ------------------------------------------------------------------ bulk loader

    def start_loader_job(self, cluster: Cluster, role: Role, request: LoadRequest) -> LoadJob:
        """Start or queue a load; see :meth:`moto_neptunedata.loader.Loader.start`."""
        _writer_only(role, "start")
        with cluster.loader.lock:
            self._move(cluster.loader)
            job = cluster.loader.start(request)
            self._clocks[job.id] = LoaderJob(job, cluster)
            self._move(cluster.loader)
            return job

    def get_loader_job_status(
        self,
        cluster: Cluster,
        load_id: str,
        details: bool = False,
        errors: bool = False,
        page: int = 1,
        errors_per_page: int = 10,
    ) -> dict[str, Any]:
        """The payload of Get-Status. Asking moves the running job one step when the job asked for
        has not ended, whether it is the one that runs or waits behind it.
        """
        with cluster.loader.lock:
            job = cluster.loader.job(load_id)
            self._move(cluster.loader, asked=job.is_active)
            payload: dict[str, Any] = {
                "feedCount": [{status: count} for status, count in job.feed_counts],
                "overallStatus": job.overall_status(),
            }
            if details:
                payload["failedFeeds"] = [job.feed_status(feed) for feed in job.failed_feeds]
            if errors:
                payload["errors"] = job.error_page(page, errors_per_page)
            return payload

    def list_loader_jobs(
        self, cluster: Cluster, limit: int = 100, include_queued_loads: bool = True
    ) -> list[str]:
        """Load ids; see :meth:`moto_neptunedata.loader.Loader.load_ids`."""
        with cluster.loader.lock:
            self._move(cluster.loader)
            return cluster.loader.load_ids(limit, include_queued_loads)

    def cancel_loader_job(self, cluster: Cluster, role: Role, load_id: str) -> None:
        """Cancel a load; see :meth:`moto_neptunedata.loader.Loader.cancel`."""
        _writer_only(role, "cancel")
        with cluster.loader.lock:
            self._move(cluster.loader)
            cluster.loader.cancel(load_id)
            self._move(cluster.loader)

    def _move(self, loader: Loader, asked: bool = False) -> None:
        """Let the running job go as far as its clock says; ``asked`` is one tick of that clock.

        Only the progression ``time`` and ``immediate`` go on without being asked.
        """
        while (job := loader.running) is not None:
            clock = self._clocks[job.id]
            clock.wind()
            if asked:
                clock.advance()
                asked = False
            due = clock.status
            if due == job.status:
                return
            if job.status == statuses.NOT_STARTED:
                loader.begin()
            if due == statuses.COMPLETED:
                loader.finish()


def _writer_only(role: Role, operation: str) -> None:
    if role == "reader":
        raise NeptuneError("MethodNotAllowedException", REPLICA_REFUSALS[operation])


# botocore lists no regions for neptunedata; the management API has the same ones.
neptunedata_backends = BackendDict(NeptuneDataBackend, "neptune")
