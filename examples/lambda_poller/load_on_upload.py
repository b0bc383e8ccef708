"""Two Lambda functions: one starts a bulk load when a file arrives in S3, one asks how it does.

``on_upload`` is invoked by S3, ``poll`` by whatever waits (a schedule, a queue, Step Functions).
Both end with :class:`TryAgain` where the same event should be sent once more.

Environment: ``NEPTUNE_ENDPOINT`` (``https://<cluster endpoint>:8182``) and ``LOAD_ROLE_ARN``.
"""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_neptunedata import NeptuneDataClient
    from mypy_boto3_neptunedata.literals import FormatType

#: The loader's format of a file, by how its name ends.
FORMATS: dict[str, FormatType] = {
    ".csv": "csv",
    ".nt": "ntriples",
    ".rdf": "rdfxml",
    ".ttl": "turtle",
}
ACTIVE = ("LOAD_IN_QUEUE", "LOAD_NOT_STARTED", "LOAD_IN_PROGRESS")
RETRYABLE = ("ThrottlingException", "TooManyRequestsException", "ServerShutdownException")


class TryAgain(Exception):
    """Not yet: send the same event again later."""


class LoadFailed(Exception):
    """The load ended without having loaded everything; says why."""


def client() -> NeptuneDataClient:
    # One attempt: to wait inside a function costs money, and the event is sent again anyway.
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client("neptunedata", endpoint_url=os.environ["NEPTUNE_ENDPOINT"], config=config)


def on_upload(event: dict[str, Any], context: object = None) -> dict[str, list[str]]:
    """Start a load of each object of an S3 event; gives the ids of the loads."""
    load_ids = []
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])  # S3 writes "my file" as "my+file"
        if PurePosixPath(key).suffix in FORMATS:
            load_ids.append(_start(f"s3://{bucket}/{key}", record["awsRegion"]))
    return {"loadIds": load_ids}


def _start(source: str, region: str) -> str:
    neptune = client()
    try:
        answer = neptune.start_loader_job(
            source=source,
            format=FORMATS[PurePosixPath(source).suffix],
            s3BucketRegion=region,  # type: ignore[arg-type]
            iamRoleArn=os.environ["LOAD_ROLE_ARN"],
            failOnError=False,
            queueRequest=True,  # a second file may arrive while the first is being loaded
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in RETRYABLE:
            raise TryAgain(f"{source}: {error}") from error
        raise
    return answer["payload"]["loadId"]


def poll(event: dict[str, Any], context: object = None) -> dict[str, Any]:
    """How a load ended. Raises TryAgain while it has not, LoadFailed with what went wrong."""
    load_id = event["loadId"]
    try:
        payload = client().get_loader_job_status(
            loadId=load_id, details=True, errors=True, errorsPerPage=3
        )["payload"]
    except ClientError as error:
        if error.response["Error"]["Code"] in RETRYABLE:
            raise TryAgain(f"{load_id}: {error}") from error
        raise
    overall = payload["overallStatus"]
    if overall["status"] in ACTIVE:
        raise TryAgain(f"{load_id} is {overall['status']}")
    if overall["status"] != "LOAD_COMPLETED":
        logs = payload["errors"]["errorLogs"]
        told = [f"{log['errorCode']} in {log['fileName']}: {log['errorMessage']}" for log in logs]
        raise LoadFailed("\n  ".join([f"{load_id} is {overall['status']}", *told]))
    return {"loadId": load_id, "records": overall["totalRecords"]}
