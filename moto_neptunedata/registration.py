"""How this service gets into moto: the only module that touches moto's private parts.

moto has no plug-in mechanism. Four things are hooked, once, when moto is imported:

- ``moto.backend_index.backend_url_patterns`` gets our hosts, in front, in place;
- ``moto.backends._import_backend`` is wrapped, so that ``get_backend("neptunedata")`` finds ours;
- ``BotocoreStubber.__call__``, which moto has botocore call before each request, is wrapped: a
  request of this service is answered whatever its endpoint, and past moto's URL matching;
- ``botocore.httpsession.URLLib3Session.send`` is wrapped as the last gate: a request of this
  service by a client that was made before moto was imported is answered there, so that nothing
  reaches the network; aiobotocore's sessions likewise, by :mod:`.aio`.

If moto has no such parts any more, :class:`UnsupportedMotoError` says which versions are supported.
"""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from . import aio
from .hosts import URL_BASES
from .testing.strictness import UnknownEndpoint, unreachable

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from .neptunedata.responses import NeptuneDataResponse
    from .neptunedata.wire import HttpRequest

SERVICE: Final = "neptunedata"

#: What moto must be; tested with the oldest and the newest of these.
SUPPORTED_MOTO: Final = "moto 5.0.16 or newer"

_lock = RLock()
_state: dict[str, bool] = {"registered": False, "stepped_aside": False}


class UnsupportedMotoError(ImportError):
    """The installed moto lacks a part that this package needs."""

    def __init__(self, lacking: str) -> None:
        super().__init__(
            f"moto_neptunedata cannot work with the installed moto: it has no {lacking}. "
            f"Supported is {SUPPORTED_MOTO}; install another moto, or a newer moto_neptunedata."
        )


# ---------------------------------------------------------------------------- installing


