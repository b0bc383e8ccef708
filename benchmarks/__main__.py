"""``python -m benchmarks [part …]``: every figure of docs/benchmarks.md, or those of some parts.

Each part runs in a process of its own, so that none leaves the next one a full memory.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: What each part runs, with its arguments.
PARTS = {
    "calls": ("benchmarks.bench_calls",),
    "loader": ("benchmarks.bench_loader", "--large"),
    "opencypher": ("benchmarks.bench_opencypher",),
    "gremlin": ("benchmarks.bench_gremlin",),
    "testing": ("benchmarks.bench_testing",),
    "server": ("benchmarks.bench_server",),
}


def main(names: list[str]) -> None:
    """Run these parts, or all."""
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        sys.exit(f"No such part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    for name in names or PARTS:
        print(f"\n== {name}", flush=True)
        module, *arguments = PARTS[name]
        command = [sys.executable, "-m", module, *arguments]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[1])


if __name__ == "__main__":
    main(sys.argv[1:])
