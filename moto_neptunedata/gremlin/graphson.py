"""GraphSON 1 to 4, typed and without types, as Neptune prints it.

Sources: TinkerPop "IO Reference", GraphSON; Neptune's answers as its open-source tools record them:
edges without the labels of their ends, no ``properties`` where there are none, ids of vertex
properties as 32-bit numbers.
"""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from ..graph import Byte, Edge, Float, Int, Short, Vertex, values_of
from .dates import to_millis
from .errors import TEXTS, BadArgument, QueryFailed
from .java_text import to_java_text
from .metrics import StepMetrics, TraversalMetrics
from .traverser import Traverser
from .values import (
    BigInteger,
    BulkSet,
    Entry,
    GMap,
    GSet,
    Path,
    Property,
    Scalar,
    Subgraph,
    Tree,
    Value,
    VertexProperty,
)


@dataclass(frozen=True)
class Serializer:
    """A version of GraphSON, with types or without."""

    version: int
    typed: bool

    @property
    def mime(self) -> str:
        """The media type of an answer in it."""
        suffix = "" if self.typed else ";types=false"
        return f"application/vnd.gremlin-v{self.version}.0+json{suffix}"


#: What Neptune answers with unless it is asked for something else.
DEFAULT: Final = Serializer(3, True)

_SERIALIZERS: Final[dict[str, Serializer]] = {
    serializer.mime: serializer
    for serializer in (
        Serializer(version, typed) for version in (1, 2, 3, 4) for typed in (True, False)
    )
} | {"": DEFAULT, "*/*": DEFAULT, "application/json": DEFAULT}


def serializer_of(accept: str | None) -> Serializer:
    """The serializer that an ``Accept`` header or the member ``serializer`` asks for.

    Of a list the first known one counts. Raises ``InvalidParameterException`` when none is known.
    """
    for part in (accept or "").split(","):
        kind, *options = (piece.strip().lower() for piece in part.split(";"))
        untyped = "types=false" in options
        found = _SERIALIZERS.get(f"{kind};types=false" if untyped and kind else kind)
        if found is not None:
            return found
    raise BadArgument(f"Unsupported serializer: {accept}")


def response_body(results: list[Value], request_id: str, serializer: Serializer = DEFAULT) -> str:
    """The whole body of an answer of ``ExecuteGremlinQuery``."""
    empty = to_graphson(GMap(), serializer)
    body = {
        "requestId": request_id,
        "status": {"message": "", "code": 200, "attributes": empty},
        "result": {"data": to_graphson(results, serializer), "meta": empty},
    }
    return dumps(body)


