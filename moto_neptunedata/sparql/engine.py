"""SPARQL on an RDF dataset, by pyoxigraph.

The dataset is the store of record. The engine keeps a ``pyoxigraph.Store`` beside it, made when
the first query comes and brought up to date from the change log before each. In it, the default
graph holds each triple of all graphs once, which is Neptune's default graph (user guide, "SPARQL
Default Graph and Named Graphs"); pyoxigraph's own union would tell a triple once a graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
)

from ..errors import OUR_CHOICE, ErrorCatalog
from ..graph.log_cursor import LogCursor
from ..graph.rdf_dataset import QuadBatch, QuadChange, RdfDataset
from . import limits
from .result_formats import GRAPHS, SOLUTIONS, negotiate
from .tokenizer import NO_CLAUSE, DatasetClause, parse_dataset_clause, split_prologue, tokenize

#: Prefixes that need no declaration (user guide, "Default Namespace Prefixes in Neptune SPARQL").
PREFIXES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: What relative IRIs are resolved against.
BASE_IRI: Final = "http://aws.amazon.com/neptune/default/"
#: What every text is parsed with.
PARSING: Final[dict[str, Any]] = {"base_iri": BASE_IRI, "prefixes": PREFIXES}

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "syntax": ("MalformedQueryException", "Malformed query: {reason}", OUR_CHOICE),
        "failure": (
            "FailureByQueryException",
            "The request processing failed: {reason}",
            OUR_CHOICE,
        ),
        "spacing": (
            "MalformedQueryException",
            "Malformed query: keywords must stand apart from what is next to them",
            OUR_CHOICE,
        ),
        "dataset": (
            "MalformedQueryException",
            "using-graph-uri and using-named-graph-uri exclude USING and WITH in the update",
            OUR_CHOICE,
        ),
    }
)


class SparqlAnswer(NamedTuple):
    """The result of a query as it is sent."""

    media_type: str
    body: bytes


class SparqlStore:
    """A ``pyoxigraph.Store`` that follows an RDF dataset; hold the dataset's lock to use it."""

    def __init__(self, rdf: RdfDataset) -> None:
        self._rdf = rdf
        self.forget()

    def forget(self) -> None:
        """Make the store anew when it is next needed."""
        self._store: Store | None = None
        self._cursor: LogCursor[QuadChange] = LogCursor(self._rdf.log)

    def synchronize(self) -> Store:
        """The store, as the dataset is now."""
        commits, void = self._cursor.move()
        if self._store is None or void:
            self._store = Store()
        for commit in commits:
            for part in commit.parts:
                if isinstance(part, QuadBatch):
                    self._store.bulk_extend(change.quad for change in part)
                    self._store.bulk_extend(_remove_graph_names(part))
                else:
                    self.apply(part)
        return self._store

    def apply(self, changes: Iterable[QuadChange]) -> None:
        """Make changes happen in the store; :meth:`skip` tells that they came from here."""
        assert self._store is not None
        store = self._store
        for op, quad in changes:
            triple = quad.subject, quad.predicate, quad.object
            if op == "ADD":
                store.add(quad)
                store.add(Quad(*triple))
                continue
            store.remove(quad)
            if len(list(store.quads_for_pattern(*triple, None))) == 1:  # in the default graph
                store.remove(Quad(*triple))
            if next(store.quads_for_pattern(None, None, None, quad.graph_name), None) is None:
                store.remove_graph(quad.graph_name)

    def skip(self) -> None:
        """What the log has gained is in the store already."""
        self._cursor.move()


def _remove_graph_names(batch: QuadBatch) -> Iterable[Any]:
    if batch.graph is not None:
        return batch.quads  # stored without one
    return (Quad(quad.subject, quad.predicate, quad.object) for quad in batch.quads)


class SparqlEngine:
    """Queries on one RDF dataset; for updates see :mod:`.update`."""

    def __init__(self, rdf: RdfDataset) -> None:
        self.rdf = rdf
        self.store = SparqlStore(rdf)

    def query(self, text: str, accept: str = "", clause: DatasetClause = NO_CLAUSE) -> SparqlAnswer:
        """Run a query; ``clause`` are graph IRIs (in no brackets) that replace its own clause.

        Raises MalformedQueryException, UnsupportedOperationException (SERVICE) and
        FailureByQueryException.
        """
        found = tokenize(text)
        limits.check(text, found, ("SERVICE",))
        prologue, found = split_prologue(text, found)
        with self.rdf.lock:
            try:
                own = (
                    make_graphs(clause)
                    if clause
                    else resolve_clause(prologue, parse_dataset_clause(found))
                )
                result = run_query(self.store.synchronize(), text, own)
                if isinstance(result, QueryTriples):
                    chosen = negotiate(accept, GRAPHS)
                    body = result.serialize(format=getattr(RdfFormat, chosen.name))
                else:
                    chosen = negotiate(accept, SOLUTIONS)
                    body = result.serialize(format=getattr(QueryResultsFormat, chosen.name))
            except SyntaxError as error:
                raise ERRORS.error("syntax", reason=error) from None
            except (RuntimeError, ValueError, OSError) as error:
                raise ERRORS.error("failure", reason=error) from None
        return SparqlAnswer(chosen.media_type, body or b"")


def answer_nothing(text: str, accept: str) -> SparqlAnswer:
    """What a query finds where there is nothing, which is what a silently cancelled one tells."""
    return SparqlEngine(RdfDataset()).query(text, accept)


class Graphs(NamedTuple):
    """A dataset clause with its names resolved; two Nones for the whole dataset, and None for the
    named graphs for all of them.
    """

    default: list[Any] | None
    named: list[Any] | None


WHOLE: Final = Graphs(None, None)


def make_graphs(clause: DatasetClause) -> Graphs:
    """The graphs of a clause of plain IRIs."""

    return Graphs([NamedNode(iri) for iri in clause.default], [NamedNode(i) for i in clause.named])


def resolve_clause(prologue: str, clause: DatasetClause) -> Graphs:
    """The graphs of a clause as it was written."""
    if not clause:
        return WHOLE
    return Graphs(
        [resolve(prologue, name) for name in clause.default],
        [resolve(prologue, name) for name in clause.named],
    )


def resolve(prologue: str, name: str) -> NamedNode:
    """The node that an IRI in brackets or a prefixed name stands for."""

    scratch = Store()
    scratch.update(f"{prologue}\nINSERT DATA {{ GRAPH {name} {{ <urn:s> <urn:p> 1 }} }}", **PARSING)
    found: Any = next(iter(scratch)).graph_name
    return found  # type: ignore[no-any-return]


def run_query(store: Store, text: str, graphs: Graphs) -> Any:
    """The lazy result of a query on these graphs."""
    if graphs is WHOLE:
        return store.query(text, **PARSING)
    if graphs.default is not None and len(graphs.default) > 1:
        store, graphs = _merge_graphs(store, graphs)
    return store.query(text, default_graph=graphs.default, named_graphs=graphs.named, **PARSING)


def _merge_graphs(store: Store, graphs: Graphs) -> tuple[Store, Graphs]:
    """A store whose default graph is the merge of several, each triple once."""

    merged = Store()
    for graph in graphs.default or ():
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    named = graphs.named if graphs.named is not None else list(store.named_graphs())
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged, Graphs([DefaultGraph()], named)
