"""What loading costs, as ratios to what it is compared with in the same run.

    python -m benchmarks.bench_loader [--vertices 100000] [--triples 500000] [--rounds 5]
        [--large] [--only csv|rdf]

CSV: a Gremlin graph of so many vertices with four properties and twice as many edges with two,
against ``csv.reader`` reading the same bytes and dropping the rows, and against ``csv.DictReader``
into a ``networkx.MultiDiGraph`` with ids, labels and typed properties. RDF: N-Triples, N-Quads
and Turtle against pyoxigraph's parser, its quads dropped. ``--large`` also loads ten times as
much CSV and compares the cost of a row. Times are medians, of processor time unless they are
called wall time; memory is the growth of the peak resident size; each round has a process of its
own.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import resource
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from .loader_data import as_bytes, edge_lines, triple_lines, vertex_lines

_MODULE: Final = "benchmarks.bench_loader"
_ROOT: Final = Path(__file__).parent.parent
#: ru_maxrss is in kilobytes, but on macOS in bytes.
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024
_CASTS: Final[dict[str, Callable[[str], Any]]] = {"String": str, "Int": int, "Double": float}


def csv_files(vertices: int) -> tuple[bytes, bytes]:
    """The two files of the graph."""
    return as_bytes(vertex_lines(vertices)), as_bytes(edge_lines(2 * vertices, vertices))


def text(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="")


# ---------------------------------------------------------------------- what is timed


def read_only(*files: bytes) -> None:
    """csv.reader, rows dropped."""
    for data in files:
        deque(csv.reader(text(data)), 0)


def ours(*files: bytes, format: str = "csv", settle: bool = False) -> Any:
    """The loader; with ``settle`` also the making of all objects, which the first read does."""
    from moto_neptunedata.graph import PropertyGraph
    from moto_neptunedata.graph.rdf_dataset import RdfDataset
    from moto_neptunedata.loader.feeds import FeedOptions, FeedReport
    from moto_neptunedata.loader.formats import load_feed

    graph, rdf = PropertyGraph(), RdfDataset()
    for data in files:
        report = FeedReport()
        load_feed(format, io.BytesIO(data), graph, rdf, FeedOptions(), report)
        assert not report.errors, report
    if settle:
        graph.vertices()
    return graph, rdf


def into_networkx(*files: bytes) -> Any:
    """csv.DictReader into a MultiDiGraph."""
    import networkx

    graph = networkx.MultiDiGraph()
    for data in files:
        reader = csv.DictReader(text(data))
        named = [name for name in reader.fieldnames or () if not name.startswith("~")]
        casts = [(name, name.split(":")[0], _CASTS[name.split(":")[1]]) for name in named]
        for row in reader:
            values = {key: cast(row[name]) for name, key, cast in casts}
            if "~from" in row:
                label = row["~label"]
                graph.add_edge(row["~from"], row["~to"], key=row["~id"], label=label, **values)
            else:
                graph.add_node(row["~id"], label=row["~label"], **values)
    return graph


def parse_only(data: bytes, format: str) -> None:
    """pyoxigraph's parser, quads dropped."""
    import pyoxigraph

    kinds = {"ntriples": "N_TRIPLES", "nquads": "N_QUADS", "turtle": "TURTLE"}
    kind = getattr(pyoxigraph.RdfFormat, kinds[format])
    deque(pyoxigraph.parse(io.BytesIO(data), kind), 0)


CSV_CASES: Final[dict[str, Callable[..., Any]]] = {
    "csv.reader": read_only,
    "loader": ours,
    "loader, then first read": lambda *files: ours(*files, settle=True),
    "networkx": into_networkx,
}
#: What is timed at ten times the size.
LARGE_CASES: Final = ("csv.reader", "loader")
RDF_CASES: Final[dict[str, Callable[..., Any]]] = {
    "pyoxigraph": parse_only,
    "loader": lambda data, format: ours(data, format=format),
}


