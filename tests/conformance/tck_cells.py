"""Reads the cells of the TCK's result tables into the form of ``opencypher_adapter.canon``."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*')|(?P<float>-?(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+))"
    r"|(?P<int>-?\d+)|(?P<name>[^\W\d]\w*)|(?P<quoted>`[^`]*`)|(?P<mark><-|->|[-<>()\[\]{}:,|]))"
)
_WORDS: dict[str, Hashable] = {
    "null": ("NoneType", None),
    "true": ("bool", True),
    "false": ("bool", False),
    "NaN": ("float", "NaN"),
    "Inf": ("float", "inf"),
}


class Cell:
    """A cursor over one cell."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        text = text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"cannot read the cell {text!r} at {at}")
            self.tokens.append((str(match.lastgroup), str(match[match.lastgroup or 0])))
            at = match.end()
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.next
        if expected and token not in expected:
            raise ValueError(f"expected {expected}, found {token!r} in {self.tokens}")
        self.at += 1
        return token

    def value(self) -> Hashable:
        kind, text = self.tokens[self.at]
        if kind == "string":
            self.at += 1
            return ("str", re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "int":
            self.at += 1
            return ("int", int(text))
        if kind == "float":
            self.at += 1
            return ("float", repr(float(text) + 0.0))
        if kind == "name":
            self.at += 1
            return _WORDS[text]
        readers = {"(": self.node, "[": self.list_or_rel, "{": self.map, "<": self.path}
        if text == "-":
            self.at += 1
            self.take("Inf")
            return ("float", "-inf")
        return readers[text]()

    def map(self) -> Hashable:
        self.take("{")
        entries = []
        while self.next != "}":
            key = self.take().strip("`")
            self.take(":")
            entries.append((key, self.value()))
            if self.next == ",":
                self.take()
        self.take("}")
        return ("map", tuple(sorted(entries)))

    def _properties(self) -> Hashable:
        return self.map() if self.next == "{" else ("map", ())

    def node(self) -> Hashable:
        self.take("(")
        labels = []
        while self.next == ":":
            self.take()
            labels.append(self.take().strip("`"))
        properties = self._properties()
        self.take(")")
        return ("node", tuple(sorted(labels)), properties)

    def list_or_rel(self) -> Hashable:
        if self.tokens[self.at + 1][1] == ":":
            return self.rel()
        self.take("[")
        items = []
        while self.next != "]":
            items.append(self.value())
            if self.next == ",":
                self.take()
        self.take("]")
        return ("list", tuple(items))

    def rel(self) -> Hashable:
        self.take("[")
        self.take(":")
        type_ = self.take().strip("`")
        properties = self._properties()
        self.take("]")
        return ("relationship", type_, properties)

    def path(self) -> Hashable:
        self.take("<")
        nodes = [self.node()]
        steps = []
        while self.next != ">":
            backward = self.take("-", "<-") == "<-"
            rel = self.rel()
            self.take("-" if backward else "->")
            steps.append((not backward, rel))
            nodes.append(self.node())
        self.take(">")
        return ("path", tuple(nodes), tuple(steps))


def read_cell(text: str) -> Hashable:
    """The canonical form of a cell."""
    return Cell(text).value()


def without_list_order(value: Any) -> Any:
    """A canonical value in which lists are equal whatever the order of their elements."""
    if isinstance(value, tuple):
        if value and value[0] == "list":
            return ("list", tuple(sorted(map(without_list_order, value[1]), key=repr)))
        return tuple(map(without_list_order, value))
    return value


def plain(value: Any) -> Any:
    """A canonical value as a query parameter."""
    kind, *rest = value
    if kind == "list":
        return list(map(plain, rest[0]))
    if kind == "map":
        return {key: plain(held) for key, held in rest[0]}
    return float(rest[0]) if kind == "float" else rest[0]
