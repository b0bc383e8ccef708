"""Format ``csv``: every rule of the user guide's "Gremlin load data format"."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from typing import Any

import pytest

from moto_neptunedata.graph import Byte, Float, Int, Short
from moto_neptunedata.loader.formats import is_edge_file, tables
from moto_neptunedata.loader.formats.records import RecordReader
from tests.support.feeding import content, load, typed

ABC = "~id,~label\na,A\nb,B\nc,C\n"
FT = "~id,~from,~to,~label"


def vertex(text: str, id: str = "1", **options: Any) -> Any:
    return load("csv", text, **options).graph.vertex(id)


def value(type: str, cell: str, **options: Any) -> Any:
    """The property that a cell of a column of this type gives, or an error's counters."""
    loaded = load("csv", f"~id,p:{type}\n1,{cell}\n", **options)
    if loaded.report.errors:
        return loaded.counters[2:]
    found = loaded.graph.vertex("1")
    assert found is not None
    return found.properties.get("p")


# ---------------------------------------------------------------------- counters


def test_guide_example_counts_statements() -> None:
    text = "~id,~label,name,team\n1,person,bob,x\n"
    loaded = load("csv", text)
    assert loaded.counters == (3, 0, 0, 0, 0)
    twice = load("csv", text + "1,person,bob,x\n")
    assert twice.counters == (6, 3, 0, 0, 0)
    again = loaded.load("csv", text)
    assert again.counters == (3, 3, 0, 0, 0)
    assert content(twice.graph) == content(again.graph)


@pytest.mark.parametrize(
    ("text", "counters"),
    [
        ("", (0, 0, 0, 0, 0)),
        ("\n\r\n\n", (0, 0, 0, 0, 0)),
        ("~id\n", (0, 0, 0, 0, 0)),
        ("~id\n1\n2", (2, 0, 0, 0, 0)),
        ("~id\n1\n\n2\n\n\n", (2, 0, 0, 0, 0)),
        ("~id,~label\n1,a;b\n", (2, 0, 0, 0, 0)),
        ("~id,~label\n1,a;a\n", (2, 1, 0, 0, 0)),
        ("~id,p\n1,\n", (1, 0, 0, 0, 0)),
        ("~id,p:Int[]\n1,1;2;3\n", (4, 0, 0, 0, 0)),
        ("~id,p:Int[]\n1,1;2;1\n", (4, 1, 0, 0, 0)),
        ("~id,p:Double[]\n1,NaN;NaN\n", (3, 1, 0, 0, 0)),
        ("~id,p:Int[]\n1,1;x;2\n", (4, 0, 0, 1, 0)),
        ("~id,p:Int,q\n1,x,y\n", (3, 0, 0, 1, 0)),
        ("~id,p\n1,a,b\n", (1, 0, 1, 0, 0)),
        ("~id,p\n1\n", (1, 0, 1, 0, 0)),
        ("~id,p\n,a\n", (1, 0, 1, 0, 0)),
        ("~id,p\na\nb\nc\nd\ne\n", (5, 0, 5, 0, 0)),
    ],
)
def test_counters(text: str, counters: tuple[int, ...]) -> None:
    assert load("csv", text).counters == counters


def test_edge_counts_one_and_one_for_each_property() -> None:
    loaded = load("csv", ABC, f"{FT},w:Int,n\ne,a,b,x,1,n\nf,a,b,x,,\n")
    assert loaded.counters == (4, 0, 0, 0, 0)


