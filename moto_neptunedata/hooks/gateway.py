"""How requests of this service that botocore is about to send are answered in this process.

Imported when moto is; what answers is imported by the first request, because it brings moto's IAM
and with that half of moto.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto import settings
from moto.core import config
from moto.core.botocore_stubber import MockRawResponse
from moto.core.exceptions import ServiceNotWhitelisted
from moto.core.models import MockAWS, ServerModeMockAWS, botocore_stubber
from moto.moto_api import recorder

from ..hosts import HOST_HEADER, SERVICE
from ..neptunedata.http import HttpRequest
from ..neptunedata.strict_endpoints import UnknownEndpoint, unreachable
from ..testing.control_state import CONTROL_STATE
from . import aio

if TYPE_CHECKING:
    from ..neptunedata.context import RequestContext


def answer_at_session(session: Any, request: AWSPreparedRequest) -> AWSResponse | None:
    """The answer to a request that a session is about to send, None for another service's."""
    if not (getattr(request, _WAITING, False) or _is_neptunedata(request)):
        return None
    return answer(request, _read_timeout(session, request))


def waits_for_session(request: AWSPreparedRequest) -> bool:
    """Whether to answer a request only when its session sends it, where the client's timeout is
    known: when a tester has made calls slow. Clients with other sessions never come there.
    """
    if not CONTROL_STATE.delays or type(request) is not AWSPreparedRequest:
        return False
    setattr(request, _WAITING, True)
    return True


# Marks a request that is ours although it is not signed.
_WAITING: Final = "moto_neptunedata_is_waiting"


def _read_timeout(session: Any, request: AWSPreparedRequest) -> float | None:
    """The read timeout of a client in seconds, None where there is none."""
    context = getattr(request, "context", None) or {}
    timeout = context.get("read_timeout") or getattr(session, "_timeout", None)
    for name in _READ_TIMEOUTS:
        timeout = getattr(timeout, name, timeout)
    return float(timeout) if isinstance(timeout, int | float) else None


# What urllib3, aiohttp and httpx call it in their timeouts.
_READ_TIMEOUTS: Final = ("_read", "sock_read", "read")


def _is_neptunedata(request: AWSPreparedRequest) -> bool:
    authorization = request.headers.get("Authorization", b"")
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    return "/neptune-db/aws4_request" in text


class _Headers(Mapping[str, str]):
    """The headers of a prepared request, in any case, as text; each is read when asked for."""

    __slots__ = ("_headers", "_names")

    def __init__(self, headers: Any) -> None:
        self._headers = headers
        self._names = set(map(str.lower, headers))

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        # botocore signs with bytes and leaves some headers so.
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name.lower() in self._names else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def answer(request: AWSPreparedRequest, read_timeout: float | None = None) -> AWSResponse | None:
    """Answer a request of this service while a mock is active; None lets botocore go on.

    ``read_timeout`` is the client's, in seconds, where that is known. Raises botocore's
    ReadTimeoutError and EndpointConnectionError where a tester has provoked that.
    """
    if not botocore_stubber.enabled:
        _send_to_test_server(request)
        return None
    url = str(request.url)
    parts = urlsplit(url)
    if not _is_mocked(f"{parts.scheme}://{parts.netloc}{parts.path}"):
        return None
    from ..neptunedata.context import RequestContext  # noqa: PLC0415 - brings moto's IAM

    headers = _Headers(request.headers)
    context = RequestContext.of(headers, parts.netloc, read_timeout)
    try:
        return _respond(request, parts, headers, context)
    except UnknownEndpoint as error:
        raise unreachable(url, error) from None


def _respond(
    request: AWSPreparedRequest,
    parts: SplitResult,
    headers: _Headers,
    context: RequestContext,
) -> AWSResponse:
    from ..neptunedata.context import NEVER  # noqa: PLC0415 - brings moto's IAM
    from ..neptunedata.responses import NeptuneDataResponse  # noqa: PLC0415 - brings moto's IAM

    if recorder._user_enabled or settings.INITIAL_NO_AUTH_ACTION_COUNT != NEVER:  # noqa: SLF001 - moto's
        status, answered, body = _through_moto(request, headers, context)
    else:
        content: Any = request.body or b""
        if hasattr(content, "read"):
            content = content.read()
        plain = HttpRequest(
            str(request.method),
            parts.path,
            parts.query,
            headers,
            content.encode() if isinstance(content, str) else content,
        )
        status, answered, body = NeptuneDataResponse.answer(plain, context)
    response = AWSResponse(str(request.url), status, answered, MockRawResponse(body))
    if aio.is_used():
        aio.adapt(response, body if isinstance(body, bytes) else str(body).encode())
    return response


def _is_mocked(clean_url: str) -> bool:
    """Whether moto's configuration lets this service be mocked."""
    if config.passthrough_url(clean_url) or config.passthrough_service(SERVICE):
        return False
    if not config.service_whitelisted(SERVICE):
        raise ServiceNotWhitelisted(SERVICE)
    return True


def _through_moto(
    request: AWSPreparedRequest, headers: _Headers, context: RequestContext
) -> tuple[int, Any, Any]:
    """Let moto dispatch the request, for its recorder and its IAM, under a host that it knows."""
    plain = HTTPHeaders()
    for name, value in headers.items():
        plain[name] = value
    plain[HOST_HEADER] = context.host
    parts = urlsplit(str(request.url))
    url = urlunsplit(parts._replace(netloc=f"neptune-db.{context.region}.amazonaws.com"))
    moved = AWSPreparedRequest(str(request.method), url, plain, request.body, request.stream_output)
    answered: Any = botocore_stubber.process_request(moved)
    return answered  # type: ignore[no-any-return]


def _send_to_test_server(request: AWSPreparedRequest) -> None:
    """In TEST_SERVER_MODE a client with a cluster endpoint goes to the server as well."""
    started = ServerModeMockAWS._nested_count or MockAWS._nested_count  # noqa: SLF001 - moto's
    if not settings.TEST_SERVER_MODE or not started:
        return
    parts = urlsplit(str(request.url))
    server = urlsplit(settings.test_server_mode_endpoint())
    if parts.netloc != server.netloc:
        request.headers["Host"] = parts.netloc
        request.url = urlunsplit(parts._replace(scheme=server.scheme, netloc=server.netloc))
