"""What GetEngineStatus tells (user guide, "Getting the health status of a Neptune cluster")."""

from __future__ import annotations

import time
from typing import Final

from ..settings import ClusterSettings, version_tuple

# TinkerPop by the first engine version that has it (user guide, access-graph-gremlin).
_TINKERPOP: Final = (
    ((1, 3, 2), "3.7.1"),
    ((1, 3, 0), "3.6.5"),
    ((1, 2, 1), "3.6.2"),
    ((0,), "3.5.2"),
)
_OPENCYPHER: Final = "Neptune-9.0.20190305-1.0"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_ON: Final = {True: "enabled", False: "disabled"}


def engine_status(
    settings: ClusterSettings,
    *,
    status: str,
    role: str,
    started_at: float,
    engine_version: str,
    iam_auth: bool,
) -> dict[str, object]:
    """The answer, by botocore's names; ``started_at`` in epoch seconds."""
    features: dict[str, object] = {
        "SlowQueryLogs": "disabled",
        "ResultCache": {"status": "disabled"},
        "IAMAuthentication": _ON[iam_auth],
        "Streams": _ON[settings.streams],
        "AuditLog": "disabled",
    }
    if settings.has_lookup_cache:
        features["lookupCache"] = {"status": "Available"}
    return {
        "status": status,
        "startTime": start_time(started_at),
        "dbEngineVersion": engine_version,
        "role": role,
        "dfeQueryEngine": "viaQueryHint",
        "gremlin": {"version": f"tinkerpop-{tinkerpop_version(engine_version)}"},
        "sparql": {"version": "sparql-1.1"},
        "opencypher": {"version": _OPENCYPHER},
        "labMode": dict(settings.lab_mode),
        "features": features,
        "settings": {
            "StrictTimeoutValidation": "true",
            "clusterQueryTimeoutInMs": str(settings.query_timeout_ms),
            "SlowQueryLogsThreshold": "5000",
        },
    }


def tinkerpop_version(engine_version: str) -> str:
    """The TinkerPop version of an engine version."""
    own = version_tuple(engine_version)
    return next((version for since, version in _TINKERPOP if own >= since), _TINKERPOP[-1][1])


def start_time(seconds: float) -> str:
    """Epoch seconds as Java prints a date: ``Wed Dec 29 02:29:24 UTC 2021``."""
    then = time.gmtime(seconds)
    # Not by strftime, whose names follow the locale.
    day, month = _DAYS[then.tm_wday], _MONTHS[then.tm_mon - 1]
    clock = f"{then.tm_hour:02d}:{then.tm_min:02d}:{then.tm_sec:02d}"
    return f"{day} {month} {then.tm_mday:02d} {clock} UTC {then.tm_year}"
