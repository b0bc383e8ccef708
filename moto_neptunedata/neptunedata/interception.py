"""What is provoked, at the place where an operation would happen."""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ReadTimeoutError

from ..errors import SHARED_ERRORS, NeptuneError
from ..testing.calls import OK
from ..testing.control_state import CONTROL_STATE
from ..testing.expected_results import LANGUAGES, QUERY_MEMBERS, TEXT_OPERATIONS, ExpectedResult
from ..testing.rules import Asked
from .http import Answer, RawBody
from .ids import new_id

if TYPE_CHECKING:
    from ..cluster import Cluster
    from ..testing.faults import Delay

#: Headers of every AWS SDK: the same for all attempts of a call, and which attempt it is.
INVOCATION_ID: Final = "amz-sdk-invocation-id"
ATTEMPT: Final = "amz-sdk-request"


@dataclass(slots=True)
class Visit:
    """A request that has found its cluster and operation.

    ``read_timeout`` is the client's, in seconds, where that is known; ``latency`` the seconds that
    the request was made to take.
    """

    cluster: Cluster
    operation: str
    params: dict[str, Any]
    headers: Mapping[str, str]
    url: str = ""
    read_timeout: float | None = None
    latency: float = 0.0

    def run(self, work: Callable[[], Any]) -> Any:
        """Do ``work``, or what a tester wants instead; gives its result.

        Raises NeptuneError, and botocore's ReadTimeoutError for a client that would not wait.
        """
        invocation_id = self.headers.get(INVOCATION_ID, "")
        asked = Asked(self.operation, self.params, self.cluster.key, invocation_id)
        delay = CONTROL_STATE.delays.decide(asked)
        fault = CONTROL_STATE.faults.decide(asked)

        def do_work() -> Any:
            if fault is not None:
                raise NeptuneError(fault.error, fault.message)
            return self._answer_or_do(work)

        return do_work() if delay is None else self._run_delayed(delay, do_work)

    def _run_delayed(self, delay: Delay, do_work: Callable[[], Any]) -> Any:
        self.latency = delay.seconds
        is_query = self.operation in LANGUAGES.values()
        limit = self.cluster.settings.query_timeout_ms / 1000 if is_query else math.inf
        patience = math.inf if self.read_timeout is None else self.read_timeout
        if delay.real:
            time.sleep(min(delay.seconds, limit, patience))
        if patience <= min(delay.seconds, limit):
            if delay.happens and delay.seconds <= limit:
                with contextlib.suppress(NeptuneError):  # nobody is told
                    do_work()
            raise ReadTimeoutError(endpoint_url=self.url, error=f"no answer within {patience} s")
        if delay.seconds > limit:
            raise SHARED_ERRORS.error("timeout")
        return do_work()

    def _answer_or_do(self, work: Callable[[], Any]) -> Any:
        member = QUERY_MEMBERS.get(self.operation)
        text = self.params.get(member, "") if member is not None else ""
        if not text or not CONTROL_STATE.expected:
            return work()
        expected = CONTROL_STATE.expected.take(self.cluster.key, self.operation, text)
        if expected is None:
            return work()
        return _answer(self.cluster, expected, text, self.params)


# ---------------------------------------------------------------------------- expected results


def _answer(
    cluster: Cluster, expected: ExpectedResult, text: str, params: dict[str, Any]
) -> Mapping[str, Any] | RawBody | Answer:
    """The result as the operation's method would give it; it can be held like a query that runs."""
    operation = expected.operation
    value = expected.value(params)
    query_id = new_id()
    language = next((key for key, each in LANGUAGES.items() if each == operation), None)
    if language is None:
        body = value.encode() if isinstance(value, str) else value
        is_cypher = TEXT_OPERATIONS[operation] == "opencypher"
        return {"results" if is_cypher else "output": body}
    timeout = cluster.settings.query_timeout_ms / 1000
    work = _ANSWERS[language]
    answer: Any = cluster.queries[language].run(
        query_id, text, timeout, lambda _: work(value, params, query_id)
    )
    return answer  # type: ignore[no-any-return]


def _opencypher(value: Any, params: dict[str, Any], query_id: str) -> Mapping[str, Any]:
    from ..opencypher.result_serialization import to_json  # noqa: PLC0415 - brings an engine

    return {"results": to_json(value)}


def _gremlin(value: Any, params: dict[str, Any], query_id: str) -> RawBody:
    from ..gremlin import graphson  # noqa: PLC0415 - brings an engine

    serializer = graphson.serializer_of(params.get("serializer"))
    if isinstance(value, dict):  # GraphSON, as it is
        body = json.loads(graphson.response_body([], query_id, serializer))
        body["result"]["data"] = value
        return RawBody(json.dumps(body).encode(), serializer.mime)
    plain = [_as_gremlin(each) for each in value]
    return RawBody(graphson.response_body(plain, query_id, serializer).encode(), serializer.mime)


def _as_gremlin(value: Any) -> Any:
    """Python's containers as those of the Gremlin engine."""
    from ..gremlin.values import GMap, GSet  # noqa: PLC0415 - brings an engine

    if isinstance(value, dict):
        return GMap((_as_gremlin(key), _as_gremlin(held)) for key, held in value.items())
    if isinstance(value, set | frozenset):
        return GSet(_as_gremlin(each) for each in value)
    if isinstance(value, list | tuple):
        return [_as_gremlin(each) for each in value]
    return value


def _sparql(value: Any, params: dict[str, Any], query_id: str) -> Answer:
    if isinstance(value, str | bytes):
        body = value.encode() if isinstance(value, str) else value
        return 200, {"Content-Type": params.get("accept") or "text/plain"}, body
    if isinstance(value, bool):
        value = {"head": {}, "boolean": value}
    headers = {"Content-Type": "application/sparql-results+json"}
    return 200, headers, json.dumps(value).encode()


_ANSWERS: Final[dict[str, Callable[[Any, dict[str, Any], str], Any]]] = {
    "opencypher": _opencypher,
    "gremlin": _gremlin,
    "sparql": _sparql,
}


# ---------------------------------------------------------------------------- the call log


def is_first_attempt(headers: Mapping[str, str]) -> bool:
    """Whether a request is the first attempt of its call, as far as its headers say."""
    attempt = headers.get(ATTEMPT, "").replace(" ", "")
    return not attempt or not headers.get(INVOCATION_ID) or "attempt=1" in attempt.split(";")


def describe_outcome(answer: Answer | BaseException) -> tuple[str, str, int]:
    """The outcome, message and HTTP status of a :class:`Call` that came to this."""
    if isinstance(answer, BaseException):
        return type(answer).__name__, str(answer), 0
    status, headers, body = answer
    code = headers.get("x-amzn-ErrorType")
    if code is None:
        return OK, "", status
    return code, str(json.loads(body).get("detailedMessage", "")), status
