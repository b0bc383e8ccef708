"""A cursor over tokens, with the refusals that all parts of the parser share."""

from __future__ import annotations

from typing import Final, NoReturn

from .ast import HIDDEN
from .errors import CypherError, compile_error, unsupported_error
from .tokenizer import END, NAME, QUOTED, Token, tokenize

#: How deep expressions and subqueries may nest. One level takes about four frames of the
#: interpreter's stack, whose limit of 1,000 also holds the caller's own frames.
MAX_DEPTH: Final = 100

#: How many nodes the patterns of one query may have: each makes rows and layouts longer, which are
#: copied with every one that is added.
MAX_NODES: Final = 10_000


class TokenStream:
    """Looks at, accepts and expects tokens; ``at`` is the index of the next one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = tokenize(text)
        self.at = 0
        self.depth = 0
        self._made_up = 0
        self._nodes = 0

    # ------------------------------------------------------------------ looking

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        """The token ``ahead`` places after the next one; the last one beyond the end."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def is_at_mark(self, mark: str) -> bool:
        return self.tokens[self.at].kind == mark

    def is_at_word(self, *words: str) -> bool:
        """Whether the next token is one of these keywords (upper case)."""
        token = self.tokens[self.at]
        return token.kind == NAME and token.value.upper() in words

    def is_at_words(self, *words: str) -> bool:
        """Whether the next tokens are these keywords in this order."""
        return all(
            self.peek(i).kind == NAME and self.peek(i).value.upper() == word
            for i, word in enumerate(words)
        )

    # ------------------------------------------------------------------ taking

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != END:
            self.at += 1
        return token

    def accept(self, mark: str) -> bool:
        if self.tokens[self.at].kind != mark:
            return False
        self.at += 1
        return True

    def accept_word(self, *words: str) -> bool:
        """Take these keywords when they come next, all or none."""
        if not self.is_at_words(*words):
            return False
        self.at += len(words)
        return True

    def expect(self, mark: str) -> Token:
        if self.tokens[self.at].kind != mark:
            self.fail(f"'{mark}'")
        return self.take()

    def expect_word(self, word: str) -> Token:
        if not self.is_at_word(word):
            self.fail(f"'{word}'")
        return self.take()

    def expect_name(self, what: str) -> str:
        """A plain or quoted name; any keyword will do where a name must come."""
        if self.next.kind not in (NAME, QUOTED):
            self.fail(what)
        return self.take().value

    def make_name(self) -> str:
        """A variable for a pattern element without one."""
        self._made_up += 1
        return f"{HIDDEN}{self._made_up}"

    # ------------------------------------------------------------------ refusing

    def fail(self, expected: str, detail: str = "UnexpectedSyntax") -> NoReturn:
        token = self.next
        found = self.text[token.start : token.end]
        raise compile_error(
            self.text, token.start, detail, f"Invalid input '{found}': expected {expected}"
        )

    def make_error(self, pos: int, detail: str, message: str) -> CypherError:
        return compile_error(self.text, pos, detail, message)

    def make_unsupported(self, construct: str, pos: int | None = None) -> CypherError:
        return unsupported_error(self.text, self.next.start if pos is None else pos, construct)

    def count_node(self) -> None:
        """Count one node of a pattern."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self.make_error(
                self.next.start, "TooManyNodes", f"The query has patterns of over {MAX_NODES} nodes"
            )

    def enter_level(self) -> None:
        """Count one level of nesting; undo with ``depth -= 1``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.make_error(
                self.next.start, "NestingTooDeep", f"The query nests deeper than {MAX_DEPTH} levels"
            )
