"""Text to tokens, by one regular expression."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from itertools import accumulate
from operator import itemgetter
from typing import Any, Final, NamedTuple, NoReturn

from ..graph import Byte, Int, Short
from .errors import ParseError
from .numeric import to_float32
from .values import BigInteger


class Token(NamedTuple):
    """``kind`` is ``name``, ``string``, ``number``, ``end``, or the punctuation itself."""

    kind: str
    text: str
    position: int


# Marks, names, strings, numbers, and what is skipped; the first character tells which.
_TOKEN: Final = re.compile(
    r"""
      [,()\[\]{}:;+-]|\.\.|\.(?![0-9])
    | [A-Za-z_][A-Za-z_0-9]*
    | "(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'
    | 0[xX][0-9a-fA-F]+[lLnN]?
    | (?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?[fFdDmM]?
    | [0-9][0-9_]*(?:(?:[eE][+-]?[0-9]+)[fFdDmM]?|[bBsSiIlLnNfFdDmM])?
    | [ \t\r\n\f]+|//[^\n]*|/\*.*?\*/
    """,
    re.VERBOSE | re.DOTALL,
)
_SKIPPED: Final = "skipped"
_KINDS: Final = {
    **dict.fromkeys("'\"", "string"),
    **dict.fromkeys("0123456789", "number"),
    **dict.fromkeys(" \t\r\n\f/", _SKIPPED),
    **{mark: mark for mark in ",()[]{}:;+-"},
    **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", "name"),
}
_ALL_KINDS: Final = frozenset((*_KINDS.values(), ".", ".."))
_first: Final = itemgetter(0)
_new_token: Final = partial(tuple.__new__, Token)

_ESCAPE: Final = re.compile(r"\\(u+[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|\r?\n|.)", re.DOTALL)
_ESCAPES: Final = {
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "f": "\f",
    "r": "\r",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "$": "$",
    "\n": "",
    "\r\n": "",
}


def place(text: str, position: int) -> tuple[int, int]:
    """Line (from 1) and column (from 0) of an offset."""
    line = text.count("\n", 0, position) + 1
    return line, position - (text.rfind("\n", 0, position) + 1)


def tokenize(text: str) -> list[Token]:
    """All tokens, with one of kind ``end`` after the last. Raises ``ParseError``."""
    # A text may have many thousand tokens, so all that is done for each is done in C.
    pieces = _TOKEN.findall(text)
    starts = list(accumulate(map(len, pieces), initial=0))
    if starts[-1] != len(text):
        _refuse(text)
    kinds = list(map(_KINDS.get, map(_first, pieces), pieces))
    fractions = set(kinds) - _ALL_KINDS  # such as .5
    if fractions:
        kinds = ["number" if kind in fractions else kind for kind in kinds]
    tokens: list[Token] = list(map(_new_token, zip(kinds, pieces, starts)))
    if _SKIPPED in kinds:
        tokens = [token for token in tokens if token.kind is not _SKIPPED]
    tokens.append(Token("end", "<EOF>", len(text)))
    return tokens


def _refuse(text: str) -> NoReturn:
    """Tell the first character that belongs to no token."""
    position = 0
    for found in _TOKEN.finditer(text):
        if found.start() != position:
            break
        position = found.end()
    bad = text[position : position + 1]
    raise ParseError(*place(text, position), f"token recognition error at: '{bad}'")


def unquote(token: Token, text: str) -> str:
    """The value of a string literal."""
    body = token.text[1:-1]
    if "\\" not in body:
        return body

    def expand(found: re.Match[str]) -> str:
        code = found.group(1)
        if code[0] == "u" and len(code) > 4:
            return chr(int(code.lstrip("u"), 16))
        if code[0] in "01234567":
            return chr(int(code, 8))
        if code not in _ESCAPES:
            raise ParseError(
                *place(text, token.position), f"token recognition error at: '{token.text}'"
            )
        return _ESCAPES[code]

    joined = _ESCAPE.sub(expand, body)
    # Two escapes may be the halves of one character.
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_WHOLE_SUFFIXES: Final[dict[str, Any]] = {
    "b": (Byte, 8),
    "s": (Short, 16),
    "i": (Int, 32),
    "l": (int, 64),
    "n": (BigInteger, 0),
}
_FRACTION_SUFFIXES: Final[dict[str, Any]] = {
    "f": lambda digits: to_float32(float(digits)),
    "d": float,
    "m": Decimal,
}


def number(token: Token, text: str, negative: bool = False) -> Any:
    """The value of a number literal: ``1`` Int (or wider), ``1L`` Long, ``1.0`` Double, …"""
    literal = token.text.lower().replace("_", "")
    sign = "-" if negative else ""
    if literal.startswith("0x"):
        digits, suffix = literal.rstrip("ln"), literal[-1]
        return _convert_size(
            int(sign + digits[2:], 16), suffix if suffix in "ln" else "", token, text
        )
    last = literal[-1]
    if last in "fdm":
        return _FRACTION_SUFFIXES[last](sign + literal[:-1])
    if "." in literal or "e" in literal:
        return float(sign + literal)
    digits = literal.rstrip("bsiln")
    if len(digits) > 400:
        raise ParseError(*place(text, token.position), "number literal is too long")
    octal = len(digits) > 1 and digits[0] == "0" and not digits.strip("01234567")
    return _convert_size(
        int(sign + digits, 8 if octal else 10), literal[len(digits) :], token, text
    )


def _convert_size(value: int, suffix: str, token: Token, text: str) -> Any:
    if not suffix:
        if -(1 << 31) <= value < 1 << 31:
            return Int(value)
        return value if -(1 << 63) <= value < 1 << 63 else BigInteger(value)
    kind, bits = _WHOLE_SUFFIXES[suffix]
    if bits and not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise ParseError(
            *place(text, token.position), f'Value out of range. Value:"{token.text}" Radix:10'
        )
    return kind(value)
