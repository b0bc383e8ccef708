"""Writes docs/operations.md, and the figures of the README, from the code and botocore's model.

Run it as ``python docs/coverage.py`` whenever an operation has been added.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Final

from moto_neptunedata import service_model
from moto_neptunedata.neptunedata.responses import implemented_operations

ROOT: Final = Path(__file__).parents[1]
OPERATIONS: Final = ROOT / "docs" / "operations.md"
README: Final = ROOT / "README.md"

#: Areas by the beginning of a path, the first that fits; the last takes what is left.
AREAS: Final = (
    ("Bulk loader", ("/loader",)),
    ("openCypher", ("/opencypher",)),
    ("Gremlin", ("/gremlin",)),
    ("Statistics and summary", ("/propertygraph/statistics", "/sparql/statistics", "/rdf/")),
    ("Streams", ("/propertygraph/stream", "/sparql/stream")),
    ("Neptune ML", ("/ml/",)),
    ("Indexes and storage", ("/storage",)),
    ("Engine", ("",)),
)

_TOP: Final = """# Operations

Written by `python docs/coverage.py` from botocore's model of `neptunedata` and from the code; do
not edit it by hand. The IAM actions are those that AWS documents.

**{done} of {total} operations.** One that is not there answers `UnsupportedOperationException` and
names itself. SPARQL is beside these: `/sparql` and `/sparql/status`, over plain HTTP only.
"""

_HEAD: Final = """
## {area}: {done} of {total}

| boto3 | operation | HTTP | IAM action | here |
|---|---|---|---|---|
"""

_FIGURE: Final = re.compile(r"(<!-- coverage -->)([^<]*)(<!-- /coverage -->)")


def area_of(path: str) -> str:
    """The area that a path belongs to."""
    return next(name for name, starts in AREAS if path.startswith(starts))


def iam_actions() -> dict[str, tuple[str, ...]]:
    """The IAM actions of each operation; the operation's own name where nothing else is known."""
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in service_model.operations()}
    try:
        module = import_module("moto_neptunedata.neptunedata.iam_actions")
    except ImportError:
        return found
    return {**found, **module.iam_actions()}


def render() -> str:
    """The text of docs/operations.md."""
    done = set(implemented_operations())
    actions = iam_actions()
    operations = service_model.operations()
    parts = [_TOP.format(done=len(done), total=len(operations))]
    for area, _ in AREAS:
        names = sorted(name for name, found in operations.items() if area_of(found.path) == area)
        parts.append(_HEAD.format(area=area, done=len(done.intersection(names)), total=len(names)))
        for name in names:
            operation = operations[name]
            needed = ", ".join(f"`neptune-db:{action}`" for action in actions[name])
            parts.append(
                f"| `{operation.method_name}` | {name} | `{operation.method} {operation.path}` "
                f"| {needed} | {'yes' if name in done else 'no'} |\n"
            )
    return "".join(parts)


def with_figures(text: str) -> str:
    """A page whose figures, between marks, are those of the code."""
    done, total = len(implemented_operations()), len(service_model.operations())

    def figure(match: re.Match[str]) -> str:
        shown = f"{done} of {total}" if " of " in match[2] else str(done)
        return f"{match[1]}{shown}{match[3]}"

    return _FIGURE.sub(figure, text)


def main() -> None:
    """Write both."""
    OPERATIONS.write_text(render())
    README.write_text(with_figures(README.read_text()))


if __name__ == "__main__":
    main()
