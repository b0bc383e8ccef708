"""Query text to syntax tree. :func:`parse` is the only way in."""

from __future__ import annotations

from collections.abc import Callable

from . import ast as t
from .dialect import REFUSED_CLAUSES
from .expression_parser import ExpressionParser
from .tokenizer import END, INTEGER, NAME, STRING


def parse(text: str) -> t.Query:
    """The syntax tree of a query. Raises ``CypherError`` of phase compile time."""
    return _Parser(text).whole_query()


class _Parser(ExpressionParser):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._clauses: dict[str, Callable[[], t.Clause]] = {
            "MATCH": self._match,
            "OPTIONAL": self._match,
            "UNWIND": self._unwind,
            "WITH": self._with,
            "RETURN": self._return,
            "CREATE": self._create,
            "MERGE": self._merge,
            "SET": self._set,
            "REMOVE": self._remove,
            "DELETE": self._delete,
            "DETACH": self._delete,
            "CALL": self._call,
        }

    # ------------------------------------------------------------------ queries

    def whole_query(self) -> t.Query:
        hints = self._hints()
        query = self._query()
        self.accept(";")
        if self.next.kind != END:
            self.fail("a clause or the end of the query")
        return t.Query(query.parts, query.union_all, hints)

    def _hints(self) -> tuple[tuple[str, str], ...]:
        """``USING QUERY:TIMEOUTMILLISECONDS 100``, before the first clause."""
        hints = []
        while self.accept_word("USING"):
            if not self.accept_word("QUERY"):
                raise self.unsupported(f"USING {self.next.value}")
            self.expect(":")
            name = self.name("a query hint").upper()
            if self.next.kind not in (INTEGER, STRING, NAME):
                self.fail("the value of the hint")
            hints.append((name, self.take().value))
        return tuple(hints)

    def _query(self) -> t.Query:
        self.deeper()
        parts = [self._single_query()]
        joins = []
        while self.accept_word("UNION"):
            joins.append(self.accept_word("ALL"))
            parts.append(self._single_query())
        self.depth -= 1
        return t.Query(tuple(parts), tuple(joins))

    def _single_query(self) -> t.SingleQuery:
        pos = self.next.start
        clauses: list[t.Clause] = []
        while True:
            clause = self._clause()
            if clause is None:
                break
            clauses.append(clause)
        if not clauses:
            self.fail("a clause")
        return t.SingleQuery(tuple(clauses), pos)

    def _clause(self) -> t.Clause | None:
        if self.next.kind != NAME:
            return None
        word = self.next.value.upper()
        read = self._clauses.get(word)
        if read is not None:
            return read()
        if word in REFUSED_CLAUSES:
            raise self.unsupported(REFUSED_CLAUSES[word].construct)
        return None

    def exists_body(self) -> t.Query:
        if self.next.kind == NAME and self.next.value.upper() in self._clauses:
            return self._query()
        pos = self.next.start
        self.deeper()
        parts = self.pattern_parts()
        where = self._where()
        self.depth -= 1
        return t.Query((t.SingleQuery((t.Match(False, parts, where, pos=pos),), pos),))

    # ------------------------------------------------------------------ reading

    def _where(self) -> t.Expr | None:
        return self.expr() if self.accept_word("WHERE") else None

    def _match(self) -> t.Clause:
        pos = self.next.start
        optional = self.accept_word("OPTIONAL")
        self.expect_word("MATCH")
        parts = self.pattern_parts()
        if self.at_word("USING"):
            raise self.unsupported("USING after MATCH")
        return t.Match(optional, parts, self._where(), pos=pos)

    def _unwind(self) -> t.Clause:
        pos = self.take().start
        source = self.expr()
        self.expect_word("AS")
        return t.Unwind(source, self.name("a variable"), pos=pos)

    def _with(self) -> t.Clause:
        return self._projection(False)

    def _return(self) -> t.Clause:
        return self._projection(True)

    def _projection(self, final: bool) -> t.Clause:
        pos = self.take().start
        distinct = self.accept_word("DISTINCT")
        star = self.accept("*")
        items = []
        if not star or self.accept(","):
            items.append(self._projection_item())
            while self.accept(","):
                items.append(self._projection_item())
        order: list[t.SortItem] = []
        if self.accept_word("ORDER"):
            self.expect_word("BY")
            order.append(self._sort_item())
            while self.accept(","):
                order.append(self._sort_item())
        skip = self.expr() if self.accept_word("SKIP") or self.accept_word("OFFSET") else None
        limit = self.expr() if self.accept_word("LIMIT") else None
        where = None if final else self._where()
        return t.Projection(
            final, distinct, star, tuple(items), tuple(order), skip, limit, where, pos=pos
        )

    def _projection_item(self) -> t.ProjectionItem:
        start = self.next.start
        expr = self.expr()
        text = self.text[start : self.tokens[self.at - 1].end]
        if self.accept_word("AS"):
            return t.ProjectionItem(expr, self.name("an alias"), True, start)
        if type(expr) is t.Variable:
            return t.ProjectionItem(expr, expr.name, True, start)
        return t.ProjectionItem(expr, text, False, start)

    def _sort_item(self) -> t.SortItem:
        expr = self.expr()
        if self.at_word("DESC", "DESCENDING"):
            self.take()
            return t.SortItem(expr, True)
        if self.at_word("ASC", "ASCENDING"):
            self.take()
        return t.SortItem(expr, False)

    def _call(self) -> t.Clause:
        pos = self.take().start
        imports = None
        if self.at_mark("("):
            imports = self._imports()
        if self.accept("{"):
            query = self._query()
            self.expect("}")
            if self.at_words("IN", "TRANSACTIONS") or self.at_word("IN"):
                raise self.unsupported("CALL { } IN TRANSACTIONS")
            return t.CallSubquery(query, imports, pos=pos)
        return self._procedure(pos)

    def _imports(self) -> tuple[str, ...]:
        self.expect("(")
        names = []
        if self.at_mark("*"):
            raise self.unsupported("CALL (*)")
        while not self.at_mark(")"):
            names.append(self.name("a variable"))
            if not self.at_mark(")"):
                self.expect(",")
        self.expect(")")
        return tuple(names)

    def _procedure(self, pos: int) -> t.Clause:
        """A procedure call is read as far as its name, which is all that its refusal needs."""
        parts = [self.name("a procedure or '{'")]
        while self.accept("."):
            parts.append(self.name("a procedure"))
        while self.next.kind != END:
            self.take()
        return t.CallProcedure(".".join(parts), pos=pos)

    # ------------------------------------------------------------------ writing

    def _create(self) -> t.Clause:
        pos = self.take().start
        if self.at_word("INDEX", "CONSTRAINT", "UNIQUE", "OR", "FULLTEXT", "RANGE", "TEXT"):
            raise self.unsupported(f"CREATE {self.next.value.upper()}")
        return t.Create(self.pattern_parts(), pos=pos)

    def _merge(self) -> t.Clause:
        pos = self.take().start
        part = self.pattern_part()
        actions: dict[str, list[t.Clause]] = {"CREATE": [], "MATCH": []}
        while self.accept_word("ON"):
            if not self.at_word("CREATE", "MATCH"):
                self.fail("'CREATE' or 'MATCH'")
            chosen = actions[self.take().value.upper()]
            self.expect_word("SET")
            chosen.extend(self._set_items())
        return t.Merge(part, tuple(actions["CREATE"]), tuple(actions["MATCH"]), pos=pos)

    def _set(self) -> t.Clause:
        pos = self.take().start
        return t.Set(self._set_items(), pos=pos)

    def _set_items(self) -> tuple[t.Clause, ...]:
        items = [self._set_item()]
        while self.accept(","):
            items.append(self._set_item())
        return tuple(items)

    def _set_item(self) -> t.Clause:
        pos = self.next.start
        target = self._changed_element()
        if self.accept("."):
            key = self.name("a property key")
            if self.at_mark("."):
                raise self.unsupported("SET of a property of a property")
            self.expect("=")
            return t.SetProperty(target, key, self.expr(), pos=pos)
        if self.at_mark(":"):
            return t.SetLabels(target, self._labels(), pos=pos)
        if self.at_mark("["):
            raise self.unsupported("SET of a property by a computed key")
        merge = self.accept("+=")
        if not merge:
            self.expect("=")
        return t.SetProperties(target, self.expr(), merge, pos=pos)

    def _changed_element(self) -> t.Expr:
        """``n`` or ``(expression)``, which is followed by what is set or removed."""
        pos = self.next.start
        if self.accept("("):
            inner = self.expr()
            self.expect(")")
            return inner
        return t.Variable(self.name("a variable"), pos=pos)

    def _labels(self) -> tuple[str, ...]:
        labels = []
        while self.accept(":"):
            labels.append(self.name("a label"))
        return tuple(labels)

    def _remove(self) -> t.Clause:
        pos = self.take().start
        items = [self._remove_item()]
        while self.accept(","):
            items.append(self._remove_item())
        return t.Set(tuple(items), pos=pos)

    def _remove_item(self) -> t.Clause:
        pos = self.next.start
        target = self._changed_element()
        if self.at_mark(":"):
            return t.RemoveLabels(target, self._labels(), pos=pos)
        self.expect(".")
        return t.RemoveProperty(target, self.name("a property key"), pos=pos)

    def _delete(self) -> t.Clause:
        pos = self.next.start
        detach = self.accept_word("DETACH")
        self.expect_word("DELETE")
        targets = [self.expr()]
        while self.accept(","):
            targets.append(self.expr())
        return t.Delete(tuple(targets), detach, pos=pos)
