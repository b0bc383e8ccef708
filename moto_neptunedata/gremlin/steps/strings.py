"""Steps over texts: ``concat``, ``toUpper``, ``split``, ``substring`` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ...graph import Int
from ..arguments import read_texts, read_whole_number
from ..ast import Call, Traversal
from ..builder import Builder, Built, Modulators, step
from ..enums import Scope
from ..errors import TEXTS, InvalidQuery, QueryFailed
from ..java_text import to_java_text
from ..modulators import By
from ..pipeline import Context
from ..traverser import NOTHING, Draw, Traverser
from ..values import BulkSet, GSet, Scalar, Value
from .base import DrawStep, MapStep


def _global(name: str, function: Callable[[str], Value]) -> Scalar:
    def apply(value: Value) -> Value:
        if value is None:
            return None
        if not isinstance(value, str):
            raise QueryFailed(
                f"The {name}() step can only take string as argument, encountered {type(value)}"
            )
        return function(value)

    return apply


def _local(name: str, function: Callable[[str], Value]) -> Scalar:
    def one(value: Value) -> Value:
        if value is None:
            return None
        if not isinstance(value, str):
            raise QueryFailed(
                f"The {name}(local) step can only take string or list of strings, "
                f"encountered {type(value)}"
            )
        return function(value)

    def apply(value: Value) -> Value:
        if isinstance(value, (list, GSet, BulkSet)):
            return [one(each) for each in value]
        return one(value)

    return apply


def text_step(
    builder: Builder, call: Call, scope: Scope, function: Callable[[str], Value]
) -> Built:
    """The step that applies a function to a text, or to the texts in a list."""
    make = _local if scope is Scope.local else _global
    title = f"{call.name[0].upper()}{call.name[1:]}{'Local' if make is _local else 'Global'}Step"
    return MapStep(builder.settings, title, make(call.name, function))


_PLAIN: Final[dict[str, Callable[[str], Value]]] = {
    "toUpper": str.upper,
    "toLower": str.lower,
    "trim": str.strip,
    "lTrim": str.lstrip,
    "rTrim": str.rstrip,
    "length": lambda text: Int(len(text.encode("utf-16-le", "surrogatepass")) // 2),
}


@step(*_PLAIN)
def text_function(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if args:
        raise InvalidQuery(f"{call.name}() takes a scope")
    return text_step(builder, call, scope, _PLAIN[call.name])


@step("replace")
def replace(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    found = read_texts(call, args, nulls=True)
    if len(found) != 2:
        raise InvalidQuery("replace() takes two texts")
    old, new = found
    if old is None or new is None:
        return text_step(builder, call, scope, lambda text: text)
    return text_step(builder, call, scope, lambda text: text.replace(old, new))


@step("split")
def split(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    found = read_texts(call, args, nulls=True)
    if len(found) != 1:
        raise InvalidQuery("split() takes a text")
    separator = found[0]
    if separator == "":
        return text_step(builder, call, scope, list)
    return text_step(builder, call, scope, lambda text: text.split(separator))


@step("substring")
def substring(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if not 1 <= len(args) <= 2:
        raise InvalidQuery("substring() takes a start and an end")
    numbers = [read_whole_number(call, arg) for arg in args]

    def part(text: str) -> str:
        size = len(text)
        bounds = [max(size + number, 0) if number < 0 else number for number in numbers]
        start, end = bounds[0], bounds[1] if len(bounds) > 1 else size
        return text[start:end] if start < end else ""

    return text_step(builder, call, scope, part)


@step("asString")
def as_string(builder: Builder, call: Call, modulators: Modulators) -> Built:
    scope, args = builder.split_scope(call.args)
    if args:
        raise InvalidQuery("asString() takes a scope")

    def text(value: Value) -> Value:
        return None if value is None else to_java_text(value)

    def local_text(value: Value) -> Value:
        if isinstance(value, (list, GSet, BulkSet)):
            return [text(each) for each in value]
        return text(value)

    if scope is Scope.local:
        return MapStep(builder.settings, "AsStringLocalStep", local_text)
    return MapStep(builder.settings, "AsStringGlobalStep", text)


# ------------------------------------------------------------------ concat


def _concat(held: Value, more: Value) -> Value:
    if more is None:
        return held
    if not isinstance(more, str):
        raise QueryFailed(TEXTS["concat"].text)
    return more if held is None else held + more


@step("concat")
def concat(builder: Builder, call: Call, modulators: Modulators) -> Built:
    of_traversals = [isinstance(arg, Traversal) for arg in call.args]
    if any(of_traversals) and not all(of_traversals):
        raise InvalidQuery("concat() takes texts or traversals")
    if any(of_traversals):
        bys = [By(None, builder.child(arg)) for arg in call.args]
        parts: list[Value] = []
    else:
        bys, parts = [], read_texts(call, nulls=True)

    def draw(traverser: Traverser, draws: list[Draw], context: Context) -> Value:
        held = traverser.value
        if held is not None and not isinstance(held, str):
            raise QueryFailed(TEXTS["concat"].text)
        for part in parts:
            held = _concat(held, part)
        for drawn in draws:
            value = drawn(traverser)
            held = _concat(held, None if value is NOTHING else value)
        return held

    return DrawStep(builder.settings, "ConcatStep", bys, draw)
