"""Export as Gremlin CSV, which the loader reads back to the same graph."""

from __future__ import annotations

import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moto_neptunedata import Neptune
from moto_neptunedata.cluster import Cluster, ClusterEnvironment, ClusterKey
from moto_neptunedata.graph import Byte, Float, Int, PropertyGraph, Short, type_name, values_of
from moto_neptunedata.graph.csv_export import export
from tests.support.helpers import EDGES, VERTICES, finish, put, start


def plain_cluster() -> Cluster:
    """A cluster without moto."""
    reader: Any = None
    return Cluster(
        ClusterKey("123456789012", "us-east-1", "plain"),
        ClusterEnvironment(readers=reader, new_id=lambda: "id"),
    )


def shown(value: Any) -> tuple[str, str]:
    """A value by its type and what it is; NaN is itself."""
    return type_name(value), repr(value)


def contents(graph: PropertyGraph) -> Any:
    """All of a graph; the order of values of several types does not count."""
    return (
        [
            (v.id, v.labels, {k: sorted(map(shown, values_of(s))) for k, s in v.properties.items()})
            for v in graph.vertices()
        ],
        [
            (e.id, e.label, e.out_v.id, e.in_v.id, {k: shown(s) for k, s in e.properties.items()})
            for e in graph.edges()
        ],
    )


def test_files(neptune: Neptune, tmp_path: Path) -> None:
    neptune.load(VERTICES, EDGES)
    files = neptune.export_csv(tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["vertices.csv", "edges.csv"]
    assert files[0].read_text() == (
        "~id,~label,name:String,age:Int\nv1,person,Ann,30\nv2,person,Bob,40\n"
    )
    assert files[1].read_text() == "~id,~from,~to,~label,weight:Double\ne1,v1,v2,knows,0.5\n"
    neptune.reset()
    neptune.load(*reversed(files))
    assert neptune.graph.edge_count == 1


def test_nothing(neptune: Neptune, tmp_path: Path) -> None:
    assert neptune.export_csv(tmp_path) == []
    neptune.load("~id\nv\n")
    assert [file.name for file in neptune.export_csv(tmp_path)] == ["vertices.csv"]


def test_a_load_through_s3_reads_it(neptune: Neptune, client: Any, tmp_path: Path) -> None:
    neptune.load(VERTICES, EDGES, "~id,~label,tags:String[]\nv3,a;b,x;y\n")
    before = contents(neptune.graph)
    for file in neptune.export_csv(tmp_path):
        put(**{f"export__{file.stem}_csv": file.read_bytes()})
    neptune.reset()
    overall = finish(client, start(client, "s3://data/export/"))["overallStatus"]
    assert (overall["status"], overall["totalDuplicates"]) == ("LOAD_COMPLETED", 0)
    assert contents(neptune.graph) == before


def test_several_values_and_types(neptune: Neptune, tmp_path: Path) -> None:
    with neptune.graph.transaction() as tx:
        one = tx.add_vertex("one", ["a", "b"])
        for value in ("x;y", "z", Int(1), 2.5, Int(2)):
            tx.add_value(one, "p", value)
        two = tx.add_vertex("two", ["a"])
        for value in (" padded", "back\\slash", ""):
            tx.add_value(two, "q", value)
        tx.add_value(two, "p", True)
        edge = tx.add_edge("e", "r", one, two)
        tx.set_property(edge, "w", 1)
        other = tx.add_edge("f", "r", one, two)
        tx.set_property(other, "w", "text")
        tx.set_property(other, "new:key", "x")
    before = contents(neptune.graph)
    files = neptune.export_csv(tmp_path)
    assert [file.name for file in files] == [
        "vertices.csv",
        "vertices-2.csv",
        "vertices-3.csv",
        "vertices-4.csv",
        "edges.csv",
        "edges-2.csv",
    ]
    assert files[0].read_text() == (
        '~id,~label,p:String[],q:String\none,a;b,x\\;y;z,\ntwo,a,," padded"\n'
        'two,,,back\\slash\ntwo,,,""\n'
    )
    assert files[1].read_text() == "~id,~label,p:Int[]\none,,1;2\n"
    assert files[-1].read_text() == "~id,~from,~to,~label,w:String\nf,one,two,r,text\n"
    neptune.reset()
    neptune.load(*files, allow_empty_strings=True)
    assert contents(neptune.graph) == before


# ---------------------------------------------------------------------------- what cannot be said


def _labels(tx: Any) -> None:
    tx.add_vertex("v", ["a\\;b"])


def _no_label(tx: Any) -> None:
    tx.add_vertex("v")


def _empty_id(tx: Any) -> None:
    tx.add_vertex("", ["a"])


def _key(tx: Any) -> None:
    tx.add_value(tx.add_vertex("v", ["a"]), "a key", 1)


def _fraction(tx: Any) -> None:
    moment = datetime(2020, 1, 1, 1, 1, 1, 5, tzinfo=timezone.utc)
    tx.add_value(tx.add_vertex("v", ["a"]), "k", moment)


def _list(tx: Any) -> None:
    tx.add_value(tx.add_vertex("v", ["a"]), "k", [1])


def _edge_label(tx: Any) -> None:
    vertex = tx.add_vertex("v", ["a"])
    tx.add_edge("e", "", vertex, vertex)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (_labels, r"the labels of <Vertex 'v' a"),
        (_no_label, r"the labels of <Vertex 'v'  {}>"),
        (_empty_id, "an empty id"),
        (_key, "the property key 'a key'"),
        (_fraction, r"datetime.datetime.*, a value of property 'k' of <Vertex 'v'"),
        (_list, r"\[1\], a value of property 'k'"),
        (_edge_label, r"the label of <Edge 'e'"),
    ],
)
def test_what_the_format_cannot_say(tmp_path: Path, make: Any, text: str) -> None:
    graph = PropertyGraph()
    with graph.transaction() as tx:
        make(tx)
    with pytest.raises(ValueError, match=f"Format csv has no way to write {text}"):
        export(graph, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_texts_that_are_no_unicode(tmp_path: Path) -> None:
    graph = PropertyGraph()
    with graph.transaction() as tx:
        tx.add_value(tx.add_vertex("v", ["a"]), "k", "\ud800")
    with pytest.raises(ValueError, match="surrogates not allowed"):
        export(graph, tmp_path / "x")


# ---------------------------------------------------------------------------- any graph

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=6) | st.sampled_from(
    [
        "",
        " ",
        "a;b",
        "\\;",
        'say "x"',
        "a,b",
        "line\nbreak",
        "line\r\nbreak",
        "\x00",
        "\x01",
        "\ufeff",
    ]
)
ids = texts.filter(bool)
keys = st.sampled_from(["a", "b", "c:d", "ä", "x~", '"q"', "(single)"])


