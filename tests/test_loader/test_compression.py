"""Compressed objects."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable

import pytest

from moto_neptunedata.loader.compression import decompress
from moto_neptunedata.loader.feeds import FeedError, FeedOptions, FeedReport
from moto_neptunedata.loader.formats import is_edge_file, load_feed
from tests.support.feeding import Loaded

DATA = b"~id,p\n" + b"".join(b"%d,x\n" % n for n in range(50_000))
PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress}


def report_of(name: str, data: bytes, max_bytes: int = 1 << 30) -> FeedReport:
    report = FeedReport()
    loaded = Loaded()
    with decompress(name, io.BytesIO(data), max_bytes) as stream:
        load_feed("csv", stream, loaded.graph, loaded.rdf, FeedOptions(), report)
    return report


def test_plain_names_are_left_alone() -> None:
    stream = io.BytesIO(DATA)
    assert decompress("a.csv", stream) is stream
    assert decompress("gz", stream) is stream


@pytest.mark.parametrize("ending", PACKERS)
def test_unpacking(ending: str) -> None:
    pack = PACKERS[ending]
    source = io.BytesIO(pack(DATA))
    with decompress("a.csv" + ending.upper(), source) as stream:
        assert stream.read() == DATA
        assert stream.read() == b""
    assert source.closed
    joined = pack(DATA[:1000]) + pack(DATA[1000:]) + b"\0" * 300_000
    assert decompress("a" + ending, io.BytesIO(joined)).read() == DATA
    assert decompress("a" + ending, io.BytesIO(pack(b""))).read() == b""
    assert report_of("a" + ending, pack(DATA)).total_records == 100_000


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-5],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:3],
        lambda packed: b"",
        lambda packed: DATA,
        lambda packed: packed[:100] + bytes(100) + packed[200:],
        lambda packed: packed + b"junk",
        lambda packed: packed[:-6] + b"\xff" * 6,
    ],
)
def test_damaged(ending: str, damage: Callable[[bytes], bytes]) -> None:
    report = report_of("a" + ending, damage(PACKERS[ending](DATA)))
    assert report.errors[-1].error_code == "PARSING_ERROR"
    assert report.parsing_errors == len(report.errors) == 1


@pytest.mark.parametrize("ending", PACKERS)
def test_bombs_end(ending: str) -> None:
    bomb = PACKERS[ending](bytes(20_000_000))
    report = report_of("a" + ending, bomb, max_bytes=10_000_000)
    assert [log.error_code for log in report.errors] == ["OUT_OF_MEMORY_ERROR"]
    with decompress("a" + ending, io.BytesIO(bomb)) as stream:
        assert len(stream.read(10)) == 10


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.TGZ", "a.zip", "a.tar.bz2"])
def test_archives_are_refused(name: str) -> None:
    assert report_of(name, DATA).errors[0].error_code == "PARSING_ERROR"
    assert not is_edge_file("csv", decompress(name, io.BytesIO(DATA)))
    with pytest.raises(FeedError), decompress(name, io.BytesIO(DATA)) as stream:
        stream.read()


def test_reading_past_damage_gives_nothing() -> None:
    stream = decompress("a.gz", io.BytesIO(DATA))
    with pytest.raises(FeedError):
        stream.read()
    assert stream.read() == b""
