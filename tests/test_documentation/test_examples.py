"""The examples, run as a user runs them; and the table that names them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_documentation.test_readme import environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SUITES = sorted({path.parent.name for path in EXAMPLES.glob("*/test_*.py")})


def run(*command: str) -> str:
    """Run Python in a shell that has nothing of AWS; gives what it prints."""
    env = environment(PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1")
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env=env,
        cwd=ROOT,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_suites_are_found() -> None:
    assert set(SUITES) == {
        "fixture_suite",
        "lambda_poller",
        "server_for_other_languages",
        "step_functions_flow",
    }


@pytest.mark.parametrize("name", SUITES)
def test_suite(name: str) -> None:
    """Each passes on its own, with the plug-in that the package installs."""
    printed = run("-m", "pytest", "-q", "-p", "no:cacheprovider", f"examples/{name}")
    passed = re.search(r"(\d+) passed", printed)
    assert passed is not None, printed
    tests = "".join(path.read_text() for path in (EXAMPLES / name).glob("test_*.py"))
    skipped = re.search(r"(\d+) skipped", printed)
    assert int(passed[1]) + int(skipped[1] if skipped else 0) >= tests.count("\ndef test_")


def test_demo() -> None:
    printed = run("examples/demo.py")
    assert "LOAD_COMPLETED" in printed
    assert "LOAD_CANCELLED_BY_USER" in printed
    assert printed.rstrip().endswith("6. Server stopped")


def test_the_table_names_every_example() -> None:
    readme = (EXAMPLES / "README.md").read_text()
    rows = re.findall(r"^\| \[([\w.]+)\]\(\1\)", readme, re.MULTILINE)
    hidden = {"README.md", "pytest.ini", "graph", "__pycache__"}
    there = {path.name for path in EXAMPLES.iterdir() if not path.name.startswith(".")}
    assert set(rows) == there - hidden
    assert set(re.findall(r"`pytest examples/(\w+)`", readme)) == set(SUITES)
    for target in re.findall(r"\]\((\w[\w./]*)\)", readme):
        assert (EXAMPLES / target).exists(), target
