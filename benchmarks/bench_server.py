"""The server with many clients at once, IAM beside none, and the page's data of a large graph.

Medians; what is compared takes turns.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import requests

from benchmarks.bench_calls import medians
from benchmarks.bench_testing import seed, timed
from moto_neptunedata import mock_neptunedata

#: Clients at once, and calls of each.
CLIENTS = (1, 8, 64)
CALLS = 1_280
#: Vertices of the graph that the page shows; there are twice as many edges.
SIZE = 100_000
#: A program that starts a server on a free port and tells that.
SERVER = """
import sys
import moto_neptunedata
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(*server.get_host_and_port(), flush=True)
sys.stdin.read()
"""
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "neptune-db:*", "Resource": "*"}],
}


def bench_clients() -> None:
    """The same number of calls by one client and by many, beside another service of moto."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    host, port = process.stdout.readline().split()
    session = boto3.session.Session()
    url = f"http://{host}:{port}"
    services = {"neptunedata": "get_engine_status", "osis": "list_pipelines"}
    calls = {
        name: [getattr(session.client(name, endpoint_url=url), method) for _ in range(max(CLIENTS))]
        for name, method in services.items()
    }
    print(f"A server, {CALLS} calls                           calls/s   median ms of a call")
    try:
        for (name, each), count in ((one, count) for count in CLIENTS for one in calls.items()):
            each[0]()
            rate, seconds = asked(each[:count])
            print(f"  {count:>3} clients of {name:<24}{rate:>10.0f}{seconds * 1e3:>16.1f}")
    finally:
        process.communicate()


def asked(calls: list[Callable[[], Any]]) -> tuple[float, float]:
    """Calls a second of clients that make ``CALLS`` calls, and the median seconds of one."""

    def ask(call: Callable[[], Any]) -> list[float]:
        return [timed(call) for _ in range(CALLS // len(calls))]

    with ThreadPoolExecutor(len(calls)) as pool:
        begun = time.perf_counter()
        found = [one for many in pool.map(ask, calls) for one in many]
        seconds = time.perf_counter() - begun
    return len(found) / seconds, statistics.median(found)


def bench_iam() -> None:
    """GetEngineStatus of a cluster that asks IAM, and of one that does not."""
    with mock_neptunedata() as neptune:
        iam = boto3.client("iam")
        iam.create_user(UserName="ann")
        iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(ALLOW))
        key = iam.create_access_key(UserName="ann")["AccessKey"]

        def client(cluster: str) -> Any:
            return boto3.client(
                "neptunedata",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
                endpoint_url=f"https://{cluster}.cluster-abc.us-east-1.neptune.amazonaws.com:8182",
            )

        plain, secured = client("plain"), client("secured")
        neptune.cluster(secured).configure(iam_auth=True)
        found = medians(
            {"without IAM": plain.get_engine_status, "iam_auth": secured.get_engine_status}, 400
        )
    print("GetEngineStatus, µs")
    for name, seconds in found.items():
        print(f"  {name:<36} {seconds * 1e6:8.0f}")


def bench_look() -> None:
    """What the page asks for, in process."""
    with mock_neptunedata() as neptune:
        seed(neptune.cluster(), SIZE)
        base = "http://motoapi.amazonaws.com/moto-api/neptunedata"

        def get(path: str) -> Callable[[], Any]:
            def call() -> None:
                answer = requests.get(f"{base}{path}")
                assert answer.status_code == 200, answer.text

            return call

        at = "?account=123456789012&region=us-east-1&cluster=default"
        first = timed(get(f"/look/picture{at}"))
        found = medians(
            {
                "overview": get("/look/overview"),
                "picture of 300 vertices": get(f"/look/picture{at}"),
                "search that finds one": get(f"/look/search{at}&text=name+99999"),
                "search that finds nothing": get(f"/look/search{at}&text=zzz"),
            },
            10,
        )
        page = timed(neptune.graph.to_html)
    print(f"The page, {SIZE:,} vertices and {2 * SIZE:,} edges, ms")
    print(f"  {'first picture after a load':<36} {first * 1e3:8.1f}")
    for name, seconds in found.items():
        print(f"  {name:<36} {seconds * 1e3:8.1f}")
    print(f"  {'to_html()':<36} {page * 1e3:8.1f}")


def main() -> None:
    """All of them."""
    bench_clients()
    bench_iam()
    bench_look()


if __name__ == "__main__":
    main()
