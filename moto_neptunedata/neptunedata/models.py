"""The backend: clusters of one account and region, and what each operation does to them."""

from __future__ import annotations

import sys
from functools import partial
from threading import RLock
from typing import Any, Final

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel
from moto.core.config import default_user_config
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.managed_state_model import ManagedState

from .. import service_model
from ..cluster import Cluster, ClusterEnvironment, ClusterKey
from ..errors import SHARED_ERRORS, NeptuneError
from ..loader import Loader, LoadJob, LoadRequest, statuses
from ..loader.sources import SourceReader
from ..management import fast_reset, index_rebuild
from ..management.clock import Clock, Transitions
from ..management.engine_status import engine_status
from ..management.index_rebuild import IndexRebuild
from ..management.statistics import Statistics
from ..management.storage import storage_info
from ..settings import DEFAULT_ENGINE_VERSION, configuration, version_tuple
from ..testing.control_state import CONTROL_STATE
from .endpoint import DEFAULT_CLUSTER, Endpoint, Role
from .s3 import MotoS3Reader, RoleReader
from .strict_endpoints import UnknownEndpoint

#: The name under which moto's state manager knows loader jobs.
LOADER_JOB_MODEL: Final = "neptunedata::loaderjob"

_LOADER_JOB_TRANSITIONS: Final = [
    (statuses.NOT_STARTED, statuses.IN_PROGRESS),
    (statuses.IN_PROGRESS, statuses.COMPLETED),
]

#: The names under which moto's state manager knows what else takes its time.
OTHER_MODELS: Final = tuple(
    f"neptunedata::{kind}"
    for kind in (
        "fastreset",
        "indexrebuild",
        "mldataprocessing",
        "mlmodeltraining",
        "mlmodeltransform",
        "mlendpoint",
    )
)

#: What a cluster that is being reset answers with: the first of these that is modeled.
_UNAVAILABLE: Final = (
    "ServerShutdownException",
    "FailureByQueryException",
    "InternalFailureException",
)

# What moto calls the resource id of a cluster, newer and older.
_RESOURCE_ID: Final = ("db_cluster_resource_id", "resource_id")

#: What a read replica answers: code and text (user guide, "Neptune Loader Errors").
REPLICA_REFUSALS: Final = {
    "start": "Start new load operation not permitted on a read replica instance",
    "cancel": "Load cancellation is not permitted on a read replica instance.",
}


def new_id() -> str:
    """A random UUID that moto's seed and recorder govern."""
    return str(mock_random.uuid4())


