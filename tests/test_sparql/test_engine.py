"""SPARQL queries and updates on a dataset, by Neptune's rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph.rdf_dataset import RdfDataset
from moto_neptunedata.loader.feeds import DEFAULT_NAMED_GRAPH_URI
from moto_neptunedata.sparql.engine import SparqlEngine
from moto_neptunedata.sparql.result_formats import GRAPHS, SOLUTIONS, negotiate
from moto_neptunedata.sparql.tokenizer import DatasetClause
from moto_neptunedata.sparql.update import run_update

DEFAULT = NamedNode(DEFAULT_NAMED_GRAPH_URI)
DATA = "INSERT DATA { <urn:a> <urn:p> 1 . GRAPH <urn:g> { <urn:a> <urn:p> 1, 2 } }"


@pytest.fixture
def engine() -> SparqlEngine:
    return SparqlEngine(RdfDataset())


def rows(engine: SparqlEngine, text: str, **options: Any) -> list[tuple[str, ...]]:
    """The solutions of a query, as tuples of texts in the order of their variables' names."""
    told = json.loads(engine.query(text, **options).body)
    return sorted(
        tuple(term["value"] for _, term in sorted(row.items()))
        for row in told["results"]["bindings"]
    )


def quads(engine: SparqlEngine) -> set[str]:
    """All quads, shortened."""
    return {
        " ".join(
            getattr(term, "value", "").replace(DEFAULT_NAMED_GRAPH_URI, "-").replace("urn:", "")
            for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        )
        for quad in engine.rdf
    }


def refused(engine: SparqlEngine, text: str, code: str, run: Any = run_update) -> str:
    before = quads(engine), engine.rdf.log.last_num
    with pytest.raises(NeptuneError) as caught:
        run(engine, text)
    assert caught.value.code == code
    assert (quads(engine), engine.rdf.log.last_num) == before
    return caught.value.message


# ---------------------------------------------------------------------------- queries


def test_the_default_graph_is_the_union_each_triple_once(engine: SparqlEngine) -> None:
    run_update(engine, DATA)
    assert rows(engine, "SELECT * { ?s ?p ?o }") == [
        ("1", "urn:p", "urn:a"),
        ("2", "urn:p", "urn:a"),
    ]
    assert rows(engine, "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }") == [
        (DEFAULT.value, "1"),
        ("urn:g", "1"),
        ("urn:g", "2"),
    ]


def test_dataset_clauses(engine: SparqlEngine) -> None:
    run_update(engine, DATA + "; INSERT DATA { GRAPH <urn:h> { <urn:a> <urn:p> 2, 3 } }")
    one = "SELECT ?o FROM <urn:g> { ?s ?p ?o }"
    assert rows(engine, one) == [("1",), ("2",)]
    two = "PREFIX e: <urn:> SELECT ?o FROM <urn:g> FROM e:h { ?s ?p ?o }"
    assert rows(engine, two) == [("1",), ("2",), ("3",)], "a merge tells a triple once"
    assert rows(engine, "SELECT ?o FROM NAMED <urn:g> { ?s ?p ?o }") == []
    named = "SELECT ?o FROM NAMED <urn:h> { GRAPH ?g { ?s ?p ?o } }"
    assert rows(engine, named) == [("2",), ("3",)]
    both = "SELECT ?o FROM <urn:g> FROM <urn:h> FROM NAMED <urn:g> { GRAPH ?g { ?s ?p ?o } }"
    assert rows(engine, both) == [("1",), ("2",)]
    clause = DatasetClause(("urn:h",), ())
    assert rows(engine, one, clause=clause) == [("2",), ("3",)], "the protocol's goes before"


def test_prefixes_and_base(engine: SparqlEngine) -> None:
    run_update(engine, "INSERT DATA { <a> a rdfs:Class ; owl:sameAs '1'^^xsd:int }")
    assert rows(engine, "SELECT ?s { ?s a rdfs:Class }") == [
        ("http://aws.amazon.com/neptune/default/a",)
    ]