def install() -> None:
    """Register as soon as moto is imported, or now if it is already."""
    for module, hook in _HOOKS.items():
        if module in sys.modules:
            hook()
    if not any(isinstance(finder, _MotoFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _MotoFinder())


class _MotoFinder(MetaPathFinder):
    """Calls a hook when the import of one of moto's modules is over."""

    def __init__(self) -> None:
        self._waiting = {module for module in _HOOKS if module not in sys.modules}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._waiting:
            return None
        self._waiting.remove(fullname)  # so that the search below does not come back here
        from importlib.util import find_spec

        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _HookingLoader(spec.loader, _HOOKS[fullname])
        return spec


class _HookingLoader(Loader):
    def __init__(self, loader: Loader, hook: Callable[[], None]) -> None:
        self._loader = loader
        self._hook = hook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._hook()


def register() -> None:
    """Hook this service into moto; doing it again does nothing.

    Raises :class:`UnsupportedMotoError` when moto lacks what is hooked. Steps aside with a warning
    when moto has a neptunedata of its own.
    """
    with _lock:
        try:
            parts = _moto_parts()  # the first import of moto comes back here, by its hook
        except UnsupportedMotoError:
            raise
        except (ImportError, AttributeError) as error:
            raise UnsupportedMotoError(str(error)) from error
        if _state["registered"] or _state["stepped_aside"]:
            return
        own = set(URL_BASES)
        if any(name == SERVICE and found.pattern not in own for name, found in parts.url_patterns):
            _state["stepped_aside"] = True
            warnings.warn(
                "The installed moto mocks neptunedata itself, so moto_neptunedata stays out of its "
                "way: uninstall one of the two.",
                stacklevel=2,
            )
            return
        _hook_url_patterns(parts.url_patterns)
        _hook_get_backend()
        _hook_stubber()
        _hook_session()
        _state["registered"] = True


def hook_server() -> None:
    """Let moto's server send requests for Neptune's paths that are signed for nobody here instead
    of to S3, and those that are signed for Neptune whatever their region.
    """
    register()
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    original = DomainDispatcherApplication.infer_service_region_host
    if getattr(original, "knows_neptunedata", False) or not is_registered():
        return

    def infer_service_region_host(self: Any, environ: dict[str, Any], path: str) -> str | None:
        if _is_for_us(environ, path):
            return "neptune-db.us-east-1.amazonaws.com"  # only to find the application by
        return original(self, environ, path)

    infer_service_region_host.knows_neptunedata = True  # type: ignore[attr-defined]
    DomainDispatcherApplication.infer_service_region_host = (  # type: ignore[method-assign]
        infer_service_region_host
    )
    plain_call = DomainDispatcherApplication.__call__

    def __call__(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
        if "HTTP_UPGRADE" in environ:
            from . import gremlin_server

            if gremlin_server.is_upgrade(environ):
                _hook_server_stop()
                host = str(environ.get("HTTP_HOST", ""))
                context = RequestContext.of(_environ_headers(environ), host)
                return gremlin_server.serve(environ, start_response, context)
        return plain_call(self, environ, start_response)

    DomainDispatcherApplication.__call__ = __call__  # type: ignore[method-assign]


def _environ_headers(environ: dict[str, Any]) -> Mapping[str, str]:
    from werkzeug.datastructures import EnvironHeaders

    return EnvironHeaders(environ)  # type: ignore[return-value]


@lru_cache(maxsize=1)
def _hook_server_stop() -> None:
    """Have a server in this process that stops end its WebSockets, in which it has no part."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    from . import gremlin_server

    plain_stop = ThreadedMotoServer.stop

    def stop(self: ThreadedMotoServer) -> None:
        _, port = self.get_host_and_port()
        plain_stop(self)
        gremlin_server.close_all(port)

    ThreadedMotoServer.stop = stop  # type: ignore[method-assign]


def _is_for_us(environ: Mapping[str, Any], path: str) -> bool:
    """Whether a request of moto's server is Neptune's: as it is signed, else by host or path."""
    authorization = str(environ.get("HTTP_AUTHORIZATION", ""))
    signed = _SIGNED_FOR.search(authorization)
    if signed is not None:
        return signed["service"] == "neptune-db"
    # The old signature of S3 says nothing of a service; what else there may be does not count.
    return not authorization.startswith("AWS ") and _is_neptune_request(environ, path)


_SIGNED_FOR: Final = re.compile(r"Credential=[^/,\s]*/[^/,\s]+/[^/,\s]+/(?P<service>[^/,\s]+)/")


def _is_neptune_request(environ: Mapping[str, Any], path: str) -> bool:
    """Whether an unsigned request is Neptune's by its host, or by its path and no bucket's."""
    host = f"http://{environ.get('HTTP_HOST', '')}"
    if any(re.match(base, host) for base in URL_BASES):
        return True
    from moto.s3.models import s3_backends

    from .neptunedata.wire import is_known_path

    bucket = path.strip("/").partition("/")[0]
    return is_known_path(path) and bucket not in s3_backends.bucket_accounts


def _hook_moto_api() -> None:
    """Let moto's own API answer ``/moto-api/neptunedata/…`` too."""
    from moto.moto_api._internal import urls

    from .testing import http_paths

    urls.url_paths.update(dict.fromkeys(http_paths.URL_PATHS, http_paths.answer))


def _hook_async_session(module: str) -> None:
    """The last gate for aiobotocore, as :func:`_hook_session` is for botocore."""
    aio.hook_session(module, _answer_at_gate)


_HOOKS: Final[dict[str, Callable[[], None]]] = {
    "moto": register,
    "moto.moto_api._internal.urls": _hook_moto_api,
    "moto.moto_server.werkzeug_app": hook_server,
    **{module: partial(_hook_async_session, module) for module in aio.SESSIONS},
}


def is_registered() -> bool:
    """Whether this package serves neptunedata (False when moto does it itself)."""
    return _state["registered"]


class _Parts(NamedTuple):
    url_patterns: list[tuple[str, re.Pattern[str]]]


def _moto_parts() -> _Parts:
    """Look at every private part once, so that what is missing is told at import."""
    import moto.backend_index
    import moto.backends
    import moto.core.models
    import moto.settings
    from moto.core.botocore_stubber import MockRawResponse  # noqa: F401
    from moto.core.config import (  # noqa: F401
        passthrough_service,
        passthrough_url,
        service_whitelisted,
    )
    from moto.core.responses import BaseResponse

    BaseResponse.request_count  # noqa: B018
    moto.backends._import_backend  # noqa: B018
    moto.core.models.botocore_stubber.enabled  # noqa: B018
    moto.core.models.botocore_stubber.process_request  # noqa: B018
    moto.core.models.botocore_stubber.__call__  # noqa: B018
    moto.core.models.MockAWS._nested_count  # noqa: B018
    moto.settings.INITIAL_NO_AUTH_ACTION_COUNT  # noqa: B018
    moto.settings.TEST_SERVER_MODE  # noqa: B018
    return _Parts(moto.backend_index.backend_url_patterns)


def _hook_url_patterns(patterns: list[tuple[str, re.Pattern[str]]]) -> None:
    # In front: a cluster may be called s3-something, which the patterns of S3 match too.
    patterns[0:0] = [(SERVICE, re.compile(base)) for base in URL_BASES]


def _hook_get_backend() -> None:
    import moto.backends

    original = moto.backends._import_backend

    def _import_backend(module_name: str, backends_name: str) -> Any:
        if module_name != SERVICE:
            return original(module_name, backends_name)
        from .neptunedata.models import neptunedata_backends

        return neptunedata_backends

    moto.backends._import_backend = _import_backend


def _hook_stubber() -> None:
    from moto.core.botocore_stubber import BotocoreStubber

    original = BotocoreStubber.__call__

    def __call__(
        self: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any
    ) -> AWSResponse | None:
        if event_name.startswith(f"before-send.{SERVICE}."):
            return None if _waits_for_session(request) else answer(request)
        return original(self, event_name, request, **kwargs)

    BotocoreStubber.__call__ = __call__  # type: ignore[method-assign]


def _hook_session() -> None:
    from botocore.httpsession import URLLib3Session

    original = URLLib3Session.send

    def send(self: URLLib3Session, request: AWSPreparedRequest) -> Any:
        response = _answer_at_gate(self, request)
        return original(self, request) if response is None else response

    URLLib3Session.send = send  # type: ignore[assignment, method-assign]


def _answer_at_gate(session: Any, request: AWSPreparedRequest) -> AWSResponse | None:
    """The answer to a request that a session is about to send, if it is this service's."""
    is_ours = getattr(request, _WAITING, False) or _is_ours(request)
    if not is_ours or not is_registered():
        return None
    return answer(request, _read_timeout(session, request))


def _waits_for_session(request: AWSPreparedRequest) -> bool:
    """Whether to answer a request only when its session sends it, where the client's timeout is
    known: when a tester has made calls slow. Clients with other sessions never come there.
    """
    models = sys.modules.get("moto_neptunedata.neptunedata.models")
    if models is None or not models.neptunedata_backends.bench.delays:
        return False
    from botocore.awsrequest import AWSPreparedRequest

    if type(request) is not AWSPreparedRequest:
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


def _is_ours(request: AWSPreparedRequest) -> bool:
    authorization = request.headers.get("Authorization", b"")
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    return "/neptune-db/aws4_request" in text


# ---------------------------------------------------------------------------- answering


class _Used(NamedTuple):
    """What answering a request takes; imported by the first one, because IAM is heavy."""

    settings: Any
    stubber: Any
    config: Any
    recorder: Any
    iam: Any
    iam_counter: Any
    response: Any
    raw_response: Any
    not_whitelisted: type[Exception]
    service: type[NeptuneDataResponse]
    http_request: type[HttpRequest]


@lru_cache(maxsize=1)
def _used() -> _Used:
    import moto.core.config
    import moto.iam.models
    from botocore.awsrequest import AWSResponse
    from moto import settings
    from moto.core.botocore_stubber import MockRawResponse
    from moto.core.exceptions import ServiceNotWhitelisted
    from moto.core.models import botocore_stubber
    from moto.core.responses import ActionAuthenticatorMixin  # type: ignore[attr-defined]
    from moto.moto_api import recorder

    from .neptunedata.responses import NeptuneDataResponse
    from .neptunedata.wire import HttpRequest

    return _Used(
        settings,
        botocore_stubber,
        moto.core.config,
        recorder,
        moto.iam.models,
        ActionAuthenticatorMixin,
        AWSResponse,
        MockRawResponse,
        ServiceNotWhitelisted,
        NeptuneDataResponse,
        HttpRequest,
    )


class RequestContext(NamedTuple):
    """Whom a request comes from and where it goes."""

    account_id: str
    region: str
    host: str
    #: How long the client waits for an answer, in seconds, where that is known.
    read_timeout: float | None = None
    #: The access key that the request is signed with, right or wrong; empty without a signature.
    access_key: str = ""

    @classmethod
    def of(
        cls, headers: Mapping[str, str], netloc: str, read_timeout: float | None = None
    ) -> RequestContext:
        """Read the account and region as moto does; a Host header goes before the URL."""
        match = _CREDENTIAL.search(headers.get("Authorization", ""))
        access_key = match["key"] if match else ""
        region = match["region"] if match else os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
        account_id = (
            os.environ.get("MOTO_ACCOUNT_ID")
            or headers.get("x-moto-account-id")
            or _account_of(access_key, region)
        )
        host = headers.get(HOST_HEADER) or headers.get("Host") or netloc
        return cls(account_id, region, host, read_timeout, access_key)


#: Names the host that a request was sent to where moto has to see another (_through_moto).
HOST_HEADER: Final = "X-Moto-Neptunedata-Host"
_CREDENTIAL: Final = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]+)/")