def new_clock(kind: str, transitions: Transitions) -> Clock:
    """A clock that moto's state manager governs, under the name ``neptunedata::KIND``."""
    clock: Any = ManagedState(f"neptunedata::{kind}", list(transitions))
    return clock  # type: ignore[no-any-return]


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
        for model in (LOADER_JOB_MODEL, *OTHER_MODELS):
            state_manager.register_default_transition(model, {"progression": "manual", "times": 1})

    def reset(self) -> None:
        """Forget all clusters, as moto does."""
        for cluster in self.clusters.values():
            cluster.is_retired = True
        super().reset()

    def cluster(self, name: str = DEFAULT_CLUSTER) -> Cluster:
        """The cluster of this name, made when first named.

        Raises UnknownEndpoint for one that may not be made, see :attr:`ClusterSettings.strict`.
        """
        with self._lock:
            if name not in self.clusters:
                settings = _settings_of(name)
                if settings.get("strict"):
                    self.check_exists(name)
                reader = MotoS3Reader(self.account_id, self.partition)
                self.clusters[name] = Cluster(
                    ClusterKey(self.account_id, self.region_name, name),
                    ClusterEnvironment(
                        readers=partial(self._reader_of, name, reader),
                        new_id=new_id,
                        artifacts=reader,
                        new_clock=new_clock,
                        control_state=CONTROL_STATE,
                    ),
                    settings,
                )
            return self.clusters[name]

    def _reader_of(self, name: str, reader: MotoS3Reader, iam_role_arn: str) -> SourceReader:
        """What a load of this cluster reads with that acts as these roles."""
        if not self.clusters[name].settings.check_loader_role:
            return reader
        from .loader_role import LoaderRole  # which is heavy

        attached = self._managed(name, "associated_roles")
        roles = None if attached is None else [role.role_arn for role in attached]
        role = LoaderRole(iam_role_arn, self.account_id, self.region_name, name, roles)
        return RoleReader(reader, role)

    def check_exists(self, name: str) -> None:
        """Raises UnknownEndpoint when moto's ``neptune`` has no cluster of this name."""
        from moto.backends import get_backend

        rds = get_backend("neptune")[self.account_id][self.region_name]
        names = [found.lower() for found in getattr(rds, "clusters", {})]
        if name not in names:
            raise UnknownEndpoint(name, self.region_name, self.account_id, names)

    def cluster_at(self, endpoint: Endpoint) -> Cluster:
        """The cluster that an endpoint belongs to."""
        return self.cluster(self._name_at(endpoint))

    def _name_at(self, endpoint: Endpoint) -> str:
        name = endpoint.cluster
        return self._cluster_of_instance(name) if endpoint.instance else name

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
            clock = self._clock(job, loader)
            clock.wind()
            if asked:
                clock.advance()
                asked = False
            due = loader.limited(job, str(clock.status))
            if due == job.status:
                return
            if job.status == statuses.NOT_STARTED:
                loader.begin()
            if due == statuses.COMPLETED:
                loader.finish()

    def _clock(self, job: LoadJob, loader: Loader) -> LoaderJob:
        """The clock of a job; a job that came by a snapshot gets one that goes on from there."""
        clock = self._clocks.get(job.id)
        if clock is None or clock._job is not job:
            cluster = next(each for each in self.clusters.values() if each.loader is loader)
            clock = self._clocks[job.id] = LoaderJob(job, cluster)
            clock.wind()
            clock.status = job.status
        return clock

    # ------------------------------------------------------------------ engine

    def get_engine_status(self, cluster: Cluster, role: Role) -> dict[str, Any]:
        """The answer of GetEngineStatus; asking helps a cluster on that recovers."""
        return engine_status(
            cluster.settings,
            status=cluster.management.ask_health(),
            role=role,
            started_at=cluster.management.started_at,
            engine_version=self.engine_version(cluster),
            iam_auth=cluster.settings.iam_auth or bool(self._managed(cluster.name, "iam_auth")),
        )

    def engine_version(self, cluster: Cluster) -> str:
        """What the settings say, else moto's ``neptune``, else the default."""
        managed = self._managed(cluster.name, "engine_version")
        return cluster.settings.engine_version or str(managed or DEFAULT_ENGINE_VERSION)

    def _managed(self, name: str, attribute: str) -> Any:
        """An attribute of the cluster of this name in moto's ``neptune``, None without one."""
        from moto.backends import get_backend

        rds = get_backend("neptune")[self.account_id][self.region_name]
        for found, managed in getattr(rds, "clusters", {}).items():
            if found.lower() == name:
                return getattr(managed, attribute, None)
        return None

    # ------------------------------------------------------------------ IAM

    def has_iam_auth(self, endpoint: Endpoint) -> bool:
        """Whether the cluster of an endpoint wants its requests signed and allowed by IAM."""
        name = self._name_at(endpoint)
        cluster = self.clusters.get(name)
        if cluster.settings.iam_auth if cluster else self._given(name, "iam_auth"):
            return True
        # Looked at without making it, because this is asked for each request.
        rds = sys.modules.get("moto.rds.models")
        regions = rds.rds_backends.get(self.account_id) if rds else None
        neptune = regions.get(self.region_name) if regions else None
        return bool(neptune and neptune.clusters and self._managed(name, "iam_auth"))

    def engine_version_at(self, endpoint: Endpoint) -> str:
        """As :meth:`engine_version`, of a cluster that need not have been made."""
        name = self._name_at(endpoint)
        if name in self.clusters:
            return self.engine_version(self.clusters[name])
        given = self._given(name, "engine_version") or self._managed(name, "engine_version")
        return str(given or DEFAULT_ENGINE_VERSION)

    def resource_id(self, endpoint: Endpoint) -> str:
        """The ``DbClusterResourceId`` of the cluster in moto's ``neptune``, else its name."""
        name = self._name_at(endpoint)
        ids = (self._managed(name, attribute) for attribute in _RESOURCE_ID)
        return next((str(id) for id in ids if id), name)

    def _given(self, name: str, setting: str) -> Any:
        """The value of a setting that a cluster will have when it is made, None for its default."""
        return _settings_of(name).get(setting)

    def check_available(self, cluster: Cluster, operation: str) -> None:
        """Refuse an operation while the cluster is being reset. Raises ServerShutdownException, or
        what comes nearest to it among the operation's own errors.
        """
        if cluster.management.is_healthy:
            return
        text = fast_reset.ERRORS["resetting"].text
        modeled = _modeled_errors(operation)
        code = next((code for code in _UNAVAILABLE if code in modeled), _UNAVAILABLE[0])
        raise NeptuneError(code, text)

    def initiate_fast_reset(self, cluster: Cluster, role: Role) -> str:
        """A token for :meth:`perform_fast_reset`."""
        if role == "reader":
            raise SHARED_ERRORS.error("read_only")
        return cluster.management.reset_token.issue()

    def perform_fast_reset(self, cluster: Cluster, role: Role, token: str | None) -> None:
        """Clear the cluster, which restarts; see :class:`ResetToken` for what is refused."""
        if role == "reader":
            raise SHARED_ERRORS.error("read_only")
        cluster.management.reset_token.redeem(token)
        cluster.reset()
        cluster.management.recover()

    # ------------------------------------------------------------------ statistics

    def manage_statistics(
        self, statistics: Statistics, role: Role, mode: str | None
    ) -> dict[str, Any] | None:
        """The payload, if there is one, of both Manage…Statistics operations."""
        _refuse_reader_statistics(role)
        statistics_id = statistics.manage(mode)
        return None if statistics_id is None else {"statisticsId": statistics_id}

    def delete_statistics(self, statistics: Statistics, role: Role) -> bool:
        """Whether there was anything to delete."""
        _refuse_reader_statistics(role)
        return statistics.delete()

    # ------------------------------------------------------------------ indexes and storage

    def start_index_rebuild(self, cluster: Cluster, role: Role, **asked: Any) -> IndexRebuild:
        """Start a rebuild; see :meth:`IndexRebuilds.start`."""
        self._check_rebuild(cluster, role, "StartIndexRebuild")
        return cluster.management.index_rebuilds.start(**asked)

    def cancel_index_rebuild(self, cluster: Cluster, role: Role, rebuild_id: str) -> IndexRebuild:
        """Cancel a rebuild; see :meth:`IndexRebuild.cancel`."""
        self._check_rebuild(cluster, role, "CancelIndexRebuild")
        rebuild = cluster.management.index_rebuilds.find(rebuild_id)
        rebuild.cancel()
        return rebuild

    def _check_rebuild(self, cluster: Cluster, role: Role, operation: str) -> None:
        if role == "reader":
            raise SHARED_ERRORS.error("read_only")
        self.check_version(cluster, operation)

    def check_version(self, cluster: Cluster, operation: str) -> None:
        """Raises UnsupportedOperationException where the engine is older than index rebuilds and
        storage information.
        """
        version = self.engine_version(cluster)
        if version_tuple(version) < index_rebuild.SINCE:
            raise index_rebuild.ERRORS.error("version", operation=operation, version=version)

    def get_storage_info(self, cluster: Cluster) -> dict[str, Any]:
        """The answer of GetStorageInfo."""
        self.check_version(cluster, "GetStorageInfo")
        object_index = cluster.settings.lab_mode.get("ObjectIndex") == "enabled"
        return storage_info(cluster.management.stored_counts(), object_index)


