"""The backend: clusters of one account and region, and what each operation does to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from threading import RLock
from typing import Any, Final

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.config import default_user_config
from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

from .. import service_model
from ..cluster import Cluster, ClusterEnvironment, ClusterKey
from ..errors import SHARED_ERRORS, ErrorCatalog, NeptuneError
from ..loader import Loader, LoadJob, LoadRequest, statuses
from ..loader.sources import SourceReader
from ..management import fast_reset, index_rebuild, ml
from ..management.clock import Clock, Transitions
from ..management.engine_status import engine_status
from ..management.index_rebuild import IndexRebuild
from ..management.statistics import Statistics
from ..management.storage import storage_info
from ..settings import DEFAULT_ENGINE_VERSION, configuration, version_tuple
from ..testing.control_state import CONTROL_STATE
from .endpoint import DEFAULT_CLUSTER, Endpoint, Role
from .http import RawBody
from .ids import new_id
from .loader_job import LOADER_JOB_MODEL, LoaderJob
from .managed_clusters import ManagedClusters
from .s3 import MotoS3Reader, RoleReader

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

#: What a read replica answers to loads.
LOADER_ERRORS: Final = ErrorCatalog(
    {
        "replica_start": (
            "MethodNotAllowedException",
            "Start new load operation not permitted on a read replica instance",
            "user guide, Neptune Loader Errors",
        ),
        "replica_cancel": (
            "MethodNotAllowedException",
            "Load cancellation is not permitted on a read replica instance.",
            "user guide, Neptune Loader Errors",
        ),
    }
)


def check_writer(role: Role, errors: ErrorCatalog, name: str = "read_only") -> None:
    """Raises an error of a catalog on a read replica."""
    if role == "reader":
        raise errors.error(name)


#: The input of an operation by botocore's member names.
Params = Mapping[str, Any]


def new_clock(kind: str, transitions: Transitions) -> Clock:
    """A clock that moto's state manager governs, under the name ``neptunedata::KIND``."""
    clock: Any = ManagedState(f"neptunedata::{kind}", list(transitions))
    return clock  # type: ignore[no-any-return]


