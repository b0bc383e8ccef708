"""Messages in GraphSON 1 to 4. Requests may mix typed and plain values, as clients do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ..errors import NeptuneError
from ..graph import Byte, Float, Int, Short
from ..gremlin import graphson
from ..gremlin.ast import Predicate, Strategy, VertexReference
from ..gremlin.bytecode import Long
from ..gremlin.dates import from_millis, parse_datetime
from ..gremlin.enums import QUALIFIED
from ..gremlin.errors import InvalidQuery, Unsupported
from ..gremlin.graphson import Serializer
from ..gremlin.numeric import to_float32
from ..gremlin.values import BigInteger, GMap, GSet
from .messages import BadMessage, Bytecode, Data, Request


class GraphSonSerializer:
    """One version of GraphSON, typed or not; ``as_text`` answers text messages with such."""

    def __init__(self, serializer: Serializer, as_text: bool = False) -> None:
        self._serializer = serializer
        self._as_text = as_text
        self._empty = graphson.to_graphson(GMap(), serializer)

    def read(self, body: bytes) -> Request:
        """A request. Raises :class:`BadMessage`."""
        try:
            plain = json.loads(body)
        except (ValueError, RecursionError):
            raise BadMessage("the message is no JSON") from None
        if not isinstance(plain, dict):
            raise BadMessage("the message is no JSON object")
        id, op, processor = plain.get("requestId"), plain.get("op"), plain.get("processor") or ""
        if isinstance(id, dict):
            id = id.get("@value")
        if not (isinstance(id, str) and isinstance(op, str) and isinstance(processor, str)):
            raise BadMessage("the message has no requestId, op or processor")
        try:
            args = read_value(plain.get("args") or {})
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise BadMessage(f"the arguments are no GraphSON: {error}", id) from None
        except NeptuneError as error:
            raise BadMessage(error.message, id) from error
        if not isinstance(args, GMap):
            raise BadMessage("the arguments are no map", id)
        return Request(id, op, processor, {str(key): each for key, each in args.items()})

    def write(self, id: str, status: int, text: str, values: list[Any] | None) -> Data:
        """An answer."""
        data = (
            None
            if values is None
            else graphson.to_graphson(values, self._serializer, references=True)
        )
        told = graphson.dumps(
            {
                "requestId": id,
                "status": {"code": status, "message": text, "attributes": self._empty},
                "result": {"data": data, "meta": self._empty},
            }
        )
        return told if self._as_text else told.encode()


def read_value(plain: Any) -> Any:
    """JSON as an argument for :func:`~..gremlin.bytecode.script_of`.

    Raises KeyError, TypeError, ValueError or NeptuneError for what is no GraphSON.
    """
    if isinstance(plain, list):
        return [read_value(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    kind = plain.get("@type")
    if kind is None:
        return GMap((key, read_value(each)) for key, each in plain.items())
    held = plain.get("@value")
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(held)
    name = str(kind).partition(":")[2]
    if name in QUALIFIED:
        return _constant(name, held)
    if isinstance(held, dict) and "conf" in held:
        return _strategy(held)
    if name.endswith("Strategy") and isinstance(held, dict):
        return Strategy(name, _pairs(held))
    raise Unsupported(f"Values of the type {kind} are not supported")


def _constant(kind: str, name: Any) -> Any:
    try:
        return QUALIFIED[kind][name]
    except KeyError:
        raise InvalidQuery(f"{kind}.{name} is not known") from None


def _strategy(held: dict[str, Any]) -> Strategy:
    name = str(held.get("fqcn", "")).rpartition(".")[2]
    conf = held["conf"]
    return Strategy(name, _pairs(conf if isinstance(conf, dict) else {}))


def _pairs(options: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, read_value(each)) for key, each in options.items() if key != "strategy")


def _whole(kind: type[int], bits: int) -> Callable[[Any], int]:
    least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    def read(held: Any) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not least <= held <= most:
            raise ValueError(f"{held!r} is no whole number of {bits} bits")
        return kind(held)

    return read


_UNENDING: Final = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}


def _fraction(held: Any) -> float:
    return float(_UNENDING.get(held, held) if isinstance(held, str) else held)


def _decimal(held: Any) -> Decimal:
    try:
        return Decimal(str(held))
    except InvalidOperation:
        raise ValueError(f"{held!r} is no number") from None


def _map(held: list[Any]) -> GMap:
    values = [read_value(each) for each in held]
    return GMap(zip(values[::2], values[1::2], strict=True))


def _bulk_set(held: list[Any]) -> list[Any]:
    values = [read_value(each) for each in held]
    pairs = zip(values[::2], values[1::2], strict=True)
    return [value for value, count in pairs for _ in range(min(count, 1 << 20))]


def _instructions(held: Iterable[Iterable[Any]]) -> list[tuple[Any, ...]]:
    return [tuple(map(read_value, each)) for each in held]


def _bytecode(held: dict[str, Any]) -> Bytecode:
    return Bytecode(_instructions(held.get("source", ())), _instructions(held.get("step", ())))


#: Predicates whose one argument is a collection.
_OF_MANY: Final = frozenset(("within", "without"))


def _predicate(held: dict[str, Any]) -> Predicate:
    name, value = str(held["predicate"]), read_value(held.get("value"))
    if name in _OF_MANY:
        return Predicate(name, (list(value) if isinstance(value, (list, GSet)) else [value],))
    # Two values, and what "and" and "or" join, come as a list.
    return Predicate(name, tuple(value) if isinstance(value, list) else (value,))


def _vertex(held: dict[str, Any]) -> VertexReference:
    label = read_value(held.get("label", "vertex"))
    return VertexReference(
        read_value(held["id"]), "::".join(label) if isinstance(label, list) else label
    )


def _refuse(what: str) -> Callable[[Any], Any]:
    def refuse(held: Any) -> Any:
        raise Unsupported(f"{what} are not supported")

    return refuse


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "g:Int32": _whole(Int, 32),
    "g:Int64": _whole(Long, 64),
    "gx:Int16": _whole(Short, 16),
    "gx:Byte": _whole(Byte, 8),
    "gx:BigInteger": lambda held: BigInteger(int(held)),
    "gx:BigDecimal": _decimal,
    "g:Double": _fraction,
    "g:Float": lambda held: Float(to_float32(_fraction(held))),
    "g:Date": from_millis,
    "g:Timestamp": from_millis,
    "gx:Instant": parse_datetime,
    "gx:OffsetDateTime": parse_datetime,
    "g:DateTime": parse_datetime,
    "g:UUID": str,
    "gx:Char": str,
    "g:List": lambda held: [read_value(each) for each in held],
    "g:Set": lambda held: GSet(read_value(each) for each in held),
    "g:BulkSet": _bulk_set,
    "g:Map": _map,
    "g:Bytecode": _bytecode,
    "g:Binding": lambda held: read_value(held["value"]),
    "g:P": _predicate,
    "g:TextP": _predicate,
    "g:Vertex": _vertex,
    "g:Class": lambda held: Strategy(str(held).rpartition(".")[2]),
    "g:Lambda": _refuse("Lambdas"),
}
