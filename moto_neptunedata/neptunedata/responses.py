"""HTTP in, HTTP out: finds the operation of a request, calls it, and serializes what comes back.

Each operation is a method named as boto3 names it. It hands the parameters (validated, by
botocore's member names) to the backend's method of the same name, and returns a mapping of output
members.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest
from moto.core.responses import BaseResponse
from werkzeug.exceptions import HTTPException

from ..cluster import Cluster
from ..errors import NeptuneError
from ..management.statistics import NO_STATISTICS
from ..service_model import operations, snake_case
from ..testing.names import SPARQL_QUERY
from . import parsing, serialization, sparql_http
from .context import RequestContext
from .endpoint import Role
from .http import HTTP_ERRORS, Answer, HttpRequest, RawBody
from .http_requests import read_request
from .iam_actions import required_actions, sparql_actions
from .ids import new_id
from .models import NeptuneDataBackend
from .operation_call import OperationCall
from .strict_endpoints import UnknownEndpoint, fail_to_connect

Result = Mapping[str, Any]

_OK: Result = {"status": "200 OK"}


class NeptuneDataResponse(BaseResponse):
    """One request. moto's own entrance is :meth:`dispatch`, the fast one :meth:`answer`."""

    call: OperationCall

    def __init__(self) -> None:
        super().__init__(service_name="neptunedata")

    # ------------------------------------------------------------------ entrances

    @classmethod
    def answer(cls, request: HttpRequest, context: RequestContext) -> Answer:
        """Answer a request that came past moto's URL matching."""
        return cls()._answer(request, context)  # noqa: SLF001 - its own

    def _dispatch(self, request: Any, full_url: str | None = None, headers: Any = None) -> Any:
        """moto's entrance: a request of botocore, ``requests``, the server or the proxy."""
        try:
            plain = read_request(request, full_url or request.url, headers or request.headers)
        except (HTTPException, OSError):  # chunks that are none, a client that hangs up
            return serialization.serialize_error(HTTP_ERRORS.error("body"), new_id())
        context = RequestContext.of(plain.headers, urlsplit(full_url or request.url).netloc)
        try:
            status, headers, body = self._answer(plain, context, check_iam=True)
        except UnknownEndpoint as error:
            fail_to_connect(error, request, plain.headers)
            refused = NeptuneError("ResourceNotFoundException", str(error))
            status, headers, body = serialization.serialize_error(refused, new_id())
        if not isinstance(request, AWSPreparedRequest) and self._wants_gzip(plain.headers):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        return status, headers, body

    def _answer(
        self, request: HttpRequest, context: RequestContext, check_iam: bool = False
    ) -> Answer:
        """Answer a request and log the call."""
        call = self.call = OperationCall(request, context)
        try:
            answer = self._run(call, check_iam)
        except Exception as error:
            call.log(error)
            raise
        call.log(answer)
        return answer

    def _run(self, call: OperationCall, check_iam: bool) -> Answer:
        request_id = new_id()
        try:
            if sparql_http.is_sparql(call.request.path):
                return self._run_sparql(call, check_iam, request_id)
            operation, call.params = parsing.parse(call.request)
            call.operation = operation.name
            if call.is_iam_due(check_iam):
                actions = required_actions(operation.name, call.params)
                call.authorize(call.authenticate(), operation.name, actions)
            method = _methods().get(operation.name)
            if method is None:
                raise HTTP_ERRORS.error("unsupported", name=operation.name)
            call.enter(operation.name)
            result = call.run(lambda: method(self))
            return serialization.serialize(operation, result, request_id)
        except NeptuneError as error:
            return serialization.serialize_error(error, request_id)

    def _run_sparql(self, call: OperationCall, check_iam: bool, request_id: str) -> Answer:
        asked = sparql_http.parse(call.request)
        call.operation = SPARQL_QUERY if asked.text else f"{asked.action} {call.request.path}"
        call.params = asked.params
        if call.is_iam_due(check_iam):
            actions = sparql_actions(asked.action, asked.text)
            call.authorize(call.authenticate(), SPARQL_QUERY, actions)
        call.enter(SPARQL_QUERY)
        role = call.endpoint.role
        status, headers, body = call.run(lambda: asked.run(asked, call.cluster, role))
        return status, {**headers, "x-amzn-RequestId": request_id}, body

    def _wants_gzip(self, headers: Mapping[str, str]) -> bool:
        """Whether the operation has a member for it (the streams), and the client asks for it and
        can read it: botocore, which cannot decompress, fails on a body that is.
        """
        if _BOTOCORE.search(headers.get("User-Agent", "")):
            return False
        accepted = str(self.call.params.get("encoding", "")).replace(" ", "").lower().split(",")
        return any(_GZIP.fullmatch(coding) for coding in accepted)

    # ------------------------------------------------------------------ what operations read

    @property
    def backend(self) -> NeptuneDataBackend:
        """The backend of the request's account and region."""
        return self.call.backend

    @property
    def cluster(self) -> Cluster:
        """The cluster that the request goes to."""
        return self.call.cluster

    @property
    def role(self) -> Role:
        """The role of the instance that the request goes to."""
        return self.call.endpoint.role

    @property
    def arguments(self) -> dict[str, Any]:
        """The parameters by the names that the backend's methods have for them."""
        return {snake_case(name): value for name, value in self.call.params.items()}

    # ------------------------------------------------------------------ bulk loader

    def start_loader_job(self) -> Result:
        job = self.backend.start_loader_job(self.cluster, self.role, **self.arguments)
        return {**_OK, "payload": {"loadId": job.id}}

    def get_loader_job_status(self) -> Result:
        payload = self.backend.get_loader_job_status(self.cluster, **self.arguments)
        return {**_OK, "payload": payload}

    def list_loader_jobs(self) -> Result:
        load_ids = self.backend.list_loader_jobs(self.cluster, **self.arguments)
        return {**_OK, "payload": {"loadIds": load_ids}}

    def cancel_loader_job(self) -> Result:
        self.backend.cancel_loader_job(self.cluster, self.role, **self.arguments)
        return _OK

    # ------------------------------------------------------------------ engine

    def get_engine_status(self) -> Result:
        return self.backend.get_engine_status(self.cluster, self.role)

    def execute_fast_reset(self) -> Result:
        token = self.backend.execute_fast_reset(self.cluster, self.role, **self.arguments)
        return _OK if token is None else {**_OK, "payload": {"token": token}}

    # ------------------------------------------------------------------ openCypher

    def execute_open_cypher_query(self) -> Result:
        results = self.backend.execute_open_cypher_query(self.cluster, self.role, **self.arguments)
        return {"results": results}

    def execute_open_cypher_explain_query(self) -> Result:
        text = self.backend.execute_open_cypher_explain_query(self.cluster, **self.arguments)
        return {"results": text.encode()}

    def list_open_cypher_queries(self) -> Result:
        return self.backend.list_queries(self.cluster, "opencypher")

    def get_open_cypher_query_status(self) -> Result:
        return self.backend.get_query_status(self.cluster, "opencypher", **self.arguments)

    def cancel_open_cypher_query(self) -> Result:
        self.backend.cancel_query(self.cluster, "opencypher", **self.arguments)
        return {**_OK, "payload": True}

    # ------------------------------------------------------------------ Gremlin

    def execute_gremlin_query(self) -> RawBody:
        return self.backend.execute_gremlin_query(self.cluster, self.role, **self.arguments)

    def execute_gremlin_explain_query(self) -> Result:
        text = self.backend.execute_gremlin_explain_query(self.cluster, **self.arguments)
        return {"output": text.encode()}

    def execute_gremlin_profile_query(self) -> Result:
        text = self.backend.execute_gremlin_profile_query(self.cluster, self.role, **self.arguments)
        return {"output": text.encode()}

    def list_gremlin_queries(self) -> Result:
        return self.backend.list_queries(self.cluster, "gremlin")

    def get_gremlin_query_status(self) -> Result:
        return self.backend.get_query_status(self.cluster, "gremlin", **self.arguments)

    def cancel_gremlin_query(self) -> Result:
        self.backend.cancel_query(self.cluster, "gremlin", **self.arguments)
        return _OK

    # ------------------------------------------------------------------ statistics

    def get_propertygraph_statistics(self) -> Result:
        return {**_OK, "payload": self.backend.get_propertygraph_statistics(self.cluster)}

    def get_sparql_statistics(self) -> Result:
        return {**_OK, "payload": self.backend.get_sparql_statistics(self.cluster)}

    def manage_propertygraph_statistics(self) -> Result:
        payload = self.backend.manage_propertygraph_statistics(
            self.cluster, self.role, **self.arguments
        )
        return {**_OK, "payload": payload}

    def manage_sparql_statistics(self) -> Result:
        payload = self.backend.manage_sparql_statistics(self.cluster, self.role, **self.arguments)
        return {**_OK, "payload": payload}

    def delete_propertygraph_statistics(self) -> Result:
        return _deletion(self.backend.delete_propertygraph_statistics(self.cluster, self.role))

    def delete_sparql_statistics(self) -> Result:
        return _deletion(self.backend.delete_sparql_statistics(self.cluster, self.role))

    def get_propertygraph_summary(self) -> Result:
        payload = self.backend.get_propertygraph_summary(self.cluster, **self.arguments)
        return {**_OK, "payload": payload}

    def get_rdf_graph_summary(self) -> Result:
        payload = self.backend.get_rdf_graph_summary(self.cluster, **self.arguments)
        return {**_OK, "payload": payload}

    # ------------------------------------------------------------------ streams

    def get_propertygraph_stream(self) -> Result:
        return self.backend.get_propertygraph_stream(self.cluster, **self._stream_position())

    def get_sparql_stream(self) -> Result:
        return self.backend.get_sparql_stream(self.cluster, **self._stream_position())

    def _stream_position(self) -> dict[str, Any]:
        """All arguments but that of :meth:`_wants_gzip`."""
        return {name: value for name, value in self.arguments.items() if name != "encoding"}

    # ------------------------------------------------------------------ Neptune ML

    def start_ml_data_processing_job(self) -> Result:
        return self.backend.start_ml_data_processing_job(self.cluster, self.call.params)

    def get_ml_data_processing_job(self) -> Result:
        return self.backend.get_ml_data_processing_job(self.cluster, self.call.params)

    def list_ml_data_processing_jobs(self) -> Result:
        return {"ids": self.backend.list_ml_data_processing_jobs(self.cluster, self.call.params)}

    def cancel_ml_data_processing_job(self) -> Result:
        self.backend.cancel_ml_data_processing_job(self.cluster, self.call.params)
        return _OK

    def start_ml_model_training_job(self) -> Result:
        return self.backend.start_ml_model_training_job(self.cluster, self.call.params)

    def get_ml_model_training_job(self) -> Result:
        return self.backend.get_ml_model_training_job(self.cluster, self.call.params)

    def list_ml_model_training_jobs(self) -> Result:
        return {"ids": self.backend.list_ml_model_training_jobs(self.cluster, self.call.params)}

    def cancel_ml_model_training_job(self) -> Result:
        self.backend.cancel_ml_model_training_job(self.cluster, self.call.params)
        return _OK

    def start_ml_model_transform_job(self) -> Result:
        return self.backend.start_ml_model_transform_job(self.cluster, self.call.params)

    def get_ml_model_transform_job(self) -> Result:
        return self.backend.get_ml_model_transform_job(self.cluster, self.call.params)

    def list_ml_model_transform_jobs(self) -> Result:
        return {"ids": self.backend.list_ml_model_transform_jobs(self.cluster, self.call.params)}

    def cancel_ml_model_transform_job(self) -> Result:
        self.backend.cancel_ml_model_transform_job(self.cluster, self.call.params)
        return _OK

    def create_ml_endpoint(self) -> Result:
        return self.backend.create_ml_endpoint(self.cluster, self.call.params)

    def get_ml_endpoint(self) -> Result:
        return self.backend.get_ml_endpoint(self.cluster, self.call.params)

    def list_ml_endpoints(self) -> Result:
        return {"ids": self.backend.list_ml_endpoints(self.cluster, self.call.params)}

    def delete_ml_endpoint(self) -> Result:
        self.backend.delete_ml_endpoint(self.cluster, self.call.params)
        return _OK

    # ------------------------------------------------------------------ indexes and storage

    def start_index_rebuild(self) -> Result:
        rebuild = self.backend.start_index_rebuild(self.cluster, self.role, **self.arguments)
        return {
            "status": rebuild.status,
            "rebuildId": rebuild.id,
            "scope": rebuild.scope,
            **rebuild.parameters(),
        }

    def get_index_rebuild_status(self) -> Result:
        return self.backend.get_index_rebuild_status(self.cluster, **self.arguments)

    def list_index_rebuilds(self) -> Result:
        return {"rebuildIds": self.backend.list_index_rebuilds(self.cluster)}

    def cancel_index_rebuild(self) -> Result:
        rebuild = self.backend.cancel_index_rebuild(self.cluster, self.role, **self.arguments)
        return {"status": rebuild.status, **rebuild.parameters()}

    def get_storage_info(self) -> Result:
        return self.backend.get_storage_info(self.cluster)


def _deletion(was_there: bool) -> Result:
    """The answer to a deletion of statistics."""
    if not was_there:
        return {"statusCode": 204}
    return {**_OK, "payload": {"active": False, "statisticsId": NO_STATISTICS}}


_BOTOCORE = re.compile(r"botocore|boto3|aws-cli", re.IGNORECASE)

# With any weight but 0.
_GZIP = re.compile(r"gzip(?!;q=0(?:\.0*)?$)(?:;.*)?")


@lru_cache(maxsize=1)
def _methods() -> dict[str, Callable[[NeptuneDataResponse], Result | RawBody]]:
    """The method of each operation that has one."""
    found = {
        name: getattr(NeptuneDataResponse, operation.method_name, None)
        for name, operation in operations().items()
    }
    return {name: method for name, method in found.items() if method is not None}


def implemented_operations() -> list[str]:
    """The names of the operations that this package implements, sorted."""
    return sorted(_methods())
