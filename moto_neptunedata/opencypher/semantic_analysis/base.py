"""What the checks of all parts of a query share: refusals, and the state of aggregation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

from .. import ast as t
from ..dialect import Dialect
from ..errors import compile_error, unsupported_error
from .static_types import UNKNOWN, Scope, Type, get_kind

#: The clauses that change the graph.
UPDATES: Final = (t.Create, t.Merge, t.Set, t.Delete)
_KEEPS_PATTERN: Final = (t.Logic, t.Not, t.PatternPredicate)


class Analyzer:
    """Walks a tree with what is known of each variable; subclasses fill ``_expressions``."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self._aggregation_state = "no"  # or "allowed", "inside"
        self._allows_pattern = False
        self._expressions: dict[type, Callable[[Any, Scope], Type]] = {}

    def fail(self, pos: int, detail: str, message: str, kind: str = "SyntaxError") -> NoReturn:
        raise compile_error(self.text, pos, detail, message, kind)

    def refuse(self, pos: int, what: str) -> None:
        """Refuse what the dialect's table leaves out."""
        exclusion = self.dialect.excluded.get(what)
        if exclusion is not None:
            raise unsupported_error(self.text, pos, exclusion.construct)

    @contextmanager
    def restrict_aggregation(self, state: str) -> Iterator[None]:
        before, self._aggregation_state = self._aggregation_state, state
        yield
        self._aggregation_state = before

    def check_expression(self, e: t.Expr, scope: Scope) -> Type:
        """The static type of an expression."""
        handler = self._expressions[type(e)]
        if not self._allows_pattern or isinstance(e, _KEEPS_PATTERN):
            return handler(e, scope)
        self._allows_pattern = False
        result = handler(e, scope)
        self._allows_pattern = True
        return result

    def check_predicate(self, e: t.Expr, scope: Scope) -> None:
        """An expression that must be a boolean and may be a pattern."""
        before, self._allows_pattern = self._allows_pattern, True
        self.check_boolean(e, scope)
        self._allows_pattern = before

    def check_boolean(self, e: t.Expr, scope: Scope) -> None:
        kind = get_kind(self.check_expression(e, scope))
        if kind not in ("bool", *UNKNOWN):
            self.fail_mismatch(e.pos, "Boolean", kind)

    def fail_mismatch(
        self, pos: int, expected: str, found: str, kind: str = "SyntaxError"
    ) -> NoReturn:
        self.fail(
            pos,
            "InvalidArgumentType",
            f"Type mismatch: expected {expected} but was {found.capitalize()}",
            kind,
        )

    def fail_undefined(self, pos: int, name: str) -> NoReturn:
        self.fail(pos, "UndefinedVariable", f"Variable `{name}` not defined")
