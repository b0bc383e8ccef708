"""Whom a request comes from and where it goes, and whether moto wants it held against IAM."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import moto.iam.models as iam
from moto import settings
from moto.core.responses import ActionAuthenticatorMixin  # type: ignore[attr-defined]

from ..hosts import HOST_HEADER, SERVICE
from .access import DEFAULT_ACCOUNT


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


_CREDENTIAL: Final = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]+)/")


def _account_of(access_key: str, region: str) -> str:
    """The account that an access key belongs to, in which it is marked as used."""
    # Account by account as moto does it, but without making IAM backends on the way.
    for account_id, account in list(iam.iam_backends.items()):
        for backend in list(account.values()):
            if access_key in backend.access_keys:
                iam.mark_account_as_visited(account_id, access_key, SERVICE, region)
                return str(account_id)
    return DEFAULT_ACCOUNT


#: moto's number of requests before IAM is enforced, when it is not.
NEVER: Final = float("inf")


def is_iam_due() -> bool:
    """Whether moto is told to hold this request against IAM; see moto's
    ``set_initial_no_auth_action_count``, of whose count a request before that is one.
    """
    allowed = settings.INITIAL_NO_AUTH_ACTION_COUNT
    if allowed == NEVER:
        return False
    if ActionAuthenticatorMixin.request_count >= allowed:
        return True
    ActionAuthenticatorMixin.request_count += 1
    return False