# ---------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("header", "good"),
    [
        ("~id", True),
        ("~label,~id", True),
        ("~id,name", True),
        ("~id,name:STRING", True),
        ("~id,name:string", True),
        ("~id,name:String(single)", True),
        ("~id,name:String(set)", True),
        ("~id,name:String(set)[]", True),
        ("~id,name:String[]", True),
        (r"~id,a\:b:Int", True),
        (" ~id , name:Int ", True),
        ('"~id","name"', True),
        ("~id,name:String(single)[]", False),
        ("~id,name:String(list)", False),
        ("~id,name:Strong", False),
        ("~id,a:b:c", False),
        ("~id,:ID", False),
        ("~id,a b", False),
        ('~id,"a,b"', False),
        ('~id,"a\nb"', False),
        ("~id,", False),
        ('~id,""', False),
        ("name", False),
        ("~label", False),
        ("~ID", False),
        ("~id,~id", False),
        ("~id,~label,~label", False),
        ("~id,~Label", False),
        ("~id,a,a", False),
        ("~id,a:Int,a:String", False),
        ('~id,"', False),
        ('~i"d', False),
        ("~id,~from,~to", True),
        (f"{FT},w:Int(single)", True),
        ("~id,~from", False),
        ("~from,~to", False),
        ("~id,~to", False),
        (f"{FT},w:Int(set)", False),
        (f"{FT},w:Int[]", False),
        (f"{FT},~from", False),
    ],
)
def test_header(header: str, good: bool) -> None:
    loaded = load("csv", header + "\n")
    assert loaded.counters == ((0, 0, 0, 0, 0) if good else (1, 0, 1, 0, 0))
    assert loaded.codes == ([] if good else ["PARSING_ERROR"])
    assert loaded.lines == ([] if good else [0])


def test_escaped_colon_in_a_name() -> None:
    assert vertex("~id,a\\:b:Int\n1,2\n").properties == {"a:b": 2}


@pytest.mark.parametrize(
    ("header", "is_edge"),
    [
        ("~id,~label", False),
        ("~id,~from,~to", True),
        ("~to", True),
        ("from,to", False),
        ("", False),
        ('"~from', False),
        (":START_ID", False),
    ],
)
def test_edge_files_are_known_by_their_header(header: str, is_edge: bool) -> None:
    assert is_edge_file("csv", io.BytesIO(header.encode())) is is_edge


# ---------------------------------------------------------------------- types

UTC = timezone.utc
DATATYPE_ERROR = (0, 1, 0)


