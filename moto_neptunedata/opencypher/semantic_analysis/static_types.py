"""Static types: a name (``"any"`` when unknown) or ``("list", element type)``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

#: What is known of a value before anything runs.
Type: TypeAlias = "str | tuple[str, Type]"
#: The variables that a place in a query sees.
Scope = dict[str, Type]

UNKNOWN: Final = ("any", "null")

ENTITIES: Final = ("node", "rel", "path")


def get_kind(type_: Type) -> str:
    return type_ if isinstance(type_, str) else "list"


def get_element_type(type_: Type) -> Type:
    return "any" if isinstance(type_, str) else type_[1]


def find_common_type(types: Iterable[Type]) -> Type:
    """The type of a value that is of one of these types."""
    kinds = {type_ for type_ in types if type_ != "null"}
    if len(kinds) == 1:
        return kinds.pop()
    return "number" if kinds and kinds <= {"int", "float", "number"} else "any"
