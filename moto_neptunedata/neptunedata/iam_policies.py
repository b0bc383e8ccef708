"""What IAM policy documents say of one action on one resource.

moto's own matching knows no conditions, no ``NotResource``, no ``?``, and tells upper from lower
case in actions, so that it would say yes where IAM says no; only its documents are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from .iam_conditions import Facts, Unevaluated, filled, holds, listed, matches

Document = Mapping[str, Any]


class Decision(NamedTuple):
    """``none`` is IAM's implicit deny. ``unevaluated`` names what the decision hung on and this
    mock does not evaluate, else it is empty.
    """

    effect: Literal["allow", "deny", "none"]
    unevaluated: str = ""


def decide(documents: Iterable[Document], action: str, resource: str, facts: Facts) -> Decision:
    """An explicit deny, else an allow, else none.

    A statement whose condition cannot be evaluated denies if it is a Deny, and allows nothing if
    it is an Allow.
    """
    statements = (each for document in documents for each in statements_of(document))
    return _decide(statements, lambda each: _concerns(each, action, resource, facts), facts)


def decide_trust(
    document: Document, action: str, principal: Mapping[str, str], facts: Facts
) -> Decision:
    """What a role's trust policy says of a principal, for example ``{"Service": "rds.…"}``."""

    def concerns(statement: Mapping[str, Any]) -> bool:
        return _names(statement, "Action", action, facts, any_case=True) and _is_principal(
            statement.get("Principal"), principal
        )

    return _decide(statements_of(document), concerns, facts)


def statements_of(document: Document) -> list[Mapping[str, Any]]:
    """The statements of a document, which may have one or a list."""
    found = document.get("Statement", [])
    return list(found) if isinstance(found, list) else [found]


def _decide(
    statements: Iterable[Mapping[str, Any]],
    concerns: Callable[[Mapping[str, Any]], bool],
    facts: Facts,
) -> Decision:
    decision = Decision("none")
    for statement in statements:
        is_deny = statement.get("Effect") == "Deny"
        try:
            if not (concerns(statement) and holds(statement.get("Condition") or {}, facts)):
                continue
        except Unevaluated as unknown:
            if is_deny:
                return Decision("deny", str(unknown))
            if decision.effect == "none":
                decision = Decision("none", str(unknown))
            continue
        if is_deny:
            return Decision("deny")
        decision = Decision("allow")
    return decision


def _concerns(statement: Mapping[str, Any], action: str, resource: str, facts: Facts) -> bool:
    return _names(statement, "Action", action, facts, any_case=True) and _names(
        statement, "Resource", resource, facts
    )


def _names(
    statement: Mapping[str, Any], element: str, value: str, facts: Facts, any_case: bool = False
) -> bool:
    """Whether an element, or what has ``Not`` before its name, is about a value."""
    is_not = f"Not{element}" in statement
    patterns = listed(statement.get(f"Not{element}" if is_not else element, []))
    return is_not != any(_fits(pattern, value, facts, any_case) for pattern in patterns)


def _fits(pattern: str, value: str, facts: Facts, any_case: bool) -> bool:
    if any_case:
        return matches(pattern.lower(), value.lower())
    return matches(filled(pattern, facts), value)


def _is_principal(element: Any, principal: Mapping[str, str]) -> bool:
    if element == "*":
        return True
    if not isinstance(element, Mapping):
        return False
    return any(
        kind == own and _is_named(listed(names), name)
        for kind, names in element.items()
        for own, name in principal.items()
    )


def _is_named(names: Iterable[str], name: str) -> bool:
    """Whether a principal is named: itself, everybody, or (an account) all of its account."""
    return any(each in ("*", name, *_accounts(name)) for each in names)


def _accounts(arn: str) -> Iterator[str]:
    parts = arn.split(":")
    if len(parts) == 6:
        yield parts[4]
        yield ":".join((*parts[:5], "root"))
