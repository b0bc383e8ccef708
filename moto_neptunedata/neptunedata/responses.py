"""HTTP in, HTTP out: finds the operation of a request, calls it, and serialises what comes back.

Each operation is a method named as boto3 names it. It reads ``self.params`` (validated, by
botocore's member names) and returns a mapping of output members.
"""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from moto.core.responses import BaseResponse
from werkzeug.exceptions import HTTPException

from .. import service_model
from ..cluster import Cluster
from ..errors import NeptuneError
from ..loader import LoadRequest
from ..management import ml
from ..management.statistics import NO_STATISTICS, Statistics
from ..testing.control_state import CONTROL_STATE
from ..testing.names import SPARQL_QUERY
from ..testing.scope import ClusterKey
from . import http, interception, parsing, routing, serialization, sparql_http
from .context import RequestContext, is_iam_due
from .endpoint import Endpoint, parse_host
from .iam_actions import of_engine, query_languages, required_actions, sparql_actions
from .models import NeptuneDataBackend, neptunedata_backends, new_id
from .query_responses import QueryResponses
from .strict_endpoints import UnknownEndpoint, fail_to_connect

if TYPE_CHECKING:
    from .iam import Caller

Result = Mapping[str, Any]


class NeptuneDataResponse(QueryResponses, BaseResponse):
    """One request. moto's own entrance is :meth:`dispatch`, the fast one :meth:`answer`."""

    def __init__(self) -> None:
        super().__init__(service_name="neptunedata")
        self.params: dict[str, Any] = {}
        self._backend: NeptuneDataBackend | None = None
        self._cluster: Cluster | None = None

    # ------------------------------------------------------------------ entrances

    @classmethod
    def answer(cls, request: http.HttpRequest, context: RequestContext) -> http.Answer:
        """Answer a request that came past moto's URL matching."""
        return cls()._answer(request, context)

    def _dispatch(self, request: Any, full_url: str | None = None, headers: Any = None) -> Any:
        """moto's entrance: a request of botocore, ``requests``, the server or the proxy."""
        try:
            plain = _plain_request(request, full_url or request.url, headers or request.headers)
        except (HTTPException, OSError):  # chunks that are none, a client that hangs up
            refused = http.HTTP_ERRORS.error("body")
            return serialization.serialize_error(refused, new_id())
        context = RequestContext.of(plain.headers, urlsplit(full_url or request.url).netloc)
        try:
            status, answered, body = self._answer(plain, context, check_iam=True)
        except UnknownEndpoint as error:
            fail_to_connect(error, request, plain.headers)
            refused = NeptuneError("ResourceNotFoundException", str(error))
            status, answered, body = serialization.serialize_error(refused, new_id())
        if not isinstance(request, AWSPreparedRequest) and self._wants_gzip(plain.headers):
            answered["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        return status, answered, body

    def _answer(
        self, request: http.HttpRequest, context: RequestContext, check_iam: bool = False
    ) -> http.Answer:
        """Answer a request and log the call."""
        self.operation = ""
        self.latency = 0.0
        self._request, self._context = request, context
        started, clock = time.time(), time.perf_counter()
        try:
            answer = self._answered(request, context, check_iam)
        except Exception as error:
            self._log(started, clock, error)
            raise
        self._log(started, clock, answer)
        return answer

    def _log(self, started: float, clock: float, answer: http.Answer | Exception) -> None:
        request = self._request
        if not self.operation:
            self.operation = routing.operation_name(request) or f"{request.method} {request.path}"
        name = self.cluster.name if self._cluster else self.endpoint.cluster
        interception.record(
            CONTROL_STATE,
            self.operation,
            self.params,
            ClusterKey(self.current_account, self.region, name),
            request.headers,
            started,
            time.perf_counter() - clock,
            self.latency,
            answer,
        )

    def _do(self, work: Callable[[], Any]) -> Any:
        """Do ``work``, or what a tester has provoked in its place."""
        if not CONTROL_STATE.is_armed:
            return work()
        visit = interception.Visit(
            CONTROL_STATE,
            self.cluster,
            self.operation,
            self.params,
            self._request.headers,
            f"https://{self._context.host}{self._request.path}",
            self._context.read_timeout,
        )
        try:
            return visit.run(work)
        finally:
            self.latency = visit.latency

    def _answered(
        self, request: http.HttpRequest, context: RequestContext, check_iam: bool
    ) -> http.Answer:
        request_id = new_id()
        self.endpoint: Endpoint = parse_host(context.host)
        self.region = self.endpoint.region or context.region
        self.current_account = context.account_id
        try:
            if sparql_http.is_sparql(request.path):
                return self._answer_sparql(request, check_iam, request_id)
            operation, self.params = parsing.parse(request)
            self.operation = operation.name
            if self._is_iam_due(check_iam):
                actions = required_actions(operation.name, self.params)
                self._authorise(self._authenticate(), operation.name, actions)
            method = _methods().get(operation.name)
            if method is None:
                raise http.HTTP_ERRORS.error("unsupported", name=operation.name)
            self._enter(operation.name)
            result = self._do(lambda: method(self))
            return serialization.serialize(operation, result, request_id)
        except NeptuneError as error:
            return serialization.serialize_error(error, request_id)

    def _answer_sparql(
        self, request: http.HttpRequest, check_iam: bool, request_id: str
    ) -> http.Answer:
        asked = sparql_http.parse(request)
        self.operation = SPARQL_QUERY if asked.text else f"{asked.action} {request.path}"
        self.params = interception.sparql_params(asked.text, asked.accept, asked.query_id)
        if self._is_iam_due(check_iam):
            actions = sparql_actions(asked.action, asked.text)
            self._authorise(self._authenticate(), SPARQL_QUERY, actions)
        self._enter(SPARQL_QUERY)
        role = self.endpoint.role
        status, headers, body = self._do(lambda: asked.run(asked, self.cluster, role))
        return status, {**headers, "x-amzn-RequestId": request_id}, body

    def _enter(self, operation: str) -> None:
        """Go into the cluster, where its settings and its health count."""
        cluster = self.cluster
        if cluster.settings.strict:
            self.backend.check_exists(cluster.name)
        if cluster.settings.role == "reader":
            self.endpoint = replace(self.endpoint, role="reader")
        if operation != "GetEngineStatus":
            self.backend.check_available(cluster, operation)

    def _wants_gzip(self, headers: Mapping[str, str]) -> bool:
        """Whether the operation has a member for it (the streams), and the client asks for it and
        can read it: botocore, which cannot decompress, fails on a body that is.
        """
        if _BOTOCORE.search(headers.get("User-Agent", "")):
            return False
        accepted = str(self.params.get("encoding", "")).replace(" ", "").lower().split(",")
        return any(_GZIP.fullmatch(coding) for coding in accepted)

    def _is_iam_due(self, may_be_enforced: bool) -> bool:
        """Whether IAM has to allow the request: moto enforces it, or the cluster does."""
        enforced = may_be_enforced and is_iam_due()
        return enforced or self.backend.has_iam_auth(self.endpoint)

    def _authenticate(self) -> Caller:
        """Who has signed the request. Raises AccessDeniedException."""
        from . import iam  # which is heavy

        host = self._context.host
        return iam.authenticate(self._request, host, self.current_account, self.region)

    def _authorise(self, caller: Caller, operation: str, actions: tuple[str, ...]) -> None:
        """Raises AccessDeniedException unless the caller's policies allow all actions."""
        from . import iam

        asked = iam.Asked(
            of_engine(self.backend.engine_version_at(self.endpoint), actions),
            self._determine_resource(),
            self.region,
            query_languages(operation),
        )
        iam.authorise(caller, asked)

    def _determine_resource(self) -> str:
        """The ARN that IAM policies are held against."""
        id = self.backend.resource_id(self.endpoint)
        return (
            f"arn:{self.backend.partition}:neptune-db:{self.region}:{self.current_account}:{id}/*"
        )

    @property
    def backend(self) -> NeptuneDataBackend:
        """The backend of the request's account and region.

        Raises BadRequestException for a region that moto does not know.
        """
        if self._backend is None:
            try:
                self._backend = neptunedata_backends[self.current_account][self.region]
            except KeyError:
                raise http.HTTP_ERRORS.error("region", region=self.region) from None
        return self._backend

    @property
    def cluster(self) -> Cluster:
        """The cluster that the request goes to."""
        # Not a cached_property, whose lock costs as much as all of the look-up.
        if self._cluster is None:
            self._cluster = self.backend.cluster_at(self.endpoint)
        return self._cluster

    # ------------------------------------------------------------------ bulk loader

    def start_loader_job(self) -> Result:
        fields: dict[str, Any] = {
            _LOAD_REQUEST[name]: tuple(value) if isinstance(value, list) else value
            for name, value in self.params.items()
        }
        job = self.backend.start_loader_job(self.cluster, self.endpoint.role, LoadRequest(**fields))
        return {"status": "200 OK", "payload": {"loadId": job.id}}

    def get_loader_job_status(self) -> Result:
        payload = self.backend.get_loader_job_status(
            self.cluster,
            self.params["loadId"],
            details=self.params.get("details", False),
            errors=self.params.get("errors", False),
            page=self.params.get("page", 1),
            errors_per_page=self.params.get("errorsPerPage", 10),
        )
        return {"status": "200 OK", "payload": payload}

    def list_loader_jobs(self) -> Result:
        load_ids = self.backend.list_loader_jobs(
            self.cluster,
            limit=self.params.get("limit", 100),
            include_queued_loads=self.params.get("includeQueuedLoads", True),
        )
        return {"status": "200 OK", "payload": {"loadIds": load_ids}}

    def cancel_loader_job(self) -> Result:
        self.backend.cancel_loader_job(self.cluster, self.endpoint.role, self.params["loadId"])
        return {"status": "200 OK"}

    # ------------------------------------------------------------------ engine

    def get_engine_status(self) -> Result:
        return self.backend.get_engine_status(self.cluster, self.endpoint.role)

    def execute_fast_reset(self) -> Result:
        if self.params["action"] == "initiateDatabaseReset":
            token = self.backend.initiate_fast_reset(self.cluster, self.endpoint.role)
            return {"status": "200 OK", "payload": {"token": token}}
        self.backend.perform_fast_reset(self.cluster, self.endpoint.role, self.params.get("token"))
        return {"status": "200 OK"}

    # ------------------------------------------------------------------ statistics

    def get_propertygraph_statistics(self) -> Result:
        return {"status": "200 OK", "payload": self.cluster.management.statistics.status()}

    def get_sparql_statistics(self) -> Result:
        return {"status": "200 OK", "payload": self.cluster.management.rdf_statistics.status()}

    def manage_propertygraph_statistics(self) -> Result:
        return self._manage_statistics(self.cluster.management.statistics)

    def manage_sparql_statistics(self) -> Result:
        return self._manage_statistics(self.cluster.management.rdf_statistics)

    def _manage_statistics(self, statistics: Statistics) -> Result:
        mode = self.params.get("mode")
        payload = self.backend.manage_statistics(statistics, self.endpoint.role, mode)
        return {"status": "200 OK", "payload": payload}

    def delete_propertygraph_statistics(self) -> Result:
        return self._delete_statistics(self.cluster.management.statistics)

    def delete_sparql_statistics(self) -> Result:
        return self._delete_statistics(self.cluster.management.rdf_statistics)

    def _delete_statistics(self, statistics: Statistics) -> Result:
        if not self.backend.delete_statistics(statistics, self.endpoint.role):
            return {"statusCode": 204}
        return {"status": "200 OK", "payload": {"active": False, "statisticsId": NO_STATISTICS}}

    def get_propertygraph_summary(self) -> Result:
        return self._summary(self.cluster.management.statistics)

    def get_rdf_graph_summary(self) -> Result:
        return self._summary(self.cluster.management.rdf_statistics)

    def _summary(self, statistics: Statistics) -> Result:
        is_detailed = self.params.get("mode", "basic") == "detailed"
        return {"status": "200 OK", "payload": statistics.summary(is_detailed)}

    # ------------------------------------------------------------------ streams

    def get_propertygraph_stream(self) -> Result:
        return self.cluster.management.stream.read(**self._stream_position())

    def get_sparql_stream(self) -> Result:
        return self.cluster.management.rdf_stream.read(**self._stream_position())

    def _stream_position(self) -> dict[str, Any]:
        return {
            field: self.params[member]
            for member, field in _STREAM_POSITION.items()
            if member in self.params
        }

    # ------------------------------------------------------------------ Neptune ML

    def start_ml_data_processing_job(self) -> Result:
        return self.cluster.management.ml.start_data_processing(self.params)

    def get_ml_data_processing_job(self) -> Result:
        return self.cluster.management.ml.get_data_processing(self.params)

    def list_ml_data_processing_jobs(self) -> Result:
        return {"ids": self.cluster.management.ml.ids(ml.DATA_PROCESSING, self.params)}

    def cancel_ml_data_processing_job(self) -> Result:
        self.cluster.management.ml.cancel(ml.DATA_PROCESSING, self.params)
        return {"status": "200 OK"}

    def start_ml_model_training_job(self) -> Result:
        return self.cluster.management.ml.start_model_training(self.params)

    def get_ml_model_training_job(self) -> Result:
        return self.cluster.management.ml.get_model_training(self.params)

    def list_ml_model_training_jobs(self) -> Result:
        return {"ids": self.cluster.management.ml.ids(ml.MODEL_TRAINING, self.params)}

    def cancel_ml_model_training_job(self) -> Result:
        self.cluster.management.ml.cancel(ml.MODEL_TRAINING, self.params)
        return {"status": "200 OK"}

    def start_ml_model_transform_job(self) -> Result:
        return self.cluster.management.ml.start_model_transform(self.params)

    def get_ml_model_transform_job(self) -> Result:
        return self.cluster.management.ml.get_model_transform(self.params)

    def list_ml_model_transform_jobs(self) -> Result:
        return {"ids": self.cluster.management.ml.ids(ml.MODEL_TRANSFORM, self.params)}

    def cancel_ml_model_transform_job(self) -> Result:
        self.cluster.management.ml.cancel(ml.MODEL_TRANSFORM, self.params)
        return {"status": "200 OK"}

    def create_ml_endpoint(self) -> Result:
        return self.cluster.management.ml.create_endpoint(self.params)

    def get_ml_endpoint(self) -> Result:
        return self.cluster.management.ml.get_endpoint(self.params)

    def list_ml_endpoints(self) -> Result:
        return {"ids": self.cluster.management.ml.ids(ml.ENDPOINT, self.params)}

    def delete_ml_endpoint(self) -> Result:
        self.cluster.management.ml.delete_endpoint(self.params)
        return {"status": "200 OK"}

    # ------------------------------------------------------------------ indexes and storage

    def start_index_rebuild(self) -> Result:
        asked = {
            field: self.params[member]
            for member, field in _INDEX_REBUILD.items()
            if member in self.params
        }
        rebuild = self.backend.start_index_rebuild(self.cluster, self.endpoint.role, **asked)
        return {
            "status": rebuild.status,
            "rebuildId": rebuild.id,
            "scope": rebuild.scope,
            **rebuild.parameters(),
        }

    def get_index_rebuild_status(self) -> Result:
        return self.cluster.management.index_rebuilds.find(self.params["rebuildId"]).ask()

    def list_index_rebuilds(self) -> Result:
        return {"rebuildIds": self.cluster.management.index_rebuilds.ids()}

    def cancel_index_rebuild(self) -> Result:
        rebuild = self.backend.cancel_index_rebuild(
            self.cluster, self.endpoint.role, self.params["rebuildId"]
        )
        return {"status": rebuild.status, **rebuild.parameters()}

    def get_storage_info(self) -> Result:
        return self.backend.get_storage_info(self.cluster)


#: Members of the two stream operations and the parameters of ``Stream.read`` that they fill.
_STREAM_POSITION = {
    "iteratorType": "iterator_type",
    "commitNum": "commit_num",
    "opNum": "op_num",
    "limit": "limit",
}

#: Members of StartIndexRebuild and the parameters of ``IndexRebuilds.start`` that they fill.
_INDEX_REBUILD = {
    "scope": "scope",
    "concurrency": "concurrency",
    "writeBufferSize": "write_buffer_size",
    "clientToken": "client_token",
}

_BOTOCORE = re.compile(r"botocore|boto3|aws-cli", re.IGNORECASE)

# With any weight but 0.
_GZIP = re.compile(r"gzip(?!;q=0(?:\.0*)?$)(?:;.*)?")

#: Members of StartLoaderJob and the fields of LoadRequest that they fill.
_LOAD_REQUEST = {
    "source": "source",
    "format": "format",
    "s3BucketRegion": "region",
    "iamRoleArn": "iam_role_arn",
    "mode": "mode",
    "failOnError": "fail_on_error",
    "parallelism": "parallelism",
    "parserConfiguration": "parser_configuration",
    "updateSingleCardinalityProperties": "update_single_cardinality_properties",
    "queueRequest": "queue_request",
    "dependencies": "dependencies",
    "userProvidedEdgeIds": "user_provided_edge_ids",
    "edgeOnlyLoad": "edge_only_load",
}


@lru_cache(maxsize=1)
def _methods() -> dict[str, Callable[[NeptuneDataResponse], Result]]:
    """The method of each operation that has one."""
    found = {
        name: getattr(NeptuneDataResponse, operation.method_name, None)
        for name, operation in service_model.operations().items()
    }
    return {name: method for name, method in found.items() if method is not None}


def implemented_operations() -> list[str]:
    """The names of the operations that this package implements, sorted."""
    return sorted(_methods())


def _plain_request(request: Any, url: str, headers: Any) -> http.HttpRequest:
    """What any of moto's callers hands over: a werkzeug request or one of ``requests``/botocore."""
    parts = urlsplit(url)
    if hasattr(request, "environ"):
        # The path as it was sent: werkzeug's own is decoded, and %2F belongs to a label.
        raw_path = request.environ.get("RAW_URI") or quote(request.path)
        path = urlsplit(raw_path).path if "://" in raw_path else raw_path.partition("?")[0]
        body = request.get_data() or _form_body(request)
        query = request.query_string.decode("ascii", "replace")
        return http.HttpRequest(request.method, path, query, request.headers, body)
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    return http.HttpRequest(request.method, parts.path, parts.query, headers, body)


def _form_body(request: Any) -> bytes:
    """The body of a form that werkzeug has parsed already."""
    items = list(request.form.items(multi=True))
    if len(items) == 1 and items[0][0].lstrip().startswith("{"):
        # JSON sent as a form, as curl does without a Content-Type.
        return "=".join(part for part in items[0] if part).encode()
    return "&".join(f"{quote(key)}={quote(value)}" for key, value in items).encode()
