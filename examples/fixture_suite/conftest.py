"""The data is loaded once for the whole run; each test starts from it, whatever the others did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from people import People

from moto_neptunedata import Neptune, mock_neptunedata

if TYPE_CHECKING:
    from mypy_boto3_neptunedata import NeptuneDataClient

    from moto_neptunedata.cluster.snapshots import Snapshot

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def loaded() -> Snapshot:
    """The state after the load, as a snapshot."""
    with mock_neptunedata() as neptune:
        neptune.load(*sorted(DATA.glob("*.csv")))
        return neptune.snapshot()


@pytest.fixture
def people(neptune: Neptune, neptunedata_client: NeptuneDataClient, loaded: Snapshot) -> People:
    """The application on the loaded data; ``neptune`` and the client come with the package."""
    neptune.restore(loaded)
    return People(neptunedata_client)
