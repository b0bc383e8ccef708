"""Steps that Neptune does not have, and what it says."""

from __future__ import annotations

from typing import Final

from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..errors import Unsupported

#: Step -> why. Neptune user guide, "Gremlin standards compliance in Amazon Neptune".
REASONS: Final = {
    "call": "services are not available",
    "connectedComponent": "there is no graph computer",
    "io": "files are not available; use the bulk loader",
    "pageRank": "there is no graph computer",
    "peerPressure": "there is no graph computer",
    "profile": "it is supported at the end of a traversal only, and without a name",
    "program": "there is no graph computer",
    "read": "files are not available; use the bulk loader",
    "shortestPath": "there is no graph computer",
    "tx": "a request is one transaction",
    "write": "files are not available",
}


@step(*REASONS, takes=("with", "by"))
def refuse(builder: Builder, call: Call, modulators: Modulators) -> Built:
    raise Unsupported(f"The step {call.name}() is not supported: {REASONS[call.name]}")
