"""Python starts the server, programs in other languages use it: a fixture for a mixed suite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import with_server

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with with_server.running_server() as url:
        yield url


def run(url: str, *command: str) -> str:
    """Run a program of this folder; gives what it prints. Skips where its language is missing."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command,
        env=with_server.environment(url),
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node_version() -> int:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return int(told.stdout.lstrip("v").partition(".")[0])


def test_shell(url: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    printed = run(url, "bash", "people.sh").splitlines()
    assert printed[:2] == ["load: LOAD_COMPLETED", '{"results":[{"n":2}]}']
    assert printed[2:] in ([], ["1"])  # the AWS CLI sees the load too


@pytest.mark.parametrize("file", ["people.test.mjs", "people_sdk.test.mjs"])
def test_node(url: str, file: str) -> None:
    if node_version() < 18:
        pytest.skip("node is older than 18 and has no fetch")
    printed = run(url, "node", "--test", "--test-reporter=tap", file)
    assert "# fail 0" in printed
    if "# pass 0" in printed:
        pytest.skip("@aws-sdk/client-neptunedata is not installed")


def test_with_server_ends_as_its_command() -> None:
    script = str(HERE / "with_server.py")
    code = "import os, urllib.request as r; r.urlopen(os.environ['NEPTUNE_ENDPOINT'] + '/status')"
    command = [sys.executable, script, sys.executable, "-c"]
    assert subprocess.run([*command, code], check=False, timeout=60).returncode == 0
    assert subprocess.run([*command, "exit(3)"], check=False, timeout=60).returncode == 3
