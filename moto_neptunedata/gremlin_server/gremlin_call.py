"""One request over the WebSocket as a call of ExecuteGremlinQuery, which it is like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from ..cluster import Cluster
from ..errors import NeptuneError
from ..gremlin import CompiledScript
from ..neptunedata import gremlin_queries, iam
from ..neptunedata.context import RequestContext
from ..neptunedata.gremlin_queries import GremlinRun
from ..neptunedata.http import Answer, HttpRequest
from ..neptunedata.iam_actions import gremlin_actions
from ..neptunedata.ids import new_id
from ..neptunedata.operation_call import OperationCall
from ..neptunedata.serialization import serialize_error
from ..neptunedata.strict_endpoints import UnknownEndpoint

T = TypeVar("T")

#: The operation of the Data API that a request over a WebSocket is like.
OPERATION: Final = "ExecuteGremlinQuery"

# What the call log is told of a message: it has no headers, and its answer is not HTTP.
_MESSAGE: Final = HttpRequest("POST", "/gremlin", "", {}, b"")
_DONE: Final[Answer] = (200, {}, b"")


class GremlinCall:
    """A call on the cluster of the host that the client connected to; made anew for each request,
    because a reset of moto makes other clusters.
    """

    def __init__(self, context: RequestContext, request: HttpRequest = _MESSAGE) -> None:
        self._call = OperationCall(request, context, OPERATION)

    @property
    def cluster(self) -> Cluster:
        """The cluster that it goes to."""
        return self._call.cluster

    def admit(self) -> None:
        """Hold the request for a connection against the state of the cluster and against IAM, if
        that is due: who signed it, not yet what they may do.

        Raises AccessDeniedException, and as ExecuteGremlinQuery where there is no such cluster.
        """
        self._enter()
        if self._call.is_iam_due(True):
            self._call.authenticate()

    def run(self, text: str, work: Callable[[], Any]) -> Any:
        """Do ``work`` as the call that runs ``text``: it is logged, and what a tester has set up
        happens in its place. Raises as the operation.
        """
        call = self._call
        call.params = {"gremlinQuery": text}
        answer: Answer | Exception = _DONE
        try:
            self._enter()
            return call.run(work)
        except NeptuneError as error:
            answer = serialize_error(error, new_id())
            raise
        except Exception as error:
            answer = error
            raise
        finally:
            call.log(answer)

    def authorize(self, script: CompiledScript) -> None:
        """Raises AccessDeniedException where IAM, if it is due, does not let whoever made the
        connection do what a traversal does.
        """
        call = self._call
        if call.is_iam_due(True):
            caller = iam.caller_of(call.account_id, call.region, call.context.access_key)
            call.authorize(caller, OPERATION, gremlin_actions(script.mutations))

    def run_gremlin(self, asked: GremlinRun[T]) -> T:
        """Run a traversal; see :func:`moto_neptunedata.neptunedata.gremlin_queries.run`."""
        return gremlin_queries.run(self.cluster, self._call.endpoint.role, asked)

    def _enter(self) -> None:
        try:
            self._call.enter(OPERATION)
        except UnknownEndpoint as error:
            raise NeptuneError("ResourceNotFoundException", str(error)) from None
