"""Reading SPARQL texts as far as routing them takes."""

from __future__ import annotations

import pytest

from moto_neptunedata.sparql.tokenizer import (
    parse_dataset_clause,
    parse_operation,
    split_prologue,
    split_update,
    tokenize,
)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a # b\n c", ["a", "c"]),
        ("<urn:a#b> 'x # y' \"z;\"", ["<urn:a#b>", "'x # y'", '"z;"']),
        ('\'\'\'it\'s {\'\'\' """say "no" }"""', ["'''it's {'''", '"""say "no" }"""']),
        (r"'it\'s' e:a\;b", [r"'it\'s'", r"e:a\;b"]),
        ("?a<?b && ?c>1", ["?a", "<", "?b", "&", "&", "?c", ">", "1"]),
        ("e:a.b. :c _:d e: ;", ["e:a.b", ".", ":c", "_:d", "e:", ";"]),
        ("a.b-1 1.5e3 2. -3", ["a", ".", "b", "-", "1", "1.5e3", "2", ".", "-", "3"]),
        (r"<a:\u0061#b> <a:b\>", [r"<a:\u0061#b>", r"<a:b\>"]),
        ("a:⁺\\'x a:·b", ["a:⁺\\'x", "a:·b"]),
        ("''''a\\''''", ["''''a\\''''"]),
        ("'x'@en-gb 1^^xsd:int", ["'x'", "@en", "-", "gb", "1", "^", "^", "xsd:int"]),
    ],
)
def test_tokens(text: str, pieces: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == pieces


def test_dataset_clause() -> None:
    text = (
        "BASE <urn:x/> PREFIX e: <urn:> SELECT * FROM <a> FROM NAMED e:b FROM e:c { ?s ?from ?o }"
    )
    prologue, found = split_prologue(text, tokenize(text))
    assert prologue == "BASE <urn:x/> PREFIX e: <urn:>"
    assert parse_dataset_clause(found) == (("<a>", "e:c"), ("e:b",))
    assert not parse_dataset_clause(tokenize("ASK { SELECT * FROM <a> {} }"))
    for text in ("ASK FROM", "ASK FROM NAMED"):
        assert not parse_dataset_clause(tokenize(text))


def test_operations() -> None:
    text = """
        PREFIX e: <urn:>  # one; two
        INSERT DATA { e:a e:b '};' } ;
        PREFIX f: <urn:f>
        DELETE DATA { GRAPH f:g { e:a e:b 1 } };
        DELETE WHERE { ?s ?p ?o ; e:x ?y };
        WITH e:g DELETE { ?s ?p ?o } INSERT { GRAPH ?h { ?s ?p 1 } }
          USING e:u USING NAMED <urn:v> WHERE { GRAPH ?h { ?s ?p ?o } FILTER(?o < 3) };
        INSERT { ?s ?p ?o } WHERE {};
        CLEAR SILENT GRAPH e:g ; DROP ALL ; COPY DEFAULT TO e:g ;
    """
    found = [parse_operation(part) for part in split_update(text, tokenize(text)) if part.tokens]
    assert [operation.form for operation in found] == [
        "INSERT DATA",
        "DELETE DATA",
        "DELETE WHERE",
        "MODIFY",
        "MODIFY",
        "CLEAR",
        "DROP",
        "COPY",
    ]
    assert found[0].prologue == "PREFIX e: <urn:>\n"
    assert found[1].prologue == "PREFIX e: <urn:>\nPREFIX f: <urn:f>\n"
    assert found[0].insert == "{ e:a e:b '};' }"
    assert found[1].delete == "{ GRAPH f:g { e:a e:b 1 } }"
    assert found[2].delete == found[2].where == "{ ?s ?p ?o ; e:x ?y }"
    modify = found[3]
    assert (modify.delete, modify.insert) == ("{ ?s ?p ?o }", "{ GRAPH ?h { ?s ?p 1 } }")
    assert modify.where == "{ GRAPH ?h { ?s ?p ?o } FILTER(?o < 3) }"
    assert (modify.with_graph, modify.using) == ("e:g", (("e:u",), ("<urn:v>",)))
    assert (found[4].delete, found[4].where) == (None, "{}")
    assert [token.text for token in found[5].words] == ["SILENT", "GRAPH", "e:g"]


def test_no_operation() -> None:
    prefix = "PREFIX e: <urn:>"
    assert list(split_update(prefix, tokenize(prefix))) == [(f"{prefix}\n", "", ())]
    assert list(split_update("", [])) == [("", "", ())]


@pytest.mark.parametrize("text", ["PREFIX", "PREFIX e:", "INSERT", "DELETE {", "}};{", ";;", "'"])
def test_wrong_texts_come_apart_too(text: str) -> None:
    assert all(part.text in text for part in split_update(text, tokenize(text)))
