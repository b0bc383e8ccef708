"""``math`` and ``format``: texts with places that names and ``by`` fill."""

from __future__ import annotations

import re
from typing import Final

from ...graph import Edge, Vertex, values_of
from ..arguments import check_argument_count
from ..ast import Call
from ..builder import Builder, Built, Modulators, step
from ..comparability import is_number
from ..errors import InvalidQuery, QueryFailed
from ..java_text import to_java_text
from ..math_expression import parse_formula
from ..pipeline import Context
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser
from ..values import GMap, Value
from .base import DrawStep
from .scoping import lookup

Draws = list[Draw]


@step("math", takes=("by",))
def math_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    if not isinstance(call.args[0], str):
        raise InvalidQuery("math() takes a text")
    names, compute = parse_formula(call.args[0])
    settings = builder.settings

    def draw(traverser: Traverser, draws: Draws, context: Context) -> Value:
        values: dict[str, float] = {}
        for at, name in enumerate(names):
            value = _evaluate_operand(context, traverser, name, draws, at, settings)
            if value is NOTHING:
                return NOTHING
            if not is_number(value):
                raise QueryFailed(f"The variable {name} for math() step must resolve to a Number")
            values[name] = float(value)
        return compute(values)

    return DrawStep(settings, f"MathStep({call.args[0]})", builder.bys(modulators), draw)


def _evaluate_operand(
    context: Context,
    traverser: Traverser,
    name: str,
    draws: Draws,
    at: int,
    settings: StatementSettings,
) -> Value:
    if name == "_":
        return draws[at % len(draws)](traverser) if draws else traverser.value
    value = lookup(context, traverser, name)
    if value is NOTHING:
        raise QueryFailed(f"Neither the sideEffects, map, nor path has a {name}-key")
    return (
        draws[at % len(draws)](context.new_traverser(value, settings.track_paths))
        if draws
        else value
    )


_PLACE: Final = re.compile(r"%\{(.*?)\}")


@step("format", takes=("by",))
def format_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    text = call.args[0]
    if not isinstance(text, str):
        raise InvalidQuery("format() takes a text")
    pieces = _split_text(text)
    names = pieces[1::2]

    def draw(traverser: Traverser, draws: Draws, context: Context) -> Value:
        filled = pieces.copy()
        turn = 0
        for at, name in enumerate(names):
            if name == "_":
                value = draws[turn % len(draws)](traverser) if draws else traverser.value
                turn += 1
            else:
                value = _look_up_name(context, traverser, name)
            if value is NOTHING:
                return NOTHING
            filled[2 * at + 1] = to_java_text(value)
        return "".join(filled)

    return DrawStep(builder.settings, "FormatStep", builder.bys(modulators), draw)


def _split_text(text: str) -> list[str]:
    """What stands as it is and the names in between, in turn; a name is in one line."""
    found = [""]
    for line in text.splitlines(keepends=True):
        end = line.rfind("}") + 1  # or each opening that is not closed would look for its end
        first, *others = _PLACE.split(line[:end])
        found[-1] += first
        found += others
        found[-1] += line[end:]
    return found


def _look_up_name(context: Context, traverser: Traverser, name: str) -> Value:
    """A property of the element, else what the name means to the traverser."""
    value = traverser.value
    if isinstance(value, (Vertex, Edge)) and name in value.properties:
        return values_of(value.properties[name])[0]
    found = lookup(context, traverser, name)
    return NOTHING if found is None and not isinstance(value, GMap) else found
