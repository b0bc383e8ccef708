"""What differs between the openCypher standard and Neptune, and what Neptune leaves out.

Engine code asks a :class:`Dialect`; it never asks which one it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from . import functions
from .functions import Function

#: Neptune's reserved property that stands for an element's id
#: (user guide, access-graph-opencypher-extensions, "Custom IDs").
ID_KEY: Final = "~id"

_COMPLIANCE: Final = "user guide, feature-opencypher-compliance"
_DATA_MODEL: Final = "user guide, access-graph-opencypher-data-model"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One thing that a dialect refuses, what its refusal is called, and who says so."""

    construct: str
    source: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """The choices that the engine leaves open.

    ``default_label``: given to nodes created without one; None lets them have none.
    ``stores_lists``: whether a list may be a property value.
    ``custom_ids``: whether the property ``~id`` is the element's id.
    ``keeps_last_label``: whether removing a node's last label is refused.
    ``excluded_functions``, ``excluded``: what is refused by name.
    """

    name: str
    functions: Mapping[str, Function]
    default_label: str | None
    stores_lists: bool
    custom_ids: bool
    keeps_last_label: bool
    excluded_functions: Mapping[str, Exclusion]
    excluded: Mapping[str, Exclusion]


def _exclude(source: str, *names: str) -> dict[str, Exclusion]:
    return {name.lower(): Exclusion(f"{name}()", source) for name in names}


#: Functions that are known elsewhere and refused by name in both dialects.
_UNSUPPORTED_FUNCTIONS: Final = {
    **_exclude(_COMPLIANCE, "point", "distance", "shortestPath", "allShortestPaths"),
    **_exclude(_COMPLIANCE, "point.distance", "duration.between", "duration.inDays"),
    **_exclude(_COMPLIANCE, "duration.inMonths", "duration.inSeconds"),
    **_exclude(
        _COMPLIANCE,
        *(
            f"{kind}.{what}"
            for kind in ("date", "time", "datetime", "localtime", "localdatetime")
            for what in ("truncate", "transaction", "statement", "realtime")
        ),
    ),
    **_exclude(_COMPLIANCE, "datetime.fromEpoch", "datetime.fromEpochMillis"),
    **_exclude(_COMPLIANCE, "filter", "extract", "isEmpty", "valueType", "elementId", "isNaN"),
    **_exclude(_COMPLIANCE, "toIntegerOrNull", "toFloatOrNull", "toBooleanOrNull"),
    **_exclude(_COMPLIANCE, "toStringOrNull", "toIntegerList", "toFloatList", "toStringList"),
    **_exclude(_COMPLIANCE, "char_length", "normalize", "nullIf", "toBooleanList"),
}

#: Clauses that the parser refuses by name, in both dialects.
REFUSED_CLAUSES: Final = {
    "FOREACH": Exclusion("FOREACH", _COMPLIANCE),
    "LOAD": Exclusion("LOAD CSV", _COMPLIANCE),
    "MANDATORY": Exclusion("MANDATORY MATCH", _COMPLIANCE),
    "START": Exclusion("START", _COMPLIANCE),
    "DROP": Exclusion("DROP", _COMPLIANCE),
    "SHOW": Exclusion("SHOW", _COMPLIANCE),
    "USE": Exclusion("USE", _COMPLIANCE),
    "EXPLAIN": Exclusion("EXPLAIN before a query", _COMPLIANCE),
    "PROFILE": Exclusion("PROFILE before a query", _COMPLIANCE),
    "CYPHER": Exclusion("CYPHER before a query", _COMPLIANCE),
    "FINISH": Exclusion("FINISH", _COMPLIANCE),
}

_CALL: Final = {
    "CALL": Exclusion("CALL of a procedure", _COMPLIANCE),
}

STANDARD: Final = Dialect(
    name="standard",
    functions={**functions.COMMON, **functions.TEMPORAL},
    default_label=None,
    stores_lists=True,
    custom_ids=False,
    keeps_last_label=False,
    excluded_functions=_UNSUPPORTED_FUNCTIONS,
    excluded={},
)

NEPTUNE: Final = Dialect(
    name="neptune",
    functions={**functions.COMMON, **functions.NEPTUNE},
    default_label="vertex",
    stores_lists=False,
    custom_ids=True,
    keeps_last_label=True,
    excluded_functions={
        **_UNSUPPORTED_FUNCTIONS,
        **_exclude(_COMPLIANCE, "date", "time", "localtime", "localdatetime", "duration"),
    },
    excluded={
        **_CALL,
        "UNION of writes": Exclusion("UNION of queries that write", _COMPLIANCE),
        "computed SKIP": Exclusion("SKIP that is not a number or parameter", _COMPLIANCE),
        "computed LIMIT": Exclusion("LIMIT that is not a number or parameter", _COMPLIANCE),
        "=~": Exclusion("The regular expression operator =~", _COMPLIANCE),
        "dynamic property": Exclusion("Access to a property by a computed key", _COMPLIANCE),
    },
)
