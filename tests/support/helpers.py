"""What many tests do: put objects, start loads, follow them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

ROLE = "arn:aws:iam::123456789012:role/NeptuneLoadFromS3"
VERTICES = b"~id,~label,name:String,age:Int\nv1,person,Ann,30\nv2,person,Bob,40\n"
EDGES = b"~id,~from,~to,~label,weight:Double\ne1,v1,v2,knows,0.5\n"


def put(bucket: str = "data", region: str = "us-east-1", **objects: bytes) -> None:
    """Put objects, named with ``__`` for a slash and ``_`` for a dot, making the bucket."""
    s3 = boto3.client("s3", region_name=region)
    where = {} if region == "us-east-1" else {"LocationConstraint": region}
    if bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {}))
    for name, body in objects.items():
        s3.put_object(Bucket=bucket, Key=name.replace("__", "/").replace("_", "."), Body=body)


def start(client: Any, source: str = "s3://data/", **parameters: Any) -> str:
    """Start a load, its required parameters filled in; gives the load id."""
    needed = {
        "source": source,
        "format": "csv",
        "s3BucketRegion": "us-east-1",
        "iamRoleArn": ROLE,
    }
    answer = client.start_loader_job(**{**needed, **parameters})
    assert answer["status"] == "200 OK"
    return str(answer["payload"]["loadId"])


def status(client: Any, load_id: str) -> str:
    """The overall status of a load; asking moves it."""
    payload = client.get_loader_job_status(loadId=load_id)["payload"]
    return str(payload["overallStatus"]["status"])


def finish(client: Any, load_id: str, **flags: Any) -> dict[str, Any]:
    """Ask until the load has ended; gives the last payload."""
    for _ in range(500):
        payload: dict[str, Any] = client.get_loader_job_status(loadId=load_id, **flags)["payload"]
        if payload["overallStatus"]["status"] not in (
            "LOAD_IN_QUEUE",
            "LOAD_NOT_STARTED",
            "LOAD_IN_PROGRESS",
        ):
            return payload
    raise AssertionError("the load never ends")


@contextmanager
def moto_server() -> Iterator[str]:
    """moto's server in this process; gives its URL."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