def test_forms(engine: SparqlEngine) -> None:
    run_update(engine, "INSERT DATA { <urn:a> <urn:p> 'x' }")
    assert engine.query("ASK {}") == (
        "application/sparql-results+json",
        b'{"head":{},"boolean":true}',
    )
    csv = engine.query("SELECT ?o { ?s ?p ?o }", "text/csv")
    assert csv == ("text/csv;charset=utf-8", b"o\r\nx\r\n")
    line = b'<urn:a> <urn:p> "x" .\n'
    assert engine.query("CONSTRUCT WHERE { ?s ?p ?o }") == ("application/n-quads", line)
    assert engine.query("DESCRIBE <urn:a>", "application/n-triples").body == line


@pytest.mark.parametrize("media_type", SOLUTIONS)
def test_solution_formats(engine: SparqlEngine, media_type: str) -> None:
    answer = engine.query("SELECT * { ?s ?p ?o }", media_type)
    assert answer.media_type.split(";")[0] == SOLUTIONS[media_type].media_type.split(";")[0]
    assert answer.body


@pytest.mark.parametrize("media_type", GRAPHS)
def test_graph_formats(engine: SparqlEngine, media_type: str) -> None:
    run_update(engine, "INSERT DATA { <urn:a> <urn:p> 'x' }")
    answer = engine.query("CONSTRUCT WHERE { ?s ?p ?o }", media_type)
    assert answer.media_type == GRAPHS[media_type].media_type
    assert b"urn:a" in answer.body


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "JSON"),
        ("*/*", "JSON"),
        ("text/html", "JSON"),
        ("text/csv", "CSV"),
        ("TEXT/CSV; charset=utf-8", "CSV"),
        ("text/csv;q=0.1, application/xml;q=0.9", "XML"),
        ("text/csv;q=oops, application/xml", "XML"),
        ("text/html, */*;q=0.5, text/csv;q=0.1", "JSON"),
        ("text/html;level=1, text/tab-separated-values", "TSV"),
    ],
)
def test_negotiation(accept: str, name: str) -> None:
    assert negotiate(accept, SOLUTIONS).name == name


def test_refused_queries(engine: SparqlEngine) -> None:
    def run(engine: SparqlEngine, text: str) -> None:
        engine.query(text)

    assert "expected" in refused(engine, "SELEC", "MalformedQueryException", run)
    text = refused(engine, "ASK { SERVICE <urn:x> {} }", "UnsupportedOperationException", run)
    assert text.startswith("SPARQL SERVICE is not supported by moto_neptunedata")
    refused(engine, "SELECT * FROM e:x {}", "MalformedQueryException", run)
    with pytest.raises(NeptuneError) as caught:
        engine.query("ASK {}", clause=DatasetClause(("not an iri",), ()))
    assert caught.value.code == "FailureByQueryException"


def test_it_follows_the_dataset(engine: SparqlEngine) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert rows(engine, count) == [("0",)]
    subject, predicate = NamedNode("urn:s"), NamedNode("urn:p")
    loaded = [Quad(subject, predicate, NamedNode(f"urn:{number}")) for number in range(3)]
    engine.rdf.add_quads(loaded, DEFAULT)
    assert rows(engine, count) == [("3",)]
    mixed = [Quad(subject, predicate, NamedNode("urn:0"), NamedNode(f"urn:g{n}")) for n in range(2)]
    engine.rdf.add_quads(mixed, DEFAULT)
    assert rows(engine, count) == [("3",)]
    with engine.rdf.transaction() as tx:
        for quad in mixed:
            tx.remove(quad)
    assert rows(engine, count) == [("3",)], "one graph still has it"
    assert rows(engine, "SELECT ?g { GRAPH ?g {} }") == [(DEFAULT.value,)]
    with engine.rdf.transaction() as tx:
        tx.remove(next(iter(engine.rdf)))
    assert rows(engine, count) == [("2",)]
    with engine.rdf.transaction() as tx:
        for quad in list(engine.rdf):
            tx.remove(quad)
        tx.changes.clear()
    del engine.rdf.log.commits[:]
    assert rows(engine, count) == [("0",)], "commits were taken back"


# ---------------------------------------------------------------------------- updates

START = "a p 1 -", "a p 1 g", "a p 2 g", "b p 3 h"


