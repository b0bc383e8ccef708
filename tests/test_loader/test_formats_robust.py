"""Whatever the bytes: no exception, counters that agree, and both ways of loading the same."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.loader.feeds import FeedError, FeedOptions, FeedReport, Problem
from moto_neptunedata.loader.formats import FORMATS, is_edge_file, load_feed, records, tables
from moto_neptunedata.loader.formats.records import RecordReader, split_columns
from tests.support.feeding import COUNTERS, Loaded, content

pytestmark = pytest.mark.slow

HEADERS = {
    "csv": (
        "~id,~label,p,q:Int,r:String[]",
        "~id,p:Double(single),~label",
        "~id,~from,~to,~label,p:Int",
        "~id",
    ),
    "opencypher": (
        ":ID(s),p:Int,:LABEL",
        "n:ID,p",
        ":ID,:START_ID(s),:END_ID,:TYPE,p:Int",
        ":START_ID,:END_ID",
    ),
}

PLAIN = ("1", "2", "3", "a", "", " ", '""', '"a"', "x;y", '"a;;b"', '"a""b"', '"a,b"', '"a\nb"')
ODD = ("1.5", "NaN", "b;b", '"', 'a"b', " 7 ", "\r", "\x00", "\x01", "é", "-1", "300000000000")
cells = st.sampled_from([*PLAIN, *ODD])
plain_cells = st.sampled_from(["1", "2", "3", "4", "5", "a", "", '""', '"b"', "x;y"])
columns = st.sampled_from(
    [
        *("~id", "~label", "~from", "~to", ":ID", ":START_ID", ":END_ID(s)", ":TYPE", ":LABEL"),
        *("p", "p:Int", "p:Bool[]", "q:Date", "r:Foo", "", '"', "a:b:c", " s ", "n:ID(s)"),
    ]
)
rows = st.lists(st.lists(cells, min_size=1, max_size=6).map(",".join), max_size=8)
any_text = st.builds(
    lambda head, rows, end: end.join([",".join(head), *rows]),
    st.lists(columns, min_size=1, max_size=6),
    rows,
    st.sampled_from(["\n", "\r\n", "\r"]),
)


@st.composite
def fitting_files(draw: st.DrawFn, format: str) -> str:
    """A file with a good header and rows that mostly fit it."""
    header = draw(st.sampled_from(HEADERS[format]))
    width = header.count(",") + 1
    of = draw(st.sampled_from([cells, plain_cells]))
    ids = itertools.count(1)
    lines = [header]
    for _ in range(draw(st.integers(0, 8))):
        row = draw(st.lists(of, min_size=width, max_size=width))
        if draw(st.booleans()):
            row[0] = str(next(ids))
        lines.append(",".join(row))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


options = st.fixed_dictionaries(
    {
        "fail_on_error": st.booleans(),
        "update_single_cardinality_properties": st.booleans(),
        "user_provided_edge_ids": st.booleans(),
        "allow_empty_strings": st.booleans(),
    }
)


@given(st.sampled_from(list(FORMATS)), st.binary(max_size=300), options)
def test_any_bytes(format: str, data: bytes, options: dict[str, Any]) -> None:
    loaded = Loaded().load(format, data, **options)
    content(loaded.graph)
    is_edge_file(format, io.BytesIO(data))


@given(st.sampled_from(["csv", "opencypher"]), st.lists(any_text, max_size=3), options)
def test_any_headers_and_cells(format: str, texts: list[str], options: dict[str, Any]) -> None:
    content(Loaded().load(format, *texts, **options).graph)


TERMS = ["<a:s>", "<a:p>", '"x"', "_:b", "_:", '"_:b"', "<a:_:b>", "<s>", '"', "\\", "<<", "junk"]
TERMS += ['"a"@en', "<<( <a:s> <a:p> <a:o> )>>", "# c", "[", "]", "(", "<a b>", "@prefix", "é"]


@given(
    st.sampled_from(["ntriples", "nquads", "turtle"]),
    st.lists(st.lists(st.sampled_from(TERMS), max_size=5).map(" ".join)).map(" .\n".join),
    options,
)
def test_any_rdf(format: str, text: str, options: dict[str, Any]) -> None:
    loaded = Loaded().load(format, text, **options)
    new = loaded.report.total_records - loaded.report.error_count
    assert len(loaded.rdf) == new - loaded.report.total_duplicates


def outcome(
    format: str, texts: list[str], options: dict[str, Any], block_size: int, one_by_one: bool
) -> Any:
    loaded = Loaded()
    ids = (f"new{n}" for n in itertools.count())
    with pytest.MonkeyPatch.context() as patch:
        if one_by_one:
            patch.setattr(tables.Table, "_loads_at_once", lambda *_: False)
        patch.setattr(RecordReader.__init__, "__defaults__", (block_size,))
        loaded.load(format, *texts, **options, new_id=lambda: next(ids))
    told = [
        (*(getattr(report, name) for name in COUNTERS), list(report.errors))
        for report in loaded.reports
    ]
    return content(loaded.graph), told


@pytest.mark.parametrize("format", ["csv", "opencypher"])
@given(data=st.data(), options=options, block_size=st.integers(1, 200))
@settings(max_examples=400, deadline=None)
def test_both_ways_agree(
    format: str, data: st.DataObject, options: dict[str, Any], block_size: int
) -> None:
    texts = data.draw(st.lists(fitting_files(format), min_size=1, max_size=3))
    slow = outcome(format, texts, options, 1 << 20, one_by_one=True)
    assert outcome(format, texts, options, 1 << 20, one_by_one=False) == slow
    assert outcome(format, texts, options, block_size, one_by_one=False) == slow
    assert outcome(format, texts, options, block_size, one_by_one=True) == slow


record_texts = st.lists(
    st.one_of(cells, st.sampled_from([",", "\n", "\r\n", '"', " "])), max_size=20
).map("".join)


@given(record_texts, st.integers(1, 4))
@settings(max_examples=500)
def test_columns_are_what_records_are(text: str, width: int) -> None:
    found = split_columns(text, width)
    if found is None:
        return
    back = [[{"": None, records.EMPTY: ""}.get(cell, cell) for cell in row] for row in zip(*found)]
    exact = list(records.records(text, 1))
    assert all(not record.problem for record in exact)
    plain = [record.cells for record in exact if record.cells != [None]]
    assert [row for row in back if row != [None]] == plain


# ---------------------------------------------------------------------- large and odd


def test_a_very_long_line() -> None:
    long = "x" * 10_000_000
    loaded = Loaded().load("csv", f"~id,p\n1,{long}\n2,{long[:5]}\n")
    assert loaded.counters == (4, 0, 0, 0, 0)
    quoted = Loaded().load("csv", f'~id,p\n1,"{long}\n"\n2,"\n')
    assert quoted.counters == (3, 0, 1, 0, 0)
    nothing = Loaded().load("csv", "y" * 40_000_000)
    assert nothing.counters == (1, 0, 1, 0, 0)
    triple = Loaded().load("ntriples", f'<a:s> <a:p> "{long}" .\n<a:s> <a:p> "{long}\n')
    assert triple.counters == (2, 0, 1, 0, 0)
    assert not is_edge_file("csv", io.BytesIO(b"~from" * 10_000_000))


@pytest.mark.parametrize("unit", ['"', '""\n', '"a\n', ',"', '\\"', "[", "(", "<", "_:", "<<"])
@pytest.mark.parametrize("format", FORMATS)
def test_repetitions_take_linear_time(format: str, unit: str) -> None:
    start = {"csv": "~id,p\n", "opencypher": ":ID,p\n", "turtle": "<a:s> <a:p> "}.get(format, "")
    Loaded().load(format, start + unit * 300_000)


def test_rubbish() -> None:
    rubbish = bytes(range(256)) * 4_000
    for format in FORMATS:
        assert Loaded().load(format, rubbish).report.errors


class Breaking(io.RawIOBase):
    """A stream that gives its data and then an error."""

    def __init__(self, data: bytes, error: Exception) -> None:
        self._data = io.BytesIO(data)
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._data.readinto(buffer)
        if not count:
            raise self._error
        return count


GOOD_DATA = {
    "csv": b"~id\n1\n",
    "opencypher": b":ID\n1\n",
    "ntriples": b"<a:s> <a:p> <a:o> .\n",
    "nquads": b"<a:s> <a:p> <a:o> .\n",
    "turtle": b"<a:s> <a:p> <a:o> .\n",
    "rdfxml": b'<a xmlns="b:">',
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FeedError(Problem.MODIFIED, "gone"), "FILE_MODIFICATION_OR_DELETION_ERROR"),
        (OSError("disk"), "INTERNAL_ERROR"),
        (MemoryError(), "OUT_OF_MEMORY_ERROR"),
    ],
)
def test_streams_that_break(format: str, error: Exception, code: str) -> None:
    loaded = Loaded()
    stream: Any = Breaking(GOOD_DATA[format], error)
    report = FeedReport()
    load_feed(format, stream, loaded.graph, loaded.rdf, FeedOptions(), report)
    assert [log.error_code for log in report.errors] == [code]
    assert not is_edge_file(format, Breaking(b"", FeedError(Problem.MODIFIED, "")))  # type: ignore[arg-type]


def test_interrupts_come_through() -> None:
    stream: Any = Breaking(b"~id\n", KeyboardInterrupt())  # type: ignore[arg-type]
    loaded = Loaded()
    with pytest.raises(KeyboardInterrupt):
        load_feed("csv", stream, loaded.graph, loaded.rdf, FeedOptions(), FeedReport())


def test_readers_are_imported_when_first_used() -> None:
    code = (
        "import sys, moto_neptunedata.loader.formats, moto_neptunedata.graph.rdf_dataset as r;"
        "r.RdfDataset();"
        "assert 'pyoxigraph' not in sys.modules;"
        "assert 'moto_neptunedata.loader.formats.csv_feed' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_report_by_problem() -> None:
    report = FeedReport()
    report.fail(Problem.ACCESS_DENIED, "denied")
    report.fail(Problem.SYNTAX, "bad", 7)
    report.fail(Problem.MISSING_VERTEX, "missing", 7)
    assert [log.record_num for log in report.errors] == [0, 7, 0]
    assert [getattr(report, name) for name in COUNTERS] == [2, 0, 1, 0, 1]
    assert len(FeedOptions().new_id()) == 36
    assert not PropertyGraph().log
