"""Text to tokens, by one regular expression."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

from ..graph import Byte, Int, Short
from .errors import ParseError
from .numeric import to_float32
from .values import BigInteger


class Token(NamedTuple):
    """``kind`` is ``name``, ``string``, ``number``, ``end``, or the punctuation itself."""

    kind: str
    text: str
    position: int


_TOKEN: Final = re.compile(
    r"""
      (?P<mark>[,()\[\]{}:;+-]|\.\.|\.(?![0-9]))
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<string>"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<number>
          0[xX][0-9a-fA-F]+[lLnN]?
        | (?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?[fFdDmM]?
        | [0-9][0-9_]*(?:(?:[eE][+-]?[0-9]+)[fFdDmM]?|[bBsSiIlLnNfFdDmM])?
      )
    | (?P<skip>[ \t\r\n\f]+|//[^\n]*|/\*.*?\*/)
    """,
    re.VERBOSE | re.DOTALL,
)

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
    tokens: list[Token] = []
    append, new = tokens.append, tuple.__new__  # quicker than calling Token
    position, length = 0, len(text)
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        if start != position:
            break
        kind = found.lastgroup
        if kind != "skip":
            value = text[start:end]
            append(new(Token, (value if kind == "mark" else kind, value, start)))
        position = end
    if position != length:
        bad = text[position : position + 1]
        raise ParseError(*place(text, position), f"token recognition error at: '{bad}'")
    append(Token("end", "<EOF>", length))
    return tokens


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
        return _sized(int(sign + digits[2:], 16), suffix if suffix in "ln" else "", token, text)
    last = literal[-1]
    if last in "fdm":
        return _FRACTION_SUFFIXES[last](sign + literal[:-1])
    if "." in literal or "e" in literal:
        return float(sign + literal)
    digits = literal.rstrip("bsiln")
    if len(digits) > 400:
        raise ParseError(*place(text, token.position), "number literal is too long")
    octal = len(digits) > 1 and digits[0] == "0" and not digits.strip("01234567")
    return _sized(int(sign + digits, 8 if octal else 10), literal[len(digits) :], token, text)


def _sized(value: int, suffix: str, token: Token, text: str) -> Any:
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
