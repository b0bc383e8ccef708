"""Where a request goes: the cluster of the host that its client connected to."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..errors import NeptuneError
from ..neptunedata.context import RequestContext
from ..neptunedata.endpoint import parse_host
from ..neptunedata.http import Answer, HttpRequest
from ..neptunedata.iam_actions import gremlin_actions
from ..neptunedata.models import new_id
from ..neptunedata.responses import NeptuneDataResponse
from ..neptunedata.serialization import serialize_error
from ..neptunedata.strict_endpoints import UnknownEndpoint

if TYPE_CHECKING:
    from ..gremlin import CompiledScript

#: The operation of the Data API that a request over a WebSocket is like.
OPERATION: Final = "ExecuteGremlinQuery"

# What the call log is told of a message: it has no headers, and its answer is not HTTP.
_MESSAGE: Final = HttpRequest("POST", "/gremlin", "", {}, b"")
_DONE: Final[Answer] = (200, {}, b"")


class Place(NeptuneDataResponse):
    """The cluster, with its settings and its health; made anew for each request, because a reset
    of moto makes other clusters.
    """

    def __init__(self, context: RequestContext) -> None:
        super().__init__()
        self.operation = OPERATION
        self.latency = 0.0
        self._request, self._context = _MESSAGE, context
        self.endpoint = parse_host(context.host)
        self.region = self.endpoint.region or context.region
        self.current_account = context.account_id

    def admit(self, request: HttpRequest) -> None:
        """Hold the request for a connection against the state of the cluster and against IAM, if
        that is due: who signed it, not yet what they may do.

        Raises AccessDeniedException, and as ExecuteGremlinQuery where there is no such cluster.
        """
        self._request = request
        self._go_in()
        if self._is_iam_due(True):
            self._authenticate()

    def query(self, text: str, work: Callable[[], Any]) -> Any:
        """Do ``work`` as the call of ExecuteGremlinQuery that runs ``text``: it is logged, and what
        a tester has provoked happens in its place. Raises as that operation.
        """
        self.params = {"gremlinQuery": text}
        started, clock = time.time(), time.perf_counter()
        answer: Answer | Exception = _DONE
        try:
            self._go_in()
            return self._do(work)
        except NeptuneError as error:
            answer = serialize_error(error, new_id())
            raise
        except Exception as error:
            answer = error
            raise
        finally:
            self._log(started, clock, answer)

    def permit(self, script: CompiledScript) -> None:
        """Raises AccessDeniedException where IAM, if it is due, does not let whoever made the
        connection do what a traversal does.
        """
        if self._is_iam_due(True):
            from ..neptunedata import iam  # which is heavy

            caller = iam.caller_of(self.current_account, self.region, self._context.access_key)
            self._authorise(caller, OPERATION, gremlin_actions(script.mutations))

    def _go_in(self) -> None:
        try:
            self._enter(OPERATION)
        except UnknownEndpoint as error:
            raise NeptuneError("ResourceNotFoundException", str(error)) from None
