"""The tables of texts and what comes of them: reading.txt, changing.txt, refusing.txt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moto_neptunedata.errors import NeptuneError

from .support import told

HERE = Path(__file__).parent


def rows() -> Iterator[tuple[str, str]]:
    """Pairs of a text and what is due for it."""
    for name in ("reading", "changing", "refusing"):
        lines = (HERE / f"{name}.txt").read_text("utf-8").splitlines()
        table = [line for line in lines if line and not line.startswith("#")]
        assert len(table) % 2 == 0
        yield from zip(table[::2], table[1::2])


ROWS = list(rows())


def outcome(text: str) -> str:
    """What comes of a text, as the tables write it."""
    try:
        return f"= {told(text)}".rstrip()
    except NeptuneError as problem:
        return f"! {problem.code}: {problem.message}".rstrip()


@pytest.mark.parametrize(("text", "due"), ROWS, ids=[text[:80] for text, _ in ROWS])
def test_what_comes_of_a_text(text: str, due: str) -> None:
    assert outcome(text) == due


def test_the_tables_are_large() -> None:
    assert len(ROWS) > 600
