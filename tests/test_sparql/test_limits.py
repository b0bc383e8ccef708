"""What is refused of a SPARQL text before pyoxigraph sees it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph.rdf_dataset import RdfDataset
from moto_neptunedata.sparql import tokenizer
from moto_neptunedata.sparql.engine import SparqlEngine
from moto_neptunedata.sparql.limits import MAX_NESTING, MAX_PARTS
from moto_neptunedata.sparql.update import run_update

TRIPLE = "?s ?p ?o . "


def query(text: str) -> Any:
    return SparqlEngine(RdfDataset()).query(text)


def update(text: str) -> Any:
    return run_update(SparqlEngine(RdfDataset()), text)


def refused(run: Callable[[str], Any], text: str) -> NeptuneError:
    with pytest.raises(NeptuneError) as caught:
        run(text)
    return caught.value


def test_nesting() -> None:
    deep = MAX_NESTING - 1
    query("SELECT * { " + "{" * deep + "}" * deep + "}")
    for opened, closed in (
        "{}",
        "()",
        "[]",
        ("<< ", ">> "),
        ("{ FILTER EXISTS ", "}"),
        ("STR(", ")"),
    ):
        for start in ("SELECT * { ", "SELECT * { FILTER ", "SELECT * { ?s ?p "):
            error = refused(query, start + opened * 2_000 + closed * 2_000)
            assert error.code == "MalformedQueryException"
            assert "nests deeper than 100 levels" in error.message
    for start in ("INSERT DATA ", "INSERT DATA { <a:a> <a:b> ", "INSERT {} WHERE "):
        assert "nests deeper" in refused(update, start + "{[(" * 2_000).message


@pytest.mark.parametrize(
    "piece",
    [
        TRIPLE,
        "?s ?p ?o ; ?q ?o , ?r . ",
        "FILTER(true) ",
        "MINUS { ?s ?p ?o } ",
        "OPTIONAL { ?s ?p ?o } ",
        "{ ?s ?p ?o } UNION ",
        "GRAPH ?g {} ",
        "BIND(1 AS ?x) ",
    ],
)
def test_many_patterns(piece: str) -> None:
    error = refused(query, "SELECT * { " + piece * 300 + "{} }")
    assert error.code == "UnsupportedOperationException"
    assert "More than 250 patterns" in error.message


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { FILTER(" + "1+" * 20_000 + "1) }",
        "SELECT * { FILTER(" + "?a||" * 20_000 + "?b) }",
        "SELECT * { FILTER(" + "!" * 20_000 + "?b) }",
        "SELECT * { ?s " + "<a:a>/" * 20_000 + "<a:b> ?o }",
        "SELECT * { ?s " + "<a:a>|" * 20_000 + "<a:b> ?o }",
        "SELECT * { ?s ?p (" + " 1" * 20_000 + ") }",
        "SELECT * { ?s ?p (" + " (1)" * 200 + ") }",
    ],
)
def test_long_chains(text: str) -> None:
    assert "More than 250 patterns" in refused(query, text).message


def test_what_is_not_joined_may_be_long() -> None:
    many = range(MAX_PARTS * 2)
    query("SELECT * { VALUES ?x { " + " ".join(f"-{number}.5" for number in many) + " } }")
    query("SELECT * { VALUES (?x ?y) { " + "".join("(1 2)" for _ in many) + " } }")
    query("SELECT * { FILTER(1 IN (" + ",".join(map(str, many)) + ")) }")
    query("CONSTRUCT { " + "<a:a> <a:b> 1 . " * len(many) + "} WHERE { <a:a> ?p ?o }")
    update("INSERT DATA { " + "<a:a> <a:b> -1 ; <a:c> (1 2 3), [] . " * len(many) + "}")
    update("INSERT { " + "<a:a> <a:b> 1 . " * len(many) + "} WHERE {}")
    update(";".join("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o . ?s ?p 2 }" for _ in many))
    assert "More than" in refused(update, "DELETE WHERE { " + TRIPLE * len(many) + "}").message
    assert "More than" in refused(update, "INSERT {} WHERE { " + TRIPLE * len(many) + "}").message


@pytest.mark.slow
def test_tokens_are_found_in_one_pass() -> None:
    """Each of these took time by the square of its length, or worse."""
    for text in ("a." * 50_000, "a-" * 50_000, "'''" + r"\a" * 50_000, '"""' + r"\a" * 50_000):
        assert tokenizer.tokenize(text)


HIDING = [
    "SELECT * { SERVICESILENT<%s> { ?s ?p ?o } }",
    "SELECT * { VALUES ?x { 1 } SERVICE<%s> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE <%s> { ?s ?p ?o } }",
    "PREFIX a: <%s> SELECT * { SERVICEa:b { ?s ?p ?o } }",
    "PREFIX a: <%s> SELECT * { ?s ?p 1.0SERVICESILENTa:b { ?s ?p ?o } }",
    "PREFIX : <%s> SELECT * { service:b { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { service silent <%s> { ?s ?p ?o } }",
    r"SELECT * { VALUES ?x { <a:\u0061#b> } SERVICE <%s> { ?s ?p ?o } }",
    "PREFIX a: <a:> SELECT * { VALUES ?x { a:⁺\\' } SERVICE <%s> { ?s ?p ?o } #'\n}",
    'PREFIX a: <a:> SELECT * { VALUES ?x { a:b·\\" } SERVICE <%s> { ?s ?p ?o } #"\n}',
    r"SELECT * { SER\u0056ICE <%s> { ?s ?p ?o } }",
    r"SELECT * { \U00000053ERVICE <%s> { ?s ?p ?o } }",
]


LOADING = [
    "LOAD <%s>",
    "load silent <%s> INTO GRAPH <a:a>",
    "LOADSILENT<%s>",
    "PREFIX a: <%s> LOADa:b",
    "PREFIX a: <%s> LOADSILENTa:b",
    "PREFIX : <%s> CLEAR ALL; LOAD:b",
    r"L\u004FAD <%s>",
]


def test_names_like_those_keywords() -> None:
    prefixes = "PREFIX service: <urn:s:> PREFIX load: <urn:l:> "
    query(prefixes + "SELECT ?service { ?service service:load ?load . load:a load:b 'SERVICE' }")
    query(prefixes + "SELECT * FROM load:g { GRAPH service:g { ?s ?p ?o } }")
    update(prefixes + "INSERT DATA { load:a load:b load:c, service:d }")
    update(prefixes + "COPY load:a TO load:b ; WITH load:a DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }")


@pytest.mark.parametrize(
    "text",
    [
        "INSERTDATA { <a:a> <a:b> 1 }",
        "DELETEWHERE { <a:a> <a:b> 1 }",
        "PREFIX a: <a:> ADDa:b TO a:c",
        "PREFIX a: <a:> WITHa:b DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }",
        "CLEARALL",
    ],
)
def test_keywords_written_as_one_word(text: str) -> None:
    assert refused(update, text).code == "MalformedQueryException"


@pytest.mark.parametrize("text", HIDING)
def test_nothing_is_sent_however_it_is_written(text: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        error = refused(query, text % url)
        assert (error.code, error.message[:14]) == (
            "UnsupportedOperationException",
            "SPARQL SERVICE",
        )
        where = (text % url).replace("SELECT *", "INSERT {} WHERE")
        assert "SPARQL SERVICE" in refused(update, where).message
        for load in LOADING:
            assert "SPARQL LOAD" in refused(update, load % url).message
        with pytest.raises(BlockingIOError):
            listening.accept()
