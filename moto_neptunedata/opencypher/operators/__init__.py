"""The steps of a plan: each takes an iterator of rows and gives one.

Reading operators stream, so that LIMIT stops them. Operators hold no state of an execution: a
plan may run on several threads at once.
"""

from __future__ import annotations

from .aggregation import Aggregate, Aggregation
from .base import Operator, Pipeline
from .bound_relationships import BoundRel, BoundVarRel
from .expansion import Expand, ExpandInto, VarExpand
from .paths import BuildPath, build_path
from .projection import Distinct, Extend, Filter, Optional, Project, Unwind
from .relationships import Others, RelSpec
from .scans import (
    EdgeScan,
    Finder,
    Scan,
    find_all_nodes,
    find_edges_by_id,
    find_edges_by_type,
    find_nodes_by_id,
    find_nodes_by_label,
    find_nodes_by_property,
)
from .sorting import Limit, Skip, Sort, check_row_count
from .subqueries import Subquery, Union

__all__ = (
    "Aggregate",
    "Aggregation",
    "BoundRel",
    "BoundVarRel",
    "BuildPath",
    "Distinct",
    "EdgeScan",
    "Expand",
    "ExpandInto",
    "Extend",
    "Filter",
    "Finder",
    "Limit",
    "Operator",
    "Optional",
    "Others",
    "Pipeline",
    "Project",
    "RelSpec",
    "Scan",
    "Skip",
    "Sort",
    "Subquery",
    "Union",
    "Unwind",
    "VarExpand",
    "build_path",
    "check_row_count",
    "find_all_nodes",
    "find_edges_by_id",
    "find_edges_by_type",
    "find_nodes_by_id",
    "find_nodes_by_label",
    "find_nodes_by_property",
)
