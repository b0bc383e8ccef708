"""HTTP in, HTTP out: finds the operation of a request, calls it, and serialises what comes back.

Each operation is a method named as boto3 names it. It reads ``self.params`` (validated, by
botocore's member names) and returns a mapping of output members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from moto.core.responses import BaseResponse

from ..errors import NeptuneError
from ..loader import LoadRequest
from ..registration import RequestContext, authorise
from . import wire
from .endpoint import Endpoint, parse_host
from .models import NeptuneDataBackend, neptunedata_backends, new_id

Result = Mapping[str, Any]


class NeptuneDataResponse(BaseResponse):
    """One request. moto's own entrance is :meth:`dispatch`, the fast one :meth:`answer`."""

    def __init__(self) -> None:
        super().__init__(service_name="neptunedata")
        self.params: dict[str, Any] = {}

    # ------------------------------------------------------------------ entrances

    @classmethod
    def answer(cls, request: wire.HttpRequest, context: RequestContext) -> wire.Answer:
        """Answer a request that came past moto's URL matching."""
        return cls()._answer(request, context)

    def _dispatch(self, request: Any, full_url: str | None = None, headers: Any = None) -> Any:
        """moto's entrance: a request of botocore, ``requests``, the server or the proxy."""
        plain = _plain_request(request, full_url or request.url, headers or request.headers)
        context = RequestContext.of(plain.headers, urlsplit(full_url or request.url).netloc)
        return self._answer(plain, context, check_iam=True)

    def _answer(
        self, request: wire.HttpRequest, context: RequestContext, check_iam: bool = False
    ) -> wire.Answer:
        request_id = new_id()
        self.endpoint: Endpoint = parse_host(context.host)
        self.region = self.endpoint.region or context.region
        self.current_account = context.account_id
        try:
            operation, self.params = wire.parse(request)
            if check_iam:
                authorise(self, operation.name, request, context, self._determine_resource())
            method = _methods().get(operation.name)
            if method is None:
                text = wire.TEXTS["unsupported"].format(name=operation.name)
                raise NeptuneError("UnsupportedOperationException", text)
            result = method(self)
            return wire.serialise(operation, result, request_id)
        except NeptuneError as error:
            return wire.serialise_error(error, request_id)

    def _determine_resource(self) -> str:
        """The ARN that IAM policies are held against."""
        name = self.endpoint.cluster
        return (
            f"arn:{self.backend.partition}:neptune-db:{self.region}:{self.current_account}:{name}/*"
        )

    @property
    def backend(self) -> NeptuneDataBackend:
        """The backend of the request's account and region."""
        return neptunedata_backends[self.current_account][self.region]

    # ------------------------------------------------------------------ bulk loader

    def start_loader_job(self) -> Result:
        cluster = self.backend.cluster_at(self.endpoint)
        fields: dict[str, Any] = {
            _LOAD_REQUEST[name]: tuple(value) if isinstance(value, list) else value
            for name, value in self.params.items()
        }
        job = self.backend.start_loader_job(cluster, self.endpoint.role, LoadRequest(**fields))
        return {"status": "200 OK", "payload": {"loadId": job.id}}

    def get_loader_job_status(self) -> Result:
        payload = self.backend.get_loader_job_status(
            self.backend.cluster_at(self.endpoint),
            self.params["loadId"],
            details=self.params.get("details", False),
            errors=self.params.get("errors", False),
            page=self.params.get("page", 1),
            errors_per_page=self.params.get("errorsPerPage", 10),
        )
        return {"status": "200 OK", "payload": payload}

    def list_loader_jobs(self) -> Result:
        load_ids = self.backend.list_loader_jobs(
            self.backend.cluster_at(self.endpoint),
            limit=self.params.get("limit", 100),
            include_queued_loads=self.params.get("includeQueuedLoads", True),
        )
        return {"status": "200 OK", "payload": {"loadIds": load_ids}}

    def cancel_loader_job(self) -> Result:
        self.backend.cancel_loader_job(
            self.backend.cluster_at(self.endpoint), self.endpoint.role, self.params["loadId"]
        )
        return {"status": "200 OK"}


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
        for name, operation in wire.operations().items()
    }
    return {name: method for name, method in found.items() if method is not None}


def implemented_operations() -> list[str]:
    """The names of the operations that this package implements, sorted."""
    return sorted(_methods())


def _plain_request(request: Any, url: str, headers: Any) -> wire.HttpRequest:
    """What any of moto's callers hands over: a werkzeug request or one of ``requests``/botocore."""
    parts = urlsplit(url)
    if hasattr(request, "environ"):
        # The path as it was sent: werkzeug's own is decoded, and %2F belongs to a label.
        raw_path = request.environ.get("RAW_URI") or quote(request.path)
        path = urlsplit(raw_path).path if "://" in raw_path else raw_path.partition("?")[0]
        body = request.get_data() or _form_body(request)
        query = request.query_string.decode("ascii", "replace")
        return wire.HttpRequest(request.method, path, query, request.headers, body)
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    return wire.HttpRequest(request.method, parts.path, parts.query, headers, body)


def _form_body(request: Any) -> bytes:
    """The body of a form that werkzeug has parsed already."""
    items = list(request.form.items(multi=True))
    if len(items) == 1 and items[0][0].lstrip().startswith("{"):
        # JSON sent as a form, as curl does without a Content-Type.
        return "=".join(part for part in items[0] if part).encode()
    return "&".join(f"{quote(key)}={quote(value)}" for key, value in items).encode()
