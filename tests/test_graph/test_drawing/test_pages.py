"""A graph as networkx, as a page; the graph, a cluster and the handle in a notebook."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import networkx
import pytest

from moto_neptunedata import Neptune
from moto_neptunedata.graph import PropertyGraph
from tests.support.helpers import EDGES, VERTICES, finish, put, start


def data_of(page: str) -> dict[str, Any]:
    """The picture that is in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


def page_of(frame: str) -> str:
    """The page that is in a frame."""
    found = re.search(r'srcdoc="([^"]*)"', frame)
    assert found is not None
    return html.unescape(found[1])


def test_to_networkx(neptune: Neptune) -> None:
    neptune.load(VERTICES, EDGES)
    made = neptune.graph.to_networkx()
    assert networkx.utils.graphs_equal(made, neptune.cluster().to_networkx())
    assert made.nodes["v1"] == {"labels": ("person",), "name": "Ann", "age": 30}
    assert made.edges["v1", "v2", "e1"] == {"label": "knows", "weight": 0.5}
    other = neptune.graph.to_networkx(labels="L", label="l")
    assert (other.nodes["v1"]["L"], other.edges["v1", "v2", "e1"]["l"]) == (("person",), "knows")
    neptune.load("~id,labels\nv3,x\n")
    with pytest.raises(ValueError, match="choose another name"):
        neptune.graph.to_networkx()


def test_page(neptune: Neptune, tmp_path: Path) -> None:
    neptune.load(VERTICES, EDGES)
    page = neptune.graph.to_html()
    data = data_of(page)
    assert [vertex["id"] for vertex in data["vertices"]] == ["v1", "v2"]
    assert [edge["id"] for edge in data["edges"]] == ["e1"]
    assert "Cytoscape Consortium" in page, "with its licence"
    assert not re.search(r'(src|href)="(?!data:)', page), "nothing from elsewhere"
    path = tmp_path / "graph.html"
    assert neptune.graph.to_html(path) == page
    assert path.read_text(encoding="utf-8") == page
    assert neptune.graph.to_html(str(path)) == page


def test_texts_end_no_script(neptune: Neptune) -> None:
    nasty = "</script><script>alert(1)</script><!-- /* here: page.css */"
    with neptune.graph.transaction() as tx:
        tx.add_vertex(nasty, [nasty])
    page = neptune.graph.to_html()
    assert page.lower().count("</script") == page.lower().count("<script") == 4
    assert "<!--" not in page
    assert data_of(page)["vertices"][0]["id"] == nasty
    assert data_of(page_of(neptune.graph._repr_html_()))["vertices"][0]["labels"] == [nasty]


def test_page_is_bounded(neptune: Neptune, tmp_path: Path) -> None:
    neptune.load("~id\n" + "".join(f"v{number}\n" for number in range(400)))
    data = data_of(neptune.graph.to_html())
    assert (len(data["vertices"]), data["vertex_count"]) == (300, 400)
    data = data_of(neptune.graph.to_html(limit=5, around="v350"))
    assert [vertex["id"] for vertex in data["vertices"]] == ["v350"], "it has no neighbours"
    path = tmp_path / "graph.html"
    with pytest.raises(ValueError, match="limit must be between 1 and 1,000, not 0"):
        neptune.graph.to_html(path, limit=0)
    with pytest.raises(LookupError, match="There is no vertex 'x'"):
        neptune.graph.to_html(path, around="x")
    assert not path.exists()


def test_graph_in_a_notebook(neptune: Neptune) -> None:
    assert neptune.graph._repr_html_() == "<div>0 vertices, 0 edges</div>"
    text = "x" * 5_000
    neptune.load("~id,t\n" + "".join(f"v{number},{text}\n" for number in range(400)))
    frame = neptune.graph._repr_html_()
    assert 'sandbox="allow-scripts"' in frame
    assert "<script" not in frame, "scripts only inside of the frame"
    assert frame.startswith("<div>400 vertices, 0 edges</div><iframe ")
    data = data_of(page_of(frame))
    assert (len(data["vertices"]), data["vertex_count"]) == (100, 400)
    assert len(frame) < 700_000


def test_cluster_in_a_notebook(neptune: Neptune, client: Any) -> None:
    shown = neptune.cluster()._repr_html_()
    assert "<b>default in us-east-1, account 123456789012</b>: 0 vertices, 0 edges" in shown
    assert "No loader job" in shown
    put(**{"<b>v_csv": VERTICES, "e_csv": EDGES})
    finish(client, start(client))
    for _ in range(25):
        start(client, "s3://data/<b>", queueRequest=True)
    shown = neptune.cluster()._repr_html_()
    assert "2 vertices, 1 edges, 0 quads" in shown
    assert "<caption>Loader jobs: 20 of 26</caption>" in shown
    assert shown.count("<tr>") == 21
    assert "s3://data/&lt;b&gt;" in shown
    assert "<b>v" not in shown


def test_handle_in_a_notebook(neptune: Neptune) -> None:
    assert neptune._repr_html_() == "<p>No cluster in use.</p>"
    neptune.load(VERTICES)
    neptune.cluster("other", region="eu-west-1")
    assert "Provoked" not in neptune._repr_html_()
    neptune.fail_next("GetEngineStatus", "ThrottlingException")
    shown = neptune._repr_html_()
    assert "<caption>Clusters</caption>" in shown
    assert re.findall(r"<td [^>]*>([^<]*)</td>", shown)[:7] == [
        "123456789012",
        "us-east-1",
        "default",
        "2",
        "0",
        "0",
        "0",
    ]
    assert "eu-west-1" in shown
    assert "ThrottlingException" in shown
    for number in range(25):
        neptune.cluster(f"c{number}")
    assert "Clusters: 20 of 27" in neptune._repr_html_()


def test_a_graph_of_its_own() -> None:
    graph = PropertyGraph()
    with graph.transaction() as tx:
        tx.add_vertex("v")
    assert data_of(graph.to_html())["vertices"][0]["labels"] == []