@pytest.mark.parametrize(
    ("type", "cell", "expected"),
    [
        ("Bool", "true", True),
        ("Boolean", "TRUE", True),
        ("bool", "yes", False),
        ("Byte", "-128", Byte(-128)),
        ("Byte", "128", DATATYPE_ERROR),
        ("Short", "32767", Short(32767)),
        ("Short", "-32769", DATATYPE_ERROR),
        ("Int", "2147483647", Int(2147483647)),
        ("Int", "2147483648", DATATYPE_ERROR),
        ("Int", "+7", Int(7)),
        ("Int", "007", Int(7)),
        ("Int", "1.0", DATATYPE_ERROR),
        ("Int", "1_0", DATATYPE_ERROR),
        ("Int", "-", DATATYPE_ERROR),
        ("Int", "1-2", DATATYPE_ERROR),
        ("Int", "٣", DATATYPE_ERROR),
        ("Int", '" 7"', DATATYPE_ERROR),
        ("Int", "9" * 5000, DATATYPE_ERROR),
        ("Long", "-9223372036854775808", -(2**63)),
        ("Long", "9223372036854775808", DATATYPE_ERROR),
        ("Double", "1", 1.0),
        ("Double", "-1.5e-3", -0.0015),
        ("Double", ".5", 0.5),
        ("Double", "5.", 5.0),
        ("Double", "Infinity", float("inf")),
        ("Double", "-Infinity", float("-inf")),
        ("Double", "INF", DATATYPE_ERROR),
        ("Double", "inf", DATATYPE_ERROR),
        ("Double", "nan", DATATYPE_ERROR),
        ("Double", "1e", DATATYPE_ERROR),
        ("Double", "1_0", DATATYPE_ERROR),
        ("Double", "1é", DATATYPE_ERROR),
        ("Float", "0.1", Float(0.10000000149011612)),
        ("Float", "1e300", Float("inf")),
        ("Float", "x", DATATYPE_ERROR),
        ("String", "a", "a"),
        ("String", "a;b", "a;b"),
        ("Date", "2020-02-29", datetime(2020, 2, 29, tzinfo=UTC)),
        ("datetime", "2020-02-29T01:02", datetime(2020, 2, 29, 1, 2, tzinfo=UTC)),
        ("DateTime", "2020-02-29T01:02:03", datetime(2020, 2, 29, 1, 2, 3, tzinfo=UTC)),
        ("DateTime", "2020-02-29T01:02:03Z", datetime(2020, 2, 29, 1, 2, 3, tzinfo=UTC)),
        ("Date", "2021-02-29", DATATYPE_ERROR),
        ("Date", "20200229", DATATYPE_ERROR),
        ("Date", "2020-W01-1", DATATYPE_ERROR),
        ("Date", "yesterday", DATATYPE_ERROR),
        ("Int[]", '"1;2"', (Int(1), Int(2))),
        ("Int[]", '" 1 ; 2 "', (Int(1), Int(2))),
        ("Int[]", "1", Int(1)),
        ("String[]", r'"a\;b;c"', ("a;b", "c")),
        ("String[]", r'"a\nb"', r"a\nb"),
        ("String[]", "a;;b", ("a", "b")),
        ("String[]", ";", None),
        ("Int", "", None),
    ],
)
@pytest.mark.parametrize("others", [0, 40])
def test_types(type: str, cell: str, expected: Any, others: int) -> None:
    # Among many different good values a column is read at once, else by its few meanings.
    good = {"bool": "true", "date": "2020-01-01"}
    fill = good.get(type.lower().removesuffix("[]").removesuffix("ean").removesuffix("time"))
    rows = "".join(f"x{n},{fill or n}\n" for n in range(others))
    loaded = load("csv", f"~id,p:{type}\n{rows}1,{cell}\n")
    if isinstance(expected, tuple) and expected == DATATYPE_ERROR:
        assert loaded.counters == (2 * others + 2, 0, *DATATYPE_ERROR)
        assert loaded.lines == [others + 1]
        expected = None
    else:
        assert not loaded.report.errors
    found = loaded.graph.vertex("1")
    assert found is not None
    if expected is None:
        assert "p" not in found.properties
    else:
        assert typed(found.properties["p"]) == typed(expected)


def test_nan() -> None:
    assert str(value("Double", "NaN")) == "nan"
    assert typed(value("Float", "NaN")) == ["Float:nan"]


