"""No request makes the mock read a local file, run a program or open a connection."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SECRET = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of every attempt; ``connections`` counts those that came to a socket of ours."""
    path = tmp_path_factory.mktemp("secret") / "passwd.csv"
    path.write_text(f"~id,~label\n{SECRET},secret\n")
    root = Path(__file__).parents[2]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
        run = subprocess.run(
            [sys.executable, "-m", "tests.support.reaching_out", str(path), url],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=root,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]),
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            },
        )
        assert run.returncode == 0, run.stderr
        told: dict[str, Any] = json.loads(run.stdout)
        try:
            listening.accept()
        except BlockingIOError:
            told["connections"] = 0
        else:
            told["connections"] = 1
    return told


def test_nothing_is_opened(found: dict[str, Any]) -> None:
    assert found["seen"] == []
    assert any("open" in event for event in found["heard"])  # so that silence means something


def test_nothing_is_connected_to(found: dict[str, Any]) -> None:
    """pyoxigraph would not be heard by Python."""
    assert found["connections"] == 0


def test_no_answer_tells_what_is_in_the_file(found: dict[str, Any]) -> None:
    assert len(found["told"]) > 90
    for attempt, told in found["told"].items():
        assert SECRET not in told, attempt


def test_bombs_do_not_go_off(found: dict[str, Any]) -> None:
    for name in ("bomb.rdf", "quotes.rdf"):
        assert "aaaaaaaaaaaaaaaaaaaaa" not in found["told"][f"load {name}"]
    assert "a" * 1000 not in found["told"]["everything"]
    status = json.loads(found["told"]["load bomb.rdf"])["overallStatus"]["status"]
    assert status != "LOAD_COMPLETED"


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        ("load http://169.254.169.254", "InvalidParameterException"),
        ("load s3://../..", "InvalidParameterException"),
        ("load file:///", "InvalidParameterException"),
        ("LOAD CSV FROM", "UnsupportedOperationException"),
        ("CALL ", "UnsupportedOperationException"),
        ("LOAD <", "UnsupportedOperationException"),
        ("SELECT * { SERVICE", "UnsupportedOperationException"),
        ("execute_gremlin_query g.io(", "UnsupportedOperationException"),
        ("ml file:", "InvalidParameterException"),
        ("data file:", "Error"),
    ],
)
def test_it_is_refused(found: dict[str, Any], attempt: str, code: str) -> None:
    answers = [told for name, told in found["told"].items() if name.startswith(attempt)]
    assert answers
    for told in answers:
        assert code in told