def _refuse_reader_statistics(role: Role) -> None:
    if role == "reader":
        raise SHARED_ERRORS.error("read_only")


def _modeled_errors(operation: str) -> set[str]:
    """The errors of an operation; none where botocore's model does not have it."""
    if operation not in service_model.operations():
        return set()
    model = service_model.botocore_model().operation_model(operation)
    return {shape.name for shape in model.error_shapes}


def _writer_only(role: Role, operation: str) -> None:
    if role == "reader":
        raise NeptuneError("MethodNotAllowedException", REPLICA_REFUSALS[operation])


def _settings_of(cluster: str) -> dict[str, Any]:
    """The settings of a new cluster: those of the environment, of the mock's own configuration, and
    those given to all clusters since. Raises ValueError for unknown settings and values.
    """
    config: Any = default_user_config.get("neptunedata", {})
    return configuration.merge_settings(
        cluster,
        configuration.read_environment(),
        configuration.check_settings(config, "config['neptunedata']"),
        CONTROL_STATE.settings,
    )


class NeptuneDataBackends(BackendDict[NeptuneDataBackend]):
    """The backends of all accounts and regions, and what a tester has set up for them."""

    def __getitem__(self, account_id: str) -> Any:
        """The backends of an account; moto takes a lock even for those that are there."""
        found = self.get(account_id)
        return super().__getitem__(account_id) if found is None else found

    def clear(self) -> None:
        """moto's reset comes here."""
        super().clear()
        CONTROL_STATE.reset()


# botocore lists no regions for neptunedata; the management API has the same ones.
neptunedata_backends = NeptuneDataBackends(NeptuneDataBackend, "neptune")
