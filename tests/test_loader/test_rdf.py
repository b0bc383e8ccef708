"""The RDF formats."""

from __future__ import annotations

from typing import Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from moto_neptunedata.loader.feeds import DEFAULT_NAMED_GRAPH_URI
from moto_neptunedata.loader.formats import rdf
from tests.support.feeding import load

DEFAULT = NamedNode(DEFAULT_NAMED_GRAPH_URI)
RDFXML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="a:">'
    '<rdf:Description rdf:about="{}"><e:p>1</e:p></rdf:Description>{}</rdf:RDF>'
)


def triple(s: str, p: str, o: str, graph: Any = DEFAULT) -> Quad:
    return Quad(NamedNode(s), NamedNode(p), NamedNode(o), graph)


ONE = triple("a:s", "a:p", "a:o")
TWO = triple("a:s", "a:p", "a:o2")
LINE = "<a:s> <a:p> <a:o> .\n"
LINE2 = "<a:s> <a:p> <a:o2> .\n"


@pytest.mark.parametrize(
    ("format", "text", "quads"),
    [
        ("ntriples", LINE, [ONE]),
        ("ntriples", "\ufeff" + LINE, [ONE]),
        ("ntriples", LINE.strip(), [ONE]),
        ("ntriples", LINE.replace("\n", "\r\n") + LINE2, [ONE, TWO]),
        ("ntriples", LINE.replace("\n", "\r") + LINE2, [ONE, TWO]),
        ("ntriples", f"# comment\n\n{LINE}", [ONE]),
        ("ntriples", "", []),
        ("nquads", LINE, [ONE]),
        ("nquads", "<a:s> <a:p> <a:o> <a:g> .", [triple("a:s", "a:p", "a:o", NamedNode("a:g"))]),
        ("turtle", "@prefix a: <a:> . a:s a:p a:o , a:o2 .", [ONE, TWO]),
        ("turtle", "", []),
        ("nquads", "<a:s> <a:p> <a:o> <a:g> .\n" + LINE, [
            ONE, triple("a:s", "a:p", "a:o", NamedNode("a:g"))
        ]),
    ],
)  # fmt: skip
def test_good(format: str, text: str, quads: list[Quad]) -> None:
    loaded = load(format, text)
    assert list(loaded.rdf) == quads
    assert loaded.counters == (len(quads), 0, 0, 0, 0)


def test_rdfxml_and_bases() -> None:
    subject, predicate = NamedNode("http://aws.amazon.com/neptune/x"), NamedNode("a:p")
    expected = [Quad(subject, predicate, Literal("1"), DEFAULT)]
    assert list(load("rdfxml", RDFXML.format("x", "")).rdf) == expected
    moved = load("turtle", '<x> <a:p> "1" .', base_uri="b:c/", named_graph_uri="b:g")
    assert list(moved.rdf) == [Quad(NamedNode("b:c/x"), predicate, Literal("1"), NamedNode("b:g"))]


def test_escapes_are_decoded_and_nothing_is_normalized() -> None:
    loaded = load("ntriples", '<a:s> <a:p> "\\u0065\\u0301" .')
    assert next(iter(loaded.rdf)).object.value == "e\u0301"  # type: ignore[union-attr]


def test_duplicates_are_told() -> None:
    loaded = load("ntriples", LINE + LINE + LINE2)
    assert loaded.counters == (3, 1, 0, 0, 0)
    assert loaded.load("nquads", f"{LINE2}<a:s> <a:p> <a:o> <{DEFAULT.value}> .").counters == (
        *(2, 2),
        *(0, 0, 0),
    )
    assert len(loaded.rdf) == 2


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("|", "Expected '<', found: |"),
        ('"x" <a:p> <a:o> .', "Expected '<', found: \""),
        ("<a:s> <a:p>", ""),
        ("<s> <a:p> <a:o> .", ""),
        ('<a:s> <a:p> "x', ""),
        ('<a:s> <a:p> "\\ud800" .', ""),
        ("_:- <a:p> <a:o> .", ""),
        ("_: <a:p> <a:o> .", ""),
        ("<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> .", ""),
        (LINE.strip() + LINE2.strip(), ""),
        (LINE.strip() + " junk", ""),
    ],
)
@pytest.mark.parametrize("format", ["ntriples", "nquads"])
def test_bad_lines_are_left_out(format: str, bad: str, message: str) -> None:
    text = f"{LINE}\n{bad}\n{LINE2}{bad}"
    loaded = load(format, text)
    assert list(loaded.rdf) == [ONE, TWO]
    assert loaded.counters == (4, 0, 2, 0, 0)
    assert loaded.lines == [3, 5]
    if message:
        assert loaded.report.errors[0].error_message == message
    stopped = load(format, text, fail_on_error=True)
    assert list(stopped.rdf) == [ONE]
    assert stopped.counters == (2, 0, 1, 0, 0)


def test_line_numbers_go_on_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf, "BLOCK_SIZE", 10)
    for end in ("\n", "\r\n"):
        loaded = load("ntriples", (LINE * 9 + "x\n" + LINE2 * 9 + "y").replace("\n", end))
        assert loaded.lines == [10, 20]
        assert loaded.counters == (20, 16, 2, 0, 0)


