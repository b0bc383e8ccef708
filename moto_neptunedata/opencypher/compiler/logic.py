"""AND, OR, XOR and the quantifiers on true, false and null."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ..context import Evaluator, Row
from ..errors import boolean_error
from ..values import Value, get_type_name


def check_null_boolean(value: Value) -> None:
    """What is left when a boolean operand is neither true nor false."""
    if value is not None:
        raise boolean_error(get_type_name(value))


def to_truth(value: Value) -> bool | None:
    if value is True:
        return True
    if value is False:
        return False
    check_null_boolean(value)
    return None


def is_true(value: Value) -> bool:
    return to_truth(value) is True


def _compile_and(operands: list[Evaluator]) -> Evaluator:
    if len(operands) == 2:
        return _compile_binary_and(*operands)

    def test(row: Row) -> Value:
        result: bool | None = True
        for operand in operands:
            value = operand(row)
            if value is False:
                return False
            if value is not True:
                check_null_boolean(value)
                result = None
        return result

    return test


def _compile_binary_and(one: Evaluator, other: Evaluator) -> Evaluator:
    def test(row: Row) -> Value:
        value = one(row)
        if value is True:
            return to_truth(other(row))
        if value is False:
            return False
        check_null_boolean(value)
        return False if to_truth(other(row)) is False else None

    return test


def _compile_or(operands: list[Evaluator]) -> Evaluator:
    def test(row: Row) -> Value:
        result: bool | None = False
        for operand in operands:
            value = operand(row)
            if value is True:
                return True
            if value is not False:
                check_null_boolean(value)
                result = None
        return result

    return test


def _compile_xor(operands: list[Evaluator]) -> Evaluator:
    def test(row: Row) -> Value:
        result: bool | None = False
        for operand in operands:
            value = to_truth(operand(row))
            result = None if value is None or result is None else result is not value
        return result

    return test


LOGIC: Final[dict[str, Callable[[list[Evaluator]], Evaluator]]] = {
    "AND": _compile_and,
    "OR": _compile_or,
    "XOR": _compile_xor,
}


def _all_true(results: Iterator[bool | None]) -> bool | None:
    outcome: bool | None = True
    for result in results:
        if result is False:
            return False
        if result is None:
            outcome = None
    return outcome


def _any_true(results: Iterator[bool | None]) -> bool | None:
    outcome: bool | None = False
    for result in results:
        if result is True:
            return True
        if result is None:
            outcome = None
    return outcome


def _none_true(results: Iterator[bool | None]) -> bool | None:
    found = _any_true(results)
    return None if found is None else not found


def _single_true(results: Iterator[bool | None]) -> bool | None:
    count, unknown = 0, False
    for result in results:
        if result is True:
            count += 1
            if count > 1:
                return False
        elif result is None:
            unknown = True
    return None if unknown else count == 1


QUANTIFIERS: Final[dict[str, Callable[[Iterator[bool | None]], bool | None]]] = {
    "all": _all_true,
    "any": _any_true,
    "none": _none_true,
    "single": _single_true,
}
