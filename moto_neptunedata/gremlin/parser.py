"""Tokens to a syntax tree, by recursive descent.

Source: the grammar ``gremlin-language`` of TinkerPop 3.7, which Neptune parses with too. Closures,
Groovy and variables are not in it. Whether a step takes these arguments, the compiler decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Final, NoReturn

from ..graph import Int
from .ast import Call, Predicate, Script, Statement, Strategy, Traversal, VertexReference
from .dates import parse_datetime
from .enums import BARE, QUALIFIED, Cardinality, CardinalityValue
from .errors import TEXTS, ParseError, QueryFailed
from .keywords import SOURCE_CALLS, SPAWN_STEPS, STEPS, STRATEGIES, TERMINALS
from .tokenizer import Token, number, place, tokenize, unquote
from .values import GMap, GSet, Value

#: How deep arguments may nest; Python's own stack sets the order of magnitude.
MAX_DEPTH: Final = 60

P_NAMES: Final = frozenset(
    ("eq", "neq", "lt", "lte", "gt", "gte", "inside", "outside", "between", "within", "without")
)
TEXT_P_NAMES: Final = frozenset(
    (
        "startingWith",
        "notStartingWith",
        "endingWith",
        "notEndingWith",
        "containing",
        "notContaining",
        "regex",
        "notRegex",
    )
)
_CONSTANTS: Final[dict[str, Value]] = {
    "null": None,
    "true": True,
    "false": False,
    "NaN": float("nan"),
    "Infinity": float("inf"),
}
_NO_BINDINGS: Final[Mapping[str, Value]] = {}
_MAX_RANGE: Final = 100_000


def parse(text: str, bindings: Mapping[str, Value] = _NO_BINDINGS) -> Script:
    """The syntax tree of a text.

    ``bindings`` gives values to names; Neptune has none, only conformance suites do.
    Raises ``ParseError`` (``MalformedQueryException``) with line and character position.
    """
    return _Parser(text, bindings).script()


class _Parser:
    def __init__(self, text: str, bindings: Mapping[str, Value]) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0
        self.bindings = bindings

    # ------------------------------------------------------------------ tokens

    def fail(self, token: Token, reason: str) -> NoReturn:
        raise ParseError(*place(self.text, token.position), reason)

    def no_viable(self, start: int) -> NoReturn:
        token = self.tokens[self.at]
        begin = self.tokens[start].position
        seen = self.text[begin : token.position] + token.text
        self.fail(token, f"no viable alternative at input '{' '.join(seen.split())}'")

    def expect(self, kind: str) -> Token:
        token = self.tokens[self.at]
        if token.kind != kind:
            if token.kind == "end" or kind == ")":
                self.fail(token, f"mismatched input '{token.text}' expecting '{kind}'")
            self.fail(token, f"missing '{kind}' at '{token.text}'")
        self.at += 1
        return token

    def next_kind(self) -> str:
        return self.tokens[self.at + 1].kind

    # ------------------------------------------------------------------ statements

    def script(self) -> Script:
        statements: list[Statement] = []
        while True:
            while self.tokens[self.at].kind == ";":
                self.at += 1
            token = self.tokens[self.at]
            if token.kind == "end" and statements:
                return Script(self.text, tuple(statements))
            statements.append(self.statement(token))

    def statement(self, token: Token) -> Statement:
        if token.text != "g" or token.kind != "name":
            self.fail(
                token, f"mismatched input '{token.text}' expecting {{EmptyStringLiteral, 'g'}}"
            )
        start = self.at
        self.at += 1
        source: list[Call] = []
        calls: list[Call] = []
        terminal = Call("")
        while self.tokens[self.at].kind == ".":
            self.at += 1
            token = self.tokens[self.at]
            name = token.text
            if not calls and name in SOURCE_CALLS:
                source.append(self.call(start))
            elif not calls and name not in SPAWN_STEPS:
                self.no_viable(start)
            elif calls and name in TERMINALS:
                terminal = self.call(start)
                break
            else:
                calls.append(self.call(start))
        if not calls:
            self.no_viable(start)
        return Statement(tuple(source), tuple(calls), terminal)

    def call(self, start: int) -> Call:
        token = self.tokens[self.at]
        if token.kind != "name" or (
            token.text not in STEPS
            and token.text not in TERMINALS
            and token.text not in SOURCE_CALLS
        ):
            self.no_viable(start)
        if self.next_kind() != "(":
            self.at += 1
            self.no_viable(start)
        self.at += 1
        return Call(token.text, self.arguments(), token.position)

    def arguments(self) -> tuple[Value, ...]:
        self.at += 1  # the opening parenthesis
        if self.tokens[self.at].kind == ")":
            self.at += 1
            return ()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(self.tokens[self.at], TEXTS["query depth"].text)
        found = [self.argument()]
        while self.tokens[self.at].kind == ",":
            self.at += 1
            found.append(self.argument())
        self.expect(")")
        self.depth -= 1
        return tuple(found)

    # ------------------------------------------------------------------ arguments

    def argument(self) -> Value:
        token = self.tokens[self.at]
        reader = _READERS.get(token.kind)
        if reader is None:
            self.no_viable(self.at)
        return reader(self, token)

    def string(self, token: Token) -> Value:
        self.at += 1
        value = unquote(token, self.text)
        return self.letters(value) if self.tokens[self.at].kind == ".." else value

    def letters(self, first: str) -> list[str]:
        self.at += 1
        token = self.expect("string")
        last = unquote(token, self.text)
        if len(first) != 1 or len(last) != 1:
            self.fail(token, "a range of texts is between two single characters")
        low, high = ord(first), ord(last)
        codes = range(low, high + 1) if low <= high else range(low, high - 1, -1)
        return [chr(code) for code in codes]

    def number(self, token: Token) -> Value:
        negative = token.kind == "-"
        if token.kind in "+-":
            self.at += 1
            token = self.tokens[self.at]
            if token.text == "Infinity":
                self.at += 1
                return float("-inf") if negative else float("inf")
            if token.kind != "number":
                self.no_viable(self.at - 1)
        self.at += 1
        value = number(token, self.text, negative)
        return self.span(value, token) if self.tokens[self.at].kind == ".." else value

    def span(self, first: Value, token: Token) -> list[Value]:
        self.at += 1
        last = self.number(self.tokens[self.at])
        if not isinstance(first, int) or not isinstance(last, int):
            self.fail(token, "a range is between two whole numbers")
        if abs(last - first) > _MAX_RANGE:
            self.fail(token, "the range is too long")
        numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
        return [Int(value) for value in numbers]

    def brackets(self, token: Token) -> Value:
        self.at += 1
        if self.tokens[self.at].kind == "]":
            self.at += 1
            return []
        if self.tokens[self.at].kind == ":" and self.next_kind() == "]":
            self.at += 2
            return GMap()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(token, TEXTS["query depth"].text)
        first = self.entry_key()
        value = self.map_entries(first) if self.tokens[self.at].kind == ":" else self.items(first)
        self.expect("]")
        self.depth -= 1
        return value

    def entry_key(self) -> Value:
        token = self.tokens[self.at]
        if token.kind == "name" and self.next_kind() == ":":
            self.at += 1
            return token.text
        if token.kind == "(":
            self.at += 1
            value = self.argument()
            self.expect(")")
            if self.tokens[self.at].kind != ":":
                self.no_viable(self.at)
            return value
        return self.argument()

    def map_entries(self, key: Value) -> GMap:
        found = GMap()
        while True:
            self.expect(":")
            found[key] = self.argument()
            if self.tokens[self.at].kind != ",":
                return found
            self.at += 1
            key = self.entry_key()

    def items(self, first: Value) -> list[Value]:
        found = [first]
        while self.tokens[self.at].kind == ",":
            self.at += 1
            found.append(self.argument())
        return found

    def braces(self, token: Token) -> GSet:
        self.at += 1
        if self.tokens[self.at].kind == "}":
            self.at += 1
            return GSet()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(token, TEXTS["query depth"].text)
        found = GSet(self.items(self.argument()))
        self.expect("}")
        self.depth -= 1
        return found

    # ------------------------------------------------------------------ names

    def name(self, token: Token) -> Value:
        name, following = token.text, self.next_kind()
        if name in self.bindings and following not in "(.":
            self.at += 1
            return self.bindings[name]
        if following == "(":
            return self.application(token)
        if following == ".":
            return self.qualified_name(token)
        if name == "new":
            self.at += 1
            return self.construction(self.tokens[self.at])
        self.at += 1
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in BARE:
            return BARE[name]
        if name in STRATEGIES:
            return Strategy(name)
        self.at -= 1
        self.no_viable(self.at)

    def application(self, token: Token) -> Value:
        """``name(…)``: a predicate, a function, or an anonymous traversal."""
        name = token.text
        if name in P_NAMES or name in TEXT_P_NAMES:
            self.at += 1
            return self.predicate(name)
        if name == "not":
            return self.negation()
        if name in _FUNCTIONS:
            self.at += 1
            return _FUNCTIONS[name](self, token)
        if name in Cardinality.__members__:
            self.at += 1
            return self.cardinality(Cardinality[name], token)
        if name in ("Vertex", "ReferenceVertex"):
            return self.construction(token)
        return self.traversal(self.at)

    def negation(self) -> Value:
        """``not(…)``, of a predicate or of a traversal."""
        start = self.at
        self.at += 1
        args = self.arguments()
        if len(args) == 1 and isinstance(args[0], Predicate):
            return self.predicate_chain(Predicate("not", args))
        self.at = start
        return self.traversal(start)

    def qualified_name(self, token: Token) -> Value:
        name = token.text
        start = self.at
        if name == "__":
            self.at += 2
            return self.traversal(start)
        if name == "VertexProperty" or name == "SackFunctions":
            self.at += 2
            name = f"{name}.{self.tokens[self.at].text}"
            if name not in QUALIFIED or self.next_kind() != ".":
                self.no_viable(start)
        if name in ("P", "TextP"):
            self.at += 2
            return self.qualified_predicate(start)
        constants = QUALIFIED.get(name)
        if constants is None:
            if name == "g":
                self.fail(token, "a traversal from g is not supported as an argument")
            self.at += 2
            self.no_viable(start)
        self.at += 2
        constant = self.tokens[self.at].text
        if constant not in constants:
            self.no_viable(start)
        self.at += 1
        value = constants[constant]
        if isinstance(value, Cardinality) and self.tokens[self.at].kind == "(":
            return self.cardinality(value, token)
        return value

    def qualified_predicate(self, start: int) -> Predicate:
        name = self.tokens[self.at].text
        if self.next_kind() != "(" or (
            name not in P_NAMES and name not in TEXT_P_NAMES and name != "not"
        ):
            self.no_viable(start)
        self.at += 1
        return self.predicate(name)

    def predicate(self, name: str) -> Predicate:
        return self.predicate_chain(Predicate(name, self.arguments()))

    def predicate_chain(self, predicate: Predicate) -> Predicate:
        """``.and(…)``, ``.or(…)`` and ``.negate()`` after a predicate."""
        while self.tokens[self.at].kind == ".":
            name = self.tokens[self.at + 1].text
            if name not in ("and", "or", "negate"):
                self.at += 1
                self.no_viable(self.at - 1)
            self.at += 2
            if self.tokens[self.at].kind != "(":
                self.no_viable(self.at - 1)
            args = self.arguments()
            if name == "negate":
                predicate = Predicate("not", (predicate,))
            elif len(args) == 1 and isinstance(args[0], Predicate):
                predicate = Predicate(name, (predicate, args[0]))
            else:
                self.no_viable(self.at - 1)
        return predicate

    def cardinality(self, cardinality: Cardinality, token: Token) -> CardinalityValue:
        args = self.arguments()
        if len(args) != 1:
            self.fail(token, f"{cardinality.name} takes one value")
        return CardinalityValue(cardinality, args[0])

    def traversal(self, start: int) -> Traversal:
        calls = [self.call(start)]
        while self.tokens[self.at].kind == ".":
            self.at += 1
            calls.append(self.call(start))
        if any(call.name in SOURCE_CALLS and call.name != "with" for call in calls):
            self.no_viable(start)
        return Traversal(tuple(calls))

    def construction(self, token: Token) -> Value:
        """``new Name(…)``."""
        if token.text in ("Vertex", "ReferenceVertex"):
            self.at += 1
            args = self.arguments()
            if not 1 <= len(args) <= 2:
                self.fail(token, "a vertex is made of an id and a label")
            return VertexReference(*args)
        if token.text not in STRATEGIES:
            self.no_viable(self.at - 1)
        self.at += 1
        if self.tokens[self.at].kind != "(":
            return Strategy(token.text)
        self.at += 1
        options: list[tuple[str, Value]] = []
        while self.tokens[self.at].kind != ")":
            key = self.expect("name")
            self.expect(":")
            options.append((key.text, self.argument()))
            if self.tokens[self.at].kind != ",":
                break
            self.at += 1
        self.expect(")")
        return Strategy(token.text, tuple(options))

    def datetime(self, token: Token) -> Value:
        args = self.arguments()
        if not args:
            return datetime.now(timezone.utc)
        if len(args) != 1 or not isinstance(args[0], str):
            self.fail(token, "datetime takes one text")
        try:
            return parse_datetime(args[0])
        except QueryFailed as problem:
            self.fail(token, problem.message)


_FUNCTIONS: Final[dict[str, Callable[[_Parser, Token], Value]]] = {"datetime": _Parser.datetime}
_READERS: Final[dict[str, Callable[[_Parser, Token], Value]]] = {
    "string": _Parser.string,
    "number": _Parser.number,
    "+": _Parser.number,
    "-": _Parser.number,
    "[": _Parser.brackets,
    "{": _Parser.braces,
    "name": _Parser.name,
}
