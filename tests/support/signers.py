"""Users and roles of moto's IAM with policies, and requests that they sign."""

from __future__ import annotations

import json
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

#: The arguments of a client, or of :func:`signed`.
Keys = dict[str, str]

ALLOW_ALL: dict[str, Any] = {"Effect": "Allow", "Action": "neptune-db:*", "Resource": "*"}


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    """A statement that allows actions, with or without their prefix."""
    named = [action if ":" in action else f"neptune-db:{action}" for action in actions]
    return {"Effect": "Allow", "Action": named, "Resource": "*", **more}


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    """A statement that denies them."""
    return {**allow(*actions, **more), "Effect": "Deny"}


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def user(*statements: dict[str, Any], name: str = "ann") -> Keys:
    """A new user with an inline policy, if there is anything in it; gives its keys."""
    iam = boto3.client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return keys_of(key)


def role(*statements: dict[str, Any], name: str = "reader", **how: Any) -> str:
    """A new role that everybody may assume; gives its ARN."""
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    how = {"AssumeRolePolicyDocument": document(trust), **how}
    arn = str(iam.create_role(RoleName=name, **how)["Role"]["Arn"])
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    return arn


def assumed(arn: str, **how: Any) -> Keys:
    """The keys of a session of a role."""
    sts = boto3.client("sts")
    return keys_of(sts.assume_role(RoleArn=arn, RoleSessionName="me", **how)["Credentials"])


def keys_of(made: Any) -> Keys:
    """The arguments of a client with these credentials."""
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made.get("SessionToken"),
    }
    return {name: value for name, value in keys.items() if value}


def client_of(keys: Keys, endpoint: str | None = None, region: str = "us-east-1") -> Any:
    """A client with these keys."""
    made: Any = boto3.client(  # type: ignore[call-overload]
        "neptunedata", region_name=region, endpoint_url=endpoint, **keys
    )
    return made


def signature(
    keys: Keys,
    method: str,
    url: str,
    data: str = "",
    headers: dict[str, str] | None = None,
    service: str = "neptune-db",
    region: str = "us-east-1",
) -> dict[str, str]:
    """The headers of a signed request."""
    credentials = Credentials(
        keys["aws_access_key_id"], keys["aws_secret_access_key"], keys.get("aws_session_token")
    )
    request = AWSRequest(method, url, headers=headers or {}, data=data)
    SigV4Auth(credentials, service, region).add_auth(request)
    return dict(request.headers.items())


def send(
    keys: Keys,
    method: str,
    url: str,
    data: str = "",
    headers: dict[str, str] | None = None,
    **how: Any,
) -> requests.Response:
    """Send a signed request past boto3."""
    signed = signature(keys, method, url, data, headers, **how)
    return requests.request(method, url, data=data or None, headers=signed)
