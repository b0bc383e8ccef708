"""moto's server in this process, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[str, int]]:
    """The host and port of a server that runs as long as these tests."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()
    server.stop()


@pytest.fixture
def address(running: tuple[str, int]) -> Iterator[tuple[str, int]]:
    """The host and port of a server that holds nothing."""
    from moto.core.base_backend import BackendDict

    BackendDict.reset()
    yield running
    BackendDict.reset()


@pytest.fixture
def url(address: tuple[str, int]) -> str:
    """The URL of the WebSocket of a server that holds nothing."""
    host, port = address
    return f"ws://{host}:{port}/gremlin"
