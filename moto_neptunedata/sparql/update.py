"""SPARQL updates, each request one transaction of the RDF dataset.

pyoxigraph would update its own store and not tell what has changed. So an update is taken apart:
its pattern runs as a query, and pyoxigraph instantiates its templates in an empty store, from
which the quads to delete and to insert are read.

Neptune's rules: what is inserted without a graph goes to the default named graph; a pattern
without a graph matches the union of all graphs; what is deleted without a graph goes from every
graph, which is our reading of the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from ..graph.rdf_dataset import RdfTransaction
from ..loader.feeds import DEFAULT_NAMED_GRAPH_URI
from . import limits
from .engine import (
    ERRORS,
    PARSING,
    WHOLE,
    Graphs,
    SparqlEngine,
    make_graphs,
    resolve,
    resolve_clause,
    run_query,
)
from .tokenizer import (
    NO_CLAUSE,
    DatasetClause,
    Token,
    UpdateOperation,
    UpdatePart,
    parse_operation,
    split_update,
    tokenize,
)

# Stands for a blank node where only an IRI can be written.
_BLANK: Final = "urn:moto-neptunedata:blank:"


def run_update(engine: SparqlEngine, text: str, clause: DatasetClause = NO_CLAUSE) -> None:
    """Run an update request; ``clause`` are graph IRIs (in no brackets) for its patterns.

    Raises MalformedQueryException, UnsupportedOperationException (LOAD, SERVICE) and
    FailureByQueryException; then nothing has changed.
    """
    found = tokenize(text)
    limits.check(text, found, ("LOAD", "SERVICE"))
    try:
        parts = list(split_update(text, found))
        for part in parts:
            # One by one: pyoxigraph knows no declarations between operations.
            _check_syntax(f"{part.prologue}{part.text}")
        operations = _parse_operations(parts)
        if clause and any(one.using or one.with_graph for one in operations):
            raise ERRORS.error("dataset")
        using = make_graphs(clause) if clause else None
        with engine.rdf.lock:
            _Update(engine, using).run(operations)
    except SyntaxError as error:
        raise ERRORS.error("syntax", reason=error) from None
    except (RuntimeError, ValueError, OSError) as error:
        raise ERRORS.error("failure", reason=error) from None


def _parse_operations(parts: Iterable[UpdatePart]) -> list[UpdateOperation]:
    """What the parts do. Raises MalformedQueryException for keywords that are written as one word,
    which pyoxigraph reads and :mod:`.tokenizer` does not.
    """
    try:
        found = [parse_operation(part) for part in parts if part.tokens]
    except LookupError:
        raise ERRORS.error("spacing") from None
    if any(operation.form not in _FORMS for operation in found):
        raise ERRORS.error("spacing")
    return found


def _check_syntax(text: str) -> None:
    with suppress(RuntimeError):  # it speaks of graphs that the empty store does not have
        Store().update(text, **PARSING)


class _Update:
    def __init__(self, engine: SparqlEngine, using: Graphs | None) -> None:
        self._engine = engine
        self._using = using
        self._default = NamedNode(DEFAULT_NAMED_GRAPH_URI)
        self._store: Store = engine.store.synchronize()

    def run(self, operations: Iterable[UpdateOperation]) -> None:
        try:
            with self._engine.rdf.transaction() as tx:
                for operation in operations:
                    done = len(tx.changes)
                    _FORMS[operation.form](self, operation, tx)
                    self._engine.store.apply(tx.changes[done:])  # the next operation sees them
        except BaseException:
            self._engine.store.forget()
            raise
        self._engine.store.skip()

    # ------------------------------------------------------------------ data

    def insert_data(self, operation: UpdateOperation, tx: RdfTransaction) -> None:
        self._insert(_instantiate(operation.prologue, operation.insert, None), self._default, tx)

    def delete_data(self, operation: UpdateOperation, tx: RdfTransaction) -> None:
        self._delete(_instantiate(operation.prologue, operation.delete, None), None, tx)

    def modify(self, operation: UpdateOperation, tx: RdfTransaction) -> None:
        own = resolve(operation.prologue, operation.with_graph) if operation.with_graph else None
        if operation.using:
            graphs = resolve_clause(operation.prologue, operation.using)
        elif own is not None:
            graphs = Graphs([own], None)
        else:
            graphs = self._using or WHOLE
        pattern = f"{operation.prologue}\nSELECT * WHERE {operation.where}"
        found = run_query(self._store, pattern, graphs)
        rows = _write_values(found)
        if rows is None:
            return
        deleted = _instantiate(operation.prologue, operation.delete, rows)
        inserted = _instantiate(operation.prologue, operation.insert, rows)
        self._delete(deleted, own, tx)
        self._insert(inserted, own or self._default, tx)

    def _insert(self, quads: Iterable[Quad], graph: NamedNode, tx: RdfTransaction) -> None:
        for quad in quads:
            tx.add(_put_into_graph(quad, graph) if _is_graphless(quad) else quad)

    def _delete(self, quads: Iterable[Quad], graph: NamedNode | None, tx: RdfTransaction) -> None:
        for quad in quads:
            if not _is_graphless(quad):
                tx.remove(quad)
            elif graph is not None:
                tx.remove(_put_into_graph(quad, graph))
            else:
                triple = quad.subject, quad.predicate, quad.object
                for held in list(self._store.quads_for_pattern(*triple, None)):
                    if not _is_graphless(held):
                        tx.remove(held)

    # ------------------------------------------------------------------ graph management

    def create(self, operation: UpdateOperation, tx: RdfTransaction) -> None:
        """A graph is there when it holds something."""

    def clear(self, operation: UpdateOperation, tx: RdfTransaction) -> None:
        word = operation.words[-1].word
        graphs: Iterable[Any]
        if word == "DEFAULT":
            graphs = [self._default]
        elif word in ("ALL", "NAMED"):
            graphs = [
                graph
                for graph in self._store.named_graphs()
                if word == "ALL" or graph != self._default
            ]
        else:
            graphs = [resolve(operation.prologue, operation.words[-1].text)]
        for graph in graphs:
            self._delete(self._find_quads(graph), None, tx)

    def transfer(self, operation: UpdateOperation, tx: RdfTransaction) -> None:
        """ADD, COPY and MOVE: ``… TO …``."""
        at = next(index for index, token in enumerate(operation.words) if token.word == "TO")
        source = self._resolve_graph(operation.prologue, operation.words[at - 1])
        target = self._resolve_graph(operation.prologue, operation.words[-1])
        if source == target:
            return
        quads = self._find_quads(source)
        if operation.form != "ADD":
            self._delete(self._find_quads(target), None, tx)
        self._insert([_put_into_graph(quad, target) for quad in quads], target, tx)
        if operation.form == "MOVE":
            self._delete(quads, None, tx)

    def _resolve_graph(self, prologue: str, token: Token) -> NamedNode:
        return self._default if token.word == "DEFAULT" else resolve(prologue, token.text)

    def _find_quads(self, graph: Any) -> list[Quad]:
        return list(self._store.quads_for_pattern(None, None, None, graph))


_FORMS: Final[dict[str, Callable[[_Update, UpdateOperation, RdfTransaction], None]]] = {
    "INSERT DATA": _Update.insert_data,
    "DELETE DATA": _Update.delete_data,
    "DELETE WHERE": _Update.modify,
    "MODIFY": _Update.modify,
    "CREATE": _Update.create,
    "CLEAR": _Update.clear,
    "DROP": _Update.clear,
    "ADD": _Update.transfer,
    "COPY": _Update.transfer,
    "MOVE": _Update.transfer,
}


def _is_graphless(quad: Quad) -> bool:
    return isinstance(quad.graph_name, DefaultGraph)


def _put_into_graph(quad: Quad, graph: Any) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, graph)


def _write_values(solutions: Any) -> str | None:
    """A pattern that has these solutions, None when there are none."""
    variables = " ".join(map(str, solutions.variables))
    rows = ["(" + " ".join(map(_write_term, solution)) + ")" for solution in solutions]
    if not rows:
        return None
    if not variables:
        return "{}"
    return "{ VALUES (" + variables + ") { " + " ".join(rows) + " } }"


def _write_term(term: Any) -> str:
    if term is None:
        return "UNDEF"
    return f"<{_BLANK}{term.value}>" if isinstance(term, BlankNode) else str(term)


def _instantiate(prologue: str, template: str | None, pattern: str | None) -> list[Quad]:
    """The quads of a template for all solutions of a pattern, or of a block of data."""

    if template is None:
        return []
    scratch = Store()
    if pattern is None:
        scratch.update(f"{prologue}\nINSERT DATA {template}", **PARSING)
        return list(scratch)
    scratch.update(f"{prologue}\nINSERT {template} WHERE {pattern}", **PARSING)
    return [_restore_blanks(quad) for quad in scratch]


def _restore_blanks(quad: Quad) -> Quad:
    def term(own: Any) -> Any:
        value = getattr(own, "value", "")
        return BlankNode(value[len(_BLANK) :]) if value.startswith(_BLANK) else own

    return Quad(term(quad.subject), quad.predicate, term(quad.object), term(quad.graph_name))
