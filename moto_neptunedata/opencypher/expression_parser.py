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
            "CASE": self._parse_case,
        }
        self._atoms: dict[str, Callable[[], t.Expr]] = {
            STRING: self._parse_string,
            INTEGER: lambda: self._parse_integer(False),
            FLOAT: self._parse_float,
            BAD_NUMBER: lambda: self.fail("a number", "InvalidNumberLiteral"),
            PARAMETER: self._parse_parameter,
            NAME: self._parse_name,
            QUOTED: self._parse_variable,
            "(": self._parse_parentheses,
            "[": self._parse_brackets,
            "{": self.parse_map_literal,
        }

    # ------------------------------------------------------------------ operators

    def parse_expression(self, level: int = 0) -> t.Expr:
        """An expression of operators that bind tighter than ``level``."""
        self.enter_level()
        left = self._parse_prefix(level)
        start_depth = self.depth
        while True:
            token = self.next
            if token.kind == NAME:
                word = token.value.upper()
                power = _LOGIC.get(word)
                if power is not None and power > level:
                    left = self._parse_logic(left, word, power)
                    continue
                if word in _TESTS and level < _TEST:
                    left = self._parse_test(left, word)
                    continue
            elif token.kind in _COMPARISONS:
                if level < _COMPARE:
                    left = self._parse_comparison(left)
                    continue
            elif token.kind == "=~":
                if level < _TEST:
                    self.take()
                    left = t.StringTest("=~", left, self.parse_expression(_TEST), pos=token.start)
                    continue
            else:
                power = _ARITHMETIC.get(token.kind)
                if power is not None and power > level:
                    self.take()
                    # A chain makes a tree as deep as it is long.
                    self.enter_level()
                    left = t.Arithmetic(
                        token.kind, left, self.parse_expression(power), pos=token.start
                    )
                    continue
            self.depth = start_depth - 1
            return left

    def _parse_prefix(self, level: int) -> t.Expr:
        token = self.next
        if token.kind in ("+", "-"):
            self.take()
            if token.kind == "-" and self.next.kind == INTEGER:
                return self._parse_postfix(self._parse_integer(True))
            return t.Sign(token.kind, self.parse_expression(_SIGN), pos=token.start)
        if token.kind == NAME and token.value.upper() == "NOT" and self.peek().kind != ".":
            if level > _NOT:
                self.fail("an expression")
            self.take()
            return t.Not(self.parse_expression(_NOT - 1), pos=token.start)
        atom = self._atoms.get(token.kind)
        if atom is None:
            self.fail("an expression")
        return self._parse_postfix(atom())

    def _parse_logic(self, left: t.Expr, word: str, power: int) -> t.Expr:
        operands = [left]
        pos = self.next.start
        while self.accept_word(word):
            operands.append(self.parse_expression(power))
        return t.Logic(word, tuple(operands), pos=pos)

    def _parse_comparison(self, left: t.Expr) -> t.Expr:
        operands, ops = [left], []
        pos = self.next.start
        while self.next.kind in _COMPARISONS:
            ops.append(self.take().kind)
            operands.append(self.parse_expression(_COMPARE))
        return t.Comparison(tuple(operands), tuple(ops), pos=pos)

    def _parse_test(self, left: t.Expr, word: str) -> t.Expr:
        pos = self.take().start
        if word == "IS":
            negated = self.accept_word("NOT")
            self.expect_word("NULL")
            return t.IsNull(left, negated, pos=pos)
        if word == "IN":
            return t.In(left, self.parse_expression(_TEST), pos=pos)
        if word != "CONTAINS":
            self.expect_word("WITH")
        return t.StringTest(word, left, self.parse_expression(_TEST), pos=pos)

    def _parse_postfix(self, target: t.Expr) -> t.Expr:
        before = self.depth
        while True:
            pos = self.next.start
            if self.accept("."):
                target = t.Property(target, self.expect_name("a property key"), pos=pos)
            elif self.accept("["):
                target = self._parse_subscript(target, pos)
            elif self.is_at_mark(":") and self.peek().kind in (NAME, QUOTED):
                labels = []
                while self.accept(":"):
                    labels.append(self.expect_name("a label"))
                target = t.HasLabels(target, tuple(labels), pos=pos)
            elif self.is_at_mark("{") and type(target) is t.Variable:
                target = self._parse_map_projection(target)
            else:
                self.depth = before
                return target
            self.enter_level()

    def _parse_subscript(self, target: t.Expr, pos: int) -> t.Expr:
        start = None if self.is_at_mark("..") else self.parse_expression()
        if self.accept(".."):
            stop = None if self.is_at_mark("]") else self.parse_expression()
            self.expect("]")
            return t.Slice(target, start, stop, pos=pos)
        self.expect("]")
        assert start is not None
        return t.Index(target, start, pos=pos)

    # ------------------------------------------------------------------ atoms

    def _parse_string(self) -> t.Expr:
        token = self.take()
        return t.Literal_(token.value, "string", pos=token.start)

    def _parse_integer(self, negative: bool) -> t.Expr:
        token = self.take()
        digits = token.value
        base = {"0x": 16, "0o": 8}.get(digits[:2].lower(), 10)
        # No 64-bit number has more than 22 octal digits; int() itself refuses very long ones.
        stripped = (digits[2:] if base != 10 else digits).lstrip("0") or "0"
        value = int(stripped, base) if len(stripped) <= 22 else _MAX_INT + 2
        if value > _MAX_INT + negative:
            raise self.make_error(
                token.start, "IntegerOverflow", f"integer is too large: {digits[:40]}"
            )
        return t.Literal_(-value if negative else value, "int", pos=token.start)

    def _parse_float(self) -> t.Expr:
        token = self.take()
        value = float(token.value)
        if value == float("inf"):
            raise self.make_error(
                token.start, "FloatingPointOverflow", "floating point number is too large"
            )
        return t.Literal_(value, "float", pos=token.start)

    def _parse_parameter(self) -> t.Expr:
        token = self.take()
        return t.Parameter(token.value, pos=token.start)

    def _parse_variable(self) -> t.Expr:
        token = self.take()
        return t.Variable(token.value, pos=token.start)

    def _parse_name(self) -> t.Expr:
        token = self.next
        word = token.value.upper()
        after = self.peek().kind
        if after == "(":
            return self._parse_function_call(token.value.lower())
        if after == "." and self._is_at_dotted_call():
            return self._parse_dotted_call()
        if after == "{" and word in ("EXISTS", "COUNT", "COLLECT"):
            return self._parse_braces(word)
        known = self._words.get(word)
        if known is not None and after != ".":
            return known(self.take().start)
        if word in _RESERVED:
            self.fail("an expression")
        return self._parse_variable()

    def _is_at_dotted_call(self) -> bool:
        ahead = 1
        while self.peek(ahead).kind == "." and self.peek(ahead + 1).kind == NAME:
            ahead += 2
        return self.peek(ahead).kind == "(" and ahead > 1 and self._is_touching(ahead)

    def _is_touching(self, ahead: int) -> bool:
        return self.peek(ahead).start == self.peek(ahead - 1).end

    def _parse_dotted_call(self) -> t.Expr:
        pos = self.next.start
        parts = [self.take().value]
        while self.accept("."):
            parts.append(self.take().value)
        return self._parse_arguments(".".join(parts).lower(), pos)

    def _parse_function_call(self, name: str) -> t.Expr:
        if name in _QUANTIFIERS and self.peek(3).value.upper() == "IN":
            return self._parse_quantifier(name)
        if name == "reduce":
            return self._parse_reduce()
        if name in _SHORTEST:
            raise self.make_unsupported(f"{self.next.value}()")
        if name == "count" and self.peek(2).kind == "*":
            pos = self.take().start
            self.take()
            self.take()
            self.expect(")")
            return t.CountStar(pos=pos)
        return self._parse_arguments(name, self.take().start)

    def _parse_arguments(self, name: str, pos: int) -> t.Expr:
        self.expect("(")
        distinct = self.accept_word("DISTINCT")
        args = []
        if not self.is_at_mark(")"):
            args.append(self.parse_expression())
            while self.accept(","):
                args.append(self.parse_expression())
        self.expect(")")
        return t.Call(name, tuple(args), distinct, pos=pos)

    def _parse_quantifier(self, kind: str) -> t.Expr:
        pos = self.take().start
        self.expect("(")
        variable = self.expect_name("a variable")
        self.expect_word("IN")
        source = self.parse_expression()
        self.expect_word("WHERE")
        predicate = self.parse_expression()
        self.expect(")")
        return t.Quantifier(kind, variable, source, predicate, pos=pos)

    def _parse_reduce(self) -> t.Expr:
        pos = self.take().start
        self.expect("(")
        accumulator = self.expect_name("a variable")
        self.expect("=")
        initial = self.parse_expression()
        self.expect(",")
        variable = self.expect_name("a variable")
        self.expect_word("IN")
        source = self.parse_expression()
        self.expect("|")
        body = self.parse_expression()
        self.expect(")")
        return t.Reduce(accumulator, initial, variable, source, body, pos=pos)

    def _parse_braces(self, word: str) -> t.Expr:
        pos = self.next.start
        if word != "EXISTS":
            raise self.make_unsupported(f"{word} {{ }} subquery")
        self.take()
        self.expect("{")
        query = self.parse_exists_body()
        self.expect("}")
        return t.ExistsSubquery(query, pos=pos)

    def parse_exists_body(self) -> t.Query:
        """What stands in ``EXISTS { }``; the clause parser knows."""
        raise NotImplementedError

    def _parse_case(self, pos: int) -> t.Expr:
        subject = None if self.is_at_word("WHEN") else self.parse_expression()
        whens = []
        while self.accept_word("WHEN"):
            condition = self.parse_expression()
            self.expect_word("THEN")
            whens.append((condition, self.parse_expression()))
        if not whens:
            self.fail("'WHEN'")
        default = self.parse_expression() if self.accept_word("ELSE") else None
        self.expect_word("END")
        return t.Case(subject, tuple(whens), default, pos=pos)

    def _parse_parentheses(self) -> t.Expr:
        pattern = self._try_pattern(t.PatternPredicate)
        if pattern is not None:
            return pattern
        self.take()
        inner = self.parse_expression()
        self.expect(")")
        return inner

    def _parse_brackets(self) -> t.Expr:
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
        if not self.is_at_mark("]"):
            items.append(self.parse_expression())
            while self.accept(","):
                items.append(self.parse_expression())
        self.expect("]")
        return t.ListLiteral(tuple(items), pos=pos)

    def _try_list_comprehension(self, pos: int) -> t.Expr | None:
        start = self.at
        self.take()
        variable = self.take().value
        self.take()
        source = self.parse_expression()
        if self.is_at_mark(","):  # [x IN list, y] is a list of two values
            self.at = start
            return None
        predicate = self.parse_expression() if self.accept_word("WHERE") else None
        projection = self.parse_expression() if self.accept("|") else None
        self.expect("]")
        return t.ListComprehension(variable, source, predicate, projection, pos=pos)

    def _try_pattern_comprehension(self, pos: int) -> t.Expr | None:
        start = self.at
        named = self.peek().kind in (NAME, QUOTED) and self.peek(2).kind == "="
        if self.peek(3 if named else 1).kind != "(":
            return None
        self.take()
        part = self._try_part(named)
        if part is None or not (self.is_at_mark("|") or self.is_at_word("WHERE")):
            self.at = start
            return None
        predicate = self.parse_expression() if self.accept_word("WHERE") else None
        self.expect("|")
        projection = self.parse_expression()
        self.expect("]")
        return t.PatternComprehension(part, predicate, projection, pos=pos)

    def parse_map_literal(self) -> t.MapLiteral:
        pos = self.expect("{").start
        entries = []
        while not self.is_at_mark("}"):
            key = self.expect_name("a property key")
            self.expect(":")
            entries.append((key, self.parse_expression()))
            if not self.is_at_mark("}"):
                self.expect(",")
                if self.is_at_mark("}"):
                    self.fail("a property key")
        self.expect("}")
        return t.MapLiteral(tuple(entries), pos=pos)

    def _parse_map_projection(self, target: t.Variable) -> t.Expr:
        pos = self.expect("{").start
        entries: list[tuple[str | None, t.Expr]] = []
        while not self.is_at_mark("}"):
            at = self.next.start
            if self.accept("."):
                if self.accept("*"):
                    entries.append((None, target))
                else:
                    key = self.expect_name("a property key")
                    entries.append((key, t.Property(target, key, pos=at)))
            else:
                name = self.expect_name("a property key")
                value = self.parse_expression() if self.accept(":") else t.Variable(name, pos=at)
                entries.append((name, value))
            if not self.is_at_mark("}"):
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
        if named or self._is_relationship_next():
            try:
                part = self.parse_pattern_part()
                if part.rels:
                    return part
            except CypherError as error:
                if error.detail == "Unsupported":
                    raise
        self._no_pattern.add(start)
        self.at, self.depth, self._made_up = start, depth, made_up
        return None

    def _is_relationship_next(self) -> bool:
        close = self._find_closing()
        first, second = (self.tokens[min(close + i, len(self.tokens) - 1)].kind for i in (1, 2))
        if first == "<":
            return second == "-"
        return first == "-" and second in ("[", "-")

    def _find_closing(self) -> int:
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

    def parse_pattern_parts(self) -> tuple[t.PatternPart, ...]:
        parts = [self.parse_pattern_part()]
        while self.accept(","):
            parts.append(self.parse_pattern_part())
        return tuple(parts)

    def parse_pattern_part(self) -> t.PatternPart:
        """``[path =] (node)-[rel]-(node)…``"""
        pos = self.next.start
        path = None
        if self.next.kind in (NAME, QUOTED) and self.peek().kind == "=":
            path = self.take().value
            self.take()
        if self.next.kind == NAME and self.next.value.lower() in _SHORTEST:
            raise self.make_unsupported(f"{self.next.value}()")
        extra = 0
        while self.is_at_mark("(") and self.peek().kind == "(":  # ((a)-->(b)) is the pattern within
            self.take()
            extra += 1
        nodes = [self._parse_node_pattern()]
        rels: list[t.RelPattern] = []
        while self.is_at_mark("-") or self.is_at_mark("<"):
            rels.append(self._parse_rel_pattern())
            nodes.append(self._parse_node_pattern())
        for _ in range(extra):
            self.expect(")")
        return t.PatternPart(path, tuple(nodes), tuple(rels), pos)

    def _parse_node_pattern(self) -> t.NodePattern:
        pos = self.expect("(").start
        self.count_node()
        variable = self._parse_pattern_variable()
        labels = []
        while self.accept(":"):
            labels.append(self.expect_name("a label"))
            if self.next.kind in ("|", "&", "!"):
                raise self.make_unsupported("A label expression in a node pattern")
        properties = self._parse_pattern_properties()
        if self.is_at_word("WHERE"):
            raise self.make_unsupported("WHERE inside a node pattern")
        self.expect(")")
        return t.NodePattern(variable, properties, tuple(labels), pos=pos)

    def _parse_pattern_variable(self) -> str:
        if self.next.kind in (NAME, QUOTED) and not self.is_at_word("WHERE"):
            return self.take().value
        return self.make_name()

    def _parse_pattern_properties(self) -> t.Expr | None:
        if self.is_at_mark("{"):
            return self.parse_map_literal()
        return self._parse_parameter() if self.next.kind == PARAMETER else None

    def _parse_rel_pattern(self) -> t.RelPattern:
        pos = self.next.start
        left = self.accept("<")
        self.expect("-")
        if self.accept("["):
            variable = self._parse_pattern_variable()
            types = self._parse_rel_types()
            length = self._parse_rel_length()
            properties = self._parse_pattern_properties()
            if self.is_at_word("WHERE"):
                raise self.make_unsupported("WHERE inside a relationship pattern")
            if self.is_at_mark(".."):
                self.fail("']'", "InvalidRelationshipPattern")
            self.expect("]")
        else:
            variable, types, length, properties = self.make_name(), (), None, None
        self.expect("-")
        right = self.accept(">")
        direction: t.Direction = "both" if left == right else "in" if left else "out"
        return t.RelPattern(variable, properties, types, direction, length, left and right, pos=pos)

    def _parse_rel_types(self) -> tuple[str, ...]:
        types = []
        if self.accept(":"):
            types.append(self.expect_name("a relationship type"))
            while self.accept("|"):
                self.accept(":")
                types.append(self.expect_name("a relationship type"))
        return tuple(types)

    def _parse_rel_length(self) -> tuple[int, int | None] | None:
        if not self.accept("*"):
            return None
        if self.is_at_mark("-"):
            self.fail("a length", "InvalidRelationshipPattern")
        least = self._parse_bound()
        if not self.accept(".."):
            return (1, None) if least is None else (least, least)
        return (1 if least is None else least, self._parse_bound())

    def _parse_bound(self) -> int | None:
        if self.next.kind != INTEGER:
            return None
        value = self._parse_integer(False)
        assert isinstance(value, t.Literal_)
        assert isinstance(value.value, int)
        return value.value
