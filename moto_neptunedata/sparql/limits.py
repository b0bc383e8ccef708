"""What a SPARQL text may not have: what would reach the network, and what pyoxigraph cannot bear.

pyoxigraph recurses without a bound, so that a deep text ends the process, and joins patterns in an
order that it takes more than cubic time to choose. It cannot be interrupted either, so texts are
measured before it sees them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..errors import OUR_CHOICE, ErrorCatalog
from .tokenizer import Token, tokenize

#: How deep brackets of all kinds may nest, as in openCypher here.
MAX_NESTING: Final = 100

#: How many patterns, clauses and operators a query, or one operation of an update, may join.
MAX_PARTS: Final = 250

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "SERVICE": (
            "UnsupportedOperationException",
            "SPARQL SERVICE is not supported by moto_neptunedata: nothing is sent to the network",
            OUR_CHOICE,
        ),
        "LOAD": (
            "UnsupportedOperationException",
            "SPARQL LOAD is not supported by moto_neptunedata: nothing is read from the network",
            OUR_CHOICE,
        ),
        "nesting": (
            "MalformedQueryException",
            f"Malformed query: it nests deeper than {MAX_NESTING} levels",
            OUR_CHOICE,
        ),
        "parts": (
            "UnsupportedOperationException",
            f"More than {MAX_PARTS} patterns, clauses and operators in one query are not supported "
            "by moto_neptunedata",
            OUR_CHOICE,
        ),
    }
)

_OPENING: Final = frozenset("{([")
_CLOSING: Final = frozenset("})]")
_PARTS: Final = frozenset(
    (*["BIND", "EXISTS", "FILTER", "GRAPH", "MINUS", "OPTIONAL", "SELECT", "UNION"], *".;,/|&!*+-")
)

#: Keywords whose block is data or a template, which is not joined.
_LISTS: Final = frozenset(("CONSTRUCT", "DATA", "DELETE", "INSERT", "VALUES"))

# One member of a collection makes two patterns.
_MEMBER: Final = 2

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U(000[0-9A-Fa-f]{5}|0010[0-9A-Fa-f]{4})")


def check(text: str, found: Sequence[Token], forbidden: Sequence[str]) -> None:
    """Refuse a text, whose tokens are ``found``, for what it may not have.

    ``forbidden`` are keywords of :data:`ERRORS`. Raises UnsupportedOperationException for one of
    them and beyond :data:`MAX_PARTS`, MalformedQueryException beyond :data:`MAX_NESTING`.
    """
    texts = [found]
    if "\\" in text:  # the standard lets escapes stand for any character, in keywords too
        texts.append(tokenize(_ESCAPE.sub(_decode_escape, text)))
    for word in forbidden:
        if any(_may_hold(word, each) for each in texts):
            raise ERRORS.error(word)
    _measure(found)


def _may_hold(keyword: str, found: Sequence[Token]) -> bool:
    """Whether the keyword is there, if only as a part of a token: pyoxigraph wants no white space
    around it, so that ``SERVICESILENT<urn:x>`` and ``SERVICEe:x`` have it too.
    """
    depth = 0
    for index, token in enumerate(found):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.kind == "word" and token.text[0] not in "?$@" and keyword in token.word:
            return True
        if token.kind == "name" and keyword in token.text.partition(":")[0].upper():
            before = found[index - 1].word if index else ""
            is_before_block = [each.text for each in found[index + 1 : index + 2]] == ["{"]
            # A service has a block; LOAD stands outside of all blocks.
            may_be_it = is_before_block if keyword == "SERVICE" else depth == 0
            if may_be_it and before not in _NAMED_BY:
                return True
    return False


#: Keywords after which a name is a name, whatever it begins with.
_NAMED_BY: Final = frozenset(
    [
        "ADD",
        "COPY",
        "FROM",
        "GRAPH",
        "INTO",
        "MOVE",
        "NAMED",
        "PREFIX",
        "SILENT",
        "TO",
        "USING",
        "WITH",
    ]
)


def _decode_escape(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16))


def _measure(found: Sequence[Token]) -> None:
    brackets: list[str] = []
    terms = arrows = parts = 0
    list_depth: int | None = None  # of the brackets around a list, while there is one
    is_list_next = was_term = was_closed = False
    for token in found:
        mark, word = (token.text, "") if token.kind == "mark" else ("", token.word)
        in_parentheses = brackets[-1:] == ["("]
        if mark in _OPENING:
            if mark == "{" and is_list_next and list_depth is None:
                list_depth = len(brackets)
            is_list_next = is_list_next and mark != "{"
            brackets.append(mark)
        elif mark in _CLOSING:
            if brackets:
                brackets.pop()
            if list_depth is not None and len(brackets) <= list_depth:
                list_depth = None
        elif word in _LISTS:
            is_list_next = True
        elif word == "WHERE":
            is_list_next = False
        elif mark == ";" and not brackets:  # the next operation of an update
            parts = terms = 0
        # Quoted triples nest by two of these marks.
        arrows = max(0, arrows + {"<": 1, ">": -1}.get(mark, 0))
        if len(brackets) + arrows // 2 > MAX_NESTING:
            raise ERRORS.error("nesting")
        if list_depth is None:
            is_argument = mark == "," and in_parentheses
            parts += (mark or word) in _PARTS and not is_argument
            is_term = not mark or (was_closed and mark in _OPENING)
            # Two terms side by side are members of a collection.
            terms += in_parentheses and was_term and is_term
            if parts + _MEMBER * terms > MAX_PARTS:
                raise ERRORS.error("parts")
        was_closed = mark in _CLOSING
        was_term = was_closed or not mark
