"""Predicates (``P`` and ``TextP``) to test functions.

A test may raise :class:`~.comparability.Incomparable`, Gremlin's third truth value: ``and`` and
``or`` carry it on as the ternary logic of TinkerPop 3.6 says, the step that tests treats it as
false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from .ast import Predicate
from .comparability import Incomparable, compare, equals
from .errors import InvalidQuery, QueryFailed, TimeLimitExceeded
from .values import BulkSet, GSet, Value

Test = Callable[[Value], bool]

#: The predicate that is true exactly where this one is false, and errs where it errs.
_NEGATIONS: Final[dict[str, str]] = {
    "eq": "neq",
    "lt": "gte",
    "gt": "lte",
    "within": "without",
    "startingWith": "notStartingWith",
    "endingWith": "notEndingWith",
    "containing": "notContaining",
    "regex": "notRegex",
}
_NEGATIONS.update({negated: name for name, negated in list(_NEGATIONS.items())})


def normalize(predicate: Predicate) -> Predicate:
    """The same predicate made of comparisons, ``and`` and ``or`` alone."""
    name, args = predicate
    if name == "not":
        return negate(_only_predicate(args))
    if name in ("and", "or"):
        return Predicate(name, tuple(normalize(part) for part in args))
    if name in ("inside", "outside", "between"):
        low, high = _two(name, args)
        return {
            "inside": Predicate("and", (Predicate("gt", (low,)), Predicate("lt", (high,)))),
            "outside": Predicate("or", (Predicate("lt", (low,)), Predicate("gt", (high,)))),
            "between": Predicate("and", (Predicate("gte", (low,)), Predicate("lt", (high,)))),
        }[name]
    if name not in ("within", "without") and len(args) != 1:
        raise InvalidQuery(f"{name} takes one value")
    return predicate


def negate(predicate: Predicate) -> Predicate:
    """The negation of a predicate, normalized."""
    name, args = normalize(predicate)
    if name in ("and", "or"):
        return Predicate("or" if name == "and" else "and", tuple(negate(part) for part in args))
    return Predicate(_NEGATIONS[name], args)


def _only_predicate(args: tuple[Value, ...]) -> Predicate:
    if len(args) != 1 or not isinstance(args[0], Predicate):
        raise InvalidQuery("not takes one predicate")
    return args[0]


def _two(name: str, args: tuple[Value, ...]) -> tuple[Value, Value]:
    if len(args) != 2:
        raise InvalidQuery(f"{name} takes two values")
    return args[0], args[1]


def members(args: tuple[Value, ...]) -> list[Value]:
    """The values of ``within`` and ``without``: all arguments, or those of the one collection."""
    if len(args) == 1 and isinstance(args[0], (list, GSet, BulkSet)):
        return list(args[0])
    return list(args)


def compile_test(predicate: Predicate) -> Test:
    """The test function of a predicate."""
    return _compile(normalize(predicate))


def _compile(predicate: Predicate) -> Test:
    name, args = predicate
    if name in ("and", "or"):
        return _CONNECTIVES[name]([_compile(part) for part in args])
    if name in ("within", "without"):
        return _MEMBERSHIP[name](members(args))
    return _COMPARISONS[name](args[0])


# ------------------------------------------------------------------ connectives


def all_of(tests: Iterable[Test]) -> Test:
    """False where one is, else the error of one, else true."""
    parts = tuple(tests)

    def test(value: Value) -> bool:
        erred = False
        for part in parts:
            try:
                if not part(value):
                    return False
            except Incomparable:
                erred = True
        if erred:
            raise Incomparable
        return True

    return test


def any_of(tests: Iterable[Test]) -> Test:
    """True where one is, else the error of one, else false."""
    parts = tuple(tests)

    def test(value: Value) -> bool:
        erred = False
        for part in parts:
            try:
                if part(value):
                    return True
            except Incomparable:
                erred = True
        if erred:
            raise Incomparable
        return False

    return test


_CONNECTIVES: Final[dict[str, Callable[[Iterable[Test]], Test]]] = {"and": all_of, "or": any_of}

# ------------------------------------------------------------------ comparisons


def is_equal(wanted: Value) -> Test:
    """``P.eq``."""
    if type(wanted) is str:
        return lambda value: bool(value == wanted)
    return lambda value: equals(value, wanted)


def _is_unequal(wanted: Value) -> Test:
    return lambda value: not equals(value, wanted)


def _within(values: list[Value]) -> Test:
    if all(type(value) is str for value in values):
        texts = frozenset(values)
        return lambda value: type(value) is str and value in texts
    return lambda value: any(equals(value, one) for one in values)


def _without(values: list[Value]) -> Test:
    inside = _within(values)
    return lambda value: not inside(value)


_MEMBERSHIP: Final[dict[str, Callable[[list[Value]], Test]]] = {
    "within": _within,
    "without": _without,
}


def _text(found: Callable[[str, Value], bool], wanted_true: bool) -> Callable[[Value], Test]:
    def make(part: Value) -> Test:
        if part is not None and not isinstance(part, str):
            raise InvalidQuery("a text predicate takes a text")

        def test(value: Value) -> bool:
            if value is None or part is None:
                return not wanted_true
            if type(value) is not str:
                raise Incomparable
            return found(value, part) is wanted_true

        return test

    return make


#: The longest that one match may take, in seconds; a pattern can be such that it never ends.
REGEX_TIMEOUT: Final = 5.0


def _regex(wanted_true: bool) -> Callable[[Value], Test]:
    def make(pattern: Value) -> Test:
        # Heavy, and few queries need it; its matches can be ended, unlike those of re.
        import regex  # noqa: PLC0415 - heavy, and few queries need it

        try:
            search = regex.compile(pattern).search
        except (regex.error, TypeError, OverflowError, RecursionError):
            raise QueryFailed(f"{pattern!r} is not a regular expression") from None

        def is_found(value: str, _: str) -> bool:
            try:
                return search(value, timeout=REGEX_TIMEOUT) is not None
            except TimeoutError:
                raise TimeLimitExceeded from None

        return _text(is_found, wanted_true)(pattern)

    return make


_COMPARISONS: Final[dict[str, Callable[[Value], Test]]] = {
    "eq": is_equal,
    "neq": _is_unequal,
    "lt": lambda wanted: lambda value: compare(value, wanted) < 0,
    "lte": lambda wanted: lambda value: compare(value, wanted) <= 0,
    "gt": lambda wanted: lambda value: compare(value, wanted) > 0,
    "gte": lambda wanted: lambda value: compare(value, wanted) >= 0,
    "startingWith": _text(str.startswith, True),
    "notStartingWith": _text(str.startswith, False),
    "endingWith": _text(str.endswith, True),
    "notEndingWith": _text(str.endswith, False),
    "containing": _text(lambda value, part: part in value, True),
    "notContaining": _text(lambda value, part: part in value, False),
    "regex": _regex(True),
    "notRegex": _regex(False),
}
