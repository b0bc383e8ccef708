"""The IAM actions of the operations (``neptune-db:…``), as the documentation in botocore's model
names them, and those of what a query does, as the user guide has them (iam-data-access-policies).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from .. import service_model
from ..errors import NeptuneError
from ..settings import version_tuple
from ..testing.names import SPARQL_QUERY

# The text of a link; two of them have the prefix twice. The condition key QueryLanguage goes on
# with a colon.
_ACTION: Final = re.compile(r">(?:neptune-db:)+([A-Z][A-Za-z]+)</a>")
_LANGUAGE: Final = re.compile(r"neptune-db:QueryLanguage:([A-Za-z]+)")

# The model says nothing of this one; its property graph twin and the user guide do.
_UNDOCUMENTED: Final = {"GetSparqlStatistics": ("GetStatisticsStatus",)}

# The user guide's list of actions (iam-dp-actions) calls them so.
_MISPRINTS: Final = {"StartMLModelDataProcessingJob": "StartMLDataProcessingJob"}

# Nor of these; the user guide names CancelQuery (iam-data-condition-keys).
_UNDOCUMENTED_LANGUAGES: Final = {
    "CancelGremlinQuery": ("Gremlin",),
    "CancelOpenCypherQuery": ("OpenCypher",),
    SPARQL_QUERY: ("Sparql",),
}

#: Before this engine release one action was for everything (user guide, engine-releases-1.2.0.0).
FINE_GRAINED_SINCE: Final = (1, 2)
CONNECT: Final = "connect"


@lru_cache(maxsize=1)
def iam_actions() -> dict[str, tuple[str, ...]]:
    """The actions of each operation by its name: one, or those of which a query needs one or more,
    depending on what it does. An operation of which nothing is known has its own name.
    """
    model = service_model.botocore_model()
    found = {}
    for name in service_model.operations():
        told = _ACTION.findall(model.operation_model(name).documentation)
        actions = tuple(_MISPRINTS.get(action, action) for action in told)
        found[name] = actions or _UNDOCUMENTED.get(name, (name,))
    return found


@lru_cache(maxsize=64)
def query_languages(operation: str) -> tuple[str, ...]:
    """The values of the condition key ``neptune-db:QueryLanguage`` for an operation, none where it
    has no language.
    """
    if operation in _UNDOCUMENTED_LANGUAGES:
        return _UNDOCUMENTED_LANGUAGES[operation]
    documentation = service_model.botocore_model().operation_model(operation).documentation
    return tuple(_LANGUAGE.findall(documentation))


def of_engine(version: str, actions: tuple[str, ...]) -> tuple[str, ...]:
    """What an engine asks for where a newer one asks for these actions."""
    return actions if version_tuple(version) >= FINE_GRAINED_SINCE else (CONNECT,)


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


def _of_query(adds: bool, removes: bool) -> tuple[str, ...]:
    """Those of a query of the property graph, which always reads: a step that adds something looks
    whether it is there, one that removes something looks for it.
    """
    needed = {_READ: True, _WRITE: adds, _DELETE: removes}
    return tuple(action for action, is_needed in needed.items() if is_needed)


def gremlin_actions(mutations: Collection[str]) -> tuple[str, ...]:
    """The actions of a traversal that makes these kinds of change (:func:`..gremlin.mutations`)."""
    return _of_query("write" in mutations, "delete" in mutations)


def _of_gremlin(params: Mapping[str, Any]) -> tuple[str, ...]:
    from .. import gremlin  # noqa: PLC0415 - brings an engine

    return gremlin_actions(gremlin.mutations(params["gremlinQuery"]))


def _of_open_cypher(params: Mapping[str, Any]) -> tuple[str, ...]:
    from .. import opencypher  # noqa: PLC0415 - brings an engine

    access = opencypher.access(params["openCypherQuery"])
    return _of_query(access.adds, access.removes)


_QUERY_ACTIONS: Final[dict[str, Callable[[Mapping[str, Any]], tuple[str, ...]]]] = {
    "ExecuteOpenCypherQuery": _of_open_cypher,
    "ExecuteGremlinQuery": _of_gremlin,
    "ExecuteGremlinProfileQuery": _of_gremlin,
    "ExecuteGremlinExplainQuery": _of_gremlin,
    # The model names this one only; nothing that writes is run.
    "ExecuteOpenCypherExplainQuery": lambda params: (_READ,),
}


# ---------------------------------------------------------------------------- SPARQL

#: Form of an update operation -> what it needs; MODIFY has clauses of its own. Not documented.
SPARQL_FORMS: Final = {
    "INSERT DATA": (_WRITE,),
    "DELETE DATA": (_DELETE,),
    "DELETE WHERE": (_READ, _DELETE),
    "CREATE": (_WRITE,),
    "CLEAR": (_DELETE,),
    "DROP": (_DELETE,),
    "LOAD": (_WRITE,),
    "ADD": (_READ, _WRITE),
    "COPY": (_READ, _WRITE, _DELETE),
    "MOVE": (_READ, _WRITE, _DELETE),
}


def sparql_actions(action: str, text: str) -> tuple[str, ...]:
    """The actions of a SPARQL request: its own, or for an update those of its operations.

    An update that cannot be read needs the action of writing.
    """
    if action != _WRITE:
        return (action,)
    from ..sparql.tokenizer import parse_operation, split_update, tokenize  # noqa: PLC0415 - brings an engine

    needed: set[str] = set()
    try:
        for part in split_update(text, tokenize(text)):
            if part.tokens:
                operation = parse_operation(part)
                needed.update(SPARQL_FORMS.get(operation.form) or _of_modify(operation))
    except (LookupError, ValueError):  # what is no update; the engine will say so
        return (_WRITE,)
    return tuple(each for each in (_READ, _WRITE, _DELETE) if each in needed) or (_WRITE,)


def _of_modify(operation: Any) -> tuple[str, ...]:
    if operation.form != "MODIFY":
        return (_WRITE,)
    parts = {_READ: operation.where, _WRITE: operation.insert, _DELETE: operation.delete}
    return tuple(action for action, text in parts.items() if text is not None)
