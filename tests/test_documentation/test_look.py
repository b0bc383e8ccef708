"""Every example of docs/look.md is run, and what it tells is so."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moto_neptunedata.cluster import notebook
from moto_neptunedata.control_api import dashboard, overview
from moto_neptunedata.graph.drawing import pages, picture, texts

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "look.md").read_text(encoding="utf-8")


def examples() -> dict[str, Callable[..., Any]]:
    """The test functions of the page, by name."""
    found: dict[str, Any] = {}
    for text in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        exec(compile(text, "docs/look.md", "exec"), found)
    return {name: each for name, each in found.items() if name.startswith("test_")}


@pytest.mark.parametrize("name", examples())
def test_examples(name: str, tmp_path: Path) -> None:
    example = examples()[name]
    example(*([tmp_path] if inspect.signature(example).parameters else []))


def test_paths() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(dashboard.DATA)


def test_numbers() -> None:
    for text in (
        f"At most {picture.LIMIT} vertices",
        f"(300, at most {picture.MOST:,})",
        f"at most {pages.FRAME_LIMIT} vertices",
        f"at most {notebook.MAX_ROWS} rows",
        f"cut after {texts.MAX_TEXT:,} characters",
        f"at most {picture._FAN_OUT} from one vertex",
    ):
        assert text in " ".join(PAGE.split())
    assert overview.MAX_CALLS == 100


def test_links() -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    assert (ROOT / "docs" / "images" / "look.png").stat().st_size < 150_000