def dumps(value: Value) -> str:
    """A JSON text. Raises ``QueryFailed`` for what is nested too deeply."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        raise QueryFailed(TEXTS["result depth"].text) from None


def to_graphson(value: Value, serializer: Serializer = DEFAULT, references: bool = False) -> Value:
    """A value as what ``json`` can print; ``references`` leaves the properties of elements out."""
    writers = _REFERENCE_WRITERS if references else _WRITERS
    try:
        return writers[serializer].write(value)
    except RecursionError:
        raise QueryFailed(TEXTS["result depth"].text) from None


# ------------------------------------------------------------------ without types


class _Plain:
    """GraphSON without types: plain JSON."""

    def __init__(self, version: int, references: bool = False) -> None:
        self.version = version
        self.references = references
        self.writers: dict[type, Scalar] = {
            Vertex: self.vertex,
            Edge: self.edge,
            VertexProperty: self.vertex_property,
            Property: self.property,
            list: self.sequence,
            GSet: self.set,
            BulkSet: self.bulk_set,
            GMap: self.map,
            Tree: self.tree,
            Path: self.path,
            Entry: lambda value: self.map(GMap(((value.key, value.value),))),
            Subgraph: self.subgraph,
            Traverser: self.traverser,
            StepMetrics: self.step_metrics,
            TraversalMetrics: self.traversal_metrics,
            datetime: self.date,
            Decimal: self.decimal,
            bool: lambda value: value,
            str: lambda value: value,
            type(None): lambda value: value,
            float: self.double,
            Float: self.float,
            int: self.long,
            Int: self.int,
            Short: self.short,
            Byte: self.byte,
            BigInteger: self.big,
        }

    def write(self, value: Value) -> Value:
        writer = self.writers.get(type(value))
        if writer is not None:
            return writer(value)
        if isinstance(value, enum.Enum):
            return self.constant(value)
        return str(value)

    # -------------------------------------------------------------- numbers and the like

    def long(self, value: int) -> Value:
        return int(value)

    int = short = byte = big = long

    def double(self, value: float) -> Value:
        return float(value) if math.isfinite(value) else to_java_text(value)

    def float(self, value: float) -> Value:
        return (
            self.double(float(to_java_text(value))) if math.isfinite(value) else to_java_text(value)
        )

    def decimal(self, value: Decimal) -> Value:
        return float(value)

    def date(self, value: datetime) -> Value:
        return to_millis(value)

    def constant(self, value: enum.Enum) -> Value:
        return value.name.rstrip("_")

    # -------------------------------------------------------------- collections

    def sequence(self, value: Iterable[Value]) -> Value:
        return [self.write(each) for each in value]

    def set(self, value: GSet) -> Value:
        return self.sequence(value)

    def bulk_set(self, value: BulkSet) -> Value:
        return self.sequence(value)

    def map(self, value: GMap) -> Value:
        return {self.key(key): self.write(held) for key, held in value.items()}

    @staticmethod
    def key(value: Value) -> str:
        """A key of a map as a text: of an element its id."""
        if isinstance(value, (Vertex, Edge, VertexProperty)):
            return str(value.id)
        return to_java_text(value)

    def tree(self, value: GMap) -> Value:
        if self.version == 1:
            return {
                self.key(key): {"key": self.write(key), "value": self.tree(below)}
                for key, below in value.items()
            }
        return [
            {"key": self.write(key), "value": self.write(below)} for key, below in value.items()
        ]

    def path(self, value: Path) -> Value:
        return {
            "labels": self.write([GSet(labels) for labels in value.labels]),
            "objects": self.write(value.objects),
        }

    def subgraph(self, value: Subgraph) -> Value:
        return {
            "vertices": [self.write(each) for each in value.vertices],
            "edges": [self.write(each) for each in value.edges],
        }

    def traverser(self, value: Traverser) -> Value:
        return {"bulk": self.long(value.bulk), "value": self.write(value.value)}

    def traversal_metrics(self, value: TraversalMetrics) -> Value:
        pairs = (("dur", value.seconds * 1000), ("metrics", list(value.steps)))
        return self.map(GMap(pairs))

    def step_metrics(self, value: StepMetrics) -> Value:
        counts = (("traverserCount", value.traversers), ("elementCount", value.elements))
        pairs = (
            ("dur", value.seconds * 1000),
            ("counts", GMap(counts)),
            ("name", value.name),
            ("annotations", GMap((("percentDur", value.percent),))),
            ("id", value.id),
        )
        return self.map(GMap(pairs))

    # -------------------------------------------------------------- elements

    def vertex(self, value: Vertex) -> Value:
        found: dict[str, Value] = {
            "id": value.id,
            "label": "::".join(value.labels),
            "type": "vertex",
        }
        if value.properties and not self.references:
            found["properties"] = {
                key: [
                    {
                        "id": VertexProperty(value, key, each).id,
                        "value": self.write(each),
                    }
                    for each in values_of(stored)
                ]
                for key, stored in value.properties.items()
            }
        return found

    def edge(self, value: Edge) -> Value:
        found: dict[str, Value] = {
            "id": value.id,
            "label": value.label,
            "type": "edge",
            "inVLabel": "::".join(value.in_v.labels),
            "outVLabel": "::".join(value.out_v.labels),
            "inV": value.in_v.id,
            "outV": value.out_v.id,
        }
        if value.properties and not self.references:
            found["properties"] = {key: self.write(held) for key, held in value.properties.items()}
        return found

    def vertex_property(self, value: VertexProperty) -> Value:
        return {"id": value.id, "value": self.write(value.value), "label": value.key}

    def property(self, value: Property) -> Value:
        return {"key": value.key, "value": self.write(value.value)}


# ------------------------------------------------------------------ with types


def _tag(tag: str, value: Value) -> dict[str, Value]:
    return {"@type": tag, "@value": value}


class _Typed2(_Plain):
    """GraphSON 2: numbers, dates and graph objects have types; collections are plain."""

    def long(self, value: int) -> Value:
        return _tag("g:Int64", int(value))

    def int(self, value: int) -> Value:
        return _tag("g:Int32", int(value))

    def short(self, value: Value) -> Value:
        return _tag("gx:Int16", int(value))

    def byte(self, value: Value) -> Value:
        return _tag("gx:Byte", int(value))

    def big(self, value: Value) -> Value:
        return _tag("gx:BigInteger", int(value))

    def double(self, value: float) -> Value:
        return _tag("g:Double", super().double(value))

    def float(self, value: Value) -> Value:
        plain = float(to_java_text(value)) if math.isfinite(value) else to_java_text(value)
        return _tag("g:Float", plain)

    def decimal(self, value: Decimal) -> Value:
        return _tag("gx:BigDecimal", float(value))

    def date(self, value: datetime) -> Value:
        return _tag("g:Date", to_millis(value))

    def constant(self, value: enum.Enum) -> Value:
        return _tag(f"g:{type(value).__name__}", super().constant(value))

    def path(self, value: Path) -> Value:
        return _tag("g:Path", super().path(value))

    def tree(self, value: GMap) -> Value:
        return _tag("g:Tree", super().tree(value))

    def subgraph(self, value: Subgraph) -> Value:
        return _tag("tinker:graph", super().subgraph(value))

    def traverser(self, value: Traverser) -> Value:
        return _tag("g:Traverser", super().traverser(value))

    def traversal_metrics(self, value: TraversalMetrics) -> Value:
        return _tag("g:TraversalMetrics", super().traversal_metrics(value))

    def step_metrics(self, value: StepMetrics) -> Value:
        return _tag("g:Metrics", super().step_metrics(value))

    def vertex(self, value: Vertex) -> Value:
        found: dict[str, Value] = {"id": value.id, "label": self.label("::".join(value.labels))}
        if value.properties and not self.references:
            found["properties"] = {
                key: [self.write(VertexProperty(value, key, each)) for each in values_of(stored)]
                for key, stored in value.properties.items()
            }
        return _tag("g:Vertex", found)

    def edge(self, value: Edge) -> Value:
        found: dict[str, Value] = {
            "id": value.id,
            "label": self.label(value.label),
            "inV": self.end(value.in_v),
            "outV": self.end(value.out_v),
        }
        if self.references and self.version < 4:
            found["inVLabel"] = "::".join(value.in_v.labels)
            found["outVLabel"] = "::".join(value.out_v.labels)
        if value.properties and not self.references:
            found["properties"] = {
                key: self.edge_property(Property(value, key, held))
                for key, held in value.properties.items()
            }
        return _tag("g:Edge", found)

    def label(self, label: str) -> Value:
        return label

    def end(self, vertex: Vertex) -> Value:
        return vertex.id

    def edge_property(self, value: Property) -> Value:
        return self.property(value)

    def vertex_property(self, value: VertexProperty) -> Value:
        return _tag(
            "g:VertexProperty",
            {
                "id": _tag("g:Int32", value.id),
                "value": self.write(value.value),
                "label": self.label(value.key),
            },
        )

    def property(self, value: Property) -> Value:
        return _tag("g:Property", super().property(value))


class _Typed3(_Typed2):
    """GraphSON 3: collections have types too."""

    def sequence(self, value: Iterable[Value]) -> Value:
        return _tag("g:List", super().sequence(value))

    def set(self, value: GSet) -> Value:
        return _tag("g:Set", [self.write(each) for each in value])

    def bulk_set(self, value: BulkSet) -> Value:
        found = []
        for each, count in value.counts():
            found += [self.write(each), _tag("g:Int64", count)]
        return _tag("g:BulkSet", found)

    def map(self, value: GMap) -> Value:
        found = []
        for key, held in value.items():
            found += [self.write(key), self.write(held)]
        return _tag("g:Map", found)


class _Typed4(_Typed3):
    """GraphSON 4: labels are lists, ends are vertices, dates are texts."""

    def bulk_set(self, value: BulkSet) -> Value:
        return self.sequence(value)

    def date(self, value: datetime) -> Value:
        return _tag("g:DateTime", to_java_text(value))

    def label(self, label: str) -> Value:
        return [label]

    def end(self, vertex: Vertex) -> Value:
        return {"id": vertex.id, "label": self.label("::".join(vertex.labels))}

    def edge_property(self, value: Property) -> Value:
        return [self.property(value)]


def _writers(references: bool) -> dict[Serializer, _Plain]:
    return {
        # Version 1 has types only as names of Java classes, which Neptune leaves out.
        Serializer(1, True): _Plain(1, references),
        Serializer(2, True): _Typed2(2, references),
        Serializer(3, True): _Typed3(3, references),
        Serializer(4, True): _Typed4(4, references),
        **{Serializer(version, False): _Plain(version, references) for version in (1, 2, 3, 4)},
    }


_WRITERS: Final = _writers(references=False)
_REFERENCE_WRITERS: Final = _writers(references=True)
