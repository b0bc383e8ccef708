"""Who can reach a server: nobody outside of this machine unless it is told so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.serving import BIN, Running, running

_TABLE = Path("/proc/net/tcp")
_LISTENING = "0A"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not _TABLE.exists(), reason="which addresses are listened at is read from /proc/net/tcp"
    ),
]


def addresses(server: Running) -> set[str]:
    """The addresses at which somebody listens on the server's port, IPv4 and IPv6."""
    found = set()
    for table in (_TABLE, _TABLE.with_name("tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for _, local, _, state, *_ in map(str.split, lines):
            address, port = local.split(":")
            if int(port, 16) == server.port and state == _LISTENING:
                shown = bytes.fromhex(address)[::-1] if len(address) == 8 else b""
                found.add(".".join(map(str, shown)) or address)
    return found


def test_the_server_is_for_this_machine_only(tmp_path: Path) -> None:
    with running([str(BIN / "moto_neptunedata_server")], tmp_path / "log") as server:
        assert addresses(server) == {"127.0.0.1"}


def test_the_server_listens_where_it_is_told_to(tmp_path: Path) -> None:
    command = [str(BIN / "moto_neptunedata_server"), "-H", "0.0.0.0"]
    with running(command, tmp_path / "log") as server:
        assert addresses(server) == {"0.0.0.0"}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="moto's proxy needs openssl")
def test_the_proxy_is_for_this_machine_only(tmp_path: Path) -> None:
    with running([str(BIN / "moto_neptunedata_proxy")], tmp_path / "log") as server:
        assert addresses(server) == {"127.0.0.1"}
