"""How this service gets into moto and botocore.

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

import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from ..control_api import dispatcher, routes
from . import aio

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

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
        parts = _moto_parts()
        if _state["registered"] or _state["stepped_aside"]:
            return
        if parts.has_neptunedata():
            _state["stepped_aside"] = True
            warnings.warn(
                "The installed moto mocks neptunedata itself, so moto_neptunedata stays out of its "
                "way: uninstall one of the two.",
                stacklevel=2,
            )
            return
        parts.hook()
        _state["registered"] = True


def _moto_parts() -> ModuleType:
    """The module of what is hooked, with all of it there. Raises UnsupportedMotoError."""
    try:
        import moto  # noqa: F401, PLC0415 - its first import comes back here, by its hook

        from . import moto_parts  # noqa: PLC0415 - brings moto

        moto_parts.check()
    except UnsupportedMotoError:
        raise
    except (ImportError, AttributeError) as error:
        raise UnsupportedMotoError(str(error)) from error
    return moto_parts


def hook_server() -> None:
    """Let moto's server serve neptunedata; doing it again does nothing."""
    register()
    if is_registered():
        from . import moto_server  # noqa: PLC0415 - brings moto

        moto_server.hook()


def _hook_moto_api() -> None:
    """Let moto's own API answer ``/moto-api/neptunedata/…`` too."""
    urls = sys.modules["moto.moto_api._internal.urls"]
    urls.url_paths.update(dict.fromkeys(routes.URL_PATHS, dispatcher.answer))


def _hook_async_session(module: str) -> None:
    """The last gate for aiobotocore, as :func:`_hook_session` is for botocore."""
    aio.hook_session(module, _answer_at_session)


def _answer_at_session(session: Any, request: AWSPreparedRequest) -> AWSResponse | None:
    if not is_registered():
        return None
    from . import gateway  # noqa: PLC0415 - brings moto

    return gateway.answer_at_session(session, request)


_HOOKS: Final[dict[str, Callable[[], None]]] = {
    "moto": register,
    "moto.moto_api._internal.urls": _hook_moto_api,
    "moto.moto_server.werkzeug_app": hook_server,
    **{module: partial(_hook_async_session, module) for module in aio.SESSIONS},
}


def is_registered() -> bool:
    """Whether this package serves neptunedata (False when moto does it itself)."""
    return _state["registered"]


def mock_aws(config: Any = None) -> Any:
    """moto's own mock object: in process, for its server or for its proxy, as moto is told."""
    register()
    import moto  # noqa: PLC0415 - brings moto

    return moto.mock_aws(config=config)
