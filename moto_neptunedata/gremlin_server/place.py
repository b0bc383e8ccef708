"""Where a request goes: the cluster of the host that its client connected to."""

from __future__ import annotations

from typing import Final

from ..neptunedata.endpoint import parse_host
from ..neptunedata.responses import NeptuneDataResponse
from ..neptunedata.wire import HttpRequest
from ..registration import RequestContext, authorise

#: The operation of the Data API that a request over a WebSocket is like.
OPERATION: Final = "ExecuteGremlinQuery"


class Place(NeptuneDataResponse):
    """The cluster, with its settings and its health; made anew for each request, because a reset
    of moto makes other clusters. Raises as ExecuteGremlinQuery where the cluster is not available.
    """

    def __init__(self, context: RequestContext) -> None:
        super().__init__()
        self.endpoint = parse_host(context.host)
        self.region = self.endpoint.region or context.region
        self.current_account = context.account_id
        self._enter(OPERATION)

    def authorise(self, request: HttpRequest, context: RequestContext) -> None:
        """Hold the request for a connection against moto's IAM. Raises AccessDeniedException."""
        authorise(self, OPERATION, request, context, self._determine_resource())