# ---------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1,a", "a"),
        (" 1 , a ", "a"),
        ('1,"a"', "a"),
        ('1, "a" ', "a"),
        ('1," a "', " a "),
        ('1,"a,b"', "a,b"),
        ('1,"a\nb"', "a\nb"),
        ('1,"a\r\nb"', "a\r\nb"),
        ('1,"a""b"', 'a"b'),
        ('1,"""a"', '"a'),
        ('1,"a"""', 'a"'),
        ('1,""""', '"'),
        (r"1,a\nb", r"a\nb"),
        ('1,"a\x00b"', "a\x00b"),
        ("1,a\x01b", "a\x01b"),
        ('"1","é"', "é"),
        ("1,\t", "\t"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\r", "\n\n"])
def test_cells(row: str, expected: str, end: str) -> None:
    loaded = load("csv", f"~id,p\n{row}{end}")
    assert loaded.report.errors == type(loaded.report.errors)()
    found = loaded.graph.vertex("1")
    assert found is not None
    assert found.properties == {"p": expected}


@pytest.mark.parametrize(
    "row", ['1,a"b', '1,a"b"', '1,"a"b', "1,a\rb", '"1"\r,a', '1,"a"\rb', '1,"a""', '1,"a" ""']
)
def test_bad_records_end_with_their_line(row: str) -> None:
    loaded = load("csv", f"~id,p\n0,x\n{row}\n")
    assert loaded.counters == (3, 0, 1, 0, 0)
    assert loaded.codes == ["PARSING_ERROR"]
    assert loaded.lines == [2]
    if not row.endswith('""') or row.endswith(' ""'):
        more = load("csv", f"~id,p\n{row}\n2,b\n")
        assert more.counters == (3, 0, 1, 0, 0)
        assert [v.id for v in more.graph.vertices()] == ["2"]


def test_record_number_is_the_line_after_the_header() -> None:
    text = '~id,p:Int\n1,1\n\n2,"2"\n"x\ny",3\n3,z\n4,4,4\n'
    assert load("csv", text).lines == [6, 7]


def test_seen_messages() -> None:
    loaded = load("csv", "~id,p\n1,a,b\n")
    assert loaded.report.errors[0].error_message == "Record has more columns than header"
    loaded = load("csv", ABC, f"{FT}\ne,doid_0040029,a,x\n")
    text = "Either from vertex, 'doid_0040029', or to vertex, 'a', is not present."
    assert loaded.report.errors[0].error_message == text
    text = "~id,first_name:String(single)\nEMP201,a\nEMP201,b\n"
    text_told = "The vertex 'EMP201' has an existing value for property 'first_name'"
    assert load("csv", text).report.errors[0].error_message == text_told


def test_long_texts_are_cut_in_messages() -> None:
    loaded = load("csv", f"~id,p:Int\n1,{'x' * 10_000}\n")
    assert len(loaded.report.errors[0].error_message) < 300


def test_other_encodings_are_read_as_utf8() -> None:
    loaded = load("csv", "~id,p\n1,é\n".encode("latin-1"))
    assert loaded.graph.vertex("1").properties == {"p": "\ufffd"}  # type: ignore[union-attr]
    assert load("csv", b"\xef\xbb\xbf~id,p\n1,a\n").counters == (2, 0, 0, 0, 0)
    assert load("csv", "~id,p\n1,a\n".encode("utf-16")).counters == (1, 0, 1, 0, 0)


# ---------------------------------------------------------------------- blank and empty


@pytest.mark.parametrize("filler", ["", "2,b\n" * 3])
@pytest.mark.parametrize(
    ("type", "cell", "allow", "expected"),
    [
        ("String", "", True, None),
        ("String", "  ", True, None),
        ("String", '""', True, ""),
        ("String", '""', False, None),
        ("Int", '""', True, None),
        ("Bool", '""', True, None),
        ("String[]", '"a;"', True, ("a", "")),
        ("String[]", '"a;"', False, "a"),
    ],
)
def test_empty_strings(type: str, cell: str, allow: bool, expected: Any, filler: str) -> None:
    loaded = load("csv", f"~id,p:{type}\n1,{cell}\n", allow_empty_strings=allow)
    found = loaded.graph.vertex("1")
    assert found is not None
    assert found.properties.get("p") == expected
    assert not loaded.report.errors


def test_empty_strings_among_many_values() -> None:
    rows = "".join(f"x{n},v{n}\n" for n in range(50)) + '1,""\n2,\n'
    for allow, expected in ((True, ""), (False, None)):
        loaded = load("csv", f"~id,p\n{rows}", allow_empty_strings=allow)
        assert loaded.graph.vertex("1").properties.get("p") == expected  # type: ignore[union-attr]
        assert loaded.graph.vertex("2").properties == {}  # type: ignore[union-attr]
        assert loaded.counters == (102 + allow, 0, 0, 0, 0)
    blank = load("csv", "~id,p\n" + "".join(f"x{n},\n" for n in range(50)))
    assert blank.counters == (50, 0, 0, 0, 0)


def test_empty_id_is_a_vertex_and_blank_is_none() -> None:
    loaded = load("csv", '~id,p\n"",a\n"",b\n,c\n')
    assert loaded.counters == (5, 1, 1, 0, 0)
    assert loaded.graph.vertex("").properties == {"p": ("a", "b")}  # type: ignore[union-attr]
    loaded.load("csv", '~id,~from,~to\n"","",""\n')
    assert loaded.counters == (1, 0, 0, 0, 0)


def test_empty_label_is_an_error_and_blank_the_default() -> None:
    assert load("csv", '~id,~label\n1,""\n').counters == (1, 0, 1, 0, 0)
    assert vertex("~id,~label\n1,\n").labels == ("vertex",)
    assert vertex("~id\n1\n").labels == ("vertex",)
    assert vertex("~id,~label\n1, ; \n").labels == ("vertex",)
    edges = load("csv", ABC, f'{FT}\ne,a,b,""\nf,a,b,\ng,a,b,x;y\n')
    assert edges.counters == (3, 0, 1, 0, 0)
    assert [edge.label for edge in edges.graph.edges()] == ["edge", "x;y"]
    plain = load("csv", ABC, "~id,~from,~to\nf,a,b\n")
    assert [edge.label for edge in plain.graph.edges()] == ["edge"]


@pytest.mark.parametrize("row", [",a,b,x", "e,,b,x", "e,a,,x"])
def test_blank_required_column_of_an_edge(row: str) -> None:
    assert load("csv", ABC, f"{FT}\n{row}\n").counters == (1, 0, 1, 0, 0)


# ---------------------------------------------------------------------- merging


def test_labels_and_set_properties_unite() -> None:
    found = vertex("~id,~label,p\n1,a,x\n1,b;a,y\n1,,x\n")
    assert found.labels == ("a", "b")
    assert found.properties == {"p": ("x", "y")}


def test_default_label_is_only_for_vertices_without() -> None:
    loaded = load("csv", "~id,~label\n1,a\n", "~id,p\n1,x\n")
    assert loaded.graph.vertex("1").labels == ("a",)  # type: ignore[union-attr]
    assert loaded.counters == (2, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("update", "counters", "expected"),
    [(False, (4, 1, 0, 0, 1), "x"), (True, (4, 1, 0, 0, 0), "y")],
)
def test_single_cardinality(update: bool, counters: tuple[int, ...], expected: str) -> None:
    loaded = load(
        "csv",
        "~id,p:String(single)\n1,x\n1,y\n",
        update_single_cardinality_properties=update,
    )
    assert loaded.counters == counters
    assert loaded.codes == ([] if update else ["SINGLE_CARDINALITY_VIOLATION"])
    assert loaded.lines == ([] if update else [0])
    assert loaded.graph.vertex("1").properties == {"p": expected}  # type: ignore[union-attr]


def test_same_single_value_is_a_duplicate() -> None:
    loaded = load("csv", "~id,p:Int(single)\n1,1\n1,1\n")
    assert loaded.counters == (4, 2, 0, 0, 0)


def test_single_after_several_values_is_a_violation() -> None:
    loaded = load("csv", "~id,p\n1,x\n1,y\n", "~id,p:String(single)\n1,x\n")
    assert loaded.counters == (2, 1, 0, 0, 1)


def test_edges_merge_or_clash() -> None:
    head = f"{FT},w:Int,n"
    loaded = load("csv", ABC, f"{head}\ne,a,b,x,1,\n")
    assert loaded.load("csv", f"{head}\ne,a,b,x,1,n\n").counters == (3, 2, 0, 0, 0)
    assert loaded.load("csv", f"{head}\ne,a,b,x,2,n\n").counters == (3, 2, 0, 0, 1)
    assert loaded.codes == ["SINGLE_CARDINALITY_VIOLATION"]
    for row in ("e,a,c,x,1,n", "e,c,b,x,1,n", "e,a,b,y,1,n"):
        assert loaded.load("csv", f"{head}\n{row}\n").counters == (3, 0, 0, 0, 1)
        assert loaded.codes == ["ID_ASSIGNED_TO_MULTIPLE_EDGES"]
    changed = loaded.load(
        "csv", f"{head}\ne,a,b,x,2,n\n", update_single_cardinality_properties=True
    )
    assert changed.counters == (3, 2, 0, 0, 0)
    assert loaded.graph.edge("e").properties == {"w": 2, "n": "n"}  # type: ignore[union-attr]


def test_edges_without_their_vertices_are_dropped() -> None:
    loaded = load("csv", ABC, f"{FT},w:Int\ne,a,z,x,1\nf,z,a,x,\ng,a,b,x,1\n")
    assert loaded.counters == (5, 0, 0, 0, 2)
    assert set(loaded.codes) == {"FROM_OR_TO_VERTEX_ARE_MISSING"}
    assert loaded.lines == [0, 0]
    assert [edge.id for edge in loaded.graph.edges()] == ["g"]


def test_bad_edge_property_leaves_the_edge() -> None:
    loaded = load("csv", ABC, f"{FT},w:Int,n\ne,a,b,x,z,n\n")
    assert loaded.counters == (3, 0, 0, 1, 0)
    assert loaded.graph.edge("e").properties == {"n": "n"}  # type: ignore[union-attr]


# ---------------------------------------------------------------------- failOnError


@pytest.mark.parametrize(
    ("text", "counters", "ids"),
    [
        ("~id,p:Int\n1,1\n2,x\n3,3\n", (4, 0, 0, 1, 0), ["1", "2"]),
        ("~id,p\n1,1\n2\n3\n", (3, 0, 1, 0, 0), ["1"]),
        ('~id,p\n1,1\n2,"x"y\n3,3\n', (3, 0, 1, 0, 0), ["1"]),
        ("~id,p:String(single)\n1,1\n1,2\n3,3\n", (4, 1, 0, 0, 1), ["1"]),
    ],
)
def test_first_error_ends_the_feed(text: str, counters: tuple[int, ...], ids: list[str]) -> None:
    loaded = load("csv", text, fail_on_error=True)
    assert loaded.counters == counters
    assert [v.id for v in loaded.graph.vertices()] == ids
    assert loaded.graph.log.last_num == 1


def test_only_the_last_errors_are_kept() -> None:
    loaded = load("csv", "~id,p\n" + "x\n" * 10_005)
    assert loaded.counters == (10_005, 0, 10_005, 0, 0)
    assert len(loaded.report.errors) == 10_000
    assert loaded.lines[-1] == 10_005


def test_what_is_no_error_of_a_record_raises_no_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(tables.Table, "load", broken)
    assert load("csv", ABC).codes == ["INTERNAL_ERROR"]


def test_many_meanings_of_a_column_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto_neptunedata.loader.formats.columns._MAX_REMEMBERED", 2)
    loaded = load("csv", "~id,p:Int\n" + "".join(f"{n},{n % 5}\n" for n in range(100)))
    assert loaded.counters == (200, 0, 0, 0, 0)


def test_arrays_of_many_kinds() -> None:
    rows = "".join(f"{n},{n};{n + 1}\n" for n in range(100)) + "100,\n101,1\n"
    loaded = load("csv", f"~id,p:Int[]\n{rows}")
    assert loaded.counters == (102 + 201, 0, 0, 0, 0)
    assert loaded.graph.vertex("7").properties == {"p": (7, 8)}  # type: ignore[union-attr]


def test_columns_of_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RecordReader.__init__, "__defaults__", (300,))
    rows = [f"{n},{n}" for n in range(200)] + [f"{n}," for n in range(200, 400)]
    loaded = load("csv", "~id,p:Long\n" + "\n".join(rows))
    assert loaded.counters == (600, 0, 0, 0, 0)
    assert len(loaded.graph.log) > 5
