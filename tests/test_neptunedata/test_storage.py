"""GetStorageInfo: sizes that follow the data."""

from __future__ import annotations

from typing import Any

import pytest

from moto_neptunedata import Neptune
from tests.support.helpers import EDGES, VERTICES
from tests.support.places import PLACES, Server, elsewhere, reader

INDEXES = ("SPOG", "POGS", "GPSO", "PZSOG")


def counts(told: dict[str, Any], model: str) -> dict[str, int]:
    return {name: entry["count"] for name, entry in told["quads"][model].items()}


def test_empty(client: Any) -> None:
    told = client.get_storage_info()
    for model in ("PG", "RDF"):
        assert counts(told, model) == dict.fromkeys((*INDEXES, "OSGP"), 0)
    for part in ("streams", "dfeStatistics", "schema"):
        assert told[part] == {"sizeInBytes": 0, "count": 0}
    assert told["undoLogs"] == {"sizeInBytes": 0, "listSize": 0}
    assert told["dictionaries"]["total"]["count"] == 0
    assert told["totalStorageBytesUsed"] == told["internals"]["sizeInBytes"] > 0


def test_counts(client: Any, neptune: Neptune) -> None:
    neptune.load(VERTICES, EDGES)
    neptune.load("<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <urn:c> .", format="ntriples")
    client.get_propertygraph_statistics()
    told = client.get_storage_info()
    # Two labels, four values, an edge and its value.
    assert counts(told, "PG") == {**dict.fromkeys(INDEXES, 8), "OSGP": 0}
    assert counts(told, "RDF") == {**dict.fromkeys(INDEXES, 2), "OSGP": 0}
    assert told["streams"]["count"] == 10
    assert told["dfeStatistics"]["count"] == 3
    assert told["schema"]["count"] == 6
    parts = [entry for model in told["quads"].values() for entry in model.values()]
    parts += [told["dictionaries"]["total"]]
    parts += [told[name] for name in ("streams", "dfeStatistics", "schema", "internals")]
    assert told["totalStorageBytesUsed"] == sum(part["sizeInBytes"] for part in parts)


def test_more_data_takes_more(client: Any, neptune: Neptune) -> None:
    sizes = [client.get_storage_info()["totalStorageBytesUsed"]]
    for text, format in ((VERTICES, "csv"), (EDGES, "csv"), (b"<urn:a> <urn:p> 1 .", "turtle")):
        neptune.load(text, format=format)
        sizes.append(client.get_storage_info()["totalStorageBytesUsed"])
    assert sizes == sorted(set(sizes))
    neptune.reset()
    assert client.get_storage_info()["totalStorageBytesUsed"] == sizes[0]


def test_settings(client: Any, neptune: Neptune) -> None:
    neptune.load(VERTICES)
    neptune.cluster().settings.lab_mode["ObjectIndex"] = "enabled"
    neptune.cluster().settings.streams = False
    told = client.get_storage_info()
    assert told["quads"]["PG"]["OSGP"]["count"] == 6
    assert told["streams"]["count"] == 0


def test_a_reader_may(neptune: Neptune) -> None:
    assert reader().get_storage_info()["totalStorageBytesUsed"] > 0


@pytest.mark.parametrize("place", PLACES)
def test_elsewhere(client: Any, neptune: Neptune, place: str) -> None:
    neptune.load(VERTICES)
    assert counts(elsewhere(place).get_storage_info(), "PG")["SPOG"] == 0


def test_server() -> None:
    status, body = Server().ask("GET", "/storage/info")
    assert (status, body["undoLogs"]) == (200, {"sizeInBytes": 0, "listSize": 0})