class NeptuneDataBackend(BaseBackend):
    """The Neptune clusters of one account and region. One method an operation."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}
        self._clocks: dict[str, LoaderJob] = {}
        self._lock = RLock()
        self.managed = ManagedClusters(account_id, region_name)
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
                    self.managed.check_exists(name)
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
        from .loader_role import LoaderRole  # noqa: PLC0415 - brings moto's IAM

        attached = self.managed.attribute(name, "associated_roles")
        roles = None if attached is None else [role.role_arn for role in attached]
        role = LoaderRole(iam_role_arn, self.account_id, self.region_name, name, roles)
        return RoleReader(reader, role)

    def cluster_at(self, endpoint: Endpoint) -> Cluster:
        """The cluster that an endpoint belongs to."""
        return self.cluster(self._name_at(endpoint))

    def _name_at(self, endpoint: Endpoint) -> str:
        name = endpoint.cluster
        return self.managed.cluster_of_instance(name) if endpoint.instance else name

    # ------------------------------------------------------------------ bulk loader

    def start_loader_job(
        self, cluster: Cluster, role: Role, *, s3_bucket_region: str, **request: Any
    ) -> LoadJob:
        """Start or queue a load; see :class:`LoadRequest` and
        :meth:`moto_neptunedata.loader.Loader.start`.
        """
        check_writer(role, LOADER_ERRORS, "replica_start")
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in request.items()
        }
        load_request = LoadRequest(region=s3_bucket_region, **fields)
        with cluster.loader.lock:
            self._move(cluster.loader)
            job = cluster.loader.start(load_request)
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
        check_writer(role, LOADER_ERRORS, "replica_cancel")
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
            due = loader.limit_status(job, str(clock.status))
            if due == job.status:
                return
            if job.status == statuses.NOT_STARTED:
                loader.begin()
            if due == statuses.COMPLETED:
                loader.finish()

    def _clock(self, job: LoadJob, loader: Loader) -> LoaderJob:
        """The clock of a job; a job that came by a snapshot gets one that goes on from there."""
        clock = self._clocks.get(job.id)
        if clock is None or clock.job is not job:
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
            iam_auth=cluster.settings.iam_auth or self.managed.has_iam_auth(cluster.name),
        )

    def engine_version(self, cluster: Cluster) -> str:
        """What the settings say, else moto's ``neptune``, else the default."""
        managed = self.managed.attribute(cluster.name, "engine_version")
        return cluster.settings.engine_version or str(managed or DEFAULT_ENGINE_VERSION)

    # ------------------------------------------------------------------ IAM

    def has_iam_auth(self, endpoint: Endpoint) -> bool:
        """Whether the cluster of an endpoint wants its requests signed and allowed by IAM."""
        name = self._name_at(endpoint)
        cluster = self.clusters.get(name)
        if cluster.settings.iam_auth if cluster else self._given(name, "iam_auth"):
            return True
        return self.managed.has_iam_auth(name)

    def engine_version_at(self, endpoint: Endpoint) -> str:
        """As :meth:`engine_version`, of a cluster that need not have been made."""
        name = self._name_at(endpoint)
        if name in self.clusters:
            return self.engine_version(self.clusters[name])
        given = self._given(name, "engine_version") or self.managed.attribute(
            name, "engine_version"
        )
        return str(given or DEFAULT_ENGINE_VERSION)

    def resource_id(self, endpoint: Endpoint) -> str:
        """The ``DbClusterResourceId`` of the cluster in moto's ``neptune``, else its name."""
        return self.managed.resource_id(self._name_at(endpoint))

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

    def execute_fast_reset(
        self, cluster: Cluster, role: Role, action: str, token: str | None = None
    ) -> str | None:
        """A token of ``initiateDatabaseReset``, or None after ``performDatabaseReset``, which
        clears the cluster and restarts it; see :class:`ResetToken` for what is refused.
        """
        check_writer(role, SHARED_ERRORS)
        if action == "initiateDatabaseReset":
            return cluster.management.reset_token.issue()
        cluster.management.reset_token.redeem(token)
        cluster.reset()
        cluster.management.recover()
        return None

    # ------------------------------------------------------------------ queries

    def execute_open_cypher_query(
        self, cluster: Cluster, role: Role, open_cypher_query: str, **options: str
    ) -> list[dict[str, Any]]:
        """The rows of a query; see :func:`.opencypher_queries.execute`."""
        from . import opencypher_queries  # noqa: PLC0415 - brings an engine

        return opencypher_queries.execute(cluster, role, open_cypher_query, **options)

    def execute_open_cypher_explain_query(
        self, cluster: Cluster, open_cypher_query: str, **options: str
    ) -> str:
        """The plan of a query; see :func:`.opencypher_queries.explain`."""
        from . import opencypher_queries  # noqa: PLC0415 - brings an engine

        return opencypher_queries.explain(cluster, open_cypher_query, **options)

    def execute_gremlin_query(
        self, cluster: Cluster, role: Role, gremlin_query: str, **options: str
    ) -> RawBody:
        """The results of a traversal; see :func:`.gremlin_queries.execute`."""
        from . import gremlin_queries  # noqa: PLC0415 - brings an engine

        return gremlin_queries.execute(cluster, role, gremlin_query, **options)

    def execute_gremlin_explain_query(self, cluster: Cluster, gremlin_query: str) -> str:
        """The plan of a traversal."""
        from . import gremlin_queries  # noqa: PLC0415 - brings an engine

        return gremlin_queries.explain(cluster, gremlin_query)

    def execute_gremlin_profile_query(
        self, cluster: Cluster, role: Role, gremlin_query: str, **options: Any
    ) -> str:
        """The profile of a traversal, which is run; see :func:`.gremlin_queries.profile`."""
        from . import gremlin_queries  # noqa: PLC0415 - brings an engine

        return gremlin_queries.profile(cluster, role, gremlin_query, **options)

    def list_queries(self, cluster: Cluster, language: str) -> dict[str, Any]:
        """The queries of a language that run now."""
        return cluster.queries[language].status()

    def get_query_status(self, cluster: Cluster, language: str, query_id: str) -> dict[str, Any]:
        """A query that runs. Raises InvalidParameterException for one that does not."""
        return cluster.queries[language].find(query_id).to_dict()

    def cancel_query(
        self, cluster: Cluster, language: str, query_id: str, silent: bool = False
    ) -> None:
        """Ask a query to stop; see :meth:`moto_neptunedata.queries.Queries.cancel`."""
        cluster.queries[language].cancel(query_id, silent)

    # ------------------------------------------------------------------ statistics

    def get_propertygraph_statistics(self, cluster: Cluster) -> dict[str, Any]:
        """The state of the statistics of the property graph."""
        return cluster.management.statistics.status()

    def get_sparql_statistics(self, cluster: Cluster) -> dict[str, Any]:
        """The state of the statistics of the RDF dataset."""
        return cluster.management.rdf_statistics.status()

    def manage_propertygraph_statistics(
        self, cluster: Cluster, role: Role, mode: str | None = None
    ) -> dict[str, Any] | None:
        """The payload, if there is one; see :meth:`Statistics.manage`."""
        return self._manage_statistics(cluster.management.statistics, role, mode)

    def manage_sparql_statistics(
        self, cluster: Cluster, role: Role, mode: str | None = None
    ) -> dict[str, Any] | None:
        """The payload, if there is one; see :meth:`Statistics.manage`."""
        return self._manage_statistics(cluster.management.rdf_statistics, role, mode)

    def _manage_statistics(
        self, statistics: Statistics, role: Role, mode: str | None
    ) -> dict[str, Any] | None:
        check_writer(role, SHARED_ERRORS)
        statistics_id = statistics.manage(mode)
        return None if statistics_id is None else {"statisticsId": statistics_id}

    def delete_propertygraph_statistics(self, cluster: Cluster, role: Role) -> bool:
        """Whether there was anything to delete."""
        check_writer(role, SHARED_ERRORS)
        return cluster.management.statistics.delete()

    def delete_sparql_statistics(self, cluster: Cluster, role: Role) -> bool:
        """Whether there was anything to delete."""
        check_writer(role, SHARED_ERRORS)
        return cluster.management.rdf_statistics.delete()

    def get_propertygraph_summary(self, cluster: Cluster, mode: str = "basic") -> dict[str, Any]:
        """The summary of the property graph."""
        return cluster.management.statistics.summary(mode == "detailed")

    def get_rdf_graph_summary(self, cluster: Cluster, mode: str = "basic") -> dict[str, Any]:
        """The summary of the RDF dataset."""
        return cluster.management.rdf_statistics.summary(mode == "detailed")

    # ------------------------------------------------------------------ streams

    def get_propertygraph_stream(self, cluster: Cluster, **position: Any) -> dict[str, Any]:
        """Records of the property graph; see :meth:`Stream.read`."""
        return cluster.management.stream.read(**position)

    def get_sparql_stream(self, cluster: Cluster, **position: Any) -> dict[str, Any]:
        """Records of the RDF dataset; see :meth:`Stream.read`."""
        return cluster.management.rdf_stream.read(**position)

    # ------------------------------------------------------------------ Neptune ML

    def start_ml_data_processing_job(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """Start a data processing job."""
        return cluster.management.ml.start_data_processing(params)

    def get_ml_data_processing_job(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """The state of the data processing job."""
        return cluster.management.ml.get_data_processing(params)

    def list_ml_data_processing_jobs(self, cluster: Cluster, params: Params) -> list[str]:
        """The ids of the data processing jobs."""
        return cluster.management.ml.ids(ml.DATA_PROCESSING, params)

    def cancel_ml_data_processing_job(self, cluster: Cluster, params: Params) -> None:
        """Cancel a data processing job."""
        cluster.management.ml.cancel(ml.DATA_PROCESSING, params)

    def start_ml_model_training_job(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """Start a model training job."""
        return cluster.management.ml.start_model_training(params)

    def get_ml_model_training_job(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """The state of the model training job."""
        return cluster.management.ml.get_model_training(params)

    def list_ml_model_training_jobs(self, cluster: Cluster, params: Params) -> list[str]:
        """The ids of the model training jobs."""
        return cluster.management.ml.ids(ml.MODEL_TRAINING, params)

    def cancel_ml_model_training_job(self, cluster: Cluster, params: Params) -> None:
        """Cancel a model training job."""
        cluster.management.ml.cancel(ml.MODEL_TRAINING, params)

    def start_ml_model_transform_job(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """Start a model transform job."""
        return cluster.management.ml.start_model_transform(params)

    def get_ml_model_transform_job(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """The state of the model transform job."""
        return cluster.management.ml.get_model_transform(params)

    def list_ml_model_transform_jobs(self, cluster: Cluster, params: Params) -> list[str]:
        """The ids of the model transform jobs."""
        return cluster.management.ml.ids(ml.MODEL_TRANSFORM, params)

    def cancel_ml_model_transform_job(self, cluster: Cluster, params: Params) -> None:
        """Cancel a model transform job."""
        cluster.management.ml.cancel(ml.MODEL_TRANSFORM, params)

    def create_ml_endpoint(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """Create an endpoint."""
        return cluster.management.ml.create_endpoint(params)

    def get_ml_endpoint(self, cluster: Cluster, params: Params) -> dict[str, Any]:
        """The state of the endpoint."""
        return cluster.management.ml.get_endpoint(params)

    def list_ml_endpoints(self, cluster: Cluster, params: Params) -> list[str]:
        """The ids of the endpoints."""
        return cluster.management.ml.ids(ml.ENDPOINT, params)

    def delete_ml_endpoint(self, cluster: Cluster, params: Params) -> None:
        """Delete an endpoint."""
        cluster.management.ml.delete_endpoint(params)

    # ------------------------------------------------------------------ indexes and storage

    def start_index_rebuild(self, cluster: Cluster, role: Role, **asked: Any) -> IndexRebuild:
        """Start a rebuild; see :meth:`IndexRebuilds.start`."""
        self._check_rebuild(cluster, role, "StartIndexRebuild")
        return cluster.management.index_rebuilds.start(**asked)

    def get_index_rebuild_status(self, cluster: Cluster, rebuild_id: str) -> dict[str, Any]:
        """The state of a rebuild; asking helps it on."""
        return cluster.management.index_rebuilds.find(rebuild_id).ask()

    def list_index_rebuilds(self, cluster: Cluster) -> list[str]:
        """The ids of all rebuilds."""
        return cluster.management.index_rebuilds.ids()

    def cancel_index_rebuild(self, cluster: Cluster, role: Role, rebuild_id: str) -> IndexRebuild:
        """Cancel a rebuild; see :meth:`IndexRebuild.cancel`."""
        self._check_rebuild(cluster, role, "CancelIndexRebuild")
        rebuild = cluster.management.index_rebuilds.find(rebuild_id)
        rebuild.cancel()
        return rebuild

    def _check_rebuild(self, cluster: Cluster, role: Role, operation: str) -> None:
        check_writer(role, SHARED_ERRORS)
        self._check_version(cluster, operation)

    def get_storage_info(self, cluster: Cluster) -> dict[str, Any]:
        """The answer of GetStorageInfo."""
        self._check_version(cluster, "GetStorageInfo")
        object_index = cluster.settings.lab_mode.get("ObjectIndex") == "enabled"
        return storage_info(cluster.management.stored_counts(), object_index)

    def _check_version(self, cluster: Cluster, operation: str) -> None:
        """Raises UnsupportedOperationException where the engine is older than index rebuilds and
        storage information.
        """
        version = self.engine_version(cluster)
        if version_tuple(version) < index_rebuild.SINCE:
            raise index_rebuild.ERRORS.error("version", operation=operation, version=version)


def _modeled_errors(operation: str) -> set[str]:
    """The errors of an operation; none where botocore's model does not have it."""
    if operation not in service_model.operations():
        return set()
    model = service_model.botocore_model().operation_model(operation)
    return {shape.name for shape in model.error_shapes}


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