def measured(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds and bytes of one piece of work, its result held until they are known."""
    import networkx
    import pyoxigraph

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall_start, start = time.perf_counter(), time.process_time()
    kept = work()
    seconds, wall = time.process_time() - start, time.perf_counter() - wall_start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    del kept, networkx, pyoxigraph
    return {"seconds": seconds, "wall": wall, "bytes": grown * _RSS_UNIT}


def run_case(kind: str, case: str, size: int) -> dict[str, float]:
    """One round, in this process."""
    if kind == "csv":
        files = csv_files(size)
        ours(*csv_files(100))  # imports are not timed
        return measured(lambda: CSV_CASES[case](*files))
    data = as_bytes(triple_lines(size))
    if kind == "nquads":
        data = data.replace(b" .\n", b" <http://example.com/graph> .\n")
    ours(data[: data.index(b"\n") + 1], format=kind)
    return measured(lambda: RDF_CASES[case](data, kind))


# ---------------------------------------------------------------------- what is told


def medians(kind: str, cases: Any, sizes: Any, rounds: int) -> list[dict[str, dict[str, float]]]:
    """Each case's medians, for each size. Cases and sizes take turns in every round, so that a busy
    moment harms all alike; all but the first size have only the cases named in ``LARGE_CASES``.
    """
    found: list[dict[str, list[dict[str, float]]]] = [
        {case: [] for case in (cases if size == sizes[0] else LARGE_CASES)} for size in sizes
    ]
    for _ in range(rounds):
        for size, results in zip(sizes, found):
            for case, known in results.items():
                command = [sys.executable, "-m", _MODULE, "--one", kind, case, str(size)]
                known.append(json.loads(subprocess.check_output(command, cwd=_ROOT)))
    return [
        {
            case: {key: statistics.median(result[key] for result in known) for key in known[0]}
            for case, known in results.items()
        }
        for results in found
    ]


def told(title: str, figures: dict[str, dict[str, float]], base: str) -> None:
    print(f"\n{title}\n| | seconds | times {base} | in wall time | MB |\n|---|---|---|---|---|")
    for case, figure in figures.items():
        ratio, wall_ratio = (figure[key] / figures[base][key] for key in ("seconds", "wall"))
        megabytes = figure["bytes"] / 1e6
        ratios = f"{ratio:.2f} | {wall_ratio:.2f}"
        print(f"| {case} | {figure['seconds']:.3f} | {ratios} | {megabytes:.0f} |")


def main(arguments: list[str] | None = None) -> None:
    """Print all figures; ``arguments`` are those of the command line unless given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vertices", type=int, default=100_000)
    parser.add_argument("--triples", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also ten times as much CSV")
    parser.add_argument("--only", choices=("csv", "rdf"))
    parser.add_argument("--one", nargs=3, metavar=("KIND", "CASE", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        kind, case, size = options.one
        print(json.dumps(run_case(kind, case, int(size))))
        return
    if options.only != "rdf":
        tell_csv(options.vertices, options.rounds, options.large)
    if options.only != "csv":
        tell_rdf(options.triples, options.rounds)


def tell_csv(vertices: int, rounds: int, has_large: bool) -> None:
    sizes = (vertices, 10 * vertices) if has_large else (vertices,)
    small, *larger = medians("csv", CSV_CASES, sizes, rounds)
    told(f"Gremlin CSV, {vertices} vertices, twice as many edges", small, "csv.reader")
    print()
    for case in ("loader", "loader, then first read"):
        speed = small["networkx"]["seconds"] / small[case]["seconds"]
        memory = small[case]["bytes"] / small["networkx"]["bytes"]
        print(f"{case}: {speed:.2f} times as fast as networkx, with {memory:.2f} of its memory")
    for large in larger:
        title = f"Gremlin CSV, {10 * vertices} vertices, twice as many edges"
        told(title, large, "csv.reader")
        for case in ("loader", "csv.reader"):
            row, wall = (large[case][key] / small[case][key] / 10 for key in ("seconds", "wall"))
            print(f"cost of a row at ten times the size, {case}: {row:.2f}, wall time {wall:.2f}")


def tell_rdf(triples: int, rounds: int) -> None:
    for kind in ("ntriples", "nquads", "turtle"):
        [figures] = medians(kind, RDF_CASES, (triples,), rounds)
        told(f"{kind}, {triples} statements", figures, "pyoxigraph")


if __name__ == "__main__":
    main()
