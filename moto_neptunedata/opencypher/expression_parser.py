"""Expressions and patterns, by recursive descent with precedence climbing.

``(a)-[x]-(b)`` in an expression may be a pattern or arithmetic. Where the tokens after the
closing parenthesis can begin a relationship the pattern is tried first, as openCypher wants it,
and places where that failed are remembered, so that nothing is tried twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import ast as t
from .errors import CypherError
from .token_stream import TokenStream
from .tokenizer import BAD_NUMBER, FLOAT, INTEGER, NAME, PARAMETER, QUOTED, STRING

# Binding powers, loosest first.
_OR, _XOR, _AND, _NOT, _COMPARE, _TEST, _ADD, _MULTIPLY, _POWER, _SIGN = range(1, 11)

_LOGIC: Final = {"OR": _OR, "XOR": _XOR, "AND": _AND}
_COMPARISONS: Final = frozenset(("=", "<>", "<", "<=", ">", ">="))
_ARITHMETIC: Final = {
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
    "%": _MULTIPLY,
    "^": _POWER,
}
_TESTS: Final = frozenset(("STARTS", "ENDS", "CONTAINS", "IN", "IS"))

#: Words that cannot stand for a variable in an expression unless quoted.
_RESERVED: Final = frozenset(
    (
        *("MATCH", "RETURN", "WITH", "WHERE", "UNWIND", "CREATE", "MERGE", "SET", "DELETE"),
        *("DETACH", "REMOVE", "UNION", "WHEN", "THEN", "ELSE", "AND", "OR", "XOR", "IN", "IS"),
        *("AS", "STARTS", "ENDS", "CONTAINS", "DISTINCT", "OPTIONAL", "LIMIT", "SKIP", "ORDER"),
    )
)
_QUANTIFIERS: Final = frozenset(("all", "any", "none", "single"))
_MAX_INT: Final = 2**63 - 1
_SHORTEST: Final = frozenset(("shortestpath", "allshortestpaths"))


class ExpressionParser(TokenStream):
    """The part of the parser that reads expressions and patterns."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._no_pattern: set[int] = set()
        self._words: dict[str, Callable[[int], t.Expr]] = {
            "TRUE": lambda pos: t.Literal_(True, "bool", pos=pos),
            "FALSE": lambda pos: t.Literal_(False, "bool", pos=pos),
            "NULL": lambda pos: t.Literal_(None, "null", pos=pos),
            "CASE": self._case,
        }
        self._atoms: dict[str, Callable[[], t.Expr]] = {
            STRING: self._string,
            INTEGER: lambda: self._integer(False),
            FLOAT: self._float,
            BAD_NUMBER: lambda: self.fail("a number", "InvalidNumberLiteral"),
            PARAMETER: self._parameter,
            NAME: self._named,
            QUOTED: self._variable,
            "(": self._parenthesized,
            "[": self._bracketed,
            "{": self.map_literal,
        }

    # ------------------------------------------------------------------ operators

    def expr(self, level: int = 0) -> t.Expr:
        """An expression of operators that bind tighter than ``level``."""
        self.deeper()
        left = self._prefixed(level)
        start_depth = self.depth
        while True:
            token = self.next
            if token.kind == NAME:
                word = token.value.upper()
                power = _LOGIC.get(word)
                if power is not None and power > level:
                    left = self._logic(left, word, power)
                    continue
                if word in _TESTS and level < _TEST:
                    left = self._test(left, word)
                    continue
            elif token.kind in _COMPARISONS:
                if level < _COMPARE:
                    left = self._comparison(left)
                    continue
            elif token.kind == "=~":
                if level < _TEST:
                    self.take()
                    left = t.StringTest("=~", left, self.expr(_TEST), pos=token.start)
                    continue
            else:
                power = _ARITHMETIC.get(token.kind)
                if power is not None and power > level:
                    self.take()
                    # A chain makes a tree as deep as it is long.
                    self.deeper()
                    left = t.Arithmetic(token.kind, left, self.expr(power), pos=token.start)
                    continue
            self.depth = start_depth - 1
            return left

    def _prefixed(self, level: int) -> t.Expr:
        token = self.next
        if token.kind in ("+", "-"):
            self.take()
            if token.kind == "-" and self.next.kind == INTEGER:
                return self._postfixed(self._integer(True))
            return t.Sign(token.kind, self.expr(_SIGN), pos=token.start)
        if token.kind == NAME and token.value.upper() == "NOT" and self.peek().kind != ".":
            if level > _NOT:
                self.fail("an expression")
            self.take()
            return t.Not(self.expr(_NOT - 1), pos=token.start)
        atom = self._atoms.get(token.kind)
        if atom is None:
            self.fail("an expression")
        return self._postfixed(atom())

    def _logic(self, left: t.Expr, word: str, power: int) -> t.Expr:
        operands = [left]
        pos = self.next.start
        while self.accept_word(word):
            operands.append(self.expr(power))
        return t.Logic(word, tuple(operands), pos=pos)

    def _comparison(self, left: t.Expr) -> t.Expr:
        operands, ops = [left], []
        pos = self.next.start
        while self.next.kind in _COMPARISONS:
            ops.append(self.take().kind)
            operands.append(self.expr(_COMPARE))
        return t.Comparison(tuple(operands), tuple(ops), pos=pos)

    def _test(self, left: t.Expr, word: str) -> t.Expr:
        pos = self.take().start
        if word == "IS":
            negated = self.accept_word("NOT")
            self.expect_word("NULL")
            return t.IsNull(left, negated, pos=pos)
        if word == "IN":
            return t.In(left, self.expr(_TEST), pos=pos)
        if word != "CONTAINS":
            self.expect_word("WITH")
        return t.StringTest(word, left, self.expr(_TEST), pos=pos)

    def _postfixed(self, target: t.Expr) -> t.Expr:
        before = self.depth
        while True:
            pos = self.next.start
            if self.accept("."):
                target = t.Property(target, self.name("a property key"), pos=pos)
            elif self.accept("["):
                target = self._subscript(target, pos)
            elif self.at_mark(":") and self.peek().kind in (NAME, QUOTED):
                labels = []
                while self.accept(":"):
                    labels.append(self.name("a label"))
                target = t.HasLabels(target, tuple(labels), pos=pos)
            elif self.at_mark("{") and type(target) is t.Variable:
                target = self._map_projection(target)
            else:
                self.depth = before
                return target
            self.deeper()

    def _subscript(self, target: t.Expr, pos: int) -> t.Expr:
        start = None if self.at_mark("..") else self.expr()
        if self.accept(".."):
            stop = None if self.at_mark("]") else self.expr()
            self.expect("]")
            return t.Slice(target, start, stop, pos=pos)
        self.expect("]")
        assert start is not None
        return t.Index(target, start, pos=pos)

    # ------------------------------------------------------------------ atoms

    def _string(self) -> t.Expr:
        token = self.take()
        return t.Literal_(token.value, "string", pos=token.start)

    def _integer(self, negative: bool) -> t.Expr:
        token = self.take()
        digits = token.value
        base = {"0x": 16, "0o": 8}.get(digits[:2].lower(), 10)
        # No 64-bit number has more than 22 octal digits; int() itself refuses very long ones.
        stripped = (digits[2:] if base != 10 else digits).lstrip("0") or "0"
        value = int(stripped, base) if len(stripped) <= 22 else _MAX_INT + 2
        if value > _MAX_INT + negative:
            raise self.error(token.start, "IntegerOverflow", f"integer is too large: {digits[:40]}")
        return t.Literal_(-value if negative else value, "int", pos=token.start)

    def _float(self) -> t.Expr:
        token = self.take()
        value = float(token.value)
        if value == float("inf"):
            raise self.error(
                token.start, "FloatingPointOverflow", "floating point number is too large"
            )
        return t.Literal_(value, "float", pos=token.start)

    def _parameter(self) -> t.Expr:
        token = self.take()
        return t.Parameter(token.value, pos=token.start)

    def _variable(self) -> t.Expr:
        token = self.take()
        return t.Variable(token.value, pos=token.start)

    def _named(self) -> t.Expr:
        token = self.next
        word = token.value.upper()
        after = self.peek().kind
        if after == "(":
            return self._called(token.value.lower())
        if after == "." and self._at_dotted_call():
            return self._dotted_call()
        if after == "{" and word in ("EXISTS", "COUNT", "COLLECT"):
            return self._braced(word)
        known = self._words.get(word)
        if known is not None and after != ".":
            return known(self.take().start)
        if word in _RESERVED:
            self.fail("an expression")
        return self._variable()

    def _at_dotted_call(self) -> bool:
        ahead = 1
        while self.peek(ahead).kind == "." and self.peek(ahead + 1).kind == NAME:
            ahead += 2
        return self.peek(ahead).kind == "(" and ahead > 1 and self._touching(ahead)

    def _touching(self, ahead: int) -> bool:
        return self.peek(ahead).start == self.peek(ahead - 1).end

    def _dotted_call(self) -> t.Expr:
        pos = self.next.start
        parts = [self.take().value]
        while self.accept("."):
            parts.append(self.take().value)
        return self._arguments(".".join(parts).lower(), pos)

    def _called(self, name: str) -> t.Expr:
        if name in _QUANTIFIERS and self.peek(3).value.upper() == "IN":
            return self._quantifier(name)
        if name == "reduce":
            return self._reduce()
        if name in _SHORTEST:
            raise self.unsupported(f"{self.next.value}()")
        if name == "count" and self.peek(2).kind == "*":
            pos = self.take().start
            self.take()
            self.take()
            self.expect(")")
            return t.CountStar(pos=pos)
        return self._arguments(name, self.take().start)

    def _arguments(self, name: str, pos: int) -> t.Expr:
        self.expect("(")
        distinct = self.accept_word("DISTINCT")
        args = []
        if not self.at_mark(")"):
            args.append(self.expr())
            while self.accept(","):
                args.append(self.expr())
        self.expect(")")
        return t.Call(name, tuple(args), distinct, pos=pos)

    def _quantifier(self, kind: str) -> t.Expr:
        pos = self.take().start
        self.expect("(")
        variable = self.name("a variable")
        self.expect_word("IN")
        source = self.expr()
        self.expect_word("WHERE")
        predicate = self.expr()
        self.expect(")")
        return t.Quantifier(kind, variable, source, predicate, pos=pos)

    def _reduce(self) -> t.Expr:
        pos = self.take().start
        self.expect("(")
        accumulator = self.name("a variable")
        self.expect("=")
        initial = self.expr()
        self.expect(",")
        variable = self.name("a variable")
        self.expect_word("IN")
        source = self.expr()
        self.expect("|")
        body = self.expr()
        self.expect(")")
        return t.Reduce(accumulator, initial, variable, source, body, pos=pos)

    def _braced(self, word: str) -> t.Expr:
        pos = self.next.start
        if word != "EXISTS":
            raise self.unsupported(f"{word} {{ }} subquery")
        self.take()
        self.expect("{")
        query = self.exists_body()
        self.expect("}")
        return t.ExistsSubquery(query, pos=pos)

    def exists_body(self) -> t.Query:
        """What stands in ``EXISTS { }``; the clause parser knows."""
        raise NotImplementedError

    def _case(self, pos: int) -> t.Expr:
        subject = None if self.at_word("WHEN") else self.expr()
        whens = []
        while self.accept_word("WHEN"):
            condition = self.expr()
            self.expect_word("THEN")
            whens.append((condition, self.expr()))
        if not whens:
            self.fail("'WHEN'")
        default = self.expr() if self.accept_word("ELSE") else None
        self.expect_word("END")
        return t.Case(subject, tuple(whens), default, pos=pos)

    def _parenthesized(self) -> t.Expr:
        pattern = self._try_pattern(t.PatternPredicate)
        if pattern is not None:
            return pattern
        self.take()
        inner = self.expr()
        self.expect(")")
        return inner

    def _bracketed(self) -> t.Expr:
        pos = self.next.start
        if self.peek().kind in (NAME, QUOTED) and self.peek(2).value.upper() == "IN":
            comprehension = self._try_list_comprehension(pos)
            if comprehension is not None:
                return comprehension
        comprehension = self._try_pattern_comprehension(pos)
        if comprehension is not None:
            return comprehension
        self.take()
        items = []
        if not self.at_mark("]"):
            items.append(self.expr())
            while self.accept(","):
                items.append(self.expr())
        self.expect("]")
        return t.ListLiteral(tuple(items), pos=pos)

    def _try_list_comprehension(self, pos: int) -> t.Expr | None:
        start = self.at
        self.take()
        variable = self.take().value
        self.take()
        source = self.expr()
        if self.at_mark(","):  # [x IN list, y] is a list of two values
            self.at = start
            return None
        predicate = self.expr() if self.accept_word("WHERE") else None
        projection = self.expr() if self.accept("|") else None
        self.expect("]")
        return t.ListComprehension(variable, source, predicate, projection, pos=pos)

    def _try_pattern_comprehension(self, pos: int) -> t.Expr | None:
        start = self.at
        named = self.peek().kind in (NAME, QUOTED) and self.peek(2).kind == "="
        if self.peek(3 if named else 1).kind != "(":
            return None
        self.take()
        part = self._try_part(named)
        if part is None or not (self.at_mark("|") or self.at_word("WHERE")):
            self.at = start
            return None
        predicate = self.expr() if self.accept_word("WHERE") else None
        self.expect("|")
        projection = self.expr()
        self.expect("]")
        return t.PatternComprehension(part, predicate, projection, pos=pos)

    def map_literal(self) -> t.MapLiteral:
        pos = self.expect("{").start
        entries = []
        while not self.at_mark("}"):
            key = self.name("a property key")
            self.expect(":")
            entries.append((key, self.expr()))
            if not self.at_mark("}"):
                self.expect(",")
                if self.at_mark("}"):
                    self.fail("a property key")
        self.expect("}")
        return t.MapLiteral(tuple(entries), pos=pos)

    def _map_projection(self, target: t.Variable) -> t.Expr:
        pos = self.expect("{").start
        entries: list[tuple[str | None, t.Expr]] = []
        while not self.at_mark("}"):
            at = self.next.start
            if self.accept("."):
                if self.accept("*"):
                    entries.append((None, target))
                else:
                    key = self.name("a property key")
                    entries.append((key, t.Property(target, key, pos=at)))
            else:
                name = self.name("a property key")
                value = self.expr() if self.accept(":") else t.Variable(name, pos=at)
                entries.append((name, value))
            if not self.at_mark("}"):
                self.expect(",")
        self.expect("}")
        return t.MapProjection(target, tuple(entries), pos=pos)

    # ------------------------------------------------------------------ patterns

    def _try_pattern(self, make: Callable[..., t.PatternPredicate]) -> t.PatternPredicate | None:
        pos = self.next.start
        part = self._try_part(False)
        return None if part is None else make(part, pos=pos)

    def _try_part(self, named: bool) -> t.PatternPart | None:
        """A pattern with a relationship, or None and nothing taken."""
        start, depth, made_up = self.at, self.depth, self._made_up
        if start in self._no_pattern:
            return None
        if named or self._relationship_may_follow():
            try:
                part = self.pattern_part()
                if part.rels:
                    return part
            except CypherError as error:
                if error.detail == "Unsupported":
                    raise
        self._no_pattern.add(start)
        self.at, self.depth, self._made_up = start, depth, made_up
        return None

    def _relationship_may_follow(self) -> bool:
        close = self._closing()
        first, second = (self.tokens[min(close + i, len(self.tokens) - 1)].kind for i in (1, 2))
        if first == "<":
            return second == "-"
        return first == "-" and second in ("[", "-")

    def _closing(self) -> int:
        """Where the parenthesis that opens at the next token closes."""
        if not hasattr(self, "_pairs"):
            self._pairs: dict[int, int] = {}
            open_at: list[int] = []
            for i, token in enumerate(self.tokens):
                if token.kind == "(":
                    open_at.append(i)
                elif token.kind == ")" and open_at:
                    self._pairs[open_at.pop()] = i
        return self._pairs.get(self.at, len(self.tokens))

    def pattern_parts(self) -> tuple[t.PatternPart, ...]:
        parts = [self.pattern_part()]
        while self.accept(","):
            parts.append(self.pattern_part())
        return tuple(parts)

    def pattern_part(self) -> t.PatternPart:
        """``[path =] (node)-[rel]-(node)…``"""
        pos = self.next.start
        path = None
        if self.next.kind in (NAME, QUOTED) and self.peek().kind == "=":
            path = self.take().value
            self.take()
        if self.next.kind == NAME and self.next.value.lower() in _SHORTEST:
            raise self.unsupported(f"{self.next.value}()")
        extra = 0
        while self.at_mark("(") and self.peek().kind == "(":  # ((a)-->(b)) is the pattern within
            self.take()
            extra += 1
        nodes = [self._node_pattern()]
        rels: list[t.RelPattern] = []
        while self.at_mark("-") or self.at_mark("<"):
            rels.append(self._rel_pattern())
            nodes.append(self._node_pattern())
        for _ in range(extra):
            self.expect(")")
        return t.PatternPart(path, tuple(nodes), tuple(rels), pos)

    def _node_pattern(self) -> t.NodePattern:
        pos = self.expect("(").start
        self.count_node()
        variable = self._pattern_variable()
        labels = []
        while self.accept(":"):
            labels.append(self.name("a label"))
            if self.next.kind in ("|", "&", "!"):
                raise self.unsupported("A label expression in a node pattern")
        properties = self._pattern_properties()
        if self.at_word("WHERE"):
            raise self.unsupported("WHERE inside a node pattern")
        self.expect(")")
        return t.NodePattern(variable, properties, tuple(labels), pos=pos)

    def _pattern_variable(self) -> str:
        if self.next.kind in (NAME, QUOTED) and not self.at_word("WHERE"):
            return self.take().value
        return self.made_up_name()

    def _pattern_properties(self) -> t.Expr | None:
        if self.at_mark("{"):
            return self.map_literal()
        return self._parameter() if self.next.kind == PARAMETER else None

    def _rel_pattern(self) -> t.RelPattern:
        pos = self.next.start
        left = self.accept("<")
        self.expect("-")
        if self.accept("["):
            variable = self._pattern_variable()
            types = self._rel_types()
            length = self._rel_length()
            properties = self._pattern_properties()
            if self.at_word("WHERE"):
                raise self.unsupported("WHERE inside a relationship pattern")
            if self.at_mark(".."):
                self.fail("']'", "InvalidRelationshipPattern")
            self.expect("]")
        else:
            variable, types, length, properties = self.made_up_name(), (), None, None
        self.expect("-")
        right = self.accept(">")
        direction: t.Direction = "both" if left == right else "in" if left else "out"
        return t.RelPattern(variable, properties, types, direction, length, left and right, pos=pos)

    def _rel_types(self) -> tuple[str, ...]:
        types = []
        if self.accept(":"):
            types.append(self.name("a relationship type"))
            while self.accept("|"):
                self.accept(":")
                types.append(self.name("a relationship type"))
        return tuple(types)

    def _rel_length(self) -> tuple[int, int | None] | None:
        if not self.accept("*"):
            return None
        if self.at_mark("-"):
            self.fail("a length", "InvalidRelationshipPattern")
        least = self._bound()
        if not self.accept(".."):
            return (1, None) if least is None else (least, least)
        return (1 if least is None else least, self._bound())

    def _bound(self) -> int | None:
        if self.next.kind != INTEGER:
            return None
        value = self._integer(False)
        assert type(value) is t.Literal_
        return int(value.value)