@pytest.fixture
def filled(engine: SparqlEngine) -> SparqlEngine:
    run_update(engine, DATA + "; INSERT DATA { GRAPH <urn:h> { <urn:b> <urn:p> 3 } }")
    assert quads(engine) == set(START)
    return engine


@pytest.mark.parametrize(
    ("text", "gone", "new"),
    [
        ("INSERT DATA { e:a e:p 1 }", [], []),
        ("INSERT DATA { e:b e:p 3 }", [], ["b p 3 -"]),
        ("DELETE DATA { e:a e:p 1 }", ["a p 1 -", "a p 1 g"], []),
        ("DELETE DATA { GRAPH e:g { e:a e:p 1 } }", ["a p 1 g"], []),
        ("DELETE DATA { e:x e:p 1 }", [], []),
        ("DELETE WHERE { e:a ?p ?o }", ["a p 1 -", "a p 1 g", "a p 2 g"], []),
        ("DELETE WHERE { GRAPH ?g { ?s e:p 3 } }", ["b p 3 h"], []),
        ("DELETE WHERE { e:nobody ?p ?o }", [], []),
        ("INSERT { ?s e:q ?o } WHERE { ?s e:p ?o FILTER(?o > 1) }", [], ["a q 2 -", "b q 3 -"]),
        ("INSERT { GRAPH ?g { ?s e:q 0 } } WHERE { GRAPH ?g { ?s e:p 3 } }", [], ["b q 0 h"]),
        ("INSERT { e:x e:y e:z } WHERE {}", [], ["x y z -"]),
        ("DELETE { ?s ?p ?o } INSERT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER(?o=3)}", ["b p 3 h"], []),
        (
            "DELETE { ?s ?p ?o } INSERT { ?s ?p 9 } WHERE { ?s ?p ?o FILTER(?o = 2) }",
            ["a p 2 g"],
            ["a p 9 -"],
        ),
        ("WITH e:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", ["a p 1 g", "a p 2 g"], []),
        ("WITH e:g INSERT { ?s e:q ?o } WHERE { ?s ?p ?o }", [], ["a q 1 g", "a q 2 g"]),
        ("INSERT { ?s e:q 1 } USING e:h WHERE { ?s ?p ?o }", [], ["b q 1 -"]),
        ("WITH e:g INSERT { ?s e:q 1 } USING e:h WHERE { ?s ?p ?o }", [], ["b q 1 g"]),
        (
            "INSERT { ?g e:n ?o } USING NAMED e:h WHERE { GRAPH ?g { ?s ?p ?o } }",
            [],
            ["h n 3 -"],
        ),
        ("INSERT { ?s e:q ?x } WHERE { ?s e:p 3 OPTIONAL { ?s e:none ?x } }", [], []),
        ("CLEAR DEFAULT", ["a p 1 -"], []),
        ("CLEAR NAMED", ["a p 1 g", "a p 2 g", "b p 3 h"], []),
        ("DROP ALL", list(START), []),
        ("DROP GRAPH e:g", ["a p 1 g", "a p 2 g"], []),
        ("CLEAR SILENT GRAPH e:nothing", [], []),
        ("CLEAR GRAPH e:nothing", [], []),
        ("CREATE GRAPH e:new", [], []),
        ("ADD e:h TO DEFAULT", [], ["b p 3 -"]),
        ("ADD GRAPH e:h TO GRAPH e:h", [], []),
        ("COPY e:h TO e:g", ["a p 1 g", "a p 2 g"], ["b p 3 g"]),
        ("MOVE SILENT DEFAULT TO e:h", ["a p 1 -", "b p 3 h"], ["a p 1 h"]),
        ("INSERT DATA { e:x e:p 1 } ; DELETE WHERE { e:x ?p ?o }", [], []),
        ("CLEAR ALL ; PREFIX f: <urn:f> INSERT DATA { f:x e:p 1 }", list(START), ["fx p 1 -"]),
        ("", [], []),
    ],
)
def test_updates(filled: SparqlEngine, text: str, gone: list[str], new: list[str]) -> None:
    commits = filled.rdf.log.last_num
    run_update(filled, "PREFIX e: <urn:>\n" + text)
    assert quads(filled) == (set(START) - set(gone)) | set(new)
    is_changed = bool(filled.rdf.log.last_num > commits)
    assert filled.rdf.log.last_num - commits <= 1, "one request is one transaction"
    assert is_changed or not (gone or new)
    assert_store_is_right(filled)


