"""The RDF formats, parsed by pyoxigraph.

``ntriples`` and ``nquads`` have a statement a line: a bad line is left out. In ``turtle`` and
``rdfxml`` the first syntax error ends the feed, for there is no telling where to go on.
The blank nodes of a feed are its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple, parse

from ...graph.gc_control import pause_gc
from ..feeds import FeedError, Problem

if TYPE_CHECKING:
    from . import Feed

#: About how many bytes of lines, and how many statements of other formats, go in at once.
BLOCK_SIZE: Final = 1 << 20
BATCH_SIZE: Final = 1 << 14

# The parser quotes what it found, however long.
MAX_MESSAGE: Final = 500

#: How a feed marks its blank nodes before their own labels.
_OWN_MARK: Final = "f{}x"

# Marks of blank nodes in literals and IRIs, or before what is no label, are none.
_NO_MARKS: Final = tuple(
    re.compile(pattern).search
    for pattern in (rb'"[^"\n]*_:', rb"<[^<>\n]*_:", rb"_:(?:[^A-Za-z0-9_]|$)")
)

#: An entity that stands for more bytes than this, or more bytes of declarations, may be a bomb.
MAX_ENTITY: Final = 256
MAX_DECLARATIONS: Final = 1 << 20

#: Elements of RDF/XML may nest this deep; the parser's time grows by the square of it.
MAX_XML_DEPTH: Final = 10_000

_XML_SIZE: Final = 1 << 16
_CDATA: Final = (b"<![CDATA[", b"]]>")
_DECLARATION: Final = b"<!ENTITY"
_ENTITY: Final = re.compile(rb'<!ENTITY\s+([^\s"]+)\s+"([^"]*)"').findall
_REFERENCE: Final = re.compile(rb"&([^;&]+);").findall

_BOM: Final = b"\xef\xbb\xbf"

# Seen in a real error log (nquads); the other texts are the parser's.
EXPECTED: Final = "Expected '<', found: {}"
NO_TRIPLE_TERMS: Final = "A triple is not supported as the object of a triple"


def load_ntriples(feed: Feed) -> None:
    """Load a feed in format ``ntriples``."""
    _load_lines(feed, RdfFormat.N_TRIPLES)


def load_nquads(feed: Feed) -> None:
    """Load a feed in format ``nquads``; statements without a graph go to the default one."""
    _load_lines(feed, RdfFormat.N_QUADS)


def load_turtle(feed: Feed) -> None:
    """Load a feed in format ``turtle``."""
    _load_document(feed, RdfFormat.TURTLE)


def load_rdfxml(feed: Feed) -> None:
    """Load a feed in format ``rdfxml``."""
    _load_document(feed, RdfFormat.RDF_XML)


def _load_lines(feed: Feed, format: RdfFormat) -> None:
    with pause_gc():
        loader = _LineLoader(feed, format)
        for block in _blocks_of_lines(feed.stream):
            if not loader.load(block):
                return


def _blocks_of_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a stream, cut at line ends."""
    rest = stream.read(BLOCK_SIZE)
    rest = rest[len(_BOM) :] if rest.startswith(_BOM) else rest
    while True:
        # As much again as there is, so that one long line is not copied too often.
        data = stream.read(max(BLOCK_SIZE, len(rest)))
        if not data:
            break
        rest += data
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


class _LineLoader:
    def __init__(self, feed: Feed, format: RdfFormat) -> None:
        self._feed = feed
        self._format = format
        self._graph = _named_node(feed.options.named_graph_uri)
        self._line = 1
        self._mark = ""

    def load(self, block: bytes) -> bool:
        """Load whole lines; False when the feed ends here (``failOnError``)."""
        # One byte is found faster than two, and these are rare.
        has_marks = b"_" in block and b"_:" in block
        has_triple_terms = b"(" in block and b"<<(" in block
        if has_marks and not self._mark:
            self._mark = _OWN_MARK.format(re.sub("[^A-Za-z0-9]", "", self._feed.options.new_id()))
        needs_care = has_triple_terms or (has_marks and any(find(block) for find in _NO_MARKS))
        if not needs_care:
            marked = block.replace(b"_:", b"_:" + self._mark.encode()) if has_marks else block
            try:
                quads = list(parse(marked, self._format))
            except SyntaxError:
                pass
            else:
                _add(self._feed, quads, self._graph, self._format)
                self._line += block.count(b"\n") if b"\r" not in block else _count_lines(block)
                return True
        return self._load_one_by_one(block)

    def _load_one_by_one(self, block: bytes) -> bool:
        quads: list[Quad] = []
        try:
            for line in block.splitlines():
                try:
                    # Whole lines only: a good statement may come before what is wrong.
                    quads.extend(list(map(self._own, parse(line, self._format))))
                except SyntaxError as error:
                    message = _expectation(line) or _message(error)
                    self._feed.report.fail(Problem.SYNTAX, message, self._line)
                    if self._feed.options.fail_on_error:
                        return False
                self._line += 1
        finally:
            _add(self._feed, quads, self._graph, self._format)
        return True

    def _own(self, quad: Quad) -> Quad:
        """The quad with the blank nodes of this feed."""
        terms = [quad.subject, quad.predicate, quad.object, quad.graph_name]
        kinds = set(map(type, terms))
        if Triple in kinds:
            raise SyntaxError(NO_TRIPLE_TERMS)
        if BlankNode in kinds:
            terms = [
                BlankNode(self._mark + term.value) if isinstance(term, BlankNode) else term
                for term in terms
            ]
            return Quad(*terms)  # type: ignore[arg-type]
        return quad


