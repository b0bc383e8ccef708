"""The console script has the WebSocket too."""

from __future__ import annotations

import pytest

pytest.importorskip("gremlin_python")

from gremlin_python.driver.driver_remote_connection import DriverRemoteConnection
from gremlin_python.process.anonymous_traversal import traversal

from tests.test_neptunedata.test_server import free_port, run_server

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.mark.slow
def test_the_console_script() -> None:
    for url in run_server("moto_neptunedata_server", free_port()):
        connection = DriverRemoteConnection(
            f"{url.replace('http', 'ws')}/gremlin", "g", pool_size=1
        )
        g = traversal().with_remote(connection)
        g.add_v("person").property("name", "Ann").iterate()
        assert g.V().values("name").to_list() == ["Ann"]
        # It stays connected while the server is told to stop.
    connection.close()
