"""The cost of a call, of entering the mock and of importing the package, each against its floor.

A call is held against botocore's own floor, a client whose ``before-send`` handler returns a canned
answer, and against other REST-JSON services of moto. The calls take turns, so that a slow moment of
the machine meets all of them; medians are quoted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")

import boto3
from botocore.awsrequest import AWSResponse
from botocore.session import get_session
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse

from moto_neptunedata import mock_neptunedata

CLUSTER = "https://g.cluster-abc.us-east-1.neptune.amazonaws.com:8182"
ROLE = "arn:aws:iam::123456789012:role/r"


def medians(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median seconds of each call, all taken in turn in every round."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 20):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            if number >= 20:  # the first rounds warm up
                found[name].append(time.perf_counter() - begun)
    return {name: statistics.median(values) for name, values in found.items()}


def canned_client(payload: dict[str, Any], endpoint_url: str | None = None) -> Any:
    """A client whose every call is answered with ``payload``, by botocore alone."""
    session = get_session()
    client = session.create_client(
        "neptunedata", region_name="us-east-1", endpoint_url=endpoint_url
    )
    body = json.dumps({"status": "200 OK", "payload": payload}).encode()
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": "r"}

    def answer(request: Any, **kwargs: Any) -> Any:
        return AWSResponse(request.url, 200, headers, MockRawResponse(body))

    # In place of moto's handler, which the client would have too.
    client.meta.events.unregister("before-send", _stubber())
    client.meta.events.register("before-send.neptunedata", answer)
    return client


def _stubber() -> Any:
    from moto.core.models import botocore_stubber

    return botocore_stubber


def bench_calls(rounds: int = 600) -> None:
    """One call of each service inside one mock."""
    with mock_neptunedata():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="bench")
        s3.put_object(Bucket="bench", Key="v.csv", Body=b"~id\nv1\n")
        neptune = boto3.client("neptunedata")
        cluster = boto3.client(
            "neptunedata",
            endpoint_url=CLUSTER,
        )

        def start(client: Any) -> str:
            answer = client.start_loader_job(
                source="s3://bench/", format="csv", s3BucketRegion="us-east-1", iamRoleArn=ROLE
            )
            load_id: str = answer["payload"]["loadId"]
            for _ in range(3):
                client.get_loader_job_status(loadId=load_id)
            return load_id

        load_id, cluster_id = start(neptune), start(cluster)
        payload = neptune.get_loader_job_status(loadId=load_id)["payload"]
        floor, cluster_floor = canned_client(payload), canned_client(payload, CLUSTER)
        osis, mq, iot, functions = map(boto3.client, ("osis", "mq", "iot", "lambda"))
        calls: dict[str, Callable[[], Any]] = {
            "botocore's floor": lambda: floor.get_loader_job_status(loadId=load_id),
            "botocore's floor, cluster endpoint": lambda: cluster_floor.get_loader_job_status(
                loadId=load_id
            ),
            "GetLoaderJobStatus": lambda: neptune.get_loader_job_status(loadId=load_id),
            "GetLoaderJobStatus, cluster endpoint": lambda: cluster.get_loader_job_status(
                loadId=cluster_id
            ),
            "openCypher lookup by id": lambda: neptune.execute_open_cypher_query(
                openCypherQuery="MATCH (n) WHERE id(n) = 'v1' RETURN n"
            ),
            "Gremlin lookup by id": lambda: neptune.execute_gremlin_query(gremlinQuery="g.V('v1')"),
            "osis ListPipelines": osis.list_pipelines,
            "mq ListBrokers": mq.list_brokers,
            "iot ListThings": iot.list_things,
            "lambda ListFunctions": functions.list_functions,
        }
        found = medians(calls, rounds)
    own, cluster_own = found["botocore's floor"], found["botocore's floor, cluster endpoint"]
    print("One call (median)                          µs   × floor")
    for name, seconds in found.items():
        ratio = seconds / (cluster_own if "cluster" in name else own)
        print(f"  {name:38} {seconds * 1e6:6.0f}   {ratio:5.2f}")


def bench_entering(rounds: int = 150) -> None:
    """Entering and leaving the mock, ours and moto's."""

    def enter(mock: Callable[[], Any]) -> Callable[[], None]:
        def call() -> None:
            with mock():
                pass

        return call

    found = medians(
        {"mock_aws": enter(mock_aws), "mock_neptunedata": enter(mock_neptunedata)}, rounds
    )
    print("Entering and leaving (median)              ms   × mock_aws")
    for name, seconds in found.items():
        print(f"  {name:38} {seconds * 1e3:6.2f}   {seconds / found['mock_aws']:5.2f}")


IMPORTS = {
    "after moto": "import boto3, moto.core.models",
    "after boto3": "import boto3",
    "alone": "pass",
}
CODE = """
import time
{before}
begun = time.perf_counter()
import moto_neptunedata
print(time.perf_counter() - begun)
"""


def bench_import(rounds: int = 7) -> None:
    """Importing the package in a fresh interpreter."""
    print("import moto_neptunedata (median)           ms")
    for name, before in IMPORTS.items():
        code = CODE.format(before=before)
        found = [
            float(subprocess.run([sys.executable, "-c", code], capture_output=True).stdout)
            for _ in range(rounds)
        ]
        print(f"  {name:38} {statistics.median(found) * 1e3:6.1f}")


def main() -> None:
    """Print all figures of this file."""
    bench_calls()
    bench_entering()
    bench_import()


if __name__ == "__main__":
    main()