def _account_of(access_key: str, region: str) -> str:
    """The account that an access key belongs to, in which it is marked as used."""
    iam = _used().iam
    # Account by account as moto does it, but without making IAM backends on the way.
    for account_id, account in list(iam.iam_backends.items()):
        for backend in list(account.values()):
            if access_key in backend.access_keys:
                iam.mark_account_as_visited(account_id, access_key, SERVICE, region)
                return str(account_id)
    return str(iam.DEFAULT_ACCOUNT_ID)


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
    from moto.core.models import botocore_stubber

    if not botocore_stubber.enabled:
        _send_to_test_server(request)
        return None
    used = _used()
    url = str(request.url)
    parts = urlsplit(url)
    if not _is_mocked(used, f"{parts.scheme}://{parts.netloc}{parts.path}"):
        return None
    headers = _Headers(request.headers)
    context = RequestContext.of(headers, parts.netloc, read_timeout)
    try:
        return _answered(used, request, parts, headers, context)
    except UnknownEndpoint as error:
        raise unreachable(url, error) from None


def _answered(
    used: _Used,
    request: AWSPreparedRequest,
    parts: SplitResult,
    headers: _Headers,
    context: RequestContext,
) -> AWSResponse:
    if used.recorder._user_enabled or used.settings.INITIAL_NO_AUTH_ACTION_COUNT != _NEVER:
        status, answered, body = _through_moto(request, headers, context)
    else:
        content: Any = request.body or b""
        if hasattr(content, "read"):
            content = content.read()
        plain = used.http_request(
            str(request.method),
            parts.path,
            parts.query,
            headers,
            content.encode() if isinstance(content, str) else content,
        )
        status, answered, body = used.service.answer(plain, context)
    response = used.response(str(request.url), status, answered, used.raw_response(body))
    if aio.is_used():
        aio.adapt(response, body if isinstance(body, bytes) else str(body).encode())
    return response  # type: ignore[no-any-return]


