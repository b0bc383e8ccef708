"""Steps that keep some values: ``has`` and its family, ``is``, ``and``, ``or``, ``not``, …"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Final

from ...graph import Edge, Vertex
from ..arguments import check_argument_count, check_no_arguments, read_whole_number
from ..ast import Call, Predicate, Traversal
from ..builder import Builder, Built, Modulators, step
from ..comparability import Incomparable, is_number
from ..enums import T
from ..errors import TEXTS, BadArgument, InvalidQuery, QueryFailed, Unsupported
from ..pipeline import Batch, Context, Opened, Pipeline, Step
from ..predicates import Test, all_of, any_of, compile_test
from ..traverser import NOTHING, Draw, Traverser
from ..values import BulkSet, GSet, Property, Scalar, Value, VertexProperty
from .base import FilterStep


class _TestStep(Step):
    """Keeps what passes ``test``; a comparison that cannot be made is false, or ``loud``."""

    test: Test
    loud: bool

    def process(self, batch: Batch, context: Context) -> Batch:
        return filter_batch(batch, self.test, self.loud)

    def scalar(self, context: Context) -> Scalar | None:
        test, loud = self.test, self.loud

        def scalar(value: Value) -> Value:
            try:
                return value if test(value) else NOTHING
            except Incomparable:
                if loud:
                    raise
                return NOTHING

        return scalar


class HasStep(_TestStep):
    """Keeps elements that pass all ``conditions``; ``hints`` is what an index may answer."""

    title = "HasStep"
    moves = False

    def __init__(
        self,
        conditions: list[tuple[str, Test]],
        hints: list[tuple[Value, ...]],
        loud: bool,
    ) -> None:
        self.conditions = conditions
        self.hints = hints
        self.loud = loud
        tests = [test for _, test in conditions]
        self.test = tests[0] if len(tests) == 1 else all_of(tests)

    @property
    def exact(self) -> bool:
        """Whether the index of labels gives just what passes."""
        if len(self.conditions) != 1 or len(self.hints) != 1:
            return False
        hint = self.hints[0]
        return bool(hint[0] == "label")

    def combine(self, other: HasStep) -> HasStep:
        """One step in place of two."""
        return HasStep(self.conditions + other.conditions, self.hints + other.hints, self.loud)

    def describe(self) -> str:
        return f"HasStep([{', '.join(text for text, _ in self.conditions)}])"


def filter_batch(batch: Batch, test: Test, loud: bool) -> Batch:
    """The traversers whose value passes; an error is false, or ``loud``."""
    found = []
    for traverser in batch:
        try:
            if test(traverser.value):
                found.append(traverser)
        except Incomparable:
            if loud:
                raise
    return found


# ------------------------------------------------------------------ conditions


def property_test(key: str, test: Test) -> Test:
    """True for an element with a value of the property that passes."""

    def passes(element: Value) -> bool:
        kind = type(element)
        if kind is not Vertex and kind is not Edge:
            _refuse_non_element(element, "has")
            return False
        stored = element.properties.get(key, NOTHING)
        if stored is NOTHING:
            return False
        if type(stored) is not tuple:
            return test(stored)
        erred = False
        for value in stored:
            try:
                if test(value):
                    return True
            except Incomparable:
                erred = True
        if erred:
            raise Incomparable
        return False

    return passes


def _refuse_non_element(value: Value, name: str) -> None:
    """Properties have no properties in Neptune; other values cannot be asked at all."""
    if isinstance(value, VertexProperty):
        raise Unsupported(TEXTS["meta property"].text)
    if not isinstance(value, Property):
        raise QueryFailed(f"{type(value).__name__} cannot be cast to Element in {name}()")


def label_test(test: Test) -> Test:
    """True for an element with a label that passes; several at once match nothing in Neptune."""

    def passes(element: Value) -> bool:
        kind = type(element)
        if kind is Vertex:
            labels = element.labels
            if len(labels) == 1:
                return test(labels[0])
            return any(map(test, labels))
        if kind is Edge:
            return test(element.label)
        if kind is VertexProperty:
            return test(element.key)
        raise QueryFailed(f"{kind.__name__} cannot be cast to Element in hasLabel()")

    return passes


def id_test(test: Test) -> Test:
    """True for an element whose id passes."""

    def passes(element: Value) -> bool:
        if not isinstance(element, (Vertex, Edge, VertexProperty)):
            raise QueryFailed(f"{type(element).__name__} cannot be cast to Element in hasId()")
        return test(element.id)

    return passes


def _key_test(test: Test) -> Test:
    return lambda value: isinstance(value, (VertexProperty, Property)) and test(value.key)


def _value_test(test: Test) -> Test:
    return lambda value: isinstance(value, (VertexProperty, Property)) and test(value.value)


def format_condition(value: Value) -> str:
    """How a predicate or value is shown."""
    if isinstance(value, Predicate):
        return f"{value.name}({', '.join(map(format_condition, value.args))})"
    return str(value)


def to_stored_id(builder: Builder, value: Value) -> Value:
    """An id to compare with: a text, as all stored ids are."""
    if isinstance(value, (Vertex, Edge)):
        return value.id
    if isinstance(value, (list, GSet)):
        return [to_stored_id(builder, each) for each in value]
    if isinstance(value, Predicate):
        return Predicate(value.name, tuple(to_stored_id(builder, arg) for arg in value.args))
    if is_number(value):
        if builder.dialect.only_string_ids:
            raise BadArgument(TEXTS["string id"].text.format(id=value))
        return str(value)
    return value


def has_condition(builder: Builder, key: Value, value: Value) -> HasStep:
    """``has(key, value)`` with a predicate or a value."""
    loud = builder.filtering
    text = f"{key.name if isinstance(key, T) else key}.{format_condition(value)}"
    if key is T.id:
        return HasStep([(text, id_test(builder.test(to_stored_id(builder, value))))], [], loud)
    test = builder.test(value)
    if key is T.label:
        hints = [("label", value)] if isinstance(value, str) else []
        return HasStep([(text, label_test(test))], hints, loud)
    if key is T.key:
        return HasStep([(text, _key_test(test))], [], loud)
    if key is T.value:
        return HasStep([(text, _value_test(test))], [], loud)
    if key is None:
        return HasStep([(text, lambda element: False)], [], loud)
    if not isinstance(key, str):
        raise InvalidQuery(f"has() takes a property key, not {key!r}")
    hints = property_hints(key, value)
    return HasStep([(text, property_test(key, test))], hints, loud)


def property_hints(key: str, value: Value) -> list[tuple[Value, ...]]:
    """What the property index can answer."""
    if isinstance(value, Predicate):
        if value.name != "eq":
            return []
        value = value.args[0]
    indexable = isinstance(value, (str, bool)) or (is_number(value) and value == value)
    return [("property", key, value)] if indexable else []


@step("has")
def has(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 3)
    args = call.args
    if len(args) == 3:
        if not isinstance(args[0], (str, Predicate)) and args[0] is not None:
            raise InvalidQuery("has() takes a label, a key and a value")
        label = has_condition(builder, T.label, args[0])
        return label.combine(has_condition(builder, args[1], args[2]))
    if len(args) == 1:
        return has_key_step(builder, args[0])
    key, value = args
    if isinstance(value, Traversal):
        return has_traversal(builder, key, value)
    return has_condition(builder, key, value)


def has_key_step(builder: Builder, key: Value) -> Built:
    """``has(key)``."""
    if key is not None and not isinstance(key, str):
        raise InvalidQuery("has() takes a property key")
    return HasStep([(str(key), lambda element: _has_property(element, key))], [], builder.filtering)


def _has_property(element: Value, key: Value) -> bool:
    if isinstance(element, (Vertex, Edge)):
        return key in element.properties
    _refuse_non_element(element, "has")
    return False


def has_traversal(builder: Builder, key: Value, value: Traversal) -> Built:
    """``has(key, traversal)``: some value of the property gives a result."""
    starts: dict[Value, Call] = {T.label: Call("label"), T.id: Call("id")}
    if isinstance(key, T):
        first = starts.get(key)
        if first is None:
            raise InvalidQuery(f"has() does not take {key.name} with a traversal")
    else:
        first = Call("values", (key,))
    inner = builder.pipeline((first, *value.calls), filtering=True)
    return TraversalFilterStep(inner, builder.filtering)


@step("hasNot")
def has_not(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    key = call.args[0]
    return FilterStep("NotStep", lambda element: not _has_property(element, key))


def _choice(args: tuple[Value, ...]) -> Value:
    """One predicate or value, or membership in several; a collection alone is its values."""
    if len(args) == 1:
        only = args[0]
        if isinstance(only, (list, GSet, BulkSet)):
            return Predicate("within", (list(only),))
        return only
    if any(isinstance(arg, Predicate) for arg in args):
        raise InvalidQuery("one predicate or several values are expected")
    return Predicate("within", (list(args),))


@step("hasLabel")
def has_label(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1 << 20)
    for arg in call.args:
        if arg is not None and not isinstance(arg, (str, Predicate)):
            raise InvalidQuery("hasLabel() takes texts")
    return has_condition(builder, T.label, _choice(call.args))


@step("hasId")
def has_id(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1 << 20)
    found = has_condition(builder, T.id, _choice(call.args))
    ids = call.args[0] if len(call.args) == 1 else list(call.args)
    if not isinstance(ids, Predicate):
        found.hints.append(("id", flatten_ids(to_stored_id(builder, ids))))
    return found


def flatten_ids(ids: Value) -> tuple[Value, ...]:
    """Ids to look up: the strings among them."""
    values = ids if isinstance(ids, (list, GSet, BulkSet)) else [ids]
    return tuple(value for value in values if not isinstance(value, (list, GSet, BulkSet)))


@step("hasKey")
def has_property_key(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1 << 20)
    return has_condition(builder, T.key, _choice(call.args))


@step("hasValue")
def has_property_value(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1 << 20)
    return has_condition(builder, T.value, _choice(call.args))


# ------------------------------------------------------------------ values


class IsStep(_TestStep):
    """Keeps values that pass."""

    title = "IsStep"
    moves = False

    def __init__(self, text: str, test: Test, loud: bool) -> None:
        self.text = text
        self.test = test
        self.loud = loud

    def describe(self) -> str:
        return f"IsStep({self.text})"


@step("is")
def is_(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    return IsStep(format_condition(call.args[0]), builder.test(call.args[0]), builder.filtering)


_QUANTIFIERS: Final[dict[str, Callable[[Iterable[object]], bool]]] = {"all": all, "any": any}


@step("all", "any")
def all_or_any(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    if not isinstance(call.args[0], Predicate):
        raise InvalidQuery(f"{call.name}() takes a predicate")
    test = compile_test(call.args[0])
    quantify = _QUANTIFIERS[call.name]

    def quiet_test(value: Value) -> bool:
        try:
            return test(value)
        except Incomparable:
            return False

    def passes(value: Value) -> bool:
        return isinstance(value, (list, GSet, BulkSet)) and quantify(map(quiet_test, value))

    return FilterStep(f"{call.name.capitalize()}Step", passes)


@step("none")
def none(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_no_arguments(call)
    return FilterStep("NoneStep", lambda value: False)


class CoinStep(Step):
    """Keeps each traverser with some probability."""

    title = "CoinStep"
    moves = False

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def process(self, batch: Batch, context: Context) -> Batch:
        chance, probability = context.random.random, self.probability
        found = []
        for traverser in batch:
            kept = sum(chance() < probability for _ in range(traverser.bulk))
            if kept:
                found.append(
                    Traverser(
                        traverser.value, kept, traverser.path, traverser.sack, traverser.loops
                    )
                )
        return found


@step("coin")
def coin(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    if not is_number(call.args[0]):
        raise InvalidQuery("coin() takes a number")
    return CoinStep(float(call.args[0]))


class TimeLimitStep(Step):
    """Lets traversers pass for some milliseconds after the first."""

    title = "TimeLimitStep"
    moves = False
    limiter = True
    stateful = True

    def __init__(self, millis: int) -> None:
        self.millis = millis

    def open(self, context: Context) -> Opened:
        return _TimeLimitStage(self.millis)


class _TimeLimitStage:
    def __init__(self, millis: int) -> None:
        self.seconds = millis / 1000
        self.until: float | None = None
        self.done = False

    def __call__(self, batch: Batch) -> Batch:
        now = monotonic()
        if self.until is None:
            self.until = now + self.seconds
        self.done = now > self.until
        return [] if self.done else batch


@step("timeLimit")
def time_limit(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    return TimeLimitStep(read_whole_number(call, call.args[0]))


# ------------------------------------------------------------------ traversals as tests


def _keep_if(test: Draw, loud: bool) -> Draw:
    """The value of a traverser that passes, else ``NOTHING``."""

    def keep(traverser: Traverser) -> Value:
        try:
            return traverser.value if test(traverser) else NOTHING
        except Incomparable:
            if loud:
                raise
            return NOTHING

    return keep


class TraversalFilterStep(Step):
    """Keeps traversers for which the child has a result, or none when ``negated``."""

    title = "TraversalFilterStep"
    moves = False

    def __init__(self, child: Pipeline, loud: bool, negated: bool = False) -> None:
        self.child = child
        self.loud = loud
        self.negated = negated
        if negated:
            self.title = "NotStep"

    def open(self, context: Context) -> Opened:
        test, negated, loud = self.child.test_of(context), self.negated, self.loud

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                try:
                    if test(traverser) is not negated:
                        found.append(traverser)
                except Incomparable:
                    if loud:
                        raise
            return found

        return stage

    def draw(self, context: Context) -> Draw | None:
        test, negated = self.child.test_of(context), self.negated
        return _keep_if(lambda traverser: test(traverser) is not negated, self.loud)

    def children(self) -> Iterable[Pipeline]:
        return (self.child,)


@step("filter")
def filter_(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    if isinstance(call.args[0], Predicate):
        raise InvalidQuery("filter() takes a traversal")
    return TraversalFilterStep(builder.child(call.args[0], filtering=True), builder.filtering)


@step("not")
def not_(builder: Builder, call: Call, modulators: Modulators) -> Built:
    check_argument_count(call, 1, 1)
    child = builder.child(call.args[0], filtering=True)
    return TraversalFilterStep(child, builder.filtering, negated=True)


class ConnectiveStep(Step):
    """``and`` and ``or`` of traversals."""

    moves = False

    def __init__(self, conjunction: bool, pipelines: list[Pipeline], loud: bool) -> None:
        self.title = "AndStep" if conjunction else "OrStep"
        self.join: Callable[[list[Value]], Value] = all_of if conjunction else any_of
        self.pipelines = pipelines
        self.loud = loud

    def open(self, context: Context) -> Opened:
        test = self.join([pipeline.test_of(context) for pipeline in self.pipelines])
        loud = self.loud

        def stage(batch: Batch) -> Batch:
            found = []
            for traverser in batch:
                try:
                    if test(traverser):
                        found.append(traverser)
                except Incomparable:
                    if loud:
                        raise
            return found

        return stage

    def draw(self, context: Context) -> Draw | None:
        tests = [pipeline.test_of(context) for pipeline in self.pipelines]
        return _keep_if(self.join(tests), self.loud)

    def children(self) -> Iterable[Pipeline]:
        return self.pipelines


@step("and", "or")
def connective(builder: Builder, call: Call, modulators: Modulators) -> Built:
    pipelines = [builder.child(arg, filtering=True) for arg in call.args]
    return ConnectiveStep(call.name == "and", pipelines, builder.filtering)
