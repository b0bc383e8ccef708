"""Who sends a request, and whether moto's IAM lets them do it.

Keys, users, groups, roles and policies are those of moto's IAM and STS, which also check the
signature; what the policies say is decided by :mod:`.iam_policies`. Nothing here changes anything.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final, NamedTuple

from moto.core.exceptions import SignatureDoesNotMatchError
from moto.core.utils import utcnow
from moto.iam.access_control import CreateAccessKeyFailure, IAMRequest, create_access_key
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from ..errors import NeptuneError
from .http import HttpRequest
from .iam_conditions import Facts
from .iam_policies import Document, decide

#: Why a request is refused, always with AccessDeniedException; sources in docs/fidelity.md.
TEXTS: Final = {
    "unsigned": "Missing Authentication Token",
    "malformed": (
        "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature', with "
        "'host' and 'x-amz-date' among the signed headers."
    ),
    "service": "Credential should be scoped to correct service: 'neptune-db'.",
    "region": "Credential should be scoped to a valid region, not '{region}'.",
    "header": "'{name}' is named as a SignedHeader, but it does not exist in the HTTP request.",
    "token": "The security token included in the request is invalid.",
    "expired": "The security token included in the request is expired",
    "signature": (
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details."
    ),
    "denied": (
        "User: {arn} is not authorized to perform: neptune-db:{action} on resource: {resource}"
    ),
    "unevaluated": " ({what} in a policy is not evaluated by this mock)",
}

_SERVICE: Final = "neptune-db"
_AUTHORIZATION: Final = re.compile(
    r"AWS4-HMAC-SHA256\s+(?=.*\bCredential=(?P<key>[^/,\s]+)/(?P<date>\d+)/(?P<region>[^/,\s]+)/"
    r"(?P<service>[^/,\s]+)/aws4_request\b)(?=.*\bSignedHeaders=(?P<signed>[^,\s]+))"
    r"(?=.*\bSignature=[0-9a-f]+)"
)


class Caller(NamedTuple):
    """Who an access key belongs to.

    ``policies`` are those that give permissions, ``limits`` those that each must give them too (a
    permissions boundary, the policy of a session), ``facts`` what conditions can ask of them.
    """

    arn: str
    policies: Sequence[Document]
    limits: Sequence[Document]
    facts: Facts


def authenticate(request: HttpRequest, host: str, account_id: str, region: str) -> Caller:
    """Who has signed a request to the host of a region.

    Raises AccessDeniedException where there is no signature or not the right one, and where moto
    does not know the access key.
    """
    headers = {name.title(): value for name, value in request.headers.items()}
    # Which is part of the signature, and without the port that its scheme has by itself.
    headers["Host"] = re.sub(r":(?:443|80)$", "", host)
    authorization = headers.get("Authorization", "")
    if not authorization.startswith("AWS4-HMAC-SHA256"):
        raise _refusal("unsigned")
    found = _AUTHORIZATION.match(authorization)
    signed = found["signed"].split(";") if found else []
    if found is None or not {"host", "x-amz-date"} <= set(signed):
        raise _refusal("malformed")
    for name in signed:
        if name.title() not in headers:
            raise _refusal("header", name=name)
    if found["service"] != _SERVICE:
        raise _refusal("service")
    if found["region"] != region:
        raise _refusal("region", region=found["region"])
    caller = caller_of(account_id, region, found["key"], headers.get("X-Amz-Security-Token", ""))
    path = f"{request.path}?{request.query}" if request.query else request.path
    try:
        IAMRequest(
            account_id=account_id,
            method=request.method,
            path=path,
            data={},
            body=request.body,
            headers=headers,
            action="",
        ).check_signature()
    except SignatureDoesNotMatchError:
        raise _refusal("signature") from None
    agent = headers.get("User-Agent")
    return caller._replace(facts={**caller.facts, "aws:useragent": (agent,) if agent else ()})


def caller_of(
    account_id: str, region: str, access_key: str, session_token: str | None = None
) -> Caller:
    """Who an access key of moto's IAM or STS belongs to.

    Raises AccessDeniedException for a key that is unknown, inactive or expired, or does not go
    with the session token (empty where there is none); None asks for no token.
    """
    if not access_key:
        raise _refusal("unsigned")
    partition = get_partition(region)
    backend = iam_backends[account_id][partition]
    role = sts_backends[account_id][partition].get_assumed_role_from_access_key(access_key)
    if role is not None:
        return _assumed_role(backend, role, session_token)
    key = backend.access_keys.get(access_key)
    if key is None or key.status != "Active" or session_token:
        raise _refusal("token")
    return _user(backend, key)


class Asked(NamedTuple):
    """What a caller wants to do: actions without their prefix, and what conditions can ask of it.
    ``languages`` are the values of ``neptune-db:QueryLanguage``.
    """

    actions: Sequence[str]
    resource: str
    region: str
    languages: tuple[str, ...]


def authorize(caller: Caller, asked: Asked) -> None:
    """Raises AccessDeniedException for the first action that the caller's policies do not allow."""
    facts = {**caller.facts, **_facts_of(asked)}
    for action in asked.actions:
        for documents in (caller.policies, *((limit,) for limit in caller.limits)):
            decision = decide(documents, f"{_SERVICE}:{action}", asked.resource, facts)
            if decision.effect == "allow":
                continue
            text = TEXTS["denied"].format(arn=caller.arn, action=action, resource=asked.resource)
            if decision.unevaluated:
                text += TEXTS["unevaluated"].format(what=decision.unevaluated)
            raise NeptuneError("AccessDeniedException", text)


