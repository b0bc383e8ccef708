"""The IAM actions of the operations (``neptune-db:…``), as the documentation in botocore's model
names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from ..errors import NeptuneError
from . import wire

# The text of a link; two of them have the prefix twice. The condition key QueryLanguage goes on
# with a colon.
_ACTION: Final = re.compile(r">(?:neptune-db:)+([A-Z][A-Za-z]+)</a>")

# The model says nothing of this one; its property graph twin and the user guide do.
_UNDOCUMENTED: Final = {"GetSparqlStatistics": ("GetStatisticsStatus",)}


@lru_cache(maxsize=1)
def iam_actions() -> dict[str, tuple[str, ...]]:
    """The actions of each operation by its name: one, or those of which a query needs one or more,
    depending on what it does. An operation of which nothing is known has its own name.
    """
    model = wire.service_model()
    return {
        name: tuple(_ACTION.findall(model.operation_model(name).documentation))
        or _UNDOCUMENTED.get(name, (name,))
        for name in wire.operations()
    }


def required_actions(operation: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The actions that one request needs, all of them: for a query those of what it does.

    A query that cannot be read needs the action of reading, so that whoever may not even read is
    told nothing about it.
    """
    actions = _QUERY_ACTIONS.get(operation)
    if actions is None:
        return iam_actions()[operation]
    try:
        return actions(params)
    except NeptuneError:
        return (_READ,)


_READ: Final = "ReadDataViaQuery"
_WRITE: Final = "WriteDataViaQuery"
_DELETE: Final = "DeleteDataViaQuery"


def _of_open_cypher(params: Mapping[str, Any]) -> tuple[str, ...]:
    from .. import opencypher

    access = opencypher.access(params["openCypherQuery"])
    needed = {
        _READ: access.reads,
        _WRITE: access.writes and not access.deletes,
        _DELETE: access.deletes,
    }
    return tuple(action for action, is_needed in needed.items() if is_needed)


def _of_gremlin(params: Mapping[str, Any]) -> tuple[str, ...]:
    from .. import gremlin

    mutations = gremlin.mutations(params["gremlinQuery"])
    needed = {_WRITE: "write" in mutations, _DELETE: "delete" in mutations}
    return tuple(action for action, is_needed in needed.items() if is_needed) or (_READ,)


_QUERY_ACTIONS: Final[dict[str, Callable[[Mapping[str, Any]], tuple[str, ...]]]] = {
    "ExecuteOpenCypherQuery": _of_open_cypher,
    "ExecuteGremlinQuery": _of_gremlin,
    "ExecuteGremlinProfileQuery": _of_gremlin,
    # An explanation runs nothing that writes.
    "ExecuteGremlinExplainQuery": lambda params: (_READ,),
    "ExecuteOpenCypherExplainQuery": lambda params: (_READ,),
}
