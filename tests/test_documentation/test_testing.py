"""Every example of docs/testing.md is run, and its tables are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from moto_neptunedata.control_api import routes
from moto_neptunedata.settings import ClusterSettings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def test_examples(tmp_path: Path) -> None:
    found = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) > 10
    for number, text in enumerate(found):
        (tmp_path / f"test_example_{number}.py").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COV_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**env, "AWS_EC2_METADATA_DISABLED": "true"},
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tests = sum(len(re.findall(r"^def test_", text, re.MULTILINE)) for text in found)
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= tests


def test_tables() -> None:
    for path in routes.PATHS:
        assert f"| `{path}` |" in PAGE
    assert routes.STATIC in PAGE
    for each in fields(ClusterSettings):
        assert f"`{each.name}`" in PAGE


def test_links() -> None:
    anchors = {
        re.sub(r"[^\w\s-]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
