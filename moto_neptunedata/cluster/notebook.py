"""Tables in notebooks: of one cluster, and of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from ..graph.drawing.texts import cut
from .reporting import ReportedCluster, get_counts, summarize_job

#: So many rows a table has at most.
MAX_ROWS: Final = 20

_JOB_COLUMNS: Final = {
    "load": "id",
    "status": "status",
    "source": "fullUri",
    "feeds": "feed_count",
    "records": "totalRecords",
    "duplicates": "totalDuplicates",
    "parsing errors": "parsingErrors",
    "datatype errors": "datatypeMismatchErrors",
    "insert errors": "insertErrors",
}


def cluster_table(cluster: ReportedCluster) -> str:
    """The counts of a cluster and its newest loader jobs."""
    with cluster.loader.lock:
        jobs = list(cluster.loader.jobs.values())
        newest = jobs[: -MAX_ROWS - 1 : -1]
        rows = [[summarize_job(job)[key] for key in _JOB_COLUMNS.values()] for job in newest]
    if not jobs:
        return f"{_headline(cluster)}<p>No loader job.</p>"
    return f"{_headline(cluster)}{_table('Loader jobs', _JOB_COLUMNS, rows, len(jobs))}"


def clusters_table(clusters: Sequence[ReportedCluster], provoked: Sequence[str]) -> str:
    """The clusters in use, and what waits for calls to come."""
    columns = ("account", "region", "cluster", "vertices", "edges", "quads", "loader jobs")
    rows = [[*each.key, *get_counts(each).values()] for each in clusters[:MAX_ROWS]]
    shown = (
        _table("Clusters", columns, rows, len(clusters)) if rows else "<p>No cluster in use.</p>"
    )
    waiting = [[line] for line in provoked[:MAX_ROWS]]
    return shown + (_table("Provoked", ("what",), waiting, len(provoked)) if waiting else "")


def _headline(cluster: ReportedCluster) -> str:
    counts = ", ".join(f"{n:,} {what}" for what, n in list(get_counts(cluster).items())[:3])
    name = f"{cluster.key}, account {cluster.key.account_id}"
    return f"<div><b>{escape(name)}</b>: {counts}</div>"


def _table(
    caption: str, columns: Iterable[str], rows: Sequence[Sequence[object]], count: int
) -> str:
    title = caption if len(rows) == count else f"{caption}: {len(rows)} of {count:,}"
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f"<table><caption>{escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td style="text-align: right">{value:,}</td>'
    return f'<td style="text-align: left">{escape(cut(str(value), 200))}</td>'
