"""What snapshots capture of the parts of a cluster: each attribute is state or said to be none."""

from __future__ import annotations

from typing import Any

import pytest

from moto_neptunedata.cluster import Cluster, ClusterEnvironment, ClusterKey
from moto_neptunedata.management.state import Management


def management() -> Management:
    """That of a cluster without moto."""
    readers: Any = None
    environment = ClusterEnvironment(readers=readers, new_id=lambda: "id")
    return Cluster(ClusterKey("123456789012", "us-east-1", "plain"), environment).management


@pytest.mark.parametrize("name", Management.PARTS)
def test_parts_capture_all_that_is_state(name: str) -> None:
    part = management().parts()[name]
    assert set(vars(part)) == {*part.VALUES, *part.COPIED, *part.FIXED}
    assert set(part.capture()) == {*part.VALUES, *part.COPIED}


def test_management_captures_all_that_is_state() -> None:
    whole = management()
    state = {*whole.VALUES, *whole.COPIED, *whole.PARTS}
    assert set(vars(whole)) == {*state, *whole.FIXED}
    assert set(whole.capture()) == state


def test_captures_are_apart() -> None:
    whole = management()
    first = whole.index_rebuilds.start(client_token="t")
    saved = whole.capture()
    first.cancel()
    for _ in range(2):
        whole.restore(saved)
        (found,) = [whole.index_rebuilds.find(id) for id in whole.index_rebuilds.ids()]
        assert found.status == "PREPARING"
        assert found is whole.index_rebuilds.start(client_token="t")
        found.cancel()
