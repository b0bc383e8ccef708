"""Clusters, loader jobs, queries and calls as JSON; looking at them moves nothing."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from .._version import __version__
from ..cluster.reporting import get_counts, summarize_job
from ..graph.drawing.texts import cut
from ..neptunedata import access
from ..settings import configuration

if TYPE_CHECKING:
    from ..cluster import Cluster
    from ..testing.calls import Call

#: So many of each are told, the newest; of clusters the oldest.
MAX_CLUSTERS: Final = 50
MAX_JOBS: Final = 50
MAX_CALLS: Final = 100
MAX_PROVOKED: Final = 100

# So much of a query that runs, or of one parameter of a call.
_MAX_TEXT: Final = 2_000


def describe(chosen: Cluster | None = None) -> dict[str, Any]:
    """All clusters in short, one of them in full, the newest calls, and what is provoked.

    The one in full is ``chosen``, else the first cluster that holds anything, else the first.
    Times are in epoch seconds, durations in seconds.
    """
    pairs = [
        (backend, cluster)
        for backend in access.active_backends()
        for cluster in list(backend.clusters.values())
    ]
    clusters = [cluster for _, cluster in pairs]
    chosen = chosen or next(filter(_holds_anything, clusters), next(iter(clusters), None))
    control_state = access.control_state()
    lines = control_state.lines()
    calls = control_state.log.calls()
    return {
        "version": __version__,
        "time": time.time(),
        "cluster_count": len(clusters),
        "clusters": [
            {**_cluster(cluster), "engine_version": backend.engine_version(cluster)}
            for backend, cluster in pairs[:MAX_CLUSTERS]
        ],
        "chosen": None if chosen is None else chosen.key._asdict(),
        **_of_cluster(chosen),
        "call_count": len(calls),
        "calls": [_call(call) for call in reversed(calls[-MAX_CALLS:])],
        "provoked_count": len(lines),
        "provoked": [cut(line) for line in lines[:MAX_PROVOKED]],
    }


def _holds_anything(cluster: Cluster) -> bool:
    return bool(cluster.graph.vertex_count or cluster.rdf or cluster.loader.jobs)


def _cluster(cluster: Cluster) -> dict[str, Any]:
    settings = {
        name: cut(str(value))
        for name, value in configuration.find_changes(cluster.settings).items()
    }
    return {
        **cluster.key._asdict(),
        "role": cluster.settings.role,
        "counts": get_counts(cluster),
        "settings": settings,
        # What changes when the data does.
        "graph_state": _state(cluster.graph, cluster.graph.vertex_count, cluster.graph.edge_count),
        "rdf_state": _state(cluster.rdf, len(cluster.rdf)),
    }


def _state(store: Any, *sizes: int) -> str:
    return "-".join(map(str, (id(store), store.log.last_num, *sizes)))


def _of_cluster(cluster: Cluster | None) -> dict[str, Any]:
    if cluster is None:
        return {"job_count": 0, "jobs": [], "queries": []}
    with cluster.loader.lock:
        newest = list(islice(reversed(cluster.loader.jobs.values()), MAX_JOBS))
        jobs = [summarize_job(job) for job in newest]
        job_count = len(cluster.loader.jobs)
    return {"job_count": job_count, "jobs": jobs, "queries": _queries(cluster)}


def _queries(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {
            "id": query["queryId"],
            "language": language,
            "text": query["queryString"],
            "elapsed": query["queryEvalStats"]["elapsed"] / 1000,
            "cancelled": query["queryEvalStats"]["cancelled"],
        }
        for language, queries in cluster.queries.items()
        for query in queries.status()["queries"]
    ]


def _call(call: Call) -> dict[str, Any]:
    return {
        **call.to_dict(),
        "parameters": {
            name: cut(value if isinstance(value, str) else repr(value), _MAX_TEXT)
            for name, value in call.parameters.items()
        },
        "message": cut(call.message),
    }