def assert_store_is_right(engine: SparqlEngine) -> None:
    """The store has each quad, and each triple in its default graph."""
    expected = {str(quad) for quad in engine.rdf}
    expected |= {str(Quad(quad.subject, quad.predicate, quad.object)) for quad in engine.rdf}
    assert {str(quad) for quad in engine.store.synchronize()} == expected
    named = {str(graph) for graph in engine.store.synchronize().named_graphs()}
    assert named == {str(quad.graph_name) for quad in engine.rdf}


def test_protocol_datasets_of_updates(filled: SparqlEngine) -> None:
    text = "INSERT { ?s <urn:q> 1 } WHERE { ?s ?p ?o }"
    run_update(filled, text, DatasetClause(("urn:h",), ()))
    assert quads(filled) == {*START, "b q 1 -"}
    with pytest.raises(NeptuneError) as caught:
        run_update(filled, "WITH <urn:g> " + text, DatasetClause(("urn:h",), ()))
    assert caught.value.code == "MalformedQueryException"


def test_blank_nodes(engine: SparqlEngine) -> None:
    run_update(engine, "INSERT DATA { _:x <urn:p> _:y . _:x <urn:q> [] }")
    assert rows(engine, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }") == [("1",)]
    run_update(engine, "INSERT { ?s <urn:r> ?o . ?s <urn:n> [] } WHERE { ?s <urn:p> ?o }")
    assert rows(engine, "SELECT (COUNT(*) AS ?n) { ?s <urn:p>/^<urn:r> ?s }") == [("1",)]
    run_update(engine, "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(isBlank(?s)) }")
    assert len(engine.rdf) == 0


def test_refused_updates(filled: SparqlEngine) -> None:
    refused(filled, "INSERT DATA {", "MalformedQueryException")
    refused(filled, "SELECT * {}", "MalformedQueryException")
    refused(filled, "DELETE DATA { <urn:a> <urn:p> _:b }", "MalformedQueryException")
    assert "LOAD" in refused(filled, "LOAD <http://x/y>", "UnsupportedOperationException")
    service = "INSERT { ?s ?p ?o } WHERE { SERVICE <urn:x> { ?s ?p ?o } }"
    assert "SERVICE" in refused(filled, service, "UnsupportedOperationException")


def test_a_failing_operation_undoes_those_before(
    filled: SparqlEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto_neptunedata.sparql import update

    def fail(*_: Any) -> None:
        raise RuntimeError("provoked")

    monkeypatch.setitem(update._FORMS, "CLEAR", fail)
    text = "INSERT DATA { <urn:x> <urn:y> 1 } ; CLEAR ALL"
    assert "provoked" in refused(filled, text, "FailureByQueryException")
    assert_store_is_right(filled)


NODES = ("<urn:a>", "<urn:b>")
triples = st.tuples(
    st.sampled_from(NODES), st.sampled_from(("<urn:p>", "<urn:q>")), st.sampled_from((*NODES, "1"))
).map(" ".join)
blocks = st.lists(
    st.tuples(st.sampled_from(("<urn:g>", "<urn:h>")), triples), min_size=1, max_size=4
).map(lambda parts: " ".join(f"GRAPH {graph} {{ {triple} }}" for graph, triple in parts))
forms = st.sampled_from(
    (
        "INSERT DATA {{ {} }}",
        "DELETE DATA {{ {} }}",
        "DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} INSERT {{ {} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "INSERT {{ GRAPH <urn:i> {{ ?s ?p 2 }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {} }}",
    )
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(forms, blocks), max_size=5))
def test_where_all_graphs_are_named_it_is_as_pyoxigraph_does_it(
    steps: list[tuple[str, str]],
) -> None:
    engine, store = SparqlEngine(RdfDataset()), Store()
    for form, block in steps:
        run_update(engine, form.format(block))
        store.update(form.format(block))
        assert {str(quad) for quad in engine.rdf} == {str(quad) for quad in store}
        assert_store_is_right(engine)
