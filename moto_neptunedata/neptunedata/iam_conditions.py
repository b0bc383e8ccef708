"""The conditions of IAM policy statements, held against what is known of a request.

A key or an operator that cannot be evaluated is never taken for true or false: it raises
:class:`Unevaluated`, and :mod:`.iam_policies` refuses the request with a text that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from fnmatch import translate
from functools import lru_cache
from typing import Any, Final

#: Condition keys in lower case -> the values that the request has; none means that the key is not
#: in the request. A key that is not here is not known, unless it begins with one of ``FAMILIES``.
Facts = Mapping[str, tuple[str, ...]]

#: Of these the facts hold all that are in the request; what follows the slash is a tag's name.
FAMILIES: Final = ("aws:principaltag/", "aws:requesttag/")


class Unevaluated(Exception):
    """Something in a policy that this mock does not evaluate; the text names it."""


def values_of(key: str, facts: Facts) -> tuple[str, ...]:
    """The values of a condition key. Raises Unevaluated where they are not known."""
    name = key.lower()
    if name in facts:
        return facts[name]
    if name.startswith(FAMILIES):
        return ()
    raise Unevaluated(f"the condition key {key}")


def holds(condition: Mapping[str, Mapping[str, Any]], facts: Facts) -> bool:
    """Whether all of a ``Condition`` holds.

    Raises Unevaluated only where the answer depends on what cannot be evaluated.
    """
    unknown: Unevaluated | None = None
    for operator, keys in condition.items():
        for key, expected in keys.items():
            try:
                if not _holds(operator, key, listed(expected), facts):
                    return False
            except Unevaluated as found:
                unknown = found
    if unknown is not None:
        raise unknown
    return True


def listed(value: Any) -> list[str]:
    """One value or several, as texts; JSON's booleans as IAM writes them."""
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def filled(text: str, facts: Facts) -> str:
    """A text with its policy variables (``${aws:username}``) replaced.

    Raises Unevaluated for a variable that is not known or not in the request.
    """

    def value(match: re.Match[str]) -> str:
        found = values_of(match[1], facts)
        if len(found) != 1:
            raise Unevaluated(f"the policy variable {match[0]}")
        return found[0]

    return _VARIABLE.sub(value, text) if "${" in text else text


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern with ``*`` and ``?``."""
    return _pattern(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.replace("[", "[[]")))


# ---------------------------------------------------------------------------- operators


def _like(actual: str, expected: str) -> bool:
    return matches(expected, actual)


def _arn_like(actual: str, expected: str) -> bool:
    # A wildcard does not reach over a colon, but in the last of the six parts.
    have, want = actual.split(":", 5), expected.split(":", 5)
    return len(have) == len(want) and all(map(matches, want, have))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Unevaluated(f"the number {text!r}") from None


def _seconds(text: str) -> float:
    """A date as seconds: they themselves, or W3C's form of ISO 8601."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        found = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
    except ValueError:
        raise Unevaluated(f"the date {text!r}") from None
    return found.replace(tzinfo=found.tzinfo or timezone.utc).timestamp()


Compare = Callable[[str, str], bool]


def _ordered(measure: Callable[[str], float]) -> dict[str, tuple[Compare, bool]]:
    return {
        "Equals": (lambda have, want: measure(have) == measure(want), False),
        "NotEquals": (lambda have, want: measure(have) == measure(want), True),
        "LessThan": (lambda have, want: measure(have) < measure(want), False),
        "LessThanEquals": (lambda have, want: measure(have) <= measure(want), False),
        "GreaterThan": (lambda have, want: measure(have) > measure(want), False),
        "GreaterThanEquals": (lambda have, want: measure(have) >= measure(want), False),
    }


def _ignoring_case(have: str, want: str) -> bool:
    return have.lower() == want.lower()


#: Operator -> how it compares a value of the request with one of the policy, and whether it asks
#: that none fits.
OPERATORS: Final[dict[str, tuple[Compare, bool]]] = {
    "StringEquals": (str.__eq__, False),
    "StringNotEquals": (str.__eq__, True),
    "StringEqualsIgnoreCase": (_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnLike": (_arn_like, False),
    "ArnNotLike": (_arn_like, True),
    "Bool": (_ignoring_case, False),
    **{f"Numeric{name}": entry for name, entry in _ordered(_number).items()},
    **{f"Date{name}": entry for name, entry in _ordered(_seconds).items()},
}

_IF_EXISTS: Final = "IfExists"


def _holds(operator: str, key: str, expected: Sequence[str], facts: Facts) -> bool:
    quantifier, _, name = operator.rpartition(":")
    actual = values_of(key, facts)
    if name == "Null":
        return str(not actual).lower() in (value.lower() for value in expected)
    if name.endswith(_IF_EXISTS):
        if not actual:
            return True
        name = name.removesuffix(_IF_EXISTS)
    if name not in OPERATORS or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise Unevaluated(f"the condition operator {operator}")
    compare, is_negated = OPERATORS[name]
    wanted = [filled(value, facts) for value in expected]

    def fits(have: str) -> bool:
        return any(compare(have, want) for want in wanted)

    if quantifier == "ForAnyValue":
        return any(fits(have) != is_negated for have in actual)
    if quantifier == "ForAllValues":
        return all(fits(have) != is_negated for have in actual)
    return any(map(fits, actual)) != is_negated
