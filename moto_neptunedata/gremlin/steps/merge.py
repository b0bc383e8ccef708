"""``mergeV`` and ``mergeE``: find, or make what was not found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ...graph import Edge, Vertex, values_of
from ..arguments import check_argument_count
from ..ast import Call, Traversal
from ..builder import Builder, Built, Modulators, step
from ..comparability import equals
from ..enums import Cardinality, CardinalityValue, Direction, Merge, T
from ..errors import TEXTS, InvalidQuery, QueryFailed, Unsupported
from ..modulators import By
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..property_rules import check_key, element_id_to_store, labels_to_store, store_property
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, START, Draw, Traverser, move_plain
from ..values import GMap, Value
from .base import choose_move
from .mutations import create_edge, create_vertex, resolve_vertex

# Looking up a member of an enum takes its time.
_ID: Final = T.id
_LABEL: Final = T.label
_END_TOKENS: Final = {Direction.OUT: Merge.outV, Direction.IN: Merge.inV}


class _Given:
    """The main map, or what an option says: a map, or a traversal that gives one."""

    __slots__ = ("by", "cardinality", "value")

    def __init__(
        self, builder: Builder, arg: Value, cardinality: Cardinality | None = None
    ) -> None:
        self.cardinality = cardinality
        self.by = By(None, builder.child(arg)) if isinstance(arg, Traversal) else None
        if self.by is None and arg is not None and not isinstance(arg, (GMap, Vertex)):
            raise InvalidQuery(f"a map or a traversal is expected, not {arg!r}")
        self.value = arg

    def open(self, context: Context) -> Draw:
        if self.by is None:
            value = self.value
            return lambda traverser: value
        return self.by.open(context)

    def pipelines(self) -> Iterable[Pipeline]:
        return () if self.by is None else self.by.children()


class MergeStep(Step):
    """What both have in common."""

    lazy = True
    moves = True
    observable = True
    expands = True
    edges = False

    def __init__(
        self, settings: StatementSettings, main: _Given | None, options: dict[Merge, _Given]
    ) -> None:
        self.main = main
        self.options = options
        self.partition = settings.write_partition
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        main = None if self.main is None else self.main.open(context)
        options = {merge: given.open(context) for merge, given in self.options.items()}
        for merge, given in self.options.items():
            # A map in the text is looked at even when nothing comes of it.
            if merge in (Merge.onCreate, Merge.onMatch) and isinstance(given.value, GMap):
                self._check(given.value, f"option({merge.name})")

        def batches(batch: Batch) -> Iterator[Batch]:
            for traverser in batch:
                for _ in range(traverser.bulk):
                    asked = self._map(traverser.value if main is None else main(traverser))
                    if self.partition is not None:
                        asked = asked.copy()
                        asked[self.partition[0]] = self.partition[1]
                    found = self._merge(context, traverser, asked, options)
                    yield [self.move(traverser, element) for element in found]

        return batches

    def children(self) -> Iterable[Pipeline]:
        givens = [*([] if self.main is None else [self.main]), *self.options.values()]
        return [pipeline for each in givens for pipeline in each.pipelines()]

    @staticmethod
    def _map(value: Value) -> GMap:
        if value is None:
            return GMap()
        if not isinstance(value, GMap):
            if value is NOTHING or value is START:
                value = None
            raise QueryFailed(f"a merge needs a Map, but got {value!r}")
        return value

    def _merge(
        self, context: Context, traverser: Traverser, asked: GMap, options: dict[Merge, Value]
    ) -> list[Value]:
        raise NotImplementedError

    def _check(self, asked: GMap, where: str) -> None:
        """Refuse keys and labels that cannot be."""
        for key, value in asked.items():
            if key is _ID:
                if value is None:
                    raise QueryFailed(f"{where} does not allow null for T.id")
            elif key is _LABEL:
                if not isinstance(value, str):
                    raise QueryFailed(f"{where} expects T.label to be a String, not {value!r}")
                if value.startswith("~"):
                    raise QueryFailed(f"Label can not be a hidden key: {value}")
            elif isinstance(key, Direction) and self.edges and key is not Direction.BOTH:
                pass
            elif isinstance(key, str):
                check_key(key)
            else:
                raise QueryFailed(f"{where} does not take the key {key!r}")

    def _update(
        self, context: Context, traverser: Traverser, element: Value, options: dict[Merge, Value]
    ) -> None:
        """Do what ``onMatch`` says; its traversal is asked of the element."""
        on_match = options.get(Merge.onMatch)
        if on_match is None:
            return
        given = self.options[Merge.onMatch]
        if given.by is not None and self.edges and isinstance(traverser.value, (Vertex, Edge)):
            raise QueryFailed("The incoming traverser for MergeEdgeStep cannot be an Element")
        changes = self._map(on_match(move_plain(traverser, element)))
        for key, value in changes.items():
            if not isinstance(key, str):
                raise QueryFailed(f"option(onMatch) expects keys in Map to be Strings, not {key!r}")
            check_key(key)
            cardinality, value = split_cardinality(context, value, given.cardinality)
            store_property(context, element, cardinality, key, value)

    def _to_create(
        self, traverser: Traverser, asked: GMap, options: dict[Merge, Value]
    ) -> tuple[GMap, Cardinality | None]:
        """The main map with what ``onCreate`` adds."""
        on_create = options.get(Merge.onCreate)
        if on_create is None:
            return asked, None
        more = self._map(on_create(traverser))
        self._check(more, "option(onCreate)")
        merged = asked.copy()
        for key, value in more.items():
            if key in asked and not equals(strip_cardinality(value), strip_cardinality(asked[key])):
                raise QueryFailed(
                    "option(onCreate) cannot override values from merge() argument: "
                    f"({key}, {value})"
                )
            merged[key] = value
        return merged, self.options[Merge.onCreate].cardinality


def strip_cardinality(value: Value) -> Value:
    """A value without the cardinality that it may bring."""
    return value.value if isinstance(value, CardinalityValue) else value


def split_cardinality(
    context: Context, value: Value, default: Cardinality | None
) -> tuple[Cardinality | None, Value]:
    """The cardinality to use, and the value."""
    cardinality = default
    if isinstance(value, CardinalityValue):
        cardinality, value = value.cardinality, value.value
    if cardinality is Cardinality.list and not context.dialect.list_cardinality:
        raise Unsupported(TEXTS["list cardinality"].text)
    return cardinality, value


def _list_properties(
    context: Context, merged: GMap, default: Cardinality | None
) -> list[tuple[Value, Value, Value]]:
    """(cardinality, key, value) of the properties in a map."""
    found = []
    for key, value in merged.items():
        if isinstance(key, str):
            cardinality, plain = split_cardinality(context, value, default)
            found.append((cardinality, key, plain))
    return found


def has_properties(element: Value, asked: GMap) -> bool:
    """Whether an element has all properties of a map."""
    for key, value in asked.items():
        if isinstance(key, str):
            stored = element.properties.get(key, NOTHING)
            wanted = strip_cardinality(value)
            if stored is NOTHING or not any(equals(each, wanted) for each in values_of(stored)):
                return False
    return True


def find_vertices(context: Context, asked: GMap) -> list[Vertex]:
    """The vertices that a map means, by the narrowest index."""
    graph = context.graph
    candidates: Value
    if _ID in asked:
        only = graph.vertex(element_id_to_store(context.dialect, asked[_ID]))
        candidates = () if only is None else (only,)
    else:
        lookups: list[Value] = []
        for key, value in asked.items():
            wanted = strip_cardinality(value)
            if (
                isinstance(key, str)
                and wanted is not None
                and isinstance(wanted, (str, int, float))
            ):
                lookups.append(graph.vertices_by_property(key, wanted))
        if _LABEL in asked and not lookups:
            labels = labels_to_store(context.dialect, asked[_LABEL])
            lookups = [graph.vertices_by_label(label) for label in labels]
        candidates = min(lookups, key=len) if lookups else graph.vertices()
    if not candidates:
        return []
    wanted_labels: tuple[str, ...] = ()
    if _LABEL in asked:
        wanted_labels = labels_to_store(context.dialect, asked[_LABEL])
    return [
        vertex
        for vertex in candidates
        if all(label in vertex.labels for label in wanted_labels) and has_properties(vertex, asked)
    ]


class MergeVertexStep(MergeStep):
    """``mergeV``."""

    title = "MergeVertexStep"

    def _merge(
        self, context: Context, traverser: Traverser, asked: GMap, options: dict[Merge, Value]
    ) -> list[Value]:
        self._check(asked, "mergeV()")
        found = find_vertices(context, asked)
        if found:
            for vertex in found:
                self._update(context, traverser, vertex, options)
            return found
        merged, cardinality = self._to_create(traverser, asked, options)
        label = merged.get(_LABEL, context.dialect.default_vertex_label)
        rows = _list_properties(context, merged, cardinality)
        return [create_vertex(context, label, merged.get(_ID), rows)]


class MergeEdgeStep(MergeStep):
    """``mergeE``."""

    title = "MergeEdgeStep"
    edges = True

    def _merge(
        self, context: Context, traverser: Traverser, asked: GMap, options: dict[Merge, Value]
    ) -> list[Value]:
        self._check(asked, "mergeE()")
        ends = {
            direction: self._end(context, traverser, direction, asked[direction], options)
            for direction in _END_TOKENS
            if direction in asked
        }
        found = self._find(context, asked, ends)
        if found:
            for edge in found:
                self._update(context, traverser, edge, options)
            return found
        merged, cardinality = self._to_create(traverser, self._resolve_ends(asked, ends), options)
        vertices = []
        for direction, name in ((Direction.OUT, "Out"), (Direction.IN, "In")):
            if direction not in merged:
                raise QueryFailed(f"{name} Vertex not specified - edge cannot be created")
            vertex = ends.get(direction)
            if vertex is None or direction not in asked:
                vertex = self._end(context, traverser, direction, merged[direction], options)
            if vertex is None:
                raise QueryFailed(
                    f"Vertex id could not be resolved from mergeE: {merged[direction]!r}"
                )
            vertices.append(vertex)
        out_v, in_v = vertices
        rows = _list_properties(context, merged, cardinality)
        if _LABEL not in merged:
            merged[_LABEL] = "edge"
        return [create_edge(context, merged[_LABEL], merged.get(_ID), out_v, in_v, rows)]

    @staticmethod
    def _resolve_ends(asked: GMap, ends: dict[Direction, Vertex | None]) -> GMap:
        """The map with ids for its ends, so that other spellings of them are no conflict."""
        resolved = asked.copy()
        for direction, vertex in ends.items():
            if vertex is not None:
                resolved[direction] = vertex.id
        return resolved

    def _to_create(
        self, traverser: Traverser, asked: GMap, options: dict[Merge, Value]
    ) -> tuple[GMap, Cardinality | None]:
        on_create = options.get(Merge.onCreate)
        if on_create is None:
            return super()._to_create(traverser, asked, options)

        def with_ids(each: Traverser) -> GMap:
            more = self._map(on_create(each)).copy()
            for direction in _END_TOKENS:
                if direction in more and isinstance(more[direction], Vertex):
                    more[direction] = more[direction].id
            return more

        return super()._to_create(traverser, asked, {**options, Merge.onCreate: with_ids})

    def _end(
        self,
        context: Context,
        traverser: Traverser,
        direction: Direction,
        value: Value,
        options: dict[Merge, Value],
    ) -> Vertex | None:
        """The vertex at one end; None where there is none."""
        if isinstance(value, Merge):
            option = options.get(value)
            if option is None:
                raise QueryFailed(
                    f"option({value.name}) must be specified if it is used for an end"
                )
            value = option(traverser)
            if value is NOTHING:
                raise QueryFailed(f"option({value!r}) gave no vertex for {direction.name}")
            if isinstance(value, GMap):
                found = find_vertices(context, value)
                return found[0] if found else None
        value = resolve_vertex(context, value)
        if value is None or isinstance(value, Vertex):
            found_vertex: Vertex | None = value
            return found_vertex
        return context.graph.vertex(element_id_to_store(context.dialect, value))

    @staticmethod
    def _find(context: Context, asked: GMap, ends: dict[Direction, Vertex | None]) -> list[Edge]:
        graph = context.graph
        if any(vertex is None for vertex in ends.values()):
            return []
        out_v, in_v = ends.get(Direction.OUT), ends.get(Direction.IN)
        label = asked.get(_LABEL)
        candidates: Iterable[Edge]
        if _ID in asked:
            only = graph.edge(element_id_to_store(context.dialect, asked[_ID]))
            candidates = () if only is None else (only,)
        elif out_v is not None:
            candidates = [edge for edges in out_v.out.values() for edge in edges]
        elif in_v is not None:
            candidates = [edge for edges in in_v.in_.values() for edge in edges]
        else:
            candidates = list(graph.edges() if label is None else graph.edges_by_label(label))
        return [
            edge
            for edge in candidates
            if (label is None or edge.label == label)
            and (out_v is None or edge.out_v is out_v)
            and (in_v is None or edge.in_v is in_v)
            and has_properties(edge, asked)
        ]


_KINDS: Final[dict[str, type[MergeStep]]] = {"mergeV": MergeVertexStep, "mergeE": MergeEdgeStep}


@step("mergeV", "mergeE", takes=("option",))
def merge(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    main = _Given(builder, call.args[0]) if call.args else None
    options: dict[Merge, _Given] = {}
    for option in modulators.find("option"):
        check_argument_count(option, 2, 3)
        pick, arg, *rest = option.args
        if not isinstance(pick, Merge):
            raise InvalidQuery("option() takes onCreate, onMatch, outV or inV here")
        if rest and not isinstance(rest[0], Cardinality):
            raise InvalidQuery("option() takes a cardinality at the end")
        options[pick] = _Given(builder, arg, rest[0] if rest else None)
    return _KINDS[call.name](builder.settings, main, options)
