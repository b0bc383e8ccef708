"""The parts of moto and botocore that are hooked, private ones among them, and the hooks.

Imported when moto is; whatever of it is missing is missed here, at import.
"""

from __future__ import annotations

import re
from typing import Any

import moto.backend_index
import moto.backends
import moto.settings
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from moto.core import config
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import MockAWS, botocore_stubber
from moto.core.responses import BaseResponse

from ..hosts import SERVICE, URL_BASES
from . import gateway


def check() -> None:
    """Raises AttributeError for a part that this moto does not have."""
    BaseResponse.request_count  # noqa: B018
    moto.backend_index.backend_url_patterns  # noqa: B018
    moto.backends._import_backend  # noqa: B018, SLF001 - moto's
    botocore_stubber.enabled  # noqa: B018
    botocore_stubber.process_request  # noqa: B018
    botocore_stubber.__call__  # noqa: B018
    MockAWS._nested_count  # noqa: B018, SLF001 - moto's
    moto.settings.INITIAL_NO_AUTH_ACTION_COUNT  # noqa: B018
    moto.settings.TEST_SERVER_MODE  # noqa: B018
    config.passthrough_service  # noqa: B018
    config.passthrough_url  # noqa: B018
    config.service_whitelisted  # noqa: B018


def has_neptunedata() -> bool:
    """Whether moto mocks neptunedata itself."""
    own = set(URL_BASES)
    patterns = moto.backend_index.backend_url_patterns
    return any(name == SERVICE and found.pattern not in own for name, found in patterns)


def hook() -> None:
    """Put this service into moto, and the last gate before the network into botocore."""
    _hook_url_patterns()
    _hook_get_backend()
    _hook_stubber()
    _hook_session()


def _hook_url_patterns() -> None:
    # In front: a cluster may be called s3-something, which the patterns of S3 match too.
    bases = [(SERVICE, re.compile(base)) for base in URL_BASES]
    moto.backend_index.backend_url_patterns[0:0] = bases


def _hook_get_backend() -> None:
    original = moto.backends._import_backend  # noqa: SLF001 - moto's

    def _import_backend(module_name: str, backends_name: str) -> Any:
        if module_name != SERVICE:
            return original(module_name, backends_name)
        from ..neptunedata.models import neptunedata_backends  # noqa: PLC0415 - brings the backend

        return neptunedata_backends

    moto.backends._import_backend = _import_backend  # noqa: SLF001 - moto's


def _hook_stubber() -> None:
    original = BotocoreStubber.__call__

    def __call__(
        self: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any
    ) -> AWSResponse | None:
        if event_name.startswith(f"before-send.{SERVICE}."):
            return None if gateway.waits_for_session(request) else gateway.answer(request)
        return original(self, event_name, request, **kwargs)

    BotocoreStubber.__call__ = __call__  # type: ignore[method-assign]


def _hook_session() -> None:
    original = URLLib3Session.send

    def send(self: URLLib3Session, request: AWSPreparedRequest) -> Any:
        response = gateway.answer_at_session(self, request)
        return original(self, request) if response is None else response

    URLLib3Session.send = send  # type: ignore[assignment, method-assign]
