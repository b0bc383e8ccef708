"""SPARQL texts, read only as far as it takes to route them: tokens, prologue, dataset clauses, and
the operations of an update request.

Whether a text is SPARQL at all, pyoxigraph says; what is here may rely on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

# What pyoxigraph takes for one token has to be one here too: a keyword could hide in the rest. So
# an IRI may hold backslashes, and any character beyond ASCII may be in a name.
_NAME: Final = r"\w\u0080-\U0010ffff"
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>\s+|\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
  | (?P<text>\'\'\'(?:[^'\\]|\\[\s\S]|'(?!''))*\'\'\'|\"\"\"(?:[^"\\]|\\[\s\S]|"(?!""))*\"\"\"
            |'(?:\\.|[^'\\\n\r])*'|"(?:\\.|[^"\\\n\r])*")
  | (?P<name>(?:[{_NAME}][{_NAME}.\-]*)?:
            (?:(?:[{_NAME}.\-:]|%[0-9A-Fa-f]{{2}}|\\.)*(?:[{_NAME}\-:]|%[0-9A-Fa-f]{{2}}|\\.))?)
  | (?P<run>[{_NAME}][{_NAME}.\-]*)
  | (?P<word>[?$@][{_NAME}]+)
  | (?P<mark>[\s\S])
    """,
    re.VERBOSE,
)
# What a run of letters, dots and dashes that is no name is made of; it is found in one go, because
# looking for a name at each of its letters takes time by the square of its length.
_IN_RUN: Final = re.compile(rf"(?P<word>[0-9]+\.[0-9]\w*|[{_NAME}]+)|(?P<mark>[.\-])")


class Token(NamedTuple):
    """A piece of the text; ``word`` is its upper case where it can be a keyword, else empty."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, without white space and comments."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "run":
            found += map(_make_token, _IN_RUN.finditer(text, match.start(), match.end()))
        elif match.lastgroup != "space":
            found.append(_make_token(match))
    return found


def _make_token(match: re.Match[str]) -> Token:
    return Token(str(match.lastgroup), match[0], match.start(), match.end())


class DatasetClause(NamedTuple):
    """The graphs of ``FROM`` (or ``USING``) and of ``FROM NAMED``, as written: IRIs in brackets or
    prefixed names.
    """

    default: tuple[str, ...]
    named: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


#: No dataset clause at all.
NO_CLAUSE: Final = DatasetClause((), ())


def split_prologue(text: str, found: list[Token]) -> tuple[str, list[Token]]:
    """The ``BASE`` and ``PREFIX`` declarations of a text, and those of its tokens after them."""
    index = _find_prologue_end(found, 0)
    return (text[: found[index - 1].end] if index else ""), found[index:]


def parse_dataset_clause(found: Sequence[Token], keyword: str = "FROM") -> DatasetClause:
    """The dataset clause among these tokens, outside of all braces; what breaks off has none."""
    default: list[str] = []
    named: list[str] = []
    depth = 0
    for index, token in enumerate(found):
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if depth == 0 and token.word == keyword:
            is_named = [token.word for token in found[index + 1 : index + 2]] == ["NAMED"]
            names = [token.text for token in found[index + 1 + is_named :][:1]]
            (named if is_named else default).extend(names)
    return DatasetClause(tuple(default), tuple(named))


@dataclass(frozen=True, slots=True)
class UpdateOperation:
    """One operation of an update request. ``prologue`` is all declared before it.

    ``form`` is its first keywords: ``INSERT DATA``, ``DELETE DATA``, ``DELETE WHERE``, ``MODIFY``,
    or the keyword of a graph management operation, of which ``words`` are the tokens after it.
    The templates and the pattern are texts in braces.
    """

    prologue: str
    form: str
    words: tuple[Token, ...] = ()
    delete: str | None = None
    insert: str | None = None
    where: str = "{}"
    with_graph: str | None = None
    using: DatasetClause = NO_CLAUSE


class UpdatePart(NamedTuple):
    """An operation as it is written, with all that is declared before it; the last part of a
    request may have no tokens.
    """

    prologue: str
    text: str
    tokens: tuple[Token, ...]


def split_update(text: str, found: Sequence[Token]) -> Iterator[UpdatePart]:
    """The parts of an update request, whose tokens are ``found``, in order, right or wrong."""
    prologue = ""
    index = 0
    while True:
        start = index
        index = _find_prologue_end(found, index)
        if index > start:
            prologue += text[found[start].start : found[index - 1].end] + "\n"
        end = _find_operation_end(found, index)
        own = tuple(found[index:end])
        yield UpdatePart(prologue, text[own[0].start : own[-1].end] if own else "", own)
        index = end + 1
        if index >= len(found):
            return


_BLOCKS: Final = frozenset(("DELETE", "INSERT", "WHERE"))


def parse_operation(part: UpdatePart) -> UpdateOperation:
    """The operation of a part that is right."""
    prologue, text, found = part
    offset = found[0].start
    first = found[0].word
    if first not in ("INSERT", "DELETE", "WITH"):
        return UpdateOperation(prologue, first, words=tuple(found[1:]))
    blocks: dict[str, str] = {}
    waiting, start, depth = "", 0, 0
    for token in found:
        if depth == 0 and token.word in _BLOCKS:
            waiting = token.word
        if token.kind != "mark":
            continue
        if token.text == "{":
            start = token.start if depth == 0 else start
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0:
                # DELETE WHERE has one block for both, which comes under its last keyword.
                blocks[waiting] = text[start - offset : token.end - offset]
    second = found[1].word
    if second == "DATA":
        return UpdateOperation(
            prologue, f"{first} DATA", delete=blocks.get("DELETE"), insert=blocks.get("INSERT")
        )
    if first == "DELETE" and second == "WHERE":
        where = blocks["WHERE"]
        return UpdateOperation(prologue, "DELETE WHERE", delete=where, where=where)
    return UpdateOperation(
        prologue,
        "MODIFY",
        delete=blocks.get("DELETE"),
        insert=blocks.get("INSERT"),
        where=blocks["WHERE"],
        with_graph=found[1].text if first == "WITH" else None,
        using=parse_dataset_clause(found, "USING"),
    )


def _find_prologue_end(found: Sequence[Token], index: int) -> int:
    lengths = {"BASE": 2, "PREFIX": 3}
    while index < len(found) and found[index].word in lengths:
        index += lengths[found[index].word]
    return min(index, len(found))


def _find_operation_end(found: Sequence[Token], index: int) -> int:
    depth = 0
    for position in range(index, len(found)):
        token = found[position]
        if token.kind == "mark":
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if token.text == ";" and depth == 0:
                return position
    return len(found)
