"""Other accounts, regions and clusters, readers, and moto's server in this process."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto.server import create_backend_app

ENDPOINT = "https://graph.cluster-abc.us-east-1.neptune.amazonaws.com:8182"
READER = ENDPOINT.replace("cluster-", "cluster-ro-")
PLACES = ("region", "cluster", "account")


def elsewhere(place: str) -> Any:
    """A client of another region, cluster or account than the default ones."""
    if place == "region":
        return boto3.client("neptunedata", region_name="eu-west-1")
    if place == "cluster":
        return boto3.client("neptunedata", endpoint_url=ENDPOINT)
    role = boto3.client("sts").assume_role(
        RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="other"
    )["Credentials"]
    return boto3.client(
        "neptunedata",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )


def writer() -> Any:
    """A client of the cluster that :func:`reader` reads."""
    return boto3.client("neptunedata", endpoint_url=ENDPOINT)


def reader() -> Any:
    """A client of a reader endpoint."""
    return boto3.client("neptunedata", endpoint_url=READER)


class Server:
    """moto's server application for this service, asked directly."""

    def __init__(self) -> None:
        self.app = create_backend_app("neptunedata").test_client()

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Status and JSON of an answer."""
        if body is not None:
            options.update(data=json.dumps(body), content_type="application/json")
        answer = self.app.open(path, method=method, **options)
        return answer.status_code, json.loads(answer.data) if answer.data else None


def refused(call: Any, code: str, **params: Any) -> dict[str, Any]:
    """The response of a call that is refused with this code; everything about it fits."""
    client = call.__self__
    with pytest.raises(getattr(client.exceptions, code)) as caught:
        call(**params)
    response: dict[str, Any] = caught.value.response
    assert response["Error"]["Code"] == response["code"] == code
    assert response["Error"]["Message"] == response["detailedMessage"] != ""
    assert response["requestId"] == response["ResponseMetadata"]["RequestId"]
    return response


def message(call: Any, code: str, **params: Any) -> str:
    """The text with which a call is refused."""
    return str(refused(call, code, **params)["detailedMessage"])