# moto's number of requests before IAM is enforced, when it is not.
_NEVER: Final = float("inf")


def _is_mocked(used: _Used, clean_url: str) -> bool:
    """Whether moto's configuration lets this service be mocked."""
    config = used.config
    if config.passthrough_url(clean_url) or config.passthrough_service(SERVICE):
        return False
    if not config.service_whitelisted(SERVICE):
        raise used.not_whitelisted(SERVICE)
    return True


def _through_moto(
    request: AWSPreparedRequest, headers: _Headers, context: RequestContext
) -> tuple[int, Any, Any]:
    """Let moto dispatch the request, for its recorder and its IAM, under a host that it knows."""
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.compat import HTTPHeaders

    plain = HTTPHeaders()
    for name, value in headers.items():
        plain[name] = value
    plain[HOST_HEADER] = context.host
    parts = urlsplit(str(request.url))
    url = urlunsplit(parts._replace(netloc=f"neptune-db.{context.region}.amazonaws.com"))
    moved = AWSPreparedRequest(str(request.method), url, plain, request.body, request.stream_output)
    answered: tuple[int, Any, Any] = _used().stubber.process_request(moved)
    return answered


def _send_to_test_server(request: AWSPreparedRequest) -> None:
    """In TEST_SERVER_MODE a client with a cluster endpoint goes to the server as well."""
    from moto import settings
    from moto.core.models import MockAWS, ServerModeMockAWS

    started = ServerModeMockAWS._nested_count or MockAWS._nested_count
    if not settings.TEST_SERVER_MODE or not started:
        return
    parts = urlsplit(str(request.url))
    server = urlsplit(settings.test_server_mode_endpoint())
    if parts.netloc != server.netloc:
        request.headers["Host"] = parts.netloc
        request.url = urlunsplit(parts._replace(scheme=server.scheme, netloc=server.netloc))


