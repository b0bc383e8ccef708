"""The Lambda functions that the states of flow.asl.json call, by their names.

Environment: ``NEPTUNE_ENDPOINT`` and ``LOAD_ROLE_ARN``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_neptunedata import NeptuneDataClient


class Throttled(Exception):
    """Neptune has too much to do; the state machine tries again."""


def client() -> NeptuneDataClient:
    # One attempt: the state machine says when to try again.
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client("neptunedata", endpoint_url=os.environ["NEPTUNE_ENDPOINT"], config=config)


def start_load(event: dict[str, Any]) -> dict[str, str]:
    """Start the load of ``source``, to run when the load ``after`` has succeeded."""
    neptune = client()
    try:
        answer = neptune.start_loader_job(
            source=event["source"],
            format="csv",
            s3BucketRegion="us-east-1",
            iamRoleArn=os.environ["LOAD_ROLE_ARN"],
            queueRequest=True,
            dependencies=[event["after"]] if "after" in event else [],
        )
    except neptune.exceptions.ThrottlingException as error:
        raise Throttled(str(error)) from error
    return {"loadId": answer["payload"]["loadId"]}


def load_status(event: dict[str, Any]) -> str:
    """The status of a load, such as ``LOAD_IN_PROGRESS``."""
    neptune = client()
    try:
        payload = neptune.get_loader_job_status(loadId=event["loadId"])["payload"]
    except neptune.exceptions.ThrottlingException as error:
        raise Throttled(str(error)) from error
    status: str = payload["overallStatus"]["status"]
    return status


def explain(event: dict[str, Any]) -> dict[str, str]:
    """Why loads have failed, in the form of an error that Step Functions has caught."""
    neptune = client()
    lines = []
    for name, load_id in event.items():
        payload = neptune.get_loader_job_status(loadId=load_id, details=True, errors=True)[
            "payload"
        ]
        lines.append(f"{name}: {payload['overallStatus']['status']}")
        lines += [f"  {log['errorMessage']}" for log in payload["errors"]["errorLogs"]]
    return {"Error": "LoadFailed", "Cause": "\n".join(lines)}


def count(event: dict[str, Any]) -> dict[str, int]:
    """How many vertices and edges there are."""
    query = "MATCH (n) OPTIONAL MATCH (n)-[e]->() RETURN count(DISTINCT n) AS n, count(e) AS e"
    answer: Any = client().execute_open_cypher_query(openCypherQuery=query)
    (row,) = answer["results"]
    return {"vertices": row["n"], "edges": row["e"]}
