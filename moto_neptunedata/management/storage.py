"""What GetStorageInfo tells: counts from the data, sizes by a fixed number of bytes an entry.

The sizes are our own: nothing documents what an entry takes, but more data takes more.
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: The indexes of a data model (Data API, QuadIndexes); OSGP exists only in lab mode ObjectIndex.
INDEXES: Final = ("SPOG", "POGS", "GPSO", "OSGP", "PZSOG")
_OPTIONAL_INDEX: Final = "OSGP"

#: Bytes an entry takes, by what it is.
ENTRY_BYTES: Final = {
    "quad": 64,
    "term": 48,
    "record": 160,
    "statistic": 96,
    "name": 40,
    "internal": 4_096,
}
_INTERNALS: Final = 16


class StoredCounts(NamedTuple):
    """What a cluster stores: quads a data model, dictionary terms, stream records, characteristic
    sets, and names of labels, properties and predicates.
    """

    property_graph: int
    rdf: int
    terms: int
    records: int
    signatures: int
    names: int


def storage_info(counts: StoredCounts, object_index: bool) -> dict[str, object]:
    """The answer of GetStorageInfo, by botocore's names."""
    quads = {
        "RDF": _describe_indexes(counts.rdf, object_index),
        "PG": _describe_indexes(counts.property_graph, object_index),
    }
    total = _describe_entries("term", counts.terms)
    others = {
        "undoLogs": {"sizeInBytes": 0, "listSize": 0},
        "streams": _describe_entries("record", counts.records),
        "dfeStatistics": _describe_entries("statistic", counts.signatures),
        "schema": _describe_entries("name", counts.names),
        "internals": _describe_entries("internal", _INTERNALS),
    }
    parts = [*quads["RDF"].values(), *quads["PG"].values(), total, *others.values()]
    return {
        "totalStorageBytesUsed": sum(part["sizeInBytes"] for part in parts),
        "quads": quads,
        "dictionaries": {"total": total, "blobs": _describe_entries("term", 0)},
        **others,
    }


def _describe_indexes(quads: int, object_index: bool) -> dict[str, dict[str, int]]:
    return {
        name: _describe_entries("quad", quads if object_index or name != _OPTIONAL_INDEX else 0)
        for name in INDEXES
    }


def _describe_entries(kind: str, count: int) -> dict[str, int]:
    return {"sizeInBytes": count * ENTRY_BYTES[kind], "count": count}
