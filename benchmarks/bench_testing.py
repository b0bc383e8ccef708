"""The cost of what testers set up: of the look for a fault in each call, and of going back to a
snapshot, which must not depend on how much data there is.

The calls take turns, so that a slow moment of the machine meets all of them; medians are quoted.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import boto3

from benchmarks.bench_calls import medians
from moto_neptunedata import mock_neptunedata

#: Vertices of the graphs that are restored; there are twice as many edges.
SIZES = (1_000, 10_000, 100_000)
#: Changes between a snapshot and going back to it.
CHANGES = (1, 10, 100, 1_000)


def timed(work: Callable[[], Any]) -> float:
    """The seconds that something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def seed(cluster: Any, size: int) -> None:
    """A graph of ``size`` vertices and twice as many edges."""
    rows = "".join(f"v{number},person,name {number}\n" for number in range(size))
    ends = "".join(
        f"e{number},v{number % size},v{number * 7 % size},knows,{number}\n"
        for number in range(2 * size)
    )
    cluster.load(f"~id,~label,name\n{rows}", f"~id,~from,~to,~label,since:Int\n{ends}")


def change(cluster: Any, changes: int) -> None:
    """Set a property of so many vertices, a commit each."""
    for number in range(changes):
        with cluster.graph.transaction() as tx:
            tx.set_property(cluster.graph.vertex(f"v{number}"), "name", "other")


def bench_calls() -> None:
    """GetEngineStatus with nothing provoked, and beside ten faults for other operations."""
    print("GetEngineStatus, µs (median of 400)")
    with mock_neptunedata() as neptune:
        client = boto3.client("neptunedata")
        faults = neptune._bench().faults
        rules = [neptune.fail_always("ListLoaderJobs", "S3Exception") for _ in range(10)]

        def without() -> None:
            faults._rules = []
            faults._decided.clear()
            client.get_engine_status()

        def beside() -> None:
            faults._rules = rules
            client.get_engine_status()

        found = medians({"nothing provoked": without, "ten faults for another one": beside}, 400)
    for name, seconds in found.items():
        print(f"  {name:<36} {seconds * 1e6:8.0f}")


def bench_hooks() -> None:
    """The two hooks alone: the look whether anything is provoked, and the log of a call."""
    from moto_neptunedata.neptunedata.interception import record
    from moto_neptunedata.testing.control_state import ControlState
    from moto_neptunedata.testing.scope import ClusterKey

    bench = ControlState()
    key = ClusterKey("123456789012", "us-east-1", "default")
    headers = {"amz-sdk-invocation-id": "x", "amz-sdk-request": "attempt=1"}
    answer: Any = (200, {}, b"{}")
    count = 100_000

    def look() -> None:
        for _ in range(count):
            bench.is_armed  # noqa: B018

    def log() -> None:
        for _ in range(count):
            record(bench, "GetEngineStatus", {}, key, headers, 0.0, 0.0, 0.0, answer)

    print("The hooks of a call, µs")
    print(f"  {'is anything provoked':<36} {timed(look) / count * 1e6:8.2f}")
    print(f"  {'log the call':<36} {timed(log) / count * 1e6:8.2f}")


def bench_snapshots() -> None:
    """Taking a snapshot, and going back to it, by the size of the graph and of the change."""
    print("Snapshot and restore, ms (median of 5)")
    heads = "".join(f"{f'after {changes}':>12}" for changes in CHANGES)
    print(f"  {'vertices':>10}{'load':>10}{'snapshot':>10}{heads}{'later mock':>12}{'copied':>10}")
    for size in SIZES:
        figures = snapshot_figures(size)
        told = "".join(f"{seconds * 1e3:>12.2f}" for seconds in figures[2:])
        print(f"  {size:>10,}{figures[0] * 1e3:>10.1f}{figures[1] * 1e3:>10.2f}{told}")


def snapshot_figures(size: int) -> list[float]:
    """Seconds of a load, of a snapshot, of going back after each of ``CHANGES``, of going back in a
    later mock, and in a second cluster of that.
    """
    with mock_neptunedata() as neptune:
        cluster = neptune.cluster()
        load = timed(lambda: seed(cluster, size))
        cluster.graph.vertex("v0")  # makes the objects of what was loaded
        snapshot = cluster.snapshot()  # imports
        found = [load, statistics.median(timed(cluster.snapshot) for _ in range(5))]
        for changes in CHANGES:
            seconds = []
            for _ in range(5):
                change(cluster, changes)
                seconds.append(timed(lambda: cluster.restore(snapshot)))
            found.append(statistics.median(seconds))
    with mock_neptunedata() as neptune:
        found.append(timed(lambda: neptune.restore(snapshot)))
        found.append(timed(lambda: neptune.cluster("other").restore(snapshot)))
    return found


def bench_export() -> None:
    """Writing a graph as CSV, against loading it."""
    size = SIZES[-1]
    with mock_neptunedata() as neptune, tempfile.TemporaryDirectory() as folder:
        load = timed(lambda: seed(neptune.cluster(), size))
        export = timed(lambda: neptune.export_csv(folder))
    print(f"Export of {size:,} vertices and {2 * size:,} edges: {export:.2f} s (load {load:.2f} s)")


def main() -> None:
    """All of them."""
    bench_calls()
    bench_hooks()
    bench_snapshots()
    bench_export()


if __name__ == "__main__":
    main()
