"""Every example of the README and of the guides is run; every command in them is tried."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "docs/iam.md",
    "docs/loader.md",
    "docs/moving-from-a-fake.md",
    "docs/server.md",
)
BIN = Path(sys.executable).parent

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: Commands of shell blocks that are not run, because they would install something or take long.
NOT_RUN = ("pip ", "make ", "python ", "pytest")


class Block(NamedTuple):
    """A fenced block: where it stands, its language and its text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        """A name for a file."""
        return f"{re.sub('[^a-z]', '_', self.page.lower())}_line_{self.line}"


def blocks(*languages: str) -> list[Block]:
    """The blocks of these languages, in the order of the pages."""
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text()
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(page, line, match[1], match[2]))
    return [block for block in found if block.language in languages]


def environment(**more: str) -> dict[str, str]:
    """What a reader's shell has: nothing of AWS, and the scripts of this installation."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "MOTO_", "PYTEST_", "COV_"))
    }
    path = os.pathsep.join((str(BIN), plain.get("PATH", "")))
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**plain, **nothing, "PATH": path, "AWS_EC2_METADATA_DISABLED": "true", **more}


def test_the_languages_are_known() -> None:
    assert {block.language for block in blocks("python", "sh", "text", "json")} <= {
        "python",
        "sh",
        "text",
        "json",
    }
    for page in PAGES:
        fences = (ROOT / page).read_text().count("\n```")
        assert fences % 2 == 0, f"{page}: an unclosed block"


# ---------------------------------------------------------------------------- Python


#: Goes beside the examples: moto drops boto3's session before each test, and with it the models
#: that botocore has read, which is most of the time that these tests take.
CONFTEST = """
from functools import lru_cache
from botocore.loaders import JSONFileLoader

load_file = JSONFileLoader.load_file
read_once = lru_cache(maxsize=None)(lambda path: load_file(JSONFileLoader(), path))
JSONFileLoader.load_file = lambda self, path: read_once(path)
"""


def test_python_blocks(tmp_path: Path) -> None:
    """All in one run of pytest, in a folder of their own, as a reader would have them."""
    found = blocks("python")
    for block in found:
        (tmp_path / f"test_{block.name}.py").write_text(block.text)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    how = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(tmp_path))
    env = environment(PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *how, str(tmp_path)],
        capture_output=True,
        text=True,
        env=env,
        cwd=tmp_path,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    tests = sum(len(re.findall(r"def test_", block.text)) for block in found)
    assert int(passed[1]) >= tests


def test_first_screen() -> None:
    """Promise, installation, first test, demo and tests stand at the very top."""
    top = "\n".join((ROOT / "README.md").read_text().splitlines()[:35])
    for wanted in ("pip install moto-neptunedata", "```python", "make demo", "make test"):
        assert wanted in top
    for plain in ("python examples/demo.py", "python -m pytest --cov"):
        assert plain in top


# ---------------------------------------------------------------------------- shell


def commands(block: Block) -> list[str]:
    """The commands of a shell block, continued lines joined, comments left out."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [line.split(" #")[0].strip() for line in lines if line.strip() and line[0] != "#"]


def extras() -> set[str]:
    """The extras that setup.cfg knows."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return set(setup["options.extras_require"])


def test_commands_exist() -> None:
    """Scripts, make targets, extras and files that the pages name."""
    setup = (ROOT / "setup.cfg").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for page in PAGES:
        text = (ROOT / page).read_text()
        for script in set(re.findall(r"\bmoto_neptunedata_[a-z]+\b", text)):
            assert f"    {script} = " in setup, (page, script)
        for target in set(re.findall(r"`make ([a-z-]+)", text)):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (page, target)
        for names in re.findall(r"pip install [^\n`]*?\[([a-z,]+)\]", text):
            assert set(names.split(",")) <= extras(), (page, names)
        for file in re.findall(r"python (examples/\w+\.py)", text):
            assert (ROOT / file).exists(), (page, file)


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """The standalone server, started by the very command that the pages give; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        ["moto_neptunedata_server", "-p", str(port)],
        env=environment(),
        executable=str(BIN / "moto_neptunedata_server"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


SHELL_BLOCKS = [block for block in blocks("sh") if "127.0.0.1" in block.text]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize("block", SHELL_BLOCKS, ids=[block.name for block in SHELL_BLOCKS])
def test_shell_blocks(block: Block, server: int, tmp_path: Path) -> None:
    """Commands for a server that listens on port 5000, against one on another port."""
    tools = {"aws", "curl"} & set(re.findall(r"\w+", block.text))
    missing = [tool for tool in tools if shutil.which(tool, path=environment()["PATH"]) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")
    reset = urllib.request.Request(f"http://127.0.0.1:{server}/moto-api/reset", method="POST")
    urllib.request.urlopen(reset, timeout=60).close()
    script = "\n".join(commands(block)).replace(":5000", f":{server}")
    script = script.replace("curl ", "curl --fail --silent --show-error ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        env=environment(AWS_PAGER=""),
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_shell_block_is_run_or_known() -> None:
    """A block without the server's address has only commands that are not to be run."""
    for block in blocks("sh"):
        if block not in SHELL_BLOCKS:
            for command in commands(block):
                assert command.startswith((*NOT_RUN, "moto_neptunedata_")), (block.name, command)
