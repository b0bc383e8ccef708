"""Sending a request past every client, and what every answer must be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from moto_neptunedata import Neptune, service_model
from moto_neptunedata.hooks import gateway
from moto_neptunedata.management.ml import KINDS

from .malformed import Sent


class Answered(NamedTuple):
    """An answer, however it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send_in_process(sent: Sent) -> Answered:
    """Send as botocore does, but without its checks of the request."""
    headers = HTTPHeaders()
    for name, value in {"Host": sent.host, **sent.headers}.items():
        headers[name] = value
    url = f"https://{sent.host}{sent.path}" + (f"?{sent.query}" if sent.query else "")
    response = gateway.answer(AWSPreparedRequest(sent.method, url, headers, sent.body, False))
    assert response is not None
    return Answered(response.status_code, response.headers, response.content)


def check(answered: Answered) -> str | None:
    """The code of an error, None for a success; AssertionError for anything else."""
    found = {name.lower(): value for name, value in answered.headers.items()}
    code = found.get("x-amzn-errortype")
    if code is None:
        assert answered.status in (200, 204), answered
        return None
    assert service_model.error_statuses()[code] == answered.status, answered
    assert found["content-type"] == "application/json"
    body = json.loads(answered.body)
    assert sorted(body) == ["code", "detailedMessage", "message", "requestId"]
    assert body["code"] == code
    assert body["requestId"] == found["x-amzn-requestid"]
    assert isinstance(body["message"], str)
    assert body["message"]
    return code


def digest(neptune: Neptune) -> dict[Any, Any]:
    """The state of every cluster that holds something: data, loads, other jobs and settings."""
    return {
        cluster.key: (
            cluster.graph.log.last_num,
            cluster.rdf.log.last_num,
            [(job.id, job.status) for job in cluster.jobs],
            [
                (resource.id, dict(resource.params), resource.clock.status)
                for kind in KINDS
                for resource in cluster.management.ml.resources(kind.clock).values()
            ],
            cluster.management.index_rebuilds.ids(),
            cluster.management.is_healthy,
            cluster.management.statistics.status(),
            replace(cluster.settings),
        )
        for cluster in neptune.clusters()
        if cluster.graph.log.last_num or cluster.rdf.log.last_num or cluster.jobs
    }