def _facts_of(asked: Asked) -> Facts:
    return {
        "neptune-db:querylanguage": asked.languages,
        "aws:requestedregion": (asked.region,),
        **time_facts(),
        # Neptune can be reached over TLS only, and none of these is ever in a request to it.
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        "aws:principalisawsservice": ("false",),
        "aws:tagkeys": (),
    }


def time_facts() -> Facts:
    """The two condition keys that tell the time."""
    now = time.time()
    return {
        "aws:currenttime": (datetime.fromtimestamp(now, timezone.utc).isoformat(),),
        "aws:epochtime": (str(int(now)),),
    }


# ---------------------------------------------------------------------------- principals


def _user(backend: Any, key: Any) -> Caller:
    policies = _documents(_collect(backend, key.access_key_id, {}))
    user = backend.get_user(key.user_name)
    return Caller(
        user.arn,
        policies,
        (),
        {
            "aws:principalarn": (user.arn,),
            "aws:principaltype": ("User",),
            "aws:principalaccount": (backend.account_id,),
            "aws:userid": (user.id,),
            "aws:username": (user.name,),
            **_tags(backend.tagger.list_tags_for_resource(user.arn)["Tags"]),
        },
    )


def _assumed_role(backend: Any, session: Any, session_token: str | None) -> Caller:
    if session_token is not None and session_token != session.session_token:
        raise _refusal("token")
    if session.expiration <= utcnow():
        raise _refusal("expired")
    headers = {"X-Amz-Security-Token": session.session_token}
    policies: list[Document] = []
    limits: list[Document] = []
    role = role_with(backend, session.role_arn)
    if role is not None:  # moto's STS lets roles be assumed that do not exist
        policies = _documents(_collect(backend, session.access_key_id, headers))
        limits = boundary(backend, role)
    if session.policy:
        limits = [*limits, json.loads(session.policy)]
    return Caller(
        session.arn,
        policies,
        limits,
        {
            "aws:principalarn": (session.role_arn,),
            "aws:principaltype": ("AssumedRole",),
            "aws:principalaccount": (backend.account_id,),
            "aws:userid": (session.user_id,) if role else (),
            "aws:username": (),
            **_tags(backend.list_role_tags(role.name, None)[0] if role else ()),
        },
    )


def _collect(backend: Any, access_key: str, headers: dict[str, str]) -> Sequence[Any]:
    """The inline and managed policies of a user and its groups, or of a role, as moto has them."""
    try:
        key = create_access_key(backend.account_id, backend.partition, access_key, headers)
    except CreateAccessKeyFailure:  # a key that its user does not have any more
        raise _refusal("token") from None
    return key.collect_policies()


def role_policies(role: Any) -> list[Document]:
    """The inline and managed policies of a role that nobody has assumed."""
    return _documents([*role.policies.values(), *role.managed_policies.values()])


def role_with(backend: Any, arn: str) -> Any:
    """The role with an ARN, None if there is none."""
    return next((role for role in backend.get_roles() if role.arn == arn), None)


def boundary(backend: Any, role: Any) -> list[Document]:
    """The permissions boundary of a role, if it has one; one that is gone allows nothing."""
    arn = getattr(role, "permissions_boundary_arn", role.permissions_boundary)
    if not arn:
        return []
    policy = backend.managed_policies.get(arn)
    return _documents([policy]) if policy else [{}]


def _documents(policies: Iterable[Any]) -> list[Document]:
    return [json.loads(_text_of(policy)) for policy in policies]


def _text_of(policy: Any) -> str:
    """The JSON of one of moto's policies: a text, a mapping with it, or a managed policy."""
    if isinstance(policy, str):
        return policy
    if isinstance(policy, Mapping):
        return str(policy["policy_document"])
    return str(next(each.document for each in policy.versions if each.is_default))


def _tags(tags: Any) -> Facts:
    return {f"aws:principaltag/{tag['Key']}".lower(): (tag["Value"],) for tag in tags or ()}


def _refusal(kind: str, **names: str) -> NeptuneError:
    return NeptuneError("AccessDeniedException", TEXTS[kind].format(**names))
