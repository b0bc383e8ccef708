"""The standalone server at work: a bulk load from S3, a queue behind it, cancelled jobs.

Starts ``moto_neptunedata_server`` on a free port, puts the sample graph of examples/graph into the
mocked S3, loads it with plain boto3, and stops the server again.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

GRAPH = Path(__file__).parent / "graph"
ACTIVE = {"LOAD_IN_QUEUE", "LOAD_NOT_STARTED", "LOAD_IN_PROGRESS"}
LOAD = {
    "source": "s3://railways/",
    "format": "csv",
    "s3BucketRegion": "us-east-1",
    "iamRoleArn": "arn:aws:iam::123456789012:role/NeptuneLoadFromS3",
}
CREDENTIALS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
}


@contextmanager
def running_server() -> Iterator[str]:
    """Run the standalone server on a free port; gives its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(sys.executable).with_name("moto_neptunedata_server")
    server = subprocess.Popen(
        [str(script), "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
    )
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise SystemExit("The server did not start; run it alone to see why.") from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def follow(neptune: Any, load_id: str) -> None:
    """Poll a load as real code does, and tell how it gets on."""
    while True:
        payload = neptune.get_loader_job_status(loadId=load_id)["payload"]
        overall = payload["overallStatus"]
        feeds = ", ".join(
            f"{n} {status}" for feed in payload["feedCount"] for status, n in feed.items()
        )
        print(f"   {overall['status']:18} {overall['totalRecords']:4} records   files: {feeds}")
        if overall["status"] not in ACTIVE:
            return


def table(neptune: Any) -> None:
    """Print every job that the cluster remembers."""
    print(f"   {'load id':36}  {'status':24} {'run':>3} {'records':>7}  source")
    for load_id in neptune.list_loader_jobs()["payload"]["loadIds"]:
        payload = neptune.get_loader_job_status(loadId=load_id)["payload"]
        job = payload["overallStatus"]
        print(
            f"   {load_id:36}  {job['status']:24} {job['runNumber']:3} "
            f"{job['totalRecords']:7}  {job['fullUri']}"
        )


def main() -> None:
    with running_server() as url:
        print(f"1. Server with Neptune, S3 and the rest of AWS at {url}")
        s3: Any = boto3.client("s3", endpoint_url=url, **CREDENTIALS)  # type: ignore[call-overload]
        neptune: Any = boto3.client("neptunedata", endpoint_url=url, **CREDENTIALS)  # type: ignore[call-overload]

        s3.create_bucket(Bucket="railways")
        for file in sorted(GRAPH.glob("*.csv")):
            s3.upload_file(str(file), "railways", file.name)
            print(f"   {file.name}: {file.stat().st_size} bytes -> s3://railways/{file.name}")

        load_id = neptune.start_loader_job(**LOAD)["payload"]["loadId"]
        print(f"2. Load {load_id}")
        follow(neptune, load_id)

        second = neptune.start_loader_job(**LOAD, mode="NEW")["payload"]["loadId"]
        third = neptune.start_loader_job(**LOAD, mode="NEW", queueRequest=True)["payload"]["loadId"]
        print(f"3. Load {second} runs, {third} waits in the queue; both are cancelled")
        for cancelled in (third, second):
            answer = neptune.cancel_loader_job(loadId=cancelled)
            print(f"   CancelLoaderJob {cancelled}: {answer['status']}")
        try:
            neptune.cancel_loader_job(loadId=second)
        except neptune.exceptions.BulkLoadIdNotFoundException as error:
            print(f"   once more: {error.response['Error']['Message']}")

        print("4. The jobs")
        table(neptune)

        summary = neptune.get_propertygraph_summary()["payload"]["graphSummary"]
        print("5. The graph")
        print(f"   {summary['numNodes']} vertices with labels {', '.join(summary['nodeLabels'])}")
        print(f"   {summary['numEdges']} edges with labels {', '.join(summary['edgeLabels'])}")
        keys = [key for entry in summary["nodeProperties"] for key in entry]
        print(f"   vertex properties: {', '.join(keys)}")
    print("6. Server stopped")


if __name__ == "__main__":
    main()
