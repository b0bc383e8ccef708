"""Steps from one value to others that need nothing but the value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...graph import Edge, Int, Vertex, values_of
from ..arguments import check_argument_count, check_no_arguments, read_texts, read_whole_number
from ..ast import Call, Predicate, Traversal
from ..builder import Builder, Built, Modulators, step
from ..enums import WITH_OPTIONS, Direction, T
from ..errors import TEXTS, InvalidQuery, QueryFailed, Unsupported
from ..modulators import By, list_pipelines, make_token_getter
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..statement_settings import StatementSettings
from ..traverser import NOTHING, Draw, Traverser
from ..values import BulkSet, Entry, GMap, GSet, Path, Property, Scalar, Value, VertexProperty
from .base import FlatMapStep, MapStep, choose_move

_TOKENS: Final = {"id": T.id, "label": T.label, "key": T.key, "value": T.value}
_TITLES: Final = {
    "id": "IdStep",
    "label": "LabelStep",
    "key": "PropertyKeyStep",
    "value": "PropertyValueStep",
}


@step(*_TOKENS)
def token_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return MapStep(builder.settings, _TITLES[call.name], make_token_getter(_TOKENS[call.name]))


@step("constant")
def constant(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    value = call.args[0]
    if isinstance(value, (Traversal, Predicate)):
        raise InvalidQuery("constant() takes a value")
    return MapStep(builder.settings, "ConstantStep", lambda _: value)


class IdentityStep(Step):
    """Does nothing."""

    title = "IdentityStep"
    moves = False

    def process(self, batch: Batch, context: Context) -> Batch:
        return batch

    def scalar(self, context: Context) -> Scalar | None:
        return lambda value: value


@step("identity")
def identity_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return IdentityStep()


# ------------------------------------------------------------------ properties


def property_values(element: Value, keys: tuple[str, ...]) -> list[Value]:
    """The values of some properties of an element, or of all."""
    kind = type(element)
    if kind is Vertex or kind is Edge:
        properties = element.properties
        if not keys:
            return [value for stored in properties.values() for value in values_of(stored)]
        return [value for key in properties if key in keys for value in values_of(properties[key])]
    return _refuse_properties(element, "values")


def _refuse_properties(value: Value, name: str) -> list[Value]:
    """Vertex properties have no properties here; other values are no elements."""
    if isinstance(value, VertexProperty):
        raise Unsupported(TEXTS["meta property"].text)
    raise QueryFailed(f"{type(value).__name__} cannot be cast to Element in {name}()")


def property_objects(element: Value, keys: tuple[str, ...]) -> list[Value]:
    """The properties of an element, some or all, one a value."""
    kind = type(element)
    if kind is not Vertex and kind is not Edge:
        return _refuse_properties(element, "properties")
    make: Value = VertexProperty if kind is Vertex else Property
    return [
        make(element, key, value)
        for key, stored in element.properties.items()
        if not keys or key in keys
        for value in values_of(stored)
    ]


class _OneKeyStep(FlatMapStep):
    """``values("key")``, the commonest of all maps."""

    def __init__(self, settings: StatementSettings, key: str) -> None:
        keys = (key,)
        super().__init__(settings, "PropertiesStep", lambda value: property_values(value, keys))
        self.key = key

    def process(self, batch: Batch, context: Context) -> Batch:
        key, move = self.key, self.move
        found = []
        for traverser in batch:
            element = traverser.value
            kind = type(element)
            if kind is Vertex or kind is Edge:
                stored = element.properties.get(key, NOTHING)
                if stored is NOTHING:
                    continue
                if type(stored) is not tuple:
                    found.append(move(traverser, stored))
                else:
                    found.extend([move(traverser, value) for value in stored])
            else:
                _refuse_properties(element, "values")
        return found

    def describe(self) -> str:
        return f"PropertiesStep([{self.key}],value)"


@step("values")
def values(builder: Builder, call: Call, modulators: Modulators) -> Built:
    keys = tuple(key for key in read_texts(call, nulls=True) if key is not None)
    if call.args and not keys:
        return FlatMapStep(builder.settings, "PropertiesStep", lambda value: ())
    if len(keys) == 1:
        return _OneKeyStep(builder.settings, keys[0])
    return FlatMapStep(
        builder.settings, "PropertiesStep", lambda value: property_values(value, keys)
    )


@step("properties")
def properties(builder: Builder, call: Call, modulators: Modulators) -> Built:
    keys = tuple(key for key in read_texts(call, nulls=True) if key is not None)
    if call.args and not keys:
        return FlatMapStep(builder.settings, "PropertiesStep", lambda value: ())
    return FlatMapStep(
        builder.settings, "PropertiesStep", lambda value: property_objects(value, keys)
    )


def find_owner(value: Value) -> Value:
    """The element of a property."""
    if isinstance(value, (VertexProperty, Property)):
        return value.element
    raise QueryFailed(f"{type(value).__name__} cannot be cast to Property in element()")


@step("element")
def element(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return MapStep(builder.settings, "ElementStep", find_owner)


# ------------------------------------------------------------------ maps of properties

_IDS: Final = WITH_OPTIONS["ids"]
_LABELS: Final = WITH_OPTIONS["labels"]
_ALL_TOKENS: Final = WITH_OPTIONS["all"]


class PropertyMapStep(Step):
    """``valueMap`` and ``propertyMap``."""

    title = "PropertyMapStep"
    moves = True

    def __init__(
        self,
        settings: StatementSettings,
        keys: tuple[str, ...] | None,
        tokens: int,
        bys: list[By],
        values: bool,
    ) -> None:
        self.keys = keys
        self.tokens = tokens
        self.bys = bys
        self.values = values
        self.track_paths = settings.track_paths
        self.move = choose_move(settings)

    def open(self, context: Context) -> Opened:
        draws = [by.open(context) for by in self.bys]
        return lambda batch: [
            self.move(traverser, self._map(context, traverser.value, draws)) for traverser in batch
        ]

    def _map(self, context: Context, element: Value, draws: list[Draw]) -> GMap:
        kind = type(element)
        if kind is not Vertex and kind is not Edge:
            _refuse_properties(element, "valueMap")
        found = self._tokens(element)
        keys = self.keys
        at = 0
        for key, stored in element.properties.items():
            if keys is not None and key not in keys:
                continue
            value = self._value(element, key, stored)
            if draws:
                # A key that gives nothing is left out, and the modulators go on in turn.
                value = draws[at % len(draws)](context.new_traverser(value, self.track_paths))
                at += 1
                if value is NOTHING:
                    continue
            found[key] = value
        return found

    def _value(self, element: Value, key: str, stored: Value) -> Value:
        if type(element) is Edge:
            return stored if self.values else Property(element, key, stored)
        values = values_of(stored)
        if self.values:
            return list(values)
        return [VertexProperty(element, key, value) for value in values]

    def _tokens(self, element: Value) -> GMap:
        found = GMap()
        if self.tokens & _IDS:
            found[T.id] = element.id
        if self.tokens & _LABELS:
            found[T.label] = make_token_getter(T.label)(element)
        return found

    def children(self) -> Iterable[Pipeline]:
        return list_pipelines(self.bys)


@step("valueMap", "propertyMap", takes=("by", "with"))
def property_map(builder: Builder, call: Call, modulators: Modulators) -> Built:
    args = call.args
    tokens = 0
    if args and isinstance(args[0], bool):
        tokens, args = _ALL_TOKENS if args[0] else 0, args[1:]
    keys = read_texts(call, args, nulls=True)
    for option in modulators.find("with"):
        if not option.args or option.args[0] != WITH_OPTIONS["tokens"]:
            raise InvalidQuery(f"{call.name}().with() takes WithOptions.tokens")
        tokens = read_whole_number(option, option.args[1]) if len(option.args) > 1 else _ALL_TOKENS
    return PropertyMapStep(
        builder.settings,
        tuple(key for key in keys if key is not None) if args else None,
        tokens,
        builder.bys(modulators),
        call.name == "valueMap",
    )


def element_map(value: Value, keys: tuple[str, ...] | None) -> GMap:
    """Id, label, ends and properties of an element; of several values the last."""
    found = GMap(
        ((T.id, make_token_getter(T.id)(value)), (T.label, make_token_getter(T.label)(value)))
    )
    if isinstance(value, Edge):
        for direction, end in ((Direction.IN, value.in_v), (Direction.OUT, value.out_v)):
            found[direction] = GMap(((T.id, end.id), (T.label, make_token_getter(T.label)(end))))
    if isinstance(value, VertexProperty):
        found[T.key], found[T.value] = value.key, value.value
        return found
    for key, stored in value.properties.items():
        if keys is None or key in keys:
            found[key] = values_of(stored)[-1]
    return found


@step("elementMap")
def element_map_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    named = read_texts(call, nulls=True)
    keys = tuple(key for key in named if key is not None) if named else None
    return MapStep(builder.settings, "ElementMapStep", lambda value: element_map(value, keys))


# ------------------------------------------------------------------ collections


class UnfoldStep(FlatMapStep):
    """``unfold``: the values of a collection, the entries of a map."""

    def __init__(self, settings: StatementSettings) -> None:
        super().__init__(settings, "UnfoldStep", unfold_value)

    def process(self, batch: Batch, context: Context) -> Batch:
        found = []
        for traverser in batch:
            value = traverser.value
            if isinstance(value, BulkSet):
                for each, count in value.counts():
                    moved = self.move(traverser, each)
                    moved.bulk *= count
                    found.append(moved)
            else:
                found += [self.move(traverser, each) for each in unfold_value(value)]
                context.tick(len(found))
        return found


def unfold_value(value: Value) -> Iterable[Value]:
    """What ``unfold`` gives; a value that holds no others is given itself."""
    if isinstance(value, (list, GSet, BulkSet, Path)):
        return value
    if isinstance(value, GMap):
        return [Entry(key, held) for key, held in value.items()]
    return (value,)


@step("unfold")
def unfold(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return UnfoldStep(builder.settings)


def index_values(value: Value, as_map: bool) -> Value:
    """The values of a collection with their places."""
    values = list(value) if isinstance(value, (list, GSet, BulkSet, Path)) else [value]
    if isinstance(value, GMap):
        values = [Entry(key, held) for key, held in value.items()]
    if as_map:
        return GMap((Int(at), each) for at, each in enumerate(values))
    return [[each, Int(at)] for at, each in enumerate(values)]


@step("index", takes=("with",))
def index(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    as_map = False
    for option in modulators.find("with"):
        if len(option.args) != 2 or option.args[0] != WITH_OPTIONS["indexer"]:
            raise InvalidQuery("index().with() takes WithOptions.indexer")
        as_map = option.args[1] == WITH_OPTIONS["map"]
    return MapStep(builder.settings, "IndexStep", lambda value: index_values(value, as_map))


class LoopsStep(Step):
    """``loops``: how often the ``repeat`` around has been through."""

    title = "LoopsStep"
    moves = True

    def __init__(self, settings: StatementSettings, name: str | None) -> None:
        self.name = name
        self.move = choose_move(settings)

    def process(self, batch: Batch, context: Context) -> Batch:
        return [self.move(traverser, self._count(traverser)) for traverser in batch]

    def draw(self, context: Context) -> Draw:
        return self._count

    def _count(self, traverser: Traverser) -> Int:
        loops = traverser.loops
        while loops is not None:
            if self.name is None or loops[1] == self.name:
                return Int(loops[2])
            loops = loops[0]
        if self.name is not None:
            raise QueryFailed(f"Loop name not defined: {self.name}")
        return Int(0)


@step("loops")
def loops_step(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 0, 1)
    names = read_texts(call)
    return LoopsStep(builder.settings, names[0] if names else None)