def _load_document(feed: Feed, format: RdfFormat) -> None:
    stream: Any = (_WatchedXml if format == RdfFormat.RDF_XML else _Watched)(feed.stream)
    graph = _named_node(feed.options.named_graph_uri)
    try:
        parser = parse(stream, format, base_iri=feed.options.base_uri, rename_blank_nodes=True)
    except ValueError as error:
        raise FeedError(Problem.SYNTAX, f"Invalid base URI: {error}") from error
    with pause_gc():
        more = True
        while more:
            quads: list[Quad] = []
            try:
                # Those before an error stay in the list.
                quads.extend(islice(parser, BATCH_SIZE))
                more = bool(quads)
            except (SyntaxError, OSError) as error:
                more = False
                # The RDF/XML parser tells what went wrong in the stream as bad syntax.
                if stream.error is None:
                    feed.report.fail(Problem.SYNTAX, _message(error), _line_of(error))
            supported = [quad for quad in quads if type(quad.object) is not Triple]
            _add(feed, supported, graph, format)
            if len(supported) < len(quads):
                feed.report.fail(Problem.SYNTAX, NO_TRIPLE_TERMS)
                more = False
    if stream.error is not None:
        raise stream.error


class _Watched:
    """A stream that remembers what went wrong in it, which the parser would tell as its own."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except Exception as error:
            self.error = error
            raise OSError from error


class _WatchedXml(_Watched):
    """XML, with a look at the entities it declares before the parser expands them, and at how deep
    it gets.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._ready = b""
        self._depth = 0
        self._in_cdata = False

    def read(self, size: int = -1) -> bytes:
        if not self._ready:
            self._ready = super().read(_XML_SIZE)
            while _is_unfinished(self._ready):
                data = super().read(_XML_SIZE)
                self._ready += data
                if not data or len(self._ready) > MAX_DECLARATIONS:
                    break
            self._check(self._ready)
            self._descend(self._ready)
        piece = self._ready[:size]
        self._ready = self._ready[size:]
        return piece

    def _check(self, data: bytes) -> None:
        sizes: dict[bytes, int] = {}
        for name, value in _ENTITY(data):
            used = _REFERENCE(value)
            sizes[name] = len(value) + sum(sizes.get(reference, 0) for reference in used)
        if max(sizes.values(), default=0) > MAX_ENTITY or len(data) > MAX_DECLARATIONS:
            self.error = FeedError(Problem.TOO_LARGE, "Entity declarations are too large")
            raise OSError from self.error

    def _descend(self, data: bytes) -> None:
        """Count what is opened and closed, nearly: marks may be cut in two, or be in comments."""
        if self._in_cdata or _CDATA[0] in data:
            data = self._without_cdata(data)
        opened = data.count(b"<") - data.count(b"<!") - data.count(b"<?") - data.count(b"</")
        self._depth = max(0, self._depth + opened - data.count(b"</") - data.count(b"/>"))
        if self._depth > MAX_XML_DEPTH:
            self.error = FeedError(Problem.TOO_LARGE, "Elements nest too deeply")
            raise OSError from self.error

    def _without_cdata(self, data: bytes) -> bytes:
        kept = []
        while data:
            before, mark, data = data.partition(_CDATA[self._in_cdata])
            if not self._in_cdata:
                kept.append(before)
            self._in_cdata ^= bool(mark)
        return b"".join(kept)


def _is_unfinished(data: bytes) -> bool:
    """Whether the data ends within entity declarations or within what begins one."""
    last = data.rfind(_DECLARATION)
    starts = (_DECLARATION[:size] for size in range(1, len(_DECLARATION)))
    return (last >= 0 and data.find(b"]>", last) < 0) or any(map(data.endswith, starts))


def _add(feed: Feed, quads: list[Quad], graph: NamedNode, format: RdfFormat) -> None:
    add = feed.rdf.add_quads if format == RdfFormat.N_QUADS else feed.rdf.add_triples
    feed.report.total_records += len(quads)
    feed.report.total_duplicates += len(quads) - add(quads, graph)


def _named_node(uri: str) -> NamedNode:
    try:
        return NamedNode(uri)
    except ValueError as error:
        raise FeedError(Problem.SYNTAX, f"Invalid named graph URI: {error}") from error


def _expectation(line: bytes) -> str:
    start = line.lstrip()[:40].decode("utf-8", "replace")[:1]
    return EXPECTED.format(start) if start not in ("<", "_", "") else ""


def _message(error: Exception) -> str:
    """The parser's text without the place, which the record number tells."""
    text = str(error.args[0] if error.args else error)
    return (text.partition(": ")[2] or text)[:MAX_MESSAGE]


def _line_of(error: Exception) -> int:
    return (error.lineno if isinstance(error, SyntaxError) else None) or 0


def _count_lines(block: bytes) -> int:
    return len(block.splitlines())
