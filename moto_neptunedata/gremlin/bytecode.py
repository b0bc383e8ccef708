"""Bytecode of a client (gremlinpython's objects, or what reads like them) to a syntax tree.

Nothing of the client is imported: its objects are known by their attributes and class names.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, Final

from ..graph import Byte, Int
from .ast import Call, Predicate, Script, Statement, Strategy, Traversal, VertexReference
from .enums import QUALIFIED, Cardinality, CardinalityValue
from .errors import InvalidQuery
from .keywords import SOURCE_CALLS, SPAWN_STEPS, STEPS
from .parser import P_NAMES, TEXT_P_NAMES
from .values import BigInteger, GMap, GSet


class Long(int):
    """A whole number that the client calls a 64-bit one, however small it is."""


#: Steps of later clients, and what they were called in 3.7; ``iterate()`` sends the first.
_RENAMED: Final = {"discard": "none"}

_CONNECTIVES: Final = frozenset(("and", "or", "not"))
_TWO_VALUES: Final = frozenset(("between", "inside", "outside"))


def script_of(bytecode: Any) -> Script:
    """The syntax tree of a traversal's bytecode, for :func:`~.compiler.compile_script`.

    ``bytecode`` has ``source_instructions`` and ``step_instructions``, lists of
    ``[name, arg, …]``. Raises ``MalformedQueryException`` for what is not Gremlin.
    """
    source = [_call(each, SOURCE_CALLS) for each in bytecode.source_instructions]
    calls = [_call(each, STEPS) for each in bytecode.step_instructions]
    if not calls or calls[0].name not in SPAWN_STEPS:
        raise InvalidQuery("a traversal starts with V(), E(), addV() or the like")
    return Script("", (Statement(tuple(source), tuple(calls), Call("")),))


def _call(instruction: Iterable[Any], known: frozenset[str]) -> Call:
    name, *args = instruction
    name = _RENAMED.get(name, name)
    if name not in known:
        raise InvalidQuery(f"{name} is no step")
    return Call(name, tuple(value_of(arg) for arg in args))


def value_of(arg: Any) -> Any:
    """An argument as the parser gives it."""
    reader = _READERS.get(type(arg).__name__)
    if reader is not None:
        return reader(arg)
    if hasattr(arg, "bytecode"):
        # Asked first: a client's traversal takes names that it does not know for steps.
        return value_of(arg.bytecode)
    if hasattr(arg, "step_instructions"):
        source = arg.source_instructions
        if source and source[0][0] == "CardinalityValueTraversal":
            return _cardinality_value(arg)
        return Traversal(tuple(_call(each, STEPS) for each in arg.step_instructions))
    if isinstance(arg, enum.Enum):
        return _constant(type(arg).__name__, arg.name)
    if hasattr(arg, "fqcn"):
        options = arg.configuration.items()
        pairs = tuple((key, value_of(each)) for key, each in options if key != "strategy")
        return Strategy(str(arg.fqcn).rpartition(".")[2], pairs)
    if isinstance(arg, (set, frozenset)):
        return GSet(map(value_of, arg))
    if isinstance(arg, Mapping):
        return GMap((value_of(key), value_of(each)) for key, each in arg.items())
    if isinstance(arg, (list, tuple)):
        return [value_of(each) for each in arg]
    return arg


def _constant(kind: str, name: str) -> Any:
    first, *words = name.rstrip("_").split("_")
    try:
        return QUALIFIED[kind][first + "".join(map(str.capitalize, words))]
    except KeyError:
        raise InvalidQuery(f"{kind}.{name} is not known") from None


def _predicate(arg: Any) -> Predicate:
    name, first, second = str(arg.operator), arg.value, arg.other
    if name in _CONNECTIVES:
        parts = (first,) if name == "not" else (first, second)
        return Predicate(name, tuple(map(_predicate, parts)))
    if name not in P_NAMES and name not in TEXT_P_NAMES:
        raise InvalidQuery(f"{name} is no predicate")
    if name in _TWO_VALUES:
        pair = first if second is None and isinstance(first, (list, tuple)) else (first, second)
        return Predicate(name, tuple(map(value_of, pair)))
    return Predicate(name, (value_of(first),))


def _check_predicate(arg: Predicate) -> Predicate:
    """A predicate with its name and arguments; of a serializer, which looks at neither."""
    args = tuple(map(value_of, arg.args))
    wanted = 2 if arg.name in _TWO_VALUES else 1
    if arg.name in _CONNECTIVES:
        are_right = bool(args) and all(isinstance(each, Predicate) for each in args)
    elif arg.name in P_NAMES or arg.name in TEXT_P_NAMES:
        are_right = len(args) == wanted
    else:
        raise InvalidQuery(f"{arg.name} is no predicate")
    if not are_right:
        raise InvalidQuery(f"{arg.name}() does not take these arguments")
    return Predicate(arg.name, args)


def _integer(arg: int) -> int:
    if -(1 << 31) <= arg < 1 << 31:
        return Int(arg)
    return int(arg) if -(1 << 63) <= arg < 1 << 63 else BigInteger(arg)


def _date(arg: datetime) -> datetime:
    if arg.tzinfo is None:
        return arg.replace(tzinfo=timezone.utc)
    return arg.astimezone(timezone.utc)


def _cardinality_value(arg: Any) -> CardinalityValue:
    _, cardinality, value = arg.source_instructions[0]
    return CardinalityValue(Cardinality[cardinality.name.rstrip("_")], value_of(value))


#: Class name -> reader.
_READERS: Final[dict[str, Any]] = {
    "int": _integer,
    "long": int,
    "Long": int,
    "Predicate": _check_predicate,
    "VertexReference": lambda arg: arg,
    "GSet": lambda arg: GSet(map(value_of, arg)),
    "GMap": lambda arg: GMap((value_of(key), value_of(each)) for key, each in arg.items()),
    "SingleByte": Byte,
    "bigint": BigInteger,
    "datetime": _date,
    "timestamp": lambda arg: datetime.fromtimestamp(float(arg), timezone.utc),
    "P": _predicate,
    "TextP": _predicate,
    "Vertex": lambda arg: VertexReference(arg.id, arg.label),
    "Binding": lambda arg: value_of(arg.value),
    "CardinalityValue": _cardinality_value,
    "Strategy": lambda arg: Strategy(
        arg.name, tuple((key, value_of(each)) for key, each in arg.options)
    ),
}