def iam_is_due() -> bool:
    """Whether moto is told to hold this request against IAM; see moto's
    ``set_initial_no_auth_action_count``, of whose count a request before that is one.
    """
    allowed = _used().settings.INITIAL_NO_AUTH_ACTION_COUNT
    if allowed == _NEVER:
        return False
    counter = _used().iam_counter
    if counter.request_count >= allowed:
        return True
    counter.request_count += 1
    return False


# ---------------------------------------------------------------------------- S3


def open_s3_key(key: Any, changed: Exception) -> BinaryIO:
    """A stream over the buffer of one of moto's S3 keys, without a copy of it.

    ``changed`` is raised when the key is overwritten while it is read.
    """
    if not hasattr(key, "_value_buffer"):  # a moto that keeps its bytes elsewhere
        return io.BytesIO(key.value)
    return io.BufferedReader(_KeyStream(key, changed), 1 << 20)


class _KeyStream(io.RawIOBase):
    def __init__(self, key: Any, changed: Exception) -> None:
        self._key = key
        self._changed = changed
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            with self._key.lock:
                self._key._value_buffer.seek(self._position)
                chunk = self._key._value_buffer.read(len(into))
        except ValueError:  # closed: moto disposes of the buffer of a key that is replaced
            raise self._changed from None
        into[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)


# ---------------------------------------------------------------------------- state


def bench() -> Any:
    """What testers have set up, for all clusters; moto's next reset will forget it."""
    _check_own_process()
    from .neptunedata.models import neptunedata_backends

    neptunedata_backends[_used().iam.DEFAULT_ACCOUNT_ID]  # moto resets what has been used
    return neptunedata_backends.bench


def active_backends() -> Iterator[Any]:
    """The backends of every account and region that have been used since the last reset."""
    from .neptunedata.models import neptunedata_backends

    for account in list(neptunedata_backends.values()):
        yield from list(account.values())


def mock_aws(config: Any = None) -> Any:
    """moto's own mock object: in process, for its server or for its proxy, as moto is told."""
    import moto

    register()
    return moto.mock_aws(config=config)


def locate(host: str) -> tuple[Any, Any, str | None]:
    """The backends, and what a host tells of cluster and region; see ``neptunedata.endpoint``.

    Raises RuntimeError where the data is in another process.
    """
    _check_own_process()
    from .neptunedata.endpoint import parse_host
    from .neptunedata.models import neptunedata_backends

    endpoint = parse_host(host)
    return neptunedata_backends, endpoint, endpoint.region


def _check_own_process() -> None:
    from moto import settings

    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        raise RuntimeError(
            "The mocked clusters are in moto's server or proxy, a process of its own: "
            "look at them over HTTP, for example with boto3."
        )
