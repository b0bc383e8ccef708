"""Messages in GraphBinary 1. Source: TinkerPop IO reference, "GraphBinary".

A value is a type code, a flag that says whether it is null, and its bytes; numbers are big-endian.
"""

from __future__ import annotations

import enum
import struct
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from ..errors import NeptuneError
from ..graph import Byte, Edge, Float, Int, Short, Vertex
from ..gremlin import enums
from ..gremlin.ast import Predicate, Strategy, VertexReference
from ..gremlin.bytecode import Long
from ..gremlin.dates import from_millis, parse_datetime, to_millis
from ..gremlin.enums import QUALIFIED
from ..gremlin.errors import InvalidQuery, Unsupported
from ..gremlin.metrics import StepMetrics, TraversalMetrics
from ..gremlin.traverser import Traverser
from ..gremlin.values import (
    BigInteger,
    BulkSet,
    Entry,
    GMap,
    GSet,
    Path,
    Property,
    Tree,
    VertexProperty,
)
from .messages import BadMessage, Bytecode, Data, Request

_VERSION: Final = 0x81
_NULL: Final = 0xFE
_NULL_VALUE: Final = bytes((_NULL, 1))


class GraphBinarySerializer:
    """GraphBinary 1."""

    def read(self, body: bytes) -> Request:
        """A request. Raises :class:`BadMessage`."""
        source = _Source(body)
        id = ""
        try:
            if source.number(">B") != _VERSION:
                raise BadMessage("the message is no GraphBinary 1")
            id = str(uuid.UUID(bytes=source.take(16)))
            op, processor = source.text(), source.text()
            args: dict[str, Any] = {}
            for _ in range(source.count()):
                key = source.value()
                args[str(key)] = source.value()
        except (
            struct.error,
            ValueError,
            TypeError,
            IndexError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise BadMessage(f"the message is no GraphBinary: {error}", id) from None
        except NeptuneError as error:
            raise BadMessage(error.message, id) from error
        return Request(id, op, processor, args)

    def write(self, id: str, status: int, text: str, values: list[Any] | None) -> Data:
        """An answer."""
        out = bytearray((_VERSION, 0))
        out += uuid.UUID(id).bytes
        out += struct.pack(">i", status)
        out.append(0)
        _write_text(out, text)
        out += struct.pack(">ii", 0, 0)  # no attributes of the status, no meta data
        write_value(out, values)
        return bytes(out)


# ---------------------------------------------------------------------------- reading


class _Source:
    """Bytes, and where reading has come to."""

    def __init__(self, held: bytes) -> None:
        self._held = held
        self._at = 0

    def take(self, size: int) -> bytes:
        found = self._held[self._at : self._at + size]
        if size < 0 or len(found) < size:
            raise ValueError("it ends too early")
        self._at += size
        return found

    def number(self, layout: str) -> Any:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def count(self) -> int:
        found = int(self.number(">i"))
        if found < 0:
            raise ValueError("a length is negative")
        return found

    def text(self) -> str:
        return self.take(self.count()).decode()

    def value(self) -> Any:
        """A value with its type. Raises ValueError or NeptuneError."""
        code = self.number(">B")
        is_null = self.take(1) == b"\x01"
        if is_null:
            return None
        reader = _READERS.get(code)
        if reader is None:
            raise Unsupported(f"GraphBinary values of the type 0x{code:02x} are not supported")
        return reader(self)

    def values(self) -> list[Any]:
        return [self.value() for _ in range(self.count())]

    def instructions(self) -> list[tuple[Any, ...]]:
        return [(self.text(), *self.values()) for _ in range(self.count())]


def _number_reader(layout: str, kind: Callable[[Any], Any]) -> Callable[[_Source], Any]:
    return lambda source: kind(source.number(layout))


def _constant_reader(kind: str) -> Callable[[_Source], Any]:
    def read(source: _Source) -> Any:
        name = source.value()
        try:
            return QUALIFIED[kind][name]
        except KeyError:
            raise InvalidQuery(f"{kind}.{name} is not known") from None

    return read


def _read_big(source: _Source) -> BigInteger:
    return BigInteger(int.from_bytes(source.take(source.count()), "big", signed=True))


def _read_decimal(source: _Source) -> Decimal:
    scale = int(source.number(">i"))
    return Decimal(_read_big(source)).scaleb(-scale)


def _read_map(source: _Source) -> GMap:
    return GMap([(source.value(), source.value()) for _ in range(source.count())])


def _read_bytecode(source: _Source) -> Bytecode:
    steps = source.instructions()
    return Bytecode(source.instructions(), steps)


_OF_MANY: Final = frozenset(("within", "without"))


def _read_predicate(source: _Source) -> Predicate:
    name, args = source.text(), source.values()
    if name not in _OF_MANY:
        return Predicate(name, tuple(args))
    is_one = len(args) == 1 and isinstance(args[0], (list, GSet))
    return Predicate(name, (list(args[0]) if is_one else args,))


def _read_strategy(source: _Source) -> Strategy:
    name = source.text().rpartition(".")[2]
    pairs = _read_map(source).items()
    return Strategy(name, tuple((str(key), each) for key, each in pairs if key != "strategy"))


def _read_vertex(source: _Source) -> VertexReference:
    id, label = source.value(), source.text()
    source.value()  # the properties
    return VertexReference(id, label)


def _read_binding(source: _Source) -> Any:
    source.text()
    return source.value()


def _read_offset_date(source: _Source) -> datetime:
    year, month, day = source.number(">i"), source.number(">b"), source.number(">b")
    seconds, nanos = divmod(int(source.number(">q")), 1_000_000_000)
    offset = source.number(">i")
    midnight = to_millis(parse_datetime(f"{year:04}-{month:02}-{day:02}"))
    return from_millis(midnight + (seconds - offset) * 1000 + nanos // 1_000_000)


def _read_char(source: _Source) -> str:
    held = source.take(1)
    size = next(
        size for size, most in ((1, 0x80), (2, 0xE0), (3, 0xF0), (4, 0x100)) if held[0] < most
    )
    return (held + source.take(size - 1)).decode()


def _read_bulk_set(source: _Source) -> list[Any]:
    found: list[Any] = []
    for _ in range(source.count()):
        value = source.value()
        found += [value] * min(int(source.number(">q")), 1 << 20)
    return found


def _read_lambda(source: _Source) -> Any:
    raise Unsupported("Lambdas are not supported")


#: Codes of named constants, and the names of their types.
_CONSTANTS: Final = {
    0x13: "Barrier",
    0x16: "Cardinality",
    0x17: "Column",
    0x18: "Direction",
    0x19: "Operator",
    0x1A: "Order",
    0x1B: "Pick",
    0x1C: "Pop",
    0x1F: "Scope",
    0x20: "T",
    0x2E: "Merge",
    0x2F: "DT",
}

_READERS: Final[dict[int, Callable[[_Source], Any]]] = {
    0x01: _number_reader(">i", Int),
    0x02: _number_reader(">q", Long),
    0x03: _Source.text,
    0x04: _number_reader(">q", from_millis),
    0x05: _number_reader(">q", from_millis),
    0x06: lambda source: Strategy(source.text().rpartition(".")[2]),
    0x07: _number_reader(">d", float),
    0x08: _number_reader(">f", Float),
    0x09: _Source.values,
    0x0A: _read_map,
    0x0B: lambda source: GSet(source.values()),
    0x0C: lambda source: str(uuid.UUID(bytes=source.take(16))),
    0x11: _read_vertex,
    0x14: _read_binding,
    0x15: _read_bytecode,
    0x1D: _read_lambda,
    0x1E: _read_predicate,
    0x22: _read_decimal,
    0x23: _read_big,
    0x24: _number_reader(">b", Byte),
    0x26: _number_reader(">h", Short),
    0x27: _number_reader(">?", bool),
    0x28: _read_predicate,
    0x29: _read_strategy,
    0x2A: _read_bulk_set,
    0x80: _read_char,
    0x88: _read_offset_date,
    **{code: _constant_reader(kind) for code, kind in _CONSTANTS.items()},
}


# ---------------------------------------------------------------------------- writing


def write_value(out: bytearray, value: Any) -> None:
    """Append a value with its type. Elements are references: they have no properties.

    Raises NeptuneError for what GraphBinary does not have.
    """
    if value is None:
        out += _NULL_VALUE
        return
    known = _WRITERS.get(type(value))
    if known is not None:
        code, writer = known
        out += bytes((code, 0))
        writer(out, value)
    elif isinstance(value, enum.Enum):
        out += bytes((_CONSTANT_CODES[type(value)], 0))
        write_value(out, value.name.rstrip("_"))
    else:
        raise Unsupported(f"GraphBinary has no form for a {type(value).__name__}: ask for GraphSON")


def _packing(layout: str) -> Callable[[bytearray, Any], None]:
    pack = struct.Struct(layout).pack

    def write(out: bytearray, value: Any) -> None:
        out += pack(value)

    return write


_write_count: Final = _packing(">i")
_write_long: Final = _packing(">q")


def _write_text(out: bytearray, value: str) -> None:
    held = value.encode("utf-8", "replace")
    _write_count(out, len(held))
    out += held


def _write_values(out: bytearray, values: Any) -> None:
    _write_count(out, len(values))
    for each in values:
        write_value(out, each)


def _write_map(out: bytearray, value: GMap) -> None:
    _write_count(out, len(value))
    for key, each in value.items():
        write_value(out, key)
        write_value(out, each)


def _write_entry(out: bytearray, value: Entry) -> None:
    _write_map(out, GMap(((value.key, value.value),)))


def _write_tree(out: bytearray, value: Tree) -> None:
    _write_count(out, len(value))
    for key, below in value.items():
        write_value(out, key)
        _write_tree(out, below)


def _write_bulk_set(out: bytearray, value: BulkSet) -> None:
    _write_count(out, value.distinct)
    for each, count in value.counts():
        write_value(out, each)
        _write_long(out, count)


def _write_big(out: bytearray, value: int) -> None:
    bits = (value if value >= 0 else ~value).bit_length()
    held = int(value).to_bytes(bits // 8 + 1, "big", signed=True)
    _write_count(out, len(held))
    out += held


def _write_decimal(out: bytearray, value: Decimal) -> None:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise Unsupported("GraphBinary has no form for a BigDecimal that is no number")
    _write_count(out, -exponent)
    unscaled = int("".join(map(str, digits)))
    _write_big(out, -unscaled if sign else unscaled)


def _write_date(out: bytearray, value: datetime) -> None:
    _write_long(out, to_millis(value))


def _label(labels: Iterable[str]) -> str:
    return "::".join(labels)


def _write_vertex(out: bytearray, value: Vertex) -> None:
    write_value(out, value.id)
    _write_text(out, _label(value.labels))
    out += _NULL_VALUE  # the properties


def _write_edge(out: bytearray, value: Edge) -> None:
    write_value(out, value.id)
    _write_text(out, value.label)
    for end in (value.in_v, value.out_v):
        write_value(out, end.id)
        _write_text(out, _label(end.labels))
    out += _NULL_VALUE * 2  # the parent and the properties


def _write_vertex_property(out: bytearray, value: VertexProperty) -> None:
    write_value(out, Int(value.id))
    _write_text(out, value.key)
    write_value(out, value.value)
    out += _NULL_VALUE * 2


def _write_property(out: bytearray, value: Property) -> None:
    _write_text(out, value.key)
    write_value(out, value.value)
    out += _NULL_VALUE


def _write_path(out: bytearray, value: Path) -> None:
    write_value(out, [GSet(labels) for labels in value.labels])
    write_value(out, value.objects)


def _write_metrics(out: bytearray, value: TraversalMetrics) -> None:
    _write_long(out, round(value.seconds * 1e9))
    _write_values(out, value.steps)


def _write_step_metrics(out: bytearray, value: StepMetrics) -> None:
    _write_text(out, value.id)
    _write_text(out, value.name)
    _write_long(out, round(value.seconds * 1e9))
    counts = (("traverserCount", value.traversers), ("elementCount", value.elements))
    _write_map(out, GMap(counts))
    _write_map(out, GMap((("percentDur", value.percent),)))
    _write_count(out, 0)  # steps inside


def _write_traverser(out: bytearray, value: Traverser) -> None:
    _write_long(out, value.bulk)
    write_value(out, value.value)


_CONSTANT_CODES: Final[dict[type, int]] = {
    getattr(enums, kind): code for code, kind in _CONSTANTS.items()
}

#: Type of a result -> type code, and what writes its bytes.
_WRITERS: Final[dict[type, tuple[int, Callable[[bytearray, Any], None]]]] = {
    Int: (0x01, _packing(">i")),
    int: (0x02, _write_long),
    str: (0x03, _write_text),
    datetime: (0x04, _write_date),
    float: (0x07, _packing(">d")),
    Float: (0x08, _packing(">f")),
    list: (0x09, _write_values),
    GMap: (0x0A, _write_map),
    Entry: (0x0A, _write_entry),
    GSet: (0x0B, _write_values),
    Edge: (0x0D, _write_edge),
    Path: (0x0E, _write_path),
    Property: (0x0F, _write_property),
    Vertex: (0x11, _write_vertex),
    VertexProperty: (0x12, _write_vertex_property),
    Traverser: (0x21, _write_traverser),
    Decimal: (0x22, _write_decimal),
    BigInteger: (0x23, _write_big),
    Byte: (0x24, _packing(">b")),
    Short: (0x26, _packing(">h")),
    bool: (0x27, _packing(">?")),
    BulkSet: (0x2A, _write_bulk_set),
    Tree: (0x2B, _write_tree),
    StepMetrics: (0x2C, _write_step_metrics),
    TraversalMetrics: (0x2D, _write_metrics),
}
