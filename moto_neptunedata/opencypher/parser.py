"""Query text to syntax tree. :func:`parse` is the only way in."""

from __future__ import annotations

from collections.abc import Callable

from . import ast as t
from .dialect import REFUSED_CLAUSES
from .expression_parser import ExpressionParser
from .tokenizer import END, INTEGER, NAME, STRING


def parse(text: str) -> t.Query:
    """The syntax tree of a query. Raises ``CypherError`` of phase compile time."""
    return _Parser(text).parse_query()


class _Parser(ExpressionParser):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._clauses: dict[str, Callable[[], t.Clause]] = {
            "MATCH": self._parse_match,
            "OPTIONAL": self._parse_match,
            "UNWIND": self._parse_unwind,
            "WITH": self._parse_with,
            "RETURN": self._parse_return,
            "CREATE": self._parse_create,
            "MERGE": self._parse_merge,
            "SET": self._parse_set,
            "REMOVE": self._parse_remove,
            "DELETE": self._parse_delete,
            "DETACH": self._parse_delete,
            "CALL": self._parse_call,
        }

    # ------------------------------------------------------------------ queries

    def parse_query(self) -> t.Query:
        hints = self._parse_hints()
        query = self._parse_query()
        self.accept(";")
        if self.next.kind != END:
            self.fail("a clause or the end of the query")
        return t.Query(query.parts, query.union_all, hints)

    def _parse_hints(self) -> tuple[tuple[str, str], ...]:
        """``USING QUERY:TIMEOUTMILLISECONDS 100``, before the first clause."""
        hints = []
        while self.accept_word("USING"):
            if not self.accept_word("QUERY"):
                raise self.make_unsupported(f"USING {self.next.value}")
            self.expect(":")
            name = self.expect_name("a query hint").upper()
            if self.next.kind not in (INTEGER, STRING, NAME):
                self.fail("the value of the hint")
            hints.append((name, self.take().value))
        return tuple(hints)

    def _parse_query(self) -> t.Query:
        self.enter_level()
        parts = [self._parse_single_query()]
        joins = []
        while self.accept_word("UNION"):
            joins.append(self.accept_word("ALL"))
            parts.append(self._parse_single_query())
        self.depth -= 1
        return t.Query(tuple(parts), tuple(joins))

    def _parse_single_query(self) -> t.SingleQuery:
        pos = self.next.start
        clauses: list[t.Clause] = []
        while True:
            clause = self._parse_clause()
            if clause is None:
                break
            clauses.append(clause)
        if not clauses:
            self.fail("a clause")
        return t.SingleQuery(tuple(clauses), pos)

    def _parse_clause(self) -> t.Clause | None:
        if self.next.kind != NAME:
            return None
        word = self.next.value.upper()
        read = self._clauses.get(word)
        if read is not None:
            return read()
        if word in REFUSED_CLAUSES:
            raise self.make_unsupported(REFUSED_CLAUSES[word].construct)
        return None

    def parse_exists_body(self) -> t.Query:
        if self.next.kind == NAME and self.next.value.upper() in self._clauses:
            return self._parse_query()
        pos = self.next.start
        self.enter_level()
        parts = self.parse_pattern_parts()
        where = self._parse_where()
        self.depth -= 1
        return t.Query((t.SingleQuery((t.Match(False, parts, where, pos=pos),), pos),))

    # ------------------------------------------------------------------ reading

    def _parse_where(self) -> t.Expr | None:
        return self.parse_expression() if self.accept_word("WHERE") else None

    def _parse_match(self) -> t.Clause:
        pos = self.next.start
        optional = self.accept_word("OPTIONAL")
        self.expect_word("MATCH")
        parts = self.parse_pattern_parts()
        if self.is_at_word("USING"):
            raise self.make_unsupported("USING after MATCH")
        return t.Match(optional, parts, self._parse_where(), pos=pos)

    def _parse_unwind(self) -> t.Clause:
        pos = self.take().start
        source = self.parse_expression()
        self.expect_word("AS")
        return t.Unwind(source, self.expect_name("a variable"), pos=pos)

    def _parse_with(self) -> t.Clause:
        return self._parse_projection(False)

    def _parse_return(self) -> t.Clause:
        return self._parse_projection(True)

    def _parse_projection(self, final: bool) -> t.Clause:
        pos = self.take().start
        distinct = self.accept_word("DISTINCT")
        star = self.accept("*")
        items = []
        if not star or self.accept(","):
            items.append(self._parse_projection_item())
            while self.accept(","):
                items.append(self._parse_projection_item())
        order: list[t.SortItem] = []
        if self.accept_word("ORDER"):
            self.expect_word("BY")
            order.append(self._parse_sort_item())
            while self.accept(","):
                order.append(self._parse_sort_item())
        skip = (
            self.parse_expression()
            if self.accept_word("SKIP") or self.accept_word("OFFSET")
            else None
        )
        limit = self.parse_expression() if self.accept_word("LIMIT") else None
        where = None if final else self._parse_where()
        return t.Projection(
            final, distinct, star, tuple(items), tuple(order), skip, limit, where, pos=pos
        )

    def _parse_projection_item(self) -> t.ProjectionItem:
        start = self.next.start
        expr = self.parse_expression()
        text = self.text[start : self.tokens[self.at - 1].end]
        if self.accept_word("AS"):
            return t.ProjectionItem(expr, self.expect_name("an alias"), True, start)
        if type(expr) is t.Variable:
            return t.ProjectionItem(expr, expr.name, True, start)
        return t.ProjectionItem(expr, text, False, start)

    def _parse_sort_item(self) -> t.SortItem:
        expr = self.parse_expression()
        if self.is_at_word("DESC", "DESCENDING"):
            self.take()
            return t.SortItem(expr, True)
        if self.is_at_word("ASC", "ASCENDING"):
            self.take()
        return t.SortItem(expr, False)

    def _parse_call(self) -> t.Clause:
        pos = self.take().start
        imports = None
        if self.is_at_mark("("):
            imports = self._parse_imports()
        if self.accept("{"):
            query = self._parse_query()
            self.expect("}")
            if self.is_at_words("IN", "TRANSACTIONS") or self.is_at_word("IN"):
                raise self.make_unsupported("CALL { } IN TRANSACTIONS")
            return t.CallSubquery(query, imports, pos=pos)
        return self._parse_procedure(pos)

    def _parse_imports(self) -> tuple[str, ...]:
        self.expect("(")
        names = []
        if self.is_at_mark("*"):
            raise self.make_unsupported("CALL (*)")
        while not self.is_at_mark(")"):
            names.append(self.expect_name("a variable"))
            if not self.is_at_mark(")"):
                self.expect(",")
        self.expect(")")
        return tuple(names)

    def _parse_procedure(self, pos: int) -> t.Clause:
        """A procedure call is read as far as its name, which is all that its refusal needs."""
        parts = [self.expect_name("a procedure or '{'")]
        while self.accept("."):
            parts.append(self.expect_name("a procedure"))
        while self.next.kind != END:
            self.take()
        return t.CallProcedure(".".join(parts), pos=pos)

    # ------------------------------------------------------------------ writing

    def _parse_create(self) -> t.Clause:
        pos = self.take().start
        if self.is_at_word("INDEX", "CONSTRAINT", "UNIQUE", "OR", "FULLTEXT", "RANGE", "TEXT"):
            raise self.make_unsupported(f"CREATE {self.next.value.upper()}")
        return t.Create(self.parse_pattern_parts(), pos=pos)

    def _parse_merge(self) -> t.Clause:
        pos = self.take().start
        part = self.parse_pattern_part()
        actions: dict[str, list[t.Clause]] = {"CREATE": [], "MATCH": []}
        while self.accept_word("ON"):
            if not self.is_at_word("CREATE", "MATCH"):
                self.fail("'CREATE' or 'MATCH'")
            chosen = actions[self.take().value.upper()]
            self.expect_word("SET")
            chosen.extend(self._parse_set_items())
        return t.Merge(part, tuple(actions["CREATE"]), tuple(actions["MATCH"]), pos=pos)

    def _parse_set(self) -> t.Clause:
        pos = self.take().start
        return t.Set(self._parse_set_items(), pos=pos)

    def _parse_set_items(self) -> tuple[t.Clause, ...]:
        items = [self._parse_set_item()]
        while self.accept(","):
            items.append(self._parse_set_item())
        return tuple(items)

    def _parse_set_item(self) -> t.Clause:
        pos = self.next.start
        target = self._parse_changed_element()
        if self.accept("."):
            key = self.expect_name("a property key")
            if self.is_at_mark("."):
                raise self.make_unsupported("SET of a property of a property")
            self.expect("=")
            return t.SetProperty(target, key, self.parse_expression(), pos=pos)
        if self.is_at_mark(":"):
            return t.SetLabels(target, self._parse_labels(), pos=pos)
        if self.is_at_mark("["):
            raise self.make_unsupported("SET of a property by a computed key")
        merge = self.accept("+=")
        if not merge:
            self.expect("=")
        return t.SetProperties(target, self.parse_expression(), merge, pos=pos)

    def _parse_changed_element(self) -> t.Expr:
        """``n`` or ``(expression)``, which is followed by what is set or removed."""
        pos = self.next.start
        if self.accept("("):
            inner = self.parse_expression()
            self.expect(")")
            return inner
        return t.Variable(self.expect_name("a variable"), pos=pos)

    def _parse_labels(self) -> tuple[str, ...]:
        labels = []
        while self.accept(":"):
            labels.append(self.expect_name("a label"))
        return tuple(labels)

    def _parse_remove(self) -> t.Clause:
        pos = self.take().start
        items = [self._parse_remove_item()]
        while self.accept(","):
            items.append(self._parse_remove_item())
        return t.Set(tuple(items), pos=pos)

    def _parse_remove_item(self) -> t.Clause:
        pos = self.next.start
        target = self._parse_changed_element()
        if self.is_at_mark(":"):
            return t.RemoveLabels(target, self._parse_labels(), pos=pos)
        self.expect(".")
        return t.RemoveProperty(target, self.expect_name("a property key"), pos=pos)

    def _parse_delete(self) -> t.Clause:
        pos = self.next.start
        detach = self.accept_word("DETACH")
        self.expect_word("DELETE")
        targets = [self.parse_expression()]
        while self.accept(","):
            targets.append(self.parse_expression())
        return t.Delete(tuple(targets), detach, pos=pos)
