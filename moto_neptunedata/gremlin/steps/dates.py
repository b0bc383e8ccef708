"""Steps over dates: ``asDate``, ``dateAdd``, ``dateDiff``."""

from __future__ import annotations

from datetime import datetime

from ..arguments import check_argument_count, check_no_arguments, read_whole_number
from ..ast import Call, Traversal
from ..builder import Builder, Built, Modulators, step
from ..dates import add_seconds, from_millis, parse_datetime, to_millis
from ..enums import DT
from ..errors import InvalidQuery, QueryFailed
from ..modulators import By
from ..pipeline import Context
from ..traverser import NOTHING, Draw, Traverser
from ..values import Value
from .base import DrawStep, MapStep


def as_date(value: Value) -> datetime:
    """A date of a text, of milliseconds, or of a date."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return parse_datetime(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return from_millis(value)
    raise QueryFailed(f"Can't parse {value!r} as Date.")


@step("asDate")
def as_date_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return MapStep(builder.settings, "AsDateStep", as_date)


def _date(value: Value, name: str) -> datetime:
    if not isinstance(value, datetime):
        raise QueryFailed(f"{name} accepts only Date.")
    return value


@step("dateAdd")
def date_add(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 2, 2)
    unit, amount = call.args
    if not isinstance(unit, DT):
        raise InvalidQuery("dateAdd() takes a unit and a number")
    seconds = unit.value * read_whole_number(call, amount)
    return MapStep(
        builder.settings, "DateAddStep", lambda value: add_seconds(_date(value, "dateAdd"), seconds)
    )


@step("dateDiff")
def date_diff(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    other = call.args[0]
    if isinstance(other, Traversal):
        bys = [By(None, builder.child(other))]
    elif isinstance(other, datetime) or other is None:
        bys = []
    else:
        raise InvalidQuery("dateDiff() takes a date or a traversal")

    def draw(traverser: Traverser, draws: list[Draw], context: Context) -> Value:
        against = draws[0](traverser) if draws else other
        if against is NOTHING:
            raise QueryFailed("dateDiff accepts only Date.")
        millis = to_millis(_date(traverser.value, "dateDiff"))
        # No date to compare with is the start of time.
        base = 0 if against is None else to_millis(_date(against, "dateDiff"))
        difference = millis - base
        return difference // 1000 if difference >= 0 else -(-difference // 1000)

    return DrawStep(builder.settings, "DateDiffStep", bys, draw)