def test_bad_bytes_are_a_bad_line() -> None:
    loaded = load("ntriples", LINE.encode() + b'<a:s> <a:p> "\xff" .\n' + LINE2.encode())
    assert loaded.counters == (3, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("format", "text", "line"),
    [("turtle", LINE + "<a:s> <a:p> .\n" + LINE2, 2), ("turtle", LINE + "\x00", 2)],
)
def test_first_syntax_error_ends_a_document(format: str, text: str, line: int) -> None:
    loaded = load(format, text)
    assert list(loaded.rdf) == [ONE]
    assert loaded.counters == (2, 0, 1, 0, 0)
    assert loaded.lines == [line]


def test_broken_rdfxml() -> None:
    assert load("rdfxml", RDFXML.format("x", "<e:p")).counters[1:] == (0, 1, 0, 0)
    assert load("rdfxml", "nothing of the kind").counters == (1, 0, 1, 0, 0)
    assert load("rdfxml", "<a" * 10).counters == (1, 0, 1, 0, 0)


def document(declarations: str, about: str = "x") -> str:
    return f"<!DOCTYPE r [{declarations}]>" + RDFXML.format(about, "")


def test_entities() -> None:
    loaded = load("rdfxml", document('<!ENTITY a "b:"><!ENTITY c "&a;d">', "&c;"))
    assert next(iter(loaded.rdf)).subject == NamedNode("b:d")
    padded = "<!-- " + "x" * (rdf._XML_SIZE - 20) + " -->" + document('<!ENTITY a "b:">', "&a;")
    for cut in range(12):
        assert load("rdfxml", padded[:5] + padded[5 + cut :]).counters == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "declarations",
    [
        "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(-1, 8)),
        f'<!ENTITY e "{"x" * 1_000}">',
        f'<!-- {"x" * 65_510} --><!ENTITY e "{"x" * 1_000}">',
        f'<!ENTITY e "x">{"<!-- -->" * 200_000}',
    ],
)
def test_entities_do_not_explode(declarations: str) -> None:
    loaded = load("rdfxml", document(declarations))
    assert loaded.codes == ["OUT_OF_MEMORY_ERROR"]
    assert len(loaded.rdf) == 0


def test_declarations_that_never_end() -> None:
    assert load("rdfxml", '<!DOCTYPE r [<!ENTITY e "x"').report.errors
    assert load("rdfxml", "<" * 10_000).report.errors


def test_triples_in_triples_are_not_supported() -> None:
    loaded = load("turtle", LINE + "<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> .")
    assert loaded.counters == (2, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("ntriples", "_:x <a:p> _:y .\n_:x <a:q> _:x ."),
        ("ntriples", '_:x <a:p> "_:z" .\n_:x <a:q> _:y .'),
        ("nquads", '_:x <a:p> _:y <a:g> .\n<a:s> <a:q> "c" _:x .'),
        ("turtle", "_:x <a:p> _:y ."),
        ("rdfxml", RDFXML.format("x", '<rdf:Description><e:p rdf:nodeID="y"/></rdf:Description>')),
    ],
)
def test_blank_nodes_belong_to_their_feed(format: str, text: str) -> None:
    loaded = load(format, text, text)
    blanks = [
        {term for quad in loaded.rdf for term in quad if isinstance(term, BlankNode)}
        for loaded in (load(format, text), loaded)
    ]
    assert len(blanks[0]) == 2
    assert len(blanks[1]) == 4
    assert not any(blank.value in ("x", "y") for blank in blanks[1])


def test_literals_keep_what_looks_like_a_blank_node() -> None:
    loaded = load("ntriples", '_:x <a:p> "_:z" .\n<a:_:s> <a:p> _:x .')
    assert {quad.object.value for quad in loaded.rdf} & {"_:z"}  # type: ignore[union-attr]
    assert NamedNode("a:_:s") in {quad.subject for quad in loaded.rdf}


@pytest.mark.parametrize("format", ["ntriples", "turtle"])
def test_invalid_uris_of_a_request(format: str) -> None:
    assert load(format, LINE, named_graph_uri="no uri").codes == ["PARSING_ERROR"]
    assert load("turtle", LINE, base_uri="no uri").codes == ["PARSING_ERROR"]


def test_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf, "BATCH_SIZE", 3)
    loaded = load("turtle", "".join(f"<a:{n}> <a:p> <a:o> .\n" for n in range(10)) + "x")
    assert loaded.counters == (11, 0, 1, 0, 0)
    assert loaded.rdf.log.last_num == 4


def test_elements_that_nest_too_deeply(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    whole = rdf._WatchedXml.read
    monkeypatch.setattr(
        rdf._WatchedXml, "read", lambda self, size=-1: read.append(size) or whole(self, size)
    )
    deep = RDFXML.format("a:s", "<e:a>" * 500_000)
    loaded = load("rdfxml", deep)
    assert [error.error_message for error in loaded.report.errors] == ["Elements nest too deeply"]
    assert len(read) < 20  # the rest is never parsed
    assert not load("rdfxml", RDFXML.format("a:s", "")).report.errors


def test_what_only_looks_deep() -> None:
    html = f"<![CDATA[{'<br>' * 60_000}]]>"
    flat = '<rdf:Description rdf:about="a:{}"><e:p/><e:q>{}</e:q><!-- x --></rdf:Description>'
    many = "".join(flat.format(number, "") for number in range(15_000))
    loaded = load("rdfxml", RDFXML.format("a:s", many + flat.format("h", html)))
    assert not loaded.report.errors
    assert loaded.report.total_records == 30_003
