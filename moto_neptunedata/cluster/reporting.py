"""What a cluster reports of itself, for tables and for the control API: its counts and its jobs."""

from __future__ import annotations

from dataclasses import fields
from typing import Final, Protocol

from ..graph import PropertyGraph
from ..graph.drawing.texts import cut
from ..graph.rdf_dataset import RdfDataset
from ..loader import Loader, LoadJob
from ..loader.jobs import error_to_dict
from ..testing.scope import ClusterKey

#: So many feeds and errors of a job are told, of errors the newest.
MAX_FEEDS: Final = 200
MAX_ERRORS: Final = 100


class ReportedCluster(Protocol):
    """A cluster, as far as it is reported."""

    @property
    def key(self) -> ClusterKey:
        """What tells it from all others."""

    @property
    def graph(self) -> PropertyGraph:
        """The property graph."""

    @property
    def rdf(self) -> RdfDataset:
        """The RDF dataset."""

    @property
    def loader(self) -> Loader:
        """The bulk loader."""


def get_counts(cluster: ReportedCluster) -> dict[str, int]:
    """How much a cluster holds."""
    return {
        "vertices": cluster.graph.vertex_count,
        "edges": cluster.graph.edge_count,
        "quads": len(cluster.rdf),
        "jobs": len(cluster.loader.jobs),
    }


def summarize_job(job: LoadJob) -> dict[str, object]:
    """A loader job in short: ``overallStatus`` of Get-Status, and what it counts."""
    return {
        "id": job.id,
        "format": job.request.format,
        "mode": job.request.mode,
        **job.overall_status(),
        "feed_count": len(job.feeds),
        "feed_counts": dict(job.feed_counts),
        "error_count": sum(len(feed.report.errors) for feed in job.feeds),
    }


def describe_job(loader: Loader, load_id: str) -> dict[str, object]:
    """A loader job with its request, feeds and errors, the newest 100 of them.

    Raises LookupError for a load that does not exist.
    """
    with loader.lock:
        job = loader.jobs.get(load_id)
        if job is None:
            raise LookupError(f"There is no load {load_id!r}")
        request = {
            each.name: cut(str(getattr(job.request, each.name))) for each in fields(job.request)
        }
        errors = job.errors[-MAX_ERRORS:]
        return {
            **summarize_job(job),
            "request": request,
            "feeds": [job.feed_status(feed) for feed in job.feeds[:MAX_FEEDS]],
            "errors": [
                {**error_to_dict(uri, error), "errorMessage": cut(error.error_message)}
                for uri, error in errors
            ],
        }
