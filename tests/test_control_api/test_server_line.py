"""The standalone server tells where the page is."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import BaseWSGIServer

from moto_neptunedata import server

pytestmark = pytest.mark.slow

SCRIPT = Path(sys.executable).parent / "moto_neptunedata_server"


def test_line_of_a_server_that_chooses_its_port() -> None:
    process = subprocess.Popen(
        [str(SCRIPT), "-p", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        found = next(filter(None, (re.search(r"Look at .* (http\S+)$", line) for line in lines)))
        port = int(found[1].split(":")[2].partition("/")[0])
        assert port > 0
        answer = requests.get(found[1], timeout=30)
        assert answer.status_code == 200
        assert "<title>neptunedata in moto</title>" in answer.text
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ([], "http://127.0.0.1:"),
        (["-H", "0.0.0.0"], "http://127.0.0.1:"),
        (["-H", "localhost"], "http://localhost:"),
        (["-H", "::1"], "http://[::1]:"),
    ],
)
def test_addresses(
    arguments: list[str],
    start: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served: list[int] = []

    def serve_forever(self: Any, poll_interval: float = 0.5) -> None:
        served.append(self.port)
        self.server_close()

    monkeypatch.setattr(BaseWSGIServer, "serve_forever", serve_forever)
    monkeypatch.setattr(BaseWSGIServer, "log_startup", BaseWSGIServer.log_startup)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for name in ("MOTO_PORT", "WERKZEUG_SERVER_FD"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    try:
        server.main(["-p", "0", *arguments])
    except OSError as error:
        pytest.skip(f"this machine cannot listen there: {error}")
    (port,) = served
    lines = [line for line in capsys.readouterr().err.splitlines() if "Look at" in line]
    assert lines == [f" * Look at what is in it: {start}{port}/moto-api/neptunedata"]