def _is_fit_label(text: str) -> bool:
    return bool(text) and text == text.strip() and "\\" not in text


labels = st.lists(texts.filter(_is_fit_label), min_size=1, max_size=3, unique=True)
floats32 = st.floats(width=32).map(Float)
moments = st.datetimes(
    datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(timezone.utc)
).map(lambda moment: moment.replace(microsecond=0, fold=0))
values = st.one_of(
    st.booleans(),
    st.integers(-(2**7), 2**7 - 1).map(Byte),
    st.integers(-(2**15), 2**15 - 1).map(Short),
    st.integers(-(2**31), 2**31 - 1).map(Int),
    st.integers(-(2**63), 2**63 - 1),
    floats32,
    st.floats(),
    texts,
    moments,
)
property_maps = st.dictionaries(keys, st.lists(values, min_size=1, max_size=4), max_size=4)
edge_maps = st.dictionaries(keys, values, max_size=3)


@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(ids, st.tuples(labels, property_maps), max_size=5),
    st.dictionaries(ids, st.tuples(ids, st.integers(0), st.integers(0), edge_maps), max_size=4),
)
def test_round_trip(vertices: Any, edges: Any) -> None:
    made, read = plain_cluster(), plain_cluster()
    with made.graph.transaction() as tx:
        for id, (names, properties) in vertices.items():
            vertex = tx.add_vertex(id, names)
            for key, several in properties.items():
                for value in several:
                    tx.add_value(vertex, key, value)
        ends = list(made.graph.vertices())
        for id, (label, out, into, attributes) in edges.items():
            if ends:
                edge = tx.add_edge(id, label, ends[out % len(ends)], ends[into % len(ends)])
                for key, value in attributes.items():
                    tx.set_property(edge, key, value)
    with tempfile.TemporaryDirectory() as folder:
        files = made.export_csv(folder)
        read.load(*files, allow_empty_strings=True)
        assert contents(read.graph) == contents(made.graph)
