"""Users who check their types with mypy --strict see no errors, and signatures are kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
USER_CODE = ROOT / "tests" / "typed_user_code.py"

#: What users would not write.
WRONG = """
import boto3
from moto_neptunedata import Neptune, mock_neptunedata

@mock_neptunedata
def load(name: str) -> int:
    return 1

load(1)
mock_neptunedata(config="neptunedata")
neptune = Neptune()
neptune.cluster(8182)
neptune.cluster(boto3)
neptune.load(1)
neptune.jobs[0].state
neptune.cluster().settings.role = "master"
"""


def mypy(*files: Path, folder: Path) -> list[str]:
    """What mypy says of a user's files, with this package found where packages are installed."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    done = subprocess.run(
        [*command, f"--cache-dir={ROOT / '.mypy_cache' / 'users'}", *map(str, files)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


def plain(revealed: str) -> str:
    """A type without the modules of its names."""
    return re.sub(r"\b[a-z_0-9]+(?:\.\w+)*\.(?=\w)", "", revealed)


def test_user_code(tmp_path: Path) -> None:
    wanted = {}
    for number, line in enumerate(USER_CODE.read_text().splitlines(), 1):
        found = re.search(r"reveal_type\(.*\)  # (.*)", line)
        if found:
            wanted[number] = found[1]
    assert len(wanted) > 15

    user = tmp_path / "user_code.py"
    user.write_text(USER_CODE.read_text())
    said = mypy(user, folder=tmp_path)
    revealed = {}
    others = []
    for line in said:
        found = re.fullmatch(r'user_code\.py:(\d+): note: Revealed type is "(.*)"', line)
        if found:
            revealed[int(found[1])] = plain(found[2])
        else:
            others.append(line)
    assert others == []
    assert revealed == wanted


def test_wrong_code_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    told = {int(line.split(":")[1]) for line in mypy(wrong, folder=tmp_path) if "error" in line}
    lines = WRONG.splitlines()
    assert {lines[number - 1] for number in told} == set(lines[8:10]) | set(lines[11:])


def test_examples(tmp_path: Path) -> None:
    """Each file of examples/ is code of a user too."""
    found = [*sorted(ROOT.glob("examples/*.py")), *sorted(ROOT.glob("examples/*/*.py"))]
    assert len(found) > 8
    assert mypy(*found, folder=tmp_path) == []
