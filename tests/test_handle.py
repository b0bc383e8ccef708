"""The handle of the context manager: look at clusters, prepare data, read it in a debugger."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import boto3
import pytest

from moto_neptunedata import Neptune, mock_neptunedata
from tests.support.helpers import EDGES, VERTICES, put, start

ENDPOINT = "https://graph.cluster-abc.eu-west-1.neptune.amazonaws.com:8182"


def test_nothing_in_use(neptune: Neptune) -> None:
    assert neptune.clusters() == []
    assert repr(neptune) == "<Neptune: no cluster in use>"
    assert neptune.jobs == []
    assert repr(neptune) == (
        "<Neptune:\n  <Cluster 'default' in us-east-1: "
        "0 vertices, 0 edges, 0 quads, 0 loader jobs>>"
    )


def test_which_cluster(neptune: Neptune) -> None:
    client = boto3.client("neptunedata", endpoint_url=ENDPOINT)
    found = neptune.cluster(client)
    assert (found.name, found.region, found.account_id) == ("graph", "eu-west-1", "123456789012")
    assert neptune.cluster(ENDPOINT) is found
    assert neptune.cluster(ENDPOINT.removeprefix("https://")) is found
    assert neptune.cluster("graph", region="eu-west-1") is found
    assert neptune.cluster() is found, "the only one in use"
    other = neptune.cluster(region="eu-west-1")
    assert (other.name, other.region) == ("default", "eu-west-1")
    assert neptune.cluster(boto3.client("neptunedata", region_name="eu-west-1")) is other
    third = neptune.cluster(account="111111111111")
    assert (third.name, third.account_id) == ("default", "111111111111")
    assert neptune.cluster().region == "us-east-1", "the default one, where several are in use"
    assert len(neptune.clusters()) == 4


def test_region_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    with mock_neptunedata() as neptune:
        assert neptune.cluster().region == "sa-east-1"
        assert boto3.client("neptunedata").list_loader_jobs()
        assert len(neptune.clusters()) == 1


def test_jobs(neptune: Neptune, client: Any) -> None:
    put(v_csv=VERTICES)
    load_id = start(client)
    (job,) = neptune.jobs
    assert repr(job) == f"<LoadJob {load_id} LOAD_NOT_STARTED s3://data/>"
    assert repr(neptune.cluster().loader) == "<Loader: 1 jobs, 1 active>"


def test_load_texts_and_look(neptune: Neptune) -> None:
    neptune.load(EDGES, VERTICES.decode())
    graph = neptune.graph
    assert (graph.vertex_count, graph.edge_count) == (2, 1)
    assert [(v.id, v.labels, v.properties) for v in graph.vertices()] == [
        ("v1", ("person",), {"name": "Ann", "age": 30}),
        ("v2", ("person",), {"name": "Bob", "age": 40}),
    ]
    (edge,) = graph.edges()
    assert (edge.id, edge.label, edge.out_v.id, edge.in_v.id) == ("e1", "knows", "v1", "v2")
    assert repr(edge) == "<Edge 'e1' knows 'v1' -> 'v2' {'weight': 0.5}>"
    assert repr(graph.vertex("v1")) == "<Vertex 'v1' person {'name': 'Ann', 'age': 30}>"
    assert repr(graph) == "<PropertyGraph: 2 vertices, 1 edges>"
    assert neptune.jobs == []


def test_load_files(neptune: Neptune, tmp_path: Path) -> None:
    (tmp_path / "v.csv.gz").write_bytes(gzip.compress(VERTICES))
    (tmp_path / "e.csv").write_bytes(EDGES)
    neptune.load(tmp_path / "e.csv", tmp_path / "v.csv.gz")
    assert neptune.graph.edge_count == 1
    with pytest.raises(FileNotFoundError):
        neptune.load(tmp_path / "nope.csv")


def test_load_other_formats_and_options(neptune: Neptune) -> None:
    neptune.load("<s> <p> <o> .", format="turtle", base_uri="http://base/")
    (quad,) = neptune.cluster().rdf
    assert quad.subject.value == "http://base/s"
    neptune.load(":ID(a)\n1\n", format="opencypher")
    neptune.load(
        ":START_ID(a),:END_ID(a),:TYPE\n1,1,self\n",
        format="opencypher",
        user_provided_edge_ids=False,
    )
    assert neptune.graph.edge_count == 1


@pytest.mark.parametrize("format", ["csv", "nquads"])
def test_a_bad_record_loads_nothing(neptune: Neptune, format: str) -> None:
    neptune.load(VERTICES)
    neptune.load("<urn:a> <urn:b> <urn:c> <urn:d> .", format="nquads")
    commits = len(neptune.graph.log), len(neptune.cluster().rdf.log)
    rows = "".join(f"w{number},old\n" for number in range(7))
    bad = {
        "csv": ("~id\nnew\n", "~id,age:Int\nw,1\n" + rows),
        "nquads": ("<urn:new> <urn:b> <urn:c> <urn:d> .", "nonsense\n" * 7),
    }[format]
    with pytest.raises(ValueError, match="Nothing was loaded, because of errors in the text") as e:
        neptune.load(*bad, format=format, fail_on_error=False)
    assert "  and 2 more" in str(e.value)
    assert "PARSING_ERROR, record " in str(e.value)
    assert set(neptune.graph.vertex_ids) == {"v1", "v2"}
    assert len(neptune.cluster().rdf) == 1
    assert (len(neptune.graph.log), len(neptune.cluster().rdf.log)) == commits


def test_a_format_or_an_option_that_is_not_there(neptune: Neptune) -> None:
    with pytest.raises(ValueError, match=r"There is no format 'parquet'. Known are: csv, opencyp"):
        neptune.load("~id\n1\n", format="parquet")
    with pytest.raises(TypeError, match=r"There is no option 'base_url'. Known are: .*base_uri"):
        neptune.load("~id\n1\n", base_url="http://example.com/")
    with pytest.raises(TypeError, match="allow_empty_strings must be a bool, not 'yes'"):
        neptune.load("~id\n1\n", allow_empty_strings="yes")
    assert neptune.graph.vertex_count == 0


def test_a_bad_file_is_named(neptune: Neptune, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("~id,age:Int\nw,old\n")
    with pytest.raises(ValueError, match=r"errors in .*bad\.csv:\n  PARSING_ERROR, record 1: "):
        neptune.load(tmp_path / "bad.csv")


def test_reset(neptune: Neptune, client: Any) -> None:
    put(v_csv=VERTICES)
    start(client)
    neptune.load(VERTICES)
    neptune.cluster(ENDPOINT).load(VERTICES)
    neptune.reset()
    assert [cluster.graph.vertex_count for cluster in neptune.clusters()] == [0, 0]
    assert client.list_loader_jobs()["payload"]["loadIds"] == []
    start(client)
