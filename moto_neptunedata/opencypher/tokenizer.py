"""Query text to tokens. Keywords are plain names here: only their place makes them keywords."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .errors import compile_error

#: Token kinds besides the punctuation marks, which are their own kinds.
NAME: Final = "name"
QUOTED: Final = "quoted name"
STRING: Final = "string"
INTEGER: Final = "integer"
FLOAT: Final = "float"
BAD_NUMBER: Final = "malformed number"
PARAMETER: Final = "parameter"
END: Final = "end of query"


class Token(NamedTuple):
    """``value`` is the name, string, digits or mark; ``start`` and ``end`` are text offsets."""

    kind: str
    value: str
    start: int
    end: int


_SCAN: Final = re.compile(
    r"""
      (?P<space>(?:\s|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    | (?P<float>(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+(?=[eE][+-]?[0-9]))(?:[eE][+-]?[0-9]+)?(?!\w))
    | (?P<integer>(?:0x[0-9A-Fa-f]+|0o[0-7]+|[0-9]+)(?!\w))
    | (?P<bad>\.?[0-9]\w*)
    | (?P<name>[^\W\d]\w*)
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<parameter>\$(?:\w+|`(?:[^`]|``)+`))
    | (?P<mark>\.\.|<=|>=|<>|\+=|=~|\|\||[-+*/%^=<>()\[\]{},.:;|!&$@?])
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPES: Final = {
    "\\": "\\",
    "'": "'",
    '"': '"',
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "`": "`",
}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SURROGATE_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def tokenize(text: str) -> list[Token]:
    """All tokens of a query, an ``END`` token last. Raises ``CypherError`` with the place."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _SCAN.match(text, at)
        if match is None:
            raise _lexical_error(text, at)
        kind = match.lastgroup
        value = match.group()
        start, at = at, match.end()
        if kind == "space":
            continue
        if kind == "mark":
            tokens.append(Token(value, value, start, at))
        elif kind == "quoted":
            name = value[1:-1].replace("``", "`")
            if not name or "\0" in name:
                raise compile_error(text, start, "UnexpectedSyntax", "Invalid quoted name")
            tokens.append(Token(QUOTED, name, start, at))
        elif kind == "string":
            tokens.append(Token(STRING, _unescape(text, start, value[1:-1]), start, at))
        elif kind == "parameter":
            name = value[1:]
            name = name[1:-1].replace("``", "`") if name[0] == "`" else name
            tokens.append(Token(PARAMETER, name, start, at))
        elif kind == "bad":
            tokens.append(Token(BAD_NUMBER, value, start, at))
        else:
            tokens.append(Token(str(kind), value, start, at))
    tokens.append(Token(END, "", len(text), len(text)))
    return tokens


def _lexical_error(text: str, at: int) -> Exception:
    char = text[at]
    if char in "'\"":
        return compile_error(text, at, "UnexpectedSyntax", "Unterminated string literal")
    if char == "`":
        return compile_error(text, at, "UnexpectedSyntax", "Unterminated quoted name")
    if ord(char) > 127:
        return compile_error(text, at, "InvalidUnicodeCharacter", f"Invalid input '{char}'")
    return compile_error(text, at, "UnexpectedSyntax", f"Invalid input '{char}'")


def _unescape(text: str, start: int, body: str) -> str:
    if "\\" not in body:
        return _join_surrogates(text, start, body)

    def replace(match: re.Match[str]) -> str:
        short, long, char = match.groups()
        if char is None:
            code = int(short or long, 16)
            if code > 0x10FFFF:
                raise compile_error(
                    text, start, "InvalidUnicodeLiteral", f"Invalid unicode literal {match[0]}"
                )
            return chr(code)
        plain = _ESCAPES.get(char)
        if plain is None:
            detail = "InvalidUnicodeLiteral" if char in "uU" else "UnexpectedSyntax"
            raise compile_error(text, start, detail, f"Invalid escape sequence \\{char}")
        return plain

    return _join_surrogates(text, start, _ESCAPE.sub(replace, body))


def _join_surrogates(text: str, start: int, value: str) -> str:
    """Joins surrogate pairs; a lone surrogate is no character and cannot be sent as UTF-8."""
    if not _SURROGATE.search(value):
        return value
    joined = _SURROGATE_PAIR.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), value
    )
    if _SURROGATE.search(joined):
        raise compile_error(
            text, start, "InvalidUnicodeLiteral", "A string contains half a character"
        )
    return joined
