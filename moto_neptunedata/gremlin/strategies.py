"""``withStrategies``: the ones that change what a traversal gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from .ast import Call, Predicate, Statement, Strategy, Traversal
from .enums import Merge
from .errors import InvalidQuery, QueryFailed, Unsupported
from .statement_settings import StatementSettings
from .values import Value

#: Steps that change the graph: name -> kinds of change. A property may replace one (user guide,
#: iam-data-access-policies).
MUTATING: Final[dict[str, tuple[str, ...]]] = {
    "addV": ("write",),
    "addE": ("write",),
    "property": ("write", "delete"),
    "mergeV": ("write",),
    "mergeE": ("write",),
    "drop": ("delete",),
}


def all_calls(calls: Sequence[Call]) -> Iterator[Call]:
    """All calls of a row, and those of the traversals among their arguments."""
    waiting: list[Value] = list(calls)
    while waiting:
        item = waiting.pop()
        if isinstance(item, Call):
            yield item
            waiting.extend(item.args)
        elif isinstance(item, Traversal):
            waiting.extend(item.calls)
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, Strategy):
            waiting.extend(value for _, value in item.options)


def mutations(statement: Statement) -> set[str]:
    """The kinds of change that a statement may make: ``write``, ``delete``."""
    found: set[str] = set()
    for call in all_calls(statement.calls):
        # What mergeV and mergeE set on a match may replace something, as a property does.
        is_replacing = call.name == "option" and Merge.onMatch in call.args
        found.update(MUTATING.get("property" if is_replacing else call.name, ()))
    return found


def refuse_mutation(strategy: Strategy, statement: Statement) -> None:
    """``ReadOnlyStrategy``."""
    if mutations(statement):
        raise QueryFailed("The provided traversal has a mutating step and thus is not read only")


def option(strategy: Strategy, name: str, default: Value = None) -> Value:
    """The value of an option."""
    return dict(strategy.options).get(name, default)


_RESERVED: Final = ("id", "label")


def refuse_reserved_keys(strategy: Strategy, statement: Statement) -> None:
    """``ReservedKeysVerificationStrategy``."""
    keys = option(strategy, "keys", _RESERVED)
    if not option(strategy, "throwException", False):
        return
    for call in all_calls(statement.calls):
        if call.name == "property" and any(
            isinstance(arg, str) and arg in keys for arg in call.args[:2]
        ):
            raise QueryFailed(f"The provided traversal uses a reserved key: {call.args[0]!r}")


_EDGE_STEPS: Final = ("out", "in", "both", "outE", "inE", "bothE")


def refuse_unlabelled_edges(strategy: Strategy, statement: Statement) -> None:
    """``EdgeLabelVerificationStrategy``."""
    if not option(strategy, "throwException", False):
        return
    for call in all_calls(statement.calls):
        if call.name in _EDGE_STEPS and not call.args:
            raise QueryFailed(
                "The provided traversal contains a vertex step without any specified edge label: "
                f"{call.name}"
            )


#: Strategies that look at a statement before it runs.
VERIFICATIONS: Final = {
    "ReadOnlyStrategy": refuse_mutation,
    "ReservedKeysVerificationStrategy": refuse_reserved_keys,
    "EdgeLabelVerificationStrategy": refuse_unlabelled_edges,
}

#: Strategies that change the steps; :mod:`.compiler` knows how.
REWRITING: Final = frozenset(
    ("ProductiveByStrategy", "SeedStrategy", "SubgraphStrategy", "PartitionStrategy")
)

#: Strategies that change only how fast an answer comes.
HARMLESS: Final = frozenset(
    (
        "AdjacentToIncidentStrategy",
        "ByModulatorOptimizationStrategy",
        "CountStrategy",
        "EarlyLimitStrategy",
        "FilterRankingStrategy",
        "IdentityRemovalStrategy",
        "IncidentToAdjacentStrategy",
        "InlineFilterStrategy",
        "LazyBarrierStrategy",
        "MatchAlgorithmStrategy",
        "MatchPredicateStrategy",
        "OrderLimitStrategy",
        "PathProcessorStrategy",
        "PathRetractionStrategy",
        "RepeatUnrollStrategy",
        "StandardVerificationStrategy",
    )
)


def check_known(strategy: Strategy) -> None:
    """Refuse strategies that would have to do something and do not."""
    if not isinstance(strategy, Strategy):
        raise InvalidQuery("withStrategies() takes strategies")
    if (
        strategy.name not in VERIFICATIONS
        and strategy.name not in REWRITING
        and strategy.name not in HARMLESS
    ):
        raise Unsupported(f"The strategy {strategy.name} is not supported")


def restrict_settings(
    settings: StatementSettings, strategies: dict[str, Strategy]
) -> StatementSettings:
    """The settings with what the strategies let one see."""
    subgraph = strategies.get("SubgraphStrategy")
    if subgraph is not None:
        if option(subgraph, "vertexProperties") is not None:
            raise Unsupported("SubgraphStrategy with vertexProperties is not supported")
        settings = replace(
            settings,
            vertices=_criterion(option(subgraph, "vertices")),
            edges=_criterion(option(subgraph, "edges")),
            check_adjacent=bool(option(subgraph, "checkAdjacentVertices", True)),
        )
    partition = strategies.get("PartitionStrategy")
    if partition is None:
        return settings
    if subgraph is not None:
        raise Unsupported("SubgraphStrategy and PartitionStrategy together are not supported")
    key, write = option(partition, "partitionKey"), option(partition, "writePartition")
    read = option(partition, "readPartitions")
    if not isinstance(key, str) or (write is not None and not isinstance(write, str)):
        raise InvalidQuery("PartitionStrategy needs partitionKey and writePartition")
    visible = None
    if read is not None:
        visible = Traversal((Call("has", (key, Predicate("within", (list(read),)))),))
    return replace(
        settings,
        vertices=visible,
        edges=visible,
        check_adjacent=False,
        write_partition=None if write is None else (key, write),
    )


def _criterion(value: Value) -> Traversal | None:
    if value is not None and not isinstance(value, Traversal):
        raise InvalidQuery("SubgraphStrategy takes traversals")
    return value
