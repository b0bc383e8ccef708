"""Where Neptune's Gremlin differs from TinkerPop's, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .enums import Cardinality


@dataclass(frozen=True, eq=False)  # two dialects are the same when they are one object
class Dialect:
    """One way to read Gremlin. The defaults are Neptune's; each field names its source."""

    name: str = "neptune"

    #: ``property("k", 1).property("k", 2)`` keeps both values. Neptune user guide,
    #: "Gremlin standards compliance" (access-graph-gremlin-differences): cardinality.
    default_cardinality: Cardinality = Cardinality.set

    #: The same for the properties that ``addV`` gets at once.
    creation_cardinality: Cardinality = Cardinality.set

    #: ``property(list, …)`` is refused. Same page.
    list_cardinality: bool = False

    #: Properties of vertex properties are refused. Same page.
    meta_properties: bool = False

    #: Ids are strings; an id of another type is refused. Same page: vertex and edge ids.
    only_string_ids: bool = True

    #: ``addV("A::B")`` makes two labels, ``hasLabel`` tests either. Same page: vertex labels.
    label_delimiter: str | None = "::"

    #: The labels of ``addV()`` and ``addE`` without one. Same page.
    default_vertex_label: str = "vertex"

    #: A null is no property value: setting one is refused. Our choice where no source was found;
    #: in the standard dialect it removes the property, as in TinkerGraph.
    null_removes_property: bool = False

    #: Only what the engine reads without ``g.with``: hints that are accepted and have no effect on
    #: results. User guide, "Gremlin query hints".
    hint_prefix: str = "Neptune#"

    #: Names of source options that are read. TinkerPop: ``evaluationTimeout`` in milliseconds.
    timeout_options: tuple[str, ...] = ("evaluationTimeout", "scriptEvaluationTimeout")


#: Amazon Neptune.
NEPTUNE: Final = Dialect()

#: TinkerPop's reference graph, as far as its test suite needs it. Never served to users.
STANDARD: Final = Dialect(
    name="standard",
    default_cardinality=Cardinality.single,
    only_string_ids=False,
    label_delimiter=None,
    null_removes_property=True,
)
