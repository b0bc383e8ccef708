"""One call of an operation on its way through the service, whichever protocol brought it.

A response of HTTP or a protocol server holds it: it finds the cluster, asks IAM, lets happen what
testers have set up, and logs what came of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..cluster import Cluster
from ..testing.calls import Call
from ..testing.control_state import CONTROL_STATE
from ..testing.scope import ClusterKey
from .context import RequestContext, is_iam_due
from .endpoint import parse_host
from .http import HTTP_ERRORS, Answer, HttpRequest
from .iam_actions import of_engine, query_languages
from .interception import INVOCATION_ID, Visit, describe_outcome, is_first_attempt
from .models import NeptuneDataBackend, neptunedata_backends
from .routing import operation_name

if TYPE_CHECKING:
    from .iam import Caller


class OperationCall:
    """A call from ``context``, whose request says where it goes.

    ``operation`` is empty and ``params`` are too until the request is understood. ``latency`` is in
    seconds, what testers made it take.
    """

    __slots__ = (
        "_backend",
        "_clock",
        "_cluster",
        "_started",
        "account_id",
        "context",
        "endpoint",
        "latency",
        "operation",
        "params",
        "region",
        "request",
    )

    def __init__(self, request: HttpRequest, context: RequestContext, operation: str = "") -> None:
        self.request = request
        self.context = context
        self.operation = operation
        self.params: dict[str, Any] = {}
        self.latency = 0.0
        self.endpoint = parse_host(context.host)
        self.region = self.endpoint.region or context.region
        self.account_id = context.account_id
        self._backend: NeptuneDataBackend | None = None
        self._cluster: Cluster | None = None
        self._started, self._clock = time.time(), time.perf_counter()

    @property
    def backend(self) -> NeptuneDataBackend:
        """The backend of the call's account and region.

        Raises BadRequestException for a region that moto does not know.
        """
        if self._backend is None:
            try:
                self._backend = neptunedata_backends[self.account_id][self.region]
            except KeyError:
                raise HTTP_ERRORS.error("region", region=self.region) from None
        return self._backend

    @property
    def cluster(self) -> Cluster:
        """The cluster that the call goes to."""
        # Not a cached_property, whose lock costs as much as all of the look-up.
        if self._cluster is None:
            self._cluster = self.backend.cluster_at(self.endpoint)
        return self._cluster

    # ------------------------------------------------------------------ the way through

    def is_iam_due(self, may_be_enforced: bool) -> bool:
        """Whether IAM has to allow the call: moto enforces it, or the cluster does."""
        enforced = may_be_enforced and is_iam_due()
        return enforced or self.backend.has_iam_auth(self.endpoint)

    def authenticate(self) -> Caller:
        """Who has signed the request. Raises AccessDeniedException."""
        from . import iam  # noqa: PLC0415 - heavy, and most clusters do without IAM

        return iam.authenticate(self.request, self.context.host, self.account_id, self.region)

    def authorize(self, caller: Caller, operation: str, actions: tuple[str, ...]) -> None:
        """Raises AccessDeniedException unless the caller's policies allow all actions."""
        from . import iam  # noqa: PLC0415 - heavy, and most clusters do without IAM

        asked = iam.Asked(
            of_engine(self.backend.engine_version_at(self.endpoint), actions),
            self._resource_arn(),
            self.region,
            query_languages(operation),
        )
        iam.authorize(caller, asked)

    def _resource_arn(self) -> str:
        """The ARN that IAM policies are held against."""
        id = self.backend.resource_id(self.endpoint)
        return f"arn:{self.backend.partition}:neptune-db:{self.region}:{self.account_id}:{id}/*"

    def enter(self, operation: str) -> None:
        """Go into the cluster, where its settings and its health count."""
        cluster = self.cluster
        if cluster.settings.strict:
            self.backend.managed.check_exists(cluster.name)
        if cluster.settings.role == "reader":
            self.endpoint = replace(self.endpoint, role="reader")
        if operation != "GetEngineStatus":
            self.backend.check_available(cluster, operation)

    def run(self, work: Callable[[], Any]) -> Any:
        """Do ``work``, or what a tester has set up in its place."""
        if not CONTROL_STATE.is_armed:
            return work()
        visit = Visit(
            self.cluster,
            self.operation,
            self.params,
            self.request.headers,
            f"https://{self.context.host}{self.request.path}",
            self.context.read_timeout,
        )
        try:
            return visit.run(work)
        finally:
            self.latency = visit.latency

    def log(self, answer: Answer | Exception) -> None:
        """Log the call with what came of it."""
        request = self.request
        if not self.operation:
            self.operation = operation_name(request) or f"{request.method} {request.path}"
        name = self._cluster.name if self._cluster else self.endpoint.cluster
        outcome, message, status = describe_outcome(answer)
        call = Call(
            operation=self.operation,
            parameters=self.params,
            outcome=outcome,
            message=message,
            status=status,
            cluster=ClusterKey(self.account_id, self.region, name),
            time=self._started,
            duration=time.perf_counter() - self._clock,
            latency=self.latency,
            invocation_id=request.headers.get(INVOCATION_ID, ""),
        )
        CONTROL_STATE.log.add(call, is_first_attempt(request.headers))
