"""Run a command with the mock beside it: ``python with_server.py npm test``.

Starts ``moto_neptunedata_server`` on a free port, tells the command where it is
(``AWS_ENDPOINT_URL`` for AWS SDKs and the AWS CLI, ``NEPTUNE_ENDPOINT`` for plain HTTP), stops it
when the command has ended, and ends with the command's exit status.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SCRIPT = "moto_neptunedata_server"


def environment(url: str) -> dict[str, str]:
    """What a command has to know."""
    return {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "NEPTUNE_ENDPOINT": url,
    }


@contextmanager
def running_server() -> Iterator[str]:
    """A server that ends with the block; gives its URL. Raises SystemExit if it does not start."""
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))
    script = shutil.which(SCRIPT, path=path)
    if script is None:
        raise SystemExit(f"{SCRIPT} is missing: pip install 'moto-neptunedata[server]'")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [script, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_it_listens(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_until_it_listens(server: subprocess.Popen[bytes], port: int, seconds: int = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{SCRIPT} did not start; run it alone to see why.")


def main(command: list[str]) -> int:
    if not command:
        raise SystemExit(__doc__)
    with running_server() as url:
        return subprocess.run(command, env=environment(url), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
